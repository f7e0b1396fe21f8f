/*
 * webhooks_router.c — who is told what happens here: an administrator's business.
 */
#include "base/limits.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "webhooks/deliveries_service.h"
#include "webhooks/webhook_post.h"
#include "webhooks/webhooks_service.h"

/* ---- webhooks ------------------------------------------------------------------------------------------ */

static enum error_kind list_webhooks(struct request *req, struct response *res)
{
    return webhooks_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind find_webhook(struct request *req, struct webhook *out_webhook)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return webhooks_find(req->ctx, &uuid, out_webhook);
}

static enum error_kind show_webhook(struct request *req, struct response *res)
{
    struct webhook webhook;

    TRY(find_webhook(req, &webhook));
    response_version(res, webhook.version);
    return webhooks_show(req->ctx, webhook.id, response_row(res));
}

static enum error_kind answer_secret(struct request *req, struct response *res, int64_t id,
                                     const char *secret)
{
    struct json_writer *w = response_json(res);

    json_object_begin(w);
    json_key(w, "webhook");
    TRY(webhooks_show(req->ctx, id, response_row(res)));
    json_member_text(w, "secret", secret);
    json_object_end(w);
    return OK;
}

static enum error_kind add_webhook(struct request *req, struct response *res)
{
    struct webhook_facts facts = {.enabled = true};
    struct webhook webhook;
    const char *secret;

    request_body(req, &facts);
    TRY(webhooks_add(req->ctx, &facts, &webhook, &secret));
    return answer_secret(req, res, webhook.id, secret);
}

static enum error_kind edit_webhook(struct request *req, struct response *res)
{
    struct webhook webhook;
    struct webhook_facts facts;

    TRY(find_webhook(req, &webhook));
    facts = webhook.facts;
    request_body(req, &facts);
    TRY(webhooks_update(req->ctx, &webhook, &facts, request_expected_version(req)));
    return show_webhook(req, res);
}

static enum error_kind renew_secret(struct request *req, struct response *res)
{
    struct webhook webhook;
    const char *secret;

    TRY(find_webhook(req, &webhook));
    TRY(webhooks_renew_secret(req->ctx, &webhook, &secret));
    return answer_secret(req, res, webhook.id, secret);
}

static enum error_kind plan_deletion(struct request *req, struct response *res)
{
    (void)res;
    req->state = arena_alloc(req->ctx->arena, sizeof(struct webhook));
    TRY(find_webhook(req, req->state));
    return webhooks_check_version(req->ctx, req->state, request_expected_version(req));
}

static enum error_kind delete_webhook(struct request *req, struct response *res)
{
    return webhooks_delete_step(req->ctx, req->state, &res->more);
}

static enum error_kind list_event_types(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);

    (void)req;
    json_object_begin(w);
    json_key(w, "data");
    json_array_begin(w);
    for (int type = EVENT_NONE + 1; type < EVENT_TYPES_END; type++) {
        json_object_begin(w);
        json_member_text(w, "type", event_kinds[type].name);
        json_member_text(w, "meaning", event_kinds[type].meaning);
        json_member_text(w, "detail", event_kinds[type].detail);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return OK;
}

/* ---- a test -------------------------------------------------------------------------------------------- */

struct webhook_test {
    struct webhook webhook;
    struct delivery delivery;
    struct delivery_outcome outcome;
};

static enum error_kind prepare_test(struct request *req, struct response *res)
{
    struct webhook_test *test = arena_alloc(req->ctx->arena, sizeof *test);

    (void)res;
    req->state = test;
    TRY(find_webhook(req, &test->webhook));
    return deliveries_make_test(req->ctx, &test->webhook, &test->delivery);
}

static enum error_kind post_test(struct request *req, struct response *res)
{
    struct webhook_test *test = req->state;

    (void)res;
    webhook_post(req->ctx->arena, &test->webhook, &test->delivery, req->ctx->now, &test->outcome);
    return OK;
}

static enum error_kind answer_test(struct request *req, struct response *res)
{
    struct webhook_test *test = req->state;
    struct json_writer *w = response_json(res);

    TRY(deliveries_keep_test(req->ctx, &test->webhook, &test->delivery, &test->outcome));
    json_object_begin(w);
    json_member_bool(w, "ok", test->outcome.is_sent);
    json_key(w, "status");
    if (test->outcome.status == NO_NUMBER)
        json_null(w);
    else
        json_int(w, test->outcome.status);
    json_member_text(w, "problem", test->outcome.problem);
    json_member_uuid(w, "delivery_id", &test->delivery.uuid);
    json_object_end(w);
    return OK;
}

/* ---- deliveries ---------------------------------------------------------------------------------------- */

