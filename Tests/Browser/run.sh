#!/bin/sh
# Opens the pages in a real Chromium and goes through them. Prints "N passed, N failed" at the end.
#   Tests/Browser/run.sh [name of a test...]
# Screenshots go to .build/browser/; docs/images holds its demo-board.png and demo-kiosk.png, through pngquant.
set -eu
cd "$(dirname "$0")/../.."
Tests/Browser/install.sh
swift build --product tapd
exec /usr/bin/python3 Tests/Browser/journeys.py "$@"
