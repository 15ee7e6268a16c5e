# Sets up what a Raspberry Pi has, runs the command, reports its exit code and powers off.
#
# The command finds: proc, sysfs, configfs, cgroups, devtmpfs, devpts; empty /run and /dev/shm; the
# loopback interface up; /dev/spidev0.0 and /dev/spidev0.1; and two GPIO chips, the header's being the
# second, so that a program that trusts chip numbers fails here.
#
#   SIM_GPIO      sysfs directory of the header's chip: sim_gpioN/pull and sim_gpioN/value
#   GPIO_CHIP     its device, /dev/gpiochipN
#   KERNEL_TOOLS  directory of the compiled tools

set -e

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mount -t configfs configfs /sys/kernel/config
mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || true
ln -sfn /proc/self/fd /dev/fd
ln -sfn /proc/self/fd/0 /dev/stdin
ln -sfn /proc/self/fd/1 /dev/stdout
ln -sfn /proc/self/fd/2 /dev/stderr
hostname raspberrypi
stty -F /dev/tty0 raw -echo
stty -F /dev/tty1 raw -echo

# The caller's environment, working directory and command, which becomes "$@".
. "$CONTROL/command"
unset TMPDIR
"$KERNEL_TOOLS/loopback-up"
if [ -n "$EXCHANGE" ]; then
  mount -t hostfs -o "$EXCHANGE" none "$EXCHANGE"
fi

config=/sys/kernel/config/gpio-sim
# A Pi 4's second chip: first here, to hold number 0.
mkdir -p $config/other/bank0
echo 8 >$config/other/bank0/num_lines
echo raspberrypi-exp-gpio >$config/other/bank0/label
echo 1 >$config/other/live

header=$config/header/bank0
mkdir -p $header
echo "$GPIO_LINES" >$header/num_lines
echo "$GPIO_LABEL" >$header/label
mkdir $(seq -f "$header/line%g" 0 $((GPIO_LINES - 1)))
for line in $(seq 0 27); do
  echo "GPIO$line" >"$header/line$line/name"
done
# The kernel's own hold on the SPI chip selects.
mkdir $header/line7/hog $header/line8/hog
echo "spi0 CS1" >$header/line7/hog/name
echo "spi0 CS0" >$header/line8/hog/name
echo output-high | tee $header/line7/hog/direction >$header/line8/hog/direction
echo 1 >$config/header/live

read -r chip <$header/chip_name
read -r device <$config/header/dev_name
export GPIO_CHIP=/dev/$chip
export SIM_GPIO=/sys/devices/platform/$device/$chip

set +e
"$@" </dev/null >/dev/tty0 2>/dev/tty1
status=$?

# Both terminals drained, the exit code on the host's disk, then off.
stty -F /dev/tty0 raw
stty -F /dev/tty1 raw
[ -z "$EXCHANGE" ] || { cd / && umount "$EXCHANGE"; } 2>/dev/null || true
echo $status >"$CONTROL/exit-code"
sync
echo o >/proc/sysrq-trigger
while :; do sleep 1; done
