/*
 * overdue_service.c — the price of being late. Reckoned in one place; posting it is the ledger's affair (fines/).
 */
#include "borrows/overdue_service.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "borrows/decision_service.h"
#include "borrows/overdue_repository.h"
#include "borrows/returns_service.h"
#include "events/events_service.h"
#include "fines/fines_service.h"
#include "members/members_service.h"
#include "policies/calendar_service.h"
#include "settings/settings_service.h"

const struct field calculate_fields[] = {
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct calculate_request, member_id),
     "Only of this member's loans"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct calculate_request, card),
     "Or the member with this card"},
    {0},
};

/* BORROW_FINE in fine_sql.h says the same to SQLite. */
enum error_kind borrows_fine(struct ctx *ctx, const struct borrow *borrow, int32_t back_day,
                             int64_t *out_fine)
{
    int64_t days;

    TRY(calendar_fine_days(ctx, borrow->due_day, back_day, &days));
    int64_t costly = days > borrow->grace_days ? days - borrow->grace_days : 0;
    int64_t fine = borrow->fine_before + costly * borrow->fine_per_day;
    *out_fine = borrow->fine_cap != NO_NUMBER && fine > borrow->fine_cap ? borrow->fine_cap : fine;
    return OK;
}

enum error_kind borrows_accruing(struct ctx *ctx, const struct member *member, int64_t *out_amount)
{
    *out_amount = 0;
    if (member->open_borrows == 0)
        return OK;
    return overdue_repo_accruing(ctx, member->id, clock_day_of(ctx->now), out_amount);
}

enum error_kind borrows_post_fine(struct ctx *ctx, const struct borrow *borrow, int64_t *out_fine)
{
    struct overdue_borrow overdue = {
        .borrow_id = borrow->id, .member_id = borrow->member_id, .copy_id = borrow->copy_id};

    TRY(borrows_fine(ctx, borrow, clock_day_of(ctx->now), &overdue.amount));
    TRY(fines_post_overdue(ctx, &overdue, ctx->now));
    *out_fine = overdue.amount;
    return OK;
}

/* ---- the walk ---------------------------------------------------------------------------------------------- */

/* How many of the steps ("1,8,22") have been reached; what is no number is no step. */
static int64_t steps_reached(struct ctx *ctx, const char *steps, int64_t days_late)
{
    int64_t reached = 0;

    while (*steps) {
        size_t length = strcspn(steps, ", ");
        int64_t day;
        if (text_to_int64(arena_strndup(ctx->arena, steps, length), &day) && days_late >= day)
            reached++;
        steps += length + strspn(steps + length, ", ");
    }
    return reached;
}

static enum error_kind urge(struct ctx *ctx, const struct borrow *borrow, const char *steps,
                            struct accrual *accrual)
{
    int64_t step = steps_reached(ctx, steps, clock_day_of(ctx->now) - borrow->due_day);

    if (step <= borrow->overdue_step)
        return OK;
    TRY(overdue_repo_set_step(ctx, borrow->id, step));
    accrual->urged++;
    return events_record(ctx, &(struct event_fact){.type = EVENT_BOOK_OVERDUE,
                                                   .book_id = borrow->book_id,
                                                   .member_id = borrow->member_id,
                                                   .borrow_id = borrow->id,
                                                   .detail = arena_printf(ctx->arena, "%" PRId64, step)});
}

static enum error_kind give_up(struct ctx *ctx, const struct borrow *borrow, struct accrual *accrual)
{
    static const struct lost_report report = {.note = "Not brought back", .amount = NO_NUMBER};
    struct reception reception;

    TRY(borrows_lose(ctx, borrow, &report, &reception));
    accrual->lost++;
    accrual->fines += reception.fine;
    return OK;
}

struct escalation {
    const char *steps;
    int64_t lost_after_days; /* 0: never */
};

static enum error_kind accrue_one(struct ctx *ctx, const struct borrow *borrow,
                                  const struct escalation *escalation, struct accrual *accrual)
{
    int64_t days_late = clock_day_of(ctx->now) - borrow->due_day;
    int64_t fine;

    accrual->borrows++;
    if (accrual->escalate && escalation->lost_after_days > 0 && days_late >= escalation->lost_after_days)
        return give_up(ctx, borrow, accrual);
    TRY(borrows_post_fine(ctx, borrow, &fine));
    accrual->fines += fine;
    return accrual->escalate ? urge(ctx, borrow, escalation->steps, accrual) : OK;
}

enum error_kind borrows_accrue(struct ctx *ctx, struct accrual *accrual, size_t max, bool *out_more)
{
    struct arena_mark start = arena_mark(ctx->arena);
    struct borrow *borrows = arena_alloc_array(ctx->arena, max, sizeof *borrows);
    struct escalation escalation;
    size_t count;

    TRY(settings_text(ctx, SETTING_OVERDUE_STEPS, &escalation.steps));
    TRY(settings_int(ctx, SETTING_LOST_AFTER_DAYS, &escalation.lost_after_days));
    TRY(overdue_repo_next(ctx, accrual->member_id, accrual->after_due_at, accrual->after_id, max, borrows,
                          &count));
    for (size_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(accrue_one(ctx, &borrows[i], &escalation, accrual));
        accrual->after_due_at = borrows[i].due_at;
        accrual->after_id = borrows[i].id;
        arena_reset_to(ctx->arena, mark);
    }
    arena_reset_to(ctx->arena, start);
    *out_more = count == max;
    return OK;
}

enum error_kind borrows_plan_accrual(struct ctx *ctx, const struct calculate_request *request,
                                     struct accrual *out_accrual)
{
    bool by_id = uuid_is_given(&request->member_id);
    struct member member = {0};

    if (by_id && request->card)
        error_field(ctx, "body", "card", "ambiguous", "cannot be given together with member_id");
    TRY(error_check_fields(ctx));
    if (by_id || request->card)
        TRY(members_find_named(ctx, &request->member_id, request->card, &member));
    *out_accrual = (struct accrual){.member_id = member.id};
    return OK;
}
