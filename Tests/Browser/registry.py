"""The journeys that were written, and how they are run."""

import functools
import multiprocessing
import os
import pathlib
import queue
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
    """Runs the journeys that have one of the texts in their name, or all: as many at once as there are processors, each
    in a browser of its own. Returns how many failed."""
    chosen = [(name, journey) for name, journey in JOURNEYS if not wanted or any(text in name for text in wanted)]
    if not chosen:
        sys.exit(f"no test is named like {wanted}")
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # Forked, since journeys are functions that cannot be sent to another process.
    processes = multiprocessing.get_context("fork")
    numbers, results = processes.SimpleQueue(), processes.Queue()
    travellers = [
        processes.Process(target=travel, args=(chosen, numbers, results))
        for _ in range(min(os.cpu_count() or 1, len(chosen)))]
    for traveller in travellers:
        traveller.start()
    passed = done = 0
    try:
        for number in range(len(chosen)):
            numbers.put(number)
        for _ in travellers:
            numbers.put(None)
        while done < len(chosen):
            try:
                has_passed, report = results.get(timeout=1)
            except queue.Empty:
                if any(traveller.is_alive() for traveller in travellers):
                    continue
                break
            print(report, flush=True)
            passed += has_passed
            done += 1
    finally:
        for traveller in travellers:
            if done < len(chosen):
                traveller.terminate()
            traveller.join()
    failed = len(chosen) - passed
    print(f"{passed} passed, {failed} failed")
    return failed


def travel(chosen, numbers, results):
    """Takes one journey after the other from those that are left, and reports how each went."""
    with Chromium() as browser:
        while (number := numbers.get()) is not None:
            name, journey = chosen[number]
            start = time.monotonic()
            try:
                journey(browser)
                results.put((True, f"pass  {name} ({time.monotonic() - start:.1f} s)"))
            except Exception:
                results.put((False, f"FAIL  {name}\n{traceback.format_exc()}"))
