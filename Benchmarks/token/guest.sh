# Runs inside the test kernel: coffeed on the kernel's lines and spidev; a card is laid on the reader again and again,
# and pi-world measures how long it takes until all four relays are on. Prints name=value, in milliseconds.
#
# COFFEED and PI_WORLD are programs, BENCHMARKS is the folder, PRESENTATIONS what it says.
. "$BENCHMARKS/../Tests/Kernel/lib.sh"
. "$BENCHMARKS/../Tests/Kernel/scenarios/coffeed.sh" >/dev/null

start_world
set_up --activation-seconds 1 --cold-activation-seconds 1 >/dev/null
add_user a1b2c3d4 anna Anna >/dev/null
add_user 04a1b2c3d4e5f6 beat Beat >/dev/null
launch
until_true 60 runs_by_now || { cat "$log" >&2; exit 1; }
# The guards of relays and LEDs are processes of their own, and start slowly here: the light says when all is up.
until_true 10 lights_are 10 || { cat "$log" >&2; exit 1; }
for ((number = 0; number < PRESENTATIONS; number++)); do
  card=a1b2c3d4
  [ $((number % 2)) = 0 ] || card=04a1b2c3d4e5f6
  # At any moment of the reader's polling.
  sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
  world present $card 5000 || exit 1
  world remove
  wait-level $relays 0 5000 >/dev/null || exit 1
  # Until its absence was noticed.
  sleep 1.2
done >/tmp/microseconds
kill -TERM $daemon
reap

sort -n /tmp/microseconds | awk '
  { value[NR] = $1 / 1000 }
  function portion(share) { index_ = int(share * NR); return value[index_ < share * NR ? index_ + 1 : index_] }
  END {
    if (NR == 0) exit 1
    print "kernelTokenP50=" portion(0.5)
    print "kernelTokenP99=" portion(0.99)
    print "kernelTokenMost=" value[NR]
  }'
same "usages" "$PRESENTATIONS" "$(in_books 'books::usages | length')" >&2
exit $failures
