
// A coffee machine's own part of its virtual board.
(() => {
  const { page, find, text, send } = board;
  const words = JSON.parse(page.dataset.words);
  const relays = [...document.querySelectorAll(".relay")];
  const frame = find("iframe");
  let usages;

  for (const button of document.querySelectorAll("[data-drink]")) {
    button.addEventListener("click", () => send("drink", { drink: button.dataset.drink }));
  }

  function lockText(lock) {
    const parts = [words.phases[lock.phase]];
    if (lock.secondsLeft !== undefined) parts.push(`${lock.secondsLeft}\u00a0s`);
    if (lock.notice) parts.push(words.notices[lock.notice]);
    if (lock.isScanMode) parts.push(words.scanMode);
    return parts.join(" · ");
  }

  // The lists of the pages are drawn anew after a coffee, but nothing that somebody is about to change.
  function showUsages(number) {
    const isNews = usages !== undefined && number !== usages;
    usages = number;
    const place = frame.contentWindow?.location;
    if (isNews && ["/", "/transactions", "/leaderboard", "/history"].includes(place?.pathname)) place.reload();
  }

  function show(state) {
    relays.forEach((relay, index) => relay.classList.toggle("on", state.relays[index]));
    find(".leds .red").classList.toggle("on", state.isRedOn);
    find(".leds .green").classList.toggle("on", state.isGreenOn);
    page.dataset.unlocked = state.relays.every((isOn) => isOn);
    page.dataset.drink = state.drink ?? "";
    if (state.drink && state.drink !== "steam") find(".coffee").style.setProperty("--filled", state.progress);
    text("lock", lockText(state.lock));
    showUsages(state.usages);
  }

  function lost() {
    page.dataset.unlocked = false;
    page.dataset.drink = "";
    relays.forEach((relay) => relay.classList.remove("on"));
    for (const light of document.querySelectorAll(".leds circle")) light.classList.remove("on");
    text("lock", "–");
  }

  board.start({ show, lost });
})();
