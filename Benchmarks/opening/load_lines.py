"""load_lines.py DIRECTORY: the sum of all balances from all lines of a store's journal and archive."""

import glob
import json
import resource
import sys
import time

start = time.monotonic()
balances = {}
for path in sorted(glob.glob(sys.argv[1] + "/archive/*.jsonl")) + [sys.argv[1] + "/journal.jsonl"]:
    with open(path, "rb") as file:
        next(file)
        for line in file:
            for kind, fields in json.loads(line)["entry"].items():
                if kind == "toppedUp":
                    balances[fields["card"]] = balances.get(fields["card"], 0) + fields["amount"]
                elif kind == "settled":
                    fields = fields["_0"]
                    balances[fields["card"]] = balances.get(fields["card"], 0) - fields["charge"]
print(f"pythonSeconds={time.monotonic() - start}")
print(f"pythonBalance={sum(balances.values())}")
print(f"pythonMegabytes={resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}")
