/*
 * calendar_router.c — when the library is open, day by day, and why, for everyone. Opening hours are set in
 * borrows/opening_router.c, closures are entered and taken back in borrows/closures_router.c: what is due moves.
 */
#include "base/clock.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "policies/calendar_service.h"

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

static void write_time(struct json_writer *w, const char *name, int64_t minutes)
{
    json_member_text(w, name, arena_printf(w->out->arena, "%02d:%02d", (int)minutes / 60, (int)minutes % 60));
}

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
    {GET, "/closures", ANYONE, READS, LIMIT_READ, list_closures,
     "Closures and exceptional openings, by their first day",
     .list = &closures_listing, .catalogue = true},
    {GET, "/closures/{id}", ANYONE, READS, LIMIT_READ, show_closure, "One closure or exceptional opening",
     .one = &closures_listing, .catalogue = true,
     .errors = ERRORS(ERR_CLOSURE_NOT_FOUND)},
    {GET, "/calendar", ANYONE, READS, LIMIT_READ, show_calendar, "Day by day: open or closed, when, and why",
     .query = calendar_query, .reply = &calendar_reply, .catalogue = true},
    {0},
};
/* clang-format on */
