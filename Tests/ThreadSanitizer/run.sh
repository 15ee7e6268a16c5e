#!/bin/bash
# Runs the tests under the thread sanitizer, and fails at the first report that is left.
#
#   run.sh [swift-testing option...]    for example --filter PiHALTests
#
# Everything is compiled once more, into .build-threads.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."

build=(--sanitize thread --scratch-path .build-threads)
swift build "${build[@]}" --build-tests
products=$(swift build "${build[@]}" --show-bin-path)
mutex=$products/mutex.so
clang -std=gnu11 -O1 -Wall -Wextra -Werror -shared -fPIC "$here/mutex.c" -o "$mutex"

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
status=0
# The sanitizer writes a file for each process: the helpers that tests start are watched too.
env LD_PRELOAD="$mutex" TSAN_OPTIONS="suppressions=$here/suppressions.txt log_path=$reports/report exitcode=0" \
  "$products"/*PackageTests.xctest --testing-library swift-testing "$@" || status=$?
cat "$reports"/* 2>/dev/null || true
found=$(cat "$reports"/* 2>/dev/null | grep -c '^WARNING: ThreadSanitizer' || true)
echo "thread sanitizer: $found reports"
[ "$found" -eq 0 ] && exit "$status"
exit 1
