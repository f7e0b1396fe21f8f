/*
 * privacy_service.c — which loans and holds forget, and all that says whose they were.
 */
#include "borrows/privacy_service.h"

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "borrows/privacy_repository.h"
#include "counters/counters_service.h"
#include "counters/tallies_service.h"
#include "events/events_service.h"
#include "fines/fines_service.h"
#include "holds/forgetting_service.h"
#include "idempotency/idempotency_service.h"
#include "notifications/forgetting_service.h"
#include "reviews/reviews_service.h"
#include "settings/settings_service.h"
#include "webhooks/deliveries_service.h"

static enum error_kind forget_acts(struct ctx *ctx, const struct old_borrow *borrow, const char *const *names,
                                   size_t count)
{
    TRY(holds_forget_borrow(ctx, borrow->member_id, borrow->id, names, count));
    TRY(notifications_forget_borrow(ctx, borrow->id));
    TRY(fines_forget_borrow(ctx, borrow->id));
    TRY(audit_forget_requests(ctx, "borrow", borrow->id));
    for (size_t i = 0; i < count; i++) {
        TRY(privacy_repo_rename(ctx, borrow->id, names[i], AUDIT_A_READER));
        TRY(audit_forget_actor(ctx, "borrow", borrow->id, names[i]));
    }
    return OK;
}

static enum error_kind forget_borrow(struct ctx *ctx, const struct old_borrow *borrow)
{
    const struct counted_borrow count = {.book_id = borrow->book_id,
                                         .member_id = borrow->member_id,
                                         .borrowed_at = borrow->borrowed_at,
                                         .borrowed_day = clock_day_of(borrow->borrowed_at),
                                         .late = borrow->late};
    const char *const *names;
    size_t name_count;

    TRY(privacy_repo_names(ctx, borrow, &names, &name_count));
    TRY(forget_acts(ctx, borrow, names, name_count));
    TRY(privacy_repo_forget(ctx, borrow->id));
    TRY(reviews_forget_loan(ctx, borrow->member_id, borrow->book_id, names, name_count));
    return counters_loan_forgotten(ctx, &count);
}

/* ---- slices ------------------------------------------------------------------------------------------------ */

static void go_on(struct forgetting *forgetting)
{
    forgetting->step++;
    forgetting->from = INT64_MIN;
}

static enum error_kind begin(struct ctx *ctx, struct forgetting *forgetting)
{
    TRY(settings_int(ctx, SETTING_FORGET_LOANS_AFTER_DAYS, &forgetting->days));
    if (forgetting->days > 0)
        go_on(forgetting);
    else
        forgetting->step = FORGETTING_ENDED;
    return OK;
}

/* A desk's are kept for longer (IDEMPOTENCY_KEEP_DESK_MS), but not where loans forget. Sent again after that, an act
 * that was done is refused: its occurred_at lies before what came of it. */
static enum error_kind drop_replies(struct ctx *ctx, struct forgetting *forgetting)
{
    int64_t removed;

    TRY(idempotency_forget(ctx, ctx->now - IDEMPOTENCY_KEEP_MS, FORGET_ROWS_A_SLICE, &removed));
    if (removed < FORGET_ROWS_A_SLICE)
        go_on(forgetting);
    return OK;
}

static struct old_when old_when(const struct ctx *ctx, const struct forgetting *forgetting)
{
    int32_t day = clock_day_of(ctx->now) - (int32_t)forgetting->days;

    /* The zone may have been another one when it came back: by a day at most. */
    return (struct old_when){.returned_day = day,
                             .borrowed_until = clock_day_end(day + 1),
                             .settled_until = ctx->now - IDEMPOTENCY_KEEP_MS};
}

static enum error_kind tell(struct ctx *ctx, enum event_type type, int64_t forgotten)
{
    const bool borrows = type == EVENT_LOANS_FORGOTTEN;
    const char *count = arena_printf(ctx->arena, "%lld", (long long)forgotten);
    const struct field_change change = {.name = borrows ? "loans" : "holds", .after = count};

    TRY(audit_edit(ctx, borrows ? "loans.forgotten" : "holds.forgotten", "library", NO_NUMBER, &change));
    return events_record(ctx, &(struct event_fact){.type = type, .detail = count});
}

