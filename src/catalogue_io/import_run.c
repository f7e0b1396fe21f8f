/*
 * import_run.c — the one way through a file, whatever its rows are and whoever wants them.
 */
#include "catalogue_io/import_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv_write.h"
#include "base/text.h"
#include "catalogue_io/import_profile_service.h"
#include "catalogue_io/import_record.h"
#include "catalogue_io/import_seen.h"
#include "catalogue_io/import_title.h"
#include "catalogue_io/marc_file.h"

/* Rows at once: as many as their texts fit into this, or one. */
#define ROWS_BYTES (1024 * 1024)

struct import_run {
    struct arena file; /* what lives as long as the run */
    struct arena rows; /* what lives until the next ones */
    const struct import_kind *kind;
    struct csv_reader *csv;
    struct marc_file *marc;
    struct import_columns columns;
    struct import_file_facts facts;
    struct import_seen seen;
    int64_t rows_read;
    bool over;
};

/* ---- within the file ------------------------------------------------------------------------------------- */

static bool is_of(const char *key, const char *what)
{
    size_t length = strlen(what);

    return strncmp(key, what, length) == 0 && key[length] == ' ';
}

static void refuse_twin(struct ctx *ctx, struct import_record *record, const char *key, int64_t row)
{
    const char *value = key + strcspn(key, " ");

    value += *value == ' ';
    if (is_of(key, "title"))
        import_record_refused(
            ctx, record, IMPORT_DUPLICATE_IN_FILE,
            arena_printf(ctx->arena, "Row %" PRId64 " has the same title, author and year.", row));
    else if (is_of(key, "barcode"))
        import_record_refused(
            ctx, record, IMPORT_BARCODE_TAKEN,
            arena_printf(ctx->arena, "Barcode %s stands in row %" PRId64 " already.", value, row));
    else if (is_of(key, "isbn"))
        import_record_refused(
            ctx, record, IMPORT_DUPLICATE_IN_FILE,
            arena_printf(ctx->arena, "ISBN %s stands in row %" PRId64 " already.", value, row));
    else
        import_record_refused(ctx, record, IMPORT_DUPLICATE_IN_FILE,
                              arena_printf(ctx->arena, "Row %" PRId64 " has the same: %s.", row, value));
}

static void hold_against_file(struct ctx *ctx, struct import_run *run, struct import_record *record)
{
    for (size_t i = 0; i < record->key_count; i++) {
        int64_t row = import_seen_before(&run->seen, record->keys[i], record->row);
        if (row)
            refuse_twin(ctx, record, record->keys[i], row);
    }
}

/* ---- rows of CSV ------------------------------------------------------------------------------------------ */

static const char *const delimiters = ",;\t|";

static char delimiter_named(const char *name)
{
    for (size_t i = 0; name && import_delimiters[i]; i++) {
        if (strcmp(import_delimiters[i], name) == 0)
            return delimiters[i];
    }
    return '\0';
}

/* As it stands in a file with commas that a spreadsheet may open; reading takes an apostrophe off again (import_repair.h). */
static char *line_of(struct arena *arena, const struct csv_row *row)
{
    struct text_buf line;

    text_buf_init(&line, arena);
    for (size_t i = 0; i < row->count; i++) {
        text_buf_append(&line, i > 0 ? "," : "");
        csv_write_text(&line, arena, row->cells[i]);
    }
    return arena_strdup(arena, text_buf_string(&line));
}

static void refuse_rest(struct ctx *ctx, struct import_run *run, struct import_record *record)
{
    record->row = csv_row_number(run->csv);
    import_record_refused(ctx, record, IMPORT_OPEN_QUOTE,
                          "A quote is opened here and never closed: nothing from here on could be read.");
    run->over = true;
}

/* False: there are no more rows. */
static enum error_kind read_csv(struct ctx *ctx, struct import_run *run, struct import_record *record,
                                char **out_cells, bool *out_found)
{
    struct csv_row row;

    *out_found = true;
    switch (csv_next(run->csv, &row)) {
    case CSV_ROW: break;
    case CSV_OPEN_QUOTE: refuse_rest(ctx, run, record); return OK;
    case CSV_UNREADABLE: return fail(ctx, IMPORT_UNREADABLE, "The file could not be read from the disk.");
    case CSV_END: *out_found = false; return OK;
    }
    record->row = row.number;
    run->kind->read(ctx, &run->columns, &row, record);
    /* Kept for those that may be refused, which nobody knows yet; given back with the rows. */
    *out_cells = line_of(ctx->arena, &row);
    return OK;
}

