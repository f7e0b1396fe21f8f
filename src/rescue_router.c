/*
 * rescue_router.c — the few addresses there are while the library cannot be opened.
 *
 * Everybody is told that it is so and why, in one word: which files lie where is for those who know the code.
 */
#include <string.h>

#include "auth/setup_service.h"
#include "backups/restore_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "rescue.h"
#include "routes.h"

struct rescue_request {
    const char *code;
    const char *path;
    const char *passphrase;
    const char *until;
    bool confirm;
};

#define GIVEN(member) AT(struct rescue_request, member)
#define CODE_FIELD                                                           \
    {                                                                        \
        "code", FIELD_TEXT, OPTIONAL, 1, 64, GIVEN(code),                    \
            "The code from the console, or from the file beside the library" \
    }

/* clang-format off */
static const struct field code_fields[] = {CODE_FIELD, {0}};

static const struct field restore_fields[] = {
    CODE_FIELD,
    {"path", FIELD_TEXT, REQUIRED, 1, 4000, GIVEN(path), "The backup, one of those that are listed; on the socket, any file"},
    {"passphrase", FIELD_TEXT, OPTIONAL, 1, PASSPHRASE_MAX, GIVEN(passphrase), "Of a sealed one"},
    {"until", FIELD_TEXT, OPTIONAL, 1, RESTORE_UNTIL_MAX, GIVEN(until),
     "Brought forward by the journal to this moment: 2026-11-22T14:30:00Z, or latest"},
    {0},
};

static const struct field anew_fields[] = {
    CODE_FIELD,
    {"confirm", FIELD_BOOL, REQUIRED, 0, 0, GIVEN(confirm), "true: an empty library, although there are backups"},
    {0},
};
/* clang-format on */

/* ---- who ------------------------------------------------------------------------------------------------------- */

static bool needs_code(const struct request *req)
{
    return req->ctx->actor.access < ADMIN;
}

static enum error_kind prove(struct request *req, struct response *res, struct rescue_request *out_given)
{
    struct rescue_request given = {0};
    int64_t wait_s = 0;

    request_body(req, &given);
    if (needs_code(req)) {
        enum error_kind kind = setup_prove(req->ctx, given.code ? given.code : "", &wait_s);
        if (wait_s > 0)
            response_header(res, "Retry-After", arena_printf(req->ctx->arena, "%lld", (long long)wait_s));
        TRY(kind);
        req->ctx->actor.name = "whoever is at the machine";
    }
    *out_given = given;
    return OK;
}

/* ---- what is the matter ---------------------------------------------------------------------------------------- */

static enum error_kind get_health(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);

    res->status = 503;
    response_header(res, "Retry-After", "10");
    json_object_begin(json);
    json_member_text(json, "status", "damaged");
    json_member_text(json, "db", rescue_state()->reason);
    json_member_text(json, "detail", "The library cannot be opened. Its pages say what can be done.");
    json_member_text(json, "error_code", error_code_name(ERR_LIBRARY_CLOSED));
    json_member_text(json, "correlation_id", req->correlation_id);
    json_object_end(json);
    return OK;
}

static enum error_kind get_rescue(struct request *req, struct response *res)
{
    const struct rescue_state *state = rescue_state();
    struct json_writer *json = response_json(res);
    struct restore_status status;

    restore_status(req->ctx, &status);
    json_object_begin(json);
    json_member_text(json, "reason", state->reason);
    json_member_text(json, "library_name", state->library_name);
    json_member_bool(json, "code_needed", needs_code(req));
    json_member_text(json, "restore", restore_state_name(status.state));
    json_member_text(json, "restore_detail", needs_code(req) ? NULL : status.detail); /* it names files */
    json_member_int(json, "bytes", status.bytes);
    json_member_int(json, "bytes_done", status.bytes_done);
    json_object_end(json);
    return OK;
}

/* ---- the way out ----------------------------------------------------------------------------------------------- */

