#!/bin/bash
# Builds hal-conformance for both generations of libgpiod and runs it in the test kernel.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../../.." || exit
failed=0

# round TITLE DIRECTORY [BOOT_OPTION...]: with the hal-conformance that is there.
round() {
  local title=$1 directory=$2
  shift 2
  echo "$title"
  "$here/../boot.sh" "$@" bash "$here/hal.sh" "$directory" || failed=1
}

swift build --quiet --product hal-conformance || exit
binaries=$(swift build --show-bin-path)
round "Lines and bus, with the libgpiod installed here" "$binaries"
round "The same, outputs as on mainline kernels" "$binaries" --strict-gpiod
if newer=$("$here/../libgpiod2.sh"); then
  . "$newer/environment"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  "$here/../relink.sh" hal-conformance "$work" && round "Lines and bus, with libgpiod 2.x" "$work" || failed=1
else
  echo "libgpiod 2.x: left out, its packages cannot be had here"
fi
exit $failed
