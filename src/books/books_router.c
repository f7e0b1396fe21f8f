/*
 * books_router.c — the catalogue's titles over HTTP.
 *
 * POST /books and PUT or PATCH /books/{id} stand in copies_router.c: they make and withdraw copies too, and
 * titles know nothing of copies. What concerns a title's loans (/details, /borrows, /analytics) stands above
 * in borrows_router.c.
 */
#include "books/books_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static enum error_kind list_books(struct request *req, struct response *res)
{
    return books_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind show_book(struct request *req, struct response *res)
{
    struct uuid uuid;
    struct book_version book;
    bool archived;

    TRY(request_uuid(req, "id", &uuid));
    TRY(request_query_bool(req, "archived", false, &archived));
    TRY(books_find_version(req->ctx, &uuid, archived, &book));
    response_version(res, book.version);
    return books_show(req->ctx, book.id, response_row(res));
}

static enum error_kind archive_book(struct request *req, struct response *res)
{
    struct uuid uuid;
    struct book book = {0};

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    TRY(books_find(req->ctx, &uuid, &book));
    return books_archive(req->ctx, &book, request_expected_version(req));
}

static enum error_kind restore_book(struct request *req, struct response *res)
{
    struct uuid uuid;
    struct book book = {0};

    TRY(request_uuid(req, "id", &uuid));
    TRY(books_find_any(req->ctx, &uuid, &book));
    TRY(books_restore(req->ctx, &book));
    return books_show(req->ctx, book.id, response_row(res));
}

static enum error_kind list_audit(struct request *req, struct response *res)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return books_audit(req->ctx, &uuid, &req->list, response_page(res));
}

static enum error_kind show_availability(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct uuid uuid;
    struct book book = {0};

    TRY(request_uuid(req, "id", &uuid));
    TRY(books_find(req->ctx, &uuid, &book));
    json_object_begin(w);
    json_member_uuid(w, "book_id", &book.uuid);
    json_member_int(w, "total_copies", book.total_copies);
    json_member_int(w, "available_copies", book.available_copies);
    json_member_text(w, "availability_status", books_availability_status(&book));
    json_object_end(w);
    return OK;
}

/* clang-format off */
static const struct reply_field availability_fields[] = {
    {"book_id", COLUMN_UUID, .meaning = "Id"},
    {"total_copies", COLUMN_INTEGER, .meaning = "Copies neither withdrawn nor lost"},
    {"available_copies", COLUMN_INTEGER, .meaning = "Copies that can be lent now"},
    {"availability_status", COLUMN_TEXT, .meaning = "AVAILABLE, LOW_STOCK (one left) or OUT_OF_STOCK"},
    {0},
};

static const struct reply availability = {"BookAvailability", availability_fields};

static const struct field archived_parameter[] = {
    {"archived", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: an archived title is shown too"},
    {0},
};

const struct route books_routes[] = {
    {GET, "/books", ANYONE, READS, LIMIT_SEARCH, list_books, "List or search titles", .list = &books_listing,
     .catalogue = true, .errors = ERRORS(ERR_UNAUTHENTICATED, ERR_FORBIDDEN)},
    {GET, "/books/export/csv", LIBRARIAN, READS, LIMIT_SEARCH, list_books, "The same list as CSV, all rows",
     .list = &books_listing, .as_csv = true},
    {GET, "/books/{id}", ANYONE, READS, LIMIT_READ, show_book, "Show a title",
     .one = &books_listing, .query = archived_parameter, .catalogue = true,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {DELETE, "/books/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, archive_book, "Archive a title",
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_HAS_ACTIVE_BORROWS, ERR_HAS_HOLDS, ERR_PRECONDITION_FAILED)},
    {POST, "/books/{id}/restore", LIBRARIAN, WRITES, LIMIT_WRITE, restore_book, "Bring a title back from the archive",
     .one = &books_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_CONFLICT)},
    {GET, "/books/{id}/availability", ANYONE, READS, LIMIT_READ, show_availability, "How many copies can be lent now",
     .reply = &availability, .catalogue = true,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {GET, "/books/{id}/audit", ADMIN, READS, LIMIT_SEARCH, list_audit, "Who did what to a title",
     .list = &audit_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {0},
};
/* clang-format on */
