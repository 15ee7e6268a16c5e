#!/bin/sh
# Installs what the browser tests need: from Debian, and the rules of axe-core out of a package from PyPI.
set -eu
cd "$(dirname "$0")/../.."
Scripts/install-dependencies.sh chromium-headless-shell python3 python3-pip python3-websocket fonts-dejavu-core fonts-inter
version=0.1.8
place=.build/axe-core
if [ ! -f "$place/axe_playwright_python-$version-py3-none-any.whl" ]; then
  rm -rf "$place"
  /usr/bin/python3 -m pip download --quiet --no-deps --dest "$place" "axe-playwright-python==$version"
fi
