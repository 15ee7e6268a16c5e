#!/bin/bash
# Builds the project's programs and runs their scenarios in the test kernel, with both generations of libgpiod.
# Prints each check and "N passed, N failed".
#
#   programs.sh [DAEMON...]    without any, all daemons that have scenarios
#
# Each daemon is killed 25 times, and libgpiod 2.x gets the scenarios of other wiring. With PI_DISPENSE_SLOW=1 it is
# killed 500 times, and all scenarios run with both.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

daemons=${*:-tapd coffeed}
"$here/build-kernel.sh" >/dev/null || exit
cd "$here/../.." || exit
Scripts/install-dependencies.sh curl gpiod jq procps || exit

# The daemons that a scenario runs are those in $TAPD and $COFFEED.
for product in pi-world $daemons; do
  swift build --product "$product" >&2 || exit
done
binaries=$(swift build --show-bin-path)
PI_WORLD=$binaries/pi-world TAPD=$binaries/tapd COFFEED=$binaries/coffeed
LIBGPIOD=$(pkg-config --modversion libgpiod)
LIBGPIOD=${LIBGPIOD%%.*}
export PI_WORLD TAPD COFFEED LIBGPIOD

# start_each TITLE SCRIPT: for each daemon, NAME standing for its name in both. A debug build takes two seconds to start
# under ptrace, and a day starts it some dozen times.
start_each() {
  local daemon
  for daemon in $daemons; do
    start_scenario "${1//NAME/$daemon}, libgpiod $LIBGPIOD.x" --timeout 900 --memory 768M \
      bash "$here/scenarios/${2//NAME/$daemon}.sh" "$daemon"
  done
}
start_kills() {
  local daemon number rounds=25 parts=1
  if [ -n "${PI_DISPENSE_SLOW:-}" ]; then parts=$kernels rounds=$(((500 + kernels - 1) / kernels)); fi
  for daemon in $daemons; do
    for ((number = 1; number <= parts; number++)); do
      start_scenario "$daemon killed in the middle of it, $number of $parts" --timeout $((rounds * 36)) --memory 768M \
        bash "$here/scenarios/kill-rounds.sh" "$daemon" $rounds
    done
  done
}

# The longest first, so that at the end no kernel waits alone for another.
start_each "A day with NAME" NAME-day
start_kills
start_each "The clock is set beside NAME" clock
start_scenario "What is wired to the header" bash "$here/scenarios/world.sh"

wired_otherwise="NAME wired otherwise"
if [ "$LIBGPIOD" != 1 ]; then
  echo "The libgpiod installed here is $LIBGPIOD.x; 1.6 is left to machines that have it"
  start_each "$wired_otherwise" NAME-wiring
elif newer=$("$here/libgpiod2.sh"); then
  [ -z "${PI_DISPENSE_SLOW:-}" ] || start_each "$wired_otherwise" NAME-wiring
  . "$newer/environment"
  LIBGPIOD=2
  mkdir "$work/libgpiod2"
  for daemon in $daemons; do "$here/relink.sh" "$daemon" "$work/libgpiod2" || exit; done
  TAPD=$work/libgpiod2/tapd COFFEED=$work/libgpiod2/coffeed
  start_each "$wired_otherwise" NAME-wiring
  [ -z "${PI_DISPENSE_SLOW:-}" ] || start_each "A day with NAME" NAME-day
else
  echo "libgpiod 2.x: left out, its packages cannot be had here"
  start_each "$wired_otherwise" NAME-wiring
fi
judge_scenarios
summary
