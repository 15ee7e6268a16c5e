#!/bin/bash
# Proves the test kernel itself: lines, edges, SPI, and what boot.sh promises. Prints each check and
# "N passed, N failed".
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/host.sh"

"$here/build-kernel.sh" >/dev/null || exit
"$here/../../Scripts/install-dependencies.sh" gpiod || exit

scenario "Lines, with the libgpiod installed here" bash "$here/scenarios/lines.sh"
scenario "Lines, outputs as on mainline kernels" --strict-gpiod bash "$here/scenarios/lines.sh"
if newer=$("$here/libgpiod2.sh"); then
  scenario "Lines, with libgpiod 2.x" bash -c '. "$0" && exec bash "$1"' \
    "$newer/environment" "$here/scenarios/lines.sh"
else
  echo "Lines, with libgpiod 2.x: left out, its packages cannot be had here"
fi
scenario "Edges" bash "$here/scenarios/edges.sh"
scenario "SPI" bash "$here/scenarios/spi.sh"

echo "Booting"
# An unusual size marks this part's kernels among others that may be running.
boot=("$boot" --memory 222M)
"${boot[@]}" bash -c 'echo to output; echo to errors >&2; exit 42' >"$work/output" 2>"$work/errors"
same "the exit code is the command's" 42 $?
same "its output comes out alone" "to output" "$(cat "$work/output")"
same "and its errors too" "to errors" "$(cat "$work/errors")"
same "no byte of a long output is lost" "$(seq 200000 | sha256sum)" "$("${boot[@]}" seq 200000 | sha256sum)"
same "arguments pass unchanged" "<a b><\$c><><'>" "$("${boot[@]}" printf '<%s>' 'a b' '$c' '' "'")"

mkdir "$work/exchange"
"${boot[@]}" --exchange "$work/exchange" bash -c 'echo inside >"$EXCHANGE/file"; echo x >'"$work/outside"
same "the exchange directory is the host's" inside "$(cat "$work/exchange/file" 2>&1)"
same "a write elsewhere stays inside" absent "$([ -e "$work/outside" ] && echo there || echo absent)"

"${boot[@]}" --timeout 3 sleep 60 >"$work/output" 2>&1
same "a command that does not end is killed" 124 $?
same "with the kernel's messages shown" 1 "$(grep -c 'Linux version' "$work/output")"
"${boot[@]}" bash -c 'echo c >/proc/sysrq-trigger' >"$work/output" 2>&1
same "a kernel that crashes is told from a command that fails" 125 $?

for number in 1 2 3; do
  "${boot[@]}" bash -c "\$KERNEL_TOOLS/edges 5 $number 100; exit $number" >/dev/null &
  kernels[number]=$!
done
codes=
for number in 1 2 3; do
  wait "${kernels[number]}"
  codes+=$?
done
same "several run side by side" 123 "$codes"
same "no kernel is left behind" "" "$(pgrep -fa '^[^ ]*/linux mem=222M ')"

summary
