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

# scenarios TITLE COUNT BOOT_ARGUMENT...: the same in so many kernels at once.
scenarios() {
  local title=$1 count=$2 number
  shift 2
  for ((number = 1; number <= count; number++)); do
    {
      "$boot" "$@" >"$work/output.$number" 2>&1
      echo $? >"$work/status.$number"
    } &
  done
  wait
  for ((number = 1; number <= count; number++)); do
    echo "$title, $number of $count"
    judge "$title" "$work/output.$number" "$(cat "$work/status.$number")"
  done
}

# summary: prints the counts; its exit code is the script's.
summary() {
  echo "$passed passed, $failed failed"
  [ $((passed > 0 && failed == 0)) = 1 ]
}
