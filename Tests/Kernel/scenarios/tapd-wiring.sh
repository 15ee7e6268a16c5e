# A tap that is wired otherwise: a valve that a low level opens, a serial card reader.
#
# TAPD and PI_WORLD are the programs' paths.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/tapd.sh"
. "$(dirname "$0")/serial-reader.sh"

# A high level is the safe one.
safe=1
export TAPD_PINS_VALVE_ACTIVE_LOW=true
export TAPD_READER_KIND=serial-hexadecimal TAPD_READER_PORT=$serial_line
card=a1b2c3d4

settled() { [ "$(in_books 'books::settled | length')" = "$1" ]; }

start world "$PI_WORLD" --valve $valve --valve-active-low --sensor 23 --no-reset
start_reader
check_doctor board
tapd keg mount Blonde --litres 30 --price 6.50 >/dev/null
tapd card add $card --balance 20.00 >/dev/null

# Whatever opens the valve for a moment lets beer run.
world lever 1
run
same "the line is safe" 1 "$(level $valve)"
lay deadbeef
stays "an unknown card: the valve does not move" 1 1500
take_away
sleep 1.5
same "not a drop has run" 0 "$(value poured)"

lay $card
within "a known card opens the valve" 0 5000
sleep 1
take_away
within "taken away, the valve closes" 1 4000
check "it is settled" until_true 60 settled 1
ran=$(value poured) charged=$(in_books books::microlitres)
check "$charged µl are in the books, $ran µl ran" test $((charged - ran)) -le 2223 -a $((ran - charged)) -le 2223

lay $card
within "it opens again" 0 5000
sleep 1
within "killed: the line is safe" 1 200 9 $daemon
reap
take_away
sleep 1
world lever 0
run
check "the pour is settled at its last mark" until_true 60 settled 2

world lever 1
lay $card
within "the next pour is like any other" 0 5000
sleep 1
kill -TERM $daemon
within "told to end in mid-pour: the valve closes" 1 1000
ends_cleanly
take_away
run
check_books
kill -TERM $daemon
ends_cleanly

show_logs
finish
