/*
 * policies_router.c — circulation rules and the types of things; those of members: members/member_types_router.c.
 */
#include "http/request.h"
#include "http/response.h"
#include "policies/policies_service.h"

static enum error_kind list_rules(struct request *req, struct response *res)
{
    return policies_list_rules(req->ctx, &req->list, response_page(res));
}

static enum error_kind edit_rule(struct request *req, struct response *res)
{
    struct loan_rule rule;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(policies_find(req->ctx, &uuid, &rule));
    request_body(req, &rule);
    TRY(policies_update(req->ctx, &uuid, &rule));
    return policies_show_rule(req->ctx, rule.id, response_row(res));
}

static enum error_kind add_rule(struct request *req, struct response *res)
{
    struct loan_rule rule = {.fine_cap = NO_NUMBER, .grace_days = NO_NUMBER};
    int64_t id;

    request_body(req, &rule);
    TRY(policies_add(req->ctx, &rule, &id));
    return policies_show_rule(req->ctx, id, response_row(res));
}

static enum error_kind remove_rule(struct request *req, struct response *res)
{
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    return policies_remove(req->ctx, &uuid);
}

static enum error_kind list_item_types(struct request *req, struct response *res)
{
    return policies_list_item_types(req->ctx, &req->list, response_page(res));
}

/* clang-format off */
const struct route policies_routes[] = {
    {GET, "/policies/loan-rules", LIBRARIAN, READS, LIMIT_READ, list_rules,
     "Circulation rules as they are in force",
     .list = &loan_rules_listing},
    {PUT, "/policies/loan-rules/{id}", ADMIN, WRITES, LIMIT_WRITE, edit_rule,
     "Change the values that are given",
     .body = loan_rule_fields, .body_use = FIELDS_EDIT, .one = &loan_rules_listing,
     .errors = ERRORS(ERR_NOT_FOUND, ERR_CONFLICT)},
    {POST, "/policies/loan-rules", ADMIN, WRITES, LIMIT_WRITE, add_rule,
     "Add a rule for a member type, an item type or both",
     .body = new_loan_rule_fields, .one = &loan_rules_listing, .status = 201,
     .errors = ERRORS(ERR_DUPLICATE_RULE)},
    {DELETE, "/policies/loan-rules/{id}", ADMIN, WRITES, LIMIT_WRITE, remove_rule,
     "Remove a rule: it decides no more",
     .errors = ERRORS(ERR_NOT_FOUND, ERR_RULE_IN_USE)},
    {GET, "/policies/item-types", ANYONE, READS, LIMIT_READ, list_item_types, "Kinds of things that are lent",
     .list = &item_types_listing, .catalogue = true},
    {0},
};
/* clang-format on */
