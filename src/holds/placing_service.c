/*
 * placing_service.c — the queue as people change it: joining, leaving, stepping aside, being moved.
 */
#include "holds/placing_service.h"

#include <inttypes.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "books/books_service.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "holds/ending_service.h"
#include "holds/holds_repository.h"
#include "holds/holds_service.h"
#include "holds/whose_service.h"
#include "members/members_service.h"
#include "policies/policies_service.h"

const struct field hold_fields[] = {
    {"book_id", FIELD_UUID, REQUIRED, 0, 0, AT(struct hold_request, book_id), "The title"},
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct hold_request, member_id),
     "For whom; readers leave it out"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct hold_request, card),
     "Or the member's card number"},
    {0},
};

const struct field hold_suspension_fields[] = {
    {"suspended", FIELD_BOOL, REQUIRED, 0, 0, AT(struct hold_suspension, suspended),
     "true: passed over, but keeps its place; false: counts again"},
    {"until", FIELD_DAY, OPTIONAL, 0, 0, AT(struct hold_suspension, until),
     "The day on which it counts again by itself"},
    {0},
};

const struct field hold_move_fields[] = {
    {"position", FIELD_INTEGER, REQUIRED, 1, HOLD_QUEUE_MAX, AT(struct hold_move, position),
     "Place among those that wait, from 1; past the end is the end"},
    {0},
};

const struct field hold_pull_fields[] = {
    {"barcode", FIELD_TEXT, REQUIRED, 1, BARCODE_MAX, AT(struct hold_pull, barcode),
     "The copy that was taken from its shelf"},
    {0},
};

static const char *const gone_choices[] = {"lost", "in_repair", "withdrawn", NULL};

const struct field hold_copy_gone_fields[] = {
    {"status", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct hold_copy_gone, status),
     "What became of the copy: lost, in_repair or withdrawn", gone_choices},
    {0},
};

/* ---- placing ------------------------------------------------------------------------------------------ */

static enum error_kind check_limits(struct ctx *ctx, const struct member *member, const struct book *book)
{
    struct loan_rule rule;

    TRY(policies_total_rule_for(ctx, member->member_type_id, &rule));
    if (member->open_holds >= rule.hold_limit) {
        error_reason_text(ctx, "rule", loan_rule_name(ctx, &rule));
        error_reason_int(ctx, "hold_limit", rule.hold_limit);
        error_reason_int(ctx, "open_holds", member->open_holds);
        return fail(ctx, HOLD_LIMIT_EXCEEDED,
                    "%s waits for %" PRId64 " title%s already; %" PRId64 " is the most.", member->facts.name,
                    member->open_holds, member->open_holds == 1 ? "" : "s", rule.hold_limit);
    }
    if (book->open_holds < HOLD_QUEUE_MAX)
        return OK;
    error_reason_int(ctx, "queue_max", HOLD_QUEUE_MAX);
    return fail(ctx, HOLD_LIMIT_EXCEEDED, "%" PRId64 " readers wait for “%s” already.", book->open_holds,
                book->facts.title);
}

static enum error_kind check_title(struct ctx *ctx, const struct member *member, const struct book *book)
{
    struct hold_claim own;
    bool at_home;

    if (book->total_copies == 0) {
        error_reason_int(ctx, "total_copies", 0);
        return fail(ctx, INVENTORY_UNAVAILABLE, "The library has no copy of “%s” that could be kept.",
                    book->facts.title);
    }
    TRY(holds_own(ctx, member->id, book->id, &own));
    if (own.hold_id != 0)
        return fail(ctx, HOLD_EXISTS, "%s waits for “%s” already.", member->facts.name, book->facts.title);
    TRY(holds_repo_has_at_home(ctx, member->id, book->id, &at_home));
    if (at_home)
        return fail(ctx, ACTIVE_BORROW_EXISTS, "%s has “%s” at home.", member->facts.name, book->facts.title);
    return check_limits(ctx, member, book);
}

static enum error_kind tell_placed(struct ctx *ctx, const struct hold *hold)
{
    int64_t before;

    TRY(counters_hold_opened(ctx, hold->book_id, hold->member_id));
    TRY(audit_act(ctx, "hold.placed", "hold", hold->id));
    TRY(holds_repo_count_before(ctx, hold, clock_day_of(ctx->now), &before));
    return events_record(ctx,
                         &(struct event_fact){.type = EVENT_BOOK_RESERVED,
                                              .book_id = hold->book_id,
                                              .member_id = hold->member_id,
                                              .detail = arena_printf(ctx->arena, "%" PRId64, before + 1)});
}

enum error_kind placing_add(struct ctx *ctx, const struct hold_request *request, struct hold *out_hold)
{
    struct member member;
    struct hold hold;
    struct book book;
    int64_t place;
    int64_t id;
    bool found;

