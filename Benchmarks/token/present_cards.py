"""present_cards.py ADDRESS COUNT [PREFIX [PROCESS]]: lays two cards of the virtual board on its reader in turn, at any
moment of its polling, and prints how long each waited until all four relays were on: name=value, in milliseconds. With
a process it ends when that does, however many there were, and says how many."""

import itertools
import math
import random
import sys
import time

from virtual_board import move, snapshots

address, count = sys.argv[1], int(sys.argv[2])
prefix = sys.argv[3] if len(sys.argv) > 3 else "board"
process = sys.argv[4] if len(sys.argv) > 4 else None
board = snapshots(address)


def wait_for(holds):
    """The first snapshot of which it is true."""
    deadline = time.monotonic() + 10
    for snapshot in board:
        if holds(snapshot):
            return snapshot
        if time.monotonic() > deadline:
            sys.exit(f"present_cards.py: the board does not get there: {snapshot}")


def has_ended(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


waits = []
# Of 7 bytes and of 4; one card only would have to be missed before it counts again.
for card in itertools.islice(itertools.cycle(("anna", "beat")), count):
    if process and has_ended(process):
        break
    usages = wait_for(lambda board: board["lock"]["phase"] == "ready")["usages"]
    time.sleep(random.random())
    move(address, card, True)
    waits.append(wait_for(lambda board: board["usages"] > usages and any(board["relays"]))["unlockedAfter"])
    move(address, card, False)
waits.sort()


def portion(share):
    return waits[math.ceil(share * len(waits)) - 1]


print(f"{prefix}TokenP50={portion(0.5)}\n{prefix}TokenP99={portion(0.99)}\n{prefix}TokenMost={waits[-1]}")
print(f"{prefix}TokenCount={len(waits)}")
