#!/bin/bash
# Runs the project's programs in the test kernel. Prints each check and "N passed, N failed".
#
#   programs.sh [SWIFT_BUILD_OPTION...]
#
# The options go to `swift build`; with `--scratch-path .build-gpiod2` and the environment of libgpiod2.sh the
# programs are those of libgpiod 2.x.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

"$here/build-kernel.sh" >/dev/null || exit
cd "$here/../.." || exit
swift build "$@" --product pi-world || exit
PI_WORLD=$(swift build "$@" --show-bin-path)/pi-world
export PI_WORLD

scenario "What is wired to the header" bash "$here/scenarios/world.sh"

summary
