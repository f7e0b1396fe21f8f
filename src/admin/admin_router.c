/*
 * admin_router.c — what the machine's owner and whatever watches the server may ask.
 */
#include "admin/admin_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

struct backup_request {
    const char *to;
};

static const struct field backup_fields[] = {
    {"to", FIELD_TEXT, REQUIRED, 1, 4000, AT(struct backup_request, to),
     "A new file, or a directory, on the server"},
    {0},
};

static enum error_kind get_health(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);

    TRY(admin_ping(req->ctx));
    json_object_begin(json);
    json_member_text(json, "status", "ok");
    json_member_text(json, "db", "connected");
    json_object_end(json);
    return OK;
}

static enum error_kind make_backup(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct backup_request wanted = {0};
    struct made_backup backup;

    request_body(req, &wanted);
    TRY(admin_backup(req->ctx, wanted.to, &backup));
    json_object_begin(json);
    json_member_text(json, "path", backup.path);
    json_member_int(json, "bytes", backup.bytes);
    json_member_int(json, "books", backup.books);
    json_member_int(json, "members", backup.members);
    json_member_int(json, "borrows", backup.borrows);
    json_member_int(json, "copy_ms", backup.copy_ms);
    json_member_int(json, "verify_ms", backup.verify_ms);
    json_object_end(json);
    return OK;
}

static enum error_kind run_check(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct check_report report;

    TRY(admin_check(req->ctx, &report));
    json_object_begin(json);
    json_member_bool(json, "ok", report.finding_count == 0);
    json_member_int(json, "finding_count", report.finding_count);
    json_key(json, "findings");
    json_array_begin(json);
    for (const struct finding *finding = report.findings; finding; finding = finding->next)
        json_text(json, finding->text);
    json_array_end(json);
    json_member_int(json, "ms", report.ms);
    json_object_end(json);
    return OK;
}

static enum error_kind rebuild(struct request *req, struct response *res)
{
    (void)res;
    return admin_rebuild(req->ctx);
}

static const struct reply_field health_shape[] = {
    {"status", COLUMN_TEXT, false, "ok"},
    {"db", COLUMN_TEXT, false, "connected"},
    {0},
};

static const struct reply_field backup_shape[] = {
    {"path", COLUMN_TEXT, false, "The finished file"},
    {"bytes", COLUMN_INTEGER, false, "Its size"},
    {"books", COLUMN_INTEGER, false, "Titles in it"},
    {"members", COLUMN_INTEGER, false, "Members in it"},
    {"borrows", COLUMN_INTEGER, false, "Loans in it"},
    {"copy_ms", COLUMN_INTEGER, false, "Time taken to copy"},
    {"verify_ms", COLUMN_INTEGER, false, "Time taken to read it back and check it"},
    {0},
};

static const struct reply_field check_shape[] = {
    {"ok", COLUMN_BOOL, false, "Nothing was found"},
    {"finding_count", COLUMN_INTEGER, false, "How much is wrong"},
    {"findings", COLUMN_TEXTS, false, "In plain words; the first of them when there are many"},
    {"ms", COLUMN_INTEGER, false, "Time taken"},
    {0},
};

static const struct reply health_reply = {"Health", health_shape};
static const struct reply backup_reply = {"Backup", backup_shape};
static const struct reply check_reply = {"Check", check_shape};

/* Rows for LOCAL_ADMIN are the other half of the command line: they answer on the local socket alone. */
const struct route admin_routes[] = {
    {GET, "/health", ANYONE, READS, LIMIT_NONE, get_health, "Is the library there?", .reply = &health_reply,
     .root = true, .during_setup = true},
    {GET, "/healthz", ANYONE, READS, LIMIT_NONE, get_health, "The same, as containers ask",
     .reply = &health_reply, .root = true, .during_setup = true},
    {GET, "/readyz", ANYONE, READS, LIMIT_NONE, get_health, "Can it serve?", .reply = &health_reply,
     .root = true, .during_setup = true},
    {POST, "/admin/backups", LOCAL_ADMIN, UNMANAGED, LIMIT_WRITE, make_backup, "Make a verified backup",
     .body = backup_fields, .reply = &backup_reply, .status = 201},
    {GET, "/admin/check", LOCAL_ADMIN, UNMANAGED, LIMIT_NONE, run_check, "Check every invariant",
     .reply = &check_reply},
    {POST, "/admin/rebuild", LOCAL_ADMIN, WRITES, LIMIT_WRITE, rebuild, "Write all derived rows anew"},
    {0},
};
