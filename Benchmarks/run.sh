#!/bin/bash
# Measures this project beside what one would take instead, all in one run on this machine, and prints a table.
#
#   Benchmarks/run.sh [--markdown FILE] [--short] [PART...]
#
# `--markdown` writes the table into FILE too: between its lines <!-- table --> and <!-- end of table -->, or as the
# whole file.
# PART is one or more of spi, edges, journal, opening, idle, pages, token, moving; without any, all. `--short` takes a
# few seconds where a minute is due. It judges nothing by its exit code: times of a busy machine are no test. Parts that this machine
# cannot run are left out, with the reason. docs/benchmarks.md says how each is measured.
set -euo pipefail

BENCHMARKS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$BENCHMARKS")
kernel=$root/Tests/Kernel
work=$BENCHMARKS/.build/bench
export BENCHMARKS PYTHONPATH=$BENCHMARKS PYTHONDONTWRITEBYTECODE=1

markdown= parts=
SECONDS_OF_POLLING=60 SECONDS_OF_IDLING=60 PRESENTATIONS=200 rounds=60 entries=1000000
usages="1000 100000 1000000" page_rounds=3 page_seconds=4
while [ $# -gt 0 ]; do
  case $1 in
    --markdown) markdown=$2; shift ;;
    --short)
      SECONDS_OF_POLLING=10 SECONDS_OF_IDLING=10 PRESENTATIONS=20 rounds=10 entries=100000
      usages="1000 100000" page_rounds=1 page_seconds=2
      ;;
    spi | edges | journal | opening | idle | pages | token | moving) parts+=" $1" ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done
parts=${parts:-spi edges journal opening idle pages token moving}
export SECONDS_OF_POLLING SECONDS_OF_IDLING PRESENTATIONS

say() { echo "-- $*" >&2; }

# build PRODUCT: one of the programs of Benchmarks/, and its path.
build() {
  swift build -c release --package-path "$BENCHMARKS" --product "$1" >&2
  echo "$(swift build -c release --package-path "$BENCHMARKS" --show-bin-path)/$1"
}

# daemon PRODUCT: one of the package's own programs.
daemon() {
  swift build -c release --package-path "$root" --product "$1" >&2
  echo "$(swift build -c release --package-path "$root" --show-bin-path)/$1"
}

# in_kernel PART: runs PART/guest.sh in the test kernel.
in_kernel() {
  "$kernel/boot.sh" --timeout 900 -- bash "$BENCHMARKS/$1/guest.sh"
}

# python NAME PIP_ARGUMENT...: a Python with packages of its own; its path is in $PYTHON then.
python() {
  local place=$work/$1
  shift
  if [ ! -e "$place/complete" ]; then
    rm -rf "$place"
    /usr/bin/python3 -m venv "$place"
    "$place/bin/pip" install --quiet "$@" >&2
    touch "$place/complete"
  fi
  PYTHON=$place/bin/python
  export PYTHON
}

spi() {
  "$root/Scripts/install-dependencies.sh" python3-venv python3-dev gcc >&2
  # Without its dependency RPi.GPIO: the stand-in takes its place.
  python venv --no-deps mfrc522==0.0.7 spidev==3.6
  POLL_CARDS=$(build poll-cards) PI_WORLD=$(daemon pi-world)
  export POLL_CARDS PI_WORLD
  in_kernel spi
}

edges() {
  "$root/Scripts/install-dependencies.sh" gpiod >&2
  COUNT_PULSES=$(build count-pulses) GPIOMON2=
  local newer
  if newer=$("$kernel/libgpiod2.sh"); then GPIOMON2=$newer/environment; fi
  export COUNT_PULSES GPIOMON2
  in_kernel edges
}

journal() {
  "$root/Scripts/install-dependencies.sh" libsqlite3-dev >&2
  local program
  program=$(build journal-rate)
  mkdir "$work/journal"
  findmnt -no FSTYPE,SOURCE -T "$work" | sed 's/^\([^ ]*\) *\(.*\)/fileSystem=\1 on \2/'
  "$program" "$work/journal" $rounds
}

opening() {
  "$root/Scripts/install-dependencies.sh" libsqlite3-dev >&2
  local program
  program=$(build open-state)
  mkdir "$work/opening"
  "$program" fill "$work/opening" $entries
  echo "openingEntries=$entries"
  "$program" store "$work/opening"
  "$program" sqlite "$work/opening"
  python3 "$BENCHMARKS/opening/load_lines.py" "$work/opening/store"
  "$program" snapshot "$work/opening"
  "$program" store "$work/opening" | sed 's/^store/storeFresh/; /^replayed/d'
}

