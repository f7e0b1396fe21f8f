/*
 * channels_router.c — trying the ways out: one message, now, to see whether it arrives.
 */
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "notifications/trial_service.h"

/* The settings are read with a connection, which is given back before anybody is waited for. */
static enum error_kind begin_trial(struct request *req, struct response *res)
{
    struct trial *trial = arena_alloc(req->ctx->arena, sizeof *trial);

    (void)res;
    request_body(req, &trial->facts);
    req->state = trial;
    return trial_begin(req->ctx, trial);
}

static enum error_kind run_trial(struct request *req, struct response *res)
{
    (void)res;
    return trial_run(req->ctx, req->state);
}

static enum error_kind answer_trial(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    const struct trial *trial = req->state;

    json_object_begin(json);
    json_member_bool(json, "ok", true);
    json_member_text(json, "channel", trial->facts.channel);
    json_member_text(json, "address", trial->facts.address);
    json_object_end(json);
    return OK;
}

static const struct reply_field trial_shape[] = {
    {"ok", COLUMN_BOOL, .meaning = "The other side has taken it; whether it arrives, who waits for it knows"},
    {"channel", COLUMN_TEXT, .meaning = "email or sms"},
    {"address", COLUMN_TEXT, .meaning = "Where it went"},
    {0},
};

static const struct reply trial_reply = {"MessageTest", trial_shape};

const struct route channels_routes[] = {
    {POST, "/notifications/test", ADMIN, READS, LIMIT_WRITE, answer_trial,
     "Send a test message now, and hear what the mail server or the gateway says", .body = trial_fields,
     .reply = &trial_reply, .prepare = begin_trial, .compute = run_trial,
     .errors = ERRORS(ERR_CHANNEL_IS_OFF, ERR_NO_ADDRESS, ERR_NOT_DELIVERED)},
    {0},
};
