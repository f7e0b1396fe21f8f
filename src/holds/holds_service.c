/*
 * holds_service.c — whose turn it is. The writer runs one act at a time, so what is asked of the queue here still
 * holds when the loan is written a few lines further on.
 */
#include "holds/holds_service.h"

#include "audit/audit_service.h"
#include "base/clock.h"
#include "books/books_service.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "holds/ending_service.h"
#include "holds/holds_repository.h"
#include "holds/watches_service.h"
#include "members/members_service.h"
#include "policies/calendar_service.h"
#include "settings/settings_service.h"

bool hold_is_active(const struct hold *hold, int32_t day)
{
    return hold->status == HOLD_WAITING &&
           (!hold->suspended || (hold->suspended_until != NO_NUMBER && hold->suspended_until <= day));
}

static int32_t today(const struct ctx *ctx)
{
    return clock_day_of(ctx->now);
}

/* ---- lending ------------------------------------------------------------------------------------------ */

static struct hold_claim claim_of(const struct hold *hold)
{
    bool ready = hold->status == HOLD_READY;

    return (struct hold_claim){.hold_id = hold->id, .ready = ready, .copy_id = ready ? hold->copy_id : 0};
}

enum error_kind holds_own(struct ctx *ctx, int64_t member_id, int64_t book_id, struct hold_claim *out_claim)
{
    struct hold hold;
    bool found;

    TRY(holds_repo_find_open(ctx, member_id, book_id, &hold, &found));
    *out_claim = found ? claim_of(&hold) : (struct hold_claim){0};
    return OK;
}

static const char *day_text(const struct ctx *ctx, int64_t day)
{
    char text[CLOCK_DAY_SIZE];

    clock_format_day((int32_t)day, text);
    return arena_strdup(ctx->arena, text);
}

/* A reader is told that somebody was first, not who. */
static enum error_kind name_of(struct ctx *ctx, const struct hold *hold, const char **out_name)
{
    struct member member;

    if (ctx->actor.access < LIBRARIAN) {
        *out_name = "another reader";
        return OK;
    }
    TRY(members_find_by_id(ctx, hold->member_id, &member));
    *out_name = member.facts.name;
    return OK;
}

static void give_reason(struct ctx *ctx, const struct hold *first, int64_t position, int64_t waiting,
                        int64_t available)
{
    char placed_at[CLOCK_INSTANT_SIZE];

    clock_format_instant(first->placed_at, placed_at);
    error_reason_int(ctx, "hold_position", position);
    error_reason_int(ctx, "holds_waiting", waiting);
    error_reason_int(ctx, "available_copies", available);
    error_reason_text(ctx, "placed_at", placed_at);
}

static enum error_kind refuse_shelved(struct ctx *ctx, const struct book *book, const struct hold *holder)
{
    int64_t waiting;
    const char *name;

    TRY(holds_repo_count(ctx, book->id, today(ctx), 0, &waiting));
    TRY(name_of(ctx, holder, &name));
    give_reason(ctx, holder, 0, waiting, book->available_copies);
    error_reason_text(ctx, "pickup_until", day_text(ctx, holder->pickup_day));
    return fail(ctx, HELD_FOR_ANOTHER, "This copy of “%s” lies on the hold shelf for %s until %s.",
                book->facts.title, name, day_text(ctx, holder->pickup_day));
}

static enum error_kind refuse_queued(struct ctx *ctx, const struct book *book, int64_t waiting,
                                     int64_t own_position)
{
    struct hold first;
    const char *name;
    bool found;

    TRY(holds_repo_first(ctx, book->id, today(ctx), &first, &found));
    if (!found)
        return OK;
    TRY(name_of(ctx, &first, &name));
    give_reason(ctx, &first, 1, waiting, book->available_copies);
    if (own_position > 0)
        error_reason_int(ctx, "own_position", own_position);
    return fail(ctx, HELD_FOR_ANOTHER, "“%s” is held for %s, who has waited since %s.", book->facts.title,
                name, day_text(ctx, clock_day_of(first.placed_at)));
}

