# An evening with the real daemon on the kernel's lines and spidev: pours, refusals, a card torn away, limits, a
# hung reader, and every way for the daemon to die with its valve open.
#
# TAPD and PI_WORLD are the programs' paths, LIBGPIOD is the generation that tapd should be using. Volumes are judged
# by what pi-world knows to have run through.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/tapd.sh"

seven=04a1b2c3d4e5f6
four=a1b2c3d4
poor=b1b2c3d4
blocked=c1b2c3d4
small=d1b2c3d4
stranger=deadbeef
maintenance=04112233445566
# One pulse of the sensor: 450 a litre.
pulse=2223
export TAPD_POUR_NO_FLOW_MILLISECONDS=5000

pours=0
# is_settled: one more pour is in the books. All are in /tmp/pours then, newest first.
is_settled() {
  pours=$((pours + 1))
  check "${1:-it is settled}" until_true 60 settled $pours
}
settled() { tapd pours --limit 100 --json >/tmp/pours && [ "$(jq length /tmp/pours)" = "$1" ]; }
last() { jq -r ".[0].$1" /tmp/pours; }

# lay UID: a card that comes back before its absence was noticed has not come anew, so there is a pause.
lay() {
  sleep 0.8
  world place "$1"
}
open_with() {
  before=$(value poured)
  lay "$1"
  within "card $1 opens the valve" 1 5000
}
# The difference between what ran and what is in the books, of the last pour.
ran() { echo $(($(value poured) - before)); }
charged_what_ran() {
  local ran charged
  ran=$(ran) charged=$(last microlitres)
  check "$charged µl are in the books, $ran µl ran" test $((charged - ran)) -le $pulse -a $((ran - charged)) -le $pulse
}
# After a kill: nothing that did not run, and not less than what a mark may be old.
cut_off() {
  local ran charged
  ran=$(ran) charged=$(last microlitres)
  same "it ended as one that was cut off" powerCut "$(last reason)"
  # A mark is 25 ml old at most; then the fifth of a second in which the line becomes safe, and what runs on.
  check "$charged µl are in the books, $ran µl ran" test $charged -le $((ran + pulse)) -a $((ran - charged)) -le 40000
}
refused() {
  lay "$1"
  same "$2: the valve does not move" closed "$(wait-level $valve 1 1500 >/dev/null && echo open || echo closed)"
  world remove
}
pour_for() {
  world lever 1
  sleep "$1"
  world lever 0
}
balance_of() { tapd card list --json | jq ".\"$1\".balance"; }

start_world

echo "# Before the evening"
finds() { ! tapd doctor >/tmp/doctor && grep "FAIL.*$1" /tmp/doctor | grep -q "$2"; }
check_doctor board
TAPD_PINS_VALVE=7 check "tapd doctor names who holds a wrong pin" finds GPIO7 'spi0 CS1'
TAPD_PINS_VALVE=10 check "and the bus that a pin belongs to" finds configuration 'GPIO10.*SPI0'
TAPD_SPI_DEVICE=/dev/spidev3.0 check "tapd doctor names what a missing bus needs" finds spidev3 'dtoverlay=spi3'
TAPD_PINS_VALVE=99 check "and a pin that is none" finds configuration 'TAPD_PINS_VALVE.*99'

tapd keg mount Blonde --litres 30 --price 6.50 >/dev/null
tapd card add $seven --balance 20.00 >/dev/null
tapd card add $four --balance 5.00 >/dev/null
tapd card add $poor --balance 0.00 >/dev/null
tapd card add $blocked --balance 9.00 >/dev/null
tapd card block $blocked >/dev/null
tapd card add $small --balance 0.65 >/dev/null
tapd card add $maintenance --maintenance >/dev/null

set_line $valve 1 &
holder=$!
check "a stranger holds the valve's line high" until_true 5 at_level $valve 1
check "tapd doctor names it" finds GPIO$valve gpioset
launch
check "tapd run names it" until_true 60 logged 'held by "gpioset"'
world place $seven
sleep 1
world remove
same "nobody is served then" 0 "$(in_books "books::pours_of(\"$seven\")")"
stop $holder
within "the stranger is gone: the daemon makes the line safe" 0 5000
check "and runs" until_true 60 runs_by_now

echo "# Pours and refusals"
open_with $seven
pour_for 2
world remove
within "taken away, the valve closes" 0 2500
is_settled
charged_what_ran
same "it ended by the card's removal" cardRemoved "$(last reason)"

open_with $four
world lever 1
sleep 1
world remove
within "torn away in mid-pour, the valve closes" 0 2500
is_settled "a card of 4 bytes, with what ran on: settled"
charged_what_ran
world lever 0

