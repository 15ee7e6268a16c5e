# The kill rounds of the tap: a pouring evening in which money is put on the card. Sourced by kill-rounds.sh.

card=04a1b2c3d4e5f6

prepare() {
  tapd keg mount Blonde --litres 1000 --price 6.50 >/dev/null
  tapd card add $card --balance 500.00 >/dev/null
}

begin() {
  world lever 1
  world place $card
}

is_served() { wait-level $valve 1 15000 >/dev/null; }

# The amount names the top-up.
record() {
  local amount=$((10000 + $1))
  tapd card top-up $card "$((amount / 100)).$(printf %02d $((amount % 100)))" >/tmp/top-up && echo $amount
}

# In closing, settling or recording: the card's absence is noticed in about 1.3 s.
end() {
  world remove
  pause 1200
}

tidy() {
  world lever 0
  world remove
}

judge() {
  local recorded settled cut begun missing
  recorded=$(in_books 'books::topped_up | sort')
  echo "# top-ups: $(jq length <<<"$acknowledged") acknowledged, $(jq length <<<"$recorded") in the books"
  same "no acknowledged top-up is missing" '[]' "$(jq -M -c -n "$acknowledged - $recorded")"
  same "none is there twice" '[]' "$(in_books books::doubled)"
  settled=$(in_books 'books::settled | length')
  cut=$(in_books 'books::settled | map(select(.reason == "powerCut")) | length')
  echo "# $settled pours settled, $cut of them after a kill"
  check "pours were cut off" test "$cut" -gt 0
  begun=$(in_books 'books::begun | length')
  check "each opening of the valve has its authorisation ($opened, $begun)" test "$begun" -ge "$opened"
  # What a kill costs: what ran since the last mark, 25 ml at most and seldom that, and until the flow has ended.
  missing=$(($(value poured) - $(in_books 'books::microlitres + books::of_nobody')))
  check "$missing µl are missing, at most 25 ml for each pour" test $missing -le $((opened * 25000))
  check "no more is in the books than ran" \
    test "$(in_books books::microlitres)" -le $(($(value poured) + settled * 2223))
}