/* `own` has id 0 when there is none. */
static enum error_kind check_queue(struct ctx *ctx, const struct member *member, const struct book *book,
                                   const struct hold *own)
{
    int64_t before = 0;
    int64_t waiting;

    if (own->id != 0 && own->status == HOLD_READY)
        return OK;
    TRY(holds_repo_count(ctx, book->id, today(ctx), 0, &waiting));
    bool counts = own->id != 0 && hold_is_active(own, today(ctx)) &&
                  member_status_on(member, today(ctx)) == MEMBER_STATUS_ACTIVE;
    if (counts)
        TRY(holds_repo_count_before(ctx, own, today(ctx), &before));
    if (counts ? before < book->available_copies : waiting < book->available_copies)
        return OK;
    return refuse_queued(ctx, book, waiting, counts ? before + 1 : 0);
}

static bool is_overridden(const struct ctx *ctx, const char *override_reason)
{
    return override_reason && *override_reason && ctx->actor.access >= LIBRARIAN;
}

enum error_kind holds_check_lend(struct ctx *ctx, const struct member *member, const struct book *book,
                                 const struct copy *copy, const char *override_reason,
                                 struct hold_claim *out_claim)
{
    struct hold holder;
    struct hold own = {0};
    bool found = false;

    TRY(holds_repo_find_open(ctx, member->id, book->id, &own, &found));
    if (!found)
        own = (struct hold){0};
    if (!is_overridden(ctx, override_reason)) {
        if (copy && copy->status == COPY_ON_HOLD_SHELF) {
            TRY(holds_repo_find_ready(ctx, copy->id, &holder, &found));
            if (found && holder.member_id != member->id)
                return refuse_shelved(ctx, book, &holder);
        } else if (book->open_holds > 0) {
            TRY(check_queue(ctx, member, book, &own));
        }
    }
    *out_claim = own.id != 0 ? claim_of(&own) : (struct hold_claim){0};
    return OK;
}

enum error_kind holds_wait_count(struct ctx *ctx, int64_t book_id, int64_t except_member_id,
                                 int64_t *out_waiting)
{
    return holds_repo_count(ctx, book_id, today(ctx), except_member_id, out_waiting);
}

enum error_kind holds_copy_gone(struct ctx *ctx, int64_t copy_id)
{
    struct hold hold;
    bool found;

    TRY(holds_repo_find_ready(ctx, copy_id, &hold, &found));
    if (!found)
        return OK;
    TRY(holds_repo_set_waiting(ctx, hold.id));
    TRY(audit_act(ctx, "hold.waits_again", "hold", hold.id));
    return events_record(ctx, &(struct event_fact){.type = EVENT_HOLD_WAITS_AGAIN,
                                                   .book_id = hold.book_id,
                                                   .member_id = hold.member_id});
}

enum error_kind holds_lent(struct ctx *ctx, const struct hold_claim *claim, int64_t borrow_id,
                           const struct copy *copy, int64_t member_id)
{
    struct hold hold;
    bool found;

    if (claim->hold_id == 0)
        return holds_copy_gone(ctx, copy->id);
    TRY(holds_repo_find_by_id(ctx, claim->hold_id, &hold, &found));
    if (!found || hold.member_id != member_id)
        return fail(ctx, INTERNAL, "The hold that this loan fulfils is not the member's.");
    TRY(ending_fulfil(ctx, &hold, borrow_id));
    /* Who has lost this copy by an override waits again before the other one passes on: it may be theirs. */
    TRY(holds_copy_gone(ctx, copy->id));
    bool has_other = hold.status == HOLD_READY && hold.copy_id != copy->id;
    return has_other ? ending_pass_on(ctx, hold.copy_id) : OK;
}

/* ---- taking in ---------------------------------------------------------------------------------------- */

static enum error_kind describe(struct ctx *ctx, const struct hold *hold, struct hold_turn *out_turn)
{
    struct member member;

    TRY(members_find_by_id(ctx, hold->member_id, &member));
    *out_turn = (struct hold_turn){.hold_id = hold->id,
                                   .uuid = hold->uuid,
                                   .member_uuid = member.uuid,
                                   .member_name = member.facts.name,
                                   .card = member.facts.card,
                                   .pickup_day = (int32_t)hold->pickup_day};
    return OK;
}