static void write_file(struct json_writer *json, const struct restore_file *file)
{
    json_object_begin(json);
    json_member_text(json, "path", file->path);
    json_member_text(json, "library", file->library);
    json_member_text(json, "kind", file->kind);
    json_member_text(json, "verified", file->verified);
    json_member_instant(json, "made_at", file->made_at);
    json_member_int(json, "bytes", file->bytes);
    json_member_bool(json, "sealed", file->sealed);
    json_member_bool(json, "counted", file->counted);
    json_member_int(json, "books", file->counts.books);
    json_member_int(json, "copies", file->counts.copies);
    json_member_int(json, "members", file->counts.members);
    json_member_int(json, "open_borrows", file->counts.open_borrows);
    json_object_end(json);
}

static enum error_kind list_files(struct request *req, struct response *res)
{
    const struct rescue_state *state = rescue_state();
    struct json_writer *json = response_json(res);
    struct rescue_request given;
    struct restore_status status;
    struct restore_file *first;

    TRY(prove(req, res, &given));
    restore_status(req->ctx, &status);
    TRY(restore_files_in(req->ctx, state->folders, state->library, &first));
    json_object_begin(json);
    json_member_text(json, "detail", state->detail);
    json_member_text(json, "library", state->library);
    json_member_bool(json, "may_begin_anew", state->may_begin_anew);
    json_member_text(json, "restore_detail", status.detail);
    json_key(json, "files");
    json_array_begin(json);
    for (const struct restore_file *file = first; file; file = file->next)
        write_file(json, file);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind check_listed(struct request *req, const char *path)
{
    const struct rescue_state *state = rescue_state();
    struct restore_file *file;

    if (req->ctx->actor.access == LOCAL_ADMIN)
        return OK;
    TRY(restore_files_in(req->ctx, state->folders, state->library, &file));
    while (file && strcmp(file->path, path) != 0)
        file = file->next;
    return file ? OK : fail(req->ctx, BACKUP_NOT_FOUND, "%s is none of the backups that are listed.", path);
}

/* The library's zone is not known: its clock's time would be taken for this machine's. */
static enum error_kind check_until(struct request *req, const char *until)
{
    int64_t instant;

    if (!until || strcmp(until, "latest") == 0 || clock_parse_instant(until, &instant))
        return OK;
    return fail(req->ctx, INVALID_PARAMETER,
                "%s has no offset, and the library's time zone cannot be read. Give the time in full, "
                "2026-11-22T14:30:00Z, or latest.",
                until);
}

static enum error_kind begin_restore(struct request *req, struct response *res)
{
    struct rescue_request given;

    TRY(prove(req, res, &given));
    TRY(check_listed(req, given.path));
    TRY(check_until(req, given.until));
    const struct restore_wish wish = {given.path, given.passphrase, given.until};
    TRY(restore_begin(req->ctx, &wish));
    return get_rescue(req, res);
}

static enum error_kind begin_anew(struct request *req, struct response *res)
{
    struct rescue_request given;

