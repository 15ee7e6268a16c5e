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

# scenario TITLE BOOT_ARGUMENT...: boots, and is one more failure if it breaks off without having failed a
# check.
scenario() {
  local title=$1 status=0 before=$failed
  shift
  echo "$title"
  "$boot" "$@" >"$work/output" 2>&1 || status=$?
  tally "$work/output"
  if [ $status -ne 0 ] && [ $failed -eq $before ]; then
    same "$title: runs to its end" 0 $status
  fi
}

# summary: prints the counts; its exit code is the script's.
summary() {
  echo "$passed passed, $failed failed"
  [ $((passed > 0 && failed == 0)) = 1 ]
}
