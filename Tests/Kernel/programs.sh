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
Scripts/install-dependencies.sh jq || exit
swift build "$@" --product pi-world || exit
swift build "$@" --product tapd || exit
programs=$(swift build "$@" --show-bin-path)
export PI_WORLD=$programs/pi-world TAPD=$programs/tapd

scenario "What is wired to the header" bash "$here/scenarios/world.sh"
# A debug build of the daemon takes seconds to start under ptrace, and the evening starts it fifty times.
scenario "An evening with tapd" --timeout 600 --memory 768M bash "$here/scenarios/evening.sh"

summary
