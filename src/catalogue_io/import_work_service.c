/*
 * import_work_service.c — looking at rows, and writing them.
 */
#include "catalogue_io/import_work_service.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/text.h"
#include "catalogue_io/import_batch_repository.h"
#include "catalogue_io/import_facts.h"
#include "catalogue_io/import_trail.h"
#include "events/events_service.h"

#define KEPT_REPAIRED (IMPORT_ROWS_KEPT / 4) /* … and the rest for what is refused, or there already */
#define REFUSAL_TEXT_BYTES 512 /* what a refusal while writing says, outside the arena for a moment */

struct import_work {
    struct arena arena; /* of the work: the batch's texts */
    struct import_batch batch;
    struct import_source source;
    struct import_run *run;
    struct arena own; /* of the rows at hand, beside the run's */
    struct import_rows rows;
    enum import_choice choices[IMPORT_AT_ONCE_ROWS];
    struct import_kept_row kept[IMPORT_AT_ONCE_ROWS];
    size_t kept_count;
    int64_t before;  /* rows of the file before those at hand */
    bool is_at_end;  /* there are no more */
    bool is_writing; /* rows that are done are passed over */
};

/* ---- begin and end ---------------------------------------------------------------------------------------- */

static const char *keep(struct arena *arena, const char *text)
{
    return text ? arena_strdup(arena, text) : NULL;
}

/* The caller's texts go before the work does. */
static void keep_batch(struct import_work *work, const struct import_batch *batch)
{
    struct arena *arena = &work->arena;
    const struct import_taking *taking = &batch->taking;

    work->batch = *batch;
    work->batch.kind = keep(arena, batch->kind);
    work->batch.name = keep(arena, batch->name);
    work->batch.status = keep(arena, batch->status);
    work->batch.profile = keep(arena, batch->profile);
    work->batch.duplicates = keep(arena, batch->duplicates);
    work->batch.format = keep(arena, batch->format);
    work->batch.error = NULL;
    work->batch.headers = keep(arena, batch->headers);
    work->batch.fields = keep(arena, batch->fields);
    work->batch.created_by = keep(arena, batch->created_by);
    work->batch.taking =
        (struct import_taking){keep(arena, taking->encoding), keep(arena, taking->delimiter),
                               keep(arena, taking->columns), keep(arena, taking->by_headers)};
}

enum error_kind import_work_rewind(struct ctx *ctx, struct import_work *work)
{
    struct import_run *run;

    TRY(import_run_open(ctx, import_kind_named(work->batch.kind), &work->source, &work->batch.taking, &run));
    import_run_close(work->run);
    work->run = run;
    work->rows = (struct import_rows){0};
    work->kept_count = 0;
    work->before = 0;
    work->is_at_end = false;
    return OK;
}

enum error_kind import_work_begin(struct ctx *ctx, const struct import_batch *batch,
                                  const struct import_source *source, struct import_work **out_work)
{
    struct import_work *work = calloc(1, sizeof *work);

    if (!work)
        abort();
    arena_init(&work->arena, ARENA_REQUEST_MAX);
    arena_init(&work->own, ARENA_RECORD_MAX);
    keep_batch(work, batch);
    work->source = *source;
    enum error_kind kind = import_work_rewind(ctx, work);
    if (kind != OK) {
        import_work_end(work);
        return kind;
    }
    *out_work = work;
    return OK;
}

void import_work_end(struct import_work *work)
{
    if (!work)
        return;
    import_run_close(work->run);
    arena_release(&work->own);
    arena_release(&work->arena);
    free(work);
}

const struct import_file_facts *import_work_file(const struct import_work *work)
{
    return import_run_file(work->run);
}

const struct import_tally *import_work_tally(const struct import_work *work)
{
    return &work->batch.tally;
}

/* ---- counting ------------------------------------------------------------------------------------------- */

static void count_reasons(struct import_tally *tally, const struct import_record *record)
{
    bool counted[IMPORT_REASON_COUNT] = {false};

    for (const struct import_reason *reason = record->reasons; reason; reason = reason->next) {
        tally->reasons[reason->code] += !counted[reason->code];
        counted[reason->code] = true;
    }
}

