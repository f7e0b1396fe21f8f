/*
 * admin_router.c — what the machine's owner and whatever watches the server may ask.
 */
#include <string.h>

#include "admin/admin_service.h"
#include "admin/health_service.h"
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
    const char *problems[HEALTH_SUBJECTS];

    TRY(admin_readiness(req->ctx, &readiness));
    TRY(health_problems(req->ctx, problems));
    json_object_begin(json);
    json_member_text(json, "status", "ok");
    json_member_text(json, "db", "connected");
    json_member_instant(json, "last_backup_at", readiness.last_backup_at);
    json_member_bool(json, "backup_is_old", readiness.backup_is_old);
    json_key(json, "problems");
    json_array_begin(json);
    for (int i = 0; i < HEALTH_SUBJECTS; i++)
        if (problems[i])
            json_text(json, problems[i]);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static void write_figures(struct json_writer *json, const struct health_figure *figure)
{
    json_key(json, "figures");
    json_object_begin(json);
    for (; figure->name; figure++) {
        size_t length = strlen(figure->name);
        if (figure->text)
            json_member_text(json, figure->name, figure->text);
        else if (length > 3 && strcmp(figure->name + length - 3, "_at") == 0)
            json_member_instant(json, figure->name, figure->number);
        else
            json_member_int(json, figure->name, figure->number);
    }
    json_object_end(json);
}

static enum error_kind check_health(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct health_report report;

    TRY(health_look(req->ctx, &report));
    json_object_begin(json);
    json_member_text(json, "state", health_state_name(report.state));
    json_key(json, "checks");
    json_array_begin(json);
    for (int i = 0; i < HEALTH_SUBJECTS; i++) {
        json_object_begin(json);
        json_member_text(json, "name", report.checks[i].name);
        json_member_text(json, "state", health_state_name(report.checks[i].state));
        json_member_text(json, "text", report.checks[i].text);
        write_figures(json, report.checks[i].figures);
        json_object_end(json);
    }
    json_array_end(json);
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
    {"problems", COLUMN_TEXTS, false, "What is bad in /api/v1/admin/health-check, by name"},
    {0},
};

static const struct reply_field health_check_fields[] = {
    {"name", COLUMN_TEXT, false,
     "database, disk, backups, journal, writer, clock, certificate, card, mail, webhooks, versions"},
    {"state", COLUMN_TEXT, false, "ok; warn: look at it one of these days; bad: today"},
    {"text", COLUMN_TEXT, false, "In plain words"},
    {"figures", .open = true, .meaning = "Numbers and names behind it"},
    {0},
};

static const struct reply_field health_check_shape[] = {
    {"state", COLUMN_TEXT, false, "The worst of all"},
    {"checks", .fields = health_check_fields, .many = true, .meaning = "One for each subject"},
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
static const struct reply health_check_reply = {"HealthCheck", health_check_shape};
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
    {GET, "/admin/health-check", ADMIN, READS, LIMIT_READ, check_health,
     "Is all well with the library and its machine?", .reply = &health_check_reply},
    {GET, "/admin/check", LOCAL_ADMIN, UNMANAGED, LIMIT_NONE, run_check, "Check every invariant",
     .reply = &check_reply, .query = check_parameters,
     .errors = ERRORS(ERR_NOT_A_LIBRARY, ERR_LIBRARY_DAMAGED)},
    {POST, "/admin/check/words", LOCAL_ADMIN, WRITES, LIMIT_WRITE, check_words,
     "Check the lists of words that are searched", .reply = &check_reply},
    {POST, "/admin/rebuild", LOCAL_ADMIN, WRITES, LIMIT_WRITE, rebuild, "Write all derived rows anew",
     .errors = ERRORS(ERR_LIBRARY_DAMAGED)},
    {POST, "/admin/repair", LOCAL_ADMIN, WRITES, LIMIT_WRITE, repair,
     "Make indexes, lists of words and all derived rows anew", .errors = ERRORS(ERR_LIBRARY_DAMAGED)},
    {0},
};
