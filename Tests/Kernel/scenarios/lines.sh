# Lines are set, read and watched by libgpiod's own tools, whichever version is first in PATH; an output
# outlives its holder as it does on the board.
. "$(dirname "$0")/../lib.sh"

held_by() { gpioinfo | grep -A30 "^${GPIO_CHIP#/dev/} " | grep -E "line +$1:" | grep -q "$2"; }
refused() { ! (read_line "$1"); }

same "chip 0 is not the header's" raspberrypi-exp-gpio "$(gpiodetect | sed -n 's/^gpiochip0 \[\(.*\)\].*/\1/p')"
same "the header's chip has its label" "$GPIO_LABEL" "$(gpiodetect | sed -n 's/^gpiochip1 \[\(.*\)\].*/\1/p')"
check "the kernel holds GPIO 8 for SPI" held_by 8 "spi0 CS0"
check "and nobody else gets it" refused 8

pull 22 up
same "an input reads the pull: up" 1 "$(read_line 22)"
pull 22 down
same "an input reads the pull: down" 0 "$(read_line 22)"

set_line 17 1 &
holder=$!
check "an output drives its line" until_true 5 at_level 17 1
pull 17 up
pull 17 down
same "no pull moves a driven line" 1 "$(level 17)"
stop $holder
if [ "$(cat /sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs)" = Y ]; then
  same "an output keeps its level after SIGKILL of its holder" 1 "$(level 17)"
  pull 17 up
  pull 17 down
  same "and is driven still: no pull moves it" 1 "$(level 17)"
  same "requested as an input, it follows its pull" 0 "$(read_line 17)"
else
  same "an output falls back to its pull after SIGKILL of its holder" 0 "$(level 17)"
fi

watch_line 23 10 >/tmp/events &
watcher=$!
check "a line is watched" until_true 5 held_by 23 gpiomon
edges 23 10 100 >/tmp/edges
until_true 3 test ! -d /proc/$watcher/fd || stop $watcher
same "and the watcher sees 10 edges" 10 "$(grep -ciE 'rising|falling' /tmp/events)"

finish
