# A day at the office with the real daemon on the kernel's lines and spidev: coffees, refusals, the lock-out, the
# master token, scan mode, a hung reader, a full disk, and every way for the daemon to die while unlocked.
#
# COFFEED and PI_WORLD are the programs' paths, LIBGPIOD is the generation that coffeed should be using.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/coffeed.sh"

anna=a1b2c3d4
seven=04a1b2c3d4e5f6
# The predecessor's 10 digits of the card b1c2d3e4: with the check byte.
legacy=b1c2d3e444 legacy_card=b1c2d3e4
barred=c1b2c3d4
newcomer=d1b2c3d4
master=e1b2c3d4
export MASTER_TOKEN_ID=$master

# Seconds: of a warm machine, of a cold one, of a lock-out.
warm=4 cold=8 lock_out=20

# run_empty: and until a card that is laid on now cannot be one that was left there.
run_empty() {
  run
  sleep 2
}
# take_away: and until its absence was noticed.
take_away() {
  world remove
  sleep 1
}
now() { date +%s%3N; }
# unlocks_with CARD [WHAT]: the relays went on between $laid_at and $unlocked_at then.
unlocks_with() {
  local took
  laid_at=$(now)
  if took=$(world present "$1" 5000 2>&1); then
    unlocked_at=$(now)
    echo "ok - ${2:-card $1 unlocks} ($((took / 1000)) ms)"
  else
    same "${2:-card $1 unlocks}" "within 5000 ms" "$took"
  fi
}
# locks_after SECONDS: from when it was unlocked.
locks_after() {
  local locked_at
  wait-level $relays 0 $(($1 * 1000 + 3000)) >/dev/null
  locked_at=$(now)
  check "it locks after $1 s ($((locked_at - unlocked_at)) ms)" \
    test $((locked_at - laid_at)) -ge $(($1 * 1000)) -a $((locked_at - unlocked_at)) -le $(($1 * 1000 + 1500))
}
locked() { within "${1:-it locks}" 0 $((cold * 1000 + 2000)); }
refused() {
  world place "$1"
  stays "$2: the relays do not move" 0 1200
  take_away
}
coffee() {
  unlocks_with "$@"
  is_logged "one coffee is in the books"
  take_away
  locked
}
# invalid COUNT: so many unknown cards, one after the other.
stranger=0
invalid() {
  local number
  for ((number = 0; number < $1; number++)); do
    world place "$(printf '5e%06x' $((++stranger)))"
    sleep 0.5
    take_away
  done
}

start_world

echo "# Before the day"
finds() { ! coffeed doctor >/tmp/doctor && grep "FAIL.*$1" /tmp/doctor | grep -q "$2"; }
check_doctor "board|password|price"

# The answers: close it, it clicked, it is off now.
check "coffeed doctor --click ends well" \
  bash -c 'printf "y\ny\nn\n%.0s" 1 2 3 4 | "$COFFEED" doctor --click >/tmp/clicks 2>&1'
# One opens just before the next one closes: whether pi-world sees none closed in between is a matter of luck.
same "it closes each relay, alone" "1000 0100 0010 0001" "$(value switched | tr ' ' '\n' | grep -vx 0000 | xargs)"
all_are_open() { [ "$(value relays)" = 0000 ]; }
check "and opens the last one" until_true 2 all_are_open
same "and says what it was told" 4 "$(grep -c "clicks, and is off now" /tmp/clicks)"
[ $failures -eq 0 ] || cat /tmp/clicks

# From here on a disk that can be filled.
cd /
mount -t tmpfs -o size=8m,mode=750 tmpfs "$books" && cd "$books" || exit

set_up --price 0.50 --activation-seconds $warm --cold-activation-seconds $cold --lock-out-seconds $lock_out >/dev/null
add_user $anna anna "Anna Müller" >/dev/null
add_user $seven seven "Beat Keller" >/dev/null
add_user $legacy legacy "Chiara Rossi" >/dev/null
add_user $barred barred "David Favre" >/dev/null
bar_user $barred >/dev/null
# Not the one that the environment names: what that card does below proves which of them counts.
set_up --master-token $seven >/dev/null

