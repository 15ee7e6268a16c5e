"""What can be done on coffeed's pages where no script runs."""

import time

from coffeed_office import PASSWORD, Office, log_out, menu
from inspection import overflow
from registry import test_at_each_size


@test_at_each_size
def what_can_be_done_without_script(browser, size):
    with Office(browser) as office:
        page = office.page(size)
        page.send("Emulation.setScriptExecutionDisabled", value=True)
        page.open(f"{office.address}/setup?lang=en")
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=repeat]", PASSWORD)
        page.follow("form button")
        assert page.text("h1") == "Transactions"
        assert page.text(".machine").endswith("ready")

        # A token is scanned and named: a link loads the page anew.
        menu(page, "/administration")
        page.follow("#scan form button")
        assert "nothing yet" in page.text("#scan")
        office.ask("card", card="stranger", onReader=True)
        deadline = time.monotonic() + 10
        while page.text("[data-scan]") != "5eedca4d":
            assert time.monotonic() < deadline, "the scanned token does not appear"
            page.follow("[data-without-script]")
        assert "5eedca4d" in page.text("#pending")
        assert not overflow(page)
        page.follow("#pending .button")
        page.fill("[name=user_name]", "nadia")
        page.fill("[name=name]", "Nadia Berger")
        page.follow("form .actions button")
        assert "Nadia Berger" in page.text("#users")

        page.open(f"{office.address}/transactions?name=anna")
        assert set(page.texts("tbody .who")) == {"Anna Müller"}
        page.open(f"{office.address}/invoicing")
        page.follow("button[formaction='/invoicing/batch']")
        assert page.text("h1").startswith("Batch Invoice")
        assert not page.is_visible("[data-print]"), "a button that does nothing"
        page.open(f"{office.address}/leaderboard")
        assert page.exists(".chart rect")
        page.open(f"{office.address}/settings")
        page.fill("[name=price]", "0.75")
        page.follow(".settings > .actions button")
        assert page.text("main .message") == "Settings were saved."
        page.open(f"{office.address}/history")
        page.click(".figures summary")
        assert page.is_visible(".figures td")
        log_out(page)
