/*
 * members_router.c — readers at the desk: register, find, change, suspend, archive.
 */
#include "http/request.h"
#include "http/response.h"
#include "members/members_service.h"
#include "members/self_service.h"

/* ---- replies written by hand ----------------------------------------------------------------------- */

#define SUMMARY_FIELDS                                                                          \
    {"total_books_borrowed", COLUMN_INTEGER,                                                    \
     .meaning = "Loans there ever were, but for those that are forgotten"},                     \
        {"overdue_rate_percent", COLUMN_REAL,                                                   \
         .meaning = "Loans returned late, per cent of all; one decimal"},                       \
        {"risk_level", COLUMN_TEXT, .meaning = "HIGH above 30 %, MEDIUM above 10 %, else LOW"}, \
    {                                                                                           \
        "total_fines_accrued", COLUMN_MONEY, .meaning = "Owed"                                  \
    }

static const struct reply_field summary_fields[] = {SUMMARY_FIELDS, {0}};

static const struct reply_field profile_fields[] = {
    {"member", .row = &members_listing, .meaning = "The record"},
    {"membership_duration_days", COLUMN_INTEGER, .meaning = "Days since the member was registered"},
    {"active_borrows_count", COLUMN_INTEGER, .meaning = "Loans that are out now"},
    {"analytics_summary", .fields = summary_fields, .meaning = "What the loans say"},
    {0},
};

static const struct reply_field stats_fields[] = {
    {"membership_duration_days", COLUMN_INTEGER, .meaning = "Days since the member was registered"},
    {"active_borrows_count", COLUMN_INTEGER, .meaning = "Loans that are out now"},
    {"overdue_count", COLUMN_INTEGER, .meaning = "Loans returned late"},
    {"last_borrowed_at", COLUMN_INSTANT, .nullable = true, .meaning = "When something was last lent"},
    SUMMARY_FIELDS,
    {0},
};

static const struct reply profile_reply = {"MemberProfile", profile_fields};
static const struct reply stats_reply = {"MemberStats", stats_fields};

static void write_summary(struct ctx *ctx, struct json_writer *w, const struct member_summary *summary)
{
    json_member_int(w, "total_books_borrowed", summary->total_borrowed);
    json_member_real(w, "overdue_rate_percent", summary->overdue_rate, 1);
    json_member_text(w, "risk_level", summary->risk_level);
    json_member_money(w, "total_fines_accrued", summary->fines_accrued, ctx->currency_exponent);
}

/* The member as it is now, in a request that has just changed it. */
static enum error_kind reply_member(struct request *req, struct response *res, const struct uuid *uuid)
{
    struct member member;

    TRY(members_find_any(req->ctx, uuid, &member));
    response_version(res, member.version);
    return members_show(req->ctx, member.id, response_row(res));
}

/* A live member, or with ?archived=true one from the archive too. */
static enum error_kind find_shown(struct request *req, struct member *out_member)
{
    struct uuid uuid;
    bool archived;

    TRY(request_uuid(req, "id", &uuid));
    TRY(request_query_bool(req, "archived", false, &archived));
    return archived ? members_find_any(req->ctx, &uuid, out_member)
                    : members_find(req->ctx, &uuid, out_member);
}

/* ---- handlers -------------------------------------------------------------------------------------- */

static enum error_kind list_members(struct request *req, struct response *res)
{
    return members_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind check_member(struct request *req, struct response *res)
{
    struct member_facts facts = MEMBER_FACTS_NONE;

    (void)res;
    request_body(req, &facts);
    return members_check_facts(req->ctx, &facts);
}

static enum error_kind register_member(struct request *req, struct response *res)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member;

    request_body(req, &facts);
    TRY(members_create(req->ctx, &facts, &member));
    return reply_member(req, res, &member.uuid);
}

static enum error_kind write_profile(struct request *req, struct response *res, const struct member *member)
{
    struct json_writer *w = response_json(res);
    struct member_summary summary;

    members_summarise(req->ctx, member, &summary);
    json_object_begin(w);
    json_key(w, "member");
    TRY(members_show(req->ctx, member->id, response_row(res)));
    json_member_int(w, "membership_duration_days", summary.membership_days);
    json_member_int(w, "active_borrows_count", member->open_borrows);
    json_key(w, "analytics_summary");
    json_object_begin(w);
    write_summary(req->ctx, w, &summary);
    json_object_end(w);
    json_object_end(w);
    response_version(res, member->version);
    return OK;
}

static enum error_kind show_member(struct request *req, struct response *res)
{
    struct member member;

    TRY(find_shown(req, &member));
    return write_profile(req, res, &member);
}

static enum error_kind show_self(struct request *req, struct response *res)
{
    struct member member;

    TRY(self_find(req->ctx, &member));
    return write_profile(req, res, &member);
}

