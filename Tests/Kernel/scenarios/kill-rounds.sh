# Kill -9 at random moments of a pouring evening: kill-rounds.sh [ROUNDS [SEED]]
#
# Each round starts the daemon, lays a card on the reader and pulls the lever; in most of them money is put on
# the card meanwhile; then the daemon is killed, anywhere from its own start to the settlement. At the end
# nothing that was acknowledged may be missing from the books, or there twice.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/tapd.sh"

rounds=${1:-25} seed=${2:-$((10#$(date +%N) % 32768))}
RANDOM=$seed
echo "# $rounds rounds, seed $seed"
card=04a1b2c3d4e5f6
limit=200

start world "$PI_WORLD" --valve $valve --sensor 23 --reset 25
tapd keg mount Blonde --litres 1000 --price 6.50 >/dev/null
tapd card add $card --balance 500.00 >/dev/null

# pause MILLISECONDS
pause() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

slowest=0 late=0 never=0 opened=0 ended=0
begun=$SECONDS
for ((round = 1; round <= rounds; round++)); do
  # The amount names the top-up.
  amount=$((10000 + round))
  moment=$((RANDOM % 10)) delay=$((RANDOM % 1500)) topping_up=$((RANDOM % 4)) lead=$((RANDOM % 400))
  # Half a second is what a command takes to reach the daemon: in these rounds it is killed about then.
  case $moment in [4-6]) delay=$((300 + delay % 400)) topping_up=1 lead=0 ;; esac
  world lever 1
  world place $card
  launch_tapd
  if [ $moment = 0 ]; then
    # It is killed before it is up.
    :
  elif wait-level $valve 1 15000 >/dev/null; then
    opened=$((opened + 1))
  else
    never=$((never + 1))
    echo "# round $round: the valve did not open"
    sed 's/^/    /' "$log"
  fi

  client=
  if [ $topping_up != 0 ]; then
    { tapd card top-up $card "$((amount / 100)).$(printf %02d $((amount % 100)))" >>/tmp/top-ups 2>&1 &&
      echo $amount >>/tmp/acknowledged; } &
    client=$!
    pause $lead
  fi
  if [ $moment -ge 7 ]; then
    # In closing, settling or recording: the card's absence is noticed in about 1.3 s.
    world remove
    pause 1200
  fi
  pause $delay
  if kill -0 $daemon 2>/dev/null; then
    took=$(wait-level $valve 0 5000 9 $daemon) || took=5000
  else
    ended=$((ended + 1))
    echo "# round $round: the daemon had ended by itself"
    sed 's/^/    /' "$log"
    took=$(wait-level $valve 0 5000) || took=5000
  fi
  [ "$took" -le $limit ] || { late=$((late + 1)); echo "# round $round: the line was safe after $took ms"; }
  [ "$took" -le $slowest ] || slowest=$took
  reap
  [ -z "$client" ] || wait $client
  world lever 0
  world remove
done
echo "# $rounds rounds took $((SECONDS - begun)) s; the valve was open in $opened; slowest to the safe level: $slowest ms"

same "the line was safe within $limit ms in all rounds (slowest: $slowest ms)" 0 $late
same "no daemon ended by itself" 0 $ended
same "every daemon that was let served its card" 0 $never

run_tapd
check_books
touch /tmp/acknowledged
acknowledged=$(jq -M -c -s sort /tmp/acknowledged)
recorded=$(in_books 'books::topped_up | sort')
echo "# top-ups: $(jq length <<<"$acknowledged") acknowledged, $(jq length <<<"$recorded") in the books"
same "no acknowledged top-up is missing" '[]' "$(jq -M -c -n "$acknowledged - $recorded")"
same "none is there twice" '[]' "$(in_books books::doubled)"
settled=$(in_books 'books::settled | length')
cut=$(in_books 'books::settled | map(select(.reason == "powerCut")) | length')
echo "# $settled pours settled, $cut of them after a kill"
check "pours were cut off" test "$cut" -gt 0
check "no more is in the books than ran" test "$(in_books books::microlitres)" -le $(($(value poured) + settled * 2223))
kill -TERM $daemon
reap
same "the daemon ends cleanly" 0 $?
same "the line is safe" 0 "$(level $valve)"
keep_books
echo "# what the others were told, if there were any:"
grep -s -v '^card ' /tmp/top-ups | sort | uniq -c | sed 's/^/#  /'
[ $failures -eq 0 ] || tail -n 5 /tmp/tapd.*.log
finish