/* ---- records of MARC ----------------------------------------------------------------------------------------- */

static enum error_kind read_marc(struct ctx *ctx, struct import_run *run, struct import_record *record,
                                 bool *out_found)
{
    struct import_title *title = arena_alloc(ctx->arena, sizeof *title);

    switch (marc_file_next(run->marc, ctx, title)) {
    case MARC_FILE_RECORD: break;
    case MARC_FILE_UNREADABLE:
        return fail(ctx, IMPORT_UNREADABLE, "The file could not be read from the disk.");
    case MARC_FILE_END: *out_found = false; return OK;
    }
    *out_found = true;
    /* Where memory ended, its texts end (arena.h): half a record is not kept as the original. */
    if (arena_exhausted(ctx->arena))
        import_refused(ctx, title, IMPORT_MARC_UNREADABLE, "This record is too large to be read whole.");
    import_title_record(ctx, title, record);
    return OK;
}

/* ---- opening ---------------------------------------------------------------------------------------------- */

/* As the report would have told it, so that a page can ask which column is which. Tabs part the headers. */
static void tell_columns(struct ctx *ctx, const struct import_run *run)
{
    const struct import_columns *columns = &run->columns;
    struct text_buf headers, fields;

    text_buf_init(&headers, ctx->arena);
    text_buf_init(&fields, ctx->arena);
    for (size_t i = 0; i < columns->count; i++) {
        const char *field = import_columns_field(columns, i);
        text_buf_printf(&headers, "%s%s", i > 0 ? "\t" : "", columns->headers[i]);
        text_buf_printf(&fields, "%s%s", i > 0 ? "," : "", field ? field : "");
    }
    error_reason_text(ctx, "encoding", run->facts.encoding);
    error_reason_text(ctx, "delimiter", arena_strdup(ctx->arena, run->facts.delimiter));
    error_reason_text(ctx, "headers", text_buf_string(&headers));
    error_reason_text(ctx, "columns", text_buf_string(&fields));
}

/* Some of what a first row can name, for who has a file without it. */
static const char *some_fields(struct arena *arena, const struct import_field *fields)
{
    const char *names = fields[0].name;

    for (size_t i = 1; i < 8 && fields[i].name; i++)
        names = arena_printf(arena, "%s, %s", names, fields[i].name);
    return names;
}

static enum error_kind check_columns(struct ctx *ctx, const struct import_run *run)
{
    const char *lack = import_columns_lack(ctx->arena, &run->columns, run->kind->needed);

    if (!lack)
        return OK;
    tell_columns(ctx, run);
    if (run->kind == &import_titles)
        return fail(
            ctx, IMPORT_UNREADABLE,
            "The first row must name the columns, and one of them must be the %s (title, author, isbn, year, "
            "publisher, language, copies …).",
            lack);
    return fail(ctx, IMPORT_UNREADABLE,
                "The first row must name the columns, and one of them must be the %s. Known are %s.", lack,
                some_fields(ctx->arena, run->kind->fields));
}

static enum error_kind read_header(struct ctx *ctx, struct import_run *run,
                                   const struct import_taking *taking)
{
    struct csv_row row = {0};
    struct import_profile profile;
    const char *wrong = NULL;
    bool is_known = false;

    if (csv_next(run->csv, &row) != CSV_ROW)
        row.count = 0;
    import_columns_match(&run->file, run->kind->fields, row.cells, row.count, &run->columns);
    if (taking->columns)
        wrong = import_columns_tell(ctx->arena, taking->columns, &run->columns);
    else if (taking->by_headers)
        wrong = import_columns_by_header(ctx->arena, taking->by_headers, &run->columns);
    else
        TRY(import_profile_recognise(ctx, run->kind->name, &run->columns, &profile, &is_known));
    /* Two columns of one header may be too much for it: then it is none. */
    if (is_known && !import_columns_by_header(ctx->arena, profile.columns, &run->columns))
        run->facts.profile = arena_strdup(&run->file, profile.name);
    if (wrong)
        return fail(ctx, INVALID_PARAMETER, "%s", wrong);
    return check_columns(ctx, run);
}

