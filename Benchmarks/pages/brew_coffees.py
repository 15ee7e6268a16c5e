"""brew_coffees.py ADDRESS [--list]: a coffee every second with a coffeed whose activations take one second, by laying
the cards of the virtual board on its reader in turn, until it is ended. `--list` prints the cards' numbers instead."""

import itertools
import sys
import time

from virtual_board import move, snapshots

address = sys.argv[1]
cards = next(snapshots(address))["cards"]
if "--list" in sys.argv:
    print("\n".join(card["uid"] for card in cards))
    sys.exit()
# One that comes back before its absence was noticed has not come anew: at least three in turn.
for card in itertools.cycle(cards):
    move(address, card["id"], True)
    time.sleep(1.1)
    move(address, card["id"], False)
