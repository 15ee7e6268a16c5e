"""poll_mfrc522.py SECONDS [STATISTICS]: what poll-cards does, with PyPI's mfrc522 and the loop of its users."""

import subprocess
import sys
import time

from mfrc522 import SimpleMFRC522

PAUSE = 0.1


def traffic():
    with open(f"{sys.argv[2]}/spi_sync") as file:
        messages = int(file.read())
    state = subprocess.run(["world", "state"], capture_output=True, text=True, check=True).stdout
    return messages, int(state.rpartition("bytes=")[2])


reader = SimpleMFRC522()
polls = 0
processor = time.process_time()
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    if len(sys.argv) > 2:
        before = traffic()
        uid = reader.read_id_no_block()
        outcome = "empty" if uid is None else "uid"
        after = traffic()
        print(outcome, after[0] - before[0], after[1] - before[1])
    else:
        reader.read_id_no_block()
    polls += 1
    time.sleep(PAUSE)
print(f"polls={polls} processor={time.process_time() - processor}")
