# Kill -9 at random moments of a busy day: kill-rounds.sh DAEMON [ROUNDS [SEED]]
#
# Each round starts the daemon with a card on its reader; in most of them a command writes to the books meanwhile;
# then the daemon is killed, anywhere from its own start to the end of what the card began. At the end nothing that
# was acknowledged may be missing from the books, or there twice. What is a daemon's own stands in DAEMON-rounds.sh:
#
#   prepare            before the first round
#   begin ROUND        lays a card on the reader
#   is_served          waits for the outputs to be switched on
#   record ROUND       writes to the books, and prints a line of JSON when that is acknowledged
#   end                lets what the card began come to its end, up to a moment or so
#   tidy               after the daemon's death
#   judge              at the end, with the daemon running: looks at the books and at $acknowledged, the lines of
#                      all records as a JSON array
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/$1.sh"
. "$scenarios/$1-rounds.sh"

rounds=${2:-25} seed=${3:-$((10#$(date +%N) % 32768))}
RANDOM=$seed
echo "# $rounds rounds, seed $seed"
limit=200

# pause MILLISECONDS
pause() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

start_world
prepare
: >/tmp/acknowledged
slowest=0 late=0 never=0 opened=0 ended=0
begun=$SECONDS
for ((round = 1; round <= rounds; round++)); do
  moment=$((RANDOM % 10)) delay=$((RANDOM % 1500)) commanding=$((RANDOM % 4)) lead=$((RANDOM % 400))
  # Half a second is what a command takes to reach the daemon: in these rounds it is killed about then.
  case $moment in [4-6]) delay=$((300 + delay % 400)) commanding=1 lead=0 ;; esac
  begin $round
  launch
  if [ $moment = 0 ]; then
    # It is killed before it is up.
    :
  elif is_served; then
    opened=$((opened + 1))
  else
    never=$((never + 1))
    echo "# round $round: the outputs were not switched on"
    sed 's/^/    /' "$log"
  fi

  client=
  if [ $commanding != 0 ]; then
    record $round >>/tmp/acknowledged 2>>/tmp/refusals &
    client=$!
    pause $lead
  fi
  [ $moment -lt 7 ] || end
  pause $delay
  if kill -0 $daemon 2>/dev/null; then
    took=$(wait-level "$outputs" 0 5000 9 $daemon) || took=5000
  else
    ended=$((ended + 1))
    echo "# round $round: the daemon had ended by itself"
    sed 's/^/    /' "$log"
    took=$(wait-level "$outputs" 0 5000) || took=5000
  fi
  [ "$took" -le $limit ] || { late=$((late + 1)); echo "# round $round: the lines were safe after $took ms"; }
  [ "$took" -le $slowest ] || slowest=$took
  reap
  [ -z "$client" ] || wait $client
  tidy
done
echo "# $rounds rounds took $((SECONDS - begun)) s; the outputs were on in $opened; slowest to the safe level: $slowest ms"

same "the lines were safe within $limit ms in all rounds (slowest: $slowest ms)" 0 $late
same "no daemon ended by itself" 0 $ended
same "every daemon that was let served its card" 0 $never

run
check_books
acknowledged=$(jq -M -c -s . /tmp/acknowledged)
judge
kill -TERM $daemon
ends_cleanly
keep_books
echo "# what the others were told, if there were any:"
sort /tmp/refusals | uniq -c | sed 's/^/#  /'
[ $failures -eq 0 ] || tail -n 5 /tmp/"$name".*.log
finish
