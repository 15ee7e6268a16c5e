"""report.py [--markdown FILE] DIRECTORY PART...: the table of what the parts found in DIRECTORY/PART.values.

Every comparison, target and unit stands here once.
"""

import datetime
import os
import platform
import sys


class Values(dict):
    """name=value lines; a name that is missing, or no number, is None."""

    def __init__(self, directory, parts):
        for part in parts:
            try:
                with open(f"{directory}/{part}.values") as file:
                    for line in file:
                        name, separator, value = line.strip().partition("=")
                        if separator:
                            self[name] = value
            except FileNotFoundError:
                pass

    def number(self, name):
        try:
            return float(self[name])
        except (KeyError, ValueError):
            return None


class Row:
    """One line: ours, what it is held against, their ratio, and the target, a limit for ours or for the ratio."""

    def __init__(self, what, ours, other=None, instead="", unit="", better="less", limit=None, ratio_limit=None):
        self.what, self.ours, self.other, self.instead = what, ours, other, instead
        self.unit, self.better, self.limit, self.ratio_limit = unit, better, limit, ratio_limit

    @property
    def ratio(self):
        """How many times better ours is: above 1 is better."""
        if not self.ours or not self.other:
            return None
        return self.other / self.ours if self.better == "less" else self.ours / self.other

    def cells(self):
        return (
            self.what,
            shown(self.ours, self.unit),
            f"{shown(self.other, self.unit)} {self.instead}" if self.other is not None else "",
            f"{self.ratio:.3g} x" if self.ratio else "",
            self.target,
            self.verdict,
        )

    @property
    def target(self):
        if self.limit is not None:
            return f"at most {shown(self.limit, self.unit)}"
        if self.ratio_limit is not None:
            return f"at least {self.ratio_limit:.3g} x"
        return ""

    @property
    def verdict(self):
        if self.limit is not None:
            return "met" if self.ours <= self.limit else "MISSED"
        if self.ratio_limit is not None:
            return "met" if self.ratio and self.ratio >= self.ratio_limit else "MISSED"
        return ""


def shown(value, unit):
    if unit == "share":
        return f"{value:.2%}"
    text = f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
    return f"{text} {unit}".strip()


def rows(values):
    n = values.number

    def per_poll(name):
        processor, polls = n(name + "Processor"), n(name + "Polls")
        return processor / polls * 1000 if processor is not None and polls else None

    theirs = "mfrc522"
    for what, key in (("empty poll", "Empty"), ("card of 4 bytes", "Uid4"), ("card of 7 bytes", "Uid7")):
        limit = {"Empty": 2, "Uid4": 6, "Uid7": 10}[key]
        yield Row(f"SPI ioctls, {what}", n(f"ours{key}Messages"), n(f"theirs{key}Messages"), theirs, limit=limit)
        yield Row(f"SPI bytes, {what}", n(f"ours{key}Bytes"), n(f"theirs{key}Bytes"), theirs)
    yield Row("Processor for a poll", per_poll("ours"), per_poll("theirs"), theirs, "ms")
    yield Row("Processor, polling with a pause of 0.1 s", n("oursProcessor"), n("theirsProcessor"), theirs, "s")
    yield Row("Polls done meanwhile", n("oursPolls"), n("theirsPolls"), theirs, better="more")

    for key, tool in (("gpiomon1", "gpiomon 1.6"), ("gpiomon2", "gpiomon 2.x")):
        # Where the source of the edges came to its end before ours did, the true rate is higher still.
        end = ", as fast as the source goes" if n("oursRateIsSource") else ""
        yield Row(
            f"Edges a second without loss{end}", n("oursRate"), n(key + "Rate"), tool, better="more",
            ratio_limit=1)
    for key, tool in (("gpiomon1", "gpiomon 1.6"), ("gpiomon2", "gpiomon 2.x")):
        yield Row(
            "Counted of 3000 edges while stopped", n("oursStalled"), n(key + "Stalled"), tool, better="more",
            ratio_limit=1)

    plain = "plain write + fdatasync"
    unit = "/s"
    limit = 1 / 1.25
    waiting, awaited = "Durable entries, one caller that waits", "Durable entries, one async caller"
    yield Row(waiting, n("waiting"), n("plain"), plain, unit, "more", ratio_limit=limit)
    yield Row(waiting, n("waiting"), n("sqlite"), "SQLite", unit, "more")
    yield Row(awaited, n("async"), n("plain"), plain, unit, "more", ratio_limit=limit)
    yield Row(awaited, n("async"), n("plainHanded"), plain + " on a queue", unit, "more")
    yield Row(awaited, n("async"), n("sqlite"), "SQLite", unit, "more")
    group = "Durable entries, 8 async callers"
    yield Row(group, n("group"), n("plain"), plain, unit, "more", ratio_limit=limit)
    yield Row(group, n("group"), n("plainGroup"), plain + ", 8 threads", unit, "more")
    usage = "Durable usages of coffeed, one async caller"
    yield Row(usage, n("coffee"), n("plainCoffee"), plain, unit, "more")
    yield Row("Snapshot, once in 10,000 entries", n("snapshotMilliseconds"), unit="ms")

    python = "Python json.loads"
    entries = n("openingEntries") or 0
    for key, what in (("store", "9,999 behind the snapshot"), ("storeFresh", "snapshot new")):
        what = f"{entries:,.0f} entries, {what}"
        yield Row(f"Opening {what}", n(key + "Seconds"), n("sqliteSeconds"), "SQLite, SUM", "s", limit=1)
        yield Row(f"Opening {what}", n(key + "Seconds"), n("pythonSeconds"), python, "s")
        yield Row(f"Peak memory, {what}", n(key + "Megabytes"), n("sqliteMegabytes"), "SQLite", "MB", limit=150)

    for key, what in (("kernel", "tapd run, test kernel"), ("host", "tapd demo, with its virtual board")):
        yield Row(f"Idle, share of a core: {what}", n(key + "Processor"), unit="share", limit=0.01)
        yield Row(f"Idle, memory with its guard: {what}", n(key + "Megabytes"), unit="MB", limit=40)
        yield Row(f"Idle, of it not shared with files: {what}", n(key + "PrivateMegabytes"), unit="MB")

    yield from page_rows(values)

    for key, what in (("kernel", "test kernel"), ("board", "virtual board")):
        yield Row(f"Token to relay, median: {what}", n(key + "TokenP50"), unit="ms")
        yield Row(f"Token to relay, p99: {what}", n(key + "TokenP99"), unit="ms", limit=50)
        yield Row(f"Token to relay, longest: {what}", n(key + "TokenMost"), unit="ms")
    cards, usages = n("movingTokenCount") or 0, n("movingUsages") or 0
    what = f"{cards:.0f} cards during an import of {usages:,.0f} usages"
    yield Row(f"Token to relay, median: {what}", n("movingTokenP50"), unit="ms")
    yield Row(f"Token to relay, p99: {what}", n("movingTokenP99"), unit="ms", limit=100)


