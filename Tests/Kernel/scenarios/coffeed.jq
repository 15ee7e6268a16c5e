# What follows from a coffee machine's entries, added up without the daemon's code.
include "journal";

def of($type): entries | map(select(.type == $type));
# Numbers written as the distance of each from the one before, a run of equal ones as 7x120.
def steps:
  reduce (split(" ")[] | select(. != "") | split("x")) as $run ({last: 0, all: []};
    reduce range($run[1] // "1" | tonumber) as $_ (.; .last += ($run[0] | tonumber) | .all += [.last]))
  | .all;
def more_than_once: group_by(.) | map(select(length > 1)[0]);

# Unlocked for a user, and further drinks that count by themselves: each is one usage.
def unlocks: of("usageLogged");
def usages: unlocks + of("drinkCharged");
def cancelled: of("usageCancelled") | map(.usage);
def usages_of($token): unlocks | map(select(.token == $token)) | length;
def drinks: of("drinkBrewed") | map(select(.usage) | {key: "\(.usage)", value: .drink}) | from_entries;

# Whether usages are numbered 1, 2, 3 and so on.
def usages_numbered: usages | map(.usage) == [range(1; length + 1)];
# Unlocked twice for one presentation.
def doubled: unlocks | map(.activation) | more_than_once;
# Usages that began in the time that another one of that boot had paid for.
def billed_again:
  unlocks | map({boot: .at.boot, at: (.at.instant.nanoseconds / 1e6), milliseconds, usage})
  | group_by(.boot)
  | map(sort_by(.at) | [.[:-1], .[1:]] | transpose | map(select(.[1].at < .[0].at + .[0].milliseconds)[1].usage))
  | add // [];
# Usages of those that were barred, inactive or erased when they were let in.
def let_in_wrongly:
  reduce entries[] as $entry ({users: {}, wrong: []};
    "\($entry.user)" as $user
    | if $entry.type == "userAdded" then .users[$user] = ($entry | {active, barred})
      elif $entry.type == "tokenEnrolled" then .users[$user] = {active: false, barred: true}
      elif $entry.type == "userErased" then .users[$user] = {active: false, barred: true}
      elif $entry.type == "userChanged" then
        .users[$user] += ($entry | {active, barred} | with_entries(select(.value != null)))
      elif $entry.type == "usageLogged" and .users[$user] != {active: true, barred: false} then
        .wrong += [$entry.usage]
      else . end)
  | .wrong;

def invoices:
  of("invoiceCreated") | map({invoice, user, price, items: (.items | steps), batch});
def invoiced: invoices | map(.items[]);
def invoiced_twice: invoiced | more_than_once;
# What stands on somebody else's invoice, is cancelled, or was never logged.
def invoiced_wrongly:
  (usages | map({key: "\(.usage)", value: .user}) | from_entries) as $user
  | cancelled as $cancelled
  | [invoices[] | .user as $owner | .items[]
     | select($user["\(.)"] != $owner or (. as $usage | $cancelled | index($usage)))];
def uninvoiced: (usages | map(.usage)) - cancelled - invoiced;
# What all invoices come to, in minor units.
def total: invoices | map(.price * (.items | length)) | add // 0;

# When somebody was let in: milliseconds since 1970 by the wall clock.
def unlock_times:
  map(select(.entry.type? == "usageLogged") | .at
      | (.[:19] + "Z" | fromdate) * 1000 + (.[20:23] | tonumber));
# Those of the moments that lie in the time after one of those unlocks; what looks at a line is a little late.
def covered($milliseconds; $unlocks):
  map(select(. as $moment | any($unlocks[]; . <= $moment and $moment <= . + $milliseconds + 1000)));
