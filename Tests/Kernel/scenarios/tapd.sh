# Sourced by the scenarios of the tap, after lib.sh. TAPD and PI_WORLD are the programs' paths.

valve=18
export TAPD_PINS_VALVE=$valve
program=$TAPD outputs=$valve up='the screen is at' module=tapd
. "$(dirname "${BASH_SOURCE[0]}")/daemon.sh"

tapd() { "$TAPD" "$@"; }
start_world() { start world "$PI_WORLD" --valve $valve --sensor 23 --reset 25; }

# check_books: the journal adds up by itself, and the daemon's own figures are the same. The daemon may run.
check_books() {
  check_journal
  same "every pour was settled once" '[]' "$(in_books 'books::not_settled_once')"
  same "each card's balance is the sum of its entries" "$(in_books 'books::balances')" \
    "$(tapd card list --json | jq -M -c -S 'map_values(.balance)')"
}
