# A coffee machine that is wired otherwise: relays and LEDs that a low level switches on, a serial card reader, an
# input for each drink.
#
# COFFEED and PI_WORLD are the programs' paths.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/coffeed.sh"
. "$(dirname "$0")/serial-reader.sh"

# A high level is the safe one.
safe=1
export COFFEED_PINS_RELAYS_ACTIVE_LOW=true COFFEED_PINS_LEDS_ACTIVE_LOW=true
export COFFEED_READER_KIND=serial-decimal COFFEED_READER_PORT=$serial_line
double_line=20 steam_line=21
export COFFEED_PINS_BREW_DOUBLE=$double_line COFFEED_PINS_BREW_STEAM=$steam_line
# As a current sensor's contact: high while it flows.
export COFFEED_BREW_EDGE=rising COFFEED_BREW_BIAS=pull-down

# 10 decimal digits are 4 bytes.
anna=00a1b2c3 anna_number=0010597059
stranger_number=0010597060
longest=6

brew() {
  pull "$1" up
  sleep 0.3
  pull "$1" down
  sleep 0.3
}
unlocks() { within "$1" 0 5000; }
locks() { within "${1:-it locks}" 1 $((longest * 1000 + 2000)); }

start world "$PI_WORLD" --relays $relays --relays-active-low --no-reset
start_reader
for line in $drink_line $double_line $steam_line; do pull $line down; done
# The LEDs hang on the supply.
for line in $red $green; do pull $line up; done

check_doctor "board|password|price"
set_up --price 0.50 --activation-seconds $longest --cold-activation-seconds $longest >/dev/null
add_user $anna anna "Anna Müller" >/dev/null

run
same "the lines are safe" 1111 "$(levels)"
lights ready 0 1
same "no relay has clicked" "" "$(value switched)"
lay $stranger_number
stays "an unknown card: the relays do not move" 1 1500
take_away
sleep 1.5

for drink in single:$drink_line double:$double_line steam:$steam_line; do
  lay $anna_number
  unlocks "a known card unlocks"
  lights active 1 0
  is_logged "one coffee is in the books"
  take_away
  brew ${drink#*:}
  locks
  lights ready 0 1
  has_drink() { [ "$(in_books "books::drinks[\"$usages\"]")" = "\"${drink%:*}\"" ]; }
  check "what was brewed is in the books: ${drink%:*}" until_true 5 has_drink
done

lay $anna_number
unlocks "a card unlocks"
within "killed: the lines are safe" 1 200 9 $daemon
reap
lights "none without a daemon" 1 1
is_logged "one coffee is in the books"
sleep $longest
run
stays "a card that lies there still does not count again" 1 3000
nothing_is_logged "nor is it charged"
take_away
sleep 1.5

lay $anna_number
unlocks "laid on anew, it unlocks"
is_logged "one coffee is in the books"
guard=$(guard_of $daemon 17)
# Stopped first, so that it does not see its daemon die.
kill -STOP "$guard"
kill_daemon "$guard"
sleep 0.5
same "with both killed at once the lines keep their level" 0000 "$(levels)"
check "coffeed safe runs" coffeed safe
same "and makes them safe" 1111 "$(levels)"
take_away
sleep $longest

run
sleep 2
lay $anna_number
unlocks "the next coffee is like any other"
is_logged "one coffee is in the books"
kill -TERM $daemon
within "told to end while unlocked: it locks" 1 1000
ends_cleanly
take_away
check_books

show_logs
finish
