#!/bin/sh
# banned.sh - a text search for calls that have no place in src/, besides what src/base/banned.h poisons: a poisoned
# name inside a macro nobody expands, or a file that forgot the header, would go unseen.
#
# Each has a better one: text buffers and arenas for strings, text_to_int64 for numbers, clock_… for time; name
# look-ups and iconv load shared objects into a static program; alloca, setjmp and threads' stacks do not mix.
# pthread_cond_timedwait waits by the wall clock, which people and time servers set: pthread_cond_clockwait with
# clock_monotonic_after() does not.
set -eu
cd "${1:-$(dirname "$0")/../..}"

calls='strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|strtok|strtok_r|gets|scanf|sscanf|fscanf'
calls="$calls|localtime|gmtime|asctime|ctime|atoi|atol|atoll|atof"
calls="$calls|getaddrinfo|getnameinfo|gethostbyname|gethostbyaddr|getservbyname|getpwnam|getpwuid|getgrnam|getgrgid"
calls="$calls|iconv|iconv_open|dlopen|rand|srand|random|drand48|alloca|system|popen|setjmp|longjmp|tmpnam|mktemp"
calls="$calls|mg_handle_form_request|pthread_cond_timedwait"

# Comments and strings may name them: both are blanked before the search, line numbers stay.
found=$(find src -name '*.[ch]' ! -path 'src/tools/*' ! -path src/base/banned.h | sort | while read -r file; do
    awk -v file="$file" -v calls="(^|[^A-Za-z0-9_.>])(${calls})[ \t]*\\\\(" '
        {
            line = $0
            out = ""
            while (line != "") {
                if (comment) {
                    end = index(line, "*/")
                    if (!end) { line = ""; break }
                    line = substr(line, end + 2); comment = 0
                } else if (match(line, /\/\*|\/\/|"|\047/)) {
                    out = out substr(line, 1, RSTART - 1)
                    mark = substr(line, RSTART, RLENGTH)
                    line = substr(line, RSTART + RLENGTH)
                    if (mark == "//") { line = "" }
                    else if (mark == "/*") { comment = 1 }
                    else {
                        quoted = (mark == "\"") ? "^([^\"\\\\]|\\\\.)*\"" : "^([^\047\\\\]|\\\\.)*\047"
                        if (match(line, quoted)) line = substr(line, RLENGTH + 1); else line = ""
                        out = out mark mark
                    }
                } else { out = out line; line = "" }
            }
            if (match(out, calls)) printf "%s:%d: %s\n", file, FNR, substr(out, RSTART, RLENGTH - 1)
        }' "$file"
done)
if [ -n "$found" ]; then
    echo "$found" >&2
    echo "banned: these calls have no place here (tests/check/banned.sh says why)" >&2
    exit 1
fi
echo "banned: none found"
