# Sourced by scenarios inside the test kernel: the outer side of the lines, and checks.
#
# A scenario prints a line "ok - what" or "not ok - what" for each check and ends with `finish`.

PATH=$KERNEL_TOOLS:$PATH
failures=0

# pull LINE up|down: what is wired to the header pulls the line there.
pull() { echo "pull-$2" >"$SIM_GPIO/sim_gpio$1/pull"; }

# level LINE: the level on the header's pin, 0 or 1.
level() { cat "$SIM_GPIO/sim_gpio$1/value"; }
at_level() { [ "$(level "$1")" = "$2" ]; }

# check WHAT COMMAND...: passes if the command succeeds. Its output is shown if it does not.
check() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "ok - $what"
  else
    echo "not ok - $what: exit code $?: $*"
    [ -z "$output" ] || sed 's/^/    /' <<<"$output"
    failures=$((failures + 1))
  fi
}

# same WHAT EXPECTED ACTUAL
same() {
  if [ "$2" = "$3" ]; then
    echo "ok - $1"
  else
    echo "not ok - $1: expected '$2', is '$3'"
    failures=$((failures + 1))
  fi
}

# until_true SECONDS COMMAND...: waits for a condition, and fails if it does not come.
until_true() {
  local deadline=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.01
  done
}

# start NAME COMMAND...: runs it in the background, its output in /tmp/NAME.out; waits for its line "ready".
# Its process id is then in $started.
start() {
  local name=$1
  shift
  : >"/tmp/$name.out"
  "$@" >"/tmp/$name.out" 2>&1 &
  started=$!
  until_true 5 grep -q ready "/tmp/$name.out"
}

# stop PROCESS: kills a background process and waits for its end.
stop() {
  kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  return 0
}

# libgpiod's own tools, whichever version is first in PATH. The last two become them.
if [[ $(gpiodetect --version) = *" v1."* ]]; then
  read_line() { gpioget "$GPIO_CHIP" "$1"; }
  set_line() { exec gpioset --mode=signal "$GPIO_CHIP" "$1=$2"; }
  watch_line() { exec gpiomon --num-events="$2" "$GPIO_CHIP" "$1"; }
else
  read_line() { gpioget --numeric --chip "$GPIO_CHIP" "$1"; }
  set_line() { exec gpioset --chip "$GPIO_CHIP" "$1=$2"; }
  watch_line() { exec gpiomon --num-events "$2" --chip "$GPIO_CHIP" "$1"; }
fi

finish() { exit $((failures > 0)); }
