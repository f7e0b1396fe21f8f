/*
 * payments_service.c — money comes in: it is counted, allocated and receipted in one transaction, or not at all.
 */
#include "fines/payments_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "base/money.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "fines/allocations_service.h"
#include "fines/charges_service.h"
#include "fines/payments_repository.h"
#include "members/members_service.h"
#include "settings/settings_service.h"

static const char *const method_choices[] = {"cash", "card", "mobile_money", "other", NULL};

const struct field payment_fields[] = {
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct payment_request, member_id), "Who pays"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct payment_request, card),
     "Or the member's card number"},
    {"amount", FIELD_MONEY, REQUIRED, 1, MONEY_MAX, AT(struct payment_request, amount),
     "How much: at most what is owed"},
    {"method", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct payment_request, method), "How", method_choices},
    {"reference", FIELD_TEXT, OPTIONAL, 1, PAYMENT_REFERENCE_MAX, AT(struct payment_request, reference),
     "Of the card terminal or the mobile network"},
    {"note", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct payment_request, note),
     "A word more, for the receipt"},
    {"charge_ids", FIELD_TEXTS, OPTIONAL, 1, UUID_TEXT_SIZE, AT(struct payment_request, charge_ids),
     "For these charges; without it, for all that are open", .most = PAYMENT_CHARGES_MAX},
    {0},
};

/* ---- for which charges ---------------------------------------------------------------------------------- */

static enum error_kind read_ids(struct ctx *ctx, const struct text_list *texts, struct uuid **out_ids)
{
    struct uuid *ids = arena_alloc_array(ctx->arena, texts->count + 1, sizeof *ids);

    for (size_t i = 0; i < texts->count; i++)
        if (!uuid_parse(texts->items[i], &ids[i]))
            error_field(ctx, "body", "charge_ids", "uuid", "must be valid ids (UUIDs)");
    *out_ids = ids;
    return error_check_fields(ctx);
}

static bool is_among(const struct uuid *uuid, const struct uuid *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(uuid, &ids[i], sizeof *uuid) == 0)
            return true;
    return false;
}

/* A charge that is settled meanwhile may be named: nothing of it is open. */
static enum error_kind check_theirs(struct ctx *ctx, const struct member *member, const struct uuid *ids,
                                    size_t count)
{
    struct charge charge;

    for (size_t i = 0; i < count; i++) {
        TRY(charges_find(ctx, &ids[i], &charge));
        if (charge.member_id != member->id)
            return fail(ctx, CHARGE_NOT_FOUND, "Charge not found. It is none of %s.", member->facts.name);
    }
    return OK;
}

/* What is open of the charges that are meant, oldest first. */
static enum error_kind choose(struct ctx *ctx, const struct payment_request *request, const struct uuid *ids,
                              const struct member *member, struct open_charge **out_first)
{
    struct open_charge *first;

    TRY(check_theirs(ctx, member, ids, request->charge_ids.count));
    TRY(allocations_open(ctx, member->id, &first));
    struct open_charge **at = &first;
    while (request->charge_ids.count > 0 && *at) {
        if (is_among(&(*at)->uuid, ids, request->charge_ids.count))
            at = &(*at)->next;
        else
            *at = (*at)->next;
    }
    *out_first = first;
    return OK;
}

static enum error_kind check_amount(struct ctx *ctx, const struct member *member, int64_t owed,
                                    int64_t amount)
{
    char owed_text[MONEY_TEXT_SIZE];
    char amount_text[MONEY_TEXT_SIZE];

    if (amount <= owed)
        return OK;
    money_format(owed, ctx->currency_exponent, owed_text);
    money_format(amount, ctx->currency_exponent, amount_text);
    error_reason_text(ctx, "owed", owed_text);
    error_reason_text(ctx, "amount", amount_text);
    if (owed == 0)
        return fail(ctx, OVERPAYMENT, "Nothing to pay: %s owes nothing here.", member->facts.name);
    return fail(ctx, OVERPAYMENT, "%s is more than %s owes here: %s.", amount_text, member->facts.name,
                owed_text);
}

