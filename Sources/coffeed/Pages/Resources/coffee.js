"use strict";

// Keeps the machine's line up to date, and on the administration page shows a token that was just presented.
// Every page works without it.
(() => {
  const line = document.querySelector(".machine");
  if (line) {
    const text = line.querySelector("[data-machine]");
    // The last scan that this page knows of.
    let scan = document.querySelector("[data-scan-time]")?.dataset.scanTime;
    window.keepLive({
      address: line.dataset.events, name: "machine", version: line.dataset.version,
      onUpdate: (value) => {
        line.dataset.phase = value.phase;
        text.textContent = value.text;
        if (!value.scan || String(value.scan.time) === scan) return;
        scan = String(value.scan.time);
        showScan(value.scan.token);
      },
      onLost: () => {
        line.dataset.phase = "lost";
        text.textContent = line.dataset.lost;
      },
    });
  }

  async function showScan(token) {
    const code = document.querySelector("[data-scan]");
    if (!code) return;
    code.textContent = token;
    document.querySelector("[data-no-scan]").hidden = true;
    const link = document.querySelector("[data-scan-link]");
    link.href = "/administration/user/" + encodeURIComponent(token);
    link.hidden = false;
    const field = document.querySelector("[data-scan-field]");
    if (field && !field.value) field.value = token;
    // The list of those who wait for a name, as the server draws it.
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const pending = page.getElementById("pending");
    if (pending) document.getElementById("pending").replaceWith(pending);
  }

  // A text to copy: touching it takes all of it.
  for (const text of document.querySelectorAll("[data-select]")) text.addEventListener("focus", () => text.select());
  for (const link of document.querySelectorAll("[data-without-script]")) link.hidden = true;
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
