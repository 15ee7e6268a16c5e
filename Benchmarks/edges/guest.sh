# Runs inside the test kernel: a square wave of exactly so many edges, faster and faster, and who counts them all.
# Prints name=value: the highest rate, in pulses a second, at which nothing was lost in any repetition.
#
# COUNT_PULSES is the program, GPIOMON2 the environment of libgpiod 2.x or empty, BENCHMARKS the folder.
. "$BENCHMARKS/../Tests/Kernel/lib.sh"

line=23
repetitions=5
rates="100 200 500 1000 2000 3000 4000 6000 8000 12000 16000 24000 32000"

ours() { "$COUNT_PULSES" $line "$1" >/tmp/counted 2>&1; }
gpiomon1() { gpiomon --format=%o "${GPIO_CHIP#/dev/}" $line >/tmp/counted 2>&1; }
gpiomon2() { (. "$GPIOMON2" && exec gpiomon -c "$GPIO_CHIP" --format=%o $line) >/tmp/counted 2>&1; }
seen_ours() { sed -n 's/^total=\([0-9]*\).*/\1/p' /tmp/counted; }
seen_gpiomon1() { grep -c "^$line$" /tmp/counted; }
seen_gpiomon2() { grep -c "^$line$" /tmp/counted; }

# requested: the line has a holder.
requested() { [ -n "$(gpioinfo "${GPIO_CHIP#/dev/}" | awk -v line="$line:" '$2 == line && /\[used\]/')" ]; }

# count NAME EDGES RATE [stalled]: how many were counted; the true rate is in /tmp/edges.
count() {
  local shell processes
  $1 "$2" &
  shell=$!
  until_true 10 requested || return
  # The shell that runs the function, and the program.
  processes="$shell $(pgrep -P $shell)"
  [ -z "${4:-}" ] || kill -STOP $processes
  edges $line "$2" "$3" >/tmp/edges
  if [ -n "${4:-}" ]; then
    sleep 0.5
    kill -CONT $processes
  fi
  sleep 0.5
  # gpiomon never ends by itself; ours does, when it has waited in vain.
  [ "$1" = ours ] || kill -TERM ${processes#* }
  wait $shell 2>/dev/null
  "seen_$1"
}

# Those that have lost none up to now, and the best rate of each. They take turns in random order, so that a busy
# machine is busy for all; a rate that was counted without loss is the median of those that the source really reached.
names="ours gpiomon1 ${GPIOMON2:+gpiomon2}"
left=$names
declare -A best
for rate in $rates; do
  # Two seconds of it, and more than any queue holds.
  edges=$((rate < 2000 ? 2 * rate : 4000))
  rm -f /tmp/real.*
  for ((repetition = 0; repetition < repetitions; repetition++)); do
    for name in $(shuf -e $left); do
      seen=$(count $name $edges "$rate")
      real=$(awk -F'[= ]' '{ printf "%d", $2 / $4 }' /tmp/edges)
      echo "# $name: $seen of $edges edges at $real a second ($rate asked for)" >&2
      if [ "$seen" = $edges ]; then
        echo "$real" >>/tmp/real.$name
      else
        left=$(tr ' ' '\n' <<<"$left" | grep -vx "$name" | xargs)
      fi
    done
  done
  for name in $left; do
    real=$(sort -n /tmp/real.$name | sed -n "$(((repetitions + 1) / 2))p")
    [ "$real" -le "${best[$name]:-0}" ] || best[$name]=$real
  done
  # The source itself is at its end.
  [ -n "$left" ] && [ $((real * 2)) -gt "$rate" ] || break
done
for name in $names; do
  echo "${name}Rate=${best[$name]:-0}"
  [[ " $left " = *" $name "* ]] && echo "${name}RateIsSource=1" || echo "${name}RateIsSource=0"
  echo "${name}Stalled=$(count $name 3000 3000 stalled)"
done
