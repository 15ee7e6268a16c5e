"""coffeed's users, once they have their names: barred, let in again, added, erased; and what becomes too old."""

from coffeed_office import Office, lay_until, menu, take
from inspection import inspect
from registry import DESKTOP, PICTURES, test, test_at_each_size

BEAT = "de4fa211"
# Where he is named.
PERSONAL = ("/administration", f"/transactions?token_id={BEAT}", "/leaderboard", "/invoicing", "/invoicing/2",
            "/invoicing/batch/1", "/export/users.csv")
LOCK = "document.querySelector('[data-text=lock]').textContent"


def row(token):
    """The row of the user with that token."""
    return f"[...document.querySelectorAll('#users tbody tr')].find(row => row.querySelector('code').textContent === '{token}')"


def state(page, token):
    return page.evaluate(f"{row(token)}.querySelector('.badge').textContent")


def names(page, path):
    """Whether what stands there tells who he is."""
    source = page.evaluate(f"fetch('{path}').then(answer => answer.text())")
    return any(personal in source for personal in ("Beat", "Keller", "beat@"))


def message(page):
    return page.text("main > .message")


@test_at_each_size
def a_user_is_barred_and_let_in_again(browser, size):
    with Office(browser) as office:
        page = office.set_password(size)
        board = office.board(size)
        menu(page, "/administration")
        assert state(page, BEAT) == "active"

        page.follow(f"button[formaction='/administration/user/{BEAT}/bar']")
        assert message(page) == "Beat Keller was saved." and state(page, BEAT) == "barred"
        lay_until(board, "beat", board, f"{LOCK}.includes('token refused')")
        assert board.evaluate("document.body.dataset.unlocked") == "false"
        take(board, "beat")

        page.follow(f"button[formaction='/administration/user/{BEAT}/unbar']")
        assert message(page) == "Beat Keller was saved." and state(page, BEAT) == "active"
        lay_until(board, "beat", board, "document.body.dataset.unlocked === 'true'")
        assert not page.complaints + board.complaints


@test_at_each_size
def a_user_is_added_by_hand_and_erased(browser, size):
    pictures = PICTURES / f"coffeed-{size[0]}"
    with Office(browser) as office:
        page = office.set_password(size)
        menu(page, "/administration")
        page.fill("#add [name=token_id]", "04:C0:FF:EE:00:00:99")
        page.fill("#add [name=user_name]", "olga")
        page.fill("#add [name=name]", "Olga Petit")
        page.follow("#add form > button")
        assert "Olga Petit" in message(page) and state(page, "04c0ffee000099") == "active"

        # Beat leaves, and leaves a paid invoice and coffees that nobody has invoiced.
        page.open(f"{office.address}/transactions?token_id={BEAT}")
        before = page.text("main .note")
        assert int(before.split()[0]) > 0
        page.open(f"{office.address}/administration/user/{BEAT}")
        page.follow(f"a[href='/administration/user/{BEAT}/erase']")
        assert page.text("h1") == "Erase Beat Keller?"
        assert all(names(page, path) for path in PERSONAL)
        # Somebody who thinks again.
        page.follow("main .actions a")
        page.follow(f"a[href='/administration/user/{BEAT}/erase']")
        page.follow("main .danger")
        assert message(page) == f"The user of token {BEAT} was erased."
        inspect(page, pictures / "erased.png", tabs=False)
        assert not [path for path in PERSONAL if names(page, path)]
        # The coffees are all there, without a name.
        page.open(f"{office.address}/transactions?token_id={BEAT}")
        assert page.text("main .note") == before
        assert not page.complaints, page.complaints


@test
def retention_leaves_a_young_office_its_books(browser):
    with Office(browser) as office:
        page = office.set_password(DESKTOP)
        menu(page, "/transactions")
        before = page.text("main .note")
        menu(page, "/settings")
        page.follow("button[formaction='/settings/retention']")
        # The demo's books begin some months ago, and five years are kept.
        assert message(page) == "Archived: 0 coffees and 0 invoices."
        assert page.text("h1") == "Settings"
        menu(page, "/transactions")
        assert page.text("main .note") == before
        assert not page.complaints, page.complaints
