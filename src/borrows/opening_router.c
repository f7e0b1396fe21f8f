/*
 * opening_router.c — the ordinary week, for everyone, and who may change it. Here and not in policies/, as due dates
 * move with it.
 */
#include "borrows/closures_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

#define MINUTES_OF_A_DAY 1440

/* One of `days` in the body of PUT /opening-hours. */
struct opening_body {
    int64_t weekday;
    const char *opens, *closes;
};

struct week_body {
    struct object_list days; /* struct opening_body */
};

/* clang-format off */
static const struct field opening_fields[] = {
    {"weekday", FIELD_INTEGER, REQUIRED, 0, WEEKDAYS - 1, AT(struct opening_body, weekday), "0: Monday … 6: Sunday"},
    {"opens", FIELD_TEXT, REQUIRED, 5, 5, AT(struct opening_body, opens), "HH:MM"},
    {"closes", FIELD_TEXT, REQUIRED, 5, 5, AT(struct opening_body, closes), "HH:MM, later than it opens; 24:00: midnight"},
    {0},
};

static const struct field week_fields[] = {
    {"days", FIELD_OBJECTS, REQUIRED, 0, 0, AT(struct week_body, days),
     "The whole week; weekdays that are not named are closed, none at all means never closed",
     .most = OPENINGS_MAX, .fields = opening_fields, .size = sizeof(struct opening_body)},
    {0},
};

static const struct reply_field opening_reply_fields[] = {
    {"weekday", COLUMN_INTEGER, .meaning = "0: Monday … 6: Sunday"},
    {"opens", COLUMN_TEXT, .meaning = "HH:MM"},
    {"closes", COLUMN_TEXT, .meaning = "HH:MM; 24:00: midnight"},
    {0},
};

#define WEEK_REPLY_DAYS \
    {"days", .fields = opening_reply_fields, .many = true, \
     .meaning = "The ordinary week; weekdays that are not named are closed, none at all means never closed"}

static const struct reply_field week_reply_fields[] = {
    WEEK_REPLY_DAYS,
    {0},
};

static const struct reply_field week_changed_reply_fields[] = {
    WEEK_REPLY_DAYS,
    {"loans_moved", COLUMN_INTEGER, false, "Loans that were due on a day that is closed now, and have another due date"},
    {"holds_moved", COLUMN_INTEGER, false, "Holds that may be fetched on another last day"},
    {0},
};
/* clang-format on */

static const struct reply week_reply = {"OpeningHours", week_reply_fields};
static const struct reply week_changed_reply = {"OpeningHoursChanged", week_changed_reply_fields};

static bool read_two(const char *text, int max, int *out_value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *out_value = 10 * (text[0] - '0') + (text[1] - '0');
    return *out_value <= max;
}

/* "09:30" → 570; up to "24:00". */
static bool read_time(const char *text, int64_t *out_minutes)
{
    int hours, minutes;

    if (!read_two(text, 24, &hours) || text[2] != ':' || !read_two(text + 3, 59, &minutes))
        return false;
    *out_minutes = 60 * hours + minutes;
    return text[5] == '\0' && *out_minutes <= MINUTES_OF_A_DAY;
}

static void check_time(struct ctx *ctx, size_t index, const char *name, const char *text,
                       int64_t *out_minutes)
{
    if (!read_time(text, out_minutes))
        error_field(ctx, "body", arena_printf(ctx->arena, "days[%zu].%s", index, name), "time",
                    "must be a time like 09:30");
}

static enum error_kind read_week(struct request *req, struct opening_hours *out_hours)
{
    struct week_body body = {.days = {NULL, 0}};
    struct opening_hours hours = {.count = 0};

    request_body(req, &body);
    const struct opening_body *items = body.days.items;
    for (; hours.count < body.days.count; hours.count++) {
        const struct opening_body *item = &items[hours.count];
        struct opening *opening = &hours.items[hours.count];
        opening->weekday = item->weekday;
        check_time(req->ctx, hours.count, "opens", item->opens, &opening->opens);
        check_time(req->ctx, hours.count, "closes", item->closes, &opening->closes);
    }
    TRY(error_check_fields(req->ctx));
    *out_hours = hours;
    return OK;
}

static void write_time(struct json_writer *w, const char *name, int64_t minutes)
{
    json_member_text(w, name, arena_printf(w->out->arena, "%02d:%02d", (int)minutes / 60, (int)minutes % 60));
}

static enum error_kind write_days(struct ctx *ctx, struct json_writer *w)
{
    struct opening_hours hours;

    TRY(closures_hours(ctx, &hours));
    json_key(w, "days");
    json_array_begin(w);
    for (size_t i = 0; i < hours.count; i++) {
        json_object_begin(w);
        json_member_int(w, "weekday", hours.items[i].weekday);
        write_time(w, "opens", hours.items[i].opens);
        write_time(w, "closes", hours.items[i].closes);
        json_object_end(w);
    }
    json_array_end(w);
    return OK;
}

static enum error_kind show_hours(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);

    json_object_begin(w);
    TRY(write_days(req->ctx, w));
    json_object_end(w);
    return OK;
}

static enum error_kind set_hours(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct opening_hours hours;
    size_t borrows, holds;

    TRY(read_week(req, &hours));
    TRY(closures_set_hours(req->ctx, &hours, &borrows, &holds));
    json_object_begin(w);
    TRY(write_days(req->ctx, w));
    json_member_int(w, "loans_moved", (int64_t)borrows);
    json_member_int(w, "holds_moved", (int64_t)holds);
    json_object_end(w);
    return OK;
}

/* clang-format off */
const struct route opening_routes[] = {
    {GET, "/opening-hours", ANYONE, READS, LIMIT_READ, show_hours, "When the library is open in an ordinary week",
     .reply = &week_reply, .catalogue = true},
    {PUT, "/opening-hours", ADMIN, WRITES, LIMIT_WRITE, set_hours,
     "Replace the opening hours of the whole week, and move what is due on a day that they close",
     .body = week_fields, .reply = &week_changed_reply,
     .errors = ERRORS(ERR_CONFLICT)},
    {0},
};
/* clang-format on */
