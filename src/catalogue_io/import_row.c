/*
 * import_row.c — the cells of a row, each through its repair and then through the same field table that a
 * body of POST /books goes through: a file is held to no other rules than a person.
 */
#include "catalogue_io/import_row.h"

#include <inttypes.h>
#include <string.h>

#include "base/barcode.h"
#include "base/text.h"
#include "catalogue_io/import_repair.h"

/* ---- reasons ------------------------------------------------------------------------------------------ */

static void add_reason(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                       const char *text)
{
    struct import_reason **end = &title->reasons;

    while (*end)
        end = &(*end)->next;
    *end = arena_alloc(ctx->arena, sizeof **end);
    **end = (struct import_reason){.code = code, .text = text};
}

void import_row_repaired(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                         const char *text)
{
    if (title->outcome == IMPORT_REFUSED)
        return;
    add_reason(ctx, title, code, text);
    if (title->outcome == IMPORT_AS_IT_IS)
        title->outcome = IMPORT_REPAIRED;
}

void import_row_refused(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                        const char *text)
{
    /* What was repaired no longer matters. */
    if (title->outcome != IMPORT_REFUSED)
        title->reasons = NULL;
    add_reason(ctx, title, code, text);
    title->outcome = IMPORT_REFUSED;
}

/* ---- cells -------------------------------------------------------------------------------------------- */

struct reading {
    struct ctx *ctx;
    const struct import_columns *columns;
    const struct csv_row *row;
    struct import_title *title;
};

/* The cell of a column, cleaned; "" where the row or the file has none. */
static const char *cell(const struct reading *reading, enum import_column column)
{
    int at = reading->columns->at[column];

    if (at < 0 || (size_t)at >= reading->row->count)
        return "";
    return import_clean_cell(reading->ctx->arena, reading->row->cells[at]);
}

/* Stores a text under a field's own bounds. False, with a sentence, when it does not fit them. */
static bool store(const struct reading *reading, const char *field, const char *text,
                  const char **out_problem)
{
    return field_store_text(reading->ctx, field_find(book_fields, field), text, &reading->title->facts,
                            out_problem);
}

/* A field the title can do without: left out rather than the row refused. */
static void store_or_drop(const struct reading *reading, const char *field, const char *text)
{
    const char *problem;

    if (!store(reading, field, text, &problem))
        import_row_repaired(reading->ctx, reading->title, IMPORT_FIELD_DROPPED,
                            arena_printf(reading->ctx->arena, "%s left out: it %s.", field, problem));
}

static void read_optional_text(const struct reading *reading, enum import_column column, size_t max)
{
    struct arena *arena = reading->ctx->arena;
    const char *text = cell(reading, column);

    if (column != COLUMN_OF_DESCRIPTION)
        text = import_one_line(arena, text);
    const char *cut = import_cut_text(arena, text, max);
    if (cut != text)
        import_row_repaired(
            reading->ctx, reading->title, IMPORT_FIELD_CUT,
            arena_printf(arena, "%s cut to %zu characters.", import_column_field(column), max));
    store_or_drop(reading, import_column_field(column), cut);
}

static void read_title(const struct reading *reading)
{
    struct arena *arena = reading->ctx->arena;
    const char *text = import_one_line(arena, cell(reading, COLUMN_OF_TITLE));
    const char *cut = import_cut_text(arena, text, BOOK_TITLE_MAX);

    if (*text == '\0')
        import_row_refused(reading->ctx, reading->title, IMPORT_NO_TITLE, "The title is missing.");
    if (cut != text)
        import_row_repaired(
            reading->ctx, reading->title, IMPORT_TITLE_CUT,
            arena_printf(arena, "Title of %zu characters cut to %d.", text_length(text), BOOK_TITLE_MAX));
    store_or_drop(reading, "title", cut);
}

static void read_author(const struct reading *reading)
{
    struct arena *arena = reading->ctx->arena;
    bool plural = import_columns_have(reading->columns, COLUMN_OF_AUTHORS);
    const char *text = cell(reading, plural ? COLUMN_OF_AUTHORS : COLUMN_OF_AUTHOR);
    const char *names = import_split_authors(arena, text, plural);
    const char *cut = import_cut_authors(arena, names, BOOK_AUTHOR_MAX);

    if (*names == '\0')
        import_row_refused(reading->ctx, reading->title, IMPORT_NO_AUTHOR, "The author is missing.");
    if (cut != names)
        import_row_repaired(reading->ctx, reading->title, IMPORT_AUTHOR_CUT,
                            arena_printf(arena, "Author of %zu characters cut to %zu, after whole names.",
                                         text_length(names), text_length(cut)));
    store_or_drop(reading, "author", cut);
}

