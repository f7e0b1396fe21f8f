/*
 * member_types_router.c — kinds of readers: seen by the desk, changed by an administrator. Their address is beside that
 * of the rules, which tell them apart.
 */
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "members/member_types_service.h"

static enum error_kind list_types(struct request *req, struct response *res)
{
    return member_types_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind show_type(struct request *req, struct response *res)
{
    struct member_type type;

    TRY(member_types_find(req->ctx, request_path(req, "code"), &type));
    return member_types_show(req->ctx, type.id, response_row(res));
}

static enum error_kind add_type(struct request *req, struct response *res)
{
    struct member_type type = {.membership_months = NO_NUMBER};

    request_body(req, &type);
    TRY(member_types_add(req->ctx, &type));
    return member_types_show(req->ctx, type.id, response_row(res));
}

static enum error_kind edit_type(struct request *req, struct response *res)
{
    struct member_type before, after;

    TRY(member_types_find(req->ctx, request_path(req, "code"), &before));
    after = before;
    request_body(req, &after);
    TRY(member_types_update(req->ctx, &before, &after));
    return member_types_show(req->ctx, after.id, response_row(res));
}

static enum error_kind delete_type(struct request *req, struct response *res)
{
    struct member_type type;

    (void)res;
    TRY(member_types_find(req->ctx, request_path(req, "code"), &type));
    return member_types_delete(req->ctx, &type);
}

/* clang-format off */
const struct route member_types_routes[] = {
    {GET, "/policies/member-types", LIBRARIAN, READS, LIMIT_SEARCH, list_types, "Member types with how many members they have",
     .list = &member_type_listing},
    {POST, "/policies/member-types", ADMIN, WRITES, LIMIT_WRITE, add_type, "Add a member type", .body = member_type_fields,
     .one = &member_type_listing, .status = 201,
     .errors = ERRORS(ERR_DUPLICATE_MEMBER_TYPE)},
    {GET, "/policies/member-types/{code}", LIBRARIAN, READS, LIMIT_READ, show_type, "Show a member type",
     .one = &member_type_listing,
     .errors = ERRORS(ERR_MEMBER_TYPE_NOT_FOUND)},
    {PUT, "/policies/member-types/{code}", ADMIN, WRITES, LIMIT_WRITE, edit_type, "Change the name or the length of memberships",
     .body = member_type_edit_fields, .body_use = FIELDS_EDIT, .one = &member_type_listing,
     .errors = ERRORS(ERR_MEMBER_TYPE_NOT_FOUND)},
    {DELETE, "/policies/member-types/{code}", ADMIN, WRITES, LIMIT_WRITE, delete_type, "Delete a member type that nobody is of",
     .errors = ERRORS(ERR_MEMBER_TYPE_NOT_FOUND, ERR_MEMBER_TYPE_IN_USE)},
    {0},
};
/* clang-format on */
