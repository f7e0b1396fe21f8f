/*
 * notices_router.c — notifications over HTTP: a reader's own, and the staff's.
 */
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "notifications/notices_service.h"

static enum error_kind list_notices(struct request *req, struct response *res)
{
    return notices_list(req->ctx, &req->list, response_page(res));
}

static enum error_kind list_of_member(struct request *req, struct response *res)
{
    struct uuid member;

    TRY(request_uuid(req, "id", &member));
    return notices_list_of(req->ctx, &member, &req->list, response_page(res));
}

static enum error_kind find_notice(struct request *req, struct notice *out_notice)
{
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    return notices_find(req->ctx, &uuid, out_notice);
}

static enum error_kind show_notice(struct request *req, struct response *res)
{
    struct notice notice;

    TRY(find_notice(req, &notice));
    return notices_show(req->ctx, notice.id, response_row(res));
}

static enum error_kind show_unread(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct uuid member;
    int64_t unread;

    TRY(request_uuid(req, "id", &member));
    TRY(notices_unread(req->ctx, &member, &unread));
    json_object_begin(json);
    json_member_int(json, "unread", unread);
    json_object_end(json);
    return OK;
}

static enum error_kind read_notice(struct request *req, struct response *res)
{
    struct uuid uuid;
    int64_t id;

    TRY(request_uuid(req, "id", &uuid));
    TRY(notices_read(req->ctx, &uuid, &id));
    return notices_show(req->ctx, id, response_row(res));
}

static enum error_kind read_all(struct request *req, struct response *res)
{
    struct uuid member;

    (void)res;
    TRY(request_uuid(req, "id", &member));
    return notices_read_all(req->ctx, &member);
}

static enum error_kind send_message(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct notice_message message = {0};
    struct notice_queued queued;

    request_body(req, &message);
    TRY(notices_send(req->ctx, &message, &queued));
    json_object_begin(json);
    json_member_int(json, "queued", queued.queued);
    json_key(json, "without_address");
    json_array_begin(json);
    for (const struct notice_unreached *one = queued.without_address; one; one = one->next) {
        json_object_begin(json);
        json_member_uuid(json, "id", &one->id);
        json_member_text(json, "name", one->name);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
    return OK;
}

static enum error_kind send_again(struct request *req, struct response *res)
{
    struct notice notice;

    TRY(find_notice(req, &notice));
    TRY(notices_again(req->ctx, &notice));
    return notices_show(req->ctx, notice.id, response_row(res));
}

static enum error_kind wake(struct request *req, struct response *res)
{
    (void)req;
    (void)res;
    notices_wake();
    return OK;
}

static enum error_kind drop_notice(struct request *req, struct response *res)
{
    struct notice notice;

    (void)res;
    TRY(find_notice(req, &notice));
    return notices_drop(req->ctx, &notice);
}

static enum error_kind show_channel(struct request *req, struct json_writer *json,
                                    const struct notice_house *house, enum notice_channel channel)
{
    struct notice_channel_state state;

    TRY(notices_channel(req->ctx, house, channel, &state));
    json_object_begin(json);
    json_member_text(json, "channel", notice_channel_names[channel]);
    json_member_bool(json, "on", state.on);
    json_member_text(json, "why_off", state.why_off);
    json_member_int(json, "waiting", state.waiting);
    json_member_int(json, "failed", state.failed);
    json_member_instant(json, "last_sent_at", state.last_sent_at);
    json_member_text(json, "last_problem", state.last_problem);
    json_member_instant(json, "last_problem_at", state.last_problem_at);
    json_object_end(json);
    return OK;
}

static enum error_kind show_channels(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct notice_house house;

    TRY(notice_house_read(req->ctx, &house));
    json_object_begin(json);
    json_key(json, "channels");
    json_array_begin(json);
    for (enum notice_channel channel = 0; channel < NOTICE_CHANNELS; channel++)
        TRY(show_channel(req, json, &house, channel));
    json_array_end(json);
    json_object_end(json);
    return OK;
}

/* clang-format off */
static const struct reply_field unread_shape[] = {{"unread", COLUMN_INTEGER, .meaning = "Told in the program and not read yet"}, {0}};
static const struct reply unread_reply = {"UnreadNotifications", unread_shape};

static const struct reply_field unreached_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The member"},
    {"name", COLUMN_TEXT, .meaning = "Name"},
    {0},
};
static const struct reply_field queued_shape[] = {
    {"queued", COLUMN_INTEGER, .meaning = "Notifications that were made: one for each reader and channel"},
    {"without_address", .meaning = "Readers who cannot be reached so, or do not want it", .fields = unreached_shape, .many = true},
    {0},
};
static const struct reply queued_reply = {"QueuedNotifications", queued_shape};

