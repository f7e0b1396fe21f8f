/*
 * import_service.c — planning an import on a reading thread and writing it in small bites on the writer's, so
 * that the desk goes on lending meanwhile.
 */
#include "catalogue_io/import_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/uuid.h"
#include "catalogue_io/csv_reader.h"
#include "catalogue_io/import_columns.h"
#include "catalogue_io/import_row.h"
#include "catalogue_io/import_seen.h"
#include "catalogue_io/marc_file.h"
#include "catalogue_io/marc_repository.h"
#include "copies/copies_service.h"
#include "events/events_service.h"

/* What a refusal while writing says is kept outside the arena for a moment. */
#define REFUSAL_TEXT_BYTES 512

struct import_plan {
    struct import_report report;
    struct import_columns columns;
    bool has_header;
    struct import_title *first, *last; /* all rows, in the file's order */
    struct import_title *next;         /* the next one to write */
    struct import_seen isbns, barcodes, titles;
    int64_t planned_titles, planned_copies;
    bool told; /* the audit row is written */
};

/* What reading needs besides: garbage goes to a scratch arena, row by row. */
struct planning {
    struct ctx *ctx; /* the plan's arena */
    struct ctx scratch;
    struct import_plan *plan;
    const struct import_options *options;
    const char *wrong;    /* with the names of columns that somebody told; ends the planning */
    enum error_kind kind; /* a failure that ends the planning */
};

/* ---- counting ----------------------------------------------------------------------------------------- */

static void count_reasons(struct import_report *report, const struct import_title *title, int sign)
{
    bool counted[IMPORT_REASON_COUNT] = {false};

    for (const struct import_reason *reason = title->reasons; reason; reason = reason->next) {
        if (!counted[reason->code])
            report->reasons[reason->code] += sign;
        counted[reason->code] = true;
    }
}

static void count_title(struct import_report *report, const struct import_title *title, int sign)
{
    if (title->outcome == IMPORT_REFUSED) {
        report->refused += sign;
    } else {
        report->imported += sign;
        report->repaired += title->outcome == IMPORT_REPAIRED ? sign : 0;
        report->copies_created += sign * title->facts.total_copies;
    }
    count_reasons(report, title, sign);
}

/* ---- keeping a row ------------------------------------------------------------------------------------ */

static const char *move_text(char **at, const char *text)
{
    char *moved = *at;

    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    memcpy(moved, text, size);
    *at += size;
    return moved;
}

/* All texts of a title in one block: there may be a hundred thousand titles. */
static struct book_facts keep_facts(struct arena *arena, const struct book_facts *facts)
{
    const char *const texts[] = {facts->title,    facts->subtitle,    facts->author,
                                 facts->isbn,     facts->publisher,   facts->edition,
                                 facts->language, facts->description, facts->item_type};
    struct book_facts kept = *facts;
    size_t size = 1;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        size += texts[i] ? strlen(texts[i]) + 1 : 0;
    for (size_t i = 0; i < facts->categories.count; i++)
        size += strlen(facts->categories.items[i]) + 1;

    char *at = arena_alloc(arena, size);
    kept.title = move_text(&at, facts->title);
    kept.subtitle = move_text(&at, facts->subtitle);
    kept.author = move_text(&at, facts->author);
    kept.isbn = move_text(&at, facts->isbn);
    kept.publisher = move_text(&at, facts->publisher);
    kept.edition = move_text(&at, facts->edition);
    kept.language = move_text(&at, facts->language);
    kept.description = move_text(&at, facts->description);
    kept.item_type = move_text(&at, facts->item_type);
    if (facts->categories.count > 0)
        kept.categories.items =
            arena_alloc_array(arena, facts->categories.count, sizeof *kept.categories.items);
    for (size_t i = 0; i < facts->categories.count; i++)
        kept.categories.items[i] = move_text(&at, facts->categories.items[i]);
    return kept;
}

static struct import_reason *keep_reasons(struct arena *arena, const struct import_reason *reasons)
{
    struct import_reason *first = NULL;
    struct import_reason **end = &first;

    for (; reasons; reasons = reasons->next) {
        *end = arena_memdup(arena, reasons, sizeof *reasons);
        (*end)->text = arena_strdup(arena, reasons->text);
        (*end)->next = NULL;
        end = &(*end)->next;
    }
    return first;
}

