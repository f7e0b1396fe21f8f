/*
 * copies_router.c — copies over HTTP, and titles as far as they come with copies.
 *
 * POST /books and PUT or PATCH /books/{id} are rows of this table, not of books_routes: they make and
 * withdraw copies, and titles (books/) know nothing of copies.
 */
#include "copies/copies_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

/* ---- titles with their copies --------------------------------------------------------------------------- */

static enum error_kind check_title(struct request *req, struct response *res)
{
    struct book_facts facts = BOOK_FACTS_NONE;

    (void)res;
    request_body(req, &facts);
    return copies_check_title(req->ctx, &facts);
}

static enum error_kind catalogue_title(struct request *req, struct response *res)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    request_body(req, &facts);
    TRY(copies_catalogue_title(req->ctx, &facts, &book));
    response_version(res, book.version);
    return books_show(req->ctx, book.id, response_row(res));
}

static enum error_kind edit_title(struct request *req, struct response *res)
{
    struct uuid uuid;
    struct book book = {0};

    TRY(request_uuid(req, "id", &uuid));
    TRY(books_find(req->ctx, &uuid, &book));
    struct book_facts facts = book.facts;
    request_body(req, &facts);
    TRY(copies_edit_title(req->ctx, &book, &facts, request_expected_version(req)));
    TRY(books_find(req->ctx, &uuid, &book));
    response_version(res, book.version);
    return books_show(req->ctx, book.id, response_row(res));
}

/* ---- copies --------------------------------------------------------------------------------------------- */

static enum error_kind list_copies(struct request *req, struct response *res)
{
    return copies_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_copies_of_book(struct request *req, struct response *res)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return copies_list_of_book(req->ctx, &uuid, &req->list, response_page(res));
}

static enum error_kind add_copy(struct request *req, struct response *res)
{
    struct copy_facts facts = COPY_FACTS_NONE;
    struct copy copy = {0};
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    request_body(req, &facts);
    TRY(copies_add(req->ctx, &uuid, &facts, &copy));
    response_version(res, copy.version);
    return copies_show(req->ctx, copy.id, response_row(res));
}

static enum error_kind show_copy(struct request *req, struct response *res)
{
    struct copy copy = {0};
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(copies_find(req->ctx, &uuid, &copy));
    response_version(res, copy.version);
    return copies_show(req->ctx, copy.id, response_row(res));
}

static enum error_kind edit_copy(struct request *req, struct response *res)
{
    struct copy copy = {0};
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(copies_find(req->ctx, &uuid, &copy));
    struct copy_facts facts = copy.facts;
    request_body(req, &facts);
    TRY(copies_update(req->ctx, &copy, &facts, request_expected_version(req)));
    TRY(copies_find(req->ctx, &uuid, &copy));
    response_version(res, copy.version);
    return copies_show(req->ctx, copy.id, response_row(res));
}

static enum error_kind export_copies(struct request *req, struct response *res)
{
    return copies_export(req->ctx, &req->list, response_page(res));
}

/* clang-format off */
const struct route copies_routes[] = {
    {POST, "/books", LIBRARIAN, WRITES, LIMIT_WRITE, catalogue_title, "Catalogue a title with its copies",
     .body = book_fields, .check = check_title, .one = &books_listing, .status = 201,
     .errors = ERRORS(ERR_CONFLICT, ERR_DUPLICATE_ISBN)},
    {PUT, "/books/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, edit_title, "Change the given members of a title",
     .body = book_edit_fields, .body_use = FIELDS_EDIT, .check = check_title, .one = &books_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_ISBN, ERR_DUPLICATE_BARCODE,
                      ERR_COPIES_NOT_AVAILABLE, ERR_PRECONDITION_FAILED)},
    {PATCH, "/books/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, edit_title, "Change the given members of a title",
     .body = book_edit_fields, .body_use = FIELDS_EDIT, .check = check_title, .one = &books_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_ISBN, ERR_DUPLICATE_BARCODE,
                      ERR_COPIES_NOT_AVAILABLE, ERR_PRECONDITION_FAILED)},
    {GET, "/books/{id}/copies", LIBRARIAN, READS, LIMIT_SEARCH, list_copies_of_book, "List the copies of a title",
     .list = &copies_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND)},
    {POST, "/books/{id}/copies", LIBRARIAN, WRITES, LIMIT_WRITE, add_copy, "Add a copy to a title",
     .body = copy_fields, .one = &copies_listing, .status = 201,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_BARCODE)},
    {GET, "/copies", LIBRARIAN, READS, LIMIT_SEARCH, list_copies, "List copies", .list = &copies_listing},
    {GET, "/copies/export/csv", LIBRARIAN, READS, LIMIT_SEARCH, export_copies,
     "All copies, lost and withdrawn ones too, as an import of copies takes them", .list = &copies_export_listing, .as_csv = true},
    {GET, "/copies/{id}", LIBRARIAN, READS, LIMIT_READ, show_copy, "Show a copy", .one = &copies_listing,
     .errors = ERRORS(ERR_COPY_NOT_FOUND)},
    {PATCH, "/copies/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, edit_copy, "Change the given members of a copy",
     .body = copy_edit_fields, .body_use = FIELDS_EDIT, .one = &copies_listing,
     .errors = ERRORS(ERR_BOOK_NOT_FOUND, ERR_COPY_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_BARCODE,
                      ERR_COPY_NOT_AVAILABLE, ERR_PRECONDITION_FAILED)},
    {0},
};
/* clang-format on */
