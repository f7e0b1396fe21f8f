/*
 * closures_router.c — closures are entered and taken back here, as due dates move with them. Looking at them:
 * policies/.
 */
#include "borrows/closures_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static void write_count(struct json_writer *json, size_t borrows, size_t holds)
{
    json_member_int(json, "loans_moved", (int64_t)borrows);
    json_member_int(json, "holds_moved", (int64_t)holds);
}

static void write_days(struct json_writer *json, const struct closure_plan *plan)
{
    json_key(json, "per_day");
    json_array_begin(json);
    for (size_t i = 0; i < plan->day_count; i++) {
        json_object_begin(json);
        json_key(json, "day");
        json_day(json, plan->days[i].day);
        json_member_int(json, "returns_before", plan->days[i].before);
        json_member_int(json, "returns_after", plan->days[i].after);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_example(struct json_writer *json, const struct planned_example *example)
{
    json_object_begin(json);
    json_member_uuid(json, "borrow_id", &example->borrow_id);
    json_member_text(json, "title", example->title);
    json_member_text(json, "member_name", example->member_name);
    json_member_text(json, "card", example->card);
    json_key(json, "due_before");
    json_day(json, example->due_before);
    json_key(json, "due_after");
    json_day(json, example->due_after);
    json_object_end(json);
}

static enum error_kind preview_closure(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct closing closing = CLOSING_NONE;
    struct closure_plan plan;

    request_body(req, &closing);
    TRY(closures_preview(req->ctx, &closing, &plan));
    json_object_begin(json);
    write_count(json, plan.borrows, plan.holds);
    write_days(json, &plan);
    json_key(json, "examples");
    json_array_begin(json);
    for (size_t i = 0; i < plan.example_count; i++)
        write_example(json, &plan.examples[i]);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind add_closure(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct closing closing = CLOSING_NONE;
    struct closure closure;
    struct closure_plan plan;

    request_body(req, &closing);
    TRY(closures_close(req->ctx, &closing, &closure, &plan));
    json_object_begin(json);
    TRY(closures_show(req->ctx, closure.id, response_members(res)));
    write_count(json, plan.borrows, plan.holds);
    json_object_end(json);
    return OK;
}

static enum error_kind remove_closure(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct uuid id;
    size_t borrows, holds;

    TRY(request_uuid(req, "id", &id));
    TRY(closures_reopen(req->ctx, &id, &borrows, &holds));
    json_object_begin(json);
    write_count(json, borrows, holds);
    json_object_end(json);
    return OK;
}

#define MOVED_FIELDS                                                                          \
    {"loans_moved", COLUMN_INTEGER, false, "Loans with another due date"},                    \
    {                                                                                         \
        "holds_moved", COLUMN_INTEGER, false, "Holds that may be fetched on another last day" \
    }

static const struct reply_field day_shape[] = {
    {"day", COLUMN_DAY, false, "A day that loses loans, or gets them"},
    {"returns_before", COLUMN_INTEGER, false, "Loans that are due on it"},
    {"returns_after", COLUMN_INTEGER, false, "And then"},
    {0},
};

static const struct reply_field example_shape[] = {
    {"borrow_id", COLUMN_UUID, false, "A loan"},
    {"title", COLUMN_TEXT, false, "Of what"},
    {"member_name", COLUMN_TEXT, false, "Who has it"},
    {"card", COLUMN_TEXT, false, "Their card number"},
    {"due_before", COLUMN_DAY, false, "Due now"},
    {"due_after", COLUMN_DAY, false, "Due then"},
    {0},
};

static const struct reply_field preview_shape[] = {
    MOVED_FIELDS,
    {"per_day", .fields = day_shape, .many = true, .meaning = "How returns are spread"},
    {"examples", .fields = example_shape, .many = true, .meaning = "The first of the loans"},
    {0},
};

static const struct reply_field closed_shape[] = {
    {"closure", .row = &closures_listing, .beside = true, .meaning = "The closure"},
    MOVED_FIELDS,
    {0},
};

static const struct reply_field reopened_shape[] = {
    MOVED_FIELDS,
    {0},
};

static const struct reply preview_reply = {"ClosurePreview", preview_shape};
static const struct reply closed_reply = {"Closed", closed_shape};
static const struct reply reopened_reply = {"Reopened", reopened_shape};

/* clang-format off */
const struct route closures_routes[] = {
    {POST, "/closures", ADMIN, WRITES, LIMIT_WRITE, add_closure,
     "Close the library for some days, and move what is due then", .body = closing_fields, .reply = &closed_reply,
     .status = 201,
     .errors = ERRORS(ERR_CONFLICT)},
    {POST, "/closures/preview", ADMIN, READS, LIMIT_WRITE, preview_closure,
     "Say what a closure would move; change nothing", .body = closing_fields, .reply = &preview_reply,
     .errors = ERRORS(ERR_CONFLICT)},
    {DELETE, "/closures/{id}", ADMIN, WRITES, LIMIT_WRITE, remove_closure,
     "Take a closure back, and move back what still stands as it moved it", .reply = &reopened_reply,
     .errors = ERRORS(ERR_CLOSURE_NOT_FOUND, ERR_CONFLICT)},
    {0},
};
/* clang-format on */