/* The record's own bytes stay where they are when they are the file's; those made here are in the scratch arena. */
static void keep_copies(struct arena *arena, const struct import_title *title, struct import_title *kept)
{
    kept->copies = NULL;
    kept->copy_count = 0;
    kept->original = NULL;
    if (title->outcome == IMPORT_REFUSED)
        return;
    kept->copies = arena_memdup(arena, title->copies, title->copy_count * sizeof *title->copies);
    kept->copy_count = title->copy_count;
    for (size_t i = 0; i < kept->copy_count; i++) {
        kept->copies[i].barcode = arena_strdup(arena, title->copies[i].barcode);
        kept->copies[i].shelf = arena_strdup(arena, title->copies[i].shelf);
    }
    kept->original = title->original_is_file ? title->original
                                             : arena_memdup(arena, title->original, title->original_length);
}

/* Copies a row out of the scratch arena, no more of it than will be needed. */
static struct import_title *keep_title(struct arena *arena, const struct import_title *title)
{
    struct import_title *kept = arena_memdup(arena, title, sizeof *title);

    if (title->outcome == IMPORT_REFUSED)
        kept->facts = (struct book_facts){.title = arena_strdup(arena, title->facts.title)};
    else
        kept->facts = keep_facts(arena, &title->facts);
    keep_copies(arena, title, kept);
    kept->reasons = keep_reasons(arena, title->reasons);
    return kept;
}

/* ---- rules that a row alone cannot tell ------------------------------------------------------------------ */

/* The first wrong field as a reason; ctx->error is empty again. */
static void refuse_for_error(struct ctx *ctx, struct import_title *title)
{
    const struct field_error *field = ctx->error.fields;
    const char *text =
        field ? arena_printf(ctx->arena, "%s %s.", field->field, field->message) : ctx->error.detail;

    error_clear(ctx);
    import_refused(ctx, title, IMPORT_NOT_VALID, text);
}

/* A key under which rows without an ISBN are the same title. */
static const char *likeness(struct arena *arena, const struct book_facts *facts)
{
    return arena_printf(arena, "%s\n%s\n%" PRId64, facts->title, text_fold(arena, facts->author),
                        facts->year);
}

static void refuse_duplicate_in_file(struct planning *planning, struct import_title *title)
{
    struct import_plan *plan = planning->plan;
    struct arena *arena = planning->ctx->arena;
    struct ctx *scratch = &planning->scratch;
    const char *isbn = title->facts.isbn;
    int64_t row;

    if (isbn) {
        row = import_seen_before(&plan->isbns, arena, isbn, title->row);
        if (row)
            import_refused(
                scratch, title, IMPORT_DUPLICATE_IN_FILE,
                arena_printf(scratch->arena, "ISBN %s stands in row %" PRId64 " already.", isbn, row));
    } else {
        row = import_seen_before(&plan->titles, arena, likeness(scratch->arena, &title->facts), title->row);
        if (row)
            import_refused(
                scratch, title, IMPORT_DUPLICATE_IN_FILE,
                arena_printf(scratch->arena, "Row %" PRId64 " has the same title, author and year.", row));
    }
    for (size_t i = 0; i < title->copy_count; i++) {
        const char *barcode = title->copies[i].barcode;
        row = barcode ? import_seen_before(&plan->barcodes, arena, barcode, title->row) : 0;
        if (row)
            import_refused(
                scratch, title, IMPORT_BARCODE_TAKEN,
                arena_printf(scratch->arena, "Barcode %s stands in row %" PRId64 " already.", barcode, row));
    }
}

static enum error_kind refuse_duplicate_in_catalogue(struct ctx *ctx, struct import_title *title)
{
    struct book_name other;
    struct copy copy;
    bool found;

    TRY(books_find_same(ctx, &title->facts, &other, &found));
    if (found)
        import_refused(
            ctx, title, IMPORT_DUPLICATE_IN_CATALOGUE,
            title->facts.isbn
                ? arena_printf(ctx->arena, "ISBN %s belongs to “%s” already%s.", title->facts.isbn,
                               other.title, other.archived ? ", which is archived" : "")
                : arena_printf(ctx->arena, "“%s” of that author and year is there already.", other.title));
    for (size_t i = 0; i < title->copy_count; i++) {
        const char *barcode = title->copies[i].barcode;
        if (!barcode)
            continue;
        TRY(copies_find_by_barcode(ctx, barcode, &copy, &found));
        if (found)
            import_refused(ctx, title, IMPORT_BARCODE_TAKEN,
                           arena_printf(ctx->arena, "Barcode %s is on a copy already.", barcode));
    }
    return OK;
}

/* ---- planning ----------------------------------------------------------------------------------------- */

static void append_title(struct import_plan *plan, struct import_title *title)
{
    if (plan->last)
        plan->last->next = title;
    else
        plan->first = title;
    plan->last = title;
    plan->report.rows_read++;
    count_title(&plan->report, title, 1);
}

