/*
 * analytics_service.c — formulas. What they are made of is counted elsewhere: src/counters keeps it, or a few
 * rows of an index have it.
 */
#include "analytics/analytics_service.h"

#include <string.h>

#include "analytics/analytics_repository.h"
#include "backups/backups_service.h"
#include "base/clock.h"
#include "books/books_service.h"
#include "borrows/borrows_service.h"
#include "counters/counters_service.h"
#include "counters/tallies_service.h"
#include "members/members_service.h"

#define RANGE_DAYS_DEFAULT 30
#define FORECAST_DAYS 7
#define DAYS_PER_MONTH 30.0
#define MONTHS_PER_YEAR 12

enum error_kind analytics_range(struct ctx *ctx, int64_t from, int64_t to, struct day_range *out_range)
{
    int64_t last = to == NO_NUMBER ? clock_day_of(ctx->now) : to;
    int64_t first = from == NO_NUMBER ? last - RANGE_DAYS_DEFAULT + 1 : from;

    if (first > last)
        return fail(ctx, INVALID_PARAMETER, "Start date cannot be after end date.");
    if (last - first >= ANALYTICS_DAYS_MAX)
        return fail(ctx, INVALID_PARAMETER, "A range can be %d days long at most; this one has %lld.",
                    ANALYTICS_DAYS_MAX, (long long)(last - first + 1));
    *out_range = (struct day_range){(int32_t)first, (int32_t)last};
    return OK;
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

/* ---- now ---------------------------------------------------------------------------------------------------- */

struct overdue_count {
    int32_t today;
    struct overdue_figures figures;
};

static void count_overdue(void *argument, int64_t due_at, int64_t count)
{
    struct overdue_count *overdue = argument;
    struct overdue_figures *figures = &overdue->figures;
    int32_t due_day = clock_day_of(due_at);
    int64_t days = overdue->today - due_day;

    figures->total += count;
    if (days <= 3)
        figures->days_1_3 += count;
    else if (days <= 7)
        figures->days_4_7 += count;
    else
        figures->days_7_plus += count;
    figures->by_weekday[clock_weekday_of(due_day)] += count;
    if (days > figures->longest_days)
        figures->longest_days = days;
}

static double health(const struct overview *overview)
{
    double score = 100 - 0.5 * percent(overview->overdue_borrows, overview->active_borrows);

    if (overview->utilization_rate < 5 || overview->utilization_rate > 95)
        score -= 10;
    return score < 0 ? 0 : score;
}

enum error_kind analytics_overview(struct ctx *ctx, struct overview *out_overview,
                                   struct overdue_figures *out_overdue)
{
    struct overdue_count overdue = {.today = clock_day_of(ctx->now)};
    struct overview overview;

    TRY(counters_get(ctx, COUNTER_BOOKS, &overview.total_books));
    TRY(counters_get(ctx, COUNTER_COPIES, &overview.total_copies));
    TRY(counters_get(ctx, COUNTER_MEMBERS, &overview.total_members));
    TRY(counters_get(ctx, COUNTER_BORROWS, &overview.total_borrows));
    TRY(counters_get(ctx, COUNTER_BORROWS_OPEN, &overview.active_borrows));
    TRY(analytics_repo_overdue(ctx, ctx->now, count_overdue, &overdue));
    overview.overdue_borrows = overdue.figures.total;
    overview.utilization_rate = percent(overview.active_borrows, overview.total_copies);
    overview.health_score = health(&overview);
    *out_overview = overview;
    *out_overdue = overdue.figures;
    return OK;
}

enum error_kind analytics_inventory(struct ctx *ctx, struct inventory_health *out_inventory)
{
    struct inventory_health inventory;

    TRY(counters_get(ctx, COUNTER_BOOKS_LOW, &inventory.low_stock));
    TRY(counters_get(ctx, COUNTER_BOOKS_UNLENT, &inventory.never_borrowed));
    TRY(counters_get(ctx, COUNTER_BOOKS_OUT, &inventory.unavailable));
    *out_inventory = inventory;
    return OK;
}

enum error_kind analytics_forecast(struct ctx *ctx, struct forecast *out_forecast)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct trends *week = arena_alloc(ctx->arena, sizeof *week);
    int32_t today = clock_day_of(ctx->now);
    int64_t total = 0;

