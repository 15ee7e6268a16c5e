"""The journeys through the pages of tapd: the screen beside the tap and the virtual board."""

import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

from inspection import inspect, violations
from registry import PICTURES, ROOT, test
from tapd_screens import MAIN, NOTICES, PHASES, SCREENS, screen, pour

# Width, height, and another typeface than the page finds here: DejaVu is the widest that a Pi may have.
SIZES = {
    "7inch": (800, 480, None), "hd": (1920, 1080, None), "upright": (600, 1024, None),
    "7inch-dejavu": (800, 480, "DejaVu Sans"),
}


class Fixture:
    """`tapd fixture`: the pages, showing what they are told."""

    def __init__(self, port=0, language="en"):
        self.process = subprocess.Popen(
            [ROOT / ".build" / "debug" / "tapd", "fixture", "--port", str(port), "--language", language],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise RuntimeError(f"the fixture did not start: {line!r}")
        self.port = int(found[1])
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def post(self, path, body, **headers):
        request = urllib.request.Request(
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
        return urllib.request.urlopen(request)

    def show(self, value):
        self.post("/fixture/screen", value)


# What is wrong with the layout: the page scrolls, or a text is wider than its place or leaves the window.
# Names that people choose may be cut off with an ellipsis.
OVERFLOW = """(() => {
  const found = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) found.push("the page scrolls");
  const place = document.querySelector(".words").getBoundingClientRect();
  for (const element of document.querySelectorAll("[data-slot], dl, .alert, .volume")) {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (box.width <= 1 || style.visibility === "hidden") continue;
    const name = element.dataset.slot ?? element.className ?? element.tagName;
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
      found.push(`${name} leaves the window`);
    if (style.textOverflow !== "ellipsis" && !element.closest("svg") && style.display !== "inline"
      && element.scrollWidth > element.clientWidth + 1) found.push(`${name} is too wide`);
    if (element.closest(".words") && style.display !== "inline" && (box.right > place.right + 1 || box.top < place.top - 1 || box.bottom > place.bottom + 1))
      found.push(`${name} leaves its column`);
  }
  // What is drawn, not its frame: the glass's frame keeps room for a mark that is not always there.
  for (const drawn of document.querySelectorAll(".glass .front, .glass .mark text, .sign")) {
    const one = drawn.getBoundingClientRect();
    if (getComputedStyle(drawn).visibility === "hidden") continue;
    for (const line of document.querySelector(".words").children) {
      const two = line.getBoundingClientRect();
      if (one.width && two.width && one.right > two.left + 1 && one.bottom > two.top + 1 && two.right > one.left + 1
        && two.bottom > one.top + 1) found.push(`the picture runs into ${line.getAttribute("class") || line.tagName}`);
    }
  }
  for (const [a, b] of [["header", "main"], ["main", "footer"]])
    if (document.querySelector(a).getBoundingClientRect().bottom > document.querySelector(b).getBoundingClientRect().top + 1)
      found.push(`${a} runs into ${b}`);
  return found;
})()"""

# The contrast (WCAG 2.2, 1.4.3) of each visible text to the ground and to its brighter glow, the lower of both.
CONTRAST = """(() => {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (colour) => { probe.fillStyle = "#000"; probe.fillStyle = colour; probe.clearRect(0, 0, 1, 1);
    probe.fillRect(0, 0, 1, 1); return [...probe.getImageData(0, 0, 1, 1).data]; };
  const luminance = (colour) => { const [r, g, b] = channels(colour).map((c) => { const v = c / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ratio = (a, b) => { const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x); return (hi + 0.05) / (lo + 0.05); };
  const result = {};
  for (const element of document.querySelectorAll("[data-slot]:not(:empty)")) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || style.visibility === "hidden") continue;
    const ink = element.closest("svg") ? style.fill : style.color;
    const grounds = [];
    let owner = element;
    while (owner && channels(getComputedStyle(owner).backgroundColor)[3] < 255) owner = owner.parentElement;
    if (owner === document.body) {
      const variables = getComputedStyle(owner);
      grounds.push(variables.getPropertyValue("--ground"), variables.getPropertyValue("--glow"));
    } else grounds.push(getComputedStyle(owner).backgroundColor);
    result[element.dataset.slot] = Math.min(...grounds.map((ground) => ratio(ink, ground)));
  }
  return result;
})()"""

# The smallest type on the page, as a share of the drawing's height.
SMALLEST = """Math.min(...[...document.querySelectorAll("[data-slot]:not(:empty)")]
  .filter((e) => e.getBoundingClientRect().width > 1 && !e.closest("svg"))
  .map((e) => parseFloat(getComputedStyle(e).fontSize))) / Math.min(innerHeight, innerWidth * 0.6)"""


def shown(value):
    phase = value["phase"]
    volume = value.get("pour") is not None
    return (f"document.body.dataset.phase === '{phase}' && "
            f"(document.querySelector('[data-slot=volume]').textContent !== '') === {str(volume).lower()}")


@test
def every_phase_and_notice_has_a_screen(browser):
    assert {value["phase"] for value in SCREENS.values()} == PHASES
    assert {value.get("notice") for value in SCREENS.values()} >= set(NOTICES)
    declared = (ROOT / "Sources/tapd/Screen/TapScreen.swift").read_text()
    body = declared.split("enum Notice")[1].split("\n  }")[0]
    names = {name.strip() for line in re.findall(r"case ([^\n]+)", body) for name in line.split(",")}
    assert names == set(NOTICES), names ^ set(NOTICES)


def look_at_all(browser, language, size):
    width, height, typeface = SIZES[size]
    problems = []
    with Fixture(language=language) as fixture:
        page = browser.page(width, height)
        page.open(f"{fixture.address}/")
        if typeface:
            page.evaluate(f"document.body.style.fontFamily = {json.dumps(typeface)}; 0")
        for name, value in SCREENS.items():
            if size == "hd" and name not in MAIN:
                continue  # the same drawing, larger: the awkward screens are looked at in the other sizes
            fixture.show(screen("authorising"))
            page.wait_for(shown(screen("authorising")))
            fixture.show(value)
            page.wait_for(shown(value))
            # Transitions end: the picture is of a resting page.
            page.evaluate("Promise.all(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished.catch(() => 0)))")
            page.screenshot(PICTURES / f"{language}-{size}" / f"{name}.png")
            problems += [f"{name}: {problem}" for problem in page.evaluate(OVERFLOW)]
            contrasts = page.evaluate(CONTRAST)
            assert contrasts.get("headline") or contrasts.get("alert"), f"{name}: no words"
            problems += [f"{name}: {slot} has contrast {ratio:.1f}" for slot, ratio in contrasts.items() if ratio < 4.5]
            smallest = page.evaluate(SMALLEST)
            if size != "upright" and smallest < 0.066:
                problems.append(f"{name}: type of {smallest:.3f} of the height cannot be read from two metres")
        problems += page.complaints
        page.close()
    assert not problems, "\n  ".join([""] + problems)


for _language in ("en", "de", "fr"):
    for _size in SIZES:
        def _look(browser, language=_language, size=_size):
            look_at_all(browser, language, size)
        _look.__name__ = f"kiosk_{_language}_{_size}"
        test(_look)


@test
def the_languages_differ_and_format_their_numbers(browser):
    with Fixture() as fixture:
        fixture.show(SCREENS["pouring"])
        seen = {}
        for language in ("en", "de", "fr"):
            page = browser.page(800, 480)
            page.open(f"{fixture.address}/?lang={language}")
            page.wait_for("document.documentElement.classList.contains('live')")
            seen[language] = page.evaluate(
                "Object.fromEntries([...document.querySelectorAll('[data-slot]')].map(e => [e.dataset.slot, e.textContent]))")
            assert page.evaluate("document.documentElement.lang") == language
            page.close()
        assert [seen[l]["cost"] for l in seen] == ["€1.40", "1,40\u00a0€", "1,40\u00a0€"], seen
        assert [seen[l]["volume"] for l in seen] == ["23.4", "23,4", "23,4"], seen
        assert len({seen[l]["headline"] for l in seen}) == 3


@test
def the_glass_fills_as_the_pour_grows(browser):
    with Fixture() as fixture:
        page = browser.page(800, 480)
        page.reduce_motion(True)
        page.open(fixture.address)
        heights = []
        for centilitres in (1, 10, 25, 49):
            value = screen("pouring", pour=pour(centilitres))
            fixture.show(value)
            page.wait_for(f"document.body.dataset.phase === 'pouring' && document.querySelector('[data-slot=volume]').textContent === '{centilitres}.0'")
            heights.append(page.evaluate("document.querySelector('.drop').getBoundingClientRect().top"))
        assert heights == sorted(heights, reverse=True) and len(set(heights)) == 4, heights
        assert page.evaluate("document.getAnimations().length") == 0, "something moves for whoever asked for stillness"
        assert not page.complaints, page.complaints
        page.close()


@test
def a_restart_of_the_daemon_is_shown_and_survived(browser):
    first = Fixture()
    try:
        page = browser.page(800, 480)
        page.open(first.address)
        first.show(SCREENS["pouring"])
        page.wait_for(shown(SCREENS["pouring"]))
        first.kill()
        page.wait_for("document.body.dataset.phase === 'lost'")
        assert page.evaluate("document.querySelector('[data-slot=volume]').textContent") == "", "a stale figure"
        assert page.evaluate("document.querySelector('h1').textContent") == "Connection lost"
        page.screenshot(PICTURES / "lost.png")
        assert not page.evaluate(OVERFLOW)
        assert page.evaluate(CONTRAST)["headline"] >= 4.5
        with Fixture(port=first.port) as second:
            second.show(SCREENS["done"])
            page.wait_for("document.body.dataset.phase === 'done'", seconds=15)
            assert page.evaluate("document.querySelector('[data-slot=volume]').textContent") == "33.4"
        page.close()
    finally:
        first.kill()


@test
def a_daemon_that_hangs_is_noticed(browser):
    with Fixture() as fixture:
        page = browser.page(800, 480)
        page.open(fixture.address)
        fixture.show(SCREENS["pouring"])
        page.wait_for(shown(SCREENS["pouring"]))
        fixture.process.send_signal(signal.SIGSTOP)
        try:
            page.wait_for("document.body.dataset.phase === 'lost'", seconds=15)
        finally:
            fixture.process.send_signal(signal.SIGCONT)
        page.wait_for(shown(SCREENS["pouring"]), seconds=15)
        page.close()


@test
def silence_is_no_loss(browser):
    with Fixture() as fixture:
        page = browser.page(800, 480)
        page.open(fixture.address)
        page.evaluate("""window.phases = []; new MutationObserver(() => phases.push(document.body.dataset.phase))
            .observe(document.body, { attributes: true, attributeFilter: ["data-phase"] }); 0""")
        time.sleep(9)  # longer than the page's patience: only heartbeats keep it calm
        assert "lost" not in page.evaluate("window.phases")
        assert page.evaluate("document.body.dataset.phase") == "waiting"
        page.close()


@test
def it_works_without_script(browser):
    with Fixture() as fixture:
        page = browser.page(800, 480)
        page.send("Emulation.setScriptExecutionDisabled", value=True)
        fixture.show(SCREENS["pouring"])
        page.send("Page.navigate", url=fixture.address)
        page.wait_for("document.querySelector('[data-slot=volume]')?.textContent === '23.4'")
        page.screenshot(PICTURES / "without-script.png")
        fixture.show(SCREENS["done"])
        page.wait_for("document.querySelector('[data-slot=volume]')?.textContent === '33.4'")
        page.close()


def open_board(browser, fixture, width=1440, height=1000, language="en"):
    page = browser.page(width, height)
    page.open(f"{fixture.address}/board?lang={language}")
    page.wait_for("document.querySelectorAll('.card').length === 4")
    return page


@test
def a_card_is_dragged_onto_the_reader_and_away(browser):
    with Fixture() as fixture:
        page = open_board(browser, fixture)
        card, reader, tray = '[data-card="alice"] strong', '.reader', '.tray'
        on_reader = "document.querySelector('.reader .card')?.dataset.card"
        page.screenshot(PICTURES / "board.png")
        for place, goal in ((reader, "alice"), (tray, None)):
            to_x, to_y = page.centre(place)
            x, y = page.centre(card)
            page.mouse("mousePressed", x, y)
            page.mouse("mouseMoved", (x + to_x) / 2, (y + to_y) / 2)
            page.mouse("mouseMoved", to_x, to_y)
            page.mouse("mouseReleased", to_x, to_y)
            page.wait_for(f"({on_reader} ?? null) === {json.dumps(goal)}")
        page.click('[data-card="bob"] button')
        page.wait_for(f"{on_reader} === 'bob'")
        assert not page.complaints, page.complaints
        page.close()


@test
def the_lever_is_held_and_springs_back(browser):
    with Fixture() as fixture:
        fixture.show(SCREENS["pouring"])
        page = open_board(browser, fixture, height=760)
        lever = "getComputedStyle(document.querySelector('.lever')).getPropertyValue('--lever')"
        page.click('[data-card="alice"] button')
        page.wait_for("document.body.dataset.valve === 'open'")
        page.evaluate("const s = document.querySelector('[data-how-far]'); s.value = 60; s.dispatchEvent(new Event('input')); 0")
        x, y = page.centre("[data-hold]")
        page.mouse("mousePressed", x, y)
        page.wait_for(f"{lever} === '0.6' && document.body.dataset.flowing === 'true'")
        page.screenshot(PICTURES / "board-pouring.png")
        time.sleep(3)  # longer than the board waits for a page that has gone
        assert page.evaluate(lever) == "0.6", "the lever sprang back although it is held"
        page.mouse("mouseReleased", x, y)
        page.wait_for(f"{lever} === '0' && document.body.dataset.flowing === 'false'")
        # The same by keyboard.
        page.evaluate("document.querySelector('[data-hold]').focus(); 0")
        page.key("keyDown", " ", 32)
        page.wait_for(f"{lever} === '0.6'")
        page.key("keyUp", " ", 32)
        page.wait_for(f"{lever} === '0'")
        # A page that dies with the lever in its hand.
        page.click("[data-keep]")
        page.wait_for(f"{lever} === '0.6'")
        assert not page.complaints, page.complaints
        page.send("Page.navigate", url="about:blank")
        other = open_board(browser, fixture)
        other.wait_for(f"{lever} === '0'")
        other.close()
        page.close()


@test
def trouble_is_made_and_repaired(browser):
    with Fixture() as fixture:
        page = open_board(browser, fixture)
        page.click("[data-leak]")
        page.wait_for("document.querySelector('[data-leak]').getAttribute('aria-pressed') === 'true'")
        page.click('input[value="frozen"]')
        page.wait_for("document.querySelector('input[value=frozen]').checked")
        page.evaluate("document.querySelector('.swap input').value = 50; 0")
        page.click(".swap button")
        page.wait_for("document.querySelector('.keg-text').textContent.startsWith('50.0')")
        page.click("[data-plug]")
        page.wait_for("document.querySelector('[data-text=daemon]').textContent.includes('2')")
        assert page.evaluate("document.querySelector('.message').hidden")
        assert not page.complaints, page.complaints
        page.close()


@test
def the_board_page_fits_its_window_in_every_language(browser):
    with Fixture() as fixture:
        for language in ("en", "de", "fr"):
            for width, height in ((1440, 1000), (1024, 768), (390, 844)):
                page = browser.page(width, height)
                page.open(f"{fixture.address}/board?lang={language}")
                page.wait_for("document.querySelectorAll('.card').length === 4")
                page.wait_for("document.querySelector('iframe').contentDocument?.body?.dataset.phase === 'waiting'")
                page.screenshot(PICTURES / f"board-{language}-{width}.png")
                assert page.evaluate("document.scrollingElement.scrollWidth") <= width, f"{language} at {width} scrolls sideways"
                wide = page.evaluate("""[...document.querySelectorAll("button, h1, h2, dt, dd, label, legend, p")]
                    .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== "inline").map(e => e.textContent)""")
                assert not wide, f"{language} at {width}: {wide}"
                assert not page.complaints, page.complaints
                page.close()


@test
def screen_and_board_keep_the_rules_of_accessibility(browser):
    with Fixture() as fixture:
        for language in ("en", "de", "fr"):
            board = open_board(browser, fixture, language=language)
            inspect(board)
            board.close()
            page = browser.page(800, 480)
            page.reduce_motion(True)
            page.open(f"{fixture.address}/?lang={language}")
            for name in MAIN:
                fixture.show(SCREENS[name])
                page.wait_for(shown(SCREENS[name]))
                problems = violations(page)
                assert not problems, (language, name, problems)
            page.close()


@test
def a_foreign_page_cannot_pull_the_plug(browser):
    with Fixture() as fixture:
        for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Content-Type": "text/plain"}):
            try:
                fixture.post("/board/api/plug", {}, **headers)
            except urllib.error.HTTPError as error:
                assert error.code in (403, 415), (headers, error.code)
            else:
                raise AssertionError(f"accepted with {headers}")
        fixture.post("/board/api/plug", {})
