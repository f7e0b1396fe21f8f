/*
 * overdue_router.c — fines posted by hand, without waiting for the night.
 */
#include "base/limits.h"
#include "borrows/overdue_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static enum error_kind plan_fines(struct request *req, struct response *res)
{
    struct calculate_request calculate = {0};

    (void)res;
    req->state = arena_alloc(req->ctx->arena, sizeof(struct accrual));
    request_body(req, &calculate);
    return borrows_plan_accrual(req->ctx, &calculate, req->state);
}

static enum error_kind calculate_fines(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct accrual *accrual = req->state;

    TRY(borrows_accrue(req->ctx, accrual, ACCRUAL_LOANS_A_SLICE, &res->more));
    if (res->more)
        return OK;
    json_object_begin(json);
    json_member_int(json, "overdue_loans", accrual->borrows);
    json_member_money(json, "fines", accrual->fines, req->ctx->currency_exponent);
    json_object_end(json);
    return OK;
}

static const struct reply_field calculated_shape[] = {
    {"overdue_loans", COLUMN_INTEGER, false, "Loans that are out and late"},
    {"fines", COLUMN_MONEY, false, "What that costs in all by now; it is posted to the members' accounts"},
    {0},
};

static const struct reply calculated_reply = {"CalculatedFines", calculated_shape};

const struct route overdue_routes[] = {
    {POST, "/fines/calculate", LIBRARIAN, BULK, LIMIT_WRITE, calculate_fines,
     "Post what overdue loans cost by now, as is done each night", .prepare = plan_fines,
     .body = calculate_fields, .reply = &calculated_reply,
     .errors = ERRORS(ERR_COPY_NOT_FOUND, ERR_MEMBER_NOT_FOUND)},
    {0},
};
