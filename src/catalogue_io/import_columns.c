/*
 * import_columns.c — headers find their fields: by the tables of import_fields.c, or as somebody says it.
 */
#include "catalogue_io/import_columns.h"

#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

#define HEADER_WORDS_MAX 8

/* Of a header among those of a field: the best is 0. */
#define RANK_NONE INT_MAX

const char *import_header_words(struct arena *arena, const char *header)
{
    const char *words[HEADER_WORDS_MAX];
    struct text_buf joined;

    size_t count = text_words(arena, text_fold(arena, header), words, HEADER_WORDS_MAX);
    text_buf_init(&joined, arena);
    for (size_t i = 0; i < count; i++)
        text_buf_printf(&joined, "%s%s", i > 0 ? " " : "", words[i]);
    return text_buf_string(&joined);
}

static int rank_among(const char *headers, const char *words)
{
    size_t length = strlen(words);

    if (length == 0)
        return RANK_NONE;
    for (int rank = 0;; rank++) {
        size_t its = strcspn(headers, "|");
        if (its == length && memcmp(headers, words, length) == 0)
            return rank;
        if (headers[its] == '\0')
            return RANK_NONE;
        headers += its + 1;
    }
}

static void forget_all(struct import_columns *columns)
{
    for (size_t i = 0; i < IMPORT_FIELDS_MAX; i++)
        columns->at[i] = -1;
    for (size_t i = 0; i < columns->count; i++)
        columns->means[i] = COLUMN_LEFT_OUT;
}

static void leave_out(struct import_columns *columns, int field)
{
    if (columns->at[field] >= 0)
        columns->means[columns->at[field]] = COLUMN_LEFT_OUT;
    columns->at[field] = -1;
}

static void set_meaning(struct import_columns *columns, size_t i, int field)
{
    leave_out(columns, field);
    columns->means[i] = field;
    columns->at[field] = (int)i;
}

/* The field that this header names best; of equals the first. */
static int find_field(const struct import_field *fields, const char *words, int *out_rank)
{
    int best = COLUMN_LEFT_OUT;

    *out_rank = RANK_NONE;
    for (int i = 0; fields[i].name; i++) {
        int rank = rank_among(fields[i].headers, words);
        if (rank < *out_rank) {
            *out_rank = rank;
            best = i;
        }
    }
    return best;
}

/* One author column: the one that says what it holds more exactly. */
static void let_give_way(struct import_columns *columns)
{
    const struct import_field *fields = columns->fields;

    for (int i = 0; fields[i].name; i++) {
        for (int other = 0; fields[i].gives_way && fields[other].name; other++) {
            if (other != i && columns->at[other] >= 0 && strcmp(fields[other].name, fields[i].name) == 0)
                leave_out(columns, i);
        }
    }
}

void import_columns_match(struct arena *arena, const struct import_field *fields, const char *const *headers,
                          size_t count, struct import_columns *out_columns)
{
    int best[IMPORT_FIELDS_MAX];

    *out_columns = (struct import_columns){.fields = fields, .count = count};
    forget_all(out_columns);
    for (size_t i = 0; i < IMPORT_FIELDS_MAX; i++)
        best[i] = RANK_NONE;
    for (size_t i = 0; i < count; i++) {
        int rank;
        const char *header = text_clean(arena, headers[i], strlen(headers[i]));
        out_columns->headers[i] = header ? header : "";
        int field = find_field(fields, import_header_words(arena, out_columns->headers[i]), &rank);
        if (field == COLUMN_LEFT_OUT || rank >= best[field])
            continue;
        best[field] = rank;
        set_meaning(out_columns, i, field);
    }
    let_give_way(out_columns);
}

/* ---- as somebody says it -------------------------------------------------------------------------------- */

/* A column keeps its own way of holding the field (authors, author), where its header had told it. */
static int told_field(const struct import_field *fields, const char *name, int meant)
{
    if (meant != COLUMN_LEFT_OUT && strcmp(fields[meant].name, name) == 0)
        return meant;
    for (int i = 0; fields[i].name; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return i;
    }
    return COLUMN_LEFT_OUT;
}

/*
 * A column other than the i-th that is this field, or cannot stand beside it: isbn and isbn13 can, author and authors
 * cannot.
 */
static bool stands_there(const struct import_columns *columns, size_t i, int field)
{
    const struct import_field *fields = columns->fields;

    for (size_t other = 0; other < columns->count; other++) {
        int its = columns->means[other];
        if (other == i || its == COLUMN_LEFT_OUT)
            continue;
        bool apart = fields[its].gives_way || fields[field].gives_way;
        if (its == field || (apart && strcmp(fields[its].name, fields[field].name) == 0))
            return true;
    }
    return false;
}

