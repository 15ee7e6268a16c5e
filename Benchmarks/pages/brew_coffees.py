"""brew_coffees.py ADDRESS [--list]: a coffee every second with a coffeed whose activations take one second, by laying
the cards of the virtual board on its reader in turn, until it is ended. `--list` prints the cards' numbers instead."""

import itertools
import json
import sys
import time
import urllib.request

address = sys.argv[1]


def cards():
    """As the board's first event tells them."""
    with urllib.request.urlopen(address + "/board/events", timeout=60) as events:
        for line in events:
            if line.startswith(b"data:"):
                return json.loads(line[5:])["cards"]


def move(card, is_on_reader):
    body = json.dumps({"card": card["id"], "onReader": is_on_reader}).encode()
    request = urllib.request.Request(
        address + "/board/api/card", data=body, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=60).close()


if "--list" in sys.argv:
    print("\n".join(card["uid"] for card in cards()))
    sys.exit()
# One that comes back before its absence was noticed has not come anew: at least three in turn.
for card in itertools.cycle(cards()):
    move(card, True)
    time.sleep(1.1)
    move(card, False)
