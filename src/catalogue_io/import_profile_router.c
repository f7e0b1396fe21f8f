/*
 * import_profile_router.c — profiles of imports over HTTP.
 */
#include "catalogue_io/import_profile_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

struct profile_parameters {
    const char *kind;
};

/* ---- the reply ------------------------------------------------------------------------------------------ */

static void write_profile(struct json_writer *w, const struct import_profile *profile)
{
    json_object_begin(w);
    json_member_uuid(w, "id", &profile->uuid);
    json_member_text(w, "name", profile->name);
    json_member_text(w, "kind", profile->kind);
    json_member_text(w, "encoding", profile->encoding);
    json_member_text(w, "delimiter", profile->delimiter);
    json_member_text(w, "columns", profile->columns);
    json_member_text(w, "duplicates", profile->duplicates);
    json_member_bool(w, "built_in", profile->built_in);
    json_member_instant(w, "created_at", profile->created_at);
    json_member_instant(w, "updated_at", profile->updated_at);
    json_member_int(w, "version", profile->version);
    json_object_end(w);
}

/* ---- handlers ------------------------------------------------------------------------------------------- */

static enum error_kind list_profiles(struct request *req, struct response *res)
{
    struct profile_parameters parameters = {0};
    struct import_profile *profile;

    TRY(request_query_fields(req, &parameters));
    TRY(import_profile_list(req->ctx, parameters.kind, &profile));
    struct json_writer *w = response_json(res);
    json_object_begin(w);
    json_key(w, "data");
    json_array_begin(w);
    for (; profile; profile = profile->next)
        write_profile(w, profile);
    json_array_end(w);
    json_object_end(w);
    return OK;
}

static enum error_kind show_profile(struct request *req, struct response *res)
{
    struct import_profile profile;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(import_profile_find(req->ctx, &uuid, &profile));
    write_profile(response_json(res), &profile);
    return OK;
}

static enum error_kind add_profile(struct request *req, struct response *res)
{
    struct import_profile_facts facts = {0};
    struct import_profile profile;

    request_body(req, &facts);
    TRY(import_profile_add(req->ctx, &facts, &profile));
    write_profile(response_json(res), &profile);
    return OK;
}

static enum error_kind replace_profile(struct request *req, struct response *res)
{
    struct import_profile_facts facts = {0};
    struct import_profile before, after;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(import_profile_find(req->ctx, &uuid, &before));
    request_body(req, &facts);
    TRY(import_profile_update(req->ctx, &before, &facts, request_expected_version(req), &after));
    write_profile(response_json(res), &after);
    return OK;
}

static enum error_kind delete_profile(struct request *req, struct response *res)
{
    struct import_profile profile;
    struct uuid uuid;

    (void)res;
    TRY(request_uuid(req, "id", &uuid));
    TRY(import_profile_find(req->ctx, &uuid, &profile));
    return import_profile_delete(req->ctx, &profile);
}

/* ---- the table ------------------------------------------------------------------------------------------ */

/* clang-format off */
static const char *const kind_names[] = {"titles", "copies", "members", "loans", NULL};

static const struct field list_parameters[] = {
    {"kind", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct profile_parameters, kind), "Those for files of this kind alone", kind_names},
    {0},
};

static const struct reply_field profile_reply_fields[] = {
    {"id", COLUMN_UUID, .meaning = "Id; of those that come with the program always the same"},
    {"name", COLUMN_TEXT, .meaning = "What people choose it by"},
    {"kind", COLUMN_TEXT, .meaning = "titles, copies, members or loans"},
    {"encoding", COLUMN_TEXT, true, "Of the file; null: recognised"},
    {"delimiter", COLUMN_TEXT, true, "comma, semicolon, tab or bar; null: recognised"},
    {"columns", COLUMN_TEXT, .meaning = "What its columns become: lines of a header, a tab and a field (none: left out); others are recognised"},
    {"duplicates", COLUMN_TEXT, .meaning = "skip, add_copies or merge"},
    {"built_in", COLUMN_BOOL, .meaning = "It comes with the program"},
    {"created_at", COLUMN_INSTANT, true, "When it was made; null: it comes with the program"},
    {"updated_at", COLUMN_INSTANT, true, "When it was last changed"},
    {"version", COLUMN_INTEGER, .meaning = "For If-Match"},
    {0},
};

static const struct reply_field profiles_reply_fields[] = {
    {"data", .fields = profile_reply_fields, .many = true, .meaning = "The library's own by name, then those that come with the program"},
    {0},
};

static const struct reply profile_reply = {"ImportProfile", profile_reply_fields};
static const struct reply profiles_reply = {"ImportProfiles", profiles_reply_fields};

const struct route profiles_routes[] = {
    {GET, "/imports/profiles", LIBRARIAN, READS, LIMIT_READ, list_profiles, "How files of known origin are taken",
     .reply = &profiles_reply, .query = list_parameters},
    {POST, "/imports/profiles", LIBRARIAN, WRITES, LIMIT_WRITE, add_profile, "Keep how files of one origin are taken",
     .body = import_profile_fields, .reply = &profile_reply, .status = 201,
     .errors = ERRORS(ERR_CONFLICT, ERR_DUPLICATE_PROFILE)},
    {GET, "/imports/profiles/{id}", LIBRARIAN, READS, LIMIT_READ, show_profile, "Show an import profile", .reply = &profile_reply,
     .errors = ERRORS(ERR_PROFILE_NOT_FOUND)},
    {PUT, "/imports/profiles/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, replace_profile, "Replace an import profile",
     .body = import_profile_fields, .reply = &profile_reply,
     .errors = ERRORS(ERR_PROFILE_NOT_FOUND, ERR_CONFLICT, ERR_DUPLICATE_PROFILE, ERR_PRECONDITION_FAILED)},
    {DELETE, "/imports/profiles/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, delete_profile, "Delete an import profile",
     .errors = ERRORS(ERR_PROFILE_NOT_FOUND, ERR_CONFLICT)},
    {0},
};
/* clang-format on */
