"""From an unknown card to its first coffee, at the machine and on coffeed's pages at the same time."""

from coffeed_office import Office, lay, lay_until, menu, take
from inspection import inspect
from registry import DESKTOP, PICTURES, test, test_at_each_size

# What somebody may try to get into the pages. All of it is a name like any other.
NASTY = "<script>document.title='gone'</script><img src=x onerror=alert(1)> \"O'Neill\" & {{csrf}}"
STRANGER = "5eedca4d"
LOCK = "document.querySelector('[data-text=lock]').textContent"
LINE = "document.querySelector('[data-machine]').textContent"


@test_at_each_size
def a_token_is_scanned_named_and_gets_its_coffee(browser, size):
    pictures = PICTURES / f"coffeed-{size[0]}"
    with Office(browser) as office:
        page = office.set_password(size)
        board = office.board(size)

        # Unknown: refused.
        lay(board, "stranger")
        board.wait_for(f"{LOCK}.includes('token refused')")
        assert board.evaluate("document.body.dataset.unlocked") == "false"
        take(board, "stranger")

        # Scan mode: the token appears on a page that nobody touches.
        menu(page, "/administration")
        page.follow("#scan form button:not([type=button])")
        assert "Scan mode is on" in page.text("#scan")
        page.wait_for(f"{LINE}.includes('scan mode')")
        page.evaluate("window.stayed = true; 0")
        lay_until(board, "stranger", page, f"document.querySelector('[data-scan]').textContent === '{STRANGER}'")
        board.wait_for(f"{LOCK}.includes('token taken down')")
        page.wait_for(f"document.querySelector('#pending').textContent.includes('{STRANGER}')")
        assert board.evaluate("document.body.dataset.unlocked") == "false", "scan mode gives coffee away"
        assert page.evaluate("window.stayed"), "the page was loaded anew"
        assert page.evaluate("document.querySelector('[data-scan-field]').value") == STRANGER
        take(board, "stranger")
        inspect(page, pictures / "scan.png", tabs=False)

        # It is given a name.
        page.follow("[data-scan-link]")
        inspect(page, pictures / "name.png")
        page.fill("[name=user_name]", "nadia")
        page.fill("[name=name]", "Nadia Berger")
        page.fill("[name=email_address]", "nadia@example.org")
        assert page.evaluate("document.querySelector('[name=state]').value") == "active"
        page.follow("form .actions button")
        assert page.text("main > .message") == "Nadia Berger was saved."
        assert page.text("#pending .empty") == "Nobody is waiting for a name."
        assert "Nadia Berger" in page.text("#users")
        page.follow("#scan form button:not([type=button])")
        assert "Scan mode is off" in page.text("#scan")

        # It unlocks the machine; whoever looks at the pages sees it happen.
        menu(page, "/transactions")
        assert "Nadia Berger" not in page.text("tbody")
        lay(board, "stranger")
        board.wait_for("document.body.dataset.unlocked === 'true'")
        page.wait_for(f"{LINE}.startsWith('unlocked for nadia')")
        board.wait_for(f"{LOCK}.startsWith('unlocked · ')")
        # The board shows the pages as well, and draws them anew by itself.
        board.wait_for("document.querySelector('iframe').contentDocument?.body?.textContent.includes('Nadia Berger')")
        board.click("[data-drink=double]")
        board.wait_for("document.body.dataset.drink === 'double'")
        take(board, "stranger")

        # The coffee is the newest of the transactions, and can be taken back for five minutes.
        page.open(f"{office.address}/transactions")
        first = "tbody tr:first-child"
        assert page.text(f"{first} .who") == "Nadia Berger"
        assert page.texts("tbody button") == ["Undo"], "other coffees can be taken back"
        total = int(page.text("main .note").split()[0])
        inspect(page, pictures / "undo.png", tabs=False)
        page.follow(f"{first} button")
        assert page.text("main > .message").endswith("was undone.")
        assert page.text(f"{first} td:last-child") == "undone"
        assert "line-through" in page.evaluate(f"getComputedStyle(document.querySelector('{first} td')).textDecoration")
        assert int(page.text("main .note").split()[0]) == total, "an undone coffee is not to be hidden"
        inspect(page, pictures / "undone.png", tabs=False)
        assert not board.complaints, board.complaints


