# The kernel's spidev carries messages to the program on the bus and back, and never waits for ever.
. "$(dirname "$0")/../lib.sh"

check "an empty bus reads zero" spi-exchange nothing

start peer spi-peer
peer=$started
check "frames in one message are kept apart and answered" spi-exchange registers
check "a second program cannot take the bus" bash -c 'spi-peer 2>&1 | grep -q busy'
check "a message of 1 transfer is timed" spi-exchange time 2000 1
check "a message of 8 transfers is timed" spi-exchange time 2000 8
stop $peer
check "a bus whose program was killed is empty" spi-exchange nothing

start peer spi-peer hang
peer=$started
before=$(date +%s%N)
check "a program that does not answer is an I/O error" spi-exchange error
waited=$((($(date +%s%N) - before) / 1000000))
check "after the time limit of 1 s ($waited ms)" test "$waited" -ge 1000 -a "$waited" -lt 3000

spi-exchange error 2>/tmp/error &
exchange=$!
taken_twice() { [ "$(grep -c taken /tmp/peer.out)" = 2 ]; }
check "a message is taken and not answered" until_true 5 taken_twice
stop $peer
wait $exchange
same "so is one that dies with a message in hand" 0 $?

finish
