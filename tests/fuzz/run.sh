#!/bin/sh
# run.sh MODE FOLDER TARGET... - runs the fuzz targets whose programs are in FOLDER; `http` is http.mjs.
#
#   replay  every file of corpus/TARGET and regression/TARGET once: must end with 0
#   fuzz    libFuzzer for FUZZ_SECONDS each. New inputs go to build/fuzz/corpus/TARGET and are used again; an input
#           that breaks something is kept in build/fuzz/found/TARGET (tests/fuzz/README.md says what then)
set -u
mode=$1 programs=$2
shift 2
seconds=${FUZZ_SECONDS:-60}
here=$(dirname "$0")
output=$(mktemp)
trap 'rm -f "$output"' EXIT
failed=0
# A search goes its own way every time; a test does the same thing every time, and is not about speed.
[ "$mode" = fuzz ] || export FUZZ_SEED=1 FUZZ_HEALTH_MS=10000

replay() {
    set -- "$1" "$here/corpus/$1" "$here/regression/$1"
    [ -d "$3" ] || set -- "$1" "$2"
    program=$programs/replay_$1
    shift
    "$program" "$@" >"$output" 2>&1 && tail -1 "$output"
}

fuzz() {
    mkdir -p "build/fuzz/corpus/$1" "build/fuzz/found/$1"
    set -- "$1" "build/fuzz/corpus/$1" "$here/corpus/$1" "$here/regression/$1"
    [ -d "$4" ] || set -- "$1" "$2" "$3"
    name=$1
    shift
    # A parser that takes ten seconds over a body of 16 KiB is broken as well.
    nice "$programs/fuzz_$name" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/found/$name/" "$@" >"$output" 2>&1 &&
        awk '/^stat::number_of_executed_units/ { runs = $2 } / cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
             END { printf "%d executions, %d edges\n", runs, cov }' "$output"
}

for target in "$@"; do
    if [ "$target" = http ]; then
        FUZZ_SECONDS=$seconds nice node "$here/http.mjs" || failed=$((failed + 1))
    elif told=$($mode "$target"); then
        echo "  ok     $target ($told)"
    else
        tail -60 "$output"
        echo "  FAIL   $target"
        failed=$((failed + 1))
    fi
done
echo "fuzz: $# targets, $failed failed"
[ "$failed" -eq 0 ]
