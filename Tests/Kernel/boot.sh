#!/bin/bash
# Runs a command inside the test kernel and exits with the command's exit code.
#
#   boot.sh [option...] [--] command [argument...]
#
#   --exchange DIR      a directory of the host that is writable inside, at the same path ($EXCHANGE)
#   --timeout SECONDS   kill the kernel after that long (default 120)
#   --memory SIZE       memory of the kernel (default 512M)
#   --chip LABEL:LINES  the header's GPIO chip (default pinctrl-bcm2711:58, a Pi 4)
#   --strict-gpiod      an output falls back to input when its holder dies, as on mainline kernels;
#                       without it the line keeps its level, as on a Raspberry Pi
#
# Inside, the host's files are readable at their own paths and a write goes to memory. The command gets
# the caller's environment and working directory, no standard input, and what guest/setup.sh sets up.
# Needs no root. Exit codes of its own: 77 no such kernel can run here, 124 timeout, 125 the kernel died.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

exchange= seconds=120 memory=512M chip=pinctrl-bcm2711:58 persist=Y
while [ $# -gt 0 ]; do
  case $1 in
    --exchange) exchange=$(cd "$2" && pwd); shift 2 ;;
    --timeout) seconds=$2; shift 2 ;;
    --memory) memory=$2; shift 2 ;;
    --chip) chip=$2; shift 2 ;;
    --strict-gpiod) persist=N; shift ;;
    --) shift; break ;;
    -*) echo "boot.sh: unknown option $1" >&2; exit 2 ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }

linux=$("$here/build-kernel.sh")
tools=$("$here/build-tools.sh")

# The kernel's memory is a file that must be mapped executable: /dev/shm where it is large enough.
megabytes=$(numfmt --from=iec --to-unit=1M "$memory")
directory=/dev/shm
if [ "$(df --output=avail --block-size=1M $directory 2>/dev/null | tail -1)" -lt "$megabytes" ] 2>/dev/null ||
  findmnt -no OPTIONS $directory 2>/dev/null | grep -qw noexec; then
  directory=${TMPDIR:-/tmp}
fi

# No blank may stand in a path on the kernel's command line, hence not below $TMPDIR.
control=$(mktemp -d /tmp/pi-kernel.XXXXXX)
pid=
finish() {
  trap - EXIT INT TERM HUP
  # The kernel is a group of processes of its own: one per program inside.
  if [ -n "$pid" ]; then kill -KILL -- "-$pid" 2>/dev/null || true; fi
  rm -rf "$control"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

{
  export -p
  printf 'cd %q\n' "$PWD"
  printf 'export EXCHANGE=%q GPIO_LABEL=%q GPIO_LINES=%q KERNEL_TOOLS=%q\n' \
    "$exchange" "${chip%:*}" "${chip##*:}" "$tools"
  printf 'set --'
  printf ' %q' "$@"
  printf '\n'
} >"$control/command"
cp "$here/guest/init.sh" "$here/guest/setup.sh" "$control/"

# Descriptors 3 and 4 become the terminals tty0 and tty1 inside: the command's output and errors.
set -m
timeout --signal=TERM --kill-after=2 "$seconds" \
  env -i HOME="$control" TMPDIR="$directory" "$linux" "mem=$memory" "uml_dir=$control" \
  rootfstype=hostfs rootflags=/ ro "init=$control/init.sh" "CONTROL=$control" \
  con=null con0=null,fd:3 con1=null,fd:4 con2=null,fd:5 console=tty2 panic=-1 \
  "pinctrl_bcm2835.persist_gpio_outputs=$persist" \
  3>&1 4>&2 5>"$control/kernel.log" >"$control/host.log" 2>&1 </dev/null &
pid=$!
set +m

status=0
wait "$pid" 2>/dev/null || status=$?

if [ -s "$control/exit-code" ]; then
  exit "$(cat "$control/exit-code")"
fi
{
  echo "boot.sh: the kernel's messages:"
  cat "$control/host.log" "$control/kernel.log"
  if [ $status = 124 ] || [ $status = 137 ]; then
    echo "boot.sh: killed after $seconds s: $*"
  else
    echo "boot.sh: the kernel ended with status $status before the command did: $*"
  fi
} >&2
if [ $status = 124 ] || [ $status = 137 ]; then exit 124; fi
exit 125
