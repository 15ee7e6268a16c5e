"use strict";

// Puts what the daemon sends into its place. All words and numbers come ready made; without news for some
// seconds the page says that it has lost the connection and shows no figure any more.
(() => {
  const page = document.body;
  const slots = [...document.querySelectorAll("[data-slot]")];
  const drop = document.querySelector(".drop");
  const gauge = document.querySelector(".gauge");
  const level = document.querySelector(".level");
  const lost = JSON.parse(page.dataset.lost);

  const silenceLimit = 6000; // three heartbeats
  const graceBeforeLost = 1500; // a restart of the daemon may pass unseen
  const reopenAfter = 1500;

  let source = null;
  let watchdog = 0;
  let lostTimer = 0;

  function show(view) {
    page.dataset.phase = view.phase;
    page.dataset.flowing = view.isFlowing;
    page.dataset.kegLow = view.isKegLow;
    page.dataset.empty = view.fill === 0;
    for (const slot of slots) {
      const text = view.text[slot.dataset.slot] ?? "";
      if (slot.textContent !== text) slot.textContent = text;
    }
    drop.style.setProperty("--fill", view.fill / 1000);
    const percent = (view.keg ?? 0) / 10;
    level.setAttribute("width", percent);
    gauge.setAttribute("aria-valuenow", Math.round(percent));
  }

  function alive() {
    clearTimeout(lostTimer);
    lostTimer = 0;
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { show(lost); open(); }, silenceLimit);
  }

  function open() {
    source?.close();
    source = new EventSource(page.dataset.events);
    source.addEventListener("screen", (event) => {
      const update = JSON.parse(event.data);
      if (update.version !== page.dataset.version) return location.reload();
      alive();
      show(update.view);
    });
    source.addEventListener("heartbeat", alive);
    source.addEventListener("error", () => {
      lostTimer ||= setTimeout(() => show(lost), graceBeforeLost);
      // The browser connects again by itself, except after an answer that was no event stream.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, reopenAfter);
    });
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { show(lost); open(); }, silenceLimit);
  }

  document.documentElement.classList.add("live");
  drop.style.setProperty("--fill", 1 - drop.transform.baseVal.consolidate().matrix.f / 208);
  open();
})();