/* A title as it was read, in the scratch arena: what else speaks against it? Then it is kept. */
static enum error_kind plan_title(struct planning *planning, struct import_title *title)
{
    struct ctx *scratch = &planning->scratch;

    if (planning->plan->report.rows_read == IMPORT_ROWS_MAX)
        return fail(scratch, IMPORT_UNREADABLE, "The file has more than %d rows. Bring it in parts.",
                    IMPORT_ROWS_MAX);
    if (title->outcome != IMPORT_REFUSED && books_check_facts(scratch, &title->facts) != OK) {
        if (scratch->error.code != ERR_VALIDATION_ERROR)
            return error_code_kind(scratch->error.code);
        refuse_for_error(scratch, title);
    }
    if (title->outcome != IMPORT_REFUSED)
        refuse_duplicate_in_file(planning, title);
    if (title->outcome != IMPORT_REFUSED)
        TRY(refuse_duplicate_in_catalogue(scratch, title));
    append_title(planning->plan, keep_title(planning->ctx->arena, title));
    return OK;
}

/* False: reading ends here, because memory has, or for an error that lies in the scratch arena. */
static bool take_title(struct planning *planning, struct import_title *title)
{
    planning->kind = plan_title(planning, title);
    if (planning->kind != OK)
        return false;
    arena_reset(planning->scratch.arena);
    return !arena_exhausted(planning->ctx->arena);
}

/* ---- CSV ------------------------------------------------------------------------------------------------ */

const char *const import_delimiters[] = {"comma", "semicolon", "tab", "bar", NULL};

static char delimiter_named(const char *name)
{
    static const char characters[] = ",;\t|";

    for (size_t i = 0; name && import_delimiters[i]; i++) {
        if (strcmp(import_delimiters[i], name) == 0)
            return characters[i];
    }
    return '\0';
}

static bool take_row(void *argument, const struct csv_row *row)
{
    struct planning *planning = argument;
    struct import_plan *plan = planning->plan;

    if (!plan->has_header) {
        import_columns_match(planning->ctx->arena, import_title_fields, row->cells, row->count,
                             &plan->columns);
        if (planning->options->columns)
            planning->wrong =
                import_columns_tell(planning->ctx->arena, planning->options->columns, &plan->columns);
        if (planning->wrong)
            return false;
        plan->has_header = true;
        return import_columns_have(&plan->columns, COLUMN_OF_TITLE);
    }
    struct import_title title;
    import_row_read(&planning->scratch, &plan->columns, row, &title);
    return take_title(planning, &title);
}

/* What stood after a quote that nobody closed. */
static void refuse_rest(struct planning *planning, int64_t row)
{
    struct import_title title = {.row = row};

    import_refused(planning->ctx, &title, IMPORT_OPEN_QUOTE,
                   "A quote is opened here and never closed: nothing from here on could be read.");
    append_title(planning->plan, keep_title(planning->ctx->arena, &title));
}

/* As the report would have told it, so that a page can ask which column is which. Tabs part the headers. */
static void tell_columns(struct ctx *ctx, const struct import_plan *plan)
{
    const struct import_columns *columns = &plan->columns;
    struct text_buf headers, fields;

    text_buf_init(&headers, ctx->arena);
    text_buf_init(&fields, ctx->arena);
    for (size_t i = 0; i < columns->count; i++) {
        const char *field = import_columns_field(columns, i);
        text_buf_printf(&headers, "%s%s", i > 0 ? "\t" : "", columns->headers[i]);
        text_buf_printf(&fields, "%s%s", i > 0 ? "," : "", field ? field : "");
    }
    error_reason_text(ctx, "encoding", plan->report.encoding);
    error_reason_text(ctx, "delimiter", plan->report.delimiter);
    error_reason_text(ctx, "headers", text_buf_string(&headers));
    error_reason_text(ctx, "columns", text_buf_string(&fields));
}

static enum error_kind check_columns(struct ctx *ctx, const struct import_plan *plan)
{
    const struct import_columns *columns = &plan->columns;
    bool author =
        import_columns_have(columns, COLUMN_OF_AUTHOR) || import_columns_have(columns, COLUMN_OF_AUTHORS);

    if (plan->has_header && import_columns_have(columns, COLUMN_OF_TITLE) && author)
        return OK;
    tell_columns(ctx, plan);
    return fail(
        ctx, IMPORT_UNREADABLE,
        "The first row must name the columns, and one of them must be the %s (title, author, isbn, year, "
        "publisher, language, copies …).",
        import_columns_have(columns, COLUMN_OF_TITLE) ? "author" : "title");
}