    TRY(prove(req, res, &given));
    if (!rescue_state()->may_begin_anew || !given.confirm)
        return fail(
            req->ctx, CONFLICT,
            "There is a file where the library should be. It is never replaced by an empty one: restore a "
            "backup, or move it away and start Carrel again.");
    rescue_begin_anew();
    return get_rescue(req, res);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

static const struct reply_field health_shape[] = {
    {"status", COLUMN_TEXT, false, "damaged"},
    {"db", COLUMN_TEXT, false, "Why, as in /rescue"},
    {"detail", COLUMN_TEXT, false, "The same for people"},
    {"error_code", COLUMN_TEXT, false, "LIBRARY_CLOSED"},
    {"correlation_id", COLUMN_TEXT, false, "Of this request"},
    {0},
};

static const struct reply_field rescue_shape[] = {
    {"reason", COLUMN_TEXT, false,
     "damaged; foreign: no Carrel library; too_new: of a newer Carrel; gone: only its backups are there"},
    {"library_name", COLUMN_TEXT, true, "What the library calls itself; null: that cannot be read"},
    {"code_needed", COLUMN_BOOL, false, "What follows needs the setup code"},
    {"restore", COLUMN_TEXT, false, "How far a restore is: none, staging, ready, swapping, failed"},
    {"restore_detail", COLUMN_TEXT, true, "Why it failed; where the code is needed, /rescue/files says so"},
    {"bytes", COLUMN_INTEGER, false, "Size of what is restored"},
    {"bytes_done", COLUMN_INTEGER, false, "… of which so much is copied"},
    {0},
};

static const struct reply_field file_shape[] = {
    {"path", COLUMN_TEXT, false, "The file"},
    {"library", COLUMN_TEXT, true, "File name of the library that it is a copy of; null: it does not say"},
    {"kind", COLUMN_TEXT, true, "As of a backup; aside: the library as it was before a restore"},
    {"verified", COLUMN_TEXT, true, "How it was read back when it was made"},
    {"made_at", COLUMN_INSTANT, true, "The moment that it is a copy of"},
    {"bytes", COLUMN_INTEGER, false, "Its size"},
    {"sealed", COLUMN_BOOL, false, "It takes a passphrase"},
    {"counted", COLUMN_BOOL, false, "What it holds is known"},
    {"books", COLUMN_INTEGER, false, "Titles"},
    {"copies", COLUMN_INTEGER, false, "Copies"},
    {"members", COLUMN_INTEGER, false, "Members"},
    {"open_borrows", COLUMN_INTEGER, false, "Open loans"},
    {0},
};

static const struct reply_field files_shape[] = {
    {"detail", COLUMN_TEXT, false, "What is the matter, for people"},
    {"library", COLUMN_TEXT, false, "The library's file"},
    {"may_begin_anew", COLUMN_BOOL, false, "There is nothing at its place"},
    {"restore_detail", COLUMN_TEXT, true, "Why the last restore failed"},
    {"files", .meaning = "What may be restored, newest first", .fields = file_shape, .many = true},
    {0},
};

static const struct reply health_reply = {"Health", health_shape};
static const struct reply rescue_reply = {"Rescue", rescue_shape};
static const struct reply files_reply = {"RescueFiles", files_shape};

const struct route rescue_routes[] = {
    {GET, "/health", ANYONE, UNMANAGED, LIMIT_NONE, get_health, "Is the library there? 503: no",
     .reply = &health_reply, .root = true},
    {GET, "/healthz", ANYONE, UNMANAGED, LIMIT_NONE, get_health, "The same, as containers ask",
     .reply = &health_reply, .root = true},
    {GET, "/readyz", ANYONE, UNMANAGED, LIMIT_NONE, get_health, "Can it serve? 503: no",
     .reply = &health_reply, .root = true},
    {GET, "/rescue", ANYONE, UNMANAGED, LIMIT_NONE, get_rescue, "Why can the library not be opened?",
     .reply = &rescue_reply},
    {POST, "/rescue/files", ANYONE, UNMANAGED, LIMIT_WRITE, list_files, "List what may be restored",
     .body = code_fields, .reply = &files_reply,
     .errors = ERRORS(ERR_WRONG_SETUP_CODE, ERR_TOO_MANY_ATTEMPTS)},
    {POST, "/rescue/restore", ANYONE, UNMANAGED, LIMIT_WRITE, begin_restore,
     "Put a backup in the library's place; what lies there is kept beside it", .body = restore_fields,
     .reply = &rescue_reply, .status = 202,
     .errors =
         ERRORS(ERR_INVALID_PARAMETER, ERR_WRONG_PASSPHRASE, ERR_WRONG_SETUP_CODE, ERR_BACKUP_NOT_FOUND,
                ERR_CONFLICT, ERR_NOT_A_LIBRARY, ERR_LIBRARY_TOO_NEW, ERR_LIBRARY_DAMAGED,
                ERR_PASSPHRASE_REQUIRED, ERR_JOURNAL_GAP, ERR_RESTORE_UNDER_WAY, ERR_TOO_MANY_ATTEMPTS)},
    {POST, "/rescue/anew", ANYONE, UNMANAGED, LIMIT_WRITE, begin_anew,
     "Begin an empty library where the old one has gone", .body = anew_fields, .reply = &rescue_reply,
     .status = 202, .errors = ERRORS(ERR_WRONG_SETUP_CODE, ERR_CONFLICT, ERR_TOO_MANY_ATTEMPTS)},
    {0},
};
