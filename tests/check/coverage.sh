#!/bin/sh
# coverage.sh OBJECT_FOLDER - prints line and branch coverage of src/ from the .gcda files of a coverage run.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
objects=$(cd "$1" && pwd)
cd "$(mktemp -d)"
find "$objects/src" -name '*.gcda' | sort | while read -r data; do
    gcov --no-output --branch-probabilities --source-prefix "$top" --relative-only "$data" 2>/dev/null
done | awk '
    /^File / { file = $2; gsub(/\047/, "", file); ours = (file ~ /^src\/.*\.c$/); next }
    ours && /^Lines executed:/ { split($0, p, /[:% ]+/); lines[file] = $NF; hit[file] = p[3] * $NF / 100; next }
    ours && /^Branches executed:/ { next }
    ours && /^Taken at least once:/ { split($0, p, /[:% ]+/); branches[file] = $NF; taken[file] = p[5] * $NF / 100; ours = 0; next }
    END {
        for (file in lines) {
            printf "%-44s lines %5.1f %% of %5d   branches %5.1f %% of %5d\n", file, 100 * hit[file] / lines[file], lines[file],
                branches[file] ? 100 * taken[file] / branches[file] : 100, branches[file] | "sort"
            all += lines[file]; all_hit += hit[file]; all_b += branches[file]; all_t += taken[file]
        }
        close("sort")
        if (!all) { print "coverage: nothing was run" > "/dev/stderr"; exit 1 }
        printf "coverage: lines %.1f %% of %d, branches %.1f %% of %d\n", 100 * all_hit / all, all, all_b ? 100 * all_t / all_b : 100, all_b
    }'