static void describe_columns(struct ctx *ctx, struct import_plan *plan)
{
    const char **fields = arena_alloc_array(ctx->arena, plan->columns.count + 1, sizeof *fields);

    for (size_t i = 0; i < plan->columns.count; i++)
        fields[i] = import_columns_field(&plan->columns, i);
    plan->report.column_count = plan->columns.count;
    plan->report.headers = plan->columns.headers;
    plan->report.fields = fields;
}

static enum error_kind read_csv(struct planning *planning, const char *bytes, size_t length)
{
    struct ctx *ctx = planning->ctx;
    struct import_report *report = &planning->plan->report;
    struct csv_file file;
    const char *problem;
    int64_t last_row;

    const struct csv_told told = {.encoding = planning->options->encoding,
                                  .delimiter = delimiter_named(planning->options->delimiter)};
    if (!csv_recognise(ctx->arena, bytes, length, &told, &file, &problem))
        return fail(ctx, IMPORT_UNREADABLE, "%s", problem);
    report->format = "csv";
    report->encoding = file.encoding;
    report->delimiter[0] = file.delimiter;
    enum csv_end end = csv_read_rows(ctx->arena, &file, take_row, planning, &last_row);
    if (planning->wrong)
        return fail(ctx, INVALID_PARAMETER, "%s", planning->wrong);
    if (planning->kind != OK)
        return OK;
    TRY(check_columns(ctx, planning->plan));
    if (end == CSV_OPEN_QUOTE)
        refuse_rest(planning, last_row);
    if (report->rows_read == 0)
        return fail(ctx, IMPORT_UNREADABLE, "There is nothing below the header row.");
    describe_columns(ctx, planning->plan);
    return OK;
}

/* ---- MARC ----------------------------------------------------------------------------------------------- */

static bool take_marc(void *argument, struct import_title *title)
{
    struct planning *planning = argument;

    /* Where memory ended, its texts end (arena.h): half a record is not kept as the original. */
    if (arena_exhausted(planning->scratch.arena))
        import_refused(&planning->scratch, title, IMPORT_MARC_UNREADABLE,
                       "This record is too large to be read whole.");
    return take_title(planning, title);
}

static enum error_kind read_marc(struct planning *planning, const char *bytes, size_t length)
{
    struct ctx *ctx = planning->ctx;
    struct import_report *report = &planning->plan->report;

    report->encoding = "";
    report->format = marc_file_read(&planning->scratch, bytes, length, take_marc, planning);
    if (planning->kind == OK && report->rows_read == 0)
        return fail(ctx, IMPORT_UNREADABLE, "There is no MARC record in this file.");
    return OK;
}

/* ---- either --------------------------------------------------------------------------------------------- */

static enum error_kind read_file(struct planning *planning, const char *bytes, size_t length)
{
    struct arena scratch;

    arena_init(&scratch, ARENA_RECORD_MAX);
    planning->scratch.arena = &scratch;
    enum error_kind kind = marc_file_is_likely(bytes, length) ? read_marc(planning, bytes, length)
                                                              : read_csv(planning, bytes, length);
    if (kind == OK && planning->kind != OK)
        kind = error_set(planning->ctx, planning->scratch.error.code, "%s", planning->scratch.error.detail);
    arena_release(&scratch);
    planning->scratch.arena = NULL; /* it lay on this stack */
    return kind;
}

/* What has been planned is given back, so that there is room to say so: it would not fit another time either. */
static enum error_kind fail_too_large(struct ctx *ctx, struct arena_mark mark, int64_t rows)
{
    error_clear(ctx);
    arena_reset_to(ctx->arena, mark);
    ctx->arena->exhausted = false;
    return fail(ctx, BODY_TOO_LARGE,
                "The file is too large for one import: memory ended after %" PRId64
                " rows. Nothing was imported. Bring it in parts.",
                rows);
}

enum error_kind import_plan_make(struct ctx *ctx, const char *bytes, size_t length,
                                 const struct import_options *options, struct import_plan **out_plan)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct import_plan *plan = arena_alloc(ctx->arena, sizeof *plan);
    struct planning planning = {.ctx = ctx, .scratch = *ctx, .plan = plan, .options = options};

    plan->report.dry_run = options->dry_run;
    enum error_kind kind = read_file(&planning, bytes, length);
    if (arena_exhausted(ctx->arena))
        return fail_too_large(ctx, mark, plan->report.rows_read);
    if (kind != OK)
        return kind;
    plan->planned_titles = plan->report.imported;
    plan->planned_copies = plan->report.copies_created;
    plan->next = options->dry_run ? NULL : plan->first;
    *out_plan = plan;
    return OK;
}