    TRY(analytics_trends(ctx, &(struct day_range){today - FORECAST_DAYS + 1, today}, week));
    for (int i = 0; i < FORECAST_DAYS; i++)
        total += week->borrows[i];
    arena_reset_to(ctx->arena, mark);
    out_forecast->daily = (2 * total + FORECAST_DAYS) / (2 * FORECAST_DAYS); /* rounded half up */
    out_forecast->next_7_days = out_forecast->daily * FORECAST_DAYS;
    return OK;
}

/* Two runs, each latest first, become one; of one moment the return comes first, for it was made later. */
enum error_kind analytics_activity(struct ctx *ctx, size_t max, struct activities *out_activities)
{
    struct activities *loans = arena_alloc(ctx->arena, sizeof *loans);
    struct activities *returns = arena_alloc(ctx->arena, sizeof *returns);
    size_t lent = 0;
    size_t back = 0;

    TRY(analytics_repo_activity(ctx, false, max, loans));
    TRY(analytics_repo_activity(ctx, true, max, returns));
    out_activities->count = 0;
    while (out_activities->count < max && (lent < loans->count || back < returns->count)) {
        bool takes_return =
            lent == loans->count || (back < returns->count && returns->rows[back].at >= loans->rows[lent].at);
        out_activities->rows[out_activities->count++] =
            takes_return ? returns->rows[back++] : loans->rows[lent++];
    }
    return OK;
}

/* ---- in a range --------------------------------------------------------------------------------------------- */

enum error_kind analytics_trends(struct ctx *ctx, const struct day_range *range, struct trends *out_trends)
{
    memset(out_trends, 0, sizeof *out_trends); /* too large for the stack */
    out_trends->range = *range;
    return analytics_repo_days(ctx, out_trends);
}

enum error_kind analytics_top_members(struct ctx *ctx, const struct day_range *range, size_t max,
                                      struct favourite_members *out_members)
{
    struct loan_rank ranks[ANALYTICS_TOP_MAX];

    TRY(tallies_top(ctx, COUNTED_MEMBERS, range->from, range->to, ranks, max, &out_members->count));
    for (size_t i = 0; i < out_members->count; i++) {
        TRY(analytics_repo_name_member(ctx, ranks[i].id, &out_members->rows[i]));
        out_members->rows[i].borrow_count = ranks[i].count;
    }
    return OK;
}

enum error_kind analytics_popular_books(struct ctx *ctx, const struct day_range *range, size_t max,
                                        struct favourite_books *out_books)
{
    struct loan_rank ranks[ANALYTICS_TOP_MAX];

    TRY(tallies_top(ctx, COUNTED_BOOKS, range->from, range->to, ranks, max, &out_books->count));
    for (size_t i = 0; i < out_books->count; i++) {
        TRY(analytics_repo_name_book(ctx, ranks[i].id, &out_books->rows[i]));
        out_books->rows[i].borrow_count = ranks[i].count;
    }
    return OK;
}

enum error_kind analytics_summary(struct ctx *ctx, const struct day_range *range, struct summary *out_summary)
{
    TRY(analytics_overview(ctx, &out_summary->overview, &out_summary->overdue));
    TRY(analytics_inventory(ctx, &out_summary->inventory));
    TRY(analytics_trends(ctx, range, &out_summary->trends));
    TRY(analytics_forecast(ctx, &out_summary->forecast));
    TRY(analytics_top_members(ctx, range, SUMMARY_TOP, &out_summary->members));
    TRY(analytics_popular_books(ctx, range, SUMMARY_TOP, &out_summary->books));
    TRY(backups_last_good(ctx, &out_summary->last_backup_at));
    out_summary->backup_is_old = backups_are_old(out_summary->last_backup_at, ctx->now);
    return analytics_activity(ctx, SUMMARY_ACTIVITY, &out_summary->activity);
}

