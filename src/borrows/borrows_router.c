/*
 * borrows_router.c — lending: who may do what, in one look.
 */
#include <stdatomic.h>

#include "borrows/borrows_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* However a loan is asked for, it counts here. */
static struct route_figures lend_figures = {.name = "carrel_borrows",
                                            .help = "Loans made, and those that were refused, by why"};

static enum error_kind show_borrow(struct request *req, struct response *res, int64_t id)
{
    return borrows_show(req->ctx, id, response_row(res));
}

static enum error_kind list_borrows(struct request *req, struct response *res)
{
    return borrows_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_overdue(struct request *req, struct response *res)
{
    return borrows_list_overdue(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_of_member(struct request *req, struct response *res)
{
    struct uuid member;

    TRY(request_uuid(req, "id", &member));
    return borrows_list_of_member(req->ctx, &member, &req->list, response_page(res));
}

static enum error_kind list_of_book(struct request *req, struct response *res)
{
    struct uuid book;

    TRY(request_uuid(req, "id", &book));
    return borrows_list_of_book(req->ctx, &book, &req->list, response_page(res));
}

static enum error_kind get_borrow(struct request *req, struct response *res)
{
    struct borrow borrow;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(borrows_find(req->ctx, &id, &borrow));
    return show_borrow(req, res, borrow.id);
}

static enum error_kind lend_copy(struct request *req, struct response *res)
{
    struct lend_request lend = {.occurred_at = NO_NUMBER};
    struct borrow borrow;

    request_body(req, &lend);
    TRY(borrows_lend(req->ctx, &lend, &borrow));
    return show_borrow(req, res, borrow.id);
}

static enum error_kind lend_to_member(struct request *req, struct response *res)
{
    struct lend_request lend = {.occurred_at = NO_NUMBER};
    struct borrow borrow;

    TRY(request_uuid(req, "id", &lend.member_id));
    TRY(request_query_fields(req, &lend));
    request_body(req, &lend);
    TRY(borrows_lend(req->ctx, &lend, &borrow));
    return show_borrow(req, res, borrow.id);
}

/* ---- the returns desk --------------------------------------------------------------------------------------- */

static const char *const outcome_names[] = {
    [RECEPTION_RETURNED] = "returned", [RECEPTION_FOUND] = "found", [RECEPTION_PULLED] = "pulled"};

static void write_turn(struct json_writer *json, const struct hold_turn *turn)
{
    json_key(json, "next_hold");
    if (turn->hold_id == 0) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_member_uuid(json, "hold_id", &turn->uuid);
    json_member_uuid(json, "member_id", &turn->member_uuid);
    json_member_text(json, "member_name", turn->member_name);
    json_member_text(json, "card", turn->card);
    json_key(json, "pickup_until");
    json_day(json, turn->pickup_day);
    json_object_end(json);
}

/* Of no loan: the copy and its title alone. */
static enum error_kind write_handed_in(struct request *req, struct response *res,
                                       const struct reception *reception)
{
    TRY(borrows_show_copy(req->ctx, reception->copy_id, response_members(res)));
    json_key(response_json(res), "member");
    json_null(response_json(res));
    return OK;
}

/* The loan, and beside it what the desk has to know now. */
static enum error_kind write_reception(struct request *req, struct response *res,
                                       const struct reception *reception)
{
    struct json_writer *json = response_json(res);

    json_object_begin(json);
    if (reception->has_borrow)
        TRY(borrows_show(req->ctx, reception->borrow.id, response_members(res)));
    else
        TRY(write_handed_in(req, res, reception));
    json_member_text(json, "outcome", outcome_names[reception->outcome]);
    json_member_money(json, "balance", reception->balance, req->ctx->currency_exponent);
    write_turn(json, &reception->turn);
    json_object_end(json);
    return OK;
}

static enum error_kind return_borrow(struct request *req, struct response *res)
{
    struct return_request back = {.occurred_at = NO_NUMBER};
    struct reception reception;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    request_body(req, &back);
    TRY(borrows_receive(req->ctx, &id, &back, &reception));
    return write_reception(req, res, &reception);
}

static enum error_kind return_barcode(struct request *req, struct response *res)
{
    struct return_request back = {.occurred_at = NO_NUMBER};
    struct reception reception;

    request_body(req, &back);
    TRY(borrows_receive_barcode(req->ctx, &back, &reception));
    return write_reception(req, res, &reception);
}

static enum error_kind declare_lost(struct request *req, struct response *res)
{
    struct lost_report report = {.amount = NO_NUMBER};
    struct reception reception;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    request_body(req, &report);
    TRY(borrows_declare_lost(req->ctx, &id, &report, &reception));
    return write_reception(req, res, &reception);
}

static const struct reply_field turn_shape[] = {
    {"hold_id", COLUMN_UUID, false, "The hold"},
    {"member_id", COLUMN_UUID, false, "Whose turn it is"},
    {"member_name", COLUMN_TEXT, false, "Name"},
    {"card", COLUMN_TEXT, false, "Card number"},
    {"pickup_until", COLUMN_DAY, false, "The last day on which it may be fetched"},
    {0},
};

#define RECEPTION_FIELDS                                                                                   \
    {"outcome", COLUMN_TEXT, false,                                                                        \
     "returned: it was out; found: it was lost; pulled: it stood on its shelf and a reader waits for it"}, \
        {"balance", COLUMN_MONEY, false, "What the member owes now"},                                      \
    {                                                                                                      \
        "next_hold", .nullable = true, .fields = turn_shape,                                               \
                     .meaning = "Who gets the copy next: it goes to the hold shelf; null: nobody waits"    \
    }

static const struct reply_field reception_shape[] = {
    {"borrow", .row = &borrows_listing, .beside = true, .meaning = "The loan that ended"},
    RECEPTION_FIELDS,
    {0},
};

/* Of a copy that was pulled, or is found and nobody had lost it, there is no loan. */
static const struct reply_field barcode_reception_shape[] = {
    {"borrow", .row = &borrows_listing, .beside = true, .nullable = true, .meaning = "The loan that ended"},
    RECEPTION_FIELDS,
    {0},
};

static const struct reply reception_reply = {"Reception", reception_shape};
static const struct reply barcode_reception_reply = {"BarcodeReception", barcode_reception_shape};

static const struct field lend_query[] = {
    {"book_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct lend_request, book_id),
     "The title, for clients that send no body"},
    {0},
};

/* The same routes under the name the older interface had; laid out by hand, one row a route. */
/* clang-format off */
#define BORROWS_AT(root)                                                                                          \
    {GET, root, LIBRARIAN, READS, LIMIT_SEARCH, list_borrows, "List borrows, newest first",                       \
     .list = &borrows_listing},                                                                                   \
    {POST, root, LIBRARIAN, WRITES, LIMIT_WRITE, lend_copy, "Lend a copy to a member", .body = lend_fields,       \
     .one = &borrows_listing, .status = 201, .figures = &lend_figures,                                            \
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_COPY_NOT_FOUND, ERR_MEMBER_NOT_FOUND,                               \
                      ERR_INVENTORY_UNAVAILABLE, ERR_BORROW_LIMIT_EXCEEDED,                                       \
                      ERR_ACTIVE_BORROW_EXISTS, ERR_MEMBER_BLOCKED, ERR_HELD_FOR_ANOTHER,                         \
                      ERR_MEMBER_EXPIRED, ERR_MEMBER_SUSPENDED, ERR_COPY_NOT_AVAILABLE)},                         \
    {GET, root "/overdue", LIBRARIAN, READS, LIMIT_SEARCH, list_overdue, "List what is overdue, longest first",   \
     .list = &overdue_listing},                                                                                   \
    {POST, root "/return", LIBRARIAN, WRITES, LIMIT_WRITE, return_barcode, "Take in the copy with a barcode",     \
     .body = barcode_return_fields, .reply = &barcode_reception_reply,                                            \
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_COPY_NOT_FOUND, ERR_ALREADY_RETURNED)},                             \
    {GET, root "/{id}", LIBRARIAN, READS, LIMIT_READ, get_borrow, "Show a borrow", .one = &borrows_listing,       \
     .errors = ERRORS(ERR_BORROW_RECORD_NOT_FOUND)},                                                              \
    {POST, root "/{id}/return", LIBRARIAN, WRITES, LIMIT_WRITE, return_borrow, "Take a lent copy back",           \
     .body = return_fields, .reply = &reception_reply,                                                            \
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_BORROW_RECORD_NOT_FOUND, ERR_ALREADY_RETURNED)},                    \
    {PUT, root "/{id}/return", LIBRARIAN, WRITES, LIMIT_WRITE, return_borrow, "Take a lent copy back (PUT)",      \
     .body = return_fields, .reply = &reception_reply,                                                            \
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_BORROW_RECORD_NOT_FOUND, ERR_ALREADY_RETURNED)},                    \
    {POST, root "/{id}/lost", LIBRARIAN, WRITES, LIMIT_WRITE, declare_lost, "Say that a lent copy is lost",       \
     .body = lost_fields, .reply = &reception_reply,                                                              \
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_BORROW_RECORD_NOT_FOUND, ERR_ALREADY_RETURNED)}
/* clang-format on */

