#!/bin/bash
# Compiles tools/ once and prints the directory that holds the programs, cached under a hash of the sources.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pi-dispense
result=$cache/tools-$(cat "$here/build-tools.sh" "$here"/tools/* | sha256sum | cut -c1-16)

if [ ! -d "$result" ]; then
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/compiling.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  for source in "$here"/tools/*.c; do
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$work/$(basename "$source" .c)" "$source"
  done
  # Where another run was faster, its result is as good.
  mv -T "$work" "$result" 2>/dev/null || [ -d "$result" ]
fi
echo "$result"