static const struct reply_field channel_shape[] = {
    {"channel", COLUMN_TEXT, .meaning = "app, email or sms"},
    {"on", COLUMN_BOOL, .meaning = "Does anything go out by it?"},
    {"why_off", COLUMN_TEXT, true, "Why not"},
    {"waiting", COLUMN_INTEGER, .meaning = "Notifications that wait to be sent"},
    {"failed", COLUMN_INTEGER, .meaning = "Notifications that were given up"},
    {"last_sent_at", COLUMN_INSTANT, true, "When one was last sent"},
    {"last_problem", COLUMN_TEXT, true, "Why one was last not sent"},
    {"last_problem_at", COLUMN_INSTANT, true, "When that was"},
    {0},
};
static const struct reply_field channels_shape[] = {
    {"channels", .meaning = "Each of them", .fields = channel_shape, .many = true},
    {0},
};
static const struct reply channels_reply = {"NotificationChannels", channels_shape};

const struct route notices_routes[] = {
    {GET, "/notifications", LIBRARIAN, READS, LIMIT_SEARCH, list_notices, "List notifications, newest first",
     .list = &notices_listing},
    {POST, "/notifications/send", LIBRARIAN, WRITES, LIMIT_WRITE, send_message, "Write to readers, or to a group of them",
     .body = notice_message_fields, .reply = &queued_reply, .committed = wake,
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND, ERR_TEMPLATE_NOT_FOUND, ERR_CHANNEL_IS_OFF)},
    {GET, "/notifications/channels", LIBRARIAN, READS, LIMIT_READ, show_channels, "How each way to tell readers is doing",
     .reply = &channels_reply},
    {GET, "/notifications/member/{id}", MEMBER, READS, LIMIT_SEARCH, list_of_member, "What a member was told, newest first",
     .list = &notices_listing, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/notifications/member/{id}/unread", MEMBER, READS, LIMIT_READ, show_unread, "How much of it is not read yet",
     .reply = &unread_reply, .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {PUT, "/notifications/member/{id}/read", MEMBER, WRITES, LIMIT_WRITE, read_all, "All of it is read", .own = "id",
     .errors = ERRORS(ERR_MEMBER_NOT_FOUND)},
    {GET, "/notifications/{id}", LIBRARIAN, READS, LIMIT_READ, show_notice, "One notification", .one = &notices_listing,
     .errors = ERRORS(ERR_NOTIFICATION_NOT_FOUND)},
    {DELETE, "/notifications/{id}", LIBRARIAN, WRITES, LIMIT_WRITE, drop_notice, "Drop a notification that waits",
     .errors = ERRORS(ERR_NOTIFICATION_NOT_FOUND, ERR_CONFLICT)},
    {PUT, "/notifications/{id}/read", MEMBER, WRITES, LIMIT_WRITE, read_notice, "It is read", .one = &notices_listing,
     .errors = ERRORS(ERR_NOTIFICATION_NOT_FOUND)},
    {POST, "/notifications/{id}/send", LIBRARIAN, WRITES, LIMIT_WRITE, send_again,
     "Send once more what failed, was dropped, or may have gone", .one = &notices_listing, .committed = wake,
     .errors = ERRORS(ERR_NOTIFICATION_NOT_FOUND, ERR_CONFLICT)},
    {0},
};
/* clang-format on */
