/*
 * analytics_router.c — figures for people who run the library. One piece of the dashboard, one function that
 * writes it, one table that documents it; the summary is all of them.
 */
#include "analytics/analytics_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

#define TOP_DEFAULT 10

/* ---- what may be asked for -------------------------------------------------------------------------------- */

struct analytics_query {
    int64_t from, to; /* days */
    int64_t limit;
};

/* clang-format off */
#define RANGE_QUERY \
    {"from", FIELD_DAY, OPTIONAL, 0, 0, AT(struct analytics_query, from), "First day; without it, 30 days up to `to`"}, \
    {"to", FIELD_DAY, OPTIONAL, 0, 0, AT(struct analytics_query, to), "Last day; without it, today"}
#define LIMIT_QUERY(max) \
    {"limit", FIELD_INTEGER, OPTIONAL, 1, max, AT(struct analytics_query, limit), "How many; without it, 10"}

static const struct field range_query[] = {RANGE_QUERY, {0}};
static const struct field top_query[] = {RANGE_QUERY, LIMIT_QUERY(ANALYTICS_TOP_MAX), {0}};
static const struct field activity_query[] = {LIMIT_QUERY(ANALYTICS_ACTIVITY_MAX), {0}};
/* clang-format on */

static enum error_kind read_query(struct request *req, struct day_range *out_range, size_t *out_limit)
{
    struct analytics_query query = {NO_NUMBER, NO_NUMBER, TOP_DEFAULT};

    TRY(request_query_fields(req, &query));
    *out_limit = (size_t)query.limit;
    return analytics_range(req->ctx, query.from, query.to, out_range);
}

/* ---- the pieces ------------------------------------------------------------------------------------------- */

static void write_overview(struct json_writer *w, const struct overview *overview)
{
    json_member_int(w, "total_books", overview->total_books);
    json_member_int(w, "active_borrows", overview->active_borrows);
    json_member_int(w, "overdue_borrows", overview->overdue_borrows);
    json_member_real(w, "utilization_rate", overview->utilization_rate, 2);
    json_member_real(w, "health_score", overview->health_score, 2);
}

static void write_overdue(struct json_writer *w, const struct overdue_figures *overdue)
{
    json_key(w, "overdue_breakdown");
    json_object_begin(w);
    json_member_int(w, "days_1_3", overdue->days_1_3);
    json_member_int(w, "days_4_7", overdue->days_4_7);
    json_member_int(w, "days_7_plus", overdue->days_7_plus);
    json_object_end(w);
}

static void write_inventory(struct json_writer *w, const struct inventory_health *inventory)
{
    json_member_int(w, "low_stock_books", inventory->low_stock);
    json_member_int(w, "never_borrowed_books", inventory->never_borrowed);
    json_member_int(w, "fully_unavailable_books", inventory->unavailable);
}

