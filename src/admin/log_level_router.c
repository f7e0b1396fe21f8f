/*
 * log_level_router.c — how much is logged, while the program runs.
 */
#include "admin/log_level_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static void write_level(struct response *res, const char *level)
{
    struct json_writer *json = response_json(res);

    json_object_begin(json);
    json_member_text(json, "level", level);
    json_object_end(json);
}

static enum error_kind get_level(struct request *req, struct response *res)
{
    (void)req;
    write_level(res, log_level_now());
    return OK;
}

static enum error_kind put_level(struct request *req, struct response *res)
{
    struct log_level_choice choice = {0};

    request_body(req, &choice);
    TRY(log_level_note(req->ctx, &choice));
    write_level(res, choice.level);
    return OK;
}

static enum error_kind apply_level(struct request *req, struct response *res)
{
    struct log_level_choice choice = {0};

    (void)res;
    request_body(req, &choice);
    log_level_apply(&choice);
    return OK;
}

static const struct reply_field level_shape[] = {
    {"level", COLUMN_TEXT, false, "debug, info, warn, error or off"},
    {0},
};

static const struct reply level_reply = {"LogLevel", level_shape};

const struct route log_level_routes[] = {
    {GET, "/admin/log-level", ADMIN, UNMANAGED, LIMIT_NONE, get_level, "How much is logged",
     .reply = &level_reply},
    {PUT, "/admin/log-level", ADMIN, WRITES, LIMIT_WRITE, put_level,
     "Log more or less from now on, until the next start", .body = log_level_fields, .committed = apply_level,
     .reply = &level_reply},
    {0},
};
