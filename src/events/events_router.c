/*
 * events_router.c — what happens, told as it happens: as a stream of server-sent events (WHATWG HTML, section 9.2)
 * to who accepts text/event-stream, as one JSON answer to who asks again and again.
 */
#include <string.h>

#include "base/limits.h"
#include "events/events_service.h"
#include "http/event_stream.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static void write_id(struct json_writer *w, const char *name, bool has, const struct uuid *uuid)
{
    json_key(w, name);
    if (has)
        json_uuid(w, uuid);
    else
        json_null(w);
}

static void write_facts(struct json_writer *w, const struct told_event *event)
{
    json_object_begin(w);
    json_member_uuid(w, "id", &event->uuid);
    json_member_text(w, "type", event->type);
    json_member_instant(w, "at", event->at);
    write_id(w, "book_id", event->has_book, &event->book);
    write_id(w, "member_id", event->has_member, &event->member);
    write_id(w, "borrow_id", event->has_borrow, &event->borrow);
    json_member_text(w, "detail", event->detail);
    json_object_end(w);
}

/* ---- as a stream --------------------------------------------------------------------------------------- */

static void tell(void *argument, const struct told_event *event)
{
    struct text_buf *out = argument;
    char id[UUID_TEXT_SIZE];
    struct json_writer w;

    uuid_format(&event->uuid, id);
    text_buf_printf(out, "id: %s\nevent: %s\ndata: ", id, event->type);
    json_writer_init(&w, out); /* JSON on one line: its texts escape every line end */
    write_facts(&w, event);
    text_buf_append(out, "\n\n");
}

static enum error_kind follow(struct request *req, struct response *res)
{
    bool missed = false;

    if (req->followed == NO_NUMBER) {
        const char *last = request_header(req, "Last-Event-ID");
        TRY(events_place(req->ctx, last ? last : request_query(req, "after"), &req->followed, &missed));
        text_buf_printf(&res->body, "retry: %d\n\n%s", EVENT_RETRY_MS,
                        missed ? "event: missed\ndata: {}\n\n" : "");
    }
    return events_after(req->ctx, &req->followed, tell, &res->body);
}

/* ---- as an answer -------------------------------------------------------------------------------------- */

struct answer {
    struct json_writer *json;
    struct uuid last;
    bool any;
};

static void add(void *argument, const struct told_event *event)
{
    struct answer *answer = argument;

    write_facts(answer->json, event);
    answer->last = event->uuid;
    answer->any = true;
}

static enum error_kind get_events(struct request *req, struct response *res)
{
    struct answer answer = {.json = response_json(res)};
    const char *after = request_query(req, "after");
    int64_t place;
    bool missed;

    if (event_stream_is_wanted(req))
        return follow(req, res);
    TRY(events_place(req->ctx, after, &place, &missed));
    /* Who has no place yet gets one: after the newest. */
    if (!after || missed)
        place = place > 0 ? place - 1 : 0;
    json_object_begin(answer.json);
    json_key(answer.json, "events");
    json_array_begin(answer.json);
    TRY(events_after(req->ctx, &place, add, &answer));
    json_array_end(answer.json);
    json_key(answer.json, "last_event_id");
    if (answer.any)
        json_uuid(answer.json, &answer.last);
    else if (after && !missed)
        json_text(answer.json, after);
    else
        json_null(answer.json);
    json_member_bool(answer.json, "missed", missed);
    json_object_end(answer.json);
    return OK;
}

static const struct reply_field event_shape[] = {
    {"id", COLUMN_UUID, .meaning = "The event, for `after` and Last-Event-ID"},
    {"type", COLUMN_TEXT, .meaning = "What happened: BookIssued, HoldReady …"},
    {"at", COLUMN_INSTANT, .meaning = "When it was recorded"},
    {"book_id", COLUMN_UUID, .nullable = true, .meaning = "The title it is about"},
    {"member_id", COLUMN_UUID, .nullable = true, .meaning = "The member it is about"},
    {"borrow_id", COLUMN_UUID, .nullable = true, .meaning = "The loan it is about"},
    {"detail", COLUMN_TEXT, .nullable = true, .meaning = "A word more, where the type has one"},
    {0},
};

static const struct reply_field events_shape[] = {
    {"events", .meaning = "In their order; without `after`, the newest alone", .fields = event_shape,
     .many = true},
    {"last_event_id", COLUMN_UUID, .nullable = true, .meaning = "What to ask for next as `after`"},
    {"missed", COLUMN_BOOL, .meaning = "The event that `after` names is gone: read anew what you keep"},
    {0},
};

static const struct reply events_reply = {"Events", events_shape};

struct events_query {
    const char *after;
};

static const struct field events_query[] = {
    {"after", FIELD_TEXT, OPTIONAL, 1, 64, AT(struct events_query, after), "The event that was heard last"},
    {0},
};

const struct route events_routes[] = {
    {GET, "/events", LIBRARIAN, READS, LIMIT_READ, get_events,
     "Hear what happens: a stream for text/event-stream, else what came after one event",
     .reply = &events_reply, .query = events_query, .follows = true},
    {0},
};