/* Of one member as many as there is room for; *room becomes what is left of it. */
static enum error_kind forget_of_member(struct ctx *ctx, int64_t member_id, const struct old_when *when,
                                        size_t *room)
{
    struct old_borrow borrows[FORGET_LOANS_A_SLICE];
    size_t count;

    TRY(privacy_repo_old_borrows(ctx, member_id, when, borrows, *room, &count));
    for (size_t i = 0; i < count; i++)
        TRY(forget_borrow(ctx, &borrows[i]));
    *room -= count;
    return OK;
}

static enum error_kind forget_borrows(struct ctx *ctx, struct forgetting *forgetting)
{
    const struct old_when when = old_when(ctx, forgetting);
    size_t room = FORGET_LOANS_A_SLICE;
    int64_t member_id;
    bool found = true;

    for (int i = 0; i < FORGET_MEMBERS_A_SLICE && room > 0; i++) {
        TRY(privacy_repo_next_member(ctx, forgetting->from, &member_id, &found));
        if (!found)
            break;
        TRY(forget_of_member(ctx, member_id, &when, &room));
        forgetting->from = room > 0 ? member_id + 1 : member_id; /* they may have more */
    }
    int64_t forgotten = (int64_t)(FORGET_LOANS_A_SLICE - room);
    forgetting->forgotten += forgotten;
    if (!found)
        go_on(forgetting);
    return forgotten > 0 ? tell(ctx, EVENT_LOANS_FORGOTTEN, forgotten) : OK;
}

/* A hold that is over is never touched again: only the answer to the act that ended it may still be kept. */
static enum error_kind forget_holds(struct ctx *ctx, struct forgetting *forgetting)
{
    int64_t ended_until = clock_day_end(clock_day_of(ctx->now) - (int32_t)forgetting->days);
    int64_t settled_until = ctx->now - IDEMPOTENCY_KEEP_MS;
    int64_t forgotten;
    bool more;

    if (ended_until > settled_until)
        ended_until = settled_until;
    TRY(holds_forget_old(ctx, ended_until, &forgetting->from, &forgotten, &more));
    forgetting->holds += forgotten;
    if (!more)
        go_on(forgetting);
    return forgotten > 0 ? tell(ctx, EVENT_HOLDS_FORGOTTEN, forgotten) : OK;
}

static enum error_kind forget_events(struct ctx *ctx, struct forgetting *forgetting)
{
    bool more;

    TRY(events_forget_members(ctx, &forgetting->from, FORGET_ROWS_A_SLICE, &more));
    if (!more)
        go_on(forgetting);
    return OK;
}

static enum error_kind forget_deliveries(struct ctx *ctx, struct forgetting *forgetting)
{
    bool more;

    TRY(deliveries_forget_members(ctx, &forgetting->from, FORGET_ROWS_A_SLICE, &more));
    if (!more)
        go_on(forgetting);
    return OK;
}

static enum error_kind pack_tallies(struct ctx *ctx, struct forgetting *forgetting)
{
    bool more;

    TRY(tallies_pack_missing(ctx, &forgetting->from, &more));
    if (!more)
        go_on(forgetting);
    return OK;
}

enum error_kind privacy_forget_slice(struct ctx *ctx, struct forgetting *forgetting)
{
    static enum error_kind (*const steps[])(struct ctx * ctx, struct forgetting * forgetting) = {
        [FORGETTING_BEGINS] = begin,
        [FORGETTING_REPLIES] = drop_replies,
        [FORGETTING_BORROWS] = forget_borrows,
        [FORGETTING_HOLDS] = forget_holds,
        [FORGETTING_EVENTS] = forget_events,
        [FORGETTING_TALLIES] = pack_tallies,
        [FORGETTING_DELIVERIES] = forget_deliveries,
    };

    struct arena_mark mark = arena_mark(ctx->arena);

    if (forgetting->step < FORGETTING_ENDED)
        TRY(steps[forgetting->step](ctx, forgetting));
    arena_reset_to(ctx->arena, mark);
    return OK;
}
