"use strict";

// Puts what the daemon sends into its place. All words and numbers come ready made.
(() => {
  const page = document.body;
  const slots = [...document.querySelectorAll("[data-slot]")];
  const drop = document.querySelector(".drop");
  const gauge = document.querySelector(".gauge");
  const level = document.querySelector(".level");
  const lost = JSON.parse(page.dataset.lost);

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

  drop.style.setProperty("--fill", 1 - drop.transform.baseVal.consolidate().matrix.f / 208);
  document.documentElement.classList.add("live");
  keepLive({
    address: page.dataset.events, name: "screen", version: page.dataset.version,
    onUpdate: show, onLost: () => show(lost),
  });
})();