static enum error_kind list_deliveries(struct request *req, struct response *res)
{
    return deliveries_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_deliveries_of(struct request *req, struct response *res)
{
    struct webhook webhook;

    TRY(find_webhook(req, &webhook));
    return deliveries_list_of(req->ctx, &webhook.uuid, &req->list, response_page(res));
}

static enum error_kind send_again(struct request *req, struct response *res)
{
    struct delivery delivery;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(deliveries_find(req->ctx, &uuid, &delivery));
    TRY(deliveries_send_again(req->ctx, &delivery));
    return deliveries_show(req->ctx, delivery.id, response_row(res));
}

/* ---- the table ------------------------------------------------------------------------------------------ */

/* clang-format off */
static const struct reply_field secret_shape[] = {
    {"webhook", .row = &webhooks_listing, .meaning = "The webhook"},
    {"secret", COLUMN_TEXT, .meaning = "What its deliveries are signed with (whsec_…); shown this once"},
    {0},
};

static const struct reply_field test_shape[] = {
    {"ok", COLUMN_BOOL, .meaning = "It has answered 2xx"},
    {"status", COLUMN_INTEGER, true, "Status of the answer; null: there was none"},
    {"problem", COLUMN_TEXT, true, "What was wrong, with the beginning of the answer"},
    {"delivery_id", COLUMN_UUID, .meaning = "The delivery: its webhook-id"},
    {0},
};

static const struct reply_field type_shape[] = {
    {"type", COLUMN_TEXT, .meaning = "Its name"},
    {"meaning", COLUMN_TEXT, .meaning = "What has happened"},
    {"detail", COLUMN_TEXT, true, "What its `detail` says; null: nothing"},
    {0},
};

static const struct reply_field types_shape[] = {
    {"data", .fields = type_shape, .many = true, .meaning = "Every type of event"},
    {0},
};

static const struct reply secret_reply = {"WebhookSecret", secret_shape};
static const struct reply test_reply = {"WebhookTest", test_shape};
static const struct reply types_reply = {"EventTypes", types_shape};

const struct route webhooks_routes[] = {
    {GET, "/webhooks", ADMIN, READS, LIMIT_SEARCH, list_webhooks, "List who is told what happens", .list = &webhooks_listing},
    {POST, "/webhooks", ADMIN, WRITES, LIMIT_WRITE, add_webhook, "Tell a program elsewhere what happens from now on",
     .body = webhook_fields, .reply = &secret_reply, .status = 201, .secret = true,
     .errors = ERRORS(ERR_CONFLICT, ERR_DUPLICATE_WEBHOOK)},
    {GET, "/webhooks/event-types", ADMIN, UNMANAGED, LIMIT_READ, list_event_types, "Every type of event, and what it means",
     .reply = &types_reply},
    {GET, "/webhooks/deliveries", ADMIN, READS, LIMIT_SEARCH, list_deliveries, "List deliveries, newest first",
     .list = &deliveries_listing},
    {POST, "/webhooks/deliveries/{id}/send", ADMIN, WRITES, LIMIT_WRITE, send_again, "Send a delivery once more",
     .one = &deliveries_listing,
     .errors = ERRORS(ERR_DELIVERY_NOT_FOUND, ERR_CONFLICT)},
    {GET, "/webhooks/{id}", ADMIN, READS, LIMIT_READ, show_webhook, "Show a webhook", .one = &webhooks_listing,
     .errors = ERRORS(ERR_WEBHOOK_NOT_FOUND)},
    {PUT, "/webhooks/{id}", ADMIN, WRITES, LIMIT_WRITE, edit_webhook, "Change the given members of a webhook",
     .body = webhook_edit_fields, .body_use = FIELDS_EDIT, .one = &webhooks_listing,
     .errors = ERRORS(ERR_WEBHOOK_NOT_FOUND, ERR_DUPLICATE_WEBHOOK, ERR_PRECONDITION_FAILED)},
    {PATCH, "/webhooks/{id}", ADMIN, WRITES, LIMIT_WRITE, edit_webhook, "Change the given members of a webhook",
     .body = webhook_edit_fields, .body_use = FIELDS_EDIT, .one = &webhooks_listing,
     .errors = ERRORS(ERR_WEBHOOK_NOT_FOUND, ERR_DUPLICATE_WEBHOOK, ERR_PRECONDITION_FAILED)},
    {DELETE, "/webhooks/{id}", ADMIN, BULK, LIMIT_WRITE, delete_webhook, "Remove a webhook and its deliveries",
     .prepare = plan_deletion,
     .errors = ERRORS(ERR_WEBHOOK_NOT_FOUND, ERR_PRECONDITION_FAILED)},
    {POST, "/webhooks/{id}/secret", ADMIN, WRITES, LIMIT_WRITE, renew_secret, "Sign with another secret from now on",
     .reply = &secret_reply, .secret = true,
     .errors = ERRORS(ERR_WEBHOOK_NOT_FOUND)},
    {POST, "/webhooks/{id}/test", ADMIN, WRITES, LIMIT_WRITE, answer_test, "Post a test to a webhook now",
     .reply = &test_reply, .prepare = prepare_test, .compute = post_test,
     .errors = ERRORS(ERR_WEBHOOK_NOT_FOUND)},
    {GET, "/webhooks/{id}/deliveries", ADMIN, READS, LIMIT_SEARCH, list_deliveries_of, "List a webhook's deliveries, newest first",
     .list = &deliveries_listing,
     .errors = ERRORS(ERR_WEBHOOK_NOT_FOUND)},
    {0},
};
/* clang-format on */
