"""The pages that are compared: a name, and where ours and theirs has it with the same rows. FIRST and LAST stand for
days, other ones in each request: see days()."""

import datetime

PAGES = {
    "Transactions": ("/transactions?rows=500", "/transactions"),
    "Leaderboard": ("/leaderboard?period=30days", "/leaderboard?period=30days"),
    "Invoicing": ("/invoicing", "/invoicing"),
    "Users": ("/api/admin/users", "/api/admin/users"),
    "Filtered": ("/transactions?rows=500&start_date=FIRST&end_date=LAST", "/transactions?start_date=FIRST&end_date=LAST"),
}


def days(first, last):
    """The days that long ago, as the pages want them. wrk.lua draws FIRST from the first of ten years and LAST from
    the last three: the newest 500 rows are found in between even with 1,000 in all."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return [f"{today - datetime.timedelta(days=days)}" for days in (first, last)]
