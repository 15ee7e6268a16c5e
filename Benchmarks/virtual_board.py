"""The virtual board of `coffeed demo`, as its page sees it."""

import json
import urllib.request


def snapshots(address):
    """The newest state of the board, and each that follows."""
    with urllib.request.urlopen(address + "/board/events", timeout=60) as events:
        for line in events:
            if line.startswith(b"data: {"):
                yield json.loads(line[5:])["value"]


def move(address, card, is_on_reader):
    """Lays a card on the reader, or takes it away."""
    body = json.dumps({"card": card, "onReader": is_on_reader}).encode()
    request = urllib.request.Request(
        address + "/board/api/card", data=body, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=60).close()