refused $poor "no credit"
refused $stranger "unknown card"
refused $blocked "blocked card"
same "and none of them is in the books" '[0,0,0]' \
  "$(in_books "[books::pours_of(\"$poor\"), books::pours_of(\"$stranger\"), books::pours_of(\"$blocked\")]")"

tapd card top-up $poor 3.00 >/dev/null
open_with $poor
pour_for 1
world remove
within "topped up while the daemon runs, it pours" 0 2500
is_settled
charged_what_ran

echo "# Limits"
open_with $small
world lever 1
within "the credit is used up: the valve closes by itself" 0 20000
is_settled
world lever 0
world remove
charged_what_ran
same "by the limit" limitReached "$(last reason)"
check "65 were on the card, $(last charge) are charged" test "$(last charge)" -le 65
# A busy host makes the daemon late.
check "0.65 buys 100000 µl, $(ran) µl ran" test "$(ran)" -le 110000

tapd card top-up $small 0.65 >/dev/null
open_with $small
# Slowly, so that the command comes in time on a busy host too.
world lever 0.2
tapd card top-up $small 0.65 >/dev/null
world lever 1
within "topped up in mid-pour: it goes on to the new limit" 0 20000
is_settled
world lever 0
world remove
charged_what_ran
check "more than 100000 µl: $(ran)" test "$(ran)" -gt 120000

open_with $seven
world place $four
pour_for 1
world remove $seven
within "two cards at once: the second does not keep the pour going" 0 2500
is_settled "only the first is charged"
same "the first" $seven "$(last card)"
charged_what_ran
same "the valve stays closed for the second" 0 "$(level $valve)"
world remove

open_with $seven
within "nothing flows: the valve closes" 0 9000
is_settled
same "for no flow, and free" "noFlow 0" "$(last reason) $(last charge)"
world remove

tapd keg mount Rest --litres 0.4 --price 6.50 --reserve 0.3 >/dev/null
open_with $seven
world lever 1
within "the keg's reserve is reached: the valve closes" 0 20000
is_settled
world lever 0
world remove
same "for the reserve" kegReserveReached "$(last reason)"
charged_what_ran
check "100000 µl above the reserve, $(ran) µl ran" test "$(ran)" -le 110000
refused $seven "nothing above the reserve"
tapd keg mount Blonde --litres 30 --price 6.50 >/dev/null

tapd service off >/dev/null
refused $seven "out of service"
open_with $maintenance
pour_for 1
world remove
within "a maintenance card opens all the same" 0 2500
is_settled "and is recorded"
charged_what_ran
same "free" "maintenance 0" "$(last kind) $(last charge)"
tapd service on >/dev/null

echo "# A hung reader"
world hang
check "the daemon cures it by the reset line" until_true 30 fault_is none
open_with $seven
world lever 1
sleep 1
world freeze
check "one that hangs in mid-pour is cured too" until_true 30 fault_is none
same "and the pour goes on" 1 "$(level $valve)"
world lever 0
world remove
within "until the card is taken away" 0 2500
is_settled
charged_what_ran

echo "# The daemon dies with the valve open"
open_with $seven
world lever 1
sleep 2
within "killed: the line is safe" 0 200 9 $daemon
reap
sleep 1
world lever 0
world remove
run
is_settled "the pour is settled at its last mark"
cut_off

open_with $seven
world lever 1
sleep 1
within "stopped: the line is safe" 0 1500 19 $daemon
sleep 1
world lever 0
kill -CONT $daemon
check "it notices" until_true 10 logged 'did not renew its lease'
is_settled "and settles"
# The pulses of the time in which it was stopped were waiting in the kernel.
charged_what_ran
world remove

open_with $seven
pour_for 1
guard=$(guard_of $daemon $valve)
same "the guard is the last to go when memory is short" -1000 "$(cat /proc/"$guard"/oom_score_adj)"
within "its guard killed: the daemon starts another, which makes the line safe" 0 3000 9 "$guard"
is_settled
same "because of its valve" valveFault "$(last reason)"
charged_what_ran
world remove
check "another guard" test "$(guard_of $daemon $valve)" != "$guard"
open_with $seven
pour_for 1
world remove
within "the next pour is like any other" 0 2500
is_settled
charged_what_ran

open_with $seven
pour_for 1
guard=$(guard_of $daemon $valve)
# Stopped first, so that it does not see its daemon die.
kill -STOP "$guard"
kill_daemon "$guard"
sleep 0.5
same "with both killed at once the line keeps its level" 1 "$(level $valve)"
check "tapd safe runs" tapd safe
same "and makes it safe" 0 "$(level $valve)"
world remove
run
is_settled
cut_off

open_with $seven
world lever 1
sleep 1
kill -TERM $daemon
within "told to end in mid-pour: the valve closes" 0 1000
ends_cleanly
world lever 0
world remove
is_settled
charged_what_ran

echo "# The books"
run
check_books
same "the pours on the list are those in the books" $pours "$(in_books 'books::settled | length')"
same "what was charged is what is gone from the cards" \
  "$(in_books 'books::charged')" "$((2000 + 500 + 300 + 900 + 65 + 65 + 65 - $(tapd card list --json | jq 'map(.balance) | add')))"
poured=$(value poured) recorded=$(in_books 'books::microlitres')
echo "# $pours pours: $poured µl ran, $recorded µl are in the books"
kill -TERM $daemon
ends_cleanly

keep_books
show_logs
finish
