/*
 * stocktake_router.c — stock-takes at the scanner: begin, scan, see what is missing, finish.
 */
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "stocktake/stocktake_service.h"

static enum error_kind plan_stocktake(struct request *req, struct response *res)
{
    struct stocktake_plan *plan = arena_alloc(req->ctx->arena, sizeof *plan);
    struct stocktake_facts facts = {0};

    (void)res;
    request_body(req, &facts);
    req->state = plan;
    return stocktake_plan(req->ctx, &facts, plan);
}

static enum error_kind begin_stocktake(struct request *req, struct response *res)
{
    struct stocktake take;

    TRY(stocktake_begin(req->ctx, req->state, &take));
    return stocktake_show(req->ctx, take.id, response_row(res));
}

static enum error_kind list_stocktakes(struct request *req, struct response *res)
{
    return stocktake_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind show_stocktake(struct request *req, struct response *res)
{
    struct stocktake take;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(stocktake_find(req->ctx, &uuid, &take));
    return stocktake_show(req->ctx, take.id, response_row(res));
}

static enum error_kind list_scans(struct request *req, struct response *res)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return stocktake_list_scans(req->ctx, &uuid, &req->list, response_page(res));
}

static enum error_kind list_missing(struct request *req, struct response *res)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return stocktake_list_missing(req->ctx, &uuid, &req->list, response_page(res));
}

static enum error_kind scan(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct scan_facts facts = {0};
    struct scan_result result;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &facts);
    TRY(stocktake_scan(req->ctx, &uuid, &facts, &result));
    json_object_begin(json);
    json_member_text(json, "finding", finding_name(result.finding));
    json_member_text(json, "message", result.message);
    json_member_bool(json, "repeated", result.repeated);
    json_member_bool(json, "restored", result.restored);
    json_member_int(json, "expected", result.expected);
    json_member_int(json, "seen", result.seen);
    json_key(json, "copy");
    if (result.copy_id)
        TRY(copies_show(req->ctx, result.copy_id, response_row(res)));
    else
        json_null(json);
    json_object_end(json);
    return OK;
}

static enum error_kind plan_finish(struct request *req, struct response *res)
{
    struct finishing *finishing = arena_alloc(req->ctx->arena, sizeof *finishing);

    (void)res;
    TRY(request_uuid(req, "id", &finishing->uuid));
    request_body(req, &finishing->facts);
    req->state = finishing;
    return OK;
}

static enum error_kind finish(struct request *req, struct response *res)
{
    struct finishing *finishing = req->state;

    TRY(stocktake_finish_step(req->ctx, finishing, WRITER_BULK_SLICE_MS, &res->more));
    if (res->more)
        return OK;
    struct json_writer *json = response_json(res);
    json_object_begin(json);
    json_key(json, "stocktake");
    TRY(stocktake_show(req->ctx, finishing->take_id, response_row(res)));
    json_member_int(json, "marked_lost", finishing->marked_lost);
    json_member_int(json, "still_held", finishing->still_held);
    json_object_end(json);
    return OK;
}

/* clang-format off */
static const struct reply_field scan_shape[] = {
    {"finding", COLUMN_TEXT,
     .meaning = "in_place, misplaced, on_loan, on_hold_shelf, in_repair, was_lost, was_withdrawn or unknown"},
    {"message", COLUMN_TEXT, .meaning = "For people: what it is, and what to do with it"},
    {"repeated", COLUMN_BOOL, .meaning = "It was scanned before: the finding is told again, nothing is written"},
    {"restored", COLUMN_BOOL, .meaning = "It was lost and is available again"},
    {"expected", COLUMN_INTEGER, .meaning = "Copies that the stock-take expects"},
    {"seen", COLUMN_INTEGER, .meaning = "Of these, so far"},
    {"copy", .nullable = true, .row = &copies_listing, .meaning = "The copy; null: no copy has the barcode"},
    {0},
};

static const struct reply_field finish_shape[] = {
    {"stocktake", .row = &stocktakes_listing, .meaning = "As it ended"},
    {"marked_lost", COLUMN_INTEGER, .meaning = "Missing copies that are lost from now on"},
    {"still_held", COLUMN_INTEGER,
     .meaning = "Missing copies that are on the hold shelf and left as they are: cancel the hold first"},
    {0},
};

static const struct reply scan_reply = {"StocktakeFinding", scan_shape};
static const struct reply finish_reply = {"StocktakeEnd", finish_shape};

const struct route stocktake_routes[] = {
    {POST, "/stocktakes", LIBRARIAN, WRITES, LIMIT_WRITE, begin_stocktake, "Begin a stock-take of a shelf or of all",
     .body = stocktake_fields, .prepare = plan_stocktake, .one = &stocktakes_listing, .status = 201},
    {GET, "/stocktakes", LIBRARIAN, READS, LIMIT_SEARCH, list_stocktakes, "List stock-takes, newest first",
     .list = &stocktakes_listing},
    {GET, "/stocktakes/{id}", LIBRARIAN, READS, LIMIT_READ, show_stocktake, "Show a stock-take",
     .one = &stocktakes_listing,
     .errors = ERRORS(ERR_STOCKTAKE_NOT_FOUND)},
    {POST, "/stocktakes/{id}/scans", LIBRARIAN, WRITES, LIMIT_WRITE, scan, "Scan a copy", .body = scan_fields,
     .reply = &scan_reply,
     .errors = ERRORS(ERR_STOCKTAKE_NOT_FOUND, ERR_CONFLICT, ERR_STOCKTAKE_OVER)},
    {GET, "/stocktakes/{id}/scans", LIBRARIAN, READS, LIMIT_SEARCH, list_scans, "What was scanned, newest first",
     .list = &stocktake_scans_listing,
     .errors = ERRORS(ERR_STOCKTAKE_NOT_FOUND)},
    {GET, "/stocktakes/{id}/missing", LIBRARIAN, READS, LIMIT_SEARCH, list_missing,
     "Copies not seen yet; once it is finished, the missing ones", .list = &stocktake_missing_listing,
     .errors = ERRORS(ERR_STOCKTAKE_NOT_FOUND)},
    {POST, "/stocktakes/{id}/finish", LIBRARIAN, BULK, LIMIT_WRITE, finish,
     "Finish a stock-take; what is missing may be marked lost", .body = finish_fields, .prepare = plan_finish,
     .reply = &finish_reply,
     .errors = ERRORS(ERR_STOCKTAKE_NOT_FOUND, ERR_STOCKTAKE_OVER)},
    {0},
};
/* clang-format on */
