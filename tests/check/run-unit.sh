#!/bin/sh
# run-unit.sh PROGRAM... - runs cmocka programs one by one. Shows what failed in full, the rest in a line each, and
# ends in `unit: N passed, M failed`. A program that ends without its totals (a crash, a sanitizer) is a failure.
set -u
[ $# -gt 0 ] || { echo "unit: 0 passed, 0 failed (no test programs)"; exit 0; }
output=$(mktemp)
trap 'rm -f "$output"' EXIT
passed=0 failed=0
for program in "$@"; do
    name=${program##*/obj/}
    "$program" >"$output" 2>&1
    status=$?
    # cmocka prints for every group: [  PASSED  ] 3 test(s).   [  FAILED  ] 1 test(s), listed below:
    ok=$(awk '/^\[  PASSED  \] [0-9]+ test/ { n += $4 } END { print n + 0 }' "$output")
    bad=$(awk '/^\[  FAILED  \] [0-9]+ test/ { n += $4 } END { print n + 0 }' "$output")
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
    fi
    if [ "$status" -eq 0 ] && [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then
        echo "$name: ran no test" >&2
        bad=1
    fi
    passed=$((passed + ok)) failed=$((failed + bad))
    if [ "$bad" -gt 0 ]; then
        cat "$output"
        echo "  FAIL   $name (exit status $status)"
    else
        echo "  ok     $name ($ok)"
    fi
done
echo "unit: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
