"""The journeys that were written, and how they are run."""

import functools
import pathlib
import signal
import sys
import time
import traceback

from chromium import Chromium

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = ROOT / ".build" / "browser"

# What an application's pages are looked at in: a desk and a phone.
DESKTOP = ("desktop", 1440, 900)
PHONE = ("phone", 390, 844)

JOURNEYS = []


def test(function):
    """Registers a journey: a function of a browser."""
    JOURNEYS.append((f"{function.__module__}.{function.__name__}", function))
    return function


def test_at_each_size(function):
    """Registers a journey once for each size: a function of a browser and a size."""
    for size in (DESKTOP, PHONE):
        JOURNEYS.append((f"{function.__module__}.{function.__name__}.{size[0]}", functools.partial(function, size=size)))
    return function


def run(wanted):
    """Runs the journeys that have one of the texts in their name, or all. Returns how many failed."""
    chosen = [(name, journey) for name, journey in JOURNEYS if not wanted or any(text in name for text in wanted)]
    if not chosen:
        sys.exit(f"no test is named like {wanted}")
    failed = 0
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Chromium() as browser:
        for name, journey in chosen:
            start = time.monotonic()
            try:
                journey(browser)
                print(f"pass  {name} ({time.monotonic() - start:.1f} s)", flush=True)
            except Exception:
                failed += 1
                print(f"FAIL  {name}\n{traceback.format_exc()}", flush=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return failed
