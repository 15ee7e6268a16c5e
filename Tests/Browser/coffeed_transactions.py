"""coffeed's transactions: filters and pages."""

import collections

from coffeed_office import Office
from inspection import inspect
from registry import PICTURES, test_at_each_size

def total(page):
    return int(page.text("main .note").split()[0])


def numbers(page):
    return [int(text) for text in page.texts("tbody td.number")]


@test_at_each_size
def transactions_are_paged(browser, size):
    with Office(browser) as office:
        page = office.set_password(size)
        page.open(f"{office.address}/transactions?lang=en")
        everything = total(page)
        assert everything > 300, "too few for this journey"
        first = numbers(page)
        assert len(first) == 100
        assert first == sorted(first, reverse=True), "not the newest first"
        assert not page.exists(".pagination a[rel=prev]")
        page.follow(".pagination a[rel=next]")
        second = numbers(page)
        assert max(second) < min(first)
        assert page.text(".pagination span") == f"Page 2 of {-(-everything // 100)}"
        page.follow(".pagination a[rel=prev]")
        assert numbers(page) == first

        page.open(f"{office.address}/transactions?page={-(-everything // 100)}")
        assert len(numbers(page)) == everything % 100 or everything % 100 == 0
        assert not page.exists(".pagination a[rel=next]")
        assert not page.complaints, page.complaints


@test_at_each_size
def transactions_are_filtered(browser, size):
    with Office(browser) as office:
        page = office.set_password(size)
        page.open(f"{office.address}/transactions?lang=en")
        everything = total(page)
        # A day whose coffees all stand on this page: what is filtered can be counted here.
        times = page.texts("tbody .time")
        whole = collections.Counter(time.split()[0] for time in times if time.split()[0] != times[-1].split()[0])
        day, _ = whole.most_common(1)[0]
        wanted = [time for time in times if time.startswith(day) and "08:00:00" <= time.split()[1] <= "11:00:59"]
        assert not page.is_visible(".filter form"), "the filters take the place of what one came for"
        page.click(".filter summary")
        page.fill("[name=name]", "müll")
        page.follow(".filter form .actions button")
        mine = total(page)
        assert 0 < mine < everything
        assert set(page.texts("tbody .who")) == {"Anna Müller"}
        assert page.is_visible(".filter form") and page.evaluate("document.querySelector('[name=name]').value") == "müll"
        # The next page keeps the filter.
        page.follow(".pagination a[rel=next]")
        assert set(page.texts("tbody .who")) == {"Anna Müller"} and total(page) == mine

        page.choose("[name=start_date]", day)
        page.choose("[name=end_date]", day)
        page.choose("[name=start_time]", "08:00")
        page.choose("[name=end_time]", "11:00")
        page.fill("[name=name]", "")
        page.follow(".filter form .actions button")
        assert wanted and page.texts("tbody .time") == wanted
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "transactions-filtered.png")

        page.fill("[name=token_id]", "DE:4F:A2:11")  # as it is printed on the card
        for name in ("start_date", "end_date", "start_time", "end_time"):
            page.choose(f"[name={name}]", "")
        page.follow(".filter form .actions button")
        assert set(page.texts("tbody .who")) == {"Beat Keller"}

        page.fill("[name=name]", "nobody")
        page.follow(".filter form .actions button")
        assert page.text(".empty") == "No transactions found"
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "transactions-none.png")
        page.follow(".filter form .actions a")
        assert total(page) == everything and not page.is_visible(".filter form")


@test_at_each_size
def a_stranger_in_the_network_sees_no_more_than_hangs_on_the_wall(browser, size):
    with Office(browser) as office:
        office.set_password(size)
        page = office.page(size, "/transactions", visitor=office.visitor())
        assert total(page) > 300
        assert "@example.org" not in page.text("main") and not page.exists("tbody code") and not page.exists("tbody a")
        assert not page.exists("[name=token_id], [name=email_address]")
        places = page.evaluate("[...document.querySelectorAll('.wide .places a')].map(e => e.getAttribute('href'))")
        assert places == ["/transactions", "/leaderboard", "/history"], places
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "transactions-open.png", tabs=False)
