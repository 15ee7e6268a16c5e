"""same_rows.py OURS THEIRS [HEADER...]: fails unless both servers show the same: the newest 500 coffees, the ranks,
what each user has not been invoiced for, and the users. A row is the same when ours shows what stands in theirs.
"""

import html.parser
import json
import sys
import urllib.request

from sites import PAGES, days


class Rows(html.parser.HTMLParser):
    """The rows of all tables, each a list of cell texts; rows that have other tables inside are no matter."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.cell = [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.cell = []

    def handle_endtag(self, tag):
        if tag == "td" and self.cell is not None and self.rows:
            self.rows[-1].append(" ".join("".join(self.cell).split()))
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)


def get(address, page, headers=()):
    request = urllib.request.Request(address + page)
    for header in headers:
        name, value = header.split(": ", 1)
        request.add_header(name, value)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read().decode()


def compare(what, ours, theirs, columns):
    """Each of their rows, in its order, with the texts of those columns in the row of ours."""
    if len(ours) != len(theirs):
        sys.exit(f"same_rows.py: {what}: {len(ours)} rows, theirs {len(theirs)}")
    for number, (mine, yours) in enumerate(zip(ours, theirs), start=1):
        for column in columns:
            if not any(yours[column] in cell for cell in mine):
                sys.exit(f"same_rows.py: {what}, row {number}: {mine}, theirs {yours}")
    print(f"same_rows.py: {what}: {len(theirs)} rows", file=sys.stderr)


ours, theirs, headers = sys.argv[1], sys.argv[2], sys.argv[3:]


def both(page):
    first, last = days(3400, 500)
    places = [place.replace("FIRST", first).replace("LAST", last) for place in PAGES[page]]
    return get(ours, places[0], headers), get(theirs, places[1])


def rows(pages, width):
    return [[row for row in Rows(page).rows if len(row) >= width] for page in pages]


# Token, user name and name; name and number of coffees.
compare("transactions", *rows(both("Transactions"), 6), columns=(2, 3, 4))
compare("transactions up to a day", *rows(both("Filtered"), 6), columns=(2, 3, 4))
compare("leaderboard", *rows(both("Leaderboard"), 4), columns=(1, 2))
# The page's other tables are the invoices and the batches. Users with as many have no order.
mine, yours = rows(both("Invoicing"), 5)
if len(mine) != len(yours):
    sys.exit(f"same_rows.py: invoicing: {len(mine)} rows, theirs {len(yours)}")
users = {row[0]: row[4] for row in yours if len(row[0]) == 10}
for token, count in users.items():
    if not any(token in row and count in row for row in mine):
        sys.exit(f"same_rows.py: invoicing: {token} with {count} is not in ours")
accounts = [
    {(user["token_id"], user["user_name"], user["name"], user["email_address"]) for user in json.loads(text)}
    for text in both("Users")]
if accounts[0] != accounts[1]:
    sys.exit(f"same_rows.py: users: {accounts[0] ^ accounts[1]}")