    TRY(whose_member(ctx, &request->member_id, request->card, &member));
    TRY(members_check_may_borrow(ctx, &member));
    TRY(books_find(ctx, &request->book_id, &book));
    TRY(check_title(ctx, &member, &book));
    TRY(holds_repo_last_place(ctx, book.id, &place));
    const struct new_hold row = {.uuid = uuid_new(ctx->now),
                                 .book_id = book.id,
                                 .member_id = member.id,
                                 .place = place + 1,
                                 .placed_at = ctx->now,
                                 .placed_by = ctx->actor.name};
    TRY(holds_repo_insert(ctx, &row, &id));
    TRY(holds_repo_find_by_id(ctx, id, &hold, &found));
    TRY(tell_placed(ctx, &hold));
    *out_hold = hold;
    return OK;
}

/* ---- changing ----------------------------------------------------------------------------------------- */

/* An open hold that the actor may touch. */
static enum error_kind find_open(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold)
{
    static const char *const words[] = {[HOLD_FULFILLED] = "was fulfilled",
                                        [HOLD_CANCELLED] = "was cancelled",
                                        [HOLD_EXPIRED] = "has expired"};

    TRY(whose_hold(ctx, uuid, out_hold));
    if (out_hold->status == HOLD_WAITING || out_hold->status == HOLD_READY)
        return OK;
    return fail(ctx, HOLD_OVER, "This hold is over: it %s.", words[out_hold->status]);
}

enum error_kind placing_cancel(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold)
{
    struct hold hold;

    TRY(find_open(ctx, uuid, &hold));
    TRY(ending_cancel(ctx, &hold, ctx->actor.access < LIBRARIAN ? EVENT_BY_READER : "at the desk"));
    *out_hold = hold;
    return OK;
}

static enum error_kind check_suspension(struct ctx *ctx, const struct hold_suspension *suspension)
{
    if (suspension->until != NO_NUMBER && !suspension->suspended)
        error_field(ctx, "body", "until", "ambiguous", "means nothing when the hold is to count again");
    else if (suspension->until != NO_NUMBER && suspension->until <= clock_day_of(ctx->now))
        error_field(ctx, "body", "until", "too_small", "must be a day to come");
    return error_check_fields(ctx);
}

static enum error_kind write_suspension(struct ctx *ctx, const struct hold *hold,
                                        const struct hold_suspension *suspension)
{
    const struct hold_suspension before = {hold->suspended, hold->suspended_until};
    const struct field_change *changes = fields_changes(ctx, hold_suspension_fields, &before, suspension);

    if (!changes)
        return OK;
    TRY(holds_repo_set_suspended(ctx, hold->id, suspension->suspended, suspension->until));
    return audit_edit(ctx, suspension->suspended ? "hold.suspended" : "hold.resumed", "hold", hold->id,
                      changes);
}

enum error_kind placing_suspend(struct ctx *ctx, const struct uuid *uuid,
                                const struct hold_suspension *suspension, struct hold *out_hold)
{
    struct hold hold;

    TRY(check_suspension(ctx, suspension));
    TRY(find_open(ctx, uuid, &hold));
    bool passes_on = hold.status == HOLD_READY && suspension->suspended;
    if (passes_on)
        TRY(holds_repo_set_waiting(ctx, hold.id)); /* nobody has to be told: it was asked for */
    TRY(write_suspension(ctx, &hold, suspension));
    if (passes_on)
        TRY(ending_pass_on(ctx, hold.copy_id));
    *out_hold = hold;
    return OK;
}

/* The queue with one taken out and put in elsewhere: the places stay, who stands on them changes. */
static enum error_kind rearrange(struct ctx *ctx, const struct hold *queue, size_t count, size_t from,
                                 size_t to)
{
    for (size_t i = 0; i < count; i++) {
        size_t who = i == to ? from : i >= from && i < to ? i + 1 : i <= from && i > to ? i - 1 : i;
        if (queue[who].place != queue[i].place)
            TRY(holds_repo_set_place(ctx, queue[who].id, queue[i].place));
    }
    return OK;
}

static enum error_kind move_in_queue(struct ctx *ctx, const struct hold *hold, size_t position)
{
    struct hold *queue = arena_alloc_array(ctx->arena, HOLD_QUEUE_MAX, sizeof *queue);
    struct field_change change = {.name = "position"};
    size_t count;
    size_t from = 0;

    TRY(holds_repo_queue(ctx, hold->book_id, HOLD_QUEUE_MAX, queue, &count));
    while (from < count && queue[from].id != hold->id)
        from++;
    if (from == count)
        return fail(ctx, INTERNAL, "A hold that waits is not in its title's queue.");
    size_t to = (position < count ? position : count) - 1;
    if (to == from)
        return OK;
    TRY(rearrange(ctx, queue, count, from, to));
    change.before = arena_printf(ctx->arena, "%zu", from + 1);
    change.after = arena_printf(ctx->arena, "%zu", to + 1);
    return audit_edit(ctx, "hold.moved", "hold", hold->id, &change);
}

enum error_kind placing_move(struct ctx *ctx, const struct uuid *uuid, const struct hold_move *move,
                             struct hold *out_hold)
{
    struct hold hold;

