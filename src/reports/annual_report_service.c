/*
 * annual_report_service.c — what public libraries report for a year, beside the year before. What nobody kept is left
 * open: how many copies there were years ago, for one.
 */
#include <math.h>
#include <stddef.h>

#include "base/clock.h"
#include "counters/counters_service.h"
#include "counters/tallies_service.h"
#include "counters/tally.h"
#include "policies/calendar_service.h"
#include "reports/lending_repository.h"
#include "reports/money_report_service.h"
#include "reports/report_rows.h"
#include "reports/stock_report_service.h"
#include "reports/stock_repository.h"
#include "reports/visits_service.h"

#define MINUTES_PER_HOUR 60.0

/* The figures in the order in which they are shown; NaN: not known. */
enum figure {
    LOANS,
    RENEWALS,
    RETURNS,
    VISITS,
    ACTIVE_MEMBERS,
    NEW_MEMBERS,
    HOLDS,
    ADDITIONS,
    WITHDRAWALS,
    OPEN_DAYS,
    OPEN_HOURS,
    LOANS_PER_ACTIVE,
    LOANS_PER_OPEN_DAY,
    MEMBERS,
    TITLES,
    COPIES,
    TURNOVER,
    FIGURE_COUNT,
};

static const char *const names[FIGURE_COUNT] = {
    [LOANS] = "loans",
    [RENEWALS] = "renewals",
    [RETURNS] = "returns",
    [VISITS] = "visits",
    [ACTIVE_MEMBERS] = "active_members",
    [NEW_MEMBERS] = "new_members",
    [HOLDS] = "holds",
    [ADDITIONS] = "additions",
    [WITHDRAWALS] = "withdrawals",
    [OPEN_DAYS] = "open_days",
    [OPEN_HOURS] = "open_hours",
    [LOANS_PER_ACTIVE] = "loans_per_active_member",
    [LOANS_PER_OPEN_DAY] = "loans_per_open_day",
    [MEMBERS] = "members_now",
    [TITLES] = "titles_now",
    [COPIES] = "copies_now",
    [TURNOVER] = "turnover",
};

struct year {
    int32_t first, last;
    double figures[FIGURE_COUNT];
};

static void add_day(void *argument, const struct lending_day *day)
{
    struct year *year = argument;

    year->figures[LOANS] += (double)day->loans;
    year->figures[RETURNS] += (double)day->returns;
}

static void add_renewal(void *argument, int64_t at)
{
    struct year *year = argument;

    (void)at;
    year->figures[RENEWALS]++;
}

static enum error_kind count_lending(struct ctx *ctx, int64_t deadline_ms, struct year *year)
{
    struct tally tally;

    TRY(lending_repo_days(ctx, year->first, year->last, add_day, year));
    TRY(lending_repo_renewals(ctx, clock_day_start(year->first), clock_day_end(year->last), deadline_ms,
                              add_renewal, year));
    TRY(tallies_sum(ctx, COUNTED_MEMBERS, year->first, year->last, &tally));
    year->figures[ACTIVE_MEMBERS] = (double)tally_records(&tally);
    return OK;
}

static enum error_kind count_changes(struct ctx *ctx, int64_t deadline_ms, struct year *year)
{
    int64_t from = clock_day_start(year->first);
    int64_t to = clock_day_end(year->last);
    int64_t count;

    TRY(stock_repo_registered(ctx, from, to, &count));
    year->figures[NEW_MEMBERS] = (double)count;
    TRY(stock_repo_holds(ctx, from, to, &count));
    year->figures[HOLDS] = (double)count;
    TRY(stock_repo_gone(ctx, from, to, &count));
    year->figures[WITHDRAWALS] = (double)count;
    TRY(stock_added(ctx, year->first, year->last, deadline_ms, &count));
    year->figures[ADDITIONS] = (double)count;
    TRY(visits_sum(ctx, year->first, year->last, &count));
    year->figures[VISITS] = count == NO_NUMBER ? NAN : (double)count;
    return OK;
}

