#!/bin/sh
# phases.sh - runs make targets one after another and says how long each took; stops at the first that fails.
# Each starts make afresh: a phase may create what the next one's lists are made from.
set -eu
summary=
for target in "$@"; do
    echo "== $target"
    start=$(date +%s)
    "${MAKE:-make}" --no-print-directory -j"${JOBS:-2}" "$target" || { echo "== $target FAILED after $(($(date +%s) - start)) s" >&2; exit 1; }
    summary="$summary $target $(($(date +%s) - start)) s,"
done
echo "== passed:${summary%,}"
