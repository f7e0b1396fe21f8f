/*
 * import_service.c — one request's batch, with its report.
 */
#include "catalogue_io/import_service.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "catalogue_io/import_batch_repository.h"
#include "catalogue_io/import_work_service.h"

struct import_plan {
    struct import_work *work;
    struct import_batch batch;
    bool dry_run;
    bool is_adopted; /* tried, at least: the batch's row tells whether it stands */
    struct import_report report;
    struct import_report_row *rows; /* of a dry run: the report's */
    size_t refused, repaired;       /* of them */
};

static void end_work(void *resource)
{
    import_work_end(((struct import_plan *)resource)->work);
}

/* ---- the report ----------------------------------------------------------------------------------------- */

static const struct import_reason *reasons_of(struct arena *arena, const char *lines)
{
    struct import_reason *first = NULL;
    struct import_reason **end = &first;

    while (lines && *lines) {
        size_t length = strcspn(lines, "\n");
        *end = arena_alloc(arena, sizeof **end);
        (*end)->text = arena_strndup(arena, lines, length);
        end = &(*end)->next;
        lines += length + (lines[length] == '\n');
    }
    return first;
}

/* Refused rows have precedence: a repaired one makes room. False: there is none. */
static bool make_room(struct import_plan *plan, bool is_refused)
{
    size_t count = plan->refused + plan->repaired;
    size_t last = count;

    if (count < IMPORT_REPORT_ROWS_MAX)
        return true;
    if (!is_refused || plan->repaired == 0)
        return false;
    while (plan->rows[last - 1].outcome == IMPORT_REFUSED)
        last--;
    memmove(&plan->rows[last - 1], &plan->rows[last], (count - last) * sizeof *plan->rows);
    plan->repaired--;
    return true;
}

static void add_row(struct ctx *ctx, struct import_plan *plan, const struct import_kept_row *row)
{
    bool is_refused = strcmp(row->outcome, "repaired") != 0;

    if (!plan->rows)
        plan->rows = arena_alloc_array(ctx->arena, IMPORT_REPORT_ROWS_MAX, sizeof *plan->rows);
    if (!make_room(plan, is_refused))
        return;
    plan->rows[plan->refused + plan->repaired] =
        (struct import_report_row){.row = row->row,
                                   .outcome = is_refused ? IMPORT_REFUSED : IMPORT_REPAIRED,
                                   .title = row->name ? arena_strdup(ctx->arena, row->name) : NULL,
                                   .reasons = reasons_of(ctx->arena, row->reasons)};
    *(is_refused ? &plan->refused : &plan->repaired) += 1;
}

/* What was kept of the batch, in place of what was planned. */
static enum error_kind read_rows(struct ctx *ctx, struct import_plan *plan)
{
    struct import_kept_row row = {.row = -1};
    bool found = true;

    plan->refused = plan->repaired = 0;
    while (found) {
        TRY(import_repo_next_row(ctx, plan->batch.id, NULL, row.row, &row, &found));
        if (found)
            add_row(ctx, plan, &row);
    }
    return OK;
}

static void describe(struct ctx *ctx, const struct import_plan *plan, struct import_report *report)
{
    const struct import_file_facts *file = import_work_file(plan->work);
    const struct import_columns *columns = file->columns;

    report->format = file->format;
    report->encoding = file->encoding;
    report->delimiter[0] = file->delimiter[0];
    if (!columns)
        return;
    const char **fields = arena_alloc_array(ctx->arena, columns->count + 1, sizeof *fields);
    for (size_t i = 0; i < columns->count; i++)
        fields[i] = import_columns_field(columns, i);
    report->column_count = columns->count;
    report->headers = columns->headers;
    report->fields = fields;
}

enum error_kind import_plan_report(struct ctx *ctx, struct import_plan *plan,
                                   const struct import_report **out_report)
{
    struct import_report *report = &plan->report;
    struct import_tally tally = *import_work_tally(plan->work);
    struct import_batch batch;
    bool found = false;

    if (plan->is_adopted)
        TRY(import_repo_find(ctx, &plan->batch.uuid, &batch, &found));
    if (found) {
        tally = batch.tally;
        plan->batch.id = batch.id;
        TRY(read_rows(ctx, plan));
    }
    *report = (struct import_report){.dry_run = plan->dry_run,
                                     .rows_read = tally.rows_done,
                                     .imported = tally.imported,
                                     .repaired = tally.repaired,
                                     .refused = tally.refused,
                                     .copies_created = tally.copies,
                                     .rows = plan->rows,
                                     .row_count = plan->refused + plan->repaired};
    memcpy(report->reasons, tally.reasons, sizeof report->reasons);
    report->rows_omitted = tally.refused + tally.repaired - (int64_t)report->row_count;
    describe(ctx, plan, report);
    *out_report = report;
    return OK;
}

/* ---- planning ------------------------------------------------------------------------------------------- */

/* So that the work's own texts outlive the request's only as long as they must. */
static enum error_kind look_through(struct ctx *ctx, struct import_plan *plan)
{
    bool more = true;

    while (more) {
        TRY(import_work_look(ctx, plan->work, &more));
        const struct import_kept_row *row;
        for (size_t i = 0; (row = import_work_kept(plan->work, i)) != NULL; i++)
            add_row(ctx, plan, row);
    }
    return OK;
}

enum error_kind import_plan_make(struct ctx *ctx, const char *bytes, size_t length,
                                 const struct import_options *options, struct import_plan **out_plan)
{
    struct import_plan *plan = arena_alloc(ctx->arena, sizeof *plan);
    const struct import_source source = {.bytes = bytes, .length = length};

    plan->dry_run = options->dry_run;
    plan->batch = (struct import_batch){
        .kind = import_kind_names[0],
        .name = import_kind_names[0], /* nobody has given the file one */
        .status = IMPORT_READING,
        .format = "",
        .duplicates = import_duplicate_names[IMPORT_SKIP],
        .taking = {options->encoding, options->delimiter, options->columns, NULL},
        .bytes = (int64_t)length,
        .started_at = NO_NUMBER,
        .finished_at = NO_NUMBER,
    };
    TRY(import_work_begin(ctx, &plan->batch, &source, &plan->work));
    arena_defer(ctx->arena, end_work, plan);
    TRY(look_through(ctx, plan));
    *out_plan = plan;
    return OK;
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/* The batch's row, in the first slice; once more, should that have been rolled back. */
static enum error_kind adopt(struct ctx *ctx, struct import_plan *plan)
{
    struct import_batch batch;
    bool stands = false;

    if (plan->is_adopted)
        TRY(import_repo_find(ctx, &plan->batch.uuid, &batch, &stands));
    if (stands)
        return OK;
    plan->is_adopted = true;
    TRY(import_work_adopt(ctx, plan->work, &plan->batch.uuid));
    return import_work_rewind(ctx, plan->work);
}

enum error_kind import_plan_step(struct ctx *ctx, struct import_plan *plan, int64_t budget_ms, bool *out_more)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    bool more;

    *out_more = false;
    if (plan->dry_run)
        return OK;
    TRY(adopt(ctx, plan));
    TRY(import_work_prepare(ctx, plan->work, &more));
    TRY(import_work_write(ctx, plan->work, budget_ms, out_more));
    arena_reset_to(ctx->arena, mark); /* a long import does not grow */
    return OK;
}
