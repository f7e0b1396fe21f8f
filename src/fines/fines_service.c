/*
 * fines_service.c — what loans and copies do to the ledger. Amounts are decided by who calls; here they become rows.
 */
#include "fines/fines_service.h"

#include <inttypes.h>

#include "audit/audit_service.h"
#include "base/money.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "fines/allocations_service.h"
#include "fines/charges_repository.h"
#include "fines/waivers_service.h"
#include "members/members_service.h"
#include "settings/settings_service.h"

/* ---- charging ------------------------------------------------------------------------------------------- */

static enum error_kind tell_charged(struct ctx *ctx, const struct new_charge *charge, int64_t id)
{
    struct event_fact fact = {.type = EVENT_FINE_CALCULATED,
                              .member_id = charge->member_id,
                              .borrow_id = charge->borrow_id,
                              .detail = arena_printf(ctx->arena, "%" PRId64, charge->amount)};

    TRY(audit_act(ctx, "charge.made", "charge", id));
    return events_record(ctx, &fact);
}

static enum error_kind find_room(struct ctx *ctx, int64_t member_id, int64_t *out_room)
{
    struct member member;

    TRY(members_find_by_id(ctx, member_id, &member));
    *out_room = member.balance < MONEY_MAX ? MONEY_MAX - member.balance : 0;
    return OK;
}

static enum error_kind write_charge(struct ctx *ctx, const struct new_charge *charge, int64_t *out_id)
{
    struct open_charge open = {.kind = charge->kind, .borrow_id = charge->borrow_id, .open = charge->amount};

    if (charge->amount > 0) {
        TRY(charges_repo_insert(ctx, charge, &open.id));
        TRY(counters_charge_made(ctx, charge->at));
        TRY(counters_balance(ctx, charge->member_id, charge->amount));
        TRY(tell_charged(ctx, charge, open.id));
        TRY(allocations_use_credit(ctx, charge->member_id, &open));
    }
    *out_id = open.id;
    return OK;
}

enum error_kind fines_charge(struct ctx *ctx, const struct new_charge *charge, int64_t *out_id)
{
    struct new_charge bounded = *charge;
    int64_t room;

    TRY(find_room(ctx, charge->member_id, &room));
    if (bounded.amount > room)
        bounded.amount = room;
    return write_charge(ctx, &bounded, out_id);
}

enum error_kind fines_check_room(struct ctx *ctx, const struct member *member, int64_t amount)
{
    char balance[MONEY_TEXT_SIZE];
    char limit[MONEY_TEXT_SIZE];

    if (member->balance + amount <= MONEY_MAX)
        return OK;
    money_format(member->balance, ctx->currency_exponent, balance);
    money_format(MONEY_MAX, ctx->currency_exponent, limit);
    error_reason_text(ctx, "balance", balance);
    error_reason_text(ctx, "limit", limit);
    return fail(ctx, CONFLICT, "%s owes %s, and no account can owe more than %s.", member->facts.name,
                balance, limit);
}

/* ---- what loans cost ------------------------------------------------------------------------------------ */

static enum error_kind find_posted_charge(struct ctx *ctx, const struct posted *posted,
                                          struct charge *out_charge)
{
    bool found;

    TRY(charges_repo_find_by_id(ctx, posted->last_id, out_charge, &found));
    return found ? OK : fail(ctx, INTERNAL, "A charge that was made is not there.");
}

enum error_kind fines_post_overdue(struct ctx *ctx, const struct overdue_borrow *borrow, int64_t at)
{
    struct posted posted;
    struct charge charge;
    int64_t id;

    TRY(charges_repo_posted(ctx, borrow->borrow_id, CHARGE_OVERDUE, &posted));
    int64_t stands = posted.charged - posted.taken_back;
    if (borrow->amount > stands)
        return fines_charge(ctx,
                            &(struct new_charge){.member_id = borrow->member_id,
                                                 .kind = CHARGE_OVERDUE,
                                                 .amount = borrow->amount - stands,
                                                 .borrow_id = borrow->borrow_id,
                                                 .copy_id = borrow->copy_id,
                                                 .at = at},
                            &id);
    int64_t floor = borrow->amount > posted.waived ? borrow->amount : posted.waived;
    if (floor >= stands)
        return OK;
    TRY(find_posted_charge(ctx, &posted, &charge));
    return waivers_correct(ctx, &charge, WAIVER_CORRECTION, stands - floor,
                           "The days late were counted anew.");
}

enum error_kind fines_refund_found(struct ctx *ctx, int64_t borrow_id, int64_t *out_amount)
{
    struct posted posted;
    struct charge charge;

    TRY(charges_repo_posted(ctx, borrow_id, CHARGE_LOST, &posted));
    int64_t amount = posted.charged - posted.taken_back - posted.waived;
    if (amount > 0) {
        TRY(find_posted_charge(ctx, &posted, &charge));
        TRY(waivers_correct(ctx, &charge, WAIVER_FOUND, amount, "The lost copy was found."));
    }
    *out_amount = amount;
    return OK;
}

/* ---- questions ------------------------------------------------------------------------------------------ */

enum error_kind fines_check_block(struct ctx *ctx, const struct member *member, int64_t accruing)
{
    char balance[MONEY_TEXT_SIZE];
    char limit[MONEY_TEXT_SIZE];
    int64_t most;

    TRY(settings_int(ctx, SETTING_BLOCK_BALANCE, &most));
    if (most <= 0 || member->balance + accruing <= most)
        return OK;
    money_format(member->balance + accruing, ctx->currency_exponent, balance);
    money_format(most, ctx->currency_exponent, limit);
    error_reason_text(ctx, "balance", balance);
    error_reason_text(ctx, "limit", limit);
    return fail(ctx, MEMBER_BLOCKED,
                "%s owes %s: more than %s, up to which the library lends. Take a payment first.",
                member->facts.name, balance, limit);
}

enum error_kind fines_forget_borrow(struct ctx *ctx, int64_t borrow_id)
{
    return charges_repo_forget_borrow(ctx, borrow_id);
}
