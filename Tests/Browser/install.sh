#!/bin/sh
# Installs what the browser tests need, from Debian.
set -eu
cd "$(dirname "$0")/../.."
exec Scripts/install-dependencies.sh chromium-headless-shell python3 python3-websocket fonts-dejavu-core fonts-inter