    TRY(find_open(ctx, uuid, &hold));
    if (hold.status == HOLD_READY)
        return fail(ctx, CONFLICT, "This hold waits for nobody any more: its copy is on the hold shelf.");
    TRY(move_in_queue(ctx, &hold, (size_t)move->position));
    *out_hold = hold;
    return OK;
}

static enum error_kind tell_gone(struct ctx *ctx, const struct copy *copy, enum copy_status to)
{
    const struct field_change change = {
        .name = "status",
        .before = copy_status_name(copy->status),
        .after = copy_status_name(to),
    };

    if (copy_status_counts(to))
        TRY(books_touch(ctx, copy->book_id)); /* of the others, the change of status has */
    TRY(audit_edit(ctx, "copy.updated", "copy", copy->id, &change));
    return events_record(
        ctx, &(struct event_fact){.type = to == COPY_LOST ? EVENT_COPY_LOST : EVENT_COPY_STATUS_CHANGED,
                                  .book_id = copy->book_id,
                                  .detail = to == COPY_LOST ? NULL : copy_status_name(to)});
}

enum error_kind placing_copy_gone(struct ctx *ctx, const struct uuid *uuid, const struct hold_copy_gone *gone,
                                  struct hold *out_hold)
{
    enum copy_status to;
    struct hold hold;
    struct copy copy;

    TRY(find_open(ctx, uuid, &hold));
    if (hold.status != HOLD_READY || !copy_status_parse(gone->status, &to))
        return fail(ctx, CONFLICT, "No copy lies on the hold shelf for this hold.");
    TRY(copies_find_by_id(ctx, hold.copy_id, &copy));
    TRY(holds_copy_gone(ctx, copy.id));
    TRY(copies_set_status(ctx, &copy, to));
    TRY(tell_gone(ctx, &copy, to));
    *out_hold = hold;
    return OK;
}

/* ---- pulling ------------------------------------------------------------------------------------------ */

static enum error_kind refuse_pull(struct ctx *ctx, const struct copy *copy)
{
    struct hold_turn turn = {0};

    error_reason_text(ctx, "status", copy_status_name(copy->status));
    if (copy->status == COPY_ON_HOLD_SHELF)
        TRY(holds_of_copy(ctx, copy->id, &turn));
    if (turn.hold_id != 0)
        return fail(ctx, COPY_NOT_AVAILABLE, "Copy %s lies on the hold shelf already, for %s.",
                    copy->facts.barcode, turn.member_name);
    return fail(ctx, COPY_NOT_AVAILABLE,
                "Copy %s does not stand on its shelf: take it back, or find it, first.", copy->facts.barcode);
}

enum error_kind placing_pull(struct ctx *ctx, const struct hold_pull *pull, struct hold *out_hold)
{
    struct hold_turn turn;
    struct hold hold;
    struct copy copy;
    bool found;

    TRY(copies_find_by_barcode(ctx, pull->barcode, &copy, &found));
    if (!found)
        return fail(ctx, COPY_NOT_FOUND, "Copy not found. No copy has the barcode %s.", pull->barcode);
    if (copy.status != COPY_AVAILABLE)
        return refuse_pull(ctx, &copy);
    TRY(holds_take_in(ctx, &copy, &turn));
    if (turn.hold_id == 0)
        return fail(ctx, HOLD_NOT_FOUND, "Nobody waits for copy %s: put it back on its shelf.",
                    pull->barcode);
    TRY(holds_repo_find_by_id(ctx, turn.hold_id, &hold, &found));
    *out_hold = hold;
    return OK;
}

/* ---- looking ------------------------------------------------------------------------------------------ */

enum error_kind placing_find(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold)
{
    return whose_hold(ctx, uuid, out_hold);
}

enum error_kind placing_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return holds_repo_list(ctx, query, sink);
}

/* The query with one filter decided by the path, whatever the client sent for it. */
static enum error_kind list_of(struct ctx *ctx, const char *filter, const struct uuid *uuid,
                               const struct list_query *query, struct row_sink *sink)
{
    char text[UUID_TEXT_SIZE];
    struct list_query narrowed = list_query_with(ctx->arena, query, filter, text);

    uuid_format(uuid, text);
    return holds_repo_list(ctx, &narrowed, sink);
}

enum error_kind placing_list_of_book(struct ctx *ctx, const struct uuid *book, const struct list_query *query,
                                     struct row_sink *sink)
{
    struct book found;

    TRY(books_find_any(ctx, book, &found));
    return list_of(ctx, "book_id", book, query, sink);
}

enum error_kind placing_list_of_member(struct ctx *ctx, const struct uuid *member,
                                       const struct list_query *query, struct row_sink *sink)
{
    struct member found;

    TRY(members_find_any(ctx, member, &found));
    return list_of(ctx, "member_id", member, query, sink);
}

enum error_kind placing_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return holds_repo_show(ctx, id, sink);
}
