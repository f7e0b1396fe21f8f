/*
 * stocktake_service.c — what a scan means, and what becomes of the copies that nobody has seen.
 */
#include "stocktake/stocktake_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "events/events_service.h"
#include "stocktake/stocktake_repository.h"

/* ---- beginning ------------------------------------------------------------------------------------------ */

enum error_kind stocktake_plan(struct ctx *ctx, const struct stocktake_facts *facts,
                               struct stocktake_plan *out_plan)
{
    out_plan->facts = *facts;
    return stocktake_repo_expected(ctx, facts->shelf, &out_plan->expected);
}

enum error_kind stocktake_begin(struct ctx *ctx, const struct stocktake_plan *plan,
                                struct stocktake *out_take)
{
    struct stocktake take = {.uuid = uuid_new(ctx->now),
                             .facts = plan->facts,
                             .expected = plan->expected.count,
                             .started_at = ctx->now,
                             .finished_at = NO_NUMBER,
                             .missing = NO_NUMBER};

    TRY(stocktake_repo_insert(ctx, &take, &plan->expected));
    TRY(audit_act(ctx, "stocktake.begun", "stocktake", take.id));
    *out_take = take;
    return OK;
}

/* ---- reading -------------------------------------------------------------------------------------------- */

enum error_kind stocktake_find(struct ctx *ctx, const struct uuid *uuid, struct stocktake *out_take)
{
    bool found;

    TRY(stocktake_repo_find(ctx, uuid, out_take, &found));
    return found ? OK : fail(ctx, STOCKTAKE_NOT_FOUND, "Stock-take not found.");
}

enum error_kind stocktake_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return stocktake_repo_list(ctx, &stocktakes_listing, query, sink);
}

enum error_kind stocktake_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return stocktake_repo_show(ctx, id, sink);
}

static enum error_kind list_of_take(struct ctx *ctx, const struct listing *listing, const struct uuid *uuid,
                                    const struct list_query *query, struct row_sink *sink)
{
    struct stocktake take;

    TRY(stocktake_find(ctx, uuid, &take));
    const char *id = arena_printf(ctx->arena, "%" PRId64, take.id);
    struct list_query of_take = list_query_with(ctx->arena, query, ".stocktake", id);
    return stocktake_repo_list(ctx, listing, &of_take, sink);
}

enum error_kind stocktake_list_scans(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                                     struct row_sink *sink)
{
    return list_of_take(ctx, &stocktake_scans_listing, uuid, query, sink);
}

enum error_kind stocktake_list_missing(struct ctx *ctx, const struct uuid *uuid,
                                       const struct list_query *query, struct row_sink *sink)
{
    return list_of_take(ctx, &stocktake_missing_listing, uuid, query, sink);
}

/* ---- scanning ------------------------------------------------------------------------------------------- */

static enum error_kind find_open(struct ctx *ctx, const struct uuid *uuid, struct stocktake *out_take)
{
    TRY(stocktake_find(ctx, uuid, out_take));
    if (out_take->finished_at == NO_NUMBER)
        return OK;
    return fail(ctx, STOCKTAKE_OVER, "The stock-take “%s” is finished. Begin another one.",
                out_take->facts.name);
}

/* A copy whose record names no shelf stands wrong nowhere. */
static enum scan_finding judge(const struct copy *copy, const struct book *book, const char *shelf)
{
    if (book->deleted_at != NO_NUMBER)
        return FINDING_WAS_WITHDRAWN;
    switch (copy->status) {
    case COPY_ON_LOAN: return FINDING_ON_LOAN;
    case COPY_ON_HOLD_SHELF: return FINDING_ON_HOLD_SHELF;
    case COPY_IN_REPAIR: return FINDING_IN_REPAIR;
    case COPY_LOST: return FINDING_WAS_LOST;
    case COPY_WITHDRAWN: return FINDING_WAS_WITHDRAWN;
    default: break;
    }
    bool elsewhere = shelf && copy->facts.shelf && strcmp(shelf, copy->facts.shelf) != 0;
    return elsewhere ? FINDING_MISPLACED : FINDING_IN_PLACE;
}

static const char *message_of(struct ctx *ctx, enum scan_finding finding, const struct copy *copy,
                              const char *title)
{
    const char *rest = NULL;

    switch (finding) {
    case FINDING_IN_PLACE: rest = "is in its place."; break;
    case FINDING_ON_LOAN: rest = "is recorded as lent: take it back at the desk."; break;
    case FINDING_ON_HOLD_SHELF: rest = "is kept for a reader: it belongs on the hold shelf."; break;
    case FINDING_IN_REPAIR: rest = "is recorded as in repair: set it to available when it is mended."; break;
    case FINDING_WAS_LOST:
        rest = "was lost: take it back at the desk, where what was charged for it is settled too.";
        break;
    case FINDING_WAS_WITHDRAWN: rest = "is withdrawn: it does not belong on a shelf."; break;
    default:
        rest =
            arena_printf(ctx->arena, "belongs on the shelf %s.", copy->facts.shelf ? copy->facts.shelf : "–");
    }
    return arena_printf(ctx->arena, "“%s” %s", title, rest);
}