@test
def a_coffee_runs_into_the_cup(browser):
    filled = "Number(getComputedStyle(document.querySelector('.coffee')).getPropertyValue('--filled'))"
    jet = "getComputedStyle(document.querySelector('.jet')).visibility"
    with Office(browser) as office:
        office.set_password(DESKTOP)
        board = office.board(("desktop", 1440, 790))
        board.click("[data-drink=single]")
        lay(board, "anna")
        board.wait_for("document.body.dataset.unlocked === 'true'")
        assert board.evaluate("document.body.dataset.drink") == "", "the button was pressed before the machine was unlocked"
        board.click("[data-drink=double]")
        board.wait_for(f"{jet} === 'visible'")
        seen = []
        for part in (0.2, 0.4, 0.6):
            board.wait_for(f"{filled} > {part}")
            seen.append(board.evaluate(f"document.querySelector('.coffee').getBoundingClientRect().height"))
        assert seen == sorted(seen) and seen[0] < seen[-1], seen
        board.evaluate("scrollTo(0, 0)")
        board.screenshot(PICTURES / "coffeed-board.png")
        board.wait_for(f"{jet} === 'hidden'")
        assert board.evaluate(filled) > 0.9, "the cup is empty again"
        assert not board.complaints, board.complaints


@test
def a_barred_card_and_the_master_card_are_told_apart(browser):
    with Office(browser) as office:
        board = office.board(DESKTOP)
        lights = "['red', 'green'].map(name => document.querySelector(`.leds .${name}`).classList.contains('on')).join()"
        board.wait_for(f"{LOCK} === 'ready' && {lights} === 'true,false'")
        lay(board, "david")
        board.wait_for(f"{LOCK}.includes('token refused')")
        take(board, "david")
        lay(board, "master")
        board.wait_for(f"{LOCK}.startsWith('always on') && {lights} === 'true,true'")
        assert board.evaluate("[...document.querySelectorAll('.relay')].every(r => r.classList.contains('on'))")
        take(board, "master")
        inspect(board, tabs=False)
        lay(board, "master")
        board.wait_for(f"{LOCK}.startsWith('ready')")
        assert board.evaluate("document.querySelectorAll('.relay.on').length") == 0
        assert not board.complaints, board.complaints


@test
def a_name_is_shown_as_it_was_typed_and_never_run(browser):
    with Office(browser) as office:
        page = office.set_password(DESKTOP)
        page.open(f"{office.address}/administration/user/de4fa211?lang=en")
        for name in ("user_name", "name", "nickname", "phone_number"):
            page.fill(f"[name={name}]", NASTY)
        page.follow("form .actions button")
        assert page.text("main > .message") == f"{NASTY} was saved."

        office.ask("card", card="beat", onReader=True)
        page.wait_for(f"{LINE}.includes('unlocked')")
        assert NASTY in page.evaluate(LINE)
        page.open(f"{office.address}/invoicing")
        page.follow("button[formaction='/invoicing/batch']")
        # An older batch has the name that the user had then.
        batch = page.evaluate("location.pathname")
        invoice = page.evaluate("[...document.querySelectorAll('tbody tr')].find(row => row.innerText.includes('de4fa211')).querySelector('a').getAttribute('href')")
        shown = "document.querySelector('main').innerText + [...document.querySelectorAll('main input')].map(e => e.value).join(' ')"
        for path in ("/transactions", "/transactions?name=%3Cscript%3E&user_name=%22", "/leaderboard", "/invoicing",
                     invoice, batch, "/administration", "/administration/user/de4fa211",
                     "/administration/user/de4fa211/erase"):
            page.open(office.address + path)
            assert NASTY in page.evaluate(shown), path
            assert page.evaluate("document.querySelectorAll('main script, main img').length") == 0, path
            assert page.evaluate("document.title") != "gone", path
            assert not page.complaints, (path, page.complaints)
