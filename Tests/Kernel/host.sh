# Sourced by the scripts that boot scenarios and count their checks.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
boot=$here/boot.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# tally FILE: shows and counts the checks in a scenario's output.
tally() {
  sed 's/^/  /' "$1"
  passed=$((passed + $(grep -c '^ok - ' "$1")))
  failed=$((failed + $(grep -c '^not ok - ' "$1")))
}

# same WHAT EXPECTED ACTUAL
same() {
  if [ "$2" = "$3" ]; then
    echo "ok - $1"
  else
    echo "not ok - $1: expected '$2', is '$3'"
  fi >"$work/check"
  tally "$work/check"
}

# judge TITLE FILE STATUS: a scenario with that output and exit code is one more failure if it broke off without
# having failed a check.
judge() {
  local before=$failed
  tally "$2"
  if [ "$3" -ne 0 ] && [ $failed -eq $before ]; then
    same "$1: runs to its end" 0 "$3"
  fi
}

# scenario TITLE BOOT_ARGUMENT...: boots it and counts its checks.
scenario() {
  local title=$1 status=0
  shift
  echo "$title"
  "$boot" "$@" >"$work/output" 2>&1 || status=$?
  judge "$title" "$work/output" $status
}

# How many kernels may run at once: one a processor, for more would wait for each other and be late at everything.
kernels=$(nproc)
[ "$kernels" -le 4 ] || kernels=4

# start_scenario TITLE BOOT_ARGUMENT...: boots it beside those that run already, or when one of them has ended.
titles=()
start_scenario() {
  local number=${#titles[@]}
  titles+=("$1")
  shift
  while [ "$(jobs -rp | wc -l)" -ge "$kernels" ]; do wait -n; done
  {
    "$boot" "$@" >"$work/output.$number" 2>&1
    echo $? >"$work/status.$number"
  } &
}

# judge_scenarios: waits for those that were started, and counts their checks.
judge_scenarios() {
  local number
  wait
  for number in "${!titles[@]}"; do
    echo "${titles[number]}"
    judge "${titles[number]}" "$work/output.$number" "$(cat "$work/status.$number")"
  done
  titles=()
}

# summary: prints the counts; its exit code is the script's.
summary() {
  echo "$passed passed, $failed failed"
  [ $((passed > 0 && failed == 0)) = 1 ]
}
