
// A tap's own part of its virtual board.
(() => {
  const { page, find, text, number, send } = board;
  const words = JSON.parse(page.dataset.words);
  const centilitres = (microlitres) => `${number(microlitres / 10000, 1)}\u00a0cl`;

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
  find(".swap").addEventListener("submit", (event) => {
    event.preventDefault();
    send("keg", { litres: event.target.querySelector("input").valueAsNumber });
  });

  // What is on the cards, and more of it.
  function showBalances({ balances, currency, decimals }) {
    for (const [id, balance] of Object.entries(balances)) {
      const card = find(`[data-card="${CSS.escape(id)}"]`);
      let purse = card?.querySelector(".purse");
      if (card && !purse) {
        purse = document.createElement("p");
        purse.className = "purse";
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = words.topUp;
        button.setAttribute("aria-label", `${words.topUp}: ${card.querySelector("strong").textContent}`);
        button.addEventListener("click", () => send("top-up", { card: id }));
        purse.append(document.createElement("span"), button);
        card.append(purse);
      }
      if (purse) purse.firstChild.textContent = `${number(balance / 10 ** decimals, decimals)}\u00a0${currency}`;
    }
  }

  function show(state) {
    showBalances(state);
    const isFlowing = state.microlitresPerSecond > 0;
    page.dataset.valve = state.isValveOpen ? "open" : "closed";
    page.dataset.flowing = isFlowing;
    leak.setAttribute("aria-pressed", state.isLeaking);
    text("leak", state.isLeaking ? words.repairLeak : words.leak);
    text("valve", state.isValveOpen ? words.valveOpen : words.valveClosed);
    text("flow", `${number(state.microlitresPerSecond * 60 / 1e6, 2)}\u00a0L/min`);
    text("poured", centilitres(state.pouredMicrolitres));
    const counted = state.countedMicrolitres;
    text("counted", counted === undefined ? "–" : centilitres(counted));
    text("difference", counted === undefined ? "–" : centilitres(counted - state.pouredMicrolitres));
    text("pulses", number(state.pulses, 0));
    find(".lever").style.setProperty("--lever", state.lever);
    find(".keg-level").style.setProperty("--keg", Math.min(1, state.kegRemainingMicrolitres / Math.max(1, state.kegCapacityMicrolitres)));
    find(".keg-text").textContent = `${number(state.kegRemainingMicrolitres / 1e6, 1)}\u00a0L`;
    // A turn of the wheel for each centilitre or so, slowed down to what an eye can follow.
    find(".wheel").style.setProperty("--turn", `${Math.max(0.25, 12000 / Math.max(1, state.microlitresPerSecond))}s`);
  }

  function lost() {
    page.dataset.flowing = "false";
    text("flow", "–");
  }

  board.start({ show, lost });
})();
