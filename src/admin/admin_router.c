/*
 * admin_router.c — what the machine's owner and whatever watches the server may ask.
 */
#include "admin/admin_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

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

static enum error_kind get_readiness(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct readiness readiness;

    TRY(admin_readiness(req->ctx, &readiness));
    json_object_begin(json);
    json_member_text(json, "status", "ok");
    json_member_text(json, "db", "connected");
    json_member_instant(json, "last_backup_at", readiness.last_backup_at);
    json_member_bool(json, "backup_is_old", readiness.backup_is_old);
    json_object_end(json);
    return OK;
}

static void write_report(struct json_writer *json, const struct check_report *report)
{
    json_object_begin(json);
    json_member_bool(json, "ok", report->finding_count == 0);
    json_member_int(json, "finding_count", report->finding_count);
    json_key(json, "findings");
    json_array_begin(json);
    for (const struct finding *finding = report->findings; finding; finding = finding->next)
        json_text(json, finding->text);
    json_array_end(json);
    json_member_int(json, "ms", report->ms);
    json_object_end(json);
}

static enum error_kind run_check(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct check_report report;
    bool full;

    TRY(request_query_bool(req, "full", false, &full));
    TRY(admin_check(req->ctx, full ? CHECK_FULL : CHECK_QUICK, &report));
    write_report(json, &report);
    return OK;
}

static enum error_kind check_words(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct check_report report;

    TRY(admin_check_words(req->ctx, &report));
    write_report(json, &report);
    return OK;
}

static enum error_kind rebuild(struct request *req, struct response *res)
{
    (void)res;
    return admin_rebuild(req->ctx);
}

static enum error_kind repair(struct request *req, struct response *res)
{
    (void)res;
    return admin_repair(req->ctx);
}

static const struct reply_field health_shape[] = {
    {"status", COLUMN_TEXT, false, "ok"},
    {"db", COLUMN_TEXT, false, "connected"},
    {0},
};

static const struct reply_field readiness_shape[] = {
    {"status", COLUMN_TEXT, false, "ok"},
    {"db", COLUMN_TEXT, false, "connected"},
    {"last_backup_at", COLUMN_INSTANT, true, "When the last good backup was made; null: there is none"},
    {"backup_is_old", COLUMN_BOOL, false, "None is younger than two days"},
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
static const struct reply readiness_reply = {"Readiness", readiness_shape};
static const struct reply check_reply = {"Check", check_shape};

static const struct field check_parameters[] = {
    {"full", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: every index entry against its row as well"},
    {0},
};

/* Rows for LOCAL_ADMIN are the other half of the command line: they answer on the local socket alone. */
const struct route admin_routes[] = {
    {GET, "/health", ANYONE, READS, LIMIT_NONE, get_health, "Is the library there?", .reply = &health_reply,
     .root = true, .during_setup = true},
    {GET, "/healthz", ANYONE, READS, LIMIT_NONE, get_health, "The same, as containers ask",
     .reply = &health_reply, .root = true, .during_setup = true},
    {GET, "/readyz", ANYONE, READS, LIMIT_NONE, get_readiness, "Can it serve, and is there a backup?",
     .reply = &readiness_reply, .root = true, .during_setup = true},
    {GET, "/admin/check", LOCAL_ADMIN, UNMANAGED, LIMIT_NONE, run_check, "Check every invariant",
     .reply = &check_reply, .query = check_parameters},
    {POST, "/admin/check/words", LOCAL_ADMIN, WRITES, LIMIT_WRITE, check_words,
     "Check the lists of words that are searched", .reply = &check_reply},
    {POST, "/admin/rebuild", LOCAL_ADMIN, WRITES, LIMIT_WRITE, rebuild, "Write all derived rows anew"},
    {POST, "/admin/repair", LOCAL_ADMIN, WRITES, LIMIT_WRITE, repair,
     "Make indexes, lists of words and all derived rows anew"},
    {0},
};
