# What follows from a tap's entries, added up without the daemon's code.
include "journal";

def begun: entries | map(select(.type == "pourAuthorised") | .pour);
def ended: map(select(.type == "pourSettled" or .type == "pourReleased") | .pour);

# The pours that were not ended exactly once, or ended and never authorised.
def not_settled_once:
  entries
  | (map(select(.type == "pourAuthorised") | .pour)) as $begun
  | ended as $ended
  | ($begun + $ended | unique) - ($ended | group_by(.) | map(select(length == 1)[0]))
    + ($ended - $begun);

# UID to balance: first payment, top-ups, less refunds and charges.
def balances:
  entries
  | (map(select(.type == "pourAuthorised") | {key: .pour, value: .card}) | from_entries) as $card
  | reduce .[] as $entry ({};
      if $entry.type == "cardAdded" then .[$entry.card] += $entry.amount
      elif $entry.type == "cardToppedUp" then .[$entry.card] += $entry.amount
      elif $entry.type == "cardRefunded" then .[$entry.card] -= $entry.amount
      elif $entry.type == "pourSettled" then .[$card[$entry.pour]] -= $entry.charge
      else . end)
  | to_entries | sort_by(.key) | from_entries;

def settled: entries | map(select(.type == "pourSettled"));
def charged: settled | map(.charge) | add // 0;
def of_nobody: entries | map(select(.type == "flowUnattributed") | .microlitres) | add // 0;
def microlitres: settled | map(.microlitres) | add // 0;

# The pours that were begun by a card.
def pours_of($uid): entries | map(select(.type == "pourAuthorised" and .card == $uid)) | length;

# Top-ups that are in the books more than once, told by their amounts.
def doubled: entries | map(select(.type == "cardToppedUp") | .amount) | group_by(.) | map(select(length > 1)[0]);
def topped_up: entries | map(select(.type == "cardToppedUp") | .amount);
