#!/bin/sh
# Installs what the browser tests need, from Debian.
set -eu
packages="chromium-headless-shell python3 python3-websocket fonts-dejavu-core fonts-inter"
missing=""
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
sudo=""
[ "$(id -u)" -eq 0 ] || sudo=sudo
# shellcheck disable=SC2086 # a list of names
$sudo apt-get update -q && $sudo apt-get install -q -y --no-install-recommends $missing
