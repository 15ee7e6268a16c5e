#!/bin/sh
# Opens the pages in a real Chromium and goes through them. Prints "N passed, N failed" at the end.
#   Tests/Browser/run.sh [part of a test's name, such as coffeed...]
# Screenshots go to .build/browser/; docs/images holds some of them, through pngquant: demo-board.png and
# demo-kiosk.png of tapd, coffeed-board.png and coffeed-phone.png of coffeed.
set -eu
cd "$(dirname "$0")/../.."
Tests/Browser/install.sh
swift build --product tapd
swift build --product coffeed
exec /usr/bin/python3 Tests/Browser/main.py "$@"