static enum error_kind show_stats(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct member_summary summary;
    struct member member;

    TRY(find_shown(req, &member));
    members_summarise(req->ctx, &member, &summary);
    json_object_begin(w);
    json_member_int(w, "membership_duration_days", summary.membership_days);
    json_member_int(w, "active_borrows_count", member.open_borrows);
    json_member_int(w, "overdue_count", member.overdue_count);
    json_key(w, "last_borrowed_at");
    if (member.last_borrowed_at == NO_NUMBER)
        json_null(w);
    else
        json_instant(w, member.last_borrowed_at);
    write_summary(req->ctx, w, &summary);
    json_object_end(w);
    return OK;
}

static enum error_kind edit_member(struct request *req, struct response *res)
{
    struct member_facts facts;
    struct member member;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(members_find(req->ctx, &uuid, &member));
    facts = member.facts;
    request_body(req, &facts);
    TRY(members_update(req->ctx, &member, &facts, request_expected_version(req)));
    return reply_member(req, res, &uuid);
}

static enum error_kind change_status(struct request *req, struct response *res)
{
    struct member_status_change change = {.suspended_until = NO_NUMBER};
    struct member member;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(members_find(req->ctx, &uuid, &member));
    request_body(req, &change);
    TRY(members_change_status(req->ctx, &member, &change, request_expected_version(req)));
    return reply_member(req, res, &uuid);
}

static enum error_kind archive_member(struct request *req, struct response *res)
{
    struct member member;
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    TRY(members_find(req->ctx, &uuid, &member));
    return members_archive(req->ctx, &member, request_expected_version(req));
}

static enum error_kind restore_member(struct request *req, struct response *res)
{
    struct member member;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(members_find_any(req->ctx, &uuid, &member));
    TRY(members_restore(req->ctx, &member));
    return reply_member(req, res, &uuid);
}

static enum error_kind list_audit(struct request *req, struct response *res)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return members_audit(req->ctx, &uuid, &req->list, response_page(res));
}

/* ---- routes ---------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct field archived_query[] = {
    {"archived", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: an archived member, too"},
    {0},
};

const struct route members_routes[] = {
    {GET, "/members", LIBRARIAN, READS, LIMIT_SEARCH, list_members, "List and search members, by name",
     .list = &members_listing},
    {GET, "/members/export/csv", LIBRARIAN, READS, LIMIT_SEARCH, list_members, "All members as CSV",
     .list = &members_listing, .as_csv = true},
    {POST, "/members", LIBRARIAN, WRITES, LIMIT_WRITE, register_member, "Register a member",
     .body = member_fields, .check = check_member, .one = &members_listing, .status = 201,
     .errors = ERRORS(ERR_CONFLICT, ERR_DUPLICATE_EMAIL, ERR_DUPLICATE_CARD)},
    {GET, "/members/profile", MEMBER, READS, LIMIT_READ, show_self, "One's own record with a summary of the loans",
     .reply = &profile_reply,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_AUTH_IS_OFF, ERR_NO_MEMBER_RECORD)},
    {GET, "/members/{id}", MEMBER, READS, LIMIT_READ, show_member, "A member with a summary of the loans",
     .reply = &profile_reply, .query = archived_query, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {PUT, "/members/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, edit_member, "Change the fields that are given",
     .body = member_fields, .body_use = FIELDS_EDIT, .check = check_member, .one = &members_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_DUPLICATE_EMAIL, ERR_DUPLICATE_CARD,
                      ERR_PRECONDITION_FAILED)},
    {PATCH, "/members/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, edit_member, "Change the fields that are given",
     .body = member_fields, .body_use = FIELDS_EDIT, .check = check_member, .one = &members_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_DUPLICATE_EMAIL, ERR_DUPLICATE_CARD,
                      ERR_PRECONDITION_FAILED)},
    {DELETE, "/members/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, archive_member,
     "Archive a member who has nothing out and owes nothing",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_HAS_ACTIVE_BORROWS, ERR_HAS_BALANCE, ERR_HAS_HOLDS,
                      ERR_PRECONDITION_FAILED)},
    {POST, "/members/{id}/restore", LIBRARIAN, WRITES, LIMIT_WRITE, restore_member,
     "Bring a member back from the archive", .one = &members_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {PUT, "/members/{id}/status", LIBRARIAN, WRITES, LIMIT_WRITE, change_status,
     "Suspend a member, lift that, or end the membership", .body = member_status_fields,
     .one = &members_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {GET, "/members/{id}/stats", MEMBER, READS, LIMIT_READ, show_stats, "What the loans say of a member",
     .reply = &stats_reply, .query = archived_query, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/members/{id}/audit", ADMIN, READS, LIMIT_SEARCH, list_audit,
     "What was done to a member's record, newest first", .list = &audit_listing,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {0},
};
/* clang-format on */
