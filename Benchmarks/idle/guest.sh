# Runs inside the test kernel: tapd on the kernel's lines and spidev, nobody there, its screen open. Prints
# name=value.
#
# TAPD and PI_WORLD are programs, BENCHMARKS is the folder, SECONDS_OF_IDLING what it says.
. "$BENCHMARKS/../Tests/Kernel/lib.sh"

mkdir -p /var/lib/tapd
cd /var/lib/tapd || exit
start world "$PI_WORLD" --valve 18 --sensor 23 --reset 25
world=$started
: >/tmp/tapd.log
"$TAPD" run >/tmp/tapd.log 2>&1 &
daemon=$!
until_true 60 grep -q 'the screen is at' /tmp/tapd.log || { cat /tmp/tapd.log >&2; exit 1; }
"$TAPD" keg mount Blonde --litres 30 --price 6.50 >/dev/null
curl -sN http://127.0.0.1:8090/events >/dev/null &
screen=$!
sleep 5
python3 "$BENCHMARKS/idle/watch.py" kernel "$SECONDS_OF_IDLING" $daemon
kill $screen
kill -TERM $daemon
wait $daemon 2>/dev/null
stop $world