static const char *give_field(struct arena *arena, struct import_columns *columns, size_t i, const char *name,
                              int meant)
{
    int field = told_field(columns->fields, name, meant);

    if (field == COLUMN_LEFT_OUT)
        return arena_printf(arena, "“%s” is no field that such a file can have.", name);
    if (stands_there(columns, i, field))
        return arena_printf(arena, "Two columns are said to be the %s.", name);
    set_meaning(columns, i, field);
    return NULL;
}

const char *import_columns_tell(struct arena *arena, const char *told, struct import_columns *columns)
{
    struct import_columns said = *columns;
    size_t i = 0;

    forget_all(&said);
    for (bool more = true; more; i++) {
        size_t length = strcspn(told, ",");
        const char *name = arena_strndup(arena, told, length);
        more = told[length] == ',';
        told += length + more;
        if (length == 0)
            continue;
        if (i >= columns->count)
            return arena_printf(arena, "The file has %zu columns, and more are named.", columns->count);
        const char *wrong = give_field(arena, &said, i, name, columns->means[i]);
        if (wrong)
            return wrong;
    }
    *columns = said;
    return NULL;
}

/*
 * What `told` says about the i-th column: NULL nothing, "" that it is left out. Of columns with the same header the first
 * has the first line that names it, and so on.
 */
static const char *look_up(struct arena *arena, const char *told, const struct import_columns *columns,
                           size_t i)
{
    const char *words = import_header_words(arena, columns->headers[i]);
    size_t before = 0;
    bool named = false;

    for (size_t other = 0; other < i; other++)
        before += strcmp(import_header_words(arena, columns->headers[other]), words) == 0;
    for (const char *line = told; *line;) {
        size_t length = strcspn(line, "\n");
        const char *tab = memchr(line, '\t', length);
        if (tab && strcmp(import_header_words(arena, arena_strndup(arena, line, (size_t)(tab - line))),
                          words) == 0) {
            named = true;
            if (before-- == 0)
                return arena_strndup(arena, tab + 1, (size_t)(line + length - tab - 1));
        }
        line += length + (line[length] == '\n');
    }
    return named ? "" : NULL;
}

static const char *check_lines(struct arena *arena, const char *told, const struct import_field *fields)
{
    for (const char *line = told; *line;) {
        size_t length = strcspn(line, "\n");
        const char *tab = memchr(line, '\t', length);
        if (length > 0 && !tab)
            return arena_printf(arena, "“%s” names no header and field, parted by a tab.",
                                arena_strndup(arena, line, length));
        const char *name = tab ? arena_strndup(arena, tab + 1, (size_t)(line + length - tab - 1)) : "";
        if (*name && told_field(fields, name, COLUMN_LEFT_OUT) == COLUMN_LEFT_OUT)
            return arena_printf(arena, "“%s” is no field that such a file can have.", name);
        line += length + (line[length] == '\n');
    }
    return NULL;
}

const char *import_columns_by_header(struct arena *arena, const char *told, struct import_columns *columns)
{
    struct import_columns said = *columns;
    const char *wrong = check_lines(arena, told, columns->fields);

    if (wrong)
        return wrong;
    forget_all(&said);
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = look_up(arena, told, columns, i);
        if (name && *name)
            wrong = give_field(arena, &said, i, name, columns->means[i]);
        if (wrong)
            return wrong;
    }
    for (size_t i = 0; i < columns->count; i++) {
        int matched = columns->means[i];
        bool unsaid = matched != COLUMN_LEFT_OUT && !look_up(arena, told, columns, i);
        if (unsaid && !stands_there(&said, i, matched))
            set_meaning(&said, i, matched);
    }
    *columns = said;
    return NULL;
}

/* ---- asked ----------------------------------------------------------------------------------------------- */

bool import_columns_have(const struct import_columns *columns, int field)
{
    return columns->at[field] >= 0;
}

const char *import_columns_field(const struct import_columns *columns, size_t i)
{
    int field = columns->means[i];

    return field == COLUMN_LEFT_OUT ? NULL : columns->fields[field].name;
}

const char *import_columns_lack(struct arena *arena, const struct import_columns *columns,
                                const char *const *needed)
{
    for (; *needed; needed++) {
        bool there = false;
        for (size_t i = 0; i < columns->count && !there; i++) {
            const char *name = import_columns_field(columns, i);
            there = name && rank_among(*needed, name) != RANK_NONE;
        }
        if (!there)
            return arena_strndup(arena, *needed, strcspn(*needed, "|"));
    }
    return NULL;
}
