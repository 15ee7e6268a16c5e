"""Each of coffeed's pages in each size and language: whole, readable, and not the same text in another language."""

from coffeed_office import Office, open_menu
from inspection import expect_refusal, inspect
from registry import PHONE, PICTURES, test, test_at_each_size

PAGES = {
    "transactions": "/transactions?rows=25",
    "leaderboard": "/leaderboard",
    "history": "/history",
    "invoicing": "/invoicing",
    "invoice": "/invoicing/1",
    "batch": "/invoicing/batch/1",
    "no-invoice": "/invoicing/9999",
    "administration": "/administration",
    "user": "/administration/user/04a1b2c3d4e5f6",
    "erase": "/administration/user/04a1b2c3d4e5f6/erase",
    "settings": "/settings",
    "export": "/export",
    "account": "/account",
    "not-found": "/nowhere",
}
TEXT = "document.querySelector('main').innerText + document.querySelector('nav')?.innerText"


@test_at_each_size
def every_page_is_sound_in_three_languages(browser, size):
    """All that can be said of a page: rules of accessibility, the way of the focus, nothing cut off, and its words."""
    with Office(browser) as office:
        page = office.set_password(size)
        for name, path in PAGES.items():
            texts = {}
            for language in ("en", "de", "fr"):
                page.open(f"{office.address}{path}{'&' if '?' in path else '?'}lang={language}")
                if name == "not-found":
                    expect_refusal(page)
                assert page.evaluate("document.documentElement.lang") == language, name
                texts[language] = page.evaluate(TEXT)
                assert "{{" not in texts[language], f"{name} in {language} shows its template"
                inspect(page, PICTURES / f"coffeed-{size[0]}" / f"{language}-{name}.png")
            page.emulate(prefers_color_scheme="dark")
            page.screenshot(PICTURES / f"coffeed-{size[0]}" / f"dark-{name}.png", whole=True)
            page.emulate()
            assert len(set(texts.values())) == 3, f"{name} is not translated"


@test_at_each_size
def the_board_is_sound(browser, size):
    with Office(browser) as office:
        office.set_password(size)
        for language in ("de", "fr", "en"):
            page = office.page(size)
            page.open(f"{office.address}/board?lang={language}")
            page.wait_for("document.querySelectorAll('.card').length === 6")
            page.wait_for("document.querySelector('iframe').contentDocument?.querySelector('.machine') !== null")
            inspect(page, PICTURES / f"coffeed-{size[0]}" / f"{language}-board.png")


@test
def the_open_menu_of_a_phone_is_sound(browser):
    with Office(browser) as office:
        page = office.set_password(PHONE)
        open_menu(page)
        assert page.is_visible(".narrow .places")
        inspect(page, PICTURES / "coffeed-phone" / "menu.png", tabs=False)
