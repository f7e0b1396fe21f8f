/*
 * holds_router.c — waiting for a title: who may do what, in one look.
 */
#include "holds/placing_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static enum error_kind list_holds(struct request *req, struct response *res)
{
    return placing_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_of_book(struct request *req, struct response *res)
{
    struct uuid book;

    TRY(request_uuid(req, "id", &book));
    return placing_list_of_book(req->ctx, &book, &req->list, response_page(res));
}

static enum error_kind list_of_member(struct request *req, struct response *res)
{
    struct uuid member;

    TRY(request_uuid(req, "id", &member));
    return placing_list_of_member(req->ctx, &member, &req->list, response_page(res));
}

static enum error_kind get_hold(struct request *req, struct response *res)
{
    struct uuid uuid;
    struct hold hold;

    TRY(request_uuid(req, "id", &uuid));
    TRY(placing_find(req->ctx, &uuid, &hold));
    return placing_show(req->ctx, hold.id, response_row(res));
}

static enum error_kind place_hold(struct request *req, struct response *res)
{
    struct hold_request request = {0};
    struct hold hold;

    request_body(req, &request);
    TRY(placing_add(req->ctx, &request, &hold));
    return placing_show(req->ctx, hold.id, response_row(res));
}

static enum error_kind cancel_hold(struct request *req, struct response *res)
{
    struct uuid uuid;
    struct hold hold;

    TRY(request_uuid(req, "id", &uuid));
    TRY(placing_cancel(req->ctx, &uuid, &hold));
    return placing_show(req->ctx, hold.id, response_row(res));
}

static enum error_kind suspend_hold(struct request *req, struct response *res)
{
    struct hold_suspension suspension = {.until = NO_NUMBER};
    struct uuid uuid;
    struct hold hold;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &suspension);
    TRY(placing_suspend(req->ctx, &uuid, &suspension, &hold));
    return placing_show(req->ctx, hold.id, response_row(res));
}

static enum error_kind move_hold(struct request *req, struct response *res)
{
    struct hold_move move = {0};
    struct uuid uuid;
    struct hold hold;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &move);
    TRY(placing_move(req->ctx, &uuid, &move, &hold));
    return placing_show(req->ctx, hold.id, response_row(res));
}

static enum error_kind lose_copy(struct request *req, struct response *res)
{
    struct hold_copy_gone gone = {0};
    struct uuid uuid;
    struct hold hold;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &gone);
    TRY(placing_copy_gone(req->ctx, &uuid, &gone, &hold));
    return placing_show(req->ctx, hold.id, response_row(res));
}

static enum error_kind pull_copy(struct request *req, struct response *res)
{
    struct hold_pull pull = {0};
    struct hold hold;

    request_body(req, &pull);
    TRY(placing_pull(req->ctx, &pull, &hold));
    return placing_show(req->ctx, hold.id, response_row(res));
}

/* The same routes under the name that other programs use; laid out by hand, one row a route. */
/* clang-format off */
#define HOLDS_AT(name)                                                                                            \
    {GET, "/" name, LIBRARIAN, READS, LIMIT_SEARCH, list_holds, "List holds, newest first; the pull list",        \
     .list = &holds_listing},                                                                                     \
    {POST, "/" name, MEMBER, WRITES, LIMIT_WRITE, place_hold,                                                     \
     "Join the queue for a title; the desk says for whom", .body = hold_fields, .one = &holds_listing,            \
     .status = 201,                                                                                               \
     .errors = ERRORS(ERR_FORBIDDEN, ERR_BOOK_NOT_FOUND, ERR_MEMBER_NOT_FOUND,                                    \
                      ERR_INVENTORY_UNAVAILABLE, ERR_ACTIVE_BORROW_EXISTS, ERR_HOLD_EXISTS,                       \
                      ERR_HOLD_LIMIT_EXCEEDED, ERR_MEMBER_EXPIRED, ERR_MEMBER_SUSPENDED,                          \
                      ERR_NO_MEMBER_RECORD)},                                                                     \
    {POST, "/" name "/pull", LIBRARIAN, WRITES, LIMIT_WRITE, pull_copy,                                           \
     "A copy was taken from its shelf: put it on the hold shelf for who is first", .body = hold_pull_fields,      \
     .one = &holds_listing,                                                                                       \
     .errors = ERRORS(ERR_COPY_NOT_FOUND, ERR_HOLD_NOT_FOUND, ERR_COPY_NOT_AVAILABLE)},                           \
    {GET, "/" name "/{id}", MEMBER, READS, LIMIT_READ, get_hold, "Show a hold; readers see their own",            \
     .one = &holds_listing,                                                                                       \
     .errors = ERRORS(ERR_HOLD_NOT_FOUND)},                                                                       \
    {DELETE, "/" name "/{id}", MEMBER, WRITES, LIMIT_WRITE, cancel_hold,                                          \
     "Cancel a hold; its copy goes to the next", .one = &holds_listing,                                           \
     .errors = ERRORS(ERR_HOLD_NOT_FOUND, ERR_HOLD_OVER)},                                                        \
    {PUT, "/" name "/{id}/suspend", MEMBER, WRITES, LIMIT_WRITE, suspend_hold,                                    \
     "Step aside in the queue and keep the place, or come back", .body = hold_suspension_fields,                  \
     .one = &holds_listing,                                                                                       \
     .errors = ERRORS(ERR_HOLD_NOT_FOUND, ERR_HOLD_OVER)},                                                        \
    {PUT, "/" name "/{id}/position", LIBRARIAN, WRITES, LIMIT_WRITE, move_hold, "Move a hold in its queue",       \
     .body = hold_move_fields, .one = &holds_listing,                                                             \
     .errors = ERRORS(ERR_HOLD_NOT_FOUND, ERR_CONFLICT, ERR_HOLD_OVER)},                                          \
    {POST, "/" name "/{id}/copy-gone", LIBRARIAN, WRITES, LIMIT_WRITE, lose_copy,                                 \
     "The copy on the hold shelf is lost, damaged or withdrawn: the hold waits again",                            \
     .body = hold_copy_gone_fields, .one = &holds_listing,                                                        \
     .errors = ERRORS(ERR_HOLD_NOT_FOUND, ERR_CONFLICT, ERR_HOLD_OVER)},                                          \
    {GET, "/books/{id}/" name, LIBRARIAN, READS, LIMIT_SEARCH, list_of_book, "List a title's holds",              \
     .list = &holds_listing,                                                                                      \
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},                                                                       \
    {GET, "/members/{id}/" name, MEMBER, READS, LIMIT_SEARCH, list_of_member, "List a member's holds",            \
     .list = &holds_listing, .own = "id",                                                                         \
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)}

const struct route holds_routes[] = {
    HOLDS_AT("holds"),
    HOLDS_AT("reservations"),
    {GET, "/holds/export/csv", LIBRARIAN, READS, LIMIT_SEARCH, list_holds, "The same list as CSV, all rows",
     .list = &holds_listing, .as_csv = true},
    {0},
};
/* clang-format on */
