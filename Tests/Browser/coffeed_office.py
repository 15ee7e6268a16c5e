"""`coffeed demo` as its journeys need it: an office, its administrator, and the table with the cards."""

import json
import re
import time
import urllib.request

from demo import Demo, lay_on

PASSWORD = "beans and water"


class Office(Demo):
    """A demo whose pages are visited. `with Office(browser) as office:` ends it, whatever happens."""

    def __init__(self, browser):
        self.browser = browser
        self.visitors = []
        super().__init__("coffeed")
        self.administrator = self.visitor()

    def __exit__(self, *_):
        try:
            for visitor in self.visitors:
                self.browser.leave(visitor)
        finally:
            super().__exit__()

    def visitor(self):
        """Somebody who comes with a browser of their own."""
        self.visitors.append(self.browser.visitor())
        return self.visitors[-1]

    def setup_code(self):
        return re.search(r"with the code\s+(\S+)", self.logged())[1]

    def page(self, size, path=None, visitor=None):
        """A tab of the administrator, or of somebody else, who reads English."""
        name, width, height = size
        page = self.browser.page(width, height, visitor=visitor or self.administrator, phone=name == "phone")
        if path:
            page.open(self.address + path + ("&" if "?" in path else "?") + "lang=en")
        return page

    def set_password(self, size):
        """The first password, which also logs in. Returns the page behind it."""
        page = self.page(size, "/setup")
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=repeat]", PASSWORD)
        page.follow("form button")
        assert page.evaluate("location.pathname") == "/", page.text("body")
        return page

    def board(self, size):
        """The virtual board, in a tab of its own."""
        page = self.page(size, "/board")
        page.wait_for("document.querySelectorAll('.card').length === 6")
        return page

    def ask(self, command, **body):
        """Does something at the board without looking at it."""
        request = urllib.request.Request(
            f"{self.address}/board/api/{command}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request).read()


def lay(board, card):
    """Lays a card onto the reader: with the mouse, on a phone with the card's button."""
    if board.is_phone:
        board.click(f"[data-card={card}] button")
    else:
        lay_on(board, card)
    board.wait_for(f"document.querySelector('.reader [data-card={card}]') !== null")


def take(board, card):
    """Takes it away again."""
    board.click(f"[data-card={card}] button")
    board.wait_for(f"document.querySelector('.tray [data-card={card}]') !== null")


def lay_until(board, card, page, expression):
    """Lays a card onto the reader until it shows. For the reader, one that comes back at once was never away; then it
    is taken away again, and longer each time."""
    for pause in (1, 2, 4):
        lay(board, card)
        try:
            return page.wait_for(expression, seconds=2)
        except AssertionError:
            take(board, card)
            time.sleep(pause)
    lay(board, card)
    page.wait_for(expression)


def menu(page, path):
    """Goes to a page by the navigation."""
    page.follow(f"{open_menu(page)} .places a[href='{path}']")


def log_out(page):
    page.follow(f"{open_menu(page)} form[action='/logout'] button")
    assert page.text("h1") == "Log in"


def open_menu(page):
    """The navigation that this window has: on a phone it is folded away."""
    if not page.is_phone:
        return ".wide"
    page.click(".narrow summary")
    return ".narrow"