/* ---- of one title, of one member ---------------------------------------------------------------------------- */

enum error_kind analytics_of_book(struct ctx *ctx, const struct uuid *uuid,
                                  struct book_analytics *out_analytics)
{
    struct book_analytics analytics;
    struct book book;

    TRY(books_find(ctx, uuid, &book));
    analytics.borrow_count = book.borrow_count;
    analytics.last_borrowed_at = book.last_borrowed_at;
    analytics.availability = books_availability_status(&book);
    TRY(analytics_repo_durations_of_book(ctx, book.id, &analytics.durations));
    TRY(books_lent_more(ctx, book.borrow_count, &analytics.popularity_rank));
    analytics.popularity_rank++;
    *out_analytics = analytics;
    return OK;
}

enum error_kind analytics_details_of_book(struct ctx *ctx, const struct uuid *book,
                                          struct book_details *out_details)
{
    struct book_details details;

    TRY(borrows_of_book(ctx, book, &details.borrows));
    TRY(analytics_of_book(ctx, book, &details.analytics));
    *out_details = details;
    return OK;
}

enum error_kind analytics_show_book(struct ctx *ctx, const struct book_details *details,
                                    struct row_sink *sink)
{
    return books_show(ctx, details->borrows.book_id, sink);
}

static int64_t instant_of_month(int year, int month)
{
    int32_t day = 0;

    (void)clock_day_from_civil(year, month, 1, &day);
    return clock_day_start(day);
}

static enum error_kind fill_trend(struct ctx *ctx, int64_t member_id, struct month_count *out_trend)
{
    int year;
    int month;
    int day;

    clock_civil_from_day(clock_day_of(ctx->now), &year, &month, &day);
    for (int i = TREND_MONTHS - 1; i >= 0; i--) {
        int next_year = month == MONTHS_PER_YEAR ? year + 1 : year;
        int next_month = month == MONTHS_PER_YEAR ? 1 : month + 1;
        out_trend[i] = (struct month_count){.year = year, .month = month};
        TRY(analytics_repo_loans_between(ctx, member_id, instant_of_month(year, month),
                                         instant_of_month(next_year, next_month) - 1, &out_trend[i].count));
        year = month == 1 ? year - 1 : year;
        month = month == 1 ? MONTHS_PER_YEAR : month - 1;
    }
    return OK;
}

static enum error_kind measure_frequency(struct ctx *ctx, const struct member *member, double *out_per_month)
{
    int64_t first;

    TRY(analytics_repo_first_loan(ctx, member->id, &first));
    *out_per_month = 0;
    if (first == NO_NUMBER)
        return OK;
    double months = (double)(clock_day_of(ctx->now) - clock_day_of(first) + 1) / DAYS_PER_MONTH;
    *out_per_month = (double)member->borrow_count / (months < 1 ? 1 : months);
    return OK;
}

enum error_kind analytics_of_member(struct ctx *ctx, const struct uuid *uuid,
                                    struct member_analytics *out_analytics)
{
    struct member_analytics analytics;
    struct member_summary summary;
    struct member member;

    TRY(members_find(ctx, uuid, &member));
    members_summarise(ctx, &member, &summary);
    analytics.borrow_count = member.borrow_count;
    analytics.open_borrows = member.open_borrows;
    analytics.overdue_count = member.overdue_count;
    analytics.overdue_rate = summary.overdue_rate;
    analytics.risk_level = summary.risk_level;
    analytics.fines_accrued = summary.fines_accrued;
    TRY(analytics_repo_durations_of_member(ctx, member.id, &analytics.durations));
    TRY(analytics_repo_favourite_author(ctx, member.id, &analytics.favourite_author));
    TRY(measure_frequency(ctx, &member, &analytics.borrows_per_month));
    TRY(fill_trend(ctx, member.id, analytics.trend));
    *out_analytics = analytics;
    return OK;
}