const struct route borrows_routes[] = {
    BORROWS_AT("/borrows"),
    BORROWS_AT("/borrowings"),
    {GET, "/borrowings/member/{id}", MEMBER, READS, LIMIT_SEARCH, list_of_member, "List a member's borrows",
     .list = &borrows_listing, .own = "id", .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/members/{id}/borrows", MEMBER, READS, LIMIT_SEARCH, list_of_member, "List a member's borrows",
     .list = &borrows_listing, .own = "id", .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {POST, "/members/{id}/borrows", LIBRARIAN, WRITES, LIMIT_WRITE, lend_to_member,
     "Lend a copy to this member", .body = member_lend_fields, .query = lend_query, .one = &borrows_listing,
     .status = 201, .figures = &lend_figures,
     .errors =
         ERRORS(ERR_BOOK_NOT_FOUND, ERR_COPY_NOT_FOUND, ERR_MEMBER_NOT_FOUND, ERR_INVENTORY_UNAVAILABLE,
                ERR_BORROW_LIMIT_EXCEEDED, ERR_ACTIVE_BORROW_EXISTS, ERR_MEMBER_BLOCKED, ERR_HELD_FOR_ANOTHER,
                ERR_MEMBER_EXPIRED, ERR_MEMBER_SUSPENDED, ERR_COPY_NOT_AVAILABLE)},
    {GET, "/members/{id}/history", MEMBER, READS, LIMIT_SEARCH, list_of_member, "List a member's borrows",
     .list = &borrows_listing, .own = "id", .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/books/{id}/borrows", LIBRARIAN, READS, LIMIT_SEARCH, list_of_book, "List a book's borrows",
     .list = &borrows_listing, .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {GET, "/borrows/export/csv", LIBRARIAN, READS, LIMIT_SEARCH, list_borrows,
     "The same list as CSV, all rows", .list = &borrows_listing, .as_csv = true},
    {GET, "/borrows/overdue/export/csv", LIBRARIAN, READS, LIMIT_SEARCH, list_overdue,
     "What is overdue as CSV, all rows", .list = &overdue_listing, .as_csv = true},
    {0},
};
