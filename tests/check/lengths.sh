#!/bin/sh
# lengths.sh - a file of ours past 600 lines says in its first 40 lines why: a line with "long because".
set -eu
cd "${1:-$(dirname "$0")/../..}"
status=0
for file in $(find src assets tests tools packaging vendor seed schema.sql Makefile -name node_modules -prune -o -type f \
    \( -name '*.[ch]' -o -name '*.mjs' -o -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.sh' -o -name '*.sql' -o -name Makefile \) -print 2>/dev/null | sort); do
    lines=$(wc -l <"$file")
    if [ "$lines" -gt 600 ] && ! head -40 "$file" | grep -q 'long because'; then
        echo "$file: $lines lines; split it, or say in its header \"long because …\"" >&2
        status=1
    fi
done
[ $status -ne 0 ] || echo "lengths: all files are short, or say why not"
exit $status
