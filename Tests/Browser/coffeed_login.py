"""coffeed's first password, login and logout, and the keys for scripts."""

import urllib.error
import urllib.request

from coffeed_office import PASSWORD, Office, log_out
from inspection import expect_refusal, inspect
from registry import PICTURES, test_at_each_size


def answer(address, **headers):
    try:
        return urllib.request.urlopen(urllib.request.Request(address, headers=headers)).status
    except urllib.error.HTTPError as error:
        return error.code


@test_at_each_size
def the_first_password_login_and_logout(browser, size):
    with Office(browser) as office:
        # From elsewhere in the network, every page leads to the first password, and that asks for the code.
        page = office.page(size)
        page.send("Network.setExtraHTTPHeaders", headers={"X-Forwarded-For": "192.0.2.7"})
        page.open(f"{office.address}/invoicing?lang=en")
        assert page.evaluate("location.pathname") == "/setup"
        assert page.text("h1") == "First password"
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "setup-code.png")
        for code, repeated, problem in (
            ("AAAA-AAAA", PASSWORD, "This is not the setup code."),
            (office.setup_code(), PASSWORD + "!", "The two passwords are not the same."),
        ):
            page.fill("[name=code]", code)
            page.fill("[name=password]", PASSWORD)
            page.fill("[name=repeat]", repeated)
            page.follow("form button")
            assert page.text(".message.problem") == problem, page.text("main")
            expect_refusal(page)
            inspect(page)
        page.fill("[name=code]", office.setup_code())
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=repeat]", PASSWORD)
        page.follow("form button")
        assert page.evaluate("location.pathname") == "/" and page.text("h1") == "Transactions"
        assert not page.complaints, page.complaints

        # The way out: nothing is left of the login.
        log_out(page)
        page.open(f"{office.address}/administration")
        assert page.evaluate("location.pathname") == "/login"
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "login.png")

        # The way in: a wrong password is said to be wrong, the right one leads where one wanted to go.
        page.fill("[name=password]", "instant coffee")
        page.follow("form button")
        assert page.text(".message.problem") == "This is not the password."
        assert page.evaluate("document.activeElement.name") == "password"
        expect_refusal(page)
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "login-wrong.png")
        page.fill("[name=password]", PASSWORD)
        page.follow("form button")
        assert page.evaluate("location.pathname") == "/administration"
        assert page.text("h1") == "Administration"
        assert not page.complaints, page.complaints


@test_at_each_size
def a_key_for_scripts_is_made_and_revoked(browser, size):
    with Office(browser) as office:
        page = office.set_password(size)
        page.open(f"{office.address}/account?lang=en")
        inspect(page)
        page.fill("form[action='/account/keys'] [name=name]", "<b>coffee</b> screen")
        page.follow("form[action='/account/keys'] button")
        key = page.text("code.secret")
        assert page.text("td") == "<b>coffee</b> screen"
        inspect(page, PICTURES / f"coffeed-{size[0]}" / "account-key.png")
        users = f"{office.address}/export/users.json"
        assert answer(users, **{"X-API-Key": key}) == 200
        page.open(f"{office.address}/account")
        assert not page.exists("code.secret"), "the key is shown twice"
        page.follow("form[action$='/revoke'] button")
        assert page.text(".message") == "The key was revoked."
        assert answer(users, **{"X-API-Key": key}) == 401
        assert not page.complaints, page.complaints
