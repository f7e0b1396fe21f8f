/*
 * test_report_period.c — which days a period means, on days where that is easily got wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "reports/report_period.h"
#include "reports/reports.h"

static int32_t day(const char *text)
{
    int32_t number = 0;

    assert_true(clock_parse_day(text, &number));
    return number;
}

static void assert_days(const char *period, const char *today, const char *first, const char *last)
{
    int32_t from = 0;
    int32_t to = 0;
    char text[CLOCK_DAY_SIZE];

    assert_true(report_period(period, day(today), &from, &to));
    clock_format_day(from, text);
    assert_string_equal(text, first);
    clock_format_day(to, text);
    assert_string_equal(text, last);
}

static void test_report_period__is_whole_months_quarters_and_years(void **state)
{
    (void)state;
    assert_days("this_month", "2024-02-29", "2024-02-01", "2024-02-29");
    assert_days("last_month", "2026-01-31", "2025-12-01", "2025-12-31");
    assert_days("last_month", "2026-03-31", "2026-02-01", "2026-02-28");
    assert_days("this_quarter", "2026-12-31", "2026-10-01", "2026-12-31");
    assert_days("last_quarter", "2026-01-01", "2025-10-01", "2025-12-31");
    assert_days("last_quarter", "2026-04-01", "2026-01-01", "2026-03-31");
    assert_days("this_year", "2026-12-31", "2026-01-01", "2026-12-31");
    assert_days("last_year", "2026-01-01", "2025-01-01", "2025-12-31");
}

static void test_report_period__weeks_begin_on_monday(void **state)
{
    (void)state;
    assert_days("this_week", "2026-03-02", "2026-03-02", "2026-03-08"); /* a Monday */
    assert_days("this_week", "2026-03-08", "2026-03-02", "2026-03-08"); /* the Sunday after */
    assert_days("last_week", "2026-03-04", "2026-02-23", "2026-03-01");
    assert_days("today", "2026-03-04", "2026-03-04", "2026-03-04");
    assert_days("yesterday", "2026-03-01", "2026-02-28", "2026-02-28");
    assert_days("last_30_days", "2026-03-30", "2026-03-01", "2026-03-30");
}

static void test_report_period__twelve_months_count_no_day_twice(void **state)
{
    (void)state;
    assert_days("last_12_months", "2026-03-02", "2025-03-03", "2026-03-02");
    assert_days("last_12_months", "2024-02-29", "2023-03-01", "2024-02-29");
    assert_days("last_12_months", "2025-02-28", "2024-02-29", "2025-02-28");
}

static void test_report_period__a_school_year_begins_in_september(void **state)
{
    (void)state;
    assert_days("school_year", "2026-08-31", "2025-09-01", "2026-08-31");
    assert_days("school_year", "2026-09-01", "2026-09-01", "2027-08-31");
    assert_days("last_school_year", "2026-09-01", "2025-09-01", "2026-08-31");
    assert_days("last_school_year", "2026-01-15", "2024-09-01", "2025-08-31");
}

static void test_report_period__knows_all_that_are_offered_and_no_other(void **state)
{
    int32_t from = -7;
    int32_t to = -7;

    (void)state;
    for (size_t i = 0; report_periods[i]; i++)
        assert_true(report_period(report_periods[i], day("2026-03-02"), &from, &to));
    from = to = -7;
    assert_false(report_period("next_month", day("2026-03-02"), &from, &to));
    assert_int_equal(from, -7);
}

static void test_report_period__a_schedule_never_comes_on_the_same_day(void **state)
{
    static const char *const expected[][3] = {
        {"daily", "2026-12-31", "2027-01-01"},   {"weekly", "2026-03-02", "2026-03-09"}, /* a Monday */
        {"weekly", "2026-03-08", "2026-03-09"},  {"monthly", "2026-12-01", "2027-01-01"},
        {"monthly", "2026-01-31", "2026-02-01"}, {"yearly", "2026-01-01", "2027-01-01"}};
    int32_t next = -7;

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(report_next_day(expected[i][0], day(expected[i][1]), &next));
        assert_int_equal(next, day(expected[i][2]));
    }
    next = -7;
    assert_false(report_next_day("none", day("2026-03-02"), &next));
    assert_int_equal(next, -7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_period__is_whole_months_quarters_and_years),
        cmocka_unit_test(test_report_period__weeks_begin_on_monday),
        cmocka_unit_test(test_report_period__twelve_months_count_no_day_twice),
        cmocka_unit_test(test_report_period__a_school_year_begins_in_september),
        cmocka_unit_test(test_report_period__knows_all_that_are_offered_and_no_other),
        cmocka_unit_test(test_report_period__a_schedule_never_comes_on_the_same_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
