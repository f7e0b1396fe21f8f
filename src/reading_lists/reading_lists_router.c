/*
 * reading_lists_router.c — reading lists over HTTP: the catalogue's for everybody, one's own for oneself.
 */
#include <stddef.h>

#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "reading_lists/reading_lists_service.h"

static enum error_kind list_lists(struct request *req, struct response *res)
{
    bool own;

    TRY(request_query_bool(req, "own", false, &own));
    return reading_lists_list(req->ctx, own, &req->list, response_page(res));
}

/* The list that the path names. */
static enum error_kind find(struct request *req, struct reading_list *out_list)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return reading_lists_find(req->ctx, &uuid, out_list);
}

static enum error_kind show_list(struct request *req, struct response *res)
{
    struct reading_list list;

    TRY(find(req, &list));
    response_version(res, list.version);
    return reading_lists_show(req->ctx, list.id, response_row(res));
}

static enum error_kind create_list(struct request *req, struct response *res)
{
    struct reading_list_facts facts = {0};
    struct reading_list list;

    request_body(req, &facts);
    TRY(reading_lists_create(req->ctx, &facts, &list));
    return reading_lists_show(req->ctx, list.id, response_row(res));
}

static enum error_kind update_list(struct request *req, struct response *res)
{
    struct reading_list_facts facts;
    struct reading_list list;

    TRY(find(req, &list));
    facts = list.facts;
    request_body(req, &facts);
    TRY(reading_lists_update(req->ctx, &list, &facts, request_expected_version(req)));
    return reading_lists_show(req->ctx, list.id, response_row(res));
}

static enum error_kind remove_list(struct request *req, struct response *res)
{
    struct reading_list list;

    (void)res;
    TRY(find(req, &list));
    return reading_lists_remove(req->ctx, &list, request_expected_version(req));
}

static enum error_kind list_books(struct request *req, struct response *res)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return reading_lists_list_books(req->ctx, &uuid, &req->list, response_page(res));
}

static enum error_kind add_book(struct request *req, struct response *res)
{
    struct list_entry_facts facts = {0};
    struct reading_list list;

    TRY(find(req, &list));
    request_body(req, &facts);
    TRY(reading_lists_add(req->ctx, &list, &facts));
    return reading_lists_show(req->ctx, list.id, response_row(res));
}

static enum error_kind take_off_book(struct request *req, struct response *res)
{
    struct reading_list list;
    struct uuid book;

    (void)res;
    TRY(find(req, &list));
    TRY(request_uuid(req, "bookId", &book));
    return reading_lists_take_off(req->ctx, &list, &book);
}

static enum error_kind order_books(struct request *req, struct response *res)
{
    struct list_order_facts facts = {0};
    struct reading_list list;

    TRY(find(req, &list));
    request_body(req, &facts);
    TRY(reading_lists_move(req->ctx, &list, &facts));
    return reading_lists_show(req->ctx, list.id, response_row(res));
}

/* clang-format off */
static const struct field own_parameter[] = {
    {"own", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: the lists of the reader who asks, instead of the library's"},
    {0},
};

const struct route reading_routes[] = {
    {GET, "/reading-lists", ANYONE, READS, LIMIT_SEARCH, list_lists,
     "List the library's reading lists, those that are shown; or one's own", .list = &reading_lists_listing,
     .query = own_parameter, .catalogue = true,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_AUTH_IS_OFF, ERR_NO_MEMBER_RECORD)},
    {POST, "/reading-lists", MEMBER, WRITES, LIMIT_WRITE, create_list,
     "Begin a list: the staff one of the library's, a reader their own", .body = reading_list_fields,
     .one = &reading_lists_listing, .status = 201,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_AUTH_IS_OFF, ERR_NO_MEMBER_RECORD, ERR_READING_LIST_FULL)},
    {GET, "/reading-lists/{id}", ANYONE, READS, LIMIT_READ, show_list, "Show a reading list",
     .one = &reading_lists_listing, .catalogue = true,
     .errors = ERRORS(ERR_READING_LIST_NOT_FOUND)},
    {PUT, "/reading-lists/{id}", MEMBER, WRITES, LIMIT_WRITE, update_list, "Rename, describe, show or hide a list",
     .body = reading_list_fields, .body_use = FIELDS_EDIT, .one = &reading_lists_listing,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_READING_LIST_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {DELETE, "/reading-lists/{id}", MEMBER, WRITES, LIMIT_WRITE, remove_list, "Delete a list for good; its titles stay",
     .errors = ERRORS(ERR_FORBIDDEN, ERR_READING_LIST_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {GET, "/reading-lists/{id}/books", ANYONE, READS, LIMIT_SEARCH, list_books, "List the titles on a list, in its order",
     .list = &list_entries_listing, .catalogue = true,
     .errors = ERRORS(ERR_READING_LIST_NOT_FOUND)},
    {POST, "/reading-lists/{id}/books", MEMBER, WRITES, LIMIT_WRITE, add_book, "Put a title on a list, as the last one",
     .body = list_entry_fields, .one = &reading_lists_listing, .status = 201,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_BOOK_NOT_FOUND, ERR_READING_LIST_NOT_FOUND, ERR_CONFLICT,
                      ERR_READING_LIST_FULL)},
    {DELETE, "/reading-lists/{id}/books/{bookId}", MEMBER, WRITES, LIMIT_WRITE, take_off_book, "Take a title off a list",
     .errors = ERRORS(ERR_FORBIDDEN, ERR_BOOK_NOT_FOUND, ERR_READING_LIST_NOT_FOUND)},
    {PUT, "/reading-lists/{id}/order", MEMBER, WRITES, LIMIT_WRITE, order_books, "Move a title to another place on its list",
     .body = list_order_fields, .one = &reading_lists_listing,
     .errors = ERRORS(ERR_FORBIDDEN, ERR_BOOK_NOT_FOUND, ERR_READING_LIST_NOT_FOUND)},
    {0},
};
/* clang-format on */
