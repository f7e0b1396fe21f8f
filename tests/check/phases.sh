#!/bin/sh
# phases.sh - runs make targets one after another and says how long each took; stops at the first that fails.
# Each starts make afresh: a phase may create what the next one's lists are made from. `one+another` run side by side,
# for what waits more than it works: the first is shown as it goes, the others' output when they have ended.
set -eu
kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT

run() {
    start=$(date +%s)
    status=0
    "${MAKE:-make}" --no-print-directory -j"${JOBS:-2}" "$1" || status=$?
    echo "$(($(date +%s) - start))" >"$kept/$1.seconds"
    return $status
}

summary=
began=$(date +%s)
for phase in "$@"; do
    failed=
    pids=
    first=${phase%%+*}
    for target in $(echo "$phase" | tr + ' '); do
        [ "$target" = "$first" ] && continue
        run "$target" >"$kept/$target.output" 2>&1 &
        pids="$pids $target:$!"
    done
    echo "== $first"
    run "$first" || failed=" $first"
    for pair in $pids; do
        target=${pair%%:*}
        wait "${pair##*:}" || failed="$failed $target"
        echo "== $target"
        cat "$kept/$target.output"
    done
    for target in $(echo "$phase" | tr + ' '); do
        summary="$summary $target $(cat "$kept/$target.seconds") s,"
    done
    [ -z "$failed" ] || { echo "== FAILED:$failed (after$summary)" >&2; exit 1; }
done
echo "== passed:${summary%,} (together $(($(date +%s) - began)) s)"
