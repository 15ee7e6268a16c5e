# pi-world: the chip answers over spidev, its reset line and the valve's line reach it, the sensor pulses; relays
# are watched.
# PI_WORLD is its path.
. "$(dirname "$0")/../lib.sh"

# edge_counter EDGES: counts the sensor's line in the background.
edge_counter() {
  start counter count-edges "$GPIO_CHIP" 23 "$1" 1024
  counter=$started
}
# output LINE LEVEL [LINE...]: holds them for a moment, then lets go; the level stays.
output() {
  local line lines=("$1=$2")
  for line in "${@:3}"; do lines+=("$line=$2"); done
  timeout 1 gpioset --mode=time --usec=50000 "$GPIO_CHIP" "${lines[@]}"
}
value() { world state | sed -n "s/^$1=//p"; }
is() { [ "$(value "$1")" = "$2" ]; }
exactly() { [ "$(spi-exchange read 0x37)" = "$1" ]; }

start world "$PI_WORLD" --valve 18 --sensor 23 --reset 25
world=$started

same "the chip tells its version over spidev" 92 "$(spi-exchange read 0x37)"
world hang
same "a hung chip answers zeros" 00 "$(spi-exchange read 0x37)"
output 25 0
check "its reset line is low" until_true 2 at_level 25 0
output 25 1
check "and cures it" until_true 2 exactly 92

edge_counter 400
world pulses 200 200
wait "$counter"
same "200 pulses are 400 edges" "seen=400 missing=0" "$(grep seen /tmp/counter.out)"

# A pour by the valve's own line. The counter ends a second after the last edge, after-flow included.
edge_counter 1000000
world lever 1
same "no valve, no flow" 0 "$(value poured)"
output 18 1
check "the valve's line opens it" until_true 2 is valve open
sleep 3
output 18 0
check "and closes it" until_true 2 is valve closed
world lever 0
wait "$counter"
pulses=$(value pulses)
poured=$(value poured)
check "more than 40 ml ran in about 3 s ($poured µl)" test "$poured" -gt 40000
counted=$(sed -n 's/^seen=\([0-9]*\) missing=0$/\1/p' /tmp/counter.out)
same "every pulse of the sensor was counted" "$pulses" "$(((counted + 1) / 2))"
# The last one may be under way.
check "as many pulses as the volume has ($pulses)" test $((pulses - poured * 450 / 1000000)) -le 1

world place 04a1b2c3d4e5f6 ntag213
same "a card lies on the reader" 04a1b2c3d4e5f6 "$(value cards)"
world remove
same "and is taken away" "" "$(value cards)"
check "a wrong command is refused" bash -c '! world place 12'

check "what is not wired is refused" bash -c '! world present 04a1b2c3d4e5f6 100'
stop $world

start world "$PI_WORLD" --relays 17,27,22,23 --reset 25
world=$started
same "four relays are off" 0000 "$(value relays)"
output 17 1 27 22
check "three of them switched on are seen" until_true 2 is relays 1110
same "that unlocks nothing" 0 "$(value unlocked)"
check "a presentation waits for the fourth" bash -c '! world present 04a1b2c3d4e5f6 300'
same "with the card on the reader" 04a1b2c3d4e5f6 "$(value cards)"
world remove
{ sleep 0.5; output 23 1; } &
took=$(world present 04a1b2c3d4e5f6 5000)
check "it is measured from the card to the last relay ($took µs)" test "$took" -gt 400000 -a "$took" -lt 3000000
same "and counts" "1111 1" "$(value relays) $(value unlocked)"
wait $!
output 17 0 27 22 23
check "off again" until_true 2 is relays 0000
longest=$(value longest)
check "the longest time is kept ($longest ms)" test "$longest" -gt 800 -a "$longest" -lt 20000
output 17 1 27 22 23
check "a second time is counted" until_true 2 is unlocked 2
output 17 0 27 22 23
stop $world

start world "$PI_WORLD" --relays 17,27 --relays-active-low --no-reset
same "relays that switch on a low level are on" 11 "$(value relays)"
stop $started
finish
