/*
 * report_period.c — periods that move with the calendar.
 */
#include "reports/report_period.h"

#include <string.h>

#include "base/clock.h"
#include "reports/reports.h"

#define MONTHS 12
#define WEEK 7
#define SCHOOL_YEAR_MONTH 9

const char *const report_periods[] = {"today",        "yesterday",        "this_week",  "last_week",
                                      "last_30_days", "this_month",       "last_month", "this_quarter",
                                      "last_quarter", "this_year",        "last_year",  "last_12_months",
                                      "school_year",  "last_school_year", NULL};
const char *const report_schedules[] = {"none", "daily", "weekly", "monthly", "yearly", NULL};

/* The first day of a month that may lie outside of 1 … 12. */
static int32_t month_first(int year, int month)
{
    int months = year * MONTHS + month - 1;
    int32_t day = 0;

    (void)clock_day_from_civil(months / MONTHS, months % MONTHS + 1, 1, &day);
    return day;
}

static bool is(const char *period, const char *name)
{
    return strcmp(period, name) == 0;
}

/* So many months from this one on, counted from the month that holds today. */
struct span {
    const char *name;
    int months; /* long */
    int back;   /* how many such spans before the present one */
};

static bool calendar_span(const char *period, int year, int month, int32_t *out_first, int32_t *out_last)
{
    static const struct span spans[] = {{"this_month", 1, 0},     {"last_month", 1, 1},
                                        {"this_quarter", 3, 0},   {"last_quarter", 3, 1},
                                        {"this_year", MONTHS, 0}, {"last_year", MONTHS, 1}};

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        if (!is(period, spans[i].name))
            continue;
        int begins = (month - 1) / spans[i].months * spans[i].months + 1 - spans[i].back * spans[i].months;
        *out_first = month_first(year, begins);
        *out_last = month_first(year, begins + spans[i].months) - 1;
        return true;
    }
    return false;
}

bool report_period(const char *period, int32_t today, int32_t *out_first, int32_t *out_last)
{
    int32_t monday = today - clock_weekday_of(today);
    int32_t same_day = 0;
    int year;
    int month;
    int day;

    clock_civil_from_day(today, &year, &month, &day);
    if (calendar_span(period, year, month, out_first, out_last))
        return true;
    if (is(period, "school_year") || is(period, "last_school_year")) {
        int begun = (month >= SCHOOL_YEAR_MONTH ? year : year - 1) - is(period, "last_school_year");
        *out_first = month_first(begun, SCHOOL_YEAR_MONTH);
        *out_last = month_first(begun + 1, SCHOOL_YEAR_MONTH) - 1;
    } else if (is(period, "last_12_months")) {
        if (!clock_day_from_civil(year - 1, month, day, &same_day))
            same_day = month_first(year - 1, month + 1) - 1; /* 29 February */
        *out_first = same_day + 1;
        *out_last = today;
    } else if (is(period, "today") || is(period, "yesterday")) {
        *out_first = *out_last = today - is(period, "yesterday");
    } else if (is(period, "this_week") || is(period, "last_week")) {
        *out_first = monday - (is(period, "last_week") ? WEEK : 0);
        *out_last = *out_first + WEEK - 1;
    } else if (is(period, "last_30_days")) {
        *out_first = today - 29;
        *out_last = today;
    } else {
        return false;
    }
    return true;
}

bool report_next_day(const char *schedule, int32_t day, int32_t *out_next)
{
    int year;
    int month;
    int day_of_month;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    if (is(schedule, "daily"))
        *out_next = day + 1;
    else if (is(schedule, "weekly"))
        *out_next = day - clock_weekday_of(day) + WEEK;
    else if (is(schedule, "monthly"))
        *out_next = month_first(year, month + 1);
    else if (is(schedule, "yearly"))
        *out_next = month_first(year + 1, 1);
    else
        return false;
    return true;
}