static void write_days(struct json_writer *w, const char *name, const struct day_range *range,
                       const int64_t *counts)
{
    json_key(w, name);
    json_array_begin(w);
    for (int32_t day = range->from; day <= range->to; day++) {
        json_object_begin(w);
        json_key(w, "date");
        json_day(w, day);
        json_member_int(w, "count", counts[day - range->from]);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_forecast(struct json_writer *w, const struct forecast *forecast)
{
    json_key(w, "forecast");
    json_object_begin(w);
    json_member_int(w, "projected_next_7_days_total", forecast->next_7_days);
    json_member_int(w, "daily_projection", forecast->daily);
    json_object_end(w);
}

static void write_members(struct json_writer *w, const char *name, const struct favourite_members *members)
{
    json_key(w, name);
    json_array_begin(w);
    for (size_t i = 0; i < members->count; i++) {
        json_object_begin(w);
        json_member_uuid(w, "member_id", &members->rows[i].uuid);
        json_member_text(w, "name", members->rows[i].name);
        json_member_int(w, "borrow_count", members->rows[i].borrow_count);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_books(struct json_writer *w, const char *name, const struct favourite_books *books)
{
    json_key(w, name);
    json_array_begin(w);
    for (size_t i = 0; i < books->count; i++) {
        json_object_begin(w);
        json_member_uuid(w, "book_id", &books->rows[i].uuid);
        json_member_text(w, "title", books->rows[i].title);
        json_member_text(w, "author", books->rows[i].author);
        json_member_int(w, "borrow_count", books->rows[i].borrow_count);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_activity(struct json_writer *w, const char *name, const struct activities *activities)
{
    json_key(w, name);
    json_array_begin(w);
    for (size_t i = 0; i < activities->count; i++) {
        const struct activity *activity = &activities->rows[i];
        json_object_begin(w);
        json_member_uuid(w, "id", &activity->borrow_id);
        json_member_text(w, "type", activity->is_return ? "return" : "borrow");
        json_member_text(w, "book_title", activity->book_title);
        json_member_text(w, "member_name", activity->member_name);
        json_member_instant(w, "timestamp", activity->at);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_summary(struct ctx *ctx, struct json_writer *w, const struct summary *summary)
{
    json_object_begin(w);
    json_key(w, "overview");
    json_object_begin(w);
    write_overview(w, &summary->overview);
    json_object_end(w);
    write_overdue(w, &summary->overdue);
    write_members(w, "top_members", &summary->members);
    json_key(w, "inventory_health");
    json_object_begin(w);
    write_inventory(w, &summary->inventory);
    json_object_end(w);
    write_days(w, "daily_active_members", &summary->trends.range, summary->trends.active_members);
    write_days(w, "daily_borrows", &summary->trends.range, summary->trends.borrows);
    write_forecast(w, &summary->forecast);
    write_books(w, "popular_books", &summary->books);
    write_activity(w, "recent_activity", &summary->activity);
    json_member_instant(w, "last_backup_at", summary->last_backup_at);
    json_member_bool(w, "backup_is_old", summary->backup_is_old);
    json_member_instant(w, "generated_at", ctx->now);
    json_object_end(w);
}

/* ---- handlers --------------------------------------------------------------------------------------------- */

static enum error_kind get_summary(struct request *req, struct response *res)
{
    struct summary *summary = arena_alloc(req->ctx->arena, sizeof *summary);
    struct day_range range;
    size_t limit;

    TRY(read_query(req, &range, &limit));
    TRY(analytics_summary(req->ctx, &range, summary));
    write_summary(req->ctx, response_json(res), summary);
    return OK;
}

static enum error_kind get_overview(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct overdue_figures overdue;
    struct overview overview;

    TRY(analytics_overview(req->ctx, &overview, &overdue));
    json_object_begin(w);
    write_overview(w, &overview);
    json_member_int(w, "total_copies", overview.total_copies);
    json_member_int(w, "total_members", overview.total_members);
    json_member_int(w, "total_borrows", overview.total_borrows);
    write_overdue(w, &overdue);
    json_object_end(w);
    return OK;
}

static enum error_kind get_trends(struct request *req, struct response *res)
{
    struct trends *trends = arena_alloc(req->ctx->arena, sizeof *trends);
    struct json_writer *w = response_json(res);
    struct forecast forecast;
    struct day_range range;
    size_t limit;

    TRY(read_query(req, &range, &limit));
    TRY(analytics_trends(req->ctx, &range, trends));
    TRY(analytics_forecast(req->ctx, &forecast));
    json_object_begin(w);
    write_days(w, "daily_borrows", &range, trends->borrows);
    write_days(w, "daily_returns", &range, trends->returns);
    write_days(w, "daily_active_members", &range, trends->active_members);
    write_forecast(w, &forecast);
    json_object_end(w);
    return OK;
}

static enum error_kind get_top_members(struct request *req, struct response *res)
{
    struct favourite_members *members = arena_alloc(req->ctx->arena, sizeof *members);
    struct json_writer *w = response_json(res);
    struct day_range range;
    size_t limit;

    TRY(read_query(req, &range, &limit));
    TRY(analytics_top_members(req->ctx, &range, limit, members));
    json_object_begin(w);
    write_members(w, "data", members);
    json_object_end(w);
    return OK;
}

static enum error_kind get_popular(struct request *req, struct response *res)
{
    struct favourite_books *books = arena_alloc(req->ctx->arena, sizeof *books);
    struct json_writer *w = response_json(res);
    struct day_range range;
    size_t limit;

    TRY(read_query(req, &range, &limit));
    TRY(analytics_popular_books(req->ctx, &range, limit, books));
    json_object_begin(w);
    write_books(w, "data", books);
    json_object_end(w);
    return OK;
}

static enum error_kind get_activity(struct request *req, struct response *res)
{
    struct activities *activities = arena_alloc(req->ctx->arena, sizeof *activities);
    struct json_writer *w = response_json(res);
    struct day_range range;
    size_t limit;

    TRY(read_query(req, &range, &limit));
    TRY(analytics_activity(req->ctx, limit, activities));
    json_object_begin(w);
    write_activity(w, "data", activities);
    json_object_end(w);
    return OK;
}

static enum error_kind get_inventory(struct request *req, struct response *res)
{
    struct json_writer *w = response_json(res);
    struct inventory_health inventory;

    TRY(analytics_inventory(req->ctx, &inventory));
    json_object_begin(w);
    write_inventory(w, &inventory);
    json_object_end(w);
    return OK;
}

static enum error_kind get_overdue_patterns(struct request *req, struct response *res)
{
    static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                           "friday", "saturday", "sunday"};
    struct json_writer *w = response_json(res);
    struct overdue_figures overdue;
    struct overview overview;

    TRY(analytics_overview(req->ctx, &overview, &overdue));
    json_object_begin(w);
    json_member_int(w, "overdue_borrows", overdue.total);
    json_member_int(w, "active_borrows", overview.active_borrows);
    json_member_int(w, "longest_overdue_days", overdue.longest_days);
    write_overdue(w, &overdue);
    json_key(w, "by_due_weekday");
    json_object_begin(w);
    for (int i = 0; i < DAYS_OF_WEEK; i++)
        json_member_int(w, weekdays[i], overdue.by_weekday[i]);
    json_object_end(w);
    json_object_end(w);
    return OK;
}

/* ---- replies ---------------------------------------------------------------------------------------------- */

/* clang-format off */
#define OVERVIEW_FIELDS \
    {"total_books", COLUMN_INTEGER, false, "Titles that are not archived"}, \
    {"active_borrows", COLUMN_INTEGER, false, "Loans that are out now"}, \
    {"overdue_borrows", COLUMN_INTEGER, false, "Of them, past the due day"}, \
    {"utilization_rate", COLUMN_REAL, false, "Active loans ÷ copies × 100"}, \
    {"health_score", COLUMN_REAL, false, \
     "100 − half the per cent of active loans that are overdue − 10 when utilization is below 5 or above 95; 0–100"}

static const struct reply_field overdue_fields[] = {
    {"days_1_3", COLUMN_INTEGER, false, "One to three days late"},
    {"days_4_7", COLUMN_INTEGER, false, "Four to seven"},
    {"days_7_plus", COLUMN_INTEGER, false, "Eight and more"},
    {0},
};
#define OVERDUE_FIELD {"overdue_breakdown", .meaning = "How late the overdue loans are now", .fields = overdue_fields}

static const struct reply_field overview_fields[] = {OVERVIEW_FIELDS, {0}};
static const struct reply_field stats_fields[] = {
    OVERVIEW_FIELDS,
    {"total_copies", COLUMN_INTEGER, false, "Neither withdrawn nor lost"},
    {"total_members", COLUMN_INTEGER, false, "Members that are not archived"},
    {"total_borrows", COLUMN_INTEGER, false, "Loans there ever were"},
    OVERDUE_FIELD,
    {0},
};

static const struct reply_field favourite_member_fields[] = {
    {"member_id", COLUMN_UUID, false, "The member"},
    {"name", COLUMN_TEXT, false, "Name"},
    {"borrow_count", COLUMN_INTEGER, false, "Loans in the range"},
    {0},
};
static const struct reply_field favourite_book_fields[] = {
    {"book_id", COLUMN_UUID, false, "The title"},
    {"title", COLUMN_TEXT, false, "Title proper"},
    {"author", COLUMN_TEXT, false, "Author"},
    {"borrow_count", COLUMN_INTEGER, false, "Loans in the range"},
    {0},
};
static const struct reply_field inventory_fields[] = {
    {"low_stock_books", COLUMN_INTEGER, false, "Titles with at most one copy available"},
    {"never_borrowed_books", COLUMN_INTEGER, false, "Titles that were never lent"},
    {"fully_unavailable_books", COLUMN_INTEGER, false, "Titles with no copy available"},
    {0},
};
static const struct reply_field day_fields[] = {
    {"date", COLUMN_DAY, false, "The day"},
    {"count", COLUMN_INTEGER, false, "How many"},
    {0},
};
static const struct reply_field forecast_fields[] = {
    {"projected_next_7_days_total", COLUMN_INTEGER, false, "Seven times the daily projection"},
    {"daily_projection", COLUMN_INTEGER, false, "The mean of the seven days up to today, rounded"},
    {0},
};
static const struct reply_field act_fields[] = {
    {"id", COLUMN_UUID, false, "The loan"},
    {"type", COLUMN_TEXT, false, "borrow or return"},
    {"book_title", COLUMN_TEXT, false, "Title proper"},
    {"member_name", COLUMN_TEXT, true, "Name; null: forgotten"},
    {"timestamp", COLUMN_INSTANT, false, "When it happened"},
    {0},
};

#define DAILY(name, of) {name, .meaning = of, .fields = day_fields, .many = true}
#define DAILY_BORROWS DAILY("daily_borrows", "Loans, one row for each day of the range")
#define DAILY_MEMBERS DAILY("daily_active_members", "Members to whom something was lent, one row for each day")
#define FORECAST_FIELD {"forecast", .meaning = "What the last seven days let expect", .fields = forecast_fields}

static const struct reply_field summary_fields[] = {
    {"overview", .meaning = "The library now", .fields = overview_fields},
    OVERDUE_FIELD,
    {"top_members", .meaning = "The five with most loans in the range", .fields = favourite_member_fields, .many = true},
    {"inventory_health", .meaning = "What is scarce now", .fields = inventory_fields},
    DAILY_MEMBERS,
    DAILY_BORROWS,
    FORECAST_FIELD,
    {"popular_books", .meaning = "The five lent most in the range", .fields = favourite_book_fields, .many = true},
    {"recent_activity", .meaning = "The last ten loans and returns, latest first", .fields = act_fields, .many = true},
    {"last_backup_at", COLUMN_INSTANT, true, "When the last good backup was made; null: there is none"},
    {"backup_is_old", COLUMN_BOOL, false, "None is younger than two days"},
    {"generated_at", COLUMN_INSTANT, false, "When these figures were true"},
    {0},
};

static const struct reply_field trend_fields[] = {
    DAILY_BORROWS,
    DAILY("daily_returns", "Returns, one row for each day of the range"),
    DAILY_MEMBERS,
    FORECAST_FIELD,
    {0},
};
static const struct reply_field top_members_fields[] = {
    {"data", .meaning = "Most loans first", .fields = favourite_member_fields, .many = true}, {0}};
static const struct reply_field popular_fields[] = {
    {"data", .meaning = "Most loans first", .fields = favourite_book_fields, .many = true}, {0}};
static const struct reply_field activity_fields[] = {
    {"data", .meaning = "Latest first", .fields = act_fields, .many = true}, {0}};

static const struct reply_field weekday_fields[] = {
    {"monday", COLUMN_INTEGER, false, "Due on a Monday"}, {"tuesday", COLUMN_INTEGER, false, "On a Tuesday"},
    {"wednesday", COLUMN_INTEGER, false, "On a Wednesday"}, {"thursday", COLUMN_INTEGER, false, "On a Thursday"},
    {"friday", COLUMN_INTEGER, false, "On a Friday"}, {"saturday", COLUMN_INTEGER, false, "On a Saturday"},
    {"sunday", COLUMN_INTEGER, false, "On a Sunday"}, {0},
};
static const struct reply_field pattern_fields[] = {
    {"overdue_borrows", COLUMN_INTEGER, false, "Loans past their due day"},
    {"active_borrows", COLUMN_INTEGER, false, "All that are out"},
    {"longest_overdue_days", COLUMN_INTEGER, false, "How late the latest of them is; 0: none is"},
    OVERDUE_FIELD,
    {"by_due_weekday", .meaning = "The overdue loans by the weekday on which they were due", .fields = weekday_fields},
    {0},
};

static const struct reply summary_reply = {"AnalyticsSummary", summary_fields};
static const struct reply stats_reply = {"AnalyticsStats", stats_fields};
static const struct reply trends_reply = {"AnalyticsTrends", trend_fields};
static const struct reply top_members_reply = {"TopMembers", top_members_fields};
static const struct reply popular_reply = {"PopularBooks", popular_fields};
static const struct reply activity_reply = {"RecentActivity", activity_fields};
static const struct reply inventory_reply = {"InventoryHealth", inventory_fields};
static const struct reply patterns_reply = {"OverduePatterns", pattern_fields};

const struct route analytics_routes[] = {
    {GET, "/analytics/summary", LIBRARIAN, READS, LIMIT_READ, get_summary, "The whole dashboard in one answer",
     .reply = &summary_reply, .query = range_query},
    {GET, "/analytics/dashboard", LIBRARIAN, READS, LIMIT_READ, get_summary, "The same as /analytics/summary",
     .reply = &summary_reply, .query = range_query},
    {GET, "/analytics/stats/summary", LIBRARIAN, READS, LIMIT_READ, get_overview, "The library now, in figures",
     .reply = &stats_reply},
    {GET, "/analytics/stats/trends", LIBRARIAN, READS, LIMIT_READ, get_trends, "Loans, returns and readers by day",
     .reply = &trends_reply, .query = range_query},
    {GET, "/analytics/borrowing-trends", LIBRARIAN, READS, LIMIT_READ, get_trends, "The same as /analytics/stats/trends",
     .reply = &trends_reply, .query = range_query},
    {GET, "/analytics/stats/top-members", LIBRARIAN, READS, LIMIT_READ, get_top_members, "Who borrowed most in a range",
     .reply = &top_members_reply, .query = top_query},
    {GET, "/analytics/stats/popular", LIBRARIAN, READS, LIMIT_READ, get_popular, "What was lent most in a range",
     .reply = &popular_reply, .query = top_query},
    {GET, "/analytics/popular-books", LIBRARIAN, READS, LIMIT_READ, get_popular, "The same as /analytics/stats/popular",
     .reply = &popular_reply, .query = top_query},
    {GET, "/analytics/stats/activity", LIBRARIAN, READS, LIMIT_READ, get_activity, "The last loans and returns",
     .reply = &activity_reply, .query = activity_query},
    {GET, "/analytics/inventory/health", LIBRARIAN, READS, LIMIT_READ, get_inventory, "What is scarce, what was never lent",
     .reply = &inventory_reply},
    {GET, "/analytics/overdue-patterns", LIBRARIAN, READS, LIMIT_READ, get_overdue_patterns, "How late, and due on which weekday",
     .reply = &patterns_reply},
    {0},
};
/* clang-format on */
