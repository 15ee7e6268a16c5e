"""coffeed's invoices: of one and of all, paid, mailed, on paper."""

import re
import urllib.parse

from coffeed_office import Office, menu
from inspection import inspect
from registry import PICTURES, test_at_each_size

PRICE = 60  # cents, as the demo has it


def cents(text):
    return int(re.search(r"(\d+\.\d\d)", text)[1].replace(".", ""))


def facts(page):
    """What stands above an invoice, by its name."""
    return dict(zip(page.texts(".facts dt"), page.texts(".facts dd")))


def mail(page, inside="main"):
    """The mail that the first link there opens: its address, subject and text."""
    link = page.evaluate(f"document.querySelector('{inside} a[href^=\"mailto:\"]').getAttribute('href')")
    address, query = link.removeprefix("mailto:").split("?")
    # Not parse_qs, to which a plus sign is a blank: in mailto links it is a plus sign.
    parts = dict(part.split("=") for part in query.split("&"))
    return urllib.parse.unquote(address), urllib.parse.unquote(parts["subject"]), urllib.parse.unquote(parts["body"])


@test_at_each_size
def an_invoice_is_made_mailed_printed_and_paid(browser, size):
    pictures = PICTURES / f"coffeed-{size[0]}"
    with Office(browser) as office:
        page = office.set_password(size)
        menu(page, "/invoicing")
        button = "button[formaction='/invoicing/create/04a1b2c3d4e5f6']"
        coffees = int(page.evaluate(f"document.querySelector(\"{button}\").closest('tr').querySelector('.number').innerText"))
        assert coffees > 0
        page.follow(button)
        assert re.fullmatch(r"Invoice #\d+", page.text("h1"))
        number = page.text("h1").split("#")[1]
        assert page.evaluate("location.pathname") == f"/invoicing/{number}", "it cannot be loaded again"
        shown = facts(page)
        assert shown["User"] == "Anna Müller" and shown["Status"] == "Unpaid", shown
        assert cents(shown["Total"]) == coffees * PRICE, shown
        assert len(page.texts(".items tbody tr")) == coffees
        page.open(f"{office.address}/invoicing/{number}")
        inspect(page, pictures / "invoice.png")

        address, subject, body = mail(page)
        assert address == "anna@example.org" and "{" not in subject + body, (address, subject, body)
        assert str(coffees) in body and cents(body[body.index(str(coffees)):]) in (PRICE, coffees * PRICE), body

        # On paper there is nothing to click at.
        page.emulate(media="print")
        for control in ("header", "nav", ".skip", ".actions", "button", ".machine"):
            assert not page.is_visible(control), f"{control} is printed"
        assert page.is_visible("h1") and page.is_visible(".items") and page.is_visible(".facts")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.screenshot(pictures / "invoice-print.png", whole=True)
        page.emulate()

        # Paid, and not paid after all.
        for state in ("Paid", "Unpaid", "Paid"):
            page.follow(".actions button[formaction*='toggle']")
            assert facts(page)["Status"] == state
        page.open(f"{office.address}/invoicing")
        row = f"document.querySelector('a[href=\"/invoicing/{number}\"]').closest('tr')"
        assert page.evaluate(f"{row}.querySelector('.badge').innerText") == "Paid"
        # Nothing is left to invoice for her.
        assert page.evaluate(f"document.querySelector(\"{button}\").disabled")
        assert not page.complaints, page.complaints


@test_at_each_size
def everybody_is_invoiced_at_once(browser, size):
    pictures = PICTURES / f"coffeed-{size[0]}"
    with Office(browser) as office:
        page = office.set_password(size)
        page.open(f"{office.address}/invoicing?lang=en")
        open_coffees = page.evaluate(
            "[...document.querySelectorAll('button[formaction*=create]')]"
            ".map(b => Number(b.closest('tr').querySelector('.number').innerText))")
        page.follow("button[formaction='/invoicing/batch']")
        assert re.fullmatch(r"Batch Invoice #\d+", page.text("h1"))
        number = page.text("h1").split("#")[1]
        page.open(f"{office.address}/invoicing/batch/{number}")
        users = len([count for count in open_coffees if count])
        assert len(page.texts("tbody tr")) == users
        totals = page.texts("tbody td:nth-child(5)")
        assert sum(map(cents, totals)) == sum(open_coffees) * PRICE == cents(page.text("tfoot")), totals
        inspect(page, pictures / "batch.png")
        # The mail is to nobody in particular, and has a line for each.
        address, _, body = mail(page)
        names = page.texts("tbody td:nth-child(2)")
        assert address == "" and all(name in body for name in names) and "{" not in body, (address, body)
        assert body.count(" = ") == users, body
        # And each has a mail of their own.
        for row, name in enumerate(names, start=1):
            address, _, body = mail(page, f"tbody tr:nth-child({row})")
            assert address.endswith("@example.org") and name in body and "{" not in body, (address, body)
            assert sum(other in body for other in names) == 1, body
        page.emulate(media="print")
        assert not page.is_visible("header") and not page.is_visible(".actions") and page.is_visible("table")
        assert not page.is_visible("tbody .button"), "the mails' links are printed"
        page.screenshot(pictures / "batch-print.png", whole=True)
        page.emulate()

        # A second time there is nothing left, which is said and not done.
        page.open(f"{office.address}/invoicing")
        page.follow("button[formaction='/invoicing/batch']")
        assert page.text("main .message") == "No uninvoiced usage found for any user."
        inspect(page, pictures / "nothing-to-invoice.png", tabs=False)
        # It is said on a page that can be loaded again, in another language too.
        assert page.evaluate("location.pathname") == "/invoicing"
