"""fill.py DATABASE USAGES [SEED]: a database as the predecessor leaves it, of an office with 50 users that has had so
many coffees on the working days of ten years up to now. All but those of this year have been invoiced in two batches:
as many invoices as coffeed shows on a page.

No two coffees have the same second, so that "the newest 500" are the same ones for everybody.
"""

import datetime
import random
import sqlite3
import sys

USERS = 50
YEARS = 10
OPENS, CLOSES = 7 * 3600, 18 * 3600

SCHEMA = """
CREATE TABLE users (
  token_id TEXT PRIMARY KEY, user_name TEXT NOT NULL, name TEXT NOT NULL, email_address TEXT, phone_number TEXT,
  barred BOOLEAN DEFAULT 0, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, last_seen TIMESTAMP,
  active BOOLEAN DEFAULT 1);
CREATE TABLE usage_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, token_id TEXT NOT NULL, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  coffee_type TEXT DEFAULT 'unknown', FOREIGN KEY(token_id) REFERENCES users(token_id));
CREATE INDEX idx_usage_timestamp ON usage_log(timestamp);
CREATE INDEX idx_usage_token_id ON usage_log(token_id);
CREATE TABLE settings (
  key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE batch_invoices (
  id INTEGER PRIMARY KEY AUTOINCREMENT, batch_date TIMESTAMP NOT NULL, period_start TIMESTAMP NOT NULL,
  period_end TIMESTAMP NOT NULL, total_users INTEGER NOT NULL DEFAULT 0, total_items INTEGER NOT NULL DEFAULT 0,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE invoices (
  id INTEGER PRIMARY KEY AUTOINCREMENT, token_id TEXT NOT NULL, period_start TIMESTAMP NOT NULL,
  period_end TIMESTAMP NOT NULL, total_items INTEGER NOT NULL DEFAULT 0, paid BOOLEAN NOT NULL DEFAULT 0,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, batch_id INTEGER REFERENCES batch_invoices(id),
  FOREIGN KEY(token_id) REFERENCES users(token_id));
CREATE TABLE invoice_items (
  id INTEGER PRIMARY KEY AUTOINCREMENT, invoice_id INTEGER NOT NULL, usage_id INTEGER NOT NULL,
  timestamp TIMESTAMP NOT NULL, FOREIGN KEY(invoice_id) REFERENCES invoices(id) ON DELETE RESTRICT,
  FOREIGN KEY(usage_id) REFERENCES usage_log(id) ON DELETE RESTRICT, UNIQUE(usage_id));
"""

# A retention that leaves all ten years in hand.
SETTINGS = {
    "scan_mode": "0", "price_per_coffee": "0.50", "cleanup_enabled": "1", "retention_years": "20",
    "last_cleanup": "1970-01-01 00:00:00"}

FIRST = "Anna Beat Chiara David Elif Fabian Giulia Hans Inès Jürg".split()
LAST = "Müller Keller Rossi Favre O'Neill".split()


def text(time):
    return time.strftime("%Y-%m-%d %H:%M:%S")


def users(chance):
    """Each with the reader's five bytes: a UID and its check byte."""
    for index in range(USERS):
        uid = [chance.randrange(1, 255)] + [chance.randrange(256) for _ in range(3)]
        token = bytes(uid + [uid[0] ^ uid[1] ^ uid[2] ^ uid[3]]).hex()
        name = f"{FIRST[index % len(FIRST)]} {LAST[index // len(FIRST)]}"
        account = f"user{index + 1:02}"
        yield token, account, name, f"{account}@office.example" if index % 10 else None, f"+41 44 000 00 {index:02}"


def times(chance, count, now):
    """So many distinct seconds in opening hours, in their order."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begin = midnight.replace(year=now.year - YEARS, day=min(now.day, 28))
    days = [begin + datetime.timedelta(days=day) for day in range((midnight - begin).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    open_seconds = {day: CLOSES - OPENS for day in days}
    if midnight in open_seconds:
        open_seconds[midnight] = max(0, min(CLOSES, int((now - midnight).total_seconds())) - OPENS)
    shares = dict.fromkeys(days, 0)
    for day in chance.choices(days, weights=open_seconds.values(), k=count):
        shares[day] += 1
    for day, share in shares.items():
        for second in sorted(chance.sample(range(open_seconds[day]), share)):
            yield day + datetime.timedelta(seconds=OPENS + second)


def invoice(database, batch, year, until, paid):
    """One batch as the predecessor makes it: an invoice for every user who had a coffee."""
    begin, end = f"{year}-01-01 00:00:00", f"{until}-01-01 00:00:00"
    within = "timestamp >= ? AND timestamp < ?"
    database.execute(
        f"INSERT INTO batch_invoices SELECT ?, ?, ?, ?, COUNT(DISTINCT token_id), COUNT(*), ? FROM usage_log"
        f" WHERE {within}", (batch, end, begin, end, end, begin, end))
    database.execute(
        f"INSERT INTO invoices (token_id, period_start, period_end, total_items, paid, created_at, batch_id)"
        f" SELECT token_id, ?, ?, COUNT(*), ?, ?, ? FROM usage_log WHERE {within} GROUP BY token_id",
        (begin, end, paid, end, batch, begin, end))
    database.execute(
        f"INSERT INTO invoice_items (invoice_id, usage_id, timestamp)"
        f" SELECT invoices.id, usage_log.id, timestamp FROM usage_log JOIN invoices USING (token_id)"
        f" WHERE batch_id = ? AND {within} ORDER BY usage_log.id", (batch, begin, end))


def main(path, count, seed=1):
    chance = random.Random(seed)
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    accounts = list(users(chance))
    begin = text(now - datetime.timedelta(days=366 * YEARS))
    database.executemany(
        "INSERT INTO users (token_id, user_name, name, email_address, phone_number, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)", [account + (begin,) for account in accounts])
    database.executemany("INSERT INTO settings (key, value) VALUES (?, ?)", SETTINGS.items())
    # Some drink much more than others.
    thirst = [chance.expovariate(1) + 0.05 for _ in accounts]
    drinkers = chance.choices([account[0] for account in accounts], weights=thirst, k=count)
    database.executemany(
        "INSERT INTO usage_log (token_id, timestamp) VALUES (?, ?)",
        zip(drinkers, map(text, times(chance, count, now))))
    invoice(database, 1, now.year - YEARS, now.year - 1, paid=1)
    invoice(database, 2, now.year - 1, now.year, paid=0)
    database.commit()
    database.close()


main(sys.argv[1], *map(int, sys.argv[2:]))
