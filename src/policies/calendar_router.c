/*
 * calendar_router.c — when the library is open, for everyone, and who may change it. Closures are entered and taken
 * back in borrows/closures_router.c: what is due on their days moves.
 */
#include "base/clock.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "policies/calendar_service.h"

#define TIME_SIZE 8
#define MINUTES_OF_A_DAY 1440

/* ---- opening hours ----------------------------------------------------------------------------------- */

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

static const struct reply_field week_reply_fields[] = {
    {"days", .fields = opening_reply_fields, .many = true,
     .meaning = "The ordinary week; weekdays that are not named are closed, none at all means never closed"},
    {0},
};
/* clang-format on */

static const struct reply week_reply = {"OpeningHours", week_reply_fields};

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

static enum error_kind show_hours(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct opening_hours hours;

    TRY(calendar_hours(req->ctx, &hours));
    json_object_begin(w);
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
    json_object_end(w);
    return OK;
}

static enum error_kind set_hours(struct request *req, struct response *res)
{
    struct opening_hours hours;

    TRY(read_week(req, &hours));
    TRY(calendar_set_hours(req->ctx, &hours));
    return show_hours(req, res);
}

/* ---- closures ------------------------------------------------------------------------------------------ */

static enum error_kind list_closures(struct request *req, struct response *res)
{
    return calendar_list_closures(req->ctx, &req->list, response_page(res));
}

static enum error_kind show_closure(struct request *req, struct response *res)
{
    struct closure closure;
    struct uuid uuid;

    TRY(request_uuid(req, "id", &uuid));
    TRY(calendar_find_closure(req->ctx, &uuid, &closure));
    return calendar_show_closure(req->ctx, closure.id, response_row(res));
}

/* ---- day by day ---------------------------------------------------------------------------------------- */

struct calendar_query {
    int64_t from, to;
};

/* clang-format off */
static const struct field calendar_query[] = {
    {"from", FIELD_DAY, OPTIONAL, 0, 0, AT(struct calendar_query, from), "First day; without it, today"},
    {"to", FIELD_DAY, OPTIONAL, 0, 0, AT(struct calendar_query, to), "Last day; without it, 31 days in all"},
    {0},
};

static const struct reply_field day_reply_fields[] = {
    {"day", COLUMN_DAY, .meaning = "The day"},
    {"open", COLUMN_BOOL, .meaning = "The library is open"},
    {"opens", COLUMN_TEXT, .nullable = true, .meaning = "When it first opens, HH:MM; null: closed, or no hours are set"},
    {"closes", COLUMN_TEXT, .nullable = true, .meaning = "When it closes last, HH:MM"},
    {"reason", COLUMN_TEXT, .nullable = true, .meaning = "The closure or exceptional opening that decided; null: the ordinary week"},
    {0},
};

static const struct reply_field calendar_reply_fields[] = {
    {"days", .fields = day_reply_fields, .many = true, .meaning = "One after the other"},
    {0},
};
/* clang-format on */

static const struct reply calendar_reply = {"Calendar", calendar_reply_fields};

static void write_hours_of(struct json_writer *w, const struct opening_hours *hours, int weekday)
{
    const struct opening *first = NULL;
    const struct opening *last = NULL;

    for (size_t i = 0; i < hours->count; i++) {
        if (hours->items[i].weekday != weekday)
            continue;
        first = first ? first : &hours->items[i];
        last = &hours->items[i];
    }
    if (first) {
        write_time(w, "opens", first->opens);
        write_time(w, "closes", last->closes);
    } else {
        json_member_text(w, "opens", NULL);
        json_member_text(w, "closes", NULL);
    }
}

static void write_day(struct json_writer *w, const struct calendar_days *days,
                      const struct opening_hours *hours, int32_t number)
{
    static const struct opening_hours none;
    const struct calendar_day *day = calendar_days_at(days, number);

    json_object_begin(w);
    json_key(w, "day");
    json_day(w, number);
    json_member_bool(w, "open", day->open);
    write_hours_of(w, day->open ? hours : &none, clock_weekday_of(number));
    json_member_text(w, "reason", day->reason ? day->reason->facts.name : NULL);
    json_object_end(w);
}

static enum error_kind show_calendar(struct request *req, struct response *res)
{
    struct calendar_query query = {NO_NUMBER, NO_NUMBER};
    struct json_writer *w = response_json(res);
    const struct calendar_days *days;
    struct opening_hours hours;

    TRY(request_query_fields(req, &query));
    TRY(calendar_shown(req->ctx, query.from, query.to, &days));
    TRY(calendar_hours(req->ctx, &hours));
    json_object_begin(w);
    json_key(w, "days");
    json_array_begin(w);
    for (int32_t day = days->first; day <= days->last; day++)
        write_day(w, days, &hours, day);
    json_array_end(w);
    json_object_end(w);
    return OK;
}

/* clang-format off */
const struct route calendar_routes[] = {
    {GET, "/opening-hours", ANYONE, READS, LIMIT_READ, show_hours, "When the library is open in an ordinary week",
     .reply = &week_reply, .catalogue = true},
    {PUT, "/opening-hours", ADMIN, WRITES, LIMIT_WRITE, set_hours, "Replace the opening hours of the whole week",
     .body = week_fields, .reply = &week_reply},
    {GET, "/closures", ANYONE, READS, LIMIT_READ, list_closures,
     "Closures and exceptional openings, by their first day",
     .list = &closures_listing, .catalogue = true},
    {GET, "/closures/{id}", ANYONE, READS, LIMIT_READ, show_closure, "One closure or exceptional opening",
     .one = &closures_listing, .catalogue = true},
    {GET, "/calendar", ANYONE, READS, LIMIT_READ, show_calendar, "Day by day: open or closed, when, and why",
     .query = calendar_query, .reply = &calendar_reply, .catalogue = true},
    {0},
};
/* clang-format on */
