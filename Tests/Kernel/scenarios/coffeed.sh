# Sourced by the scenarios of the coffee machine, after lib.sh. COFFEED and PI_WORLD are the programs' paths.

relays=17,27,22,23 red=5 green=6
program=$COFFEED outputs=$relays up='the pages are at' module=coffeed
. "$(dirname "${BASH_SOURCE[0]}")/daemon.sh"

coffeed() { "$COFFEED" "$@"; }
start_world() { start world "$PI_WORLD" --relays $relays --reset 25; }

# What the scenarios ask of the command line, in one place.
add_user() { coffeed user add "$1" --user-name "$2" --name "$3"; }
bar_user() { coffeed user bar "$1"; }
unbar_user() { coffeed user unbar "$1"; }
set_up() { coffeed settings set "$@"; }
scan_mode() { coffeed scan-mode "$1"; }
make_invoice() { coffeed invoice create "$1" --json; }
make_batch() { coffeed invoice batch --json; }
list_users() { coffeed user list --json; }
list_usages() { coffeed usage --limit 10000 --json; }
list_invoices() { coffeed invoice list --json; }
# What a button at the machine is wired to: pressed, it pulls its line down.
drink_line=16
export COFFEED_PINS_BREW_SINGLE=$drink_line

usages=0
# is_logged WHAT [NUMBER]: so many usages more are in the books, and no others.
is_logged() {
  usages=$((usages + ${2:-1}))
  same "$1" $usages "$(in_books 'books::usages | length')"
}
nothing_is_logged() { is_logged "$1" 0; }

# lights NAME RED GREEN: the levels of their lines.
lights() { check "lights: $1" until_true 3 lights_are "$2$3"; }
lights_are() { [ "$(level $red)$(level $green)" = "$1" ]; }

# check_books: the journal adds up by itself, and the daemon's own lists say the same. The daemon may run.
check_books() {
  check_journal
  same "usages are numbered without a gap" true "$(in_books books::usages_numbered)"
  same "no presentation is logged twice" '[]' "$(in_books books::doubled)"
  same "nobody is billed in the time of an activation" '[]' "$(in_books books::billed_again)"
  same "nobody was let in without a right" '[]' "$(in_books books::let_in_wrongly)"
  same "no usage stands on two invoices" '[]' "$(in_books books::invoiced_twice)"
  same "each usage on an invoice is its user's" '[]' "$(in_books books::invoiced_wrongly)"
  same "the list of usages is that of the books" "$(in_books 'books::usages | map(.usage) | sort')" \
    "$(list_usages | jq -M -c 'map(.number) | sort')"
  same "the invoices on the list come to what the books say" "$(in_books books::total)" \
    "$(list_invoices | jq -M 'map(.total) | add // 0')"
}
