/*
 * cursor.c — inside the base64url: "n 9f86d081884c7d65 018f… ttitle": direction (next, previous, or z for from
 * the end), hash, row, sort value with its type in front. The sort value comes last because it may hold
 * anything. From the end there is no row: "z 9f86d081884c7d65 - i0".
 */
#include "db/cursor.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/base64url.h"
#include "base/limits.h"
#include "base/text.h"

#define HASH_DIGITS 16

/* The first letter. */
static char direction_of(const struct cursor *cursor)
{
    if (cursor->from_end)
        return 'z';
    return cursor->backward ? 'p' : 'n';
}

const char *cursor_format(struct arena *arena, const struct cursor *cursor)
{
    struct text_buf inside;

    text_buf_init(&inside, arena);
    text_buf_printf(&inside, "%c %016llx %s ", direction_of(cursor), (unsigned long long)cursor->question,
                    cursor->from_end ? "-" : cursor->row);
    if (cursor->from_end)
        text_buf_append(&inside, "i0");
    else if (cursor->text)
        text_buf_printf(&inside, "t%s", cursor->text_value);
    else
        text_buf_printf(&inside, "i%lld", (long long)cursor->number);
    return base64url_encode(arena, text_buf_string(&inside), inside.length);
}

static bool parse_hash(const char *digits, uint64_t *out_hash)
{
    uint64_t hash = 0;

    for (int i = 0; i < HASH_DIGITS; i++) {
        char c = digits[i];
        if (c >= '0' && c <= '9')
            hash = hash << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            hash = hash << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *out_hash = hash;
    return true;
}

bool cursor_parse(struct arena *arena, const char *text, struct cursor *out_cursor)
{
    size_t length;
    char *inside;

    if (strlen(text) > LIST_CURSOR_MAX || !(inside = base64url_decode(arena, text, &length)))
        return false;
    if (strlen(inside) != length || !text_is_utf8(inside, length) || length < HASH_DIGITS + 5)
        return false;
    struct cursor cursor = {.backward = inside[0] != 'n', .from_end = inside[0] == 'z'};
    if (direction_of(&cursor) != inside[0] || inside[1] != ' ' || inside[2 + HASH_DIGITS] != ' ')
        return false;
    if (!parse_hash(inside + 2, &cursor.question))
        return false;
    char *row = inside + 3 + HASH_DIGITS;
    char *value = strchr(row, ' ');
    if (!value)
        return false;
    *value++ = '\0';
    cursor.row = row;
    cursor.text = *value == 't';
    if (cursor.text)
        cursor.text_value = value + 1;
    else if (*value != 'i' || !text_to_int64(value + 1, &cursor.number))
        return false;
    /* One text for one place: no second spelling of a number, no bits left over at the end. */
    if (strcmp(cursor_format(arena, &cursor), text) != 0)
        return false;
    *out_cursor = cursor;
    return true;
}
