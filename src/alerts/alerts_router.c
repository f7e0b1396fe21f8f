/*
 * alerts_router.c — what is not well, for those who work here.
 */
#include "alerts/alerts_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static void write_alert(struct json_writer *json, const struct alert *alert)
{
    json_object_begin(json);
    json_member_uuid(json, "id", &alert->uuid);
    json_member_text(json, "subject", alert->subject);
    json_member_text(json, "state", health_state_name(alert->state));
    json_member_text(json, "text", alert->text);
    json_member_instant(json, "began_at", alert->began_at);
    json_member_instant(json, "ended_at", alert->ended_at);
    json_member_instant(json, "told_at", alert->told_at);
    json_member_text(json, "seen_by", alert->seen_by);
    json_member_instant(json, "seen_at", alert->seen_at);
    json_object_end(json);
}

static enum error_kind list_alerts(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct alert *alert;
    bool all;

    TRY(request_query_bool(req, "all", false, &all));
    TRY(alerts_list(req->ctx, all, &alert));
    json_object_begin(json);
    json_key(json, "data");
    json_array_begin(json);
    for (; alert; alert = alert->next)
        write_alert(json, alert);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind see_alert(struct request *req, struct response *res)
{
    struct alert alert;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(alerts_see(req->ctx, &uuid, &alert));
    write_alert(response_json(res), &alert);
    return OK;
}

struct trial {
    struct alert_hearers hearers;
    struct alert_telling telling;
};

static enum error_kind begin_test(struct request *req, struct response *res)
{
    struct trial *trial = arena_alloc(req->ctx->arena, sizeof *trial);

    (void)res;
    req->state = trial;
    return alerts_hearers(req->ctx, &trial->hearers);
}

static enum error_kind run_test(struct request *req, struct response *res)
{
    struct trial *trial = req->state;

    (void)res;
    alerts_try(req->ctx, &trial->hearers, &trial->telling);
    return OK;
}

static void write_way(struct json_writer *json, const char *name, const struct alert_way *way)
{
    json_key(json, name);
    if (!way->is_set) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_member_bool(json, "ok", way->ok);
    json_member_text(json, "problem", way->problem);
    json_object_end(json);
}

static enum error_kind answer_test(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    const struct trial *trial = req->state;

    json_object_begin(json);
    write_way(json, "email", &trial->telling.email);
    write_way(json, "chat", &trial->telling.chat);
    json_object_end(json);
    return OK;
}

static const struct reply_field alert_shape[] = {
    {"id", COLUMN_UUID, .meaning = "Id"},
    {"subject", COLUMN_TEXT, .meaning = "What it is about, as /admin/health-check names it: backups, disk …"},
    {"state", COLUMN_TEXT, .meaning = "warn: look at it one of these days; bad: today"},
    {"text", COLUMN_TEXT, .meaning = "In plain words"},
    {"began_at", COLUMN_INSTANT, .meaning = "When it was noted"},
    {"ended_at", COLUMN_INSTANT, true, "When it was over; null: it is still there"},
    {"told_at", COLUMN_INSTANT, true, "When somebody was last told by e-mail or chat; null: nobody was"},
    {"seen_by", COLUMN_TEXT, true, "Who has put it away; null: nobody"},
    {"seen_at", COLUMN_INSTANT, true, "When"},
    {0},
};

static const struct reply_field alerts_shape[] = {
    {"data", .fields = alert_shape, .many = true,
     .meaning = "Those that are still there; with all, the newest first"},
    {0},
};

static const struct reply_field way_shape[] = {
    {"ok", COLUMN_BOOL, .meaning = "It was taken"},
    {"problem", COLUMN_TEXT, true, "Why not"},
    {0},
};

static const struct reply_field test_shape[] = {
    {"email", .fields = way_shape, .nullable = true, .meaning = "To alert_email; null: there is none"},
    {"chat", .fields = way_shape, .nullable = true, .meaning = "To alert_chat_url; null: there is none"},
    {0},
};

static const struct reply alert_reply = {"Alert", alert_shape};
static const struct reply alerts_reply = {"Alerts", alerts_shape};
static const struct reply test_reply = {"AlertTest", test_shape};

static const struct field list_parameters[] = {
    {"all", FIELD_BOOL, OPTIONAL, 0, 0, 0, "true: those that are over as well; for administrators"},
    {0},
};

const struct route alerts_routes[] = {
    {GET, "/alerts", LIBRARIAN, READS, LIMIT_READ, list_alerts,
     "What is not well with the library and its machine", .reply = &alerts_reply, .query = list_parameters},
    {POST, "/alerts/{id}/seen", LIBRARIAN, WRITES, LIMIT_WRITE, see_alert,
     "Put an alert away, until it becomes worse", .reply = &alert_reply,
     .errors = ERRORS(ERR_ALERT_NOT_FOUND)},
    {POST, "/alerts/test", ADMIN, READS, LIMIT_WRITE, answer_test,
     "Tell those who would be told, to see whether it arrives", .reply = &test_reply, .prepare = begin_test,
     .compute = run_test, .errors = ERRORS(ERR_CHANNEL_IS_OFF, ERR_NO_ADDRESS, ERR_NOT_DELIVERED)},
    {0},
};