static enum error_kind restore(struct ctx *ctx, const struct copy *copy, const char *title,
                               struct scan_result *result)
{
    struct copy_facts found = copy->facts;

    if (copy->status != COPY_LOST)
        return OK;
    found.status = copy_status_name(COPY_AVAILABLE);
    TRY(copies_update(ctx, copy, &found, NO_NUMBER));
    TRY(events_record(ctx, &(struct event_fact){.type = EVENT_COPY_FOUND, .book_id = copy->book_id}));
    result->restored = true;
    result->message =
        arena_printf(ctx->arena,
                     "“%s” was lost and is available again. What was charged for it is not changed: "
                     "see to it at the desk.",
                     title);
    return OK;
}

/* The finding of an earlier scan stands, whatever has become of the copy since. */
static enum scan_finding finding_named(const char *name)
{
    enum scan_finding finding = FINDING_IN_PLACE;

    while (finding < FINDING_UNKNOWN && strcmp(finding_name(finding), name) != 0)
        finding++;
    return finding;
}

static enum error_kind note_scan(struct ctx *ctx, const struct stocktake *take,
                                 const struct scan_facts *facts, struct scan_result *result)
{
    bool was_unseen = false;

    TRY(stocktake_repo_insert_scan(ctx, take->id, result->copy_id, facts, finding_name(result->finding)));
    if (result->copy_id)
        TRY(stocktake_repo_take_off(ctx, take->id, result->copy_id, &was_unseen));
    result->seen = take->seen + was_unseen;
    return was_unseen ? stocktake_repo_count_seen(ctx, take->id) : OK;
}

static enum error_kind scan_unknown(struct ctx *ctx, const struct stocktake *take,
                                    const struct scan_facts *facts, struct scan_result *result)
{
    const char *earlier;

    result->finding = FINDING_UNKNOWN;
    result->message = arena_printf(
        ctx->arena, "No copy has the barcode %s: catalogue it, or look at the label.", facts->barcode);
    TRY(stocktake_repo_find_scan(ctx, take->id, 0, facts->barcode, &earlier));
    result->repeated = earlier != NULL;
    return earlier ? OK : note_scan(ctx, take, facts, result);
}

static enum error_kind scan_copy(struct ctx *ctx, const struct stocktake *take,
                                 const struct scan_facts *facts, const struct copy *copy,
                                 struct scan_result *result)
{
    const char *earlier;
    struct book book;

    result->copy_id = copy->id;
    TRY(books_find_by_id(ctx, copy->book_id, &book));
    TRY(stocktake_repo_find_scan(ctx, take->id, copy->id, NULL, &earlier));
    result->repeated = earlier != NULL;
    result->finding = earlier ? finding_named(earlier) : judge(copy, &book, facts->shelf);
    result->message = message_of(ctx, result->finding, copy, book.facts.title);
    if (!earlier)
        TRY(note_scan(ctx, take, facts, result));
    return facts->restore && result->finding == FINDING_WAS_LOST
               ? restore(ctx, copy, book.facts.title, result)
               : OK;
}

enum error_kind stocktake_scan(struct ctx *ctx, const struct uuid *uuid, const struct scan_facts *facts,
                               struct scan_result *out_result)
{
    struct scan_result result = {0};
    struct scan_facts scan = *facts;
    struct stocktake take;
    struct copy copy;
    bool found;

    TRY(find_open(ctx, uuid, &take));
    if (!scan.shelf)
        scan.shelf = take.facts.shelf;
    result.expected = take.expected;
    result.seen = take.seen;
    TRY(copies_find_by_barcode(ctx, scan.barcode, &copy, &found));
    if (found)
        TRY(scan_copy(ctx, &take, &scan, &copy, &result));
    else
        TRY(scan_unknown(ctx, &take, &scan, &result));
    *out_result = result;
    return OK;
}

/* ---- finishing ------------------------------------------------------------------------------------------ */

enum fate { FATE_MISSING, FATE_HELD, FATE_LOST, FATE_ACCOUNTED };

/* Of a copy that is accounted for, *out_copy may be none: an import that was undone has taken it away. */
static enum error_kind fate_of(struct ctx *ctx, const struct stocktake *take, int64_t id,
                               struct copy *out_copy, enum fate *out_fate)
{
    enum error_kind kind = copies_find_by_id(ctx, id, out_copy);
    bool lent;

    *out_fate = FATE_ACCOUNTED;
    if (kind == ERROR_NOT_FOUND) {
        error_clear(ctx);
        return OK;
    }
    TRY(kind);
    switch (out_copy->status) {
    case COPY_AVAILABLE: *out_fate = FATE_MISSING; break;
    case COPY_ON_HOLD_SHELF: *out_fate = FATE_HELD; break;
    case COPY_LOST: *out_fate = FATE_LOST; return OK;
    default: return OK;
    }
    TRY(stocktake_repo_was_lent(ctx, id, out_copy->book_id, take->started_at, &lent));
    if (lent)
        *out_fate = FATE_ACCOUNTED;
    return OK;
}

