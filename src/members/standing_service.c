/*
 * standing_service.c — what a member's record says today: may they borrow, may they go, what are they like as readers.
 */
#include "members/standing_service.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/money.h"

/* Risk by overdue rate, per cent (API.md "Members"). */
#define RISK_HIGH_ABOVE 30
#define RISK_MEDIUM_ABOVE 10

static int32_t today(const struct ctx *ctx)
{
    return clock_day_of(ctx->now);
}

static const char *day_text(struct ctx *ctx, int64_t day)
{
    char text[CLOCK_DAY_SIZE];

    clock_format_day((int32_t)day, text);
    return arena_strdup(ctx->arena, text);
}

/* ---- borrowing, and leaving ------------------------------------------------------------------------ */

static enum error_kind fail_suspended(struct ctx *ctx, const struct member *member)
{
    const char *why = member->status_reason;

    error_reason_text(ctx, "status", "suspended");
    if (why)
        error_reason_text(ctx, "status_reason", why);
    if (member->suspended_until == NO_NUMBER && why)
        return fail(ctx, MEMBER_SUSPENDED, "%s is suspended until further notice (%s).", member->facts.name,
                    why);
    if (member->suspended_until == NO_NUMBER)
        return fail(ctx, MEMBER_SUSPENDED, "%s is suspended until further notice.", member->facts.name);
    const char *until = day_text(ctx, member->suspended_until);
    error_reason_text(ctx, "suspended_until", until);
    if (why)
        return fail(ctx, MEMBER_SUSPENDED, "%s is suspended until %s (%s).", member->facts.name, until, why);
    return fail(ctx, MEMBER_SUSPENDED, "%s is suspended until %s.", member->facts.name, until);
}

static enum error_kind fail_expired(struct ctx *ctx, const struct member *member)
{
    int64_t last_day = member->facts.expires_on;

    error_reason_text(ctx, "status", "expired");
    /* Marked by hand, before its day: there is no "since". */
    if (last_day == NO_NUMBER || last_day >= today(ctx))
        return fail(ctx, MEMBER_EXPIRED, "The membership of %s has expired.", member->facts.name);
    error_reason_text(ctx, "expired_on", day_text(ctx, last_day));
    return fail(ctx, MEMBER_EXPIRED, "The membership of %s expired on %s.", member->facts.name,
                day_text(ctx, last_day));
}

enum error_kind members_check_may_borrow(struct ctx *ctx, const struct member *member)
{
    switch (member_status_on(member, today(ctx))) {
    case MEMBER_STATUS_SUSPENDED: return fail_suspended(ctx, member);
    case MEMBER_STATUS_EXPIRED: return fail_expired(ctx, member);
    case MEMBER_STATUS_ACTIVE: break;
    }
    return OK;
}

enum error_kind members_check_may_leave(struct ctx *ctx, const struct member *member)
{
    char owed[MONEY_TEXT_SIZE];

    if (member->open_borrows > 0) {
        error_reason_int(ctx, "open_borrows", member->open_borrows);
        return fail(ctx, HAS_ACTIVE_BORROWS, "%s cannot be archived with %" PRId64 " active borrow%s.",
                    member->facts.name, member->open_borrows, member->open_borrows == 1 ? "" : "s");
    }
    if (member->open_holds > 0) {
        error_reason_int(ctx, "open_holds", member->open_holds);
        return fail(ctx, HAS_HOLDS, "%s cannot be archived while waiting for %" PRId64 " title%s.",
                    member->facts.name, member->open_holds, member->open_holds == 1 ? "" : "s");
    }
    if (member->balance <= 0)
        return OK;
    money_format(member->balance, ctx->currency_exponent, owed);
    error_reason_text(ctx, "balance", owed);
    return fail(ctx, HAS_BALANCE, "%s cannot be archived while %s is owed.", member->facts.name, owed);
}

/* ---- a change of status ---------------------------------------------------------------------------- */

static bool status_parse(const char *name, enum member_status *out_status)
{
    for (int status = MEMBER_STATUS_ACTIVE; status <= MEMBER_STATUS_SUSPENDED; status++) {
        if (name && strcmp(name, member_status_name((enum member_status)status)) == 0) {
            *out_status = (enum member_status)status;
            return true;
        }
    }
    return false;
}

/* Refuses what would look done and change nothing. */
enum error_kind standing_check_change(struct ctx *ctx, const struct member *before,
                                      const struct member_status_change *change,
                                      enum member_status *out_status)
{
    enum member_status status = before->status;
    int64_t last_day = before->facts.expires_on;

    if (!status_parse(change->status, &status))
        error_field(ctx, "body", "status", "choice", "must be one of: active, expired, suspended");
    else if (status == MEMBER_STATUS_ACTIVE && last_day != NO_NUMBER && last_day < today(ctx))
        error_field(ctx, "body", "status", "expired",
                    "the membership ended on %s: set expires_on to a later day", day_text(ctx, last_day));
    if (change->suspended_until != NO_NUMBER && status != MEMBER_STATUS_SUSPENDED)
        error_field(ctx, "body", "suspended_until", "unexpected", "is for suspensions only");
    else if (change->suspended_until != NO_NUMBER && change->suspended_until < today(ctx))
        error_field(ctx, "body", "suspended_until", "too_small", "must not be in the past");
    *out_status = status;
    return error_check_fields(ctx);
}

/* ---- what the loans say ---------------------------------------------------------------------------- */

/* In whole numbers: 3 of 10 is 30 %, not a little more. */
static const char *risk_level(const struct member *member)
{
    int64_t hundredfold = member->overdue_count * 100;

    if (hundredfold > member->borrow_count * RISK_HIGH_ABOVE)
        return "HIGH";
    return hundredfold > member->borrow_count * RISK_MEDIUM_ABOVE ? "MEDIUM" : "LOW";
}

/* A loan that is overdue but still out counts once it is back: counters change with acts, not with days. */
void members_summarise(const struct ctx *ctx, const struct member *member, struct member_summary *out_summary)
{
    double borrows = (double)member->borrow_count;

    *out_summary = (struct member_summary){
        .membership_days = today(ctx) - clock_day_of(member->created_at),
        .total_borrowed = member->borrow_count,
        .overdue_rate = member->borrow_count ? 100.0 * (double)member->overdue_count / borrows : 0.0,
        .risk_level = risk_level(member),
        .fines_accrued = member->balance,
    };
}
