/*
 * report_letter_service.c — rows become text and CSV. The CSV grows in an arena of its own: a report of 50,000 rows is larger
 * than what a request may hold.
 */
#include "reports/report_letter_service.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv_write.h"
#include "base/money.h"
#include "base/text.h"
#include "reports/reports_service.h"
#include "settings/settings_service.h"

#define CSV_BYTES_MAX \
    (MAIL_BYTES_MAX / 2) /* base64 takes a third more, and the rest of the letter comes to it */
#define CSV_AT_ONCE 200  /* rows between two looks at the memory */
#define TEXT_ROWS 20
#define TEXT_COLUMNS 5
#define TEXT_CELL_MAX 28 /* characters */

/* ---- the CSV ---------------------------------------------------------------------------------------------- */

struct csv_rows {
    struct row_sink sink;
    struct ctx *ctx;
    struct text_buf csv;
    int64_t written;
};

static void write_csv(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct csv_rows *rows = (struct csv_rows *)(void *)sink;

    if (rows->csv.length >= CSV_BYTES_MAX)
        return;
    csv_write_row(&rows->csv, rows->ctx, columns, values);
    rows->written++;
}

static void release(void *arena)
{
    arena_release(arena);
}

/* What a piece took of the request's arena is given back after it; the file itself stays. */
static enum error_kind write_file(struct ctx *ctx, const struct report_result *result, struct csv_rows *rows)
{
    struct arena *own = arena_alloc(ctx->arena, sizeof *own);

    arena_init(own, 4 * (size_t)CSV_BYTES_MAX);
    arena_defer(ctx->arena, release, own);
    text_buf_init(&rows->csv, own);
    csv_write_header(&rows->csv, result->view->columns);
    for (size_t first = 0; first < result->row_count && first < REPORT_MAIL_ROWS_MAX; first += CSV_AT_ONCE) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(reports_rows(ctx, result, first, CSV_AT_ONCE, &rows->sink));
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

/* ---- the text --------------------------------------------------------------------------------------------- */

struct text_rows {
    struct row_sink sink;
    struct ctx *ctx;
    const char *cells[TEXT_ROWS + 2][TEXT_COLUMNS]; /* the header, rows, sums */
    size_t rows, columns;
};

static const char *cell_text(struct ctx *ctx, enum column_type type, const struct column_value *value)
{
    char text[MONEY_TEXT_SIZE + CLOCK_DAY_SIZE];

    if (value->is_null)
        return "";
    switch (type) {
    case COLUMN_TEXT: return value->text;
    case COLUMN_REAL: return arena_printf(ctx->arena, "%.1f", value->real);
    case COLUMN_DAY: clock_format_day((int32_t)value->number, text); break;
    case COLUMN_MONEY: money_format(value->number, ctx->currency_exponent, text); break;
    default: return arena_printf(ctx->arena, "%" PRId64, value->number);
    }
    return arena_strdup(ctx->arena, text);
}

/* On one line, and no longer than a column is wide. */
static const char *fit(struct ctx *ctx, const char *text)
{
    char *line = arena_strdup(ctx->arena, text);

    for (char *p = line; *p; p++)
        if (*p == '\n' || *p == '\t')
            *p = ' ';
    return text_truncate(ctx->arena, line, TEXT_CELL_MAX);
}

static void note_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct text_rows *rows = (struct text_rows *)(void *)sink;
    size_t at = 0;

    for (size_t i = 0; columns[i].type != COLUMN_END && at < TEXT_COLUMNS; i++) {
        if (columns[i].only_json)
            continue;
        rows->cells[0][at] = columns[i].name;
        rows->cells[rows->rows][at] = fit(rows->ctx, cell_text(rows->ctx, columns[i].type, &values[i]));
        at++;
    }
    rows->columns = at;
    rows->rows++;
}

static void append_padded(struct text_buf *out, const char *text, size_t width, bool last)
{
    size_t length = text_length(text);

    text_buf_append(out, text);
    for (; !last && length < width + 2; length++)
        text_buf_append_char(out, ' ');
}

static void append_table(struct text_buf *out, const struct text_rows *rows)
{
    size_t widths[TEXT_COLUMNS] = {0};

    for (size_t r = 0; r < rows->rows; r++)
        for (size_t c = 0; c < rows->columns; c++) {
            size_t length = text_length(rows->cells[r][c]);
            widths[c] = length > widths[c] ? length : widths[c];
        }
    for (size_t r = 0; r < rows->rows; r++) {
        for (size_t c = 0; c < rows->columns; c++)
            append_padded(out, rows->cells[r][c], widths[c], c + 1 == rows->columns);
        text_buf_append_char(out, '\n');
    }
}

/* ---- its words, in the library's language: English, or German -------------------------------------------- */

static void append_days(struct text_buf *out, const struct report_result *result, bool in_german)
{
    char first[CLOCK_DAY_SIZE];
    char last[CLOCK_DAY_SIZE];

    if (result->first > result->last)
        return;
    clock_format_day(result->first, first);
    clock_format_day(result->last, last);
    text_buf_printf(out, in_german ? "%s bis %s\n" : "%s to %s\n", first, last);
}

