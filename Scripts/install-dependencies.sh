#!/usr/bin/env bash
# Installs what a fresh machine lacks, through apt, and says what it does. Nothing happens when all is there.
#
#   Scripts/install-dependencies.sh            what building and testing the package needs
#   Scripts/install-dependencies.sh PACKAGE…   these Debian packages besides
set -euo pipefail

if ! command -v swift >/dev/null; then
  echo "swift is missing: install Swift 6.2 or newer from https://www.swift.org/install/linux/" >&2
  exit 1
fi

wanted=()
pkg-config --exists libgpiod 2>/dev/null || wanted+=(pkg-config libgpiod-dev)
pkg-config --exists sqlite3 2>/dev/null || wanted+=(pkg-config libsqlite3-dev)
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || wanted+=("$package")
done
[ ${#wanted[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "missing: ${wanted[*]}. Without apt, install their equivalents by hand." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "missing: ${wanted[*]}; install them as root" >&2; exit 1; }
  as_root=(sudo)
fi
echo "Installing ${wanted[*]}"
"${as_root[@]}" apt-get update -q >/dev/null
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -q --no-install-recommends "${wanted[@]}" >/dev/null
