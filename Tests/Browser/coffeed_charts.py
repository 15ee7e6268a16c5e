"""coffeed's leaderboard and history."""

import datetime

from coffeed_office import Office, menu
from inspection import inspect
from registry import PICTURES, test_at_each_size

# The drawn bars that have a height or a length, and that are seen.
BARS = """[...document.querySelectorAll(".chart rect:not(.reach)")]
  .map((e) => e.getBoundingClientRect()).filter((b) => b.width > 0 && b.height > 0).map((b) => [b.width, b.height])"""


def days(page):
    """The days that the page says it shows."""
    _, start, _, end = page.text(".note").split()
    return datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)


def ranking(page):
    return [[cell.strip() for cell in row.split("\t")] for row in page.texts(".ranking tbody tr")]


@test_at_each_size
def the_leaderboard_of_some_days(browser, size):
    pictures = PICTURES / f"coffeed-{size[0]}"
    with Office(browser) as office:
        page = office.set_password(size)
        menu(page, "/leaderboard")
        if page.is_phone:
            picture = browser.page(390, 844, scale=2, visitor=office.administrator, phone=True)
            picture.open(page.evaluate("location.href"))
            picture.screenshot(PICTURES / "coffeed-phone.png")
        start, end = days(page)
        assert (end - start).days == 29
        month = ranking(page)
        assert len(month) > 5
        counts = [int(row[2]) for row in month]
        assert counts == sorted(counts, reverse=True)
        # A bar for each, as long as the coffees are many.
        widths = [width for width, _ in page.evaluate(BARS)]
        assert len(widths) == len(month)
        assert all(abs(width / widths[0] - count / counts[0]) < 0.01 for width, count in zip(widths, counts))
        assert page.evaluate("document.querySelector('.chart').getBoundingClientRect().width") > 300
        inspect(page, pictures / "leaderboard.png")

        page.follow(".choices a[href*='7days']")
        start, end = days(page)
        assert (end - start).days == 6 and page.text(".choices [aria-current]") == "Last 7 days"
        assert sum(int(row[2]) for row in ranking(page)) < sum(counts)

        page.click("summary:not(.narrow summary)")
        page.choose("[name=start_date]", str(end - datetime.timedelta(days=60)))
        page.choose("[name=end_date]", str(end - datetime.timedelta(days=31)))
        page.follow("form.filters button")
        assert days(page) == (end - datetime.timedelta(days=60), end - datetime.timedelta(days=31))
        assert page.is_visible("[name=start_date]"), "the chosen days are hidden"
        inspect(page, pictures / "leaderboard-custom.png")

        page.choose("[name=start_date]", str(end))
        page.choose("[name=end_date]", str(end - datetime.timedelta(days=1)))
        page.follow("form.filters button")
        assert page.text(".message.problem").startswith("These dates cannot be shown")
        inspect(page, pictures / "leaderboard-impossible.png", tabs=False)
        page.open(f"{office.address}/leaderboard?period=custom&date=2001-01-01")
        assert page.text(".empty") == "No coffees in this period."
        inspect(page, pictures / "leaderboard-none.png", tabs=False)


@test_at_each_size
def who_does_not_want_to_is_not_in_the_leaderboard(browser, size):
    with Office(browser) as office:
        page = office.set_password(size)
        page.open(f"{office.address}/leaderboard?lang=en")
        before = ranking(page)
        assert {"Anna Müller", "Beat Keller"} <= {row[1] for row in before}
        page.open(f"{office.address}/administration/user/04a1b2c3d4e5f6")
        page.click("[name=hidden]")
        page.follow("form .actions button")
        page.open(f"{office.address}/administration/user/de4fa211")
        page.fill("[name=nickname]", "Bean Counter")
        page.follow("form .actions button")
        page.open(f"{office.address}/leaderboard")
        names = [row[1] for row in ranking(page)]
        assert "Anna Müller" not in names and "Beat Keller" not in names and "Bean Counter" in names, names
        assert len(names) == len(before) - 1


@test_at_each_size
def the_history_has_charts_and_their_figures(browser, size):
    with Office(browser) as office:
        page = office.set_password(size)
        menu(page, "/history")
        charts = page.evaluate("[...document.querySelectorAll('.chart')].map(e => e.getAttribute('aria-label'))")
        assert charts == ["Coffees per day", "Coffees per hour of the day"], charts
        total = int(page.evaluate("document.querySelector('h2 + .note').innerText").split()[-1])
        figures = page.evaluate(
            "[...document.querySelectorAll('.figures')].map(f => [...f.querySelectorAll('tbody td')].map(e => Number(e.textContent)))")
        assert [len(column) for column in figures] == [30, 24]
        assert sum(figures[0]) == sum(figures[1]) == total > 0
        # The bars are as tall as the figures say.
        assert len(page.evaluate(BARS)) == len([figure for column in figures for figure in column if figure])
        for index, column in enumerate(figures):
            heights = page.evaluate(
                f"[...document.querySelectorAll('.chart')[{index}].querySelectorAll('rect:not(.reach)')].map(e => e.getBoundingClientRect().height)")
            assert all(abs(h / max(heights) - f / max(column)) < 0.02 for h, f in zip(heights, column)), (heights, column)
        page.screenshot(PICTURES / f"coffeed-{size[0]}" / "history.png", whole=True)
        page.click(".figures summary")
        assert page.is_visible(".figures td")
        inspect(page)
        page.follow(".choices a[href*='7days']")
        assert page.evaluate("document.querySelectorAll('.figures tbody')[0].rows.length") == 7
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "history-week.png", tabs=False)