/* Hours of a day that is open against the week's hours are not known: it counts as a day without hours. */
static enum error_kind count_openings(struct ctx *ctx, struct year *year)
{
    const struct calendar_days *days;
    double minutes[WEEKDAYS] = {0};
    struct opening_hours hours;
    int32_t today = clock_day_of(ctx->now);

    TRY(calendar_hours(ctx, &hours));
    TRY(calendar_days_between(ctx, year->first, year->last, NULL, &days));
    for (size_t i = 0; i < hours.count; i++)
        minutes[hours.items[i].weekday] += (double)(hours.items[i].closes - hours.items[i].opens);
    for (int32_t day = year->first; day <= year->last && day <= today; day++) {
        const struct calendar_day *at = calendar_days_at(days, day);
        if (at && !at->open)
            continue;
        year->figures[OPEN_DAYS]++;
        year->figures[OPEN_HOURS] += minutes[clock_weekday_of(day)] / MINUTES_PER_HOUR;
    }
    if (hours.count == 0)
        year->figures[OPEN_HOURS] = NAN;
    return OK;
}

static double quotient(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static enum error_kind count_year(struct ctx *ctx, int64_t deadline_ms, int number, struct year *out_year)
{
    (void)clock_day_from_civil(number, 1, 1, &out_year->first);
    (void)clock_day_from_civil(number, 12, 31, &out_year->last);
    TRY(count_lending(ctx, deadline_ms, out_year));
    TRY(count_changes(ctx, deadline_ms, out_year));
    TRY(count_openings(ctx, out_year));
    out_year->figures[LOANS_PER_ACTIVE] =
        quotient(out_year->figures[LOANS], out_year->figures[ACTIVE_MEMBERS]);
    out_year->figures[LOANS_PER_OPEN_DAY] = quotient(out_year->figures[LOANS], out_year->figures[OPEN_DAYS]);
    for (enum figure i = MEMBERS; i < FIGURE_COUNT; i++)
        out_year->figures[i] = NAN;
    return OK;
}

static enum error_kind count_now(struct ctx *ctx, struct year *year)
{
    static const struct {
        enum figure figure;
        enum library_counter counter;
    } counted[] = {{MEMBERS, COUNTER_MEMBERS}, {TITLES, COUNTER_BOOKS}, {COPIES, COUNTER_COPIES}};

    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        int64_t value;
        TRY(counters_get(ctx, counted[i].counter, &value));
        year->figures[counted[i].figure] = (double)value;
    }
    year->figures[TURNOVER] = quotient(year->figures[LOANS], year->figures[COPIES]);
    return OK;
}

static enum error_kind make_annual(struct ctx *ctx, struct report_result *result)
{
    struct year *years = arena_alloc_array(ctx->arena, 2, sizeof *years);
    int number = (int)result->query.year;
    int month;
    int day;

    if (result->query.year == NO_NUMBER) {
        clock_civil_from_day(clock_day_of(ctx->now), &number, &month, &day);
        number--;
        result->query.year = number;
    }
    TRY(count_year(ctx, result->deadline_ms, number, &years[0]));
    TRY(count_year(ctx, result->deadline_ms, number - 1, &years[1]));
    TRY(count_now(ctx, &years[0]));
    for (int i = 0; i < FIGURE_COUNT; i++)
        report_add_row(ctx, result,
                       (union report_cell[]){
                           {.text = names[i]}, {.real = years[0].figures[i]}, {.real = years[1].figures[i]}});
    result->first = years[0].first;
    result->last = years[0].last;
    return OK;
}

/* clang-format off */
static const struct column columns[] = {
    {"figure", COLUMN_TEXT, .meaning = "Figure"},
    {"value", COLUMN_REAL, true, .meaning = "In the year"}, {"year_before", COLUMN_REAL, true, .meaning = "The year before"}, {0}};
static const struct report_view views[] = {{NULL, columns, NULL, {0}}, {0}};
const struct report annual_report = {
    .name = "annual", .title = "The year in figures", .summary = "What libraries report for a year, beside the year before",
    .takes = "year", .views = views, .make = make_annual};
/* clang-format on */
