/*
 * charges_service.c — what the desk charges by hand. What loans cost comes through fines_service.h.
 */
#include "fines/charges_service.h"

#include "base/limits.h"
#include "base/money.h"
#include "copies/copies_service.h"
#include "fines/charges_repository.h"
#include "fines/fines_service.h"
#include "members/members_service.h"

static const char *const desk_kinds[] = {"damage", "lost", "fee", NULL};

const struct field charge_fields[] = {
    {"member_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct charge_request, member_id), "Who owes it"},
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct charge_request, card),
     "Or the member's card number"},
    {"kind", FIELD_CHOICE, REQUIRED, 0, 0, AT(struct charge_request, kind), "What for", desk_kinds},
    {"amount", FIELD_MONEY, REQUIRED, 1, MONEY_MAX, AT(struct charge_request, amount), "How much"},
    {"note", FIELD_TEXT, OPTIONAL, 1, NOTE_MAX, AT(struct charge_request, note),
     "What happened, for the reader as well"},
    {"borrow_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct charge_request, borrow_id),
     "The loan it is about, if any"},
    {"barcode", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct charge_request, barcode),
     "Or the copy it is about"},
    {0},
};

enum error_kind charges_find_member(struct ctx *ctx, const struct uuid *member_id, const char *card,
                                    struct member *out_member)
{
    if (!uuid_is_given(member_id) && !card)
        error_field(ctx, "body", "member_id", "missing", "is required, or a card");
    if (uuid_is_given(member_id) && card)
        error_field(ctx, "body", "card", "ambiguous", "cannot be given together with member_id");
    TRY(error_check_fields(ctx));
    return members_find_named(ctx, member_id, card, out_member);
}

/* ---- charging ------------------------------------------------------------------------------------------- */

static enum error_kind find_borrow(struct ctx *ctx, const struct charge_request *request,
                                   struct new_charge *charge)
{
    struct named_borrow borrow;
    bool found;

    TRY(charges_repo_find_borrow(ctx, &request->borrow_id, &borrow, &found));
    if (!found)
        return fail(ctx, BORROW_RECORD_NOT_FOUND, "Borrow record not found.");
    if (borrow.member_id != charge->member_id)
        error_field(ctx, "body", "borrow_id", "other_member", "is no loan of this member");
    charge->borrow_id = borrow.id;
    charge->copy_id = borrow.copy_id;
    return error_check_fields(ctx);
}

static enum error_kind find_copy(struct ctx *ctx, const struct charge_request *request,
                                 struct new_charge *charge)
{
    struct copy copy;
    bool found;

    TRY(copies_find_by_barcode(ctx, request->barcode, &copy, &found));
    if (!found)
        return fail(ctx, COPY_NOT_FOUND, "Copy not found. No copy has the barcode %s.", request->barcode);
    charge->copy_id = copy.id;
    return OK;
}

enum error_kind charges_add(struct ctx *ctx, const struct charge_request *request, int64_t *out_id)
{
    struct new_charge charge = {.kind = charge_kind_of(request->kind),
                                .amount = request->amount,
                                .at = ctx->now,
                                .note = request->note};
    struct member member;

    if (uuid_is_given(&request->borrow_id) && request->barcode)
        error_field(ctx, "body", "barcode", "ambiguous", "cannot be given together with borrow_id");
    TRY(charges_find_member(ctx, &request->member_id, request->card, &member));
    charge.member_id = member.id;
    TRY(fines_check_room(ctx, &member, charge.amount));
    if (uuid_is_given(&request->borrow_id))
        TRY(find_borrow(ctx, request, &charge));
    else if (request->barcode)
        TRY(find_copy(ctx, request, &charge));
    return fines_charge(ctx, &charge, out_id);
}

enum error_kind charges_find(struct ctx *ctx, const struct uuid *uuid, struct charge *out_charge)
{
    bool found;

    TRY(charges_repo_find(ctx, uuid, out_charge, &found));
    return found ? OK : fail(ctx, CHARGE_NOT_FOUND, "Charge not found.");
}

/* ---- reading -------------------------------------------------------------------------------------------- */

enum error_kind charges_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return charges_repo_list(ctx, query, sink);
}

enum error_kind charges_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return charges_repo_show(ctx, id, sink);
}

enum error_kind charges_list_open(struct ctx *ctx, const struct member *member, struct row_sink *sink)
{
    char text[UUID_TEXT_SIZE];
    struct list_parameter filters[] = {{"member_id", text}, {"open", "true"}};
    struct list_query query = {.limit = ACCOUNT_CHARGES_MAX,
                               .order = "asc",
                               .without_total = true,
                               .parameters = filters,
                               .parameter_count = 2};

    uuid_format(&member->uuid, text);
    return charges_repo_list(ctx, &query, sink);
}

enum error_kind charges_account(struct ctx *ctx, const struct uuid *member_id, struct member *out_member)
{
    return members_find_any(ctx, member_id, out_member);
}
