"use strict";

// What the pages of all virtual boards do: draw cards, reader and pins, and send what is done to them. Every gesture has
// a button as well. A board's own script comes after this one and calls `board.start`.
const board = (() => {
  const page = document.body;
  const words = JSON.parse(page.dataset.boardWords);
  // What the daemon's own cards and pins are called in the page's language.
  const { cards: cardNames = {}, roles = {} } = JSON.parse(page.dataset.words);
  const find = (selector) => document.querySelector(selector);
  const text = (name, value) => { find(`[data-text="${name}"]`).textContent = value; };
  const zones = { tray: find('[data-zone="tray"]'), reader: find('[data-zone="reader"]') };
  const message = find(".message");
  const number = (value, digits) =>
    value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });

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
      if (event.button !== 0 || event.target.closest("button")) return;
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
    for (const { id, label: name, uid, kind, isOnReader } of list) {
      const label = cardNames[id] ?? name;
      const card = cards.get(id) ?? makeCard(id);
      card.label.textContent = label;
      card.detail.textContent = `${uid} · ${kind}`;
      card.button.textContent = isOnReader ? words.takeAway : words.layOn;
      card.button.setAttribute("aria-label", `${card.button.textContent}: ${label}`);
      card.isOnReader = isOnReader;
      place(card);
    }
  }

  function showPins(pins) {
    find(".pins").replaceChildren(...pins.map((pin) => {
      const item = document.createElement("li");
      item.className = pin.isHigh ? "high" : "low";
      const lamp = document.createElement("i");
      const name = document.createElement("span");
      name.textContent = `GPIO ${pin.offset}`;
      const role = document.createElement("span");
      role.textContent = roles[pin.role] ?? pin.role;
      const level = document.createElement("small");
      level.textContent = `${pin.isOutput ? words.pinOutput : words.pinInput} ${pin.isHigh ? 1 : 0}`;
      item.append(lamp, name, role, level);
      return item;
    }));
  }

  find("[data-plug]").addEventListener("click", () => send("plug"));
  const faults = [...document.querySelectorAll('[data-command="reader"] input')];
  for (const input of faults) {
    input.addEventListener("change", () => send("reader", { fault: input.value }));
  }

  function show(state) {
    page.dataset.daemon = state.isDaemonRunning ? "running" : "down";
    text("daemon", `${state.isDaemonRunning ? words.daemonRuns : words.daemonDown} · ${words.starts} ${state.daemonStarts}`);
    showCards(state.cards);
    showPins(state.pins);
    zones.reader.dataset.field = state.reader.isFieldOn ? "on" : "off";
    for (const input of faults) input.checked = input.value === state.reader.fault;
  }

  // Draws what is and keeps it up to date: `own.show` draws a board's own part, `own.lost` is called when nobody
  // answers any more.
  function start(own) {
    const draw = (state) => { show(state); own.show(state); };
    draw(JSON.parse(page.dataset.board));
    keepLive({
      address: page.dataset.events, name: "board", version: page.dataset.version,
      onUpdate: (state) => { if (message.textContent === words.connectionLost) say(""); draw(state); },
      onLost: () => {
        page.dataset.daemon = "lost";
        text("daemon", words.connectionLost);
        own.lost();
      },
    });
  }

  return { page, find, text, number, send, start };
})();
