/*
 * memberships_router.c — at the desk: a membership goes on, a card is lost; the groups there are.
 */
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "members/members_service.h"
#include "members/memberships_service.h"

static enum error_kind find_member(struct request *req, struct member *out_member)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return members_find(req->ctx, &uuid, out_member);
}

static enum error_kind reply_member(struct request *req, struct response *res, int64_t id)
{
    struct member member;

    TRY(members_find_by_id(req->ctx, id, &member));
    response_version(res, member.version);
    return members_show(req->ctx, id, response_row(res));
}

static enum error_kind renew(struct request *req, struct response *res)
{
    struct membership_renewal renewal = {NO_NUMBER, NO_NUMBER};
    struct member member;

    TRY(find_member(req, &member));
    request_body(req, &renewal);
    TRY(memberships_renew(req->ctx, &member, &renewal, request_expected_version(req)));
    return reply_member(req, res, member.id);
}

static enum error_kind replace_card(struct request *req, struct response *res)
{
    struct card_facts facts = {0};
    struct member member;

    TRY(find_member(req, &member));
    request_body(req, &facts);
    TRY(memberships_replace_card(req->ctx, &member, &facts, request_expected_version(req)));
    return reply_member(req, res, member.id);
}

/* ---- groups --------------------------------------------------------------------------------------------- */

struct groups_query {
    const char *after;
    int64_t limit;
};

static enum error_kind list_groups(struct request *req, struct response *res)
{
    struct groups_query query = {.limit = LIST_LIMIT_DEFAULT};
    struct json_writer *json = response_json(res);
    struct group_count *group;
    const char *last = NULL;
    bool more;

    TRY(request_query_fields(req, &query));
    TRY(memberships_groups(req->ctx, query.after, query.limit, &group, &more));
    json_object_begin(json);
    json_key(json, "groups");
    json_array_begin(json);
    for (; group; last = group->name, group = group->next) {
        json_object_begin(json);
        json_member_text(json, "name", group->name);
        json_member_int(json, "members", group->members);
        json_object_end(json);
    }
    json_array_end(json);
    json_member_text(json, "next", more ? last : NULL);
    json_object_end(json);
    return OK;
}

/* clang-format off */
static const struct field groups_query[] = {
    {"after", FIELD_TEXT, OPTIONAL, 1, MEMBER_TEXT_MAX, AT(struct groups_query, after),
     "Groups after this one: `next` of the page before"},
    {"limit", FIELD_INTEGER, OPTIONAL, 1, LIST_LIMIT_MAX, AT(struct groups_query, limit),
     "How many at most (default 20)"},
    {0},
};

static const struct reply_field group_shape[] = {
    {"name", COLUMN_TEXT, .meaning = "Class, family, club"},
    {"members", COLUMN_INTEGER, .meaning = "How many belong to it, archived ones left out"},
    {0},
};

static const struct reply_field groups_shape[] = {
    {"groups", .fields = group_shape, .many = true, .meaning = "By name"},
    {"next", COLUMN_TEXT, true, "For `after`; null: these were the last"},
    {0},
};

static const struct reply groups_reply = {"MemberGroups", groups_shape};

const struct route memberships_routes[] = {
    {GET, "/member-groups", LIBRARIAN, READS, LIMIT_SEARCH, list_groups, "Groups of members and how many belong to them",
     .query = groups_query, .reply = &groups_reply},
    {POST, "/members/{id}/renew", LIBRARIAN, WRITES, LIMIT_WRITE, renew, "Renew a membership",
     .body = membership_renewal_fields, .one = &members_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_CARD, ERR_PRECONDITION_FAILED)},
    {POST, "/members/{id}/card", LIBRARIAN, WRITES, LIMIT_WRITE, replace_card,
     "Give a member another card; the old one finds nobody any more", .body = card_fields, .one = &members_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_CARD, ERR_PRECONDITION_FAILED)},
    {0},
};
/* clang-format on */
