# Sourced by tapd.sh and coffeed.sh: runs a daemon, and judges it by its lines, by what pi-world says and by its
# books. Before that they set
#
#   program   the daemon's path; its name is that of its state directory too
#   outputs   the lines that it drives, with commas between
#   safe      their safe level, 0 where nothing is said
#   up        the words that it says when it is up
#   module    the jq module that reads its books

name=$(basename "$program")
books=/var/lib/$name
scenarios=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$books"
cd "$books" || exit

# value NAME: of what pi-world knows.
value() { world state | sed -n "s/^$1=//p"; }
fault_is() { [ "$(value fault)" = "$1" ]; }

runs=0
# launch: starts the daemon, as process $daemon with its output in $log.
launch() {
  log=/tmp/$name.$((++runs)).log
  : >"$log"
  "$program" run >"$log" 2>&1 &
  daemon=$!
}
runs_by_now() { logged "$up"; }
run() {
  launch
  check "$name runs" until_true 60 runs_by_now
}
# logged WORDS: the daemon's current life has said them.
logged() { grep -q -- "$1" "$log"; }

# check_doctor WARNINGS: its doctor finds all good, but for those that nothing can be done about here, and the libgpiod
# that is meant. What it said is in /tmp/doctor.
check_doctor() {
  check "$name doctor finds all good" \
    bash -c '"$1" doctor >/tmp/doctor && ! grep -v "^ok" /tmp/doctor | grep -Ev "^warn  ($2)"' - "$program" "$1"
  check "it works through libgpiod ${LIBGPIOD:=1}.x" grep -q "libgpiod $LIBGPIOD.x" /tmp/doctor
  [ $failures -eq 0 ] || cat /tmp/doctor
}

# guard_of PROCESS LINE: the process that holds the line for it.
guard_of() { pgrep -P "$1" -f "output-guard .*GPIO$2([^0-9]|\$)"; }

# within WHAT LEVEL MILLISECONDS [SIGNAL PROCESS...]: all outputs get there in time.
within() {
  local what=$1 took
  shift
  if took=$(wait-level "$outputs" "$@"); then
    echo "ok - $what ($took ms, $2 allowed)"
  else
    same "$what" "within $2 ms" "in ${took:-more} ms"
    return 1
  fi
}
# stays WHAT LEVEL MILLISECONDS: none of the outputs leaves that level.
stays() {
  local line what=$1
  for line in ${outputs//,/ }; do
    [ "$(level "$line")" = "$2" ] || what+=", GPIO$line"
  done
  same "$1" "$1" "$what"
  ! wait-level --any "$outputs" $((1 - $2)) "$3" >/dev/null ||
    same "$1, for $3 ms" "level $2" "level $((1 - $2))"
}
levels() {
  local line
  for line in ${outputs//,/ }; do printf %s "$(level "$line")"; done
}

# kill_daemon [PROCESS...]: SIGKILL for it and the others, without the shell's remark about it.
kill_daemon() {
  kill -KILL "$daemon" "$@"
  reap
}
reap() { wait "$daemon"; } 2>/dev/null
# ends_cleanly: after it was told to, with its lines safe.
ends_cleanly() {
  reap
  same "the daemon ends cleanly" 0 $?
  same "the lines are safe" "$(tr 01 "${safe:=0}$safe" <<<"$(levels)")" "$(levels)"
}

# keep_books: copies them to where the host finds them.
keep_books() { [ -z "$EXCHANGE" ] || cp -r "$books" "$EXCHANGE/"; }

# show_logs: after a failure, what the daemon said.
show_logs() { [ $failures -eq 0 ] || sed "s/^/    $name: /" /tmp/"$name".*.log; }

# in_books FILTER: reads all entries, oldest first, with the module's definitions.
in_books() {
  cat "$books"/archive/*.jsonl "$books/journal.jsonl" 2>/dev/null |
    jq -M -n -c -L "$scenarios" "import \"journal\" as journal; import \"$module\" as books; [inputs] | $1"
}
# check_journal: the books are whole, by themselves. The daemon may run.
check_journal() {
  check "the books are whole" "$program" state verify
  same "every entry's number is there once" true "$(in_books 'journal::numbered')"
}
