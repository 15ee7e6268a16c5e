# An evening with the real daemon on the kernel's lines and spidev: pours, refusals, a card torn away, a hung
# reader, and every way for the daemon to die with its valve open.
#
# TAPD and PI_WORLD are the programs' paths. Volumes are judged by what pi-world knows to have run through.
. "$(dirname "$0")/../lib.sh"

valve=18
guest=04a1b2c3d4e5f6
poor=a1b2c3d4
stranger=deadbeef
maintenance=04112233445566

mkdir -p /var/lib/tapd
cd /var/lib/tapd || exit
export TAPD_PINS_VALVE=$valve

value() { world state | sed -n "s/^$1=//p"; }
tapd() { "$TAPD" "$@"; }
# settled COUNT: as many pours have been settled. They are in /tmp/pours then, newest first.
settled() { tapd pours --limit 100 --json >/tmp/pours && [ "$(jq length /tmp/pours)" = "$1" ]; }
last() { jq -r ".[0].$1" /tmp/pours; }
fault_is() { [ "$(value fault)" = "$1" ]; }

# within WHAT LEVEL MILLISECONDS [SIGNAL PROCESS...]: the valve's line gets there in time.
within() {
  local what=$1 took
  shift
  if took=$(wait-level $valve "$@"); then
    same "$what ($took ms)" in-time in-time
  else
    same "$what" "within $2 ms" late
  fi
}

runs=0
run_tapd() {
  local log=/tmp/tapd.$((++runs)).log
  "$TAPD" run >$log 2>&1 &
  daemon=$!
  check "tapd runs" until_true 60 grep -q 'the screen is at' $log
}
# guard_of PROCESS: the process that holds the valve's line for it.
guard_of() { pgrep -P "$1" | head -1; }
open_with() {
  world place "$1"
  within "card $1 opens the valve" 1 5000
}
# Every microlitre that ran through since `before` was set is charged, up to one pulse.
charged_what_ran() {
  local ran=$(($(value poured) - before)) charged
  charged=$(last microlitres)
  check "$1: $charged of $ran µl are charged" test $((charged - ran)) -le 2223 -a $((ran - charged)) -le 2223
}

start world "$PI_WORLD" --valve $valve --sensor 23 --reset 25
run_tapd
tapd keg mount Blonde --litres 30 --price 6.50 >/dev/null
tapd card add $guest --balance 20.00 >/dev/null
tapd card add $poor --balance 0.00 >/dev/null
tapd card add $maintenance --maintenance >/dev/null

echo "# A pour, a removal in the middle of one, refusals"
before=$(value poured)
open_with $guest
world lever 1
sleep 2
world lever 0
world remove
within "taken away, the valve closes" 0 3000
check "the pour is settled" until_true 60 settled 1
charged_what_ran "a pour"
same "it ended by the card's removal" cardRemoved "$(last reason)"

before=$(value poured)
open_with $guest
world lever 1
sleep 1
world remove
within "torn away in mid-pour, the valve closes" 0 3000
check "that pour is settled" until_true 60 settled 2
charged_what_ran "with what ran on after closing"
world lever 0

for uid in $poor $stranger; do
  world place $uid
  same "card $uid is refused" closed "$(wait-level $valve 1 2000 >/dev/null && echo open || echo closed)"
  world remove
done

before=$(value poured)
open_with $maintenance
world lever 1
sleep 1
world lever 0
world remove
check "a maintenance pour is recorded" until_true 60 settled 3
same "and costs nothing" 0 "$(last charge)"

echo "# A hung reader"
world hang
check "the daemon cures it by the reset line" until_true 30 fault_is none
before=$(value poured)
open_with $guest
world lever 1
sleep 1
world freeze
check "one that hangs in mid-pour is cured too" until_true 30 fault_is none
same "and the pour goes on" 1 "$(level $valve)"
world lever 0
world remove
within "until the card is taken away" 0 3000
check "the pour is settled" until_true 60 settled 4
charged_what_ran "nothing is lost"

echo "# The daemon dies with the valve open"
open_with $guest
world lever 1
sleep 2
within "killed: the line is safe" 0 200 9 $daemon
wait $daemon 2>/dev/null
world lever 0
world remove
run_tapd
check "the pour is settled at its last mark" until_true 60 settled 5
same "as one that was cut off" powerCut "$(last reason)"

open_with $guest
within "stopped: the line is safe" 0 1500 19 $daemon
kill -CONT $daemon
world remove
check "it goes on and settles" until_true 60 settled 6

open_with $guest
guard=$(guard_of $daemon)
within "its guard killed: the daemon starts another, which makes the line safe" 0 3000 9 "$guard"
check "that pour is settled too" until_true 60 settled 7
world remove
open_with $guest
world remove
within "and the next one is like any other" 0 3000
check "settled" until_true 60 settled 8

open_with $guest
guard=$(guard_of $daemon)
kill -STOP "$guard"
kill -KILL $daemon "$guard"
wait $daemon 2>/dev/null
sleep 0.5
same "with both killed at once the line keeps its level" 1 "$(level $valve)"
check "tapd safe runs" tapd safe
same "and makes it safe" 0 "$(level $valve)"
world remove

echo "# The books"
run_tapd
check "every pour is settled once" until_true 60 settled 9
same "what was charged is what is gone from the card" \
  $((2000 - $(jq '[.[].charge] | add' /tmp/pours))) "$(tapd card list --json | tr -d '\n ' | sed -n "s/.*$guest[^}]*\"balance\":\([0-9]*\).*/\1/p")"
kill -TERM $daemon
wait $daemon
same "the daemon ends cleanly" 0 $?
check "the books are whole" tapd state verify

[ $failures -eq 0 ] || sed 's/^/    tapd: /' /tmp/tapd.*.log
finish
