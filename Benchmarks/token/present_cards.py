"""present_cards.py ADDRESS COUNT: lays two cards of the virtual board on its reader in turn, at any moment of its
polling, and prints how long each waited until all four relays were on: name=value, in milliseconds."""

import itertools
import math
import random
import sys
import time

from virtual_board import move, snapshots

address, count = sys.argv[1], int(sys.argv[2])
board = snapshots(address)


def wait_for(holds):
    """The first snapshot of which it is true."""
    deadline = time.monotonic() + 10
    for snapshot in board:
        if holds(snapshot):
            return snapshot
        if time.monotonic() > deadline:
            sys.exit(f"present_cards.py: the board does not get there: {snapshot}")


waits = []
# Of 7 bytes and of 4; one card only would have to be missed before it counts again.
for card in itertools.islice(itertools.cycle(("anna", "beat")), count):
    usages = wait_for(lambda board: board["lock"]["phase"] == "ready")["usages"]
    time.sleep(random.random())
    move(address, card, True)
    waits.append(wait_for(lambda board: board["usages"] > usages and any(board["relays"]))["unlockedAfter"])
    move(address, card, False)
waits.sort()


def portion(share):
    return waits[math.ceil(share * len(waits)) - 1]


print(f"boardTokenP50={portion(0.5)}\nboardTokenP99={portion(0.99)}\nboardTokenMost={waits[-1]}")
