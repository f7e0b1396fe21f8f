/*
 * env_file.c — a .env file: every line ends in a key and a value, and the walk comes to an end.
 */
#include "fuzz.h"

#include <ctype.h>

#include "settings/env_file.h"

static void check_line(const struct env_line *line, const char *start, const char *end)
{
    MUST(line->key >= start && line->value > line->key && line->value + strlen(line->value) <= end);
    MUST(isalpha((unsigned char)line->key[0]) || line->key[0] == '_');
    for (const char *p = line->key; *p; p++)
        MUST(isalnum((unsigned char)*p) || *p == '_');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    struct env_line line;
    int number = 0, before = 0;

    fuzz_begin(&fuzz);
    char *start = arena_strndup(&fuzz.arena, (const char *)data, strnlen((const char *)data, size));
    const char *end = start + strlen(start);
    char *text = start;
    while (env_file_next(&text, &number, &line)) {
        MUST(line.number == number && number > before);
        before = number;
        check_line(&line, start, end);
    }
    /* The end, or the line that is wrong. */
    MUST(line.number == 0 ? *text == '\0' : line.number == number);
    return fuzz_end(&fuzz);
}
