/*
 * borrows_router.c — lending: who may do what, in one look.
 */
#include <stdatomic.h>

#include "base/clock.h"
#include "borrows/borrows_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* However a loan is asked for, it counts here. */
static struct route_figures lend_figures;

static enum error_kind show_loan(struct request *req, struct response *res, int64_t id)
{
    return borrows_show(req->ctx, id, response_row(res));
}

static enum error_kind list_loans(struct request *req, struct response *res)
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

static enum error_kind get_loan(struct request *req, struct response *res)
{
    struct borrow borrow;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(borrows_find(req->ctx, &id, &borrow));
    return show_loan(req, res, borrow.id);
}

static enum error_kind lend_copy(struct request *req, struct response *res)
{
    struct lend_request lend = {.occurred_at = NO_NUMBER};
    struct borrow borrow;

    request_body(req, &lend);
    TRY(borrows_lend(req->ctx, &lend, &borrow));
    return show_loan(req, res, borrow.id);
}

static enum error_kind lend_to_member(struct request *req, struct response *res)
{
    struct lend_request lend = {.occurred_at = NO_NUMBER};
    struct borrow borrow;

    TRY(request_uuid(req, "id", &lend.member_id));
    TRY(request_query_fields(req, &lend));
    request_body(req, &lend);
    TRY(borrows_lend(req->ctx, &lend, &borrow));
    return show_loan(req, res, borrow.id);
}

static enum error_kind return_loan(struct request *req, struct response *res)
{
    struct return_request back = {.occurred_at = NO_NUMBER};
    struct borrow borrow;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    request_body(req, &back);
    TRY(borrows_return(req->ctx, &id, &back, &borrow));
    return show_loan(req, res, borrow.id);
}

static enum error_kind return_barcode(struct request *req, struct response *res)
{
    struct return_request back = {.occurred_at = NO_NUMBER};
    struct borrow borrow;

    request_body(req, &back);
    TRY(borrows_return_barcode(req->ctx, &back, &borrow));
    return show_loan(req, res, borrow.id);
}

/* ---- a book with who has it and who had it ------------------------------------------------------------------ */

