"""`tapd demo`, from the card on the reader to the settled pour."""

import json
import os
import subprocess

from demo import Demo, lay_on
from registry import PICTURES, test

IN_KIOSK = "document.querySelector('iframe').contentDocument"


def pours_of(demo):
    return json.loads(command(demo, "pours", "--json"))


def command(demo, *arguments):
    """What a command says of the demo's books."""
    environment = {**os.environ, "TAPD_STATE_DIRECTORY": str(demo.books), "TAPD_TAP_NAME": "demo"}
    output = subprocess.run([demo.program, *arguments], env=environment, capture_output=True, text=True)
    assert output.returncode == 0, output.stderr
    return output.stdout


def hold_lever(page):
    """Presses the mouse on the lever's button; returns where to let go."""
    x, y = page.centre("[data-hold]")
    page.mouse("mousePressed", x, y)
    return x, y


def amount(document, slot):
    """The number in one of the kiosk's texts, as an expression; 0 where there is none."""
    return f"Number({document}.querySelector('[data-slot={slot}]').textContent.replace(/[^0-9.]/g, ''))"


@test
def the_demo_pours_and_survives_the_plug(browser):
    with Demo("tapd") as demo:
        kiosk = browser.page(800, 480, scale=1.5)
        kiosk.open(f"{demo.address}/?lang=en")
        page = browser.page(1440, 780)
        page.open(f"{demo.address}/board?lang=en")
        page.wait_for("document.querySelectorAll('.card').length === 5")
        page.wait_for(f"{IN_KIOSK}?.body?.dataset.phase === 'waiting'")

        # A pour: the figures rise together while the lever is held.
        lay_on(page, "alice")
        page.wait_for("document.body.dataset.valve === 'open'")
        x, y = hold_lever(page)
        volume, cost = amount("document", "volume"), amount("document", "cost")
        kiosk.wait_for(f"{volume} > 5", seconds=20)
        first = kiosk.evaluate(f"[{volume}, {cost}]")
        kiosk.wait_for(f"{volume} > 25", seconds=30)
        second = kiosk.evaluate(f"[{volume}, {cost}]")
        assert second[0] > first[0] and second[1] > first[1], (first, second)
        page.wait_for(f"{amount(IN_KIOSK, 'volume')} > 28 && {amount(IN_KIOSK, 'cost')} > 0", seconds=20)
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(PICTURES / "demo-board.png")
        kiosk.screenshot(PICTURES / "demo-kiosk.png")
        assert page.evaluate(f"{IN_KIOSK}.body.dataset.phase") == "pouring"

        # The card goes: the pour ends and is charged as it was shown.
        page.evaluate("document.querySelector('[data-card=alice] button').click(); 0")  # the lever stays in the hand
        kiosk.wait_for("document.body.dataset.phase === 'done'", seconds=20)
        page.mouse("mouseReleased", x, y)
        kiosk.screenshot(PICTURES / "demo-done.png")
        shown = kiosk.evaluate(f"[{volume}, {cost}]")
        [pour] = pours_of(demo)
        assert round(pour["microlitres"] / 10_000, 1) == shown[0], (pour, shown)
        assert pour["charge"] == round(shown[1] * 100), (pour, shown)
        assert pour["reason"] == "cardRemoved", pour
        kiosk.wait_for("document.body.dataset.phase === 'waiting'", seconds=20)

        # The power cut: nobody touches the pages, and they come back by themselves.
        for each in (page, kiosk):
            each.evaluate("window.stayed = true; 0")
        lay_on(page, "alice")
        page.wait_for("document.body.dataset.valve === 'open'")
        hold_lever(page)
        kiosk.wait_for(f"{volume} > 10", seconds=20)
        before = kiosk.evaluate(volume)
        page.evaluate("document.querySelector('[data-plug]').click(); 0")
        kiosk.wait_for("document.body.dataset.phase === 'lost'", seconds=15)
        assert kiosk.evaluate("document.querySelector('[data-slot=volume]').textContent") == "", "a stale figure"
        kiosk.wait_for("document.body.dataset.phase !== 'lost'", seconds=40)
        page.wait_for("document.querySelector('[data-text=daemon]').textContent.includes('2')", seconds=30)
        assert kiosk.evaluate("window.stayed") and page.evaluate("window.stayed"), "a page was loaded anew"
        pours = pours_of(demo)
        [interrupted] = [pour for pour in pours if pour["reason"] == "powerCut"]
        # Durable marks follow the flow closely: what is lost is less than half of what was seen.
        assert before / 2 < interrupted["microlitres"] / 10_000, (before, interrupted)
        assert interrupted["charge"] > 0, interrupted
        for each in (page, kiosk):
            each.close()


@test
def the_board_tops_up_and_mounts_a_keg_in_the_books(browser):
    with Demo("tapd") as demo:
        page = browser.page(1440, 900)
        page.open(f"{demo.address}/board?lang=de")
        purse = "document.querySelector('[data-card=alice] .purse span')?.textContent"
        page.wait_for(f"{purse}?.startsWith('20,00')")
        page.click("[data-card=alice] .purse button")
        page.wait_for(f"{purse}?.startsWith('30,00')")
        assert "30.00 EUR" in command(demo, "card", "list")
        page.evaluate("document.querySelector('.swap input').value = 50; 0")
        page.click(".swap button")
        page.wait_for("document.querySelector('.keg-text').textContent.startsWith('50,0')")
        assert "50.000 l of 50.000 l" in command(demo, "keg", "status")
        # Its words are the page's.
        texts = page.evaluate("[...document.querySelectorAll('.card strong, .pins li')].map(e => e.textContent).join()")
        assert "gesperrt" in texts and "Durchflussmesser" in texts and "blocked" not in texts, texts
        assert not page.complaints, page.complaints
        page.close()


@test
def on_a_phone_the_lever_is_where_the_screen_is(browser):
    with Demo("tapd") as demo:
        page = browser.page(390, 844, phone=True)
        page.open(f"{demo.address}/board?lang=en")
        page.wait_for("document.querySelectorAll('.card').length === 5")
        page.evaluate("scrollTo(0, 0)")
        for part in (".bezel", "[data-hold]"):
            top, bottom = page.evaluate(f"(b => [b.top, b.bottom])(document.querySelector('{part}').getBoundingClientRect())")
            assert 0 <= top and bottom <= 844, (part, top, bottom)
        page.close()


@test
def any_number_of_tabs_is_kept_up_to_date(browser):
    with Demo("tapd") as demo:
        visitor = browser.visitor()
        # Each has two streams: its own and that of the screen in it.
        pages = [browser.page(800, 600, visitor=visitor) for _ in range(8)]
        for page in pages:
            page.open(f"{demo.address}/board?lang=en")
            page.wait_for("document.querySelectorAll('.card').length === 5")
        command(demo, "card", "top-up", "de4fa211", "3.50")
        for number, page in enumerate(pages):
            page.wait_for("document.querySelector('[data-card=bob] .purse span')?.textContent.startsWith('5.00')", seconds=20)
            page.wait_for(f"{IN_KIOSK}?.body?.dataset.phase === 'waiting'")
            assert page.evaluate("document.body.dataset.daemon") == "running", number
        # The first of them leaves; the others go on.
        pages.pop(0).close()
        command(demo, "card", "top-up", "de4fa211", "1")
        for page in pages:
            page.wait_for("document.querySelector('[data-card=bob] .purse span')?.textContent.startsWith('6.00')", seconds=20)
            assert not page.complaints, page.complaints
            page.close()
        browser.leave(visitor)
