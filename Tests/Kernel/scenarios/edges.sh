# Simulated edges arrive one by one: whatever the rate, seen plus missed is what was made.
. "$(dirname "$0")/../lib.sh"

# count EDGES RATE EXPECTED_SEEN [COUNTER_ARGUMENT...]
count() {
  local edges=$1 rate=$2 seen=$3 counter
  shift 3
  start counter count-edges "$GPIO_CHIP" 23 "$edges" "$@"
  counter=$started
  edges 23 "$edges" "$rate" >/tmp/edges
  wait "$counter"
  same "$edges edges, $rate a second, ${1:-16} places, ${2:-0} ms stall" \
    "seen=$seen missing=$((edges - seen))" "$(grep seen /tmp/counter.out)"
}

for rate in 100 1000 3000 6000; do
  count 1000 $rate 1000 1024
done
count 1000 1000 1000 1024 1500
# The default queue is 16 a line.
count 1000 1000 16 0 5000

finish