static void write_current(struct ctx *ctx, struct json_writer *json, const struct current_borrower *current)
{
    int32_t today = clock_day_of(ctx->now);

    json_key(json, "current_borrowers");
    json_array_begin(json);
    for (; current; current = current->next) {
        json_object_begin(json);
        json_member_uuid(json, "borrow_id", &current->borrow_id);
        json_member_uuid(json, "member_id", &current->member_id);
        json_member_text(json, "name", current->name);
        json_member_instant(json, "borrowed_at", current->borrowed_at);
        json_member_instant(json, "due_date", current->due_at);
        json_member_int(json, "days_until_due", current->due_day - today);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_history(struct json_writer *json, const struct past_borrow *past)
{
    json_key(json, "borrow_history");
    json_array_begin(json);
    for (; past; past = past->next) {
        json_object_begin(json);
        if (past->forgotten)
            json_member_text(json, "member_id", NULL);
        else
            json_member_uuid(json, "member_id", &past->member_id);
        json_member_text(json, "member_name", past->member_name);
        json_member_instant(json, "borrowed_at", past->borrowed_at);
        json_member_instant(json, "returned_at", past->returned_at);
        json_member_int(json, "duration_days", (past->returned_at - past->borrowed_at) / MS_PER_DAY);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum error_kind get_details(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct book_loans loans;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    TRY(borrows_of_book(req->ctx, &id, &loans));
    json_object_begin(json);
    json_key(json, "book");
    TRY(borrows_show_book(req->ctx, &loans, response_row(res)));
    write_current(req->ctx, json, loans.current);
    write_history(json, loans.past);
    json_object_end(json);
    return OK;
}

static enum error_kind get_metrics(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    int64_t open;

    TRY(borrows_count_open(req->ctx, &open));
    json_object_begin(json);
    json_member_int(json, "borrow_success_count", atomic_load(&lend_figures.succeeded));
    json_member_int(json, "borrow_failure_count", atomic_load(&lend_figures.failed));
    json_member_int(json, "active_borrows_gauge", open);
    json_object_end(json);
    return OK;
}

static const struct reply_field current_borrower_shape[] = {
    {"borrow_id", COLUMN_UUID, false, "The loan"},
    {"member_id", COLUMN_UUID, false, "Who has it"},
    {"name", COLUMN_TEXT, false, "The member's name"},
    {"borrowed_at", COLUMN_INSTANT, false, "Since when"},
    {"due_date", COLUMN_INSTANT, false, "Until when"},
    {"days_until_due", COLUMN_INTEGER, false, "Negative: so many days late"},
    {0},
};

static const struct reply_field past_borrow_shape[] = {
    {"member_id", COLUMN_UUID, true, "Who had it; null: forgotten"},
    {"member_name", COLUMN_TEXT, true, "The member's name; null: forgotten"},
    {"borrowed_at", COLUMN_INSTANT, false, "From"},
    {"returned_at", COLUMN_INSTANT, false, "To"},
    {"duration_days", COLUMN_INTEGER, false, "Whole days in between"},
    {0},
};

static const struct reply_field metrics_shape[] = {
    {"borrow_success_count", COLUMN_INTEGER, false, "Loans made since the server started"},
    {"borrow_failure_count", COLUMN_INTEGER, false, "Loans refused since then"},
    {"active_borrows_gauge", COLUMN_INTEGER, false, "Loans open now"},
    {0},
};

static const struct reply_field details_shape[] = {
    {"book", .meaning = "The title", .row = &books_listing},
    {"current_borrowers", .meaning = "Who has it now, soonest due first", .fields = current_borrower_shape,
     .many = true},
    {"borrow_history", .meaning = "The last loans that are over", .fields = past_borrow_shape, .many = true},
    {0},
};

static const struct reply details_reply = {"BookDetails", details_shape};
static const struct reply metrics_reply = {"Metrics", metrics_shape};

static const struct field lend_query[] = {
    {"book_id", FIELD_UUID, OPTIONAL, 0, 0, AT(struct lend_request, book_id),
     "The title, for clients that send no body"},
    {0},
};

/* The same routes under the name the older interface had; laid out by hand, one row a route. */
/* clang-format off */
#define LOANS_AT(root)                                                                                            \
    {GET, root, LIBRARIAN, READS, LIMIT_SEARCH, list_loans, "List borrows, newest first",                         \
     .list = &borrows_listing},                                                                                   \
    {POST, root, LIBRARIAN, WRITES, LIMIT_WRITE, lend_copy, "Lend a copy to a member", .body = lend_fields,       \
     .one = &borrows_listing, .status = 201, .figures = &lend_figures},                                           \
    {GET, root "/overdue", LIBRARIAN, READS, LIMIT_SEARCH, list_overdue, "List what is overdue, longest first",   \
     .list = &overdue_listing},                                                                                   \
    {POST, root "/return", LIBRARIAN, WRITES, LIMIT_WRITE, return_barcode, "Take back the copy with a barcode",   \
     .body = barcode_return_fields, .one = &borrows_listing},                                                     \
    {GET, root "/{id}", LIBRARIAN, READS, LIMIT_READ, get_loan, "Show a borrow", .one = &borrows_listing},        \
    {POST, root "/{id}/return", LIBRARIAN, WRITES, LIMIT_WRITE, return_loan, "Take a lent copy back",             \
     .body = return_fields, .one = &borrows_listing},                                                             \
    {PUT, root "/{id}/return", LIBRARIAN, WRITES, LIMIT_WRITE, return_loan, "Take a lent copy back (PUT)",        \
     .body = return_fields, .one = &borrows_listing}
/* clang-format on */

const struct route borrows_routes[] = {
    LOANS_AT("/borrows"),
    LOANS_AT("/borrowings"),
    {GET, "/borrowings/member/{id}", MEMBER, READS, LIMIT_SEARCH, list_of_member, "List a member's borrows",
     .list = &borrows_listing, .own = "id"},
    {GET, "/members/{id}/borrows", MEMBER, READS, LIMIT_SEARCH, list_of_member, "List a member's borrows",
     .list = &borrows_listing, .own = "id"},
    {POST, "/members/{id}/borrows", LIBRARIAN, WRITES, LIMIT_WRITE, lend_to_member,
     "Lend a copy to this member", .body = member_lend_fields, .query = lend_query, .one = &borrows_listing,
     .status = 201, .figures = &lend_figures},
    {GET, "/members/{id}/history", MEMBER, READS, LIMIT_SEARCH, list_of_member, "List a member's borrows",
     .list = &borrows_listing, .own = "id"},
    {GET, "/books/{id}/borrows", LIBRARIAN, READS, LIMIT_SEARCH, list_of_book, "List a book's borrows",
     .list = &borrows_listing},
    {GET, "/books/{id}/details", LIBRARIAN, READS, LIMIT_READ, get_details,
     "Show a book with who has it and who had it", .reply = &details_reply},
    {GET, "/metrics", ADMIN, READS, LIMIT_NONE, get_metrics, "Figures since the start",
     .reply = &metrics_reply, .root = true},
    {0},
};
