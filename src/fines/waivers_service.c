/*
 * waivers_service.c — who lets whom off how much.
 */
#include "fines/waivers_service.h"

#include <inttypes.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "base/money.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "fines/allocations_service.h"
#include "fines/charges_repository.h"
#include "fines/waivers_repository.h"

const struct field waiver_fields[] = {
    {"amount", FIELD_MONEY, OPTIONAL, 1, MONEY_MAX, AT(struct waiver_request, amount),
     "How much of it; without it, all that is open"},
    {"reason", FIELD_TEXT, REQUIRED, 1, NOTE_MAX, AT(struct waiver_request, reason), "Why"},
    {0},
};

const struct field refusal_fields[] = {
    {"reason", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct refusal, reason), "Why not"},
    {0},
};

static enum error_kind tell(struct ctx *ctx, enum event_type type, const struct new_waiver *waiver,
                            int64_t borrow_id)
{
    struct event_fact fact = {.type = type,
                              .member_id = waiver->member_id,
                              .borrow_id = borrow_id,
                              .detail = arena_printf(ctx->arena, "%" PRId64, waiver->amount)};

    return events_record(ctx, &fact);
}

/* ---- asked for and decided ------------------------------------------------------------------------------ */

static enum error_kind check_amount(struct ctx *ctx, const struct charge *charge, int64_t amount)
{
    char open[MONEY_TEXT_SIZE];
    char asked[MONEY_TEXT_SIZE];

    if (amount <= charge->amount - charge->settled && amount > 0)
        return OK;
    money_format(charge->amount - charge->settled, ctx->currency_exponent, open);
    money_format(amount, ctx->currency_exponent, asked);
    error_reason_text(ctx, "open", open);
    error_reason_text(ctx, "amount", asked);
    if (charge->amount == charge->settled)
        return fail(ctx, OVERPAYMENT, "Nothing to waive: this charge is settled.");
    return fail(ctx, OVERPAYMENT, "%s cannot be waived: %s of this charge is open.", asked, open);
}

enum error_kind waivers_ask(struct ctx *ctx, const struct uuid *uuid, const struct waiver_request *request,
                            int64_t *out_id)
{
    struct charge charge;
    int64_t id;
    bool found;

    TRY(charges_repo_find(ctx, uuid, &charge, &found));
    if (!found)
        return fail(ctx, CHARGE_NOT_FOUND, "Charge not found.");
    struct new_waiver waiver = {.member_id = charge.member_id,
                                .charge_id = charge.id,
                                .kind = WAIVER_WAIVER,
                                .amount = request->amount,
                                .reason = request->reason};
    if (waiver.amount == NO_NUMBER)
        waiver.amount = charge.amount - charge.settled;
    TRY(check_amount(ctx, &charge, waiver.amount));
    TRY(waivers_repo_insert(ctx, &waiver, &id));
    TRY(counters_add(ctx, COUNTER_WAIVERS, 1));
    TRY(audit_act(ctx, "waiver.asked", "waiver", id));
    *out_id = id;
    return tell(ctx, EVENT_WAIVER_ASKED, &waiver, charge.borrow_id);
}

static enum error_kind find_undecided(struct ctx *ctx, const struct uuid *uuid, struct waiver *out_waiver)
{
    bool found;

    TRY(waivers_repo_find(ctx, uuid, out_waiver, &found));
    if (!found)
        return fail(ctx, WAIVER_NOT_FOUND, "Waiver not found.");
    if (out_waiver->is_decided)
        return fail(ctx, ALREADY_DECIDED, "This waiver has been decided already.");
    return OK;
}

/* The one charge, as far as it is open. */
static struct open_charge open_part(const struct charge *charge)
{
    return (struct open_charge){.id = charge->id,
                                .uuid = charge->uuid,
                                .kind = charge->kind,
                                .borrow_id = charge->borrow_id,
                                .open = charge->amount - charge->settled};
}

enum error_kind waivers_approve(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id)
{
    struct waiver waiver;
    struct charge charge;
    bool found;

