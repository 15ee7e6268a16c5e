# Sourced by the scenarios of the daemon, after lib.sh: runs it, and judges it by what pi-world and its books
# say. TAPD and PI_WORLD are the programs' paths.

valve=18
books=/var/lib/tapd
export TAPD_PINS_VALVE=$valve

scenarios=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p $books
cd $books || exit

tapd() { "$TAPD" "$@"; }

# value NAME: of what pi-world knows.
value() { world state | sed -n "s/^$1=//p"; }
fault_is() { [ "$(value fault)" = "$1" ]; }

runs=0
# launch_tapd: starts it, as process $daemon with its output in $log.
launch_tapd() {
  log=/tmp/tapd.$((++runs)).log
  : >"$log"
  "$TAPD" run >"$log" 2>&1 &
  daemon=$!
}
runs_by_now() { grep -q 'the screen is at' "$log"; }
run_tapd() {
  launch_tapd
  check "tapd runs" until_true 60 runs_by_now
}
# logged WORDS: the daemon's current life has said them.
logged() { grep -q -- "$1" "$log"; }

# guard_of PROCESS: the process that holds the valve's line for it.
guard_of() { pgrep -P "$1" | head -1; }

# within WHAT LEVEL MILLISECONDS [SIGNAL PROCESS...]: the valve's line gets there in time.
within() {
  local what=$1 took
  shift
  if took=$(wait-level $valve "$@"); then
    echo "ok - $what ($took ms, $2 allowed)"
  else
    same "$what" "within $2 ms" late
    return 1
  fi
}

# kill_tapd [PROCESS...]: SIGKILL for it and the others, without the shell's remark about it.
kill_tapd() {
  kill -KILL "$daemon" "$@"
  reap
}
reap() { wait "$daemon"; } 2>/dev/null

# keep_books: copies them to where the host finds them.
keep_books() { [ -z "$EXCHANGE" ] || cp -r $books "$EXCHANGE/"; }

# show_logs: after a failure, what the daemon said.
show_logs() { [ $failures -eq 0 ] || sed 's/^/    tapd: /' /tmp/tapd.*.log; }

# in_books FILTER: reads all entries, oldest first, with books.jq's definitions.
in_books() {
  cat $books/archive/*.jsonl $books/journal.jsonl 2>/dev/null |
    jq -M -n -c -L "$scenarios" "import \"books\" as books; [inputs] | $1"
}

# check_books: the journal adds up by itself, and the daemon's own figures are the same. The daemon may run.
check_books() {
  check "the books are whole" tapd state verify
  same "every entry's number is there once" true "$(in_books 'books::numbered')"
  same "every pour was settled once" '[]' "$(in_books 'books::not_settled_once')"
  same "each card's balance is the sum of its entries" "$(in_books 'books::balances')" \
    "$(tapd card list --json | jq -M -c -S 'map_values(.balance)')"
}
