"use strict";

// Puts what the daemon sends into its place. All words and numbers come ready made.
(() => {
  const page = document.body;
  const slots = [...document.querySelectorAll("[data-slot]")];
  const drop = document.querySelector(".drop");
  const gauge = document.querySelector(".gauge");
  const level = document.querySelector(".level");
  const lost = JSON.parse(page.dataset.lost);

  const words = document.querySelector(".words");
  const lines = [...words.querySelectorAll("h1, .detail, .volume, .cost, dl, .alert span")];
  let fitted = "";

  // What is one pixel large is there to be read aloud.
  function overflows() {
    const boxes = [...words.children].map((child) => child.getBoundingClientRect()).filter((box) => box.height > 1);
    const height = Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
    const width = Math.max(...boxes.map((box) => box.width));
    return height > words.clientHeight + 0.5 || width > words.clientWidth + 0.5 || lines.some((line) => line.clientWidth > 1 && line.scrollWidth > line.clientWidth + 1);
  }

  // Other words, another typeface or another window may need more room than the drawing has.
  function fit(view) {
    const shape = [view.phase, view.step, innerWidth, innerHeight, ...slots.map((slot) => slot.textContent.length)].join();
    if (shape === fitted) return;
    fitted = shape;
    for (let size = 1; size > 0.4; size -= 0.04) {
      words.style.setProperty("--fit", size);
      if (!overflows()) return;
    }
  }

  function show(view) {
    page.dataset.phase = view.phase;
    page.dataset.step = view.step ?? "";
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
    fit(view);
  }

  drop.style.setProperty("--fill", 1 - drop.transform.baseVal.consolidate().matrix.f / 208);
  document.documentElement.classList.add("live");
  keepLive({
    address: page.dataset.events, name: "screen", version: page.dataset.version,
    onUpdate: show, onLost: () => show(lost),
  });
})();