    TRY(find_undecided(ctx, uuid, &waiver));
    TRY(charges_repo_find_by_id(ctx, waiver.charge_id, &charge, &found));
    if (!found)
        return fail(ctx, CHARGE_NOT_FOUND, "Charge not found.");
    TRY(check_amount(ctx, &charge, waiver.amount));
    TRY(waivers_repo_decide(ctx, waiver.id, true));
    struct open_charge open = open_part(&charge);
    struct credit credit = {.waiver_id = waiver.id, .left = waiver.amount};
    TRY(allocations_settle(ctx, &credit, &open));
    TRY(counters_balance(ctx, waiver.member_id, -waiver.amount));
    TRY(audit_act(ctx, "waiver.approved", "waiver", waiver.id));
    *out_id = waiver.id;
    return tell(ctx, EVENT_FINE_WAIVED,
                &(struct new_waiver){.member_id = waiver.member_id, .amount = waiver.amount},
                charge.borrow_id);
}

enum error_kind waivers_refuse(struct ctx *ctx, const struct uuid *uuid, const struct refusal *refusal,
                               int64_t *out_id)
{
    struct field_change change = {.name = "refused_because", .after = refusal->reason};
    struct waiver waiver;
    struct charge charge;
    bool found;

    TRY(find_undecided(ctx, uuid, &waiver));
    TRY(charges_repo_find_by_id(ctx, waiver.charge_id, &charge, &found));
    TRY(waivers_repo_decide(ctx, waiver.id, false));
    TRY(audit_edit(ctx, "waiver.refused", "waiver", waiver.id, refusal->reason ? &change : NULL));
    *out_id = waiver.id;
    return tell(ctx, EVENT_WAIVER_REFUSED,
                &(struct new_waiver){.member_id = waiver.member_id, .amount = waiver.amount},
                found ? charge.borrow_id : 0);
}

/* ---- by the program ------------------------------------------------------------------------------------- */

/* The charges of that loan and kind first, the order otherwise as it was. */
static struct open_charge *put_first(struct open_charge *charges, const struct charge *like)
{
    struct open_charge *first = NULL;
    struct open_charge *others = NULL;
    struct open_charge **first_end = &first;
    struct open_charge **others_end = &others;

    for (; charges; charges = charges->next) {
        bool is_like = charges->kind == like->kind && charges->borrow_id == like->borrow_id;
        struct open_charge ***end = is_like ? &first_end : &others_end;
        **end = charges;
        *end = &charges->next;
    }
    *others_end = NULL;
    *first_end = others;
    return first;
}

enum error_kind waivers_correct(struct ctx *ctx, const struct charge *charge, enum waiver_kind kind,
                                int64_t amount, const char *reason)
{
    struct new_waiver waiver = {.member_id = charge->member_id,
                                .charge_id = charge->id,
                                .kind = kind,
                                .approved = true,
                                .amount = amount,
                                .reason = reason};
    struct open_charge *open;
    struct credit credit = {.left = amount};

    if (amount == 0)
        return OK;
    TRY(waivers_repo_insert(ctx, &waiver, &credit.waiver_id));
    TRY(counters_add(ctx, COUNTER_WAIVERS, 1));
    TRY(counters_balance(ctx, waiver.member_id, -amount));
    TRY(audit_act(ctx, "charge.corrected", "waiver", credit.waiver_id));
    TRY(tell(ctx, EVENT_FINE_WAIVED, &waiver, charge->borrow_id));
    TRY(allocations_open(ctx, waiver.member_id, &open));
    return allocations_settle(ctx, &credit, put_first(open, charge));
}

/* ---- reading -------------------------------------------------------------------------------------------- */

enum error_kind waivers_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return waivers_repo_list(ctx, query, sink);
}

enum error_kind waivers_list_last(struct ctx *ctx, const struct member *member, struct row_sink *sink)
{
    char text[UUID_TEXT_SIZE];
    struct list_parameter filter = {"member_id", text};
    struct list_query query = {
        .limit = ACCOUNT_ROWS_MAX, .without_total = true, .parameters = &filter, .parameter_count = 1};

    uuid_format(&member->uuid, text);
    return waivers_repo_list(ctx, &query, sink);
}

enum error_kind waivers_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return waivers_repo_show(ctx, id, sink);
}
