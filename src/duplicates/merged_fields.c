/*
 * merged_fields.c — one table: which members, and where they lie.
 */
#include "duplicates/merged_fields.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

#define YEAR_NUMBER 7

static const struct {
    const char *name;
    size_t offset; /* of a const char *; of YEAR_NUMBER an int64_t */
} fields[] = {
    {"", 0}, /* numbers begin with 1 */
    {"title", offsetof(struct book_facts, title)},
    {"subtitle", offsetof(struct book_facts, subtitle)},
    {"author", offsetof(struct book_facts, author)},
    {"isbn", offsetof(struct book_facts, isbn)},
    {"publisher", offsetof(struct book_facts, publisher)},
    {"edition", offsetof(struct book_facts, edition)},
    [YEAR_NUMBER] = {"year", offsetof(struct book_facts, year)},
    {"language", offsetof(struct book_facts, language)},
    {"description", offsetof(struct book_facts, description)},
    {"item_type", offsetof(struct book_facts, item_type)},
};

#define FIELD_COUNT ((int64_t)(sizeof fields / sizeof *fields))

int64_t merged_field_number(const char *name)
{
    for (int64_t number = 1; number < FIELD_COUNT; number++)
        if (strcmp(fields[number].name, name) == 0)
            return number;
    return 0;
}

static const char *get_text(int64_t number, const struct book_facts *facts)
{
    const char *text;

    memcpy(&text, (const char *)facts + fields[number].offset, sizeof text);
    return text;
}

const char *merged_field_text(struct ctx *ctx, int64_t number, const struct book_facts *facts)
{
    if (number < 1 || number >= FIELD_COUNT)
        return NULL;
    if (number != YEAR_NUMBER)
        return get_text(number, facts);
    return facts->year == NO_NUMBER ? NULL : arena_printf(ctx->arena, "%" PRId64, facts->year);
}

void merged_field_set(int64_t number, const char *text, struct book_facts *facts)
{
    if (number < 1 || number >= FIELD_COUNT)
        return;
    if (number != YEAR_NUMBER)
        memcpy((char *)facts + fields[number].offset, &text, sizeof text);
    else if (!text || !text_to_int64(text, &facts->year))
        facts->year = NO_NUMBER;
}

void merged_field_copy(int64_t number, const struct book_facts *from, struct book_facts *to)
{
    if (number == YEAR_NUMBER)
        to->year = from->year;
    else
        merged_field_set(number, get_text(number, from), to);
}
