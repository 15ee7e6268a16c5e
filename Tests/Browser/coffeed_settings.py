"""coffeed's settings."""

from coffeed_invoices import cents, facts, mail
from coffeed_office import Office, menu
from inspection import expect_refusal, inspect
from registry import PICTURES, test_at_each_size

SAVE = ".settings > .actions button"


@test_at_each_size
def the_settings_are_changed(browser, size):
    pictures = PICTURES / f"coffeed-{size[0]}"
    with Office(browser) as office:
        page = office.set_password(size)
        # An invoice of before keeps the price of its day.
        page.open(f"{office.address}/invoicing?lang=en")
        page.follow("button[formaction='/invoicing/create/04a1b2c3d4e5f6']")
        old, before = page.text("h1").split("#")[1], facts(page)["Total"]
        english = mail(page)

        menu(page, "/settings")
        page.fill("[name=price]", "a lot")
        page.fill("[name=subject]", "Coffee of {no_such_thing}")
        page.follow(SAVE)
        assert page.text("main .message.problem").startswith("Invalid Price")
        assert page.evaluate("document.querySelector('[name=subject]').value") == "Coffee of {no_such_thing}", "typing is lost"
        expect_refusal(page)
        inspect(page, pictures / "settings-refused.png", tabs=False)

        page.fill("[name=price]", "0.80")
        page.fill("[name=subject]", "Coffee of {user_display}")
        page.follow("[name=preview]")
        assert page.text(".preview strong") == "Coffee of Ada Lovelace"
        inspect(page, pictures / "settings-preview.png", tabs=False)
        page.follow(SAVE)
        assert page.text("main .message") == "Settings were saved."
        inspect(page, pictures / "settings-saved.png")

        page.open(f"{office.address}/settings")
        assert page.evaluate("document.querySelector('[name=price]').value") == "0.80"
        page.choose("[name=language]", "de")
        page.follow(SAVE)
        page.open(f"{office.address}/invoicing")
        page.follow("button[formaction='/invoicing/create/de4fa211']")
        shown = facts(page)
        count = int(shown["Number of coffees"].split()[0])
        assert cents(shown["Total"]) == count * 80, shown
        page.open(f"{office.address}/invoicing/{old}")
        assert facts(page)["Total"] == before
        # The mails are in the language of the settings, the pages in that of their reader; what was written stays.
        address, subject, body = mail(page)
        assert subject == "Coffee of Anna Müller" and address == english[0]
        assert "Guten Tag" in body and "Guten Tag" not in english[2], body
