# The wall clock is set ahead and back while a daemon serves, and while it rests: clock.sh DAEMON
#
# A Pi has no battery clock: its date jumps when the network comes up, and somebody may set it. Nothing that happens at
# the lines may depend on it.
#
# TAPD or COFFEED, and PI_WORLD, are the programs' paths.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/$1.sh"

# Ten years ahead first: it would end whatever waits too long since it was set back.
jumps='315576000 -0.5 -2 -60 -3600'
# set_clock SECONDS: sets the wall clock by so many, and shows that it went there, measured by the time since boot. A busy
# host makes it a little less.
set_clock() {
  local before after
  before=$(wall_offset)
  date -s "@$(jq -n "$EPOCHREALTIME + ($1)")" >/dev/null
  after=$(wall_offset)
  same "the clock is set by $1 s" true "$(jq -n "$after - $before - ($1) | -5 < . and . < 0.2")"
}
wall_offset() {
  local up
  read -r up _ </proc/uptime
  jq -n "$EPOCHREALTIME - $up"
}

on_tapd() {
  local card=a1b2c3d4 ran charged jump
  export TAPD_POUR_NO_FLOW_MILLISECONDS=20000 TAPD_POUR_LEAK_MILLILITRES=20
  start_world
  tapd keg mount Blonde --litres 30 --price 6.50 >/dev/null
  tapd card add $card --balance 30.00 >/dev/null
  run

  world place $card
  within "a card opens the valve" 1 5000
  world lever 0.3
  for jump in $jumps; do
    set_clock "$jump"
    stays "set by $jump s in mid-pour, the valve stays open" 1 1500
  done
  world remove
  within "taken away, the valve closes" 0 2500
  world lever 0
  settled() { [ "$(in_books 'books::settled | length')" = 1 ]; }
  check "it is settled" until_true 30 settled
  same "by the card's removal" '["cardRemoved"]' "$(in_books 'books::settled | map(.reason)')"
  ran=$(value poured) charged=$(in_books books::microlitres)
  check "$charged µl are in the books, $ran µl ran" test $((charged - ran)) -le 2223 -a $((ran - charged)) -le 2223

  for jump in $jumps; do set_clock "$jump"; done
  leak_is_noticed() { logged 'look for a leak'; }
  world leak 30000
  check "set at rest, it notices a leak" until_true 10 leak_is_noticed
  world leak 0
}

on_coffeed() {
  local card=a1b2c3d4 seconds=60 longest jump
  start_world
  set_up --activation-seconds $seconds --cold-activation-seconds $seconds >/dev/null
  add_user $card anna "Anna Müller" >/dev/null
  run

  lights ready 1 0
  for jump in $jumps; do
    set_clock "$jump"
    same "set by $jump s at rest, the light stays on" on "$(wait-level $red 0 1500 >/dev/null && echo off || echo on)"
  done

  # Whatever lay there before the start would not count.
  world present $card 5000 >/dev/null
  for jump in $jumps; do
    set_clock "$jump"
    stays "set by $jump s while unlocked, it stays unlocked" 1 1500
  done
  within "it locks when the time is over" 0 $((seconds * 1000))
  longest=$(value longest)
  check "after $seconds s ($longest ms)" \
    test "$longest" -gt $((seconds * 1000 - 500)) -a "$longest" -lt $((seconds * 1000 + 2000))
  is_logged "one coffee is in the books"
  world remove
}

"on_$name"
same "no guard had to act" 0 "$(grep -c 'did not renew its lease' "$log")"
check_books
kill -TERM $daemon
ends_cleanly
show_logs
finish
