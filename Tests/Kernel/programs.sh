#!/bin/bash
# Builds the project's programs for both generations of libgpiod and runs their scenarios in the test kernel.
# Prints each check and "N passed, N failed".
#
#   programs.sh [DAEMON...]    without any, all daemons that have scenarios
#
# Each daemon is killed 25 times; with PI_DISPENSE_SLOW=1, 500 times.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

daemons=${*:-tapd coffeed}
"$here/build-kernel.sh" >/dev/null || exit
cd "$here/../.." || exit
Scripts/install-dependencies.sh curl gpiod jq procps || exit

# build PRODUCT [SWIFT_BUILD_OPTION...]: prints its path. The environment chooses the libgpiod.
build() {
  local product=$1
  shift
  swift build "$@" --product "$product" >&2 && echo "$(swift build "$@" --show-bin-path)/$product"
}
# build_daemons [SWIFT_BUILD_OPTION...]: their paths are in $TAPD and $COFFEED then.
build_daemons() {
  local daemon path
  for daemon in $daemons; do
    path=$(build "$daemon" "$@") || return
    export "${daemon^^}=$path"
  done
}
# start_day DAEMON WITH: what it goes through. A debug build takes two seconds to start under ptrace, and these start
# it some dozen times.
start_day() {
  case $1 in
    tapd) start_scenario "An evening with tapd, $2" --timeout 900 --memory 768M bash "$here/scenarios/evening.sh" ;;
    coffeed) start_scenario "A day with coffeed, $2" --timeout 900 --memory 768M bash "$here/scenarios/coffee.sh" ;;
  esac
}

PI_WORLD=$(build pi-world) && build_daemons || exit
LIBGPIOD=$(pkg-config --modversion libgpiod)
LIBGPIOD=${LIBGPIOD%%.*}
export PI_WORLD LIBGPIOD

scenario "What is wired to the header" bash "$here/scenarios/world.sh"
for daemon in $daemons; do start_day "$daemon" "libgpiod $LIBGPIOD.x"; done
for daemon in $daemons; do
  start_scenario "$daemon wired otherwise" --timeout 600 --memory 768M bash "$here/scenarios/$daemon-wiring.sh"
done
for daemon in $daemons; do
  if [ -n "${PI_DISPENSE_SLOW:-}" ]; then
    for ((number = 1; number <= kernels; number++)); do
      start_scenario "$daemon killed in the middle of it, $number of $kernels" --timeout 3600 --memory 768M \
        bash "$here/scenarios/kill-rounds.sh" "$daemon" $(((500 + kernels - 1) / kernels))
    done
  else
    start_scenario "$daemon killed in the middle of it" --timeout 900 --memory 768M \
      bash "$here/scenarios/kill-rounds.sh" "$daemon" 25
  fi
done
judge_scenarios

if [ "$LIBGPIOD" != 1 ]; then
  echo "The libgpiod installed here is $LIBGPIOD.x; 1.6 is left to machines that have it"
elif newer=$("$here/libgpiod2.sh"); then
  . "$newer/environment"
  LIBGPIOD=2
  build_daemons --scratch-path .build-gpiod2 || exit
  for daemon in $daemons; do start_day "$daemon" "libgpiod 2.x"; done
  judge_scenarios
else
  echo "libgpiod 2.x: left out, its packages cannot be had here"
fi

summary
