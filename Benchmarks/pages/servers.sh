# Sourced by run.sh: coffeed with a virtual board and the stand-in for its predecessor. COFFEED and PYTHON are programs.

ours=http://127.0.0.1:8098 theirs=http://127.0.0.1:8099
export TZ=UTC

# answers ADDRESS LOG: waits for a server.
answers() {
  curl -s -o /dev/null --retry 60 --retry-delay 1 --retry-connrefused "$1" || { cat "$2" >&2; return 1; }
}

# start_theirs DATABASE: as process $theirs_process.
start_theirs() {
  "$PYTHON" "$BENCHMARKS/pages/stand_in.py" "$1" "${theirs##*:}" >"$1.log" 2>&1 &
  theirs_process=$!
  answers $theirs/api/admin/users "$1.log"
}

# run_ours STATE: with a board that does not exist, as process $ours_process.
run_ours() {
  mkfifo "$1.input"
  "$COFFEED" demo --life 1 --state "$1" --port "${ours##*:}" <"$1.input" >"$1.log" 2>&1 &
  ours_process=$!
  # Its standard input stays open as long as it is to live.
  exec 8>"$1.input"
  answers $ours/login "$1.log"
}
stop_ours() {
  exec 8>&-
  wait "$ours_process" || true
}

# start_ours DATABASE STATE: imports it, then runs; $header is what it is to be asked with.
start_ours() {
  COFFEED_STATE_DIRECTORY=$2 "$COFFEED" import "$1" >&2 || return
  run_ours "$2" || return
  header=$(python3 "$BENCHMARKS/pages/sign_in.py" $ours "not a secret: a benchmark")
}

# start_coffees DATABASE STATE: a coffee every second, with both.
start_coffees() {
  local uid
  COFFEED_STATE_DIRECTORY=$2 "$COFFEED" settings set --activation-seconds 1 --cold-activation-seconds 1 >&2
  for uid in $(python3 "$BENCHMARKS/pages/brew_coffees.py" $ours --list); do
    COFFEED_STATE_DIRECTORY=$2 "$COFFEED" user add "$uid" --user-name "$uid" --name "$uid" >&2 || true
  done
  python3 "$BENCHMARKS/pages/log_coffees.py" "$1" &
  coffees=($!)
  python3 "$BENCHMARKS/pages/brew_coffees.py" $ours &
  coffees+=($!)
}

stop() {
  kill "$@" 2>/dev/null || true
  wait "$@" 2>/dev/null || true
}
stop_servers() {
  stop "$theirs_process"
  stop_ours
}

# megabytes NAME FIELD: of both, as NAME with its side.
megabytes() {
  awk -v name="ours$1" '$1 == "'"$2"':" { print name "=" $2 / 1024 }' "/proc/$ours_process/status"
  awk -v name="theirs$1" '$1 == "'"$2"':" { print name "=" $2 / 1024 }' "/proc/$theirs_process/status"
}
