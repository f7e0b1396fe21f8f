/*
 * fines_router.c — charges, payments and waivers: who may do what. The till stands in till_router.c.
 */
#include "fines/charges_service.h"
#include "fines/payments_service.h"
#include "fines/waivers_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* ---- charges -------------------------------------------------------------------------------------------- */

static enum error_kind list_charges(struct request *req, struct response *res)
{
    return charges_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind get_charge(struct request *req, struct response *res)
{
    struct charge charge;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(charges_find(req->ctx, &id, &charge));
    return charges_show(req->ctx, charge.id, response_row(res));
}

static enum error_kind add_charge(struct request *req, struct response *res)
{
    struct charge_request charge = {0};
    int64_t id;

    request_body(req, &charge);
    TRY(charges_add(req->ctx, &charge, &id));
    return charges_show(req->ctx, id, response_row(res));
}

/* What a reader sees of their money, and the desk of theirs. */
static enum error_kind get_account(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct member member;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(charges_account(req->ctx, &id, &member));
    json_object_begin(json);
    json_member_uuid(json, "member_id", &member.uuid);
    json_member_money(json, "balance", member.balance, req->ctx->currency_exponent);
    json_key(json, "open_charges");
    TRY(charges_list_open(req->ctx, &member, response_array(res)));
    response_array_end(res);
    json_key(json, "payments");
    TRY(payments_list_last(req->ctx, &member, response_array(res)));
    response_array_end(res);
    json_key(json, "waivers");
    TRY(waivers_list_last(req->ctx, &member, response_array(res)));
    response_array_end(res);
    json_object_end(json);
    return OK;
}

static const struct reply_field account_shape[] = {
    {"member_id", COLUMN_UUID, false, "Whose account"},
    {"balance", COLUMN_MONEY, false, "What the member owes; below zero the library owes"},
    {"open_charges", .meaning = "What is not wholly settled, oldest first, at most 500",
     .row = &charges_listing, .many = true},
    {"payments", .meaning = "The last 50", .row = &payments_listing, .many = true},
    {"waivers", .meaning = "The last 50", .row = &waivers_listing, .many = true},
    {0},
};

static const struct reply account_reply = {"MoneyAccount", account_shape};

/* ---- payments ------------------------------------------------------------------------------------------- */

static void write_lines(struct json_writer *json, const struct receipt_line *line, int exponent)
{
    json_key(json, "allocations");
    json_array_begin(json);
    for (; line; line = line->next) {
        json_object_begin(json);
        json_member_text(json, "kind", line->kind);
        json_member_money(json, "amount", line->amount, exponent);
        json_member_instant(json, "charged_at", line->at);
        json_member_instant(json, "charged_until", line->until);
        json_member_text(json, "title", line->title);
        json_member_text(json, "note", line->note);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_payer(struct json_writer *json, const struct receipt *receipt)
{
    json_key(json, "member");
    json_object_begin(json);
    json_member_uuid(json, "id", &receipt->member_id);
    json_member_text(json, "name", receipt->member_name);
    json_member_text(json, "card", receipt->card);
    json_object_end(json);
}

static void write_receipt(struct json_writer *json, const struct receipt *receipt, int exponent)
{
    const struct payment *payment = &receipt->payment;

    json_object_begin(json);
    json_member_uuid(json, "id", &payment->uuid);
    json_member_int(json, "receipt_number", payment->receipt);
    json_member_text(json, "library", receipt->library);
    json_member_instant(json, "at", payment->at);
    write_payer(json, receipt);
    json_member_text(json, "method", payment->method);
    json_member_money(json, "amount", payment->amount, exponent);
    json_member_text(json, "currency", receipt->currency);
    json_member_text(json, "reference", payment->reference);
    json_member_text(json, "note", payment->note);
    json_member_text(json, "taken_by", payment->taken_by);
    write_lines(json, receipt->lines, exponent);
    json_key(json, "balance_after");
    if (payment->balance_after == NO_NUMBER)
        json_null(json);
    else
        json_money(json, payment->balance_after, exponent);
    json_object_end(json);
}

static enum error_kind list_payments(struct request *req, struct response *res)
{
    return payments_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind take_payment(struct request *req, struct response *res)
{
    struct payment_request payment = {0};
    struct receipt receipt;
    int64_t id;

    request_body(req, &payment);
    TRY(payments_take(req->ctx, &payment, &id));
    TRY(payments_receipt_by_id(req->ctx, id, &receipt));
    write_receipt(response_json(res), &receipt, req->ctx->currency_exponent);
    return OK;
}

static enum error_kind get_receipt(struct request *req, struct response *res)
{
    struct receipt receipt;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(payments_receipt(req->ctx, &id, &receipt));
    write_receipt(response_json(res), &receipt, req->ctx->currency_exponent);
    return OK;
}

static const struct reply_field line_shape[] = {
    {"kind", COLUMN_TEXT, false, "overdue, lost, damage or fee"},
    {"amount", COLUMN_MONEY, false, "What of the payment went to it"},
    {"charged_at", COLUMN_INSTANT, false, "When it was charged first"},
    {"charged_until", COLUMN_INSTANT, false, "When it was charged last: lateness is, night by night"},
    {"title", COLUMN_TEXT, true, "Title of the copy it is about"},
    {"note", COLUMN_TEXT, true, "What it is for"},
    {0},
};

static const struct reply_field payer_shape[] = {
    {"id", COLUMN_UUID, false, "Who paid"},
    {"name", COLUMN_TEXT, false, "Name"},
    {"card", COLUMN_TEXT, false, "Card number"},
    {0},
};

static const struct reply_field receipt_shape[] = {
    {"id", COLUMN_UUID, false, "The payment"},
    {"receipt_number", COLUMN_INTEGER, false, "Runs on without gaps"},
    {"library", COLUMN_TEXT, false, "The library's name"},
    {"at", COLUMN_INSTANT, false, "When it was taken"},
    {"member", .meaning = "Who paid", .fields = payer_shape},
    {"method", COLUMN_TEXT, false, "cash, card, mobile_money or other"},
    {"amount", COLUMN_MONEY, false, "How much"},
    {"currency", COLUMN_TEXT, false, "ISO 4217 code"},
    {"reference", COLUMN_TEXT, true, "Of the card terminal or the mobile network"},
    {"note", COLUMN_TEXT, true, "A word more"},
    {"taken_by", COLUMN_TEXT, false, "Who took it"},
    {"allocations", .meaning = "What it was for, a line for each loan and kind, oldest first",
     .fields = line_shape, .many = true},
    {"balance_after", COLUMN_MONEY, true, "What the member owed then; null: not recorded"},
    {0},
};

static const struct reply receipt_reply = {"Receipt", receipt_shape};

/* ---- waivers -------------------------------------------------------------------------------------------- */

static enum error_kind list_waivers(struct request *req, struct response *res)
{
    return waivers_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind ask_waiver(struct request *req, struct response *res)
{
    struct waiver_request waiver = {.amount = NO_NUMBER};
    struct uuid charge;
    int64_t id;

    TRY(request_uuid(req, "id", &charge));
    request_body(req, &waiver);
    TRY(waivers_ask(req->ctx, &charge, &waiver, &id));
    return waivers_show(req->ctx, id, response_row(res));
}

static enum error_kind approve_waiver(struct request *req, struct response *res)
{
    struct uuid waiver;
    int64_t id;

    TRY(request_uuid(req, "id", &waiver));
    TRY(waivers_approve(req->ctx, &waiver, &id));
    return waivers_show(req->ctx, id, response_row(res));
}

static enum error_kind refuse_waiver(struct request *req, struct response *res)
{
    struct refusal refusal = {0};
    struct uuid waiver;
    int64_t id;

    TRY(request_uuid(req, "id", &waiver));
    request_body(req, &refusal);
    TRY(waivers_refuse(req->ctx, &waiver, &refusal, &id));
    return waivers_show(req->ctx, id, response_row(res));
}

/* clang-format off */
const struct route fines_routes[] = {
    {GET, "/fines", LIBRARIAN, READS, LIMIT_SEARCH, list_charges, "List charges, newest first", .list = &charges_listing},
    {GET, "/fines/export/csv", LIBRARIAN, READS, LIMIT_SEARCH, list_charges, "The same list as CSV, all rows",
     .list = &charges_listing, .as_csv = true},
    {POST, "/fines/charge", LIBRARIAN, WRITES, LIMIT_WRITE, add_charge, "Charge for damage, loss or a fee",
     .body = charge_fields, .one = &charges_listing, .status = 201,
     .errors = ERRORS(ERR_COPY_NOT_FOUND, ERR_MEMBER_NOT_FOUND, ERR_BORROW_RECORD_NOT_FOUND, ERR_CONFLICT)},
    {GET, "/fines/{id}", LIBRARIAN, READS, LIMIT_READ, get_charge, "Show a charge", .one = &charges_listing,
     .errors = ERRORS(ERR_CHARGE_NOT_FOUND)},
    {GET, "/fines/member/{id}", MEMBER, READS, LIMIT_SEARCH, get_account, "What a member owes, paid and was let off",
     .reply = &account_reply, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/members/{id}/fines", MEMBER, READS, LIMIT_SEARCH, get_account, "What a member owes, paid and was let off",
     .reply = &account_reply, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {POST, "/fines/pay", LIBRARIAN, WRITES, LIMIT_WRITE, take_payment, "Take a payment; the answer is its receipt",
     .body = payment_fields, .reply = &receipt_reply, .status = 201,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_CHARGE_NOT_FOUND, ERR_PAYMENT_NOT_FOUND, ERR_OVERPAYMENT)},
    {GET, "/fines/payments", LIBRARIAN, READS, LIMIT_SEARCH, list_payments, "List payments, newest first",
     .list = &payments_listing},
    {GET, "/fines/{id}/receipt", MEMBER, READS, LIMIT_READ, get_receipt, "Show the receipt of a payment",
     .reply = &receipt_reply,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_PAYMENT_NOT_FOUND)},
    {GET, "/fines/waivers", LIBRARIAN, READS, LIMIT_SEARCH, list_waivers, "List waivers, newest first",
     .list = &waivers_listing},
    {POST, "/fines/waive/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, ask_waiver, "Ask for a charge to be waived",
     .body = waiver_fields, .one = &waivers_listing, .status = 201,
     .errors = ERRORS(ERR_CHARGE_NOT_FOUND, ERR_OVERPAYMENT)},
    {POST, "/fines/waivers/{id}/approve", ADMIN, WRITES, LIMIT_WRITE, approve_waiver, "Approve a waiver",
     .one = &waivers_listing,
     .errors = ERRORS(ERR_CHARGE_NOT_FOUND, ERR_WAIVER_NOT_FOUND, ERR_OVERPAYMENT, ERR_ALREADY_DECIDED)},
    {POST, "/fines/waivers/{id}/refuse", ADMIN, WRITES, LIMIT_WRITE, refuse_waiver, "Refuse a waiver",
     .body = refusal_fields, .one = &waivers_listing,
     .errors = ERRORS(ERR_WAIVER_NOT_FOUND, ERR_ALREADY_DECIDED)},
    {0},
};
/* clang-format on */