static void count_record(struct import_tally *tally, const struct import_record *record, int64_t copies)
{
    tally->rows_done++;
    count_reasons(tally, record);
    if (record->outcome == IMPORT_REFUSED) {
        tally->refused++;
        return;
    }
    if (record->match_id != NO_NUMBER)
        tally->merged++;
    else
        tally->imported++;
    tally->repaired += record->outcome == IMPORT_REPAIRED;
    tally->copies += copies;
}

/* How many a row would make, as far as it says. */
static int64_t copies_planned(const struct import_work *work, const struct import_record *record)
{
    if (strcmp(work->batch.kind, "copies") == 0)
        return record->match_id == NO_NUMBER;
    if (strcmp(work->batch.kind, "titles") != 0 || record->outcome == IMPORT_REFUSED)
        return 0;
    int64_t total = ((const struct import_title *)record->facts)->facts.total_copies;
    return total == NO_NUMBER ? 1 : total;
}

/* ---- what is there already ------------------------------------------------------------------------------- */

static enum import_choice choice_named(const char *name)
{
    for (int i = 0; import_duplicate_names[i]; i++) {
        if (strcmp(import_duplicate_names[i], name) == 0)
            return (enum import_choice)i;
    }
    return IMPORT_SKIP;
}

/* The reason why it is refused is the one that told what is there. */
static void skip(struct ctx *ctx, struct import_record *record)
{
    struct import_reason *reason = record->reasons;

    while (reason && reason->code != IMPORT_DUPLICATE_IN_CATALOGUE)
        reason = reason->next;
    if (!reason) {
        reason = arena_alloc(ctx->arena, sizeof *reason);
        *reason = (struct import_reason){.code = IMPORT_DUPLICATE_IN_CATALOGUE,
                                         .text = arena_printf(ctx->arena, "“%s” is in the library already.",
                                                              record->match_name ? record->match_name : "")};
    }
    reason->next = NULL;
    record->reasons = reason;
    record->outcome = IMPORT_REFUSED;
}

static enum error_kind settle(struct ctx *ctx, struct import_work *work, struct import_record *record,
                              enum import_choice *out_choice)
{
    const char *choice = NULL;

    *out_choice = choice_named(work->batch.duplicates);
    if (record->outcome == IMPORT_REFUSED || record->match_id == NO_NUMBER)
        return OK;
    if (work->batch.id && work->is_writing)
        TRY(import_repo_choice(ctx, work->batch.id, record->row, &choice));
    if (choice)
        *out_choice = choice_named(choice);
    if (*out_choice == IMPORT_SKIP)
        skip(ctx, record);
    return OK;
}

/* ---- rows worth a look ------------------------------------------------------------------------------------ */

/* A line each, without any character of a line's own. */
static const char *reason_lines(struct arena *arena, const struct import_reason *reasons)
{
    struct text_buf lines;

    text_buf_init(&lines, arena);
    for (; reasons; reasons = reasons->next) {
        if (lines.length > 0)
            text_buf_append_char(&lines, '\n');
        for (const char *at = reasons->text; *at; at++)
            text_buf_append_char(&lines, (unsigned char)*at < ' ' ? ' ' : *at);
    }
    return text_buf_string(&lines);
}

/* Is there room for it? Refused rows have more than repaired ones. */
static bool may_keep(struct import_tally *tally, const struct import_record *record)
{
    bool is_duplicate = record->match_id != NO_NUMBER;

    if (record->outcome == IMPORT_REPAIRED && !is_duplicate)
        return tally->kept_repaired < KEPT_REPAIRED && ++tally->kept_repaired;
    return (record->outcome == IMPORT_REFUSED || is_duplicate) &&
           tally->kept < IMPORT_ROWS_KEPT - KEPT_REPAIRED && ++tally->kept;
}