set_line 27 1 &
holder=$!
check "a stranger holds one relay's line" until_true 5 at_level 27 1
check "coffeed doctor names it" finds GPIO27 gpioset
launch
check "coffeed run names it" until_true 60 logged 'held by "gpioset"'
world place $anna
sleep 1
world remove
# The daemon tries the lines again and again; what came meanwhile it takes in between two tries.
sleep 4
nothing_is_logged "nobody is charged then"
stop $holder
within "the stranger is gone: the daemon makes the lines safe" 0 5000
check "and runs" until_true 60 runs_by_now
lights ready 1 0

echo "# Coffees"
unlocks_with $anna
is_logged "the coffee is in the books when the relays close"
locks_after $cold
lights ready 1 0
stays "a card left on the reader counts once" 0 3000
nothing_is_logged "and is charged once"
take_away
unlocks_with $anna
lights active 0 1
world place $seven
locks_after $warm
is_logged "another card in its time is ignored"
stays "and unlocks nothing by lying there" 0 1500
nothing_is_logged "nor is it charged"
take_away
coffee $seven "a card of 7 bytes unlocks"
coffee $legacy_card "a card known by the predecessor's 10 digits unlocks"
same "each is charged to its own" '[2,1,1]' \
  "$(in_books "[books::usages_of(\"$anna\"), books::usages_of(\"$seven\"), books::usages_of(\"$legacy_card\")]")"

echo "# The lock-out"
invalid 10
coffee $anna "after ten invalid cards a known one still unlocks"
began=$(now)
invalid 1
lights "locked out" 0 0
refused $anna "the eleventh locks everybody out"
kill_daemon
run
refused $anna "after a restart too"
until_true $((lock_out + 5)) lights_are 10
took=$(($(now) - began))
check "it ends by itself after $lock_out s ($took ms)" \
  test $took -ge $((lock_out * 1000)) -a $took -le $((lock_out * 1000 + 4000))
nothing_is_logged "nobody was charged"
coffee $anna "then a known card unlocks"

world place 5effffff
sleep 9
take_away
coffee $anna "an unknown card left on the reader counts once"

invalid 11
lights "locked out again" 0 0
unlocks_with $master "the master token ends a lock-out"
take_away
lights master 1 1
world place $master
within "shown again, it locks" 0 2000
take_away
coffee $anna "and the lock-out is over"

echo "# The master token"
unlocks_with $anna
take_away
world place $master
sleep 1
lights "the master token while unlocked" 1 1
is_logged "one coffee is in the books"
take_away
stays "always on, past the user's time" 1 $((warm * 1000 + 1500))
world place $seven
sleep 1
take_away
nothing_is_logged "nobody is charged meanwhile"
world place $master
within "shown again, it locks" 0 2000
take_away
world place $master
within "and once more, it is on" 1 2000
within "killed: the lines are safe" 0 200 9 $daemon
reap
run
within "it is always on after a restart" 1 5000
stays "though the master token lies there still" 1 3000
take_away
world place $master
within "until it is shown again" 0 2000
take_away
same "each time is in the books" '[true,false,true,false,true,false]' \
  "$(in_books 'books::of("masterSet") | map(.on)')"

echo "# Users"
refused $barred "barred"
bar_user $anna >/dev/null
refused $anna "barred while the daemon runs"
unbar_user $anna >/dev/null
coffee $anna "let in again, the same card unlocks"
scan_mode on >/dev/null
refused $newcomer "scan mode: an unknown card unlocks nothing"
same "it is a pending user" '[false,true]' \
  "$(list_users | jq -M -c ".[] | select(.token == \"$newcomer\") | [.active, .barred]")"
coffee $seven "a known card unlocks in scan mode too"
scan_mode off >/dev/null
refused $newcomer "a pending user"
add_user $newcomer new "Elif Favre" >/dev/null
coffee $newcomer "with a name it unlocks"

echo "# A hung reader"
world hang
check "the daemon cures it by the reset line" until_true 30 fault_is none
coffee $anna "then a card unlocks"
unlocks_with $anna
is_logged "one coffee is in the books"
world freeze
locked "one that hangs meanwhile: it locks in time"
check "and is cured too" until_true 30 fault_is none
take_away
coffee $anna "then a card unlocks"

echo "# A full disk"
dd if=/dev/zero of="$books/filler" bs=4k 2>/dev/null
# There is room yet in the last page of the journal, for entries that are a little smaller than that of a coffee.
number=100
while set_up --invoice-subject "$(printf %080d $((++number)))" >/dev/null 2>&1; do :; done
refused $anna "what cannot be recorded does not unlock"
rm "$books/filler"
sleep 3
coffee $anna "with room again, it does"

echo "# The daemon dies while unlocked"
set_up --activation-seconds 15 >/dev/null
unlocks_with $anna
sleep 1
within "killed: the lines are safe" 0 200 9 $daemon
reap
lights "none without a daemon" 0 0
run
lights active 0 1
within "in the time that is left it goes on after a restart" 1 5000
is_logged "without a second bill"
locks_after 15
take_away
set_up --activation-seconds $warm >/dev/null

unlocks_with $anna
within "killed: the lines are safe" 0 200 9 $daemon
reap
is_logged "one coffee is in the books"
sleep $((warm + 1))
run
stays "a card that lies there when its time is over does not count again" 0 4000
nothing_is_logged "nor is it charged"
take_away

unlocks_with $anna
within "stopped: the lines are safe" 0 1500 19 $daemon
sleep 1
kill -CONT $daemon
check "it notices" until_true 10 logged 'did not renew its lease'
take_away
sleep $warm
within "it is locked when its time is over" 0 1000
is_logged "one coffee is in the books"

unlocks_with $anna
take_away
guard=$(guard_of $daemon 17)
within "its guard killed: the daemon starts another, which makes the lines safe" 0 3000 9 "$guard"
check "another guard" until_true 5 eval '[ "$(guard_of $daemon 17)" != "$guard" ]'
sleep $warm
within "it is locked when its time is over" 0 1000
is_logged "one coffee is in the books"
coffee $anna "the next coffee is like any other"

lights ready 1 0
kill -KILL "$(guard_of $daemon $red)"
check "the guard of the lights killed: they have another one" until_true 10 eval '[ -n "$(guard_of $daemon $red)" ]'
lights ready 1 0

unlocks_with $anna
guard=$(guard_of $daemon 17)
# Stopped first, so that it does not see its daemon die.
kill -STOP "$guard"
kill_daemon "$guard"
sleep 0.5
same "with both killed at once the lines keep their level" 1111 "$(levels)"
check "coffeed safe runs" coffeed safe
same "and makes them safe" 0000 "$(levels)"
is_logged "one coffee is in the books"
world remove
sleep $warm
run_empty

unlocks_with $anna
kill -TERM $daemon
within "told to end while unlocked: it locks" 0 1000
ends_cleanly
is_logged "one coffee is in the books"
lights "none without a daemon" 0 0
world remove
sleep $warm

echo "# What was brewed"
run_empty
set_up --charges-drinks true >/dev/null
press() {
  pull $drink_line down
  sleep 0.3
  pull $drink_line up
  sleep 0.3
}
pull $drink_line up
unlocks_with $anna
is_logged "one coffee is in the books"
take_away
locked
sleep 3
same "unlocked without a brew: taken back" "[$usages]" "$(in_books books::cancelled)"
unlocks_with $anna
press
is_logged "one coffee is in the books"
take_away
locked
sleep 3
same "brewed: it stays, with its drink" "[[$((usages - 1))],\"single\"]" \
  "$(in_books "[books::cancelled, books::drinks[\"$usages\"]]")"
unlocks_with $anna
press
press
take_away
locked
is_logged "brewed twice: two usages" 2
set_up --charges-drinks false >/dev/null

echo "# Invoices"
make_invoice $seven >/dev/null
set_up --price 0.80 >/dev/null
make_batch >/dev/null
same "nothing is left to be invoiced" '[]' "$(in_books books::uninvoiced)"
same "each at the price of its day" '[50,80]' "$(in_books 'books::invoices | map(.price) | unique')"
check "there is nothing for a second one" bash -c "! '$COFFEED' invoice create $seven"

echo "# The books"
check_books
unlocked=$(value unlocked)
echo "# $usages usages; the relays were switched on $unlocked times"
kill -TERM $daemon
ends_cleanly

keep_books
show_logs
finish