static enum error_kind mark_lost(struct ctx *ctx, const struct copy *copy)
{
    const struct field_change change = {"status", copy_status_name(copy->status), copy_status_name(COPY_LOST),
                                        NULL};

    TRY(copies_set_status(ctx, copy, COPY_LOST));
    TRY(audit_edit(ctx, "copy.missing", "copy", copy->id, &change));
    return events_record(ctx, &(struct event_fact){.type = EVENT_COPY_LOST, .book_id = copy->book_id});
}

static enum error_kind settle(struct ctx *ctx, struct finishing *finishing, const struct stocktake *take,
                              int64_t id)
{
    const char *scanned;
    struct copy copy;
    enum fate fate;
    bool was_unseen;

    /* Between two slices somebody may have scanned it. */
    TRY(stocktake_repo_find_scan(ctx, take->id, id, NULL, &scanned));
    if (scanned)
        return OK;
    TRY(fate_of(ctx, take, id, &copy, &fate));
    if (fate == FATE_ACCOUNTED)
        return stocktake_repo_take_off(ctx, take->id, id, &was_unseen);
    finishing->missing++;
    finishing->still_held += fate == FATE_HELD;
    if (fate != FATE_MISSING || !finishing->facts.mark_missing_lost)
        return OK;
    finishing->marked_lost++;
    return mark_lost(ctx, &copy);
}

static enum error_kind tell_finished(struct ctx *ctx, const struct finishing *finishing,
                                     const struct stocktake *take)
{
    struct field_change lost = {"marked_lost", NULL,
                                arena_printf(ctx->arena, "%" PRId64, finishing->marked_lost), NULL};
    struct field_change missing = {"missing", NULL, arena_printf(ctx->arena, "%" PRId64, finishing->missing),
                                   &lost};

    TRY(stocktake_repo_finish(ctx, take->id, finishing->missing));
    TRY(audit_edit(ctx, "stocktake.finished", "stocktake", take->id, &missing));
    return events_record(ctx, &(struct event_fact){.type = EVENT_STOCKTAKE_ENDED, .detail = missing.after});
}

enum error_kind stocktake_finish_step(struct ctx *ctx, struct finishing *finishing, int64_t budget_ms,
                                      bool *out_more)
{
    int64_t until = clock_monotonic_ms() + budget_ms;
    struct stocktake take;

    TRY(find_open(ctx, &finishing->uuid, &take));
    if (!finishing->begun) {
        finishing->begun = true;
        finishing->take_id = take.id;
        TRY(stocktake_repo_unseen(ctx, take.id, &finishing->unseen));
    }
    struct arena_mark mark = arena_mark(ctx->arena);
    int64_t id = row_set_next(&finishing->unseen, finishing->next_id);
    for (int64_t looked = 1; id >= 0; looked++) {
        TRY(settle(ctx, finishing, &take, id));
        arena_reset_to(ctx->arena, mark);
        id = row_set_next(&finishing->unseen, finishing->next_id = id + 1);
        if (id >= 0 && looked % STOCKTAKE_MARKED_AT_ONCE == 0 && clock_monotonic_ms() >= until) {
            *out_more = true;
            return OK;
        }
    }
    *out_more = false;
    return tell_finished(ctx, finishing, &take);
}

/* ---- for --check ---------------------------------------------------------------------------------------- */

/* What is wrong with it, for people; NULL: nothing. */
static enum error_kind look_at(struct ctx *ctx, const struct stocktake *take, const char **out_finding)
{
    struct row_set unseen;
    int64_t scanned;

    TRY(stocktake_repo_unseen(ctx, take->id, &unseen));
    TRY(stocktake_repo_count_scanned_in(ctx, take->id, &unseen, &scanned));
    *out_finding = NULL;
    if (scanned > 0)
        *out_finding =
            arena_printf(ctx->arena, "%" PRId64 " copies that were scanned count as unseen", scanned);
    else if (take->missing != NO_NUMBER && take->missing != unseen.count)
        *out_finding = arena_printf(ctx->arena, "%" PRId64 " copies are missing, and %" PRId64 " are listed",
                                    take->missing, unseen.count);
    else if (take->seen + unseen.count > take->expected)
        *out_finding =
            arena_printf(ctx->arena, "%" PRId64 " copies are seen and %" PRId64 " are not, of %" PRId64,
                         take->seen, unseen.count, take->expected);
    return OK;
}

enum error_kind stocktake_check(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                void *argument)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct stocktake take = {0};

    for (;;) {
        const char *finding;
        bool found;
        TRY(stocktake_repo_next(ctx, take.id, &take, &found));
        if (!found)
            return OK;
        TRY(look_at(ctx, &take, &finding));
        if (finding)
            report(argument, arena_printf(ctx->arena, "The stock-take “%s”: %s.", take.facts.name, finding));
        arena_reset_to(ctx->arena, mark);
    }
}