/* ---- writing ------------------------------------------------------------------------------------------ */

/* The batch's audit row: in the transaction of its first title. */
static enum error_kind tell_begin(struct ctx *ctx, struct import_plan *plan)
{
    struct field_change copies = {.name = "copies",
                                  .after = arena_printf(ctx->arena, "%" PRId64, plan->planned_copies)};
    struct field_change titles = {.name = "titles",
                                  .after = arena_printf(ctx->arena, "%" PRId64, plan->planned_titles),
                                  .next = &copies};

    plan->told = true;
    return audit_edit(ctx, "catalogue.imported", "library", NO_NUMBER, &titles);
}

static enum error_kind tell_end(struct ctx *ctx, const struct import_plan *plan)
{
    if (!plan->told)
        return OK;
    const struct event_fact fact = {.type = EVENT_CATALOGUE_IMPORTED,
                                    .detail = arena_printf(ctx->arena, "%" PRId64, plan->report.imported)};
    return events_record(ctx, &fact);
}

static enum import_reason_code reason_of(enum error_code code)
{
    switch (code) {
    case ERR_DUPLICATE_ISBN: return IMPORT_DUPLICATE_IN_CATALOGUE;
    case ERR_DUPLICATE_BARCODE: return IMPORT_BARCODE_TAKEN;
    case ERR_VALIDATION_ERROR: return IMPORT_NOT_VALID;
    default: return IMPORT_REASON_COUNT;
    }
}

/* One title. Everything it needs from the arena is given back, so that a long import does not grow. */
static enum error_kind write_title(struct ctx *ctx, struct import_plan *plan, struct import_title *title)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    char refusal[REFUSAL_TEXT_BYTES];
    struct book book;

    if (copies_catalogue_title_in_batch(ctx, &title->facts, title->copies, title->copy_count, &book) == OK) {
        if (title->original)
            TRY(marc_repo_keep(ctx, book.id, title->original_format, title->original,
                               title->original_length));
        if (!plan->told)
            TRY(tell_begin(ctx, plan));
        arena_reset_to(ctx->arena, mark);
        return OK;
    }
    enum import_reason_code reason = reason_of(ctx->error.code);
    if (reason == IMPORT_REASON_COUNT)
        return error_code_kind(ctx->error.code);
    /* Somebody was faster than this import. */
    snprintf(refusal, sizeof refusal, "%s", ctx->error.detail);
    error_clear(ctx);
    arena_reset_to(ctx->arena, mark);
    count_title(&plan->report, title, -1);
    import_refused(ctx, title, reason, arena_strdup(ctx->arena, refusal));
    count_title(&plan->report, title, 1);
    return OK;
}

enum error_kind import_plan_step(struct ctx *ctx, struct import_plan *plan, int64_t budget_ms, bool *out_more)
{
    int64_t until = clock_monotonic_ms() + budget_ms;
    bool wrote = plan->next != NULL;

    while (plan->next && clock_monotonic_ms() < until) {
        struct import_title *title = plan->next;
        if (title->outcome != IMPORT_REFUSED)
            TRY(write_title(ctx, plan, title));
        plan->next = title->next;
    }
    *out_more = plan->next != NULL;
    if (wrote && !*out_more)
        TRY(tell_end(ctx, plan));
    return OK;
}

/* ---- the report --------------------------------------------------------------------------------------- */

const struct import_report *import_plan_report(struct ctx *ctx, struct import_plan *plan)
{
    struct import_report *report = &plan->report;
    int64_t told = report->repaired + report->refused;
    size_t room = IMPORT_REPORT_ROWS_MAX;
    size_t for_refused = (size_t)report->refused < room ? (size_t)report->refused : room;
    size_t for_repaired = room - for_refused;
    struct import_report_row *rows =
        arena_alloc_array(ctx->arena, (size_t)told < room ? (size_t)told + 1 : room, sizeof *rows);

    report->row_count = 0;
    for (const struct import_title *title = plan->first; title; title = title->next) {
        size_t *left = title->outcome == IMPORT_REFUSED ? &for_refused : &for_repaired;
        if (title->outcome == IMPORT_AS_IT_IS || *left == 0)
            continue;
        (*left)--;
        rows[report->row_count++] = (struct import_report_row){.row = title->row,
                                                               .outcome = title->outcome,
                                                               .title = title->facts.title,
                                                               .reasons = title->reasons};
    }
    report->rows = rows;
    report->rows_omitted = told - (int64_t)report->row_count;
    return report;
}
