#!/bin/bash
# Builds hal-conformance for both generations of libgpiod and runs it in the test kernel.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../../.." || exit
failed=0

# round TITLE SCRATCH [BOOT_OPTION...]: the environment chooses the libgpiod.
round() {
  local title=$1 scratch=$2
  shift 2
  echo "$title"
  swift build --quiet --scratch-path "$scratch" --product hal-conformance &&
    "$here/../boot.sh" "$@" bash "$here/hal.sh" \
      "$(swift build --scratch-path "$scratch" --show-bin-path)" || failed=1
}

round "Lines and bus, with the libgpiod installed here" .build
round "The same, outputs as on mainline kernels" .build --strict-gpiod
if newer=$("$here/../libgpiod2.sh"); then
  . "$newer/environment"
  round "Lines and bus, with libgpiod 2.x" .build-gpiod2
else
  echo "libgpiod 2.x: left out, its packages cannot be had here"
fi
exit $failed
