/*
 * renewals_router.c — renewing: at the desk, and by readers themselves. Whose loans a reader may renew is the
 * service's affair: an id says nothing about its owner.
 */
#include "borrows/borrows_service.h"
#include "borrows/renewals_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static enum error_kind renew_borrow(struct request *req, struct response *res)
{
    struct renew_request renew = {0};
    struct borrow borrow;
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    request_body(req, &renew);
    TRY(borrows_renew(req->ctx, &id, &renew, &borrow));
    return borrows_show(req->ctx, borrow.id, response_row(res));
}

static enum error_kind write_renewed(struct request *req, struct response *res,
                                     const struct renewed_list *list)
{
    json_key(response_json(res), "renewed");
    struct row_sink *rows = response_array(res);
    for (size_t i = 0; i < list->count; i++)
        if (!list->items[i].is_refused)
            TRY(borrows_show(req->ctx, list->items[i].borrow_id, rows));
    response_array_end(res);
    return OK;
}

static void write_refused(struct json_writer *json, const struct renewed_list *list)
{
    json_key(json, "refused");
    json_array_begin(json);
    for (size_t i = 0; i < list->count; i++) {
        const struct renewed *one = &list->items[i];
        if (!one->is_refused)
            continue;
        json_object_begin(json);
        json_member_uuid(json, "id", &one->uuid);
        json_member_text(json, "error_code", error_code_name(one->code));
        json_member_text(json, "detail", one->detail);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum error_kind renew_borrows(struct request *req, struct response *res)
{
    struct renew_all_request renew = {0};
    struct renewed_list list;

    request_body(req, &renew);
    TRY(borrows_renew_all(req->ctx, &renew, &list));
    json_object_begin(response_json(res));
    TRY(write_renewed(req, res, &list));
    write_refused(response_json(res), &list);
    json_object_end(response_json(res));
    return OK;
}

static enum error_kind list_renewals(struct request *req, struct response *res)
{
    struct uuid id;

    TRY(request_uuid(req, "id", &id));
    return borrows_list_renewals(req->ctx, &id, &req->list, response_page(res));
}

static const struct reply_field refused_shape[] = {
    {"id", COLUMN_UUID, false, "The loan"},
    {"error_code", COLUMN_TEXT, false, "Why it was not renewed, for programs"},
    {"detail", COLUMN_TEXT, false, "And for people"},
    {0},
};

static const struct reply_field renewed_shape[] = {
    {"renewed", .row = &borrows_listing, .many = true, .meaning = "The loans that go on"},
    {"refused", .fields = refused_shape, .many = true, .meaning = "Those that do not"},
    {0},
};

static const struct reply renewed_reply = {"Renewed", renewed_shape};

/* clang-format off */
#define RENEWALS_AT(root)                                                                                         \
    {POST, root "/renew", MEMBER, WRITES, LIMIT_WRITE, renew_borrows, "Renew all that a member has, or some loans",\
     .body = renew_all_fields, .reply = &renewed_reply,                                                           \
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_BORROW_RECORD_NOT_FOUND, ERR_FORBIDDEN,                           \
                      ERR_NO_MEMBER_RECORD)},                                                                     \
    {POST, root "/{id}/renew", MEMBER, WRITES, LIMIT_WRITE, renew_borrow, "Renew a loan; readers their own",      \
     .body = renew_fields, .one = &borrows_listing,                                                               \
     .errors = ERRORS(ERR_BORROW_RECORD_NOT_FOUND, ERR_ALREADY_RETURNED, ERR_MEMBER_BLOCKED,                      \
                      ERR_RENEWAL_LIMIT_EXCEEDED, ERR_RENEWAL_NOT_ALLOWED, ERR_HELD_FOR_ANOTHER,                  \
                      ERR_MEMBER_EXPIRED, ERR_MEMBER_SUSPENDED)},                                                 \
    {GET, root "/{id}/renewals", LIBRARIAN, READS, LIMIT_READ, list_renewals, "List a loan's renewals",           \
     .list = &renewals_listing,                                                                                   \
     .errors = ERRORS(ERR_BORROW_RECORD_NOT_FOUND)}
/* clang-format on */

const struct route renewals_routes[] = {
    RENEWALS_AT("/borrows"),
    RENEWALS_AT("/borrowings"),
    {0},
};