idle() {
  "$root/Scripts/install-dependencies.sh" curl >&2
  local process
  TAPD=$(daemon tapd) PI_WORLD=$(daemon pi-world)
  export TAPD PI_WORLD
  [ $kernel_runs = no ] || in_kernel idle

  # The same daemon on this machine's own kernel, with the board that does not exist in the same process: pipes keep
  # its standard input open, whose end would end it.
  mkdir "$work/idle"
  mkfifo "$work/idle/input"
  "$TAPD" demo --life 1 --state "$work/idle/state" --port 8097 <"$work/idle/input" >"$work/idle/log" 2>&1 &
  process=$!
  exec 9>"$work/idle/input"
  curl -sN --retry 30 --retry-delay 1 --retry-connrefused http://127.0.0.1:8097/events >/dev/null &
  local screen=$!
  sleep 5
  python3 "$BENCHMARKS/idle/watch.py" host "$SECONDS_OF_IDLING" $process || cat "$work/idle/log" >&2
  kill $screen 2>/dev/null || true
  exec 9>&-
  wait $process || true
}

pages() {
  "$root/Scripts/install-dependencies.sh" curl wrk python3-venv >&2
  local count database compete
  python flask Flask==3.1.3
  COFFEED=$(daemon coffeed)
  . "$BENCHMARKS/pages/servers.sh"
  mkdir "$work/pages"
  for count in $usages; do
    database=$work/pages/$count.db
    python3 "$BENCHMARKS/pages/fill.py" "$database" "$count"
    start_theirs "$database" || return
    start_ours "$database" "$work/pages/state$count" || return
    python3 "$BENCHMARKS/pages/same_rows.py" $ours $theirs "$header" || return
    compete=(python3 "$BENCHMARKS/pages/compete.py" --ours $ours --theirs $theirs --header "$header"
      --rounds $page_rounds --seconds $page_seconds)
    megabytes "Rest$count" VmRSS
    say "pages: $count usages"
    "${compete[@]}" --prefix "Quiet$count"
    say "pages: $count usages, a coffee every second"
    start_coffees "$database" "$work/pages/state$count"
    "${compete[@]}" --prefix "Busy$count"
    megabytes "Load$count" VmHWM
    stop "${coffees[@]}"
    stop_servers
  done
  echo "pagesUsages=$usages"
}

token() {
  COFFEED=$(daemon coffeed) PI_WORLD=$(daemon pi-world)
  export COFFEED PI_WORLD
  [ $kernel_runs = no ] || in_kernel token
  . "$BENCHMARKS/pages/servers.sh"
  mkdir "$work/token"
  run_ours "$work/token/state" || return
  COFFEED_STATE_DIRECTORY=$work/token/state "$COFFEED" settings set --activation-seconds 1 --cold-activation-seconds 1 >&2
  python3 "$BENCHMARKS/token/present_cards.py" $ours "$PRESENTATIONS"
  stop_ours
}

# Cards while a large database is taken in.
moving() {
  COFFEED=$(daemon coffeed)
  . "$BENCHMARKS/pages/servers.sh"
  mkdir "$work/moving"
  local state=$work/moving/state import
  run_ours "$state" || return
  COFFEED_STATE_DIRECTORY=$state "$COFFEED" settings set --activation-seconds 1 --cold-activation-seconds 1 >&2
  python3 "$BENCHMARKS/pages/fill.py" "$work/moving/old.db" $entries
  echo "movingUsages=$entries"
  COFFEED_STATE_DIRECTORY=$state "$COFFEED" import "$work/moving/old.db" >&2 &
  import=$!
  python3 "$BENCHMARKS/token/present_cards.py" $ours 10000 moving $import
  wait $import
  stop_ours
}

kernel_runs=yes
case $parts in
  *spi* | *edges* | *idle* | *token*)
    status=0
    "$kernel/build-kernel.sh" >/dev/null || status=$?
    [ $status = 0 ] || kernel_runs=no
    ;;
esac

mkdir -p "$work"
for part in $parts; do
  rm -rf "${work:?}/$part" "$work/$part.values"
  if [ $kernel_runs = no ] && [[ $part =~ spi|edges ]]; then
    say "$part: left out, the test kernel cannot run on this machine"
    continue
  fi
  say "$part"
  # A failure of one part keeps no other from being measured.
  ( set -e; $part ) >"$work/$part.values" || say "$part: broke off"
  rm -rf "${work:?}/$part"
done

python3 "$BENCHMARKS/report.py" "$work" $parts
if [ -n "$markdown" ]; then python3 "$BENCHMARKS/report.py" --markdown "$markdown" "$work" $parts; fi
