"""What every page of an application has to keep, whoever looks at it and with whatever."""

import functools
import zipfile

from registry import ROOT

# What sticks out of the window or out of its own place. What scrolls by itself, and words for screen readers, may.
OVERFLOW = """(() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth > WIDTH) found.push(`the page is ${document.scrollingElement.scrollWidth} wide`);
  if (width > WIDTH) found.push(`the page needs a window of ${width}`);
  const name = (e) => `<${e.tagName.toLowerCase()} ${e.className?.baseVal ?? e.className}> ${e.textContent.trim().slice(0, 40)}`;
  for (const e of document.body.querySelectorAll("*")) {
    if (!e.checkVisibility() || e.closest(".unseen, .skip, .scroll, svg")) continue;
    const box = e.getBoundingClientRect();
    if (box.width && (box.left < -1 || box.right > WIDTH + 1)) found.push(`${name(e)} leaves the window`);
    const style = getComputedStyle(e);
    if (style.clipPath !== "none") continue;
    // Fields scroll by themselves.
    if (e.matches("input, textarea, select")) continue;
    if (style.overflowX !== "visible" && style.overflowX !== "auto" && e.clientWidth && e.scrollWidth > e.clientWidth + 1)
      found.push(`${name(e)} is cut off`);
  }
  for (const card of document.querySelectorAll(".card")) {
    const style = getComputedStyle(card);
    const edge = card.getBoundingClientRect().right - parseFloat(style.paddingRight) + 1;
    for (const e of card.querySelectorAll("*:not(.unseen, svg, svg *)"))
      if (e.checkVisibility() && e.getBoundingClientRect().right > edge)
        found.push(`${name(e)} leaves its card`);
  }
  for (const e of document.querySelectorAll(".scroll"))
    if (e.scrollWidth > e.clientWidth + 1) found.push(`${name(e)} has to be scrolled sideways`);
  for (const e of document.querySelectorAll("svg text")) {
    const box = e.getBoundingClientRect();
    if (e.checkVisibility() && box.width && (box.left < -1 || box.right > WIDTH + 1)) found.push(`${name(e)} leaves the window`);
  }
  return found.slice(0, 8);
})()"""

# Everything that Tab should reach, in the order of the document. Of a group of radio buttons it reaches one.
REACHABLE = """(() => {
  const groups = new Set();
  window.reachable = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex='0']")]
    .filter((e) => !e.disabled && e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true }))
    .filter((e) => e.type !== "radio" || (!groups.has(e.name) && groups.add(e.name)));
  // From the top, also where the page has put the focus into a field.
  window.scrollTo(0, 0);
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  return reachable.length;
})()"""

# Where the focus is: its place among those, and what is wrong with how it is seen.
FOCUSED = """(() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const index = e.type === "radio" ? reachable.findIndex((r) => r.name === e.name && r.type === "radio") : reachable.indexOf(e);
  const marked = e.type === "radio" && e.nextElementSibling ? e.nextElementSibling : e;
  const style = getComputedStyle(marked);
  const box = e.getBoundingClientRect();
  const problems = [];
  const name = `<${e.tagName.toLowerCase()}> ${(e.getAttribute("aria-label") ?? e.textContent).trim().slice(0, 40)}`;
  if (index < 0) problems.push(`${name} has the focus and should not`);
  // What has the focus inside another page shows it there.
  if (e.tagName !== "IFRAME" && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)) problems.push(`${name} does not show its focus`);
  if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) problems.push(`${name} has the focus out of sight`);
  // A date has parts, and another page has places of its own, that Tab goes through.
  const parts = ["date", "time", "month"].includes(e.type) || e.tagName === "IFRAME";
  return { index, problems, name, parts, left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY };
})()"""


@functools.cache
def axe():
    """The text of axe-core, out of the package that install.sh has fetched."""
    [wheel] = (ROOT / ".build" / "axe-core").glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        [name] = [name for name in package.namelist() if name.endswith("/axe.min.js")]
        return package.read(name).decode()


def violations(page):
    """What axe-core finds: WCAG 2.2 up to level AA, and its own best practices."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe() + "; 0")
    return page.evaluate("""axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        resultTypes: ["violations"], iframes: false,
      }).then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) =>
        `${rule.id}: ${node.html.slice(0, 120)} (${node.any.concat(node.all, node.none)[0]?.message ?? rule.help})`)))""")


def overflow(page):
    return page.evaluate(OVERFLOW.replace("WIDTH", str(page.width)))


def focus(page):
    """What is wrong with the way that Tab takes: it leaves something out, jumps back, or cannot be seen."""
    count = page.evaluate(REACHABLE)
    problems, last = [], {"index": -1, "parts": False}
    for _ in range(8 * count + 200):
        if last["index"] == count - 1:
            return problems
        page.press("Tab", 9)
        place = page.evaluate(FOCUSED)
        if place is None:
            return problems + [f"Tab ends after {last['index'] + 1} of {count}"]
        if last["parts"] and place["index"] == last["index"]:
            continue
        problems += place["problems"]
        if place["index"] != last["index"] + 1:
            return problems + [f"Tab goes to {place['name']}, number {place['index']}, after number {last['index']}"]
        if last["index"] >= 0 and stand_in_one_column(last, place) and place["bottom"] <= last["top"]:
            problems.append(f"Tab jumps up from {last['name']} to {place['name']}")
        last = place
    return problems + ["Tab does not get to the end"]


def stand_in_one_column(last, place):
    """Whether two things stand one above the other; side by side there is no up and down."""
    return last["left"] < place["right"] and place["left"] < last["right"]


def expect_refusal(page):
    """The browser notes of a page that it came with a refusal: no complaint where the journey is after that."""
    noted = "Failed to load resource: the server responded with a status of 4"
    assert any(noted in complaint for complaint in page.complaints), "nothing was refused"
    page.complaints = [complaint for complaint in page.complaints if noted not in complaint]


def inspect(page, picture=None, tabs=True):
    """Takes a picture of the page as it is now, and fails with all that is wrong with it, in the light and in the dark."""
    if picture:
        page.screenshot(picture, whole=True)
    problems = overflow(page)
    for scheme in ("light", "dark"):
        page.emulate(prefers_color_scheme=scheme)
        problems += [f"{scheme}: {problem}" for problem in violations(page)]
    page.emulate()
    if tabs:
        problems += focus(page)
    problems += page.complaints
    assert not problems, f"{page.evaluate('location.href')}:\n  " + "\n  ".join(map(str, problems))