static void read_isbn(const struct reading *reading)
{
    struct ctx *ctx = reading->ctx;
    const char *own = cell(reading, COLUMN_OF_ISBN);
    const char *isbn13 = cell(reading, COLUMN_OF_ISBN13);
    const char *shown = *own ? own : isbn13;
    char isbn[ISBN_TEXT_MAX + 1];

    switch (import_repair_isbn(own, isbn13, isbn)) {
    case ISBN_ABSENT: return;
    case ISBN_TAKEN: break;
    case ISBN_ZEROS_RESTORED:
        import_row_repaired(ctx, reading->title, IMPORT_ISBN_ZEROS_RESTORED,
                            arena_printf(ctx->arena, "ISBN %s given its leading zeros back: %s.", own, isbn));
        break;
    case ISBN_NOT_VALID:
        import_row_repaired(ctx, reading->title, IMPORT_ISBN_DROPPED,
                            arena_printf(ctx->arena, "ISBN %s left out: it is not valid.",
                                         text_truncate(ctx->arena, shown, ISBN_TEXT_MAX)));
        return;
    case ISBN_ROUNDED:
        import_row_repaired(ctx, reading->title, IMPORT_ISBN_ROUNDED,
                            arena_printf(ctx->arena, "ISBN %s left out: a spreadsheet has rounded it.",
                                         text_truncate(ctx->arena, shown, ISBN_TEXT_MAX)));
        return;
    }
    reading->title->facts.isbn = arena_strdup(ctx->arena, isbn);
}

static void read_year(const struct reading *reading)
{
    struct ctx *ctx = reading->ctx;
    const char *text = cell(reading, COLUMN_OF_YEAR);
    const char *problem;
    int64_t year;

    if (*text == '\0')
        return;
    bool read = import_read_year(text, &year);
    /* 0 is how programs write that they do not know. */
    if (read && year == 0)
        return;
    if (!read || !store(reading, "year", arena_printf(ctx->arena, "%" PRId64, year), &problem))
        import_row_repaired(ctx, reading->title, IMPORT_YEAR_DROPPED,
                            arena_printf(ctx->arena, "Year left out: “%s” is none.",
                                         text_truncate(ctx->arena, text, BOOK_TEXT_MAX)));
}

static void read_copies(const struct reading *reading)
{
    struct ctx *ctx = reading->ctx;
    const char *text = cell(reading, COLUMN_OF_COPIES);
    int64_t count = 1;

    if (*text && (!import_read_count(text, &count) || count < 1 || count > BOOK_COPIES_MAX)) {
        import_row_refused(ctx, reading->title, IMPORT_BAD_COPIES,
                           arena_printf(ctx->arena, "Number of copies “%s” is not between 1 and %d.",
                                        text_truncate(ctx->arena, text, BOOK_TEXT_MAX), BOOK_COPIES_MAX));
        count = 1;
    }
    reading->title->facts.total_copies = count;
}

static void read_barcode(const struct reading *reading)
{
    struct ctx *ctx = reading->ctx;
    const char *text = cell(reading, COLUMN_OF_BARCODE);

    if (*text == '\0')
        return;
    reading->title->barcode = text;
    if (!barcode_acceptable(text))
        import_row_refused(ctx, reading->title, IMPORT_BAD_BARCODE,
                           arena_printf(ctx->arena, "Barcode “%s” is not 1 to %d letters, digits or signs.",
                                        text_truncate(ctx->arena, text, BOOK_TEXT_MAX), BARCODE_MAX));
}

/* An unquoted comma shifts all that follows it into the wrong columns. */
static void check_width(const struct reading *reading)
{
    const struct csv_row *row = reading->row;
    size_t used = row->count;

    while (used > 0 && row->cells[used - 1][0] == '\0')
        used--;
    if (used > reading->columns->count)
        import_row_refused(
            reading->ctx, reading->title, IMPORT_TOO_MANY_CELLS,
            arena_printf(reading->ctx->arena,
                         "%zu cells below %zu columns: is there a delimiter that should be in quotes?", used,
                         reading->columns->count));
}

void import_row_read(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                     struct import_title *out_title)
{
    *out_title = (struct import_title){.row = row->number, .facts = BOOK_FACTS_NONE};
    const struct reading reading = {ctx, columns, row, out_title};

    check_width(&reading);
    read_title(&reading);
    read_author(&reading);
    read_isbn(&reading);
    read_year(&reading);
    read_copies(&reading);
    read_barcode(&reading);
    read_optional_text(&reading, COLUMN_OF_SUBTITLE, BOOK_TEXT_MAX);
    read_optional_text(&reading, COLUMN_OF_PUBLISHER, BOOK_TEXT_MAX);
    read_optional_text(&reading, COLUMN_OF_EDITION, BOOK_TEXT_MAX);
    read_optional_text(&reading, COLUMN_OF_LANGUAGE, BOOK_TEXT_MAX);
    read_optional_text(&reading, COLUMN_OF_DESCRIPTION, BOOK_DESCRIPTION_MAX);
    read_optional_text(&reading, COLUMN_OF_ITEM_TYPE, BOOK_TEXT_MAX);
    store_or_drop(&reading, "categories",
                  import_split_categories(ctx->arena, cell(&reading, COLUMN_OF_CATEGORIES)));
}
