/*
 * import_row.c — the cells of a row, each through its repair into the facts of a title.
 */
#include "catalogue_io/import_row.h"

#include "base/text.h"
#include "catalogue_io/import_repair.h"

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

static void read_text(const struct reading *reading, enum import_column column, size_t max)
{
    const char *text = cell(reading, column);

    if (column != COLUMN_OF_DESCRIPTION)
        text = import_one_line(reading->ctx->arena, text);
    import_set_text(reading->ctx, reading->title, import_title_fields[column].name, text, max);
}

static void read_authors(const struct reading *reading)
{
    bool plural = import_columns_have(reading->columns, COLUMN_OF_AUTHORS);
    const char *text = cell(reading, plural ? COLUMN_OF_AUTHORS : COLUMN_OF_AUTHOR);

    import_set_authors(reading->ctx, reading->title, import_split_authors(reading->ctx->arena, text, plural));
}

static void read_copies(const struct reading *reading)
{
    struct ctx *ctx = reading->ctx;
    const char *text = cell(reading, COLUMN_OF_COPIES);
    int64_t count = 1;

    if (*text && (!import_read_count(text, &count) || count < 1 || count > BOOK_COPIES_MAX)) {
        import_refused(ctx, reading->title, IMPORT_BAD_COPIES,
                       arena_printf(ctx->arena, "Number of copies “%s” is not between 1 and %d.",
                                    text_truncate(ctx->arena, text, BOOK_TEXT_MAX), BOOK_COPIES_MAX));
        count = 1;
    }
    /* They come by themselves. */
    if (import_columns_have(reading->columns, COLUMN_OF_COPIES_APART))
        count = 0;
    reading->title->facts.total_copies = count;
}

static void read_barcode(const struct reading *reading)
{
    struct import_title *title = reading->title;
    const char *text = cell(reading, COLUMN_OF_BARCODE);

    if (*text == '\0')
        return;
    title->copies = arena_alloc(reading->ctx->arena, sizeof *title->copies);
    *title->copies = COPY_FACTS_NONE;
    title->copies->barcode = text;
    title->copy_count = 1;
    import_check_barcode(reading->ctx, title, text);
}

/* An unquoted comma shifts all that follows it into the wrong columns. */
static void check_width(const struct reading *reading)
{
    const struct csv_row *row = reading->row;
    size_t used = row->count;

    while (used > 0 && row->cells[used - 1][0] == '\0')
        used--;
    if (used > reading->columns->count)
        import_refused(
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

    struct arena *arena = ctx->arena;
    check_width(&reading);
    import_set_title(ctx, out_title, import_one_line(arena, cell(&reading, COLUMN_OF_TITLE)));
    read_authors(&reading);
    import_set_isbn(ctx, out_title, cell(&reading, COLUMN_OF_ISBN), cell(&reading, COLUMN_OF_ISBN13));
    import_set_year(ctx, out_title, cell(&reading, COLUMN_OF_YEAR));
    read_copies(&reading);
    read_barcode(&reading);
    read_text(&reading, COLUMN_OF_SUBTITLE, BOOK_TEXT_MAX);
    read_text(&reading, COLUMN_OF_PUBLISHER, BOOK_TEXT_MAX);
    read_text(&reading, COLUMN_OF_EDITION, BOOK_TEXT_MAX);
    read_text(&reading, COLUMN_OF_LANGUAGE, BOOK_TEXT_MAX);
    read_text(&reading, COLUMN_OF_DESCRIPTION, BOOK_DESCRIPTION_MAX);
    read_text(&reading, COLUMN_OF_ITEM_TYPE, BOOK_TEXT_MAX);
    import_set_categories(ctx, out_title,
                          import_split_categories(arena, cell(&reading, COLUMN_OF_CATEGORIES)));
}
