#!/bin/bash
# Builds the project's programs for both generations of libgpiod and runs their scenarios in the test kernel.
# Prints each check and "N passed, N failed".
#
# The daemon is killed 25 times; with PI_DISPENSE_SLOW=1 it is killed 500 times, which takes a quarter of an
# hour on two cores.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

"$here/build-kernel.sh" >/dev/null || exit
cd "$here/../.." || exit
Scripts/install-dependencies.sh jq || exit

# build PRODUCT [SWIFT_BUILD_OPTION...]: prints its path. The environment chooses the libgpiod.
build() {
  local product=$1
  shift
  swift build "$@" --product "$product" >&2 && echo "$(swift build "$@" --show-bin-path)/$product"
}
# A debug build of the daemon takes two seconds to start under ptrace, and an evening starts it fifty times.
evening() { scenario "$1" --timeout 900 --memory 768M bash "$here/scenarios/evening.sh"; }

PI_WORLD=$(build pi-world) && TAPD=$(build tapd) || exit
LIBGPIOD=$(pkg-config --modversion libgpiod)
LIBGPIOD=${LIBGPIOD%%.*}
export PI_WORLD TAPD LIBGPIOD

scenario "What is wired to the header" bash "$here/scenarios/world.sh"
evening "An evening with tapd"
if [ -n "${PI_DISPENSE_SLOW:-}" ]; then
  # One kernel a processor: more would only wait for each other, and the levels would come late.
  kernels=$(nproc)
  [ "$kernels" -le 4 ] || kernels=4
  scenarios "Killed in the middle of it" "$kernels" --timeout 2400 --memory 768M \
    bash "$here/scenarios/kill-rounds.sh" $((500 / kernels))
else
  scenario "Killed in the middle of it" --timeout 900 --memory 768M bash "$here/scenarios/kill-rounds.sh" 25
fi

if [ "$LIBGPIOD" != 1 ]; then
  echo "The libgpiod installed here is $LIBGPIOD.x; 1.6 is left to machines that have it"
elif newer=$("$here/libgpiod2.sh"); then
  . "$newer/environment"
  LIBGPIOD=2 TAPD=$(build tapd --scratch-path .build-gpiod2) || exit
  evening "An evening with libgpiod 2.x"
else
  echo "libgpiod 2.x: left out, its packages cannot be had here"
fi

summary