/* ---- taking --------------------------------------------------------------------------------------------- */

static enum error_kind tell(struct ctx *ctx, const struct payment *payment, int64_t id)
{
    struct event_fact fact = {.type = EVENT_FINE_PAID,
                              .member_id = payment->member_id,
                              .detail = arena_printf(ctx->arena, "%" PRId64, payment->amount)};

    TRY(audit_act(ctx, "payment.taken", "payment", id));
    return events_record(ctx, &fact);
}

enum error_kind payments_take(struct ctx *ctx, const struct payment_request *request, int64_t *out_id)
{
    struct credit credit = {.left = request->amount};
    struct open_charge *charges;
    struct member member;
    struct uuid *ids;

    TRY(read_ids(ctx, &request->charge_ids, &ids));
    TRY(charges_find_member(ctx, &request->member_id, request->card, &member));
    TRY(choose(ctx, request, ids, &member, &charges));
    TRY(check_amount(ctx, &member, allocations_sum(charges), request->amount));
    struct payment payment = {.member_id = member.id,
                              .method = request->method,
                              .amount = request->amount,
                              .reference = request->reference,
                              .note = request->note,
                              .balance_after = member.balance - request->amount};
    TRY(counters_next_number(ctx, SEQUENCE_RECEIPT, &payment.receipt));
    TRY(payments_repo_insert(ctx, &payment, &credit.payment_id));
    TRY(allocations_settle(ctx, &credit, charges));
    TRY(counters_payment_taken(ctx, ctx->now));
    TRY(counters_balance(ctx, member.id, -request->amount));
    *out_id = credit.payment_id;
    return tell(ctx, &payment, credit.payment_id);
}

/* ---- the receipt ---------------------------------------------------------------------------------------- */

static enum error_kind write_out(struct ctx *ctx, struct receipt *receipt)
{
    struct member member;

    TRY(members_find_by_id(ctx, receipt->payment.member_id, &member));
    receipt->member_id = member.uuid;
    receipt->member_name = member.facts.name;
    receipt->card = member.facts.card;
    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &receipt->library));
    TRY(settings_text(ctx, SETTING_CURRENCY, &receipt->currency));
    return payments_repo_lines(ctx, receipt->payment.id, &receipt->lines);
}

static enum error_kind fail_unknown(struct ctx *ctx)
{
    return fail(ctx, PAYMENT_NOT_FOUND, "Payment not found.");
}

enum error_kind payments_receipt(struct ctx *ctx, const struct uuid *uuid, struct receipt *out_receipt)
{
    struct receipt receipt = {0};
    bool found;

    TRY(payments_repo_find(ctx, uuid, &receipt.payment, &found));
    if (!found || (ctx->actor.access <= MEMBER && ctx->actor.member_id != receipt.payment.member_id))
        return fail_unknown(ctx);
    TRY(write_out(ctx, &receipt));
    *out_receipt = receipt;
    return OK;
}

enum error_kind payments_receipt_by_id(struct ctx *ctx, int64_t id, struct receipt *out_receipt)
{
    struct receipt receipt = {0};
    bool found;

    TRY(payments_repo_find_by_id(ctx, id, &receipt.payment, &found));
    if (!found)
        return fail_unknown(ctx);
    TRY(write_out(ctx, &receipt));
    *out_receipt = receipt;
    return OK;
}

/* ---- reading -------------------------------------------------------------------------------------------- */

enum error_kind payments_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return payments_repo_list(ctx, query, sink);
}

enum error_kind payments_list_last(struct ctx *ctx, const struct member *member, struct row_sink *sink)
{
    char text[UUID_TEXT_SIZE];
    struct list_parameter filter = {"member_id", text};
    struct list_query query = {
        .limit = ACCOUNT_ROWS_MAX, .without_total = true, .parameters = &filter, .parameter_count = 1};

    uuid_format(&member->uuid, text);
    return payments_repo_list(ctx, &query, sink);
}
