"""compete.py OPTION...: two servers under the same load, in turns, page by page; prints name=value.

Each page is asked for by wrk over four connections. Which side comes first is drawn each time, so that a busy
machine is busy for both; the medians of all rounds count. A side that answers with anything but success ends it.
"""

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import time

from sites import PAGES

HERE = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("--prefix", required=True, help="begins the names")
parser.add_argument("--ours", required=True, help="http://HOST:PORT")
parser.add_argument("--theirs", required=True)
parser.add_argument("--header", action="append", default=[], help="sent to ours")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=int, default=4)
options = parser.parse_args()


def load(url, headers):
    command = ["wrk", "-t1", "-c4", f"-d{options.seconds}s", "--timeout", "60s", "-s", f"{HERE}/wrk.lua"]
    for header in headers:
        command += ["-H", header]
    output = subprocess.run(command + [url], check=True, capture_output=True, text=True).stdout
    values = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", output.splitlines()[-1])}
    if values["errors"] or not values["requests"]:
        sys.exit(f"compete.py: {url}: {output.splitlines()[-1]}")
    return values


def processor_time():
    """Busy and all, of all processors, in ticks."""
    with open("/proc/stat") as file:
        ticks = [int(field) for field in file.readline().split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def settle():
    """Waits until the load before is over: a server that is slow works on at what nobody waits for any more, and would
    be in the way of the other side."""
    busy, all_of_it = processor_time()
    for _ in range(120):
        time.sleep(0.25)
        before, (busy, all_of_it) = (busy, all_of_it), processor_time()
        if (busy - before[0]) < 0.15 * (all_of_it - before[1]):
            return


sides = {"ours": (options.ours, options.header), "theirs": (options.theirs, [])}
for page, places in PAGES.items():
    name = options.prefix + page
    urls = {side: (address + place, headers) for (side, (address, headers)), place in zip(sides.items(), places)}
    found = {side: [] for side in sides}
    for _ in range(options.rounds):
        for side in random.sample(list(sides), 2):
            settle()
            found[side].append(load(*urls[side]))
    for side, values in found.items():
        print(f"{side}{name}Rate={statistics.median(v['requests'] / v['duration'] * 1e6 for v in values)}")
        print(f"{side}{name}P50={statistics.median(v['p50'] for v in values) / 1000}")
        print(f"{side}{name}P99={statistics.median(v['p99'] for v in values) / 1000}")
        print(f"{side}{name}Bytes={statistics.median(v['bytes'] / v['requests'] for v in values)}", flush=True)