static void append_count(struct text_buf *out, const struct report_result *result, int64_t written,
                         bool in_german)
{
    const long long rows = (long long)result->row_count;

    if (rows == 0)
        text_buf_append(out, in_german ? "Es gibt keine Zeilen." : "There are no rows.");
    else if (rows == 1 && written == 1)
        text_buf_append(out, in_german ? "1 Zeile; sie steht in der angehängten Datei."
                                       : "1 row; it is in the file that is attached.");
    else if (written >= rows)
        text_buf_printf(out,
                        in_german ? "%lld Zeilen; alle stehen in der angehängten Datei."
                                  : "%lld rows; all of them are in the file that is attached.",
                        rows);
    else
        text_buf_printf(out,
                        in_german ? "%lld Zeilen; die ersten %lld stehen in der angehängten Datei."
                                  : "%lld rows; the first %lld are in the file that is attached.",
                        rows, (long long)written);
    text_buf_append_char(out, '\n');
}

static enum error_kind write_text(struct ctx *ctx, const struct report_result *result,
                                  const struct saved_report *saved, int64_t written, bool in_german,
                                  const char **out_text)
{
    struct text_rows *rows = arena_alloc(ctx->arena, sizeof *rows);
    struct text_buf text;

    rows->sink.row = note_row;
    rows->ctx = ctx;
    rows->rows = 1;
    TRY(reports_rows(ctx, result, 0, TEXT_ROWS, &rows->sink));
    if (reports_has_totals(result) && result->row_count > 0) {
        reports_totals(result, &rows->sink);
        rows->cells[rows->rows - 1][0] = in_german ? "Insgesamt:" : "In all:";
    }
    text_buf_init(&text, ctx->arena);
    text_buf_printf(&text, "%s\n", saved->facts.name);
    append_days(&text, result, in_german);
    text_buf_append_char(&text, '\n');
    if (result->row_count > 0) {
        append_table(&text, rows);
        if (result->row_count > TEXT_ROWS)
            text_buf_append(&text, "…\n");
        text_buf_append_char(&text, '\n');
    }
    append_count(&text, result, written, in_german);
    *out_text = text_buf_string(&text);
    return OK;
}

/* ---- the letter ------------------------------------------------------------------------------------------- */

static enum error_kind make(struct ctx *ctx, const struct saved_report *saved,
                            struct report_result **out_result)
{
    const struct report *report;
    struct report_query query;

    TRY(reports_find(ctx, saved->facts.report, &report));
    TRY(reports_parse_query(ctx, report, saved->facts.parameters, &query));
    return reports_make(ctx, report, &query, out_result);
}

enum error_kind report_letter_make(struct ctx *ctx, const struct saved_report *saved,
                                   struct report_letter *out_letter)
{
    struct csv_rows rows = {.sink = {.row = write_csv}, .ctx = ctx};
    struct report_result *result;
    const char *language;
    const char *library;

    *out_letter = (struct report_letter){.saved = *saved};
    TRY(mail_account_read(ctx, &out_letter->account));
    if (!*saved->facts.recipients ||
        !mail_addresses(ctx->arena, saved->facts.recipients, &out_letter->mail.to))
        return fail(ctx, NO_ADDRESS, "“%s” has nobody to be sent to. Enter an e-mail address first.",
                    saved->facts.name);
    TRY(settings_text(ctx, SETTING_LANGUAGE, &language));
    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &library));
    TRY(make(ctx, saved, &result));
    TRY(write_file(ctx, result, &rows));
    TRY(write_text(ctx, result, saved, rows.written, text_starts_with(language, "de"),
                   &out_letter->mail.text));
    out_letter->csv = (struct mail_part){.file_name = arena_printf(ctx->arena, "%s.csv", saved->facts.report),
                                         .type = "text/csv; charset=utf-8",
                                         .bytes = text_buf_string(&rows.csv),
                                         .length = rows.csv.length};
    out_letter->mail.subject = arena_printf(ctx->arena, "%s · %s", saved->facts.name, library);
    out_letter->mail.id = uuid_new(ctx->now);
    return OK;
}

enum error_kind report_letter_send(struct ctx *ctx, const struct report_letter *letter,
                                   struct saved_end *out_end)
{
    struct mail mail = letter->mail;
    struct mail_outcome outcome = {0};

    mail.parts = &letter->csv;
    mail.part_count = 1;
    enum error_kind kind = mail_send(ctx, &letter->account, &mail, &outcome);
    *out_end = (struct saved_end){.sent = kind == OK,
                                  .may_have_gone = outcome.may_have_gone,
                                  .for_good = outcome.for_good,
                                  .problem = kind == OK ? NULL : ctx->error.detail};
    if (kind == OK && outcome.refused)
        out_end->problem = arena_printf(ctx->arena, "Not taken for %s.", outcome.refused);
    return kind;
}

struct saved_end report_letter_not_made(struct ctx *ctx)
{
    return (struct saved_end){.problem = ctx->error.detail ? ctx->error.detail : "It could not be made."};
}