PAGES = {
    "Transactions": "Transactions", "Leaderboard": "Leaderboard", "Invoicing": "Invoicing", "Users": "Users",
    "Filtered": "Transactions, other days in each request"}


def page_rows(values):
    """The pages of coffeed beside the stand-in, for each size of the books."""
    n = values.number
    sizes = values.get("pagesUsages", "").split()
    flask = "Flask, SQLite"
    for kind, how in (("Quiet", ""), ("Busy", ", a coffee every second")):
        for page, title in PAGES.items():
            for size in sizes:
                key, what = f"{kind}{size}{page}", f"{title}, {int(size):,} usages{how}"
                ours, theirs = n(f"ours{key}Rate"), n(f"theirs{key}Rate")
                # What was not kept has to be drawn: for that no factor is promised.
                least = None if page == "Filtered" else 20
                yield Row(f"{what}: requests a second", ours, theirs, flask, "/s", "more", ratio_limit=least)
                yield Row(f"{what}: p99", n(f"ours{key}P99"), n(f"theirs{key}P99"), flask, "ms")
            if len(sizes) > 1:
                least, most = (n(f"ours{kind}{size}{page}P99") for size in (sizes[0], sizes[-1]))
                growth = most / least if least and most else None
                what = f"{title}, p99 at {int(sizes[-1]):,} by that at {int(sizes[0]):,}{how}"
                yield Row(what, growth, unit="x", limit=3)
    for size in sizes:
        for key, when in (("Rest", "at rest"), ("Load", "under load")):
            yield Row(
                f"Memory with {int(size):,} usages, {when}", n(f"ours{key}{size}"), n(f"theirs{key}{size}"), flask, "MB",
                limit=200)


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith(("model name", "Model"))]
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1024 / 1024
    model = models[-1] if models else platform.machine()
    return (
        f"{os.cpu_count()} processors ({model}), {memory:.0f} GB, Linux {platform.release()}, "
        f"load {os.getloadavg()[1]:.1f}")


def write(path, lines):
    """To the place that the file has for a table, or as the whole file."""
    text = "\n".join(lines) + "\n"
    begin, end = "<!-- table -->\n", "<!-- end of table -->"
    try:
        with open(path) as file:
            old = file.read()
    except FileNotFoundError:
        old = ""
    if begin in old and end in old:
        text = old[: old.index(begin)] + begin + "\n" + text + "\n" + old[old.index(end) :]
    with open(path, "w") as file:
        file.write(text)


arguments = sys.argv[1:]
target = None
if arguments[0] == "--markdown":
    target = arguments[1]
    del arguments[:2]
values = Values(arguments[0], arguments[1:])
head = ("", "ours", "instead", "times better", "target", "")
table = [row.cells() for row in rows(values) if row.ours is not None]
lines = [f"{datetime.date.today()}, {machine()}"]
if "fileSystem" in values:
    lines.append(f"Journal on {values['fileSystem']}, {values.get('bytesPerEntry')} bytes an entry")
lines.append("")
if target:
    lines[:-1] = [f"{line}.  " for line in lines[:-1]]
    for cells in (head, tuple("---" for _ in head), *table):
        lines.append("| " + " | ".join(cells) + " |")
    write(target, lines)
else:
    widths = [max(len(cells[column]) for cells in (head, *table)) for column in range(len(head))]
    for cells in (head, *table):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())
    print("\n".join(lines))