static enum error_kind open_csv(struct ctx *ctx, struct import_run *run, const struct import_source *source,
                                const struct import_taking *taking)
{
    const struct csv_told told = {.encoding = taking->encoding,
                                  .delimiter = delimiter_named(taking->delimiter)};
    const char *problem;

    if (!csv_open(&run->file, source, &told, &run->csv, &problem))
        return fail(ctx, IMPORT_UNREADABLE, "%s", problem);
    run->facts = (struct import_file_facts){.format = "csv",
                                            .encoding = csv_encoding(run->csv),
                                            .delimiter = {csv_delimiter(run->csv)},
                                            .columns = &run->columns};
    return read_header(ctx, run, taking);
}

static enum error_kind open_run(struct ctx *ctx, struct import_run *run, const struct import_source *source,
                                const struct import_taking *taking)
{
    if (!marc_file_open(&run->file, source, &run->marc))
        return open_csv(ctx, run, source, taking);
    run->facts = (struct import_file_facts){.format = marc_file_format(run->marc), .encoding = ""};
    if (run->kind != &import_titles)
        return fail(ctx, IMPORT_UNREADABLE, "These are MARC records: they are titles, and not %s.",
                    run->kind->name);
    return OK;
}

enum error_kind import_run_open(struct ctx *ctx, const struct import_kind *kind,
                                const struct import_source *source, const struct import_taking *taking,
                                struct import_run **out_run)
{
    struct import_run *run = calloc(1, sizeof *run);

    if (!run)
        abort();
    arena_init(&run->file, ARENA_REQUEST_MAX);
    arena_init(&run->rows, ARENA_RECORD_MAX + 2 * ROWS_BYTES);
    run->kind = kind;
    enum error_kind result = open_run(ctx, run, source, taking);
    if (result != OK) {
        import_run_close(run);
        return result;
    }
    *out_run = run;
    return OK;
}

void import_run_close(struct import_run *run)
{
    if (!run)
        return;
    import_seen_release(&run->seen);
    arena_release(&run->rows);
    arena_release(&run->file);
    free(run);
}

const struct import_file_facts *import_run_file(const struct import_run *run)
{
    return &run->facts;
}

/* ---- going through ---------------------------------------------------------------------------------------- */

static enum error_kind read_one(struct ctx *ctx, struct import_run *run, struct import_record *record,
                                bool looks, char **out_cells, bool *out_found)
{
    *record = (struct import_record){.match_id = NO_NUMBER};
    *out_cells = NULL;
    *out_found = false;
    if (run->over)
        return OK;
    TRY(run->marc ? read_marc(ctx, run, record, out_found)
                  : read_csv(ctx, run, record, out_cells, out_found));
    if (!*out_found)
        return OK;
    if (run->rows_read++ == IMPORT_ROWS_MAX)
        return fail(ctx, IMPORT_UNREADABLE, "The file has more than %d rows. Bring it in parts.",
                    IMPORT_ROWS_MAX);
    if (record->outcome != IMPORT_REFUSED)
        hold_against_file(ctx, run, record);
    if (looks && record->outcome != IMPORT_REFUSED)
        TRY(run->kind->look(ctx, record));
    return OK;
}

static enum error_kind read_rows(struct ctx *ctx, struct import_run *run, size_t max, bool looks,
                                 struct import_rows *out_rows)
{
    struct import_record *records = arena_alloc_array(&run->rows, max, sizeof *records);
    char **cells = arena_alloc_array(&run->rows, max, sizeof *cells);
    size_t count = 0;
    bool found = true;

    while (found && count < max && run->rows.used < ROWS_BYTES) {
        TRY(read_one(ctx, run, &records[count], looks, &cells[count], &found));
        count += found;
    }
    *out_rows = (struct import_rows){records, cells, count};
    return OK;
}

enum error_kind import_run_next(struct ctx *ctx, struct import_run *run, size_t max, bool looks,
                                struct import_rows *out_rows)
{
    struct ctx own = *ctx;

    arena_reset(&run->rows);
    own.arena = &run->rows;
    enum error_kind kind = read_rows(&own, run, max, looks, out_rows);
    if (kind != OK)
        return error_set(ctx, own.error.code, "%s", own.error.detail);
    return OK;
}
