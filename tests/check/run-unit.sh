#!/bin/sh
# run-unit.sh PROGRAM... - runs cmocka programs, JOBS (2) at a time. Shows what failed in full, the rest in a line each,
# and ends in `unit: N passed, M failed`. A program that ends without its totals (a crash, a sanitizer) is a failure.
set -u

# One program, which is called again for each: its lines are printed at once when it has ended, its totals kept.
if [ "${1:-}" = --one ]; then
    totals=$2 program=$3
    name=${program##*/obj/}
    output=$(mktemp "$totals/output.XXXXXX")
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
    if [ "$bad" -gt 0 ]; then
        printf '%s\n  FAIL   %s (exit status %s)\n' "$(cat "$output")" "$name" "$status"
    else
        echo "  ok     $name ($ok)"
    fi
    echo "$ok $bad" >"$output.totals"
    exit 0
fi

[ $# -gt 0 ] || { echo "unit: 0 passed, 0 failed (no test programs)"; exit 0; }
totals=$(mktemp -d)
trap 'rm -rf "$totals"' EXIT
printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -I '{}' "$0" --one "$totals" '{}'
cat "$totals"/*.totals | awk -v programs=$# '
    { ran++; passed += $1; failed += $2 }
    END {
        if (ran != programs) { print "unit: " programs - ran " programs did not run"; failed++ }
        printf "unit: %d passed, %d failed\n", passed, failed
        exit failed > 0
    }'
