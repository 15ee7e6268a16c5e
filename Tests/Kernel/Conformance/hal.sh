# The Linux implementations on a kernel's lines and bus: the promises that the virtual board keeps too, counting
# through a stall, the guard's deadlines, and what errors say. $1 is the directory of hal-conformance.
. "$(dirname "$0")/../lib.sh"
PATH=$1:$PATH
export LC_ALL=C

# The word after NAME= in what a background program has said last.
said() { sed -n "s/.*\b$2=\([0-9]*\).*/\1/p" "/tmp/$1.out" | tail -1; }
# within MILLISECONDS LIMIT
within() { [ "$1" != never ] && [ "$1" -le "$2" ]; }

hal-conformance lines || failures=$((failures + 1))

# Edges

start counter hal-conformance count 23 3000
edges 23 3000 3000 >/tmp/edges
wait $started
same "3000 edges at 3000 a second are counted" "total=3000 restored=0 rejected=0" "$(tail -1 /tmp/counter.out)"

start counter hal-conformance count 23 10000
kill -STOP $started
edges 23 10000 5000 >/tmp/edges
kill -CONT $started
wait $started
# The queue keeps the newest 1024; the numbers of the first 8976 come back by their sequence numbers.
same "10000 edges while the program is stopped are counted" "total=10000 restored=8976 rejected=0" \
  "$(tail -1 /tmp/counter.out)"

# The guard

start daemon hal-conformance hold 17 60
daemon=$started
guard=$(said daemon guard)
same "a guarded line is driven when set returns" 1 "$(level 17)"
same "the guard has a session of its own" "$guard" "$(ps -o sid= -p "$guard" | tr -d ' ')"
sleep 1.5
same "a lease that is renewed lasts" 1 "$(level 17)"
milliseconds=$(hal-conformance signal "$daemon" 9 17)
check "SIGKILL of the daemon: safe within 200 ms ($milliseconds ms)" within "$milliseconds" 200
wait $daemon 2>/dev/null
check "and its guard ends" until_true 2 test ! -d "/proc/$guard"

start daemon hal-conformance hold 17 60
daemon=$started
sleep 0.3
milliseconds=$(hal-conformance signal "$daemon" 19 17)
check "SIGSTOP of the daemon: safe within 1500 ms ($milliseconds ms)" within "$milliseconds" 1500
kill -CONT $daemon
check "the daemon hears why" until_true 3 grep -q "told: GPIO17 .*did not renew its lease" /tmp/daemon.out
sleep 0.6
same "and renewing alone opens nothing" 0 "$(level 17)"
stop $daemon

start daemon hal-conformance hold 17 60
daemon=$started
guard=$(said daemon guard)
kill -KILL "$guard"
check "the daemon notices that its guard was killed" until_true 3 grep -q "told: GPIO17 has lost its guard" /tmp/daemon.out
check "and starts another" until_true 3 eval '[ "$(said daemon guard)" != "$guard" ]'
same "which begins safe" 0 "$(level 17)"
stop $daemon

start daemon hal-conformance hold 17 2
daemon=$started
check "the maximum time ends a line that is renewed" until_true 4 grep -q "told: GPIO17 .*active for as long as it may be" /tmp/daemon.out
same "on the line" 0 "$(level 17)"
stop $daemon

# Making safe without a daemon

start daemon hal-conformance hold 17 60
daemon=$started
guard=$(said daemon guard)
kill -STOP $daemon $guard
check "lines that a stopped guard holds open are made safe" hal-conformance safe 17 22
same "the line" 0 "$(level 17)"
kill -KILL $daemon
wait $daemon 2>/dev/null

start daemon hal-conformance hold 17 60
daemon=$started
guard=$(said daemon guard)
# Nothing in between that takes time: a stopped daemon's lease runs.
kill -STOP $daemon
kill -KILL $guard
if [ "$(cat /sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs)" = Y ]; then
  same "a killed guard's line keeps its level on this kernel" 1 "$(level 17)"
fi
check "and is made safe" hal-conformance safe 17
same "the line again" 0 "$(level 17)"
kill -KILL $daemon
wait $daemon 2>/dev/null

# Errors

same "a chip select of the SPI bus is explained" \
  "GPIO8 is held by \"spi0 CS0\": the SPI bus uses it as chip select" "$(hal-conformance request 8 | cut -d';' -f1)"
same "a line that does not exist is told from the range" \
  "GPIO58 does not exist on pinctrl-bcm2711 ($GPIO_CHIP): use a BCM number from 0 to 57" \
  "$(hal-conformance request 58)"

# SPI

start peer spi-peer
peer=$started
same "frames of one call are kept apart, in one message" "90 165 messages=1" "$(hal-conformance registers)"
same "32 small frames are one message" messages=1 "$(hal-conformance frames 32 2)"
same "33 are two" messages=2 "$(hal-conformance frames 33 2)"
same "a frame of spidev's whole buffer goes out" messages=1 "$(hal-conformance frames 1 4096)"
check "a longer one is refused" bash -c 'hal-conformance frames 1 4097 | grep -q "buffer holds 4096"'
stop $peer

# A chip that goes

start counter hal-conformance count 23 10
counter=$started
start daemon hal-conformance hold 17 60
daemon=$started
echo 0 >/sys/kernel/config/gpio-sim/header/live
check "a counter tells that its chip is gone" until_true 3 grep -q "GPIO23 no longer reports edges" /tmp/counter.out
check "and does not hang" until_true 3 test ! -d "/proc/$counter/task"
stop $daemon

finish
