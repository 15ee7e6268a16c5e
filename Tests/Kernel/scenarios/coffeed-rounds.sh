# The kill rounds of the coffee machine: coffees, while users are added, prices changed and invoices made. Sourced by
# kill-rounds.sh.
#
# A daemon that comes back in the time of an activation goes on with it, so only some of the rounds log a coffee.

activation=6
tokens=(a0b2c3d4 a1b2c3d4 a2b2c3d4 a3b2c3d4 a4b2c3d4)
card=

prepare() {
  local token
  set_up --price 0.50 --activation-seconds $activation --cold-activation-seconds $activation >/dev/null
  for token in "${tokens[@]}"; do add_user "$token" "user_$token" "User $token" >/dev/null; done
  : >/tmp/openings
}

# Never the token of the round before: one that may have lain there all the time does not count.
begin() {
  card=${tokens[$1 % ${#tokens[@]}]}
  world place $card
}

# A card that came in the last moment of an activation is ignored: whoever sees the machine lock lays it on again.
is_served() {
  wait-level $relays 1 10000 >/dev/null || {
    world remove
    sleep 1
    world place $card
    wait-level $relays 1 10000 >/dev/null
  } || return
  date +%s%3N >>/tmp/openings
}

record() {
  local token invoice
  case $(($1 % 3)) in
    0)
      token=$(printf 'c0%06x' "$1")
      add_user "$token" "user_$token" "User $token" >/dev/null && echo "{\"user\": \"$token\"}"
      ;;
    1)
      # The price names the change.
      set_up --price "$((10 + $1 / 100)).$(printf %02d $(($1 % 100)))" >/dev/null &&
        echo "{\"price\": $((1000 + $1))}"
      ;;
    2) invoice=$(make_invoice "${tokens[RANDOM % ${#tokens[@]}]}") && jq -c '{invoice: .number}' <<<"$invoice" ;;
  esac
}

# Up to shortly before it locks; what is recorded then comes after that.
end() {
  world remove
  pause $((activation * 1000 - 1000))
}

tidy() { world remove; }

# acknowledged KIND ENTRIES: each of that kind is there once.
are_there() {
  local kind=$1 told recorded
  told=$(jq -M -c "map(.$kind // empty)" <<<"$acknowledged")
  recorded=$(in_books "$2")
  echo "# $kind: $(jq length <<<"$told") acknowledged, $(jq length <<<"$recorded") in the books"
  same "no acknowledged $kind is missing" '[]' "$(jq -M -c -n "$told - $recorded")"
  same "no $kind is there twice" '[]' "$(jq -M -c 'group_by(.) | map(select(length > 1)[0])' <<<"$recorded")"
}

judge() {
  local openings
  are_there user 'books::of("userAdded") | map(.token)'
  are_there price 'books::of("settingsChanged") | map(.pricePerCoffee // empty | select(. >= 1000))'
  are_there invoice 'books::invoices | map(.invoice)'
  openings=$(jq -M -c -s . /tmp/openings)
  echo "# unlocked $(jq length <<<"$openings") times, $(in_books 'books::unlocks | length') coffees in the books"
  check "coffees are in the books" test "$(in_books 'books::unlocks | length')" -gt $((rounds / 5))
  # In a few rounds there may be none.
  [ $rounds -lt 100 ] || check "some activations went on after a restart" \
    test "$(in_books 'books::unlocks | length')" -lt "$(jq length <<<"$openings")"
  same "nobody unlocked it without an entry" '[]' \
    "$(in_books "$openings - ($openings | books::covered($activation * 1000; $(in_books books::unlock_times)))")"
  make_batch >/dev/null
  same "all can be invoiced, once" '[[],[],[]]' \
    "$(in_books '[books::uninvoiced, books::invoiced_twice, books::invoiced_wrongly]')"
}
