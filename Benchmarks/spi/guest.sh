# Runs inside the test kernel: both drivers on one virtual chip. The kernel's own counter of the SPI device tells the
# messages (an ioctl each), the chip's side of the bus the bytes. Prints name=value.
#
# POLL_CARDS, PI_WORLD and PYTHON are programs, BENCHMARKS is the folder, SECONDS_OF_POLLING what it says.
. "$BENCHMARKS/../Tests/Kernel/lib.sh"
export PYTHONPATH=$BENCHMARKS/spi/stand-in PYTHONDONTWRITEBYTECODE=1

statistics=/sys/bus/spi/devices/spi0.0/statistics
[ -e $statistics/spi_sync ] || { echo "no $statistics" >&2; exit 1; }
start world "$PI_WORLD" --no-reset

ours() { "$POLL_CARDS" "$@"; }
theirs() { "$PYTHON" "$BENCHMARKS/spi/poll_mfrc522.py" "$@"; }

# cards NAME OUTCOME COMMAND: lays cards on and takes them away while the command polls. Its polls with that outcome
# are the ones that read a card.
cards() {
  local name=$1 outcome=$2 command=$3 uid
  for uid in a1b2c3d4 04a1b2c3d4e5f6; do
    $command 14 $statistics >/tmp/polls &
    sleep 3
    for _ in 1 2 3 4 5; do
      world place $uid
      sleep 1
      world remove
      sleep 1
    done
    wait $!
    middle "${name}Uid$((${#uid} / 2))" "$outcome"
  done
  middle "${name}Empty" empty
}

# middle NAME OUTCOME: the median of messages and of bytes.
middle() {
  local column
  for column in 2:Messages 3:Bytes; do
    printf '%s%s=' "$1" "${column#*:}"
    awk -v outcome="$2" -v column="${column%:*}" '$1 == outcome { print $column }' /tmp/polls | sort -n |
      awk '{ value[NR] = $1 } END { print NR ? value[int((NR + 1) / 2)] : "none" }'
  done
}

cards ours appeared ours
cards theirs uid theirs
for name in ours theirs; do
  $name "$SECONDS_OF_POLLING" | sed -n "s/^polls=\(.*\) processor=\(.*\)/${name}Polls=\1\n${name}Processor=\2/p"
done
stop $started
