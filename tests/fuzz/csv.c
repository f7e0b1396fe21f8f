/*
 * csv.c — somebody's file: recognised, read into rows, repaired into titles. A row that is taken keeps to the rules of
 * a body; what our own writer makes of the cells, the reader reads back.
 */
#include "fuzz.h"

#include "base/barcode.h"
#include "base/csv_write.h"
#include "catalogue_io/import_row.h"

#define CELLS_WRITTEN 3
#define ROWS_READ 200

struct reading {
    struct fuzz *fuzz;
    struct import_columns columns;
    int64_t rows;
    int64_t last_number;
};

static const struct column columns[] = {{"a", COLUMN_TEXT, false, "a", "A"},
                                        {"b", COLUMN_TEXT, false, "b", "B"},
                                        {"c", COLUMN_TEXT, false, "c", "C"},
                                        {0}};

/* ---- what is taken -------------------------------------------------------------------------------------- */

static void check_text(struct fuzz *fuzz, const char *text, size_t max)
{
    MUST(!text || (*text && fuzz_is_clean(fuzz, text) && text_length(text) <= max));
}

static void check_title(struct fuzz *fuzz, const struct import_title *title)
{
    const struct book_facts *facts = &title->facts;

    MUST((title->outcome == IMPORT_AS_IT_IS) == (title->reasons == NULL));
    for (const struct import_reason *reason = title->reasons; reason; reason = reason->next)
        MUST(reason->text && text_is_utf8(reason->text, strlen(reason->text)));
    if (title->outcome == IMPORT_REFUSED)
        return;
    MUST(facts->title && facts->author);
    check_text(fuzz, facts->title, BOOK_TITLE_MAX);
    check_text(fuzz, facts->author, BOOK_AUTHOR_MAX);
    check_text(fuzz, facts->isbn, ISBN_TEXT_MAX);
    check_text(fuzz, facts->subtitle, BOOK_TEXT_MAX);
    check_text(fuzz, facts->publisher, BOOK_TEXT_MAX);
    check_text(fuzz, facts->description, BOOK_DESCRIPTION_MAX);
    MUST(facts->year == NO_NUMBER || (facts->year >= BOOK_YEAR_MIN && facts->year <= BOOK_YEAR_MAX));
    MUST(facts->total_copies >= 0 && facts->total_copies <= BOOK_COPIES_MAX);
    MUST(facts->categories.count <= BOOK_CATEGORIES_MAX);
    for (size_t i = 0; i < title->copy_count; i++)
        MUST(!title->copies[i].barcode || barcode_acceptable(title->copies[i].barcode));
}

/* ---- there and back ------------------------------------------------------------------------------------- */

struct expected {
    const char *cells[CELLS_WRITTEN];
    bool seen;
};

/* A cell that a spreadsheet would run has an apostrophe before it. */
static bool same_cell(const char *given, const char *read)
{
    if (*given && strchr("=+-@\t\r", *given))
        return *read == '\'' && strcmp(read + 1, given) == 0;
    return strcmp(read, given) == 0;
}

static void compare_row(struct expected *expected, const struct csv_row *row)
{
    MUST(!expected->seen && row->count == CELLS_WRITTEN);
    for (size_t i = 0; i < CELLS_WRITTEN; i++)
        MUST(same_cell(expected->cells[i], row->cells[i]));
    expected->seen = true;
}

static void check_written(struct fuzz *fuzz, const struct csv_row *row)
{
    struct column_value values[CELLS_WRITTEN] = {0};
    struct expected expected = {0};
    struct csv_reader *reader;
    struct csv_row written;
    const char *problem;
    struct text_buf out;

    for (size_t i = 0; i < CELLS_WRITTEN; i++) {
        const char *cell = i < row->count ? row->cells[i] : "x";
        expected.cells[i] = text_clean(&fuzz->arena, cell, strlen(cell));
        if (!expected.cells[i])
            return;
        values[i].text = expected.cells[i];
    }
    text_buf_init(&out, &fuzz->arena);
    csv_write_row(&out, &fuzz->ctx, columns, values);
    if (arena_exhausted(&fuzz->arena))
        return;
    const struct import_source source = {.bytes = out.bytes, .length = out.length};
    /* A first line "sep=," is no row. */
    if (strncmp(out.bytes, "sep=", 4) == 0)
        return;
    MUST(csv_open(&fuzz->arena, &source, &(struct csv_told){"UTF-8", ','}, &reader, &problem));
    while (csv_next(reader, &written) == CSV_ROW)
        compare_row(&expected, &written);
    /* A row of empty cells is blank to the reader. */
    MUST(expected.seen || strcmp(out.bytes, ",,\r\n") == 0);
}

/* ---- the file ------------------------------------------------------------------------------------------- */

static bool take_row(struct reading *reading, const struct csv_row *row)
{
    struct import_title title;

    MUST(row->count >= 1 && row->count <= IMPORT_COLUMNS_MAX && row->number > reading->last_number);
    reading->last_number = row->number;
    for (size_t i = 0; i < row->count; i++)
        MUST(text_is_utf8(row->cells[i], strlen(row->cells[i])));
    if (reading->rows++ == 0) {
        import_columns_match(&reading->fuzz->arena, import_title_fields, row->cells, row->count,
                             &reading->columns);
        return true;
    }
    error_clear(&reading->fuzz->ctx);
    import_row_read(&reading->fuzz->ctx, &reading->columns, row, &title);
    if (arena_exhausted(&reading->fuzz->arena))
        return false;
    check_title(reading->fuzz, &title);
    check_written(reading->fuzz, row);
    return reading->rows < ROWS_READ && !arena_exhausted(&reading->fuzz->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    struct csv_reader *reader;
    struct reading reading = {.fuzz = &fuzz};
    struct csv_row row;
    const char *problem = NULL;

    fuzz_begin(&fuzz);
    const struct import_source source = {.bytes = size > 0 ? arena_memdup(&fuzz.arena, data, size) : "",
                                         .length = size};
    for (const char *const *encoding = csv_encodings; *encoding; encoding++) {
        if (csv_open(&fuzz.arena, &source, &(struct csv_told){*encoding, ';'}, &reader, &problem))
            MUST(csv_delimiter(reader) == ';' && csv_encoding(reader) == *encoding);
    }
    problem = NULL;
    bool good = csv_open(&fuzz.arena, &source, &(struct csv_told){0}, &reader, &problem);
    MUST(good == (problem == NULL));
    if (good) {
        while (csv_next(reader, &row) == CSV_ROW && take_row(&reading, &row))
            continue;
        MUST(csv_row_number(reader) >= reading.last_number);
    }
    return fuzz_end(&fuzz);
}
