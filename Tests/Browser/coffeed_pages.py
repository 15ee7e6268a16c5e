"""Each of coffeed's pages in each size and language: whole, readable, and not the same text in another language."""

from coffeed_office import Office, open_menu
from inspection import expect_refusal, inspect, overflow
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
# Words that stand on two lines, and are nothing that people typed.
BROKEN = """(() => {
  const broken = [];
  for (const cell of document.querySelectorAll("th, td:not(.free, .title)")) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.parentElement.checkVisibility() || node.parentElement.closest(".unseen")) continue;
      for (const word of node.data.matchAll(/\\S+/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (lines.size > 1) broken.push(word[0]);
      }
    }
  }
  return broken.slice(0, 8);
})()"""
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


@test_at_each_size
def long_names_leave_the_other_words_whole(browser, size):
    """One of a single word of 200 letters, and one of many words."""
    with Office(browser) as office:
        page = office.set_password(size)
        for token, name in (("04c0ffee000077", "Donaudampfschifffahrt" * 9), ("04c0ffee000078", "Maria de la Concepción " * 8)):
            page.open(f"{office.address}/administration?lang=en")
            page.fill("#add [name=token_id]", token)
            page.fill("#add [name=user_name]", name.strip())
            page.fill("#add [name=name]", name.strip())
            page.fill("#add [name=email_address]", "x" * 60 + "@example.org")
            page.follow("#add form > button")
        office.ask("card", card="anna", onReader=True)
        page.open(f"{office.address}/administration/user/04a1b2c3d4e5f6")
        page.fill("[name=name]", "Donaudampfschifffahrt" * 9)
        page.follow("form .actions button")
        page.open(f"{office.address}/invoicing")
        page.follow("button[formaction='/invoicing/batch']")
        batch = page.evaluate("location.pathname")
        for name, path in (("users", "/administration"), ("invoicing", "/invoicing"), ("batch", batch),
                           ("transactions", "/transactions?rows=25"), ("leaderboard", "/leaderboard")):
            page.open(f"{office.address}{path}{'&' if '?' in path else '?'}lang=en")
            page.screenshot(PICTURES / f"coffeed-{size[0]}" / f"long-{name}.png", whole=True)
            broken = page.evaluate(BROKEN)
            assert not broken, f"{name}: {broken} are broken"
            assert not overflow(page), f"{name}: {overflow(page)}"