static enum error_kind last_pickup_day(struct ctx *ctx, int32_t *out_day)
{
    int64_t days;

    TRY(settings_int(ctx, SETTING_PICKUP_DAYS, &days));
    return calendar_next_open(ctx, today(ctx) + (int32_t)days, out_day);
}

static enum error_kind make_ready(struct ctx *ctx, struct hold *hold, const struct copy *copy)
{
    int32_t pickup_day;

    TRY(last_pickup_day(ctx, &pickup_day));
    TRY(holds_repo_set_ready(ctx, hold->id, copy->id, ctx->now, pickup_day));
    hold->pickup_day = pickup_day;
    TRY(audit_act(ctx, "hold.ready", "hold", hold->id));
    return events_record(ctx, &(struct event_fact){.type = EVENT_HOLD_READY,
                                                   .book_id = hold->book_id,
                                                   .member_id = hold->member_id,
                                                   .detail = day_text(ctx, pickup_day)});
}

static enum error_kind set_status(struct ctx *ctx, const struct copy *copy, enum copy_status to)
{
    return copy->status == to ? OK : copies_set_status(ctx, copy, to);
}

static enum error_kind put_back(struct ctx *ctx, const struct copy *copy)
{
    if (copy->status == COPY_AVAILABLE)
        return OK;
    TRY(copies_set_status(ctx, copy, COPY_AVAILABLE));
    return watches_tell(ctx, copy->book_id);
}

enum error_kind holds_take_in(struct ctx *ctx, const struct copy *copy, struct hold_turn *out_turn)
{
    struct hold_turn turn = {0};
    struct hold first;
    bool found;

    TRY(holds_repo_first(ctx, copy->book_id, today(ctx), &first, &found));
    if (found) {
        TRY(make_ready(ctx, &first, copy));
        TRY(set_status(ctx, copy, COPY_ON_HOLD_SHELF));
        TRY(describe(ctx, &first, &turn));
    } else {
        TRY(put_back(ctx, copy));
    }
    *out_turn = turn;
    return OK;
}

enum error_kind holds_of_copy(struct ctx *ctx, int64_t copy_id, struct hold_turn *out_turn)
{
    struct hold hold;
    bool found;

    *out_turn = (struct hold_turn){0};
    TRY(holds_repo_find_ready(ctx, copy_id, &hold, &found));
    return found ? describe(ctx, &hold, out_turn) : OK;
}

/* ---- by day ------------------------------------------------------------------------------------------- */

enum error_kind holds_pickups(struct ctx *ctx, int32_t first_day, int32_t last_day,
                              const struct hold_pickup *after, size_t max, struct hold_pickup *out_pickups,
                              size_t *out_count)
{
    return holds_repo_pickups(ctx, first_day, last_day, after, max, out_pickups, out_count);
}

enum error_kind holds_move_pickup(struct ctx *ctx, int64_t hold_id, int32_t from_day, int32_t to_day,
                                  bool *out_moved)
{
    struct hold hold;
    bool found;

    TRY(holds_repo_find_by_id(ctx, hold_id, &hold, &found));
    *out_moved = found && hold.status == HOLD_READY && hold.pickup_day == from_day;
    return *out_moved ? holds_repo_set_pickup(ctx, hold_id, to_day) : OK;
}

enum error_kind holds_expire(struct ctx *ctx, size_t max, int64_t *out_rows)
{
    struct arena_mark start = arena_mark(ctx->arena);
    struct hold_pickup *late = arena_alloc_array(ctx->arena, max, sizeof *late);
    size_t count;

    TRY(holds_repo_pickups(ctx, INT32_MIN, today(ctx) - 1, &(struct hold_pickup){0, INT32_MIN}, max, late,
                           &count));
    for (size_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(ending_expire(ctx, late[i].hold_id));
        arena_reset_to(ctx->arena, mark);
    }
    arena_reset_to(ctx->arena, start);
    *out_rows = (int64_t)count;
    return OK;
}
