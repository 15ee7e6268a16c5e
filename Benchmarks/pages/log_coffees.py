"""log_coffees.py DATABASE: a coffee every second, as the predecessor's controller logs it, until it is ended."""

import itertools
import sqlite3
import sys
import time

connection = sqlite3.connect(sys.argv[1], timeout=60)
tokens = [row[0] for row in connection.execute("SELECT token_id FROM users")]
for token in itertools.cycle(tokens):
    connection.execute("INSERT INTO usage_log (token_id) VALUES (?)", (token,))
    connection.commit()
    time.sleep(1)