static struct import_kept_row kept_row(struct arena *arena, const struct import_record *record,
                                       const char *cells)
{
    return (struct import_kept_row){
        .row = record->row,
        .outcome = record->match_id != NO_NUMBER       ? "duplicate"
                   : record->outcome == IMPORT_REFUSED ? "refused"
                                                       : "repaired",
        .name = record->name,
        .reasons = reason_lines(arena, record->reasons),
        .match_id = record->match_id,
        .match_name = record->match_name,
        .cells = record->outcome == IMPORT_REFUSED ? cells : NULL,
    };
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

static enum error_kind next_rows(struct ctx *ctx, struct import_work *work, bool looks)
{
    struct ctx own = *ctx;

    work->before += (int64_t)work->rows.count;
    work->rows.count = work->kept_count = 0;
    arena_reset(&work->own);
    TRY(import_run_next(ctx, work->run, IMPORT_AT_ONCE_ROWS, looks, &work->rows));
    work->is_at_end = work->rows.count == 0;
    own.arena = &work->own;
    for (size_t i = 0; looks && i < work->rows.count; i++) {
        if (settle(&own, work, &work->rows.records[i], &work->choices[i]) != OK)
            return error_set(ctx, own.error.code, "%s", own.error.detail);
    }
    return OK;
}

enum error_kind import_work_look(struct ctx *ctx, struct import_work *work, bool *out_more)
{
    struct import_tally *tally = &work->batch.tally;

    TRY(next_rows(ctx, work, true));
    for (size_t i = 0; i < work->rows.count; i++) {
        const struct import_record *record = &work->rows.records[i];
        count_record(tally, record, copies_planned(work, record));
        if (may_keep(tally, record))
            work->kept[work->kept_count++] = kept_row(&work->own, record, work->rows.cells[i]);
    }
    work->batch.rows_read = tally->rows_done;
    *out_more = !work->is_at_end;
    if (*out_more || tally->rows_done > 0)
        return OK;
    return import_work_file(work)->columns
               ? fail(ctx, IMPORT_UNREADABLE, "There is nothing below the header row.")
               : fail(ctx, IMPORT_UNREADABLE, "There is no MARC record in this file.");
}

const struct import_kept_row *import_work_kept(const struct import_work *work, size_t i)
{
    return i < work->kept_count ? &work->kept[i] : NULL;
}

/* The batch as it is kept, if it is still in this state. The id of one that was given up may be another's by now. */
static enum error_kind find_in(struct ctx *ctx, const struct import_work *work, const char *status,
                               struct import_batch *out_batch, bool *out_found)
{
    TRY(import_repo_find(ctx, &work->batch.uuid, out_batch, out_found));
    *out_found = *out_found && strcmp(out_batch->status, status) == 0;
    return OK;
}

enum error_kind import_work_keep(struct ctx *ctx, struct import_work *work, bool *out_goes_on)
{
    struct import_batch batch;

    TRY(find_in(ctx, work, IMPORT_READING, &batch, out_goes_on));
    if (!*out_goes_on)
        return OK;
    for (size_t i = 0; i < work->kept_count; i++)
        TRY(import_repo_keep_row(ctx, batch.id, &work->kept[i]));
    batch.rows_read = work->batch.rows_read;
    batch.tally = work->batch.tally;
    batch.tally.rows_done = 0;
    return import_repo_save(ctx, &batch);
}

static const char *headers_of(struct ctx *ctx, const struct import_columns *columns, bool fields)
{
    struct text_buf text;

    if (!columns)
        return NULL;
    text_buf_init(&text, ctx->arena);
    for (size_t i = 0; i < columns->count; i++) {
        const char *field = import_columns_field(columns, i);
        if (i > 0)
            text_buf_append_char(&text, '\t');
        if (fields)
            text_buf_append(&text, field ? field : "");
        else
            for (const char *at = columns->headers[i]; *at; at++)
                text_buf_append_char(&text, (unsigned char)*at < ' ' ? ' ' : *at);
    }
    return text_buf_string(&text);
}

/* What the file has told of itself is told to its owner; what he said stays said. */
static void describe(struct ctx *ctx, const struct import_work *work, struct import_batch *batch)
{
    const struct import_file_facts *file = import_work_file(work);

    batch->format = file->format;
    if (!batch->profile)
        batch->profile = file->profile;
    if (file->columns) {
        batch->taking.encoding = file->encoding;
        if (import_delimiter_name(file->delimiter[0]))
            batch->taking.delimiter = import_delimiter_name(file->delimiter[0]);
    }
    batch->headers = headers_of(ctx, file->columns, false);
    batch->fields = headers_of(ctx, file->columns, true);
}

enum error_kind import_work_ready(struct ctx *ctx, struct import_work *work)
{
    struct import_batch batch;
    bool goes_on;

    TRY(import_work_keep(ctx, work, &goes_on));
    if (!goes_on)
        return OK;
    TRY(import_repo_find(ctx, &work->batch.uuid, &batch, &goes_on));
    describe(ctx, work, &batch);
    batch.status = IMPORT_READY;
    batch.error = NULL;
    return import_repo_save(ctx, &batch);
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static const char *action_of(const char *kind)
{
    if (strcmp(kind, "members") == 0)
        return "members.imported";
    return strcmp(kind, "loans") == 0 ? "borrows.imported" : "catalogue.imported";
}

/* The batch's audit row, with the numbers planned. */
static enum error_kind tell_begin(struct ctx *ctx, const struct import_batch *batch)
{
    const struct import_tally *plan = &batch->tally;
    struct field_change copies = {.name = "copies",
                                  .after = arena_printf(ctx->arena, "%" PRId64, plan->copies)};
    struct field_change rows = {.name = batch->kind,
                                .after = arena_printf(ctx->arena, "%" PRId64, plan->imported),
                                .next = strcmp(batch->kind, "titles") == 0 ? &copies : NULL};

    if (plan->imported == 0 && plan->merged == 0)
        return OK;
    return audit_edit(ctx, action_of(batch->kind), "library", NO_NUMBER, &rows);
}

enum error_kind import_work_start(struct ctx *ctx, struct import_batch *batch)
{
    TRY(tell_begin(ctx, batch));
    batch->status = IMPORT_WRITING;
    batch->error = NULL;
    batch->started_at = ctx->now;
    batch->tally = (struct import_tally){0};
    return import_repo_save(ctx, batch);
}

enum error_kind import_work_adopt(struct ctx *ctx, struct import_work *work, struct uuid *out_uuid)
{
    struct import_batch batch = work->batch;

    batch.status = IMPORT_READING;
    batch.uuid = uuid_new(ctx->now);
    describe(ctx, work, &batch);
    TRY(import_repo_insert(ctx, &batch));
    TRY(import_work_start(ctx, &batch));
    work->batch.id = batch.id;
    work->batch.uuid = *out_uuid = batch.uuid;
    return OK;
}

/* A start after a stop: rows that are done are read again, for what others must not be. */
static enum error_kind pass_over(struct ctx *ctx, struct import_work *work)
{
    while (!work->is_at_end && work->before + (int64_t)work->rows.count <= work->batch.tally.rows_done)
        TRY(next_rows(ctx, work,
                      work->batch.tally.rows_done - work->before - (int64_t)work->rows.count <
                          IMPORT_AT_ONCE_ROWS));
    return OK;
}

enum error_kind import_work_prepare(struct ctx *ctx, struct import_work *work, bool *out_more)
{
    struct import_batch batch;
    bool found;

    /* What is committed counts, not what was written. */
    TRY(import_repo_find(ctx, &work->batch.uuid, &batch, &found));
    if (found)
        work->batch.tally.rows_done = batch.tally.rows_done;
    work->is_writing = true;
    TRY(pass_over(ctx, work));
    *out_more = !work->is_at_end;
    return OK;
}

static enum import_reason_code reason_of(enum error_code code)
{
    switch (code) {
    case ERR_DUPLICATE_ISBN: return IMPORT_DUPLICATE_IN_CATALOGUE;
    case ERR_DUPLICATE_BARCODE: return IMPORT_BARCODE_TAKEN;
    default: return IMPORT_NOT_VALID;
    }
}

/* Refuses the row alone; anything else ends the import. */
static bool is_refusal(enum error_kind kind)
{
    return kind == ERROR_CONFLICT || kind == ERROR_INVALID || kind == ERROR_NOT_FOUND ||
           kind == ERROR_PRECONDITION || kind == ERROR_MALFORMED;
}

static void join_trail(struct import_trail *trail, const struct import_range *range,
                       const struct import_value *value)
{
    if (range) {
        join_trail(trail, range->next, NULL); /* the first one first */
        for (int64_t id = range->first_id; id <= range->last_id; id++)
            import_made(trail, range->entity, id);
    }
    for (; value; value = value->next)
        import_changed(trail, value->entity, value->entity_id, value->field, value->before, value->after);
}

/* Somebody was faster than this import, or knows better. */
static void refuse(struct ctx *ctx, struct import_work *work, struct import_record *record,
                   struct arena_mark mark)
{
    enum error_code code = ctx->error.code;
    const struct field_error *field = ctx->error.fields;
    char text[REFUSAL_TEXT_BYTES];

    if (code == ERR_VALIDATION_ERROR && field)
        snprintf(text, sizeof text, "%s %s.", field->field, field->message);
    else
        snprintf(text, sizeof text, "%s", ctx->error.detail);
    error_clear(ctx);
    arena_reset_to(ctx->arena, mark);
    struct import_reason *reason = arena_alloc(&work->own, sizeof *reason);
    *reason = (struct import_reason){.code = reason_of(code),
                                     .text = text_truncate(&work->own, text, REFUSAL_TEXT_BYTES / 4)};
    record->reasons = reason;
    record->outcome = IMPORT_REFUSED;
}

/* One row. Everything it needs from the arena is given back, so that a long import does not grow. */
static enum error_kind write_row(struct ctx *ctx, struct import_work *work, size_t i,
                                 struct import_trail *trail, struct import_tally *tally)
{
    struct import_record record = work->rows.records[i];
    struct arena_mark mark = arena_mark(ctx->arena);
    struct import_trail own = {.arena = ctx->arena};
    int64_t copies = 0;

    if (record.outcome != IMPORT_REFUSED) {
        const struct import_kind *kind = import_kind_named(work->batch.kind);
        enum error_kind result = kind->write(ctx, &record, work->choices[i], &own, &copies);
        if (result == OK)
            join_trail(trail, own.ranges, own.values);
        else if (is_refusal(result))
            refuse(ctx, work, &record, mark);
        else
            return result;
    }
    count_record(tally, &record, copies);
    if (may_keep(tally, &record)) {
        struct import_kept_row row = kept_row(ctx->arena, &record, work->rows.cells[i]);
        TRY(import_repo_keep_row(ctx, work->batch.id, &row));
    }
    arena_reset_to(ctx->arena, mark);
    return OK;
}

static enum error_kind write_rows(struct ctx *ctx, struct import_work *work, int64_t until,
                                  struct import_batch *batch)
{
    struct import_tally tally = batch->tally;
    struct import_trail trail = {.arena = &work->own};
    size_t i = (size_t)(batch->tally.rows_done - work->before);

    tally.kept = work->batch.tally.kept;
    tally.kept_repaired = work->batch.tally.kept_repaired;
    do
        TRY(write_row(ctx, work, i++, &trail, &tally));
    while (i < work->rows.count && clock_monotonic_ms() < until);
    TRY(import_repo_add_trail(ctx, batch->id, &trail));
    batch->tally = tally;
    work->batch.tally = tally;
    return import_repo_save(ctx, batch);
}

static enum error_kind end(struct ctx *ctx, struct import_batch *batch)
{
    bool is_catalogue = strcmp(batch->kind, "titles") == 0 || strcmp(batch->kind, "copies") == 0;

    batch->status = IMPORT_DONE;
    batch->finished_at = ctx->now;
    batch->rows_read = batch->tally.rows_done;
    if (is_catalogue && batch->tally.imported + batch->tally.merged > 0) {
        const struct event_fact fact = {.type = EVENT_CATALOGUE_IMPORTED,
                                        .detail =
                                            arena_printf(ctx->arena, "%" PRId64, batch->tally.imported)};
        TRY(events_record(ctx, &fact));
    }
    if (batch->tally.imported + batch->tally.merged > 0)
        TRY(events_record(ctx, &(struct event_fact){.type = EVENT_IMPORT_ENDED, .detail = batch->kind}));
    return import_repo_save(ctx, batch);
}

enum error_kind import_work_write(struct ctx *ctx, struct import_work *work, int64_t budget_ms,
                                  bool *out_goes_on)
{
    int64_t until = clock_monotonic_ms() + budget_ms;
    struct import_batch batch;

    TRY(find_in(ctx, work, IMPORT_WRITING, &batch, out_goes_on));
    if (!*out_goes_on)
        return OK;
    if (work->is_at_end) {
        *out_goes_on = false;
        return end(ctx, &batch);
    }
    assert(batch.tally.rows_done >= work->before);
    if (batch.tally.rows_done >= work->before + (int64_t)work->rows.count) {
        work->batch.tally.rows_done = batch.tally.rows_done;
        return OK;
    }
    return write_rows(ctx, work, until, &batch);
}
