"use strict";

// Draws the virtual board and sends what is done to it. Every gesture has a button as well.
(() => {
  const page = document.body;
  const words = JSON.parse(page.dataset.words);
  const find = (selector) => document.querySelector(selector);
  const text = (name, value) => { find(`[data-text="${name}"]`).textContent = value; };
  const zones = { tray: find('[data-zone="tray"]'), reader: find('[data-zone="reader"]') };
  const message = find(".message");
  const number = (value, digits) =>
    value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const centilitres = (microlitres) => `${number(microlitres / 10000, 1)}\u00a0cl`;

  function say(problem) {
    message.textContent = problem;
    message.hidden = !problem;
  }

  async function send(command, body = {}) {
    try {
      const answer = await fetch(`/board/api/${command}`, {
        method: "POST", keepalive: true,
        headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      say(answer.ok ? "" : words.failed + (await answer.json()).error.message);
    } catch {
      say(words.connectionLost);
    }
  }

  // Cards
  const cards = new Map();
  let drag = null;

  function makeCard(id) {
    const order = cards.size;
    const element = document.createElement("article");
    element.dataset.order = order;
    element.dataset.colour = order % 4;
    element.className = "card";
    element.dataset.card = id;
    const label = document.createElement("strong");
    const detail = document.createElement("small");
    const button = document.createElement("button");
    button.type = "button";
    element.append(label, detail, button);
    const card = { id, order, element, label, detail, button, isOnReader: false };
    button.addEventListener("click", () => send("card", { card: id, onReader: !card.isOnReader }));
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.target === button) return;
      element.setPointerCapture(event.pointerId);
      element.classList.add("dragged");
      drag = { card, pointer: event.pointerId, x: event.clientX, y: event.clientY };
    });
    element.addEventListener("pointermove", (event) => {
      if (drag?.pointer !== event.pointerId) return;
      element.style.transform = `translate(${event.clientX - drag.x}px, ${event.clientY - drag.y}px)`;
      zones.reader.classList.toggle("target", isOver(zones.reader, event));
    });
    const drop = (event) => {
      if (drag?.pointer !== event.pointerId) return;
      drag = null;
      element.classList.remove("dragged");
      element.style.transform = "";
      zones.reader.classList.remove("target");
      const onReader = event.type === "pointerup" ? isOver(zones.reader, event) : card.isOnReader;
      if (onReader !== card.isOnReader) send("card", { card: id, onReader });
      place(card);
    };
    element.addEventListener("pointerup", drop);
    element.addEventListener("pointercancel", drop);
    cards.set(id, card);
    return card;
  }

  function isOver(zone, event) {
    const box = zone.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
  }

  function place(card) {
    const zone = card.isOnReader ? zones.reader : zones.tray;
    // A card in the hand stays there until it is let go.
    if (card.element.parentElement === zone || drag?.card === card) return;
    const hadFocus = document.activeElement === card.button;
    const next = [...zone.children].find((other) => Number(other.dataset.order) > card.order);
    zone.insertBefore(card.element, next ?? null);
    if (hadFocus) card.button.focus();
  }

  function showCards(list) {
    for (const known of [...cards.keys()]) {
      if (list.some((card) => card.id === known)) continue;
      cards.get(known).element.remove();
      cards.delete(known);
    }
    for (const { id, label, uid, kind, isOnReader } of list) {
      const card = cards.get(id) ?? makeCard(id);
      card.label.textContent = label;
      card.detail.textContent = `${uid} · ${kind}`;
      card.button.textContent = isOnReader ? words.takeAway : words.layOn;
      card.button.setAttribute("aria-label", `${card.button.textContent}: ${label}`);
      card.isOnReader = isOnReader;
      place(card);
    }
  }

  // The lever. The command is repeated while it is held: a page that has gone lets go.
  const hold = find("[data-hold]");
  const howFar = find("[data-how-far]");
  const keep = find("[data-keep]");
  let isHeld = false;
  let repeat = 0;

  function pull() {
    const isPulled = isHeld || keep.checked;
    hold.setAttribute("aria-pressed", isPulled);
    clearInterval(repeat);
    repeat = 0;
    const command = () => send("lever", { position: isPulled ? howFar.value / 100 : 0 });
    if (isPulled) repeat = setInterval(command, 500);
    command();
  }
  function grip(held) {
    if (isHeld === held) return;
    isHeld = held;
    pull();
  }
  for (const handle of [hold, find(".lever")]) {
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      handle.setPointerCapture(event.pointerId);
      grip(true);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      handle.addEventListener(end, () => grip(false));
    }
  }
  hold.addEventListener("contextmenu", (event) => event.preventDefault());
  hold.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    grip(true);
  });
  hold.addEventListener("keyup", () => grip(false));
  hold.addEventListener("blur", () => grip(false));
  addEventListener("pagehide", () => grip(false));
  keep.addEventListener("change", pull);
  howFar.addEventListener("input", () => {
    text("howFar", `${howFar.value}\u00a0%`);
    if (repeat) pull();
  });

  // Trouble
  const leak = find("[data-leak]");
  leak.addEventListener("click", () => send("leak", { leaking: leak.getAttribute("aria-pressed") !== "true" }));
  find("[data-plug]").addEventListener("click", () => send("plug"));
  find(".swap").addEventListener("submit", (event) => {
    event.preventDefault();
    send("keg", { litres: event.target.querySelector("input").valueAsNumber });
  });
  const faults = [...document.querySelectorAll('[data-command="reader"] input')];
  for (const input of faults) {
    input.addEventListener("change", () => send("reader", { fault: input.value }));
  }

  function showPins(pins) {
    find(".pins").replaceChildren(...pins.map((pin) => {
      const item = document.createElement("li");
      item.className = pin.isHigh ? "high" : "low";
      const lamp = document.createElement("i");
      const name = document.createElement("span");
      name.textContent = `GPIO ${pin.offset}`;
      const role = document.createElement("span");
      role.textContent = pin.role;
      const level = document.createElement("small");
      level.textContent = `${pin.isOutput ? words.pinOutput : words.pinInput} ${pin.isHigh ? 1 : 0}`;
      item.append(lamp, name, role, level);
      return item;
    }));
  }

  function show(board) {
    const isFlowing = board.microlitresPerSecond > 0;
    page.dataset.daemon = board.isDaemonRunning ? "running" : "down";
    page.dataset.valve = board.isValveOpen ? "open" : "closed";
    page.dataset.flowing = isFlowing;
    text("daemon", `${board.isDaemonRunning ? words.daemonRuns : words.daemonDown} · ${words.starts} ${board.daemonStarts}`);
    showCards(board.cards);
    showPins(board.pins);
    zones.reader.dataset.field = board.reader.isFieldOn ? "on" : "off";
    for (const input of faults) input.checked = input.value === board.reader.fault;
    leak.setAttribute("aria-pressed", board.isLeaking);
    text("leak", board.isLeaking ? words.repairLeak : words.leak);
    text("valve", board.isValveOpen ? words.valveOpen : words.valveClosed);
    text("flow", `${number(board.microlitresPerSecond * 60 / 1e6, 2)}\u00a0L/min`);
    text("poured", centilitres(board.pouredMicrolitres));
    const counted = board.countedMicrolitres;
    text("counted", counted === undefined ? "–" : centilitres(counted));
    text("difference", counted === undefined ? "–" : centilitres(counted - board.pouredMicrolitres));
    text("pulses", number(board.pulses, 0));
    find(".lever").style.setProperty("--lever", board.lever);
    find(".keg-level").style.setProperty("--keg", Math.min(1, board.kegRemainingMicrolitres / Math.max(1, board.kegCapacityMicrolitres)));
    find(".keg-text").textContent = `${number(board.kegRemainingMicrolitres / 1e6, 1)}\u00a0L`;
    // A turn of the wheel for each centilitre or so, slowed down to what an eye can follow.
    find(".wheel").style.setProperty("--turn", `${Math.max(0.25, 12000 / Math.max(1, board.microlitresPerSecond))}s`);
  }

  function lost() {
    page.dataset.daemon = "lost";
    page.dataset.flowing = "false";
    text("daemon", words.connectionLost);
    text("flow", "–");
  }

  show(JSON.parse(page.dataset.board));
  keepLive({
    address: page.dataset.events, name: "board", version: page.dataset.version,
    onUpdate: (board) => { if (message.textContent === words.connectionLost) say(""); show(board); },
    onLost: lost,
  });
})();
