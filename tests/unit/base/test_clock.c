/*
 * test_clock.c — days of a zone with all its gaps and repetitions, the calendar, RFC 3339.
 *
 * Zones are changed between tests, which the program never does; nothing runs beside them here. Where the
 * system has no zone files the tests of zones are skipped.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

static int64_t instant(const char *text)
{
    int64_t ms = 0;
    assert_true(clock_parse_instant(text, &ms));
    return ms;
}

static int32_t day(const char *text)
{
    int32_t number = 0;
    assert_true(clock_parse_day(text, &number));
    return number;
}

static void assert_instant(int64_t ms, const char *expected)
{
    char text[CLOCK_INSTANT_SIZE];
    clock_format_instant(ms, text);
    assert_string_equal(text, expected);
}

static void use_zone(const char *zone)
{
    if (!clock_set_zone(zone)) {
        skip();
    }
}

static void assert_day_bounds(const char *date, const char *first, const char *last)
{
    assert_instant(clock_day_start(day(date)), first);
    assert_instant(clock_day_end(day(date)), last);
}

/* ---- clocks ------------------------------------------------------------------------------------- */

static void test_clock__library_time_never_precedes_what_was_recorded(void **state)
{
    (void)state;
    int64_t wall = clock_now_ms();
    assert_true(clock_library_now(0) >= wall);
    assert_int_equal(clock_behind_ms(), 0);
    int64_t future = clock_now_ms() + 3600000;
    assert_true(clock_library_now(future) == future);
    assert_true(clock_library_now(0) == future);
    assert_true(clock_behind_ms() > 3590000 && clock_behind_ms() <= 3600000);
}

static void test_clock__monotonic_time_moves_with_sleep(void **state)
{
    (void)state;
    int64_t before = clock_monotonic_us();
    int64_t before_ms = clock_monotonic_ms();
    clock_sleep_ms(15);
    assert_true(clock_monotonic_us() - before >= 15000);
    assert_true(clock_monotonic_ms() - before_ms >= 14);
    clock_sleep_ms(0);
    clock_sleep_ms(-5);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* There is no way back to the machine's clock: this test is the last. */
static void test_clock__follows_a_tests_file_forward_only(void **state)
{
    (void)state;
    char path[] = "/tmp/carrel-clock-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);

    assert_false(clock_follow_file("no/such/file"));
    assert_false(clock_follow_file(path));
    write_file(path, "2130-02-30T00:00:00.000Z\n");
    assert_false(clock_follow_file(path));
    assert_true(clock_now_ms() < instant("2120-01-01T00:00:00Z"));

    write_file(path, "2130-02-28T23:00:00.000Z\n");
    assert_true(clock_follow_file(path));
    assert_instant(clock_now_ms(), "2130-02-28T23:00:00.000Z");
    assert_instant(clock_library_now(0), "2130-02-28T23:00:00.000Z");
    assert_int_equal(clock_behind_ms(), 0);
    write_file(path, "2130-03-01T08:15:00.250Z\n");
    assert_instant(clock_library_now(0), "2130-03-01T08:15:00.250Z");
    write_file(path, "2129-01-01T00:00:00.000Z\n");
    assert_instant(clock_now_ms(), "2130-03-01T08:15:00.250Z");
    write_file(path, "soon");
    assert_instant(clock_now_ms(), "2130-03-01T08:15:00.250Z");
    /* Somebody sets the clock back: what is recorded goes on from where it was, and it is said by how much. */
    clock_note_recorded(instant("2130-03-01T08:15:00.250Z"));
    write_file(path, "2130-03-01T08:14:59.250Z<\n");
    assert_instant(clock_now_ms(), "2130-03-01T08:14:59.250Z");
    assert_instant(clock_library_now(0), "2130-03-01T08:15:00.250Z");
    assert_int_equal(clock_behind_ms(), 1000);
    write_file(path, "2130-03-01T08:15:00.250Z\n");
    assert_int_equal(clock_behind_ms(), 0);
    assert_int_equal(remove(path), 0);
    assert_instant(clock_now_ms(), "2130-03-01T08:15:00.250Z");
}

/* ---- the calendar ------------------------------------------------------------------------------- */

static void test_clock__calendar_round_trips_every_day_of_ten_thousand_years(void **state)
{
    (void)state;
    int32_t first = 0;
    int32_t last = 0;
    assert_true(clock_day_from_civil(-1000, 1, 1, &first));
    assert_true(clock_day_from_civil(9999, 12, 31, &last));
    int previous_day = 0;
    for (int32_t at = first; at <= last; at++) {
        int year;
        int month;
        int day_of_month;
        int32_t back;
        clock_civil_from_day(at, &year, &month, &day_of_month);
        if (!clock_day_from_civil(year, month, day_of_month, &back) || back != at ||
            (day_of_month != previous_day + 1 && day_of_month != 1)) {
            fail_msg("day %d is %d-%d-%d", at, year, month, day_of_month);
        }
        previous_day = day_of_month;
    }
}

static void test_clock__knows_landmarks_of_the_calendar(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("2000-03-01"), 11017);
    assert_int_equal(day("1969-12-31"), -1);
    assert_int_equal(day("0001-01-01"), -719162);
    assert_int_equal(clock_weekday_of(day("1970-01-01")), 3);
    assert_int_equal(clock_weekday_of(day("2026-11-22")), 6);
    assert_int_equal(clock_weekday_of(day("1969-12-29")), 0);
    assert_int_equal(clock_weekday_of(INT32_MIN), clock_weekday_of(INT32_MIN + 7));
}

static void test_clock__refuses_days_that_do_not_exist(void **state)
{
    (void)state;
    int32_t out = 42;
    assert_false(clock_day_from_civil(2023, 2, 29, &out));
    assert_false(clock_day_from_civil(1900, 2, 29, &out));
    assert_false(clock_day_from_civil(2024, 4, 31, &out));
    assert_false(clock_day_from_civil(2024, 0, 1, &out));
    assert_false(clock_day_from_civil(2024, 13, 1, &out));
    assert_false(clock_day_from_civil(2024, 1, 0, &out));
    assert_false(clock_day_from_civil(2024, 1, 32, &out));
    assert_false(clock_day_from_civil(INT32_MAX, 1, 1, &out));
    assert_false(clock_day_from_civil(INT32_MIN, 1, 1, &out));
    assert_int_equal(out, 42);
    assert_true(clock_day_from_civil(2000, 2, 29, &out));
    assert_true(clock_day_from_civil(2024, 2, 29, &out));
}

/* ---- text --------------------------------------------------------------------------------------- */

static void test_clock__writes_instants_in_utc(void **state)
{
    (void)state;
    assert_instant(0, "1970-01-01T00:00:00.000Z");
    assert_instant(-1, "1969-12-31T23:59:59.999Z");
    assert_instant(1795339800123, "2026-11-22T09:30:00.123Z");
    assert_instant(253402300799999, "9999-12-31T23:59:59.999Z");
    assert_instant(-62135596800000, "0001-01-01T00:00:00.000Z");
    char text[CLOCK_INSTANT_SIZE];
    clock_format_instant(INT64_MIN, text);
    clock_format_instant(INT64_MAX, text);
    char date[CLOCK_DAY_SIZE];
    clock_format_day(day("2024-02-29"), date);
    assert_string_equal(date, "2024-02-29");
    clock_format_day(INT32_MIN, date);
    assert_string_equal(date, "-5877641-06-23");
}

static void test_clock__reads_every_form_of_rfc_3339(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *utc;
    } good[] = {
        {"2026-11-22T09:30:00Z", "2026-11-22T09:30:00.000Z"},
        {"2026-11-22t09:30:00z", "2026-11-22T09:30:00.000Z"},
        {"2026-11-22T09:30:00.5Z", "2026-11-22T09:30:00.500Z"},
        {"2026-11-22T09:30:00.12Z", "2026-11-22T09:30:00.120Z"},
        {"2026-11-22T09:30:00.1239999999999Z", "2026-11-22T09:30:00.123Z"},
        {"2026-11-22T09:30:00+01:00", "2026-11-22T08:30:00.000Z"},
        {"2026-11-22T09:30:00-00:00", "2026-11-22T09:30:00.000Z"},
        {"2026-11-22T23:30:00-05:30", "2026-11-23T05:00:00.000Z"},
        {"2024-02-29T00:00:00+14:00", "2024-02-28T10:00:00.000Z"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
        {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
        {"1990-12-31T15:59:60.5-08:00", "1991-01-01T00:00:00.500Z"},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_instant(instant(good[i].text), good[i].utc);
    }
}

static void test_clock__refuses_what_is_no_instant(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11-22",
        "2026-11-22T09:30:00",
        "2026-11-22T09:30Z",
        "2026-11-22 09:30:00Z",
        "2026-11-22T09:30:00.Z",
        "2026-11-22T09:30:00,5Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T09:60:00Z",
        "2026-11-22T09:30:61Z",
        "2026-11-22T09:30:60Z",
        "2026-11-22T09:30:00+1:00",
        "2026-11-22T09:30:00+0100",
        "2026-11-22T09:30:00+24:00",
        "2026-11-22T09:30:00+01:60",
        "2026-11-22T09:30:00Zx",
        " 2026-11-22T09:30:00Z",
        "2026-11-22T09:30:00Z ",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:30:00-01:00",
        "9999-12-31T23:59:60Z",
        "+2026-11-22T09:30:00Z",
        "20261122T093000Z",
        "2026-11-2",
        "2026-11-22T09:30:00.000",
        "2026-11-22T-9:30:00Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t out = 42;
        if (clock_parse_instant(bad[i], &out) || out != 42) {
            fail_msg("\"%s\" was read as an instant", bad[i]);
        }
    }
}

static void test_clock__refuses_what_is_no_day(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "2026-11-22T00:00:00Z", "2026-11-2",  "26-11-22",
                                      "2026/11/22", "2026-11-31",           "0000-01-01", "10000-01-01",
                                      "-001-01-01", " 2026-11-22"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int32_t out = 42;
        assert_false(clock_parse_day(bad[i], &out));
        assert_int_equal(out, 42);
    }
}

/* ---- zones -------------------------------------------------------------------------------------- */

static void test_clock__refuses_zones_the_system_does_not_have(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "Europe/Nowhere",
        "europe/berlin/",
        "Europe",
        "../etc/passwd",
        "/etc/localtime",
        "Europe/../Europe/Berlin",
        "CET-1CEST",
        "<+03>-3",
        ":Europe/Berlin",
        "zone.tab",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(clock_set_zone(bad[i]));
        assert_int_equal(clock_hour_of(instant("2026-07-01T12:00:00Z")), 12);
    }
    char long_name[600];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_false(clock_set_zone(long_name));
}

static void test_clock__a_library_without_a_zone_has_the_machines(void **state)
{
    (void)state;
    int64_t noon = instant("2026-07-01T12:00:00Z");
    clock_set_zone(NULL);
    int machine = clock_hour_of(noon);
    const char *other = machine == 2 ? "America/New_York" : "Pacific/Kiritimati"; /* 14 hours ahead: 02 */
    use_zone(other);
    assert_int_not_equal(clock_hour_of(noon), machine);
    assert_true(clock_set_zone(NULL)); /* not the last library's */
    assert_int_equal(clock_hour_of(noon), machine);
}

static void test_clock__zones_with_other_days_have_other_prints(void **state)
{
    static const char *const zones[] = {"Europe/Berlin", "America/Sao_Paulo", "Africa/Nairobi",
                                        "Asia/Kolkata", "America/New_York"};
    int64_t prints[sizeof zones / sizeof zones[0] + 1];
    size_t count = 0;

    (void)state;
    clock_set_zone("UTC");
    prints[count++] = clock_zone_print();
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        use_zone(zones[i]);
        prints[count++] = clock_zone_print();
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(prints[i] != prints[j]);
    use_zone("Asia/Calcutta"); /* another name of one of them */
    assert_true(clock_zone_print() == prints[4]);
    assert_true(clock_zone_print() == prints[4]);
}

static void test_clock__utc_needs_no_zone_files(void **state)
{
    (void)state;
    const char *given = getenv("TZDIR");
    clock_set_zone("Pacific/Kiritimati"); /* another one is in force, if there are files */
    assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
    assert_false(clock_set_zone("Europe/Berlin"));
    assert_int_equal(clock_hour_of(instant("2026-07-01T12:00:00Z")), 12);
    assert_true(clock_set_zone("UTC"));
    assert_int_equal(given ? setenv("TZDIR", given, 1) : unsetenv("TZDIR"), 0);
    assert_day_bounds("2026-03-29", "2026-03-29T00:00:00.000Z", "2026-03-29T23:59:59.999Z");
    assert_int_equal(clock_day_of(-1), -1);
    assert_int_equal(clock_day_of(0), 0);
    assert_int_equal(clock_hour_of(-1), 23);
}

static void test_clock__a_day_is_as_long_as_the_zone_makes_it(void **state)
{
    (void)state;
    use_zone("Europe/Berlin");
    assert_day_bounds("2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"); /* 23 h */
    assert_day_bounds("2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"); /* 25 h */
    assert_day_bounds("2026-12-31", "2026-12-30T23:00:00.000Z", "2026-12-31T22:59:59.999Z");
    assert_int_equal(clock_day_of(instant("2026-07-01T22:00:00Z")), day("2026-07-02"));
    assert_int_equal(clock_hour_of(instant("2026-07-01T22:00:00Z")), 0);
    assert_int_equal(clock_hour_of(instant("2026-03-29T01:00:00Z")), 3);
}

static void test_clock__a_day_without_a_midnight_begins_at_its_first_instant(void **state)
{
    (void)state;
    use_zone("America/Sao_Paulo"); /* 2018-11-04 began at 01:00 */
    assert_day_bounds("2018-11-04", "2018-11-04T03:00:00.000Z", "2018-11-05T01:59:59.999Z");
    assert_day_bounds("2018-11-03", "2018-11-03T03:00:00.000Z", "2018-11-04T02:59:59.999Z");
    assert_day_bounds("2018-02-17", "2018-02-17T02:00:00.000Z", "2018-02-18T02:59:59.999Z"); /* 23:00 twice */
    use_zone("America/Asuncion");
    assert_day_bounds("2023-10-01", "2023-10-01T04:00:00.000Z", "2023-10-02T02:59:59.999Z");
    use_zone("Africa/Cairo"); /* Friday 2024-04-26 began at 01:00 */
    assert_day_bounds("2024-04-26", "2024-04-25T22:00:00.000Z", "2024-04-26T20:59:59.999Z");
}

static void test_clock__a_day_with_two_midnights_begins_at_the_first(void **state)
{
    (void)state;
    use_zone("America/Havana"); /* 2023-11-05: at 01:00 the clocks went back to 00:00 */
    assert_day_bounds("2023-11-05", "2023-11-05T04:00:00.000Z", "2023-11-06T04:59:59.999Z");
    assert_day_bounds("2023-03-12", "2023-03-12T05:00:00.000Z", "2023-03-13T03:59:59.999Z"); /* no midnight */
}

static void test_clock__a_day_the_zone_left_out_is_empty(void **state)
{
    (void)state;
    use_zone("Pacific/Apia"); /* Samoa crossed the date line: no 2011-12-30 */
    assert_true(clock_day_start(day("2011-12-30")) == clock_day_start(day("2011-12-31")));
    assert_day_bounds("2011-12-30", "2011-12-30T10:00:00.000Z", "2011-12-30T09:59:59.999Z");
    assert_int_equal(clock_day_of(clock_day_end(day("2011-12-30"))), day("2011-12-29"));
}

static void test_clock__days_follow_each_other_without_gap_in_every_zone(void **state)
{
    (void)state;
    static const char *const zones[] = {
        "Europe/Berlin",
        "Europe/London",
        "America/New_York",
        "America/Sao_Paulo",
        "America/Asuncion",
        "America/Havana",
        "America/Santiago",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Tehran",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "Pacific/Apia",
        "Atlantic/Azores",
        "UTC",
    };
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        use_zone(zones[i]);
        for (int32_t at = day("1995-01-01"); at < day("2030-01-01"); at++) {
            int64_t start = clock_day_start(at);
            int64_t end = clock_day_end(at);
            bool skipped = start > end; /* Apia, 2011-12-30 */
            if (clock_day_of(start - 1) >= at || clock_day_of(end + 1) <= at ||
                (!skipped && (clock_day_of(start) != at || clock_day_of(end) != at))) {
                char text[CLOCK_DAY_SIZE];
                clock_format_day(at, text);
                fail_msg("%s: day %s", zones[i], text);
            }
        }
    }
}

static void *read_many_days(void *out)
{
    int64_t sum = 0;
    for (int32_t at = 0; at < 3000; at++) {
        sum += clock_day_of(clock_day_start(at + 15000)) + clock_hour_of(clock_library_now(at));
    }
    *(int64_t *)out = sum;
    return NULL;
}

/* By the clock that nobody sets: what waits for it is not woken, or forgotten, when a time server comes. */
static void test_clock__a_moment_to_wait_for_stands_on_the_monotonic_clock(void **state)
{
    struct timespec before, soon, until;

    (void)state;
    clock_gettime(CLOCK_MONOTONIC, &before);
    soon = clock_monotonic_after(1);
    /* Asked last: however long the machine was busy in between, it is later. */
    until = clock_monotonic_after(2999);
    assert_in_range(until.tv_nsec, 0, 999999999);
    assert_true((until.tv_sec - before.tv_sec) * 1000 + (until.tv_nsec - before.tv_nsec) / 1000000 >= 2998);
    assert_true(until.tv_sec > soon.tv_sec);
}

static void test_clock__can_be_read_from_many_threads(void **state)
{
    (void)state;
    use_zone("Europe/Berlin");
    pthread_t threads[8];
    int64_t sums[8];
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, read_many_days, &sums[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(sums[i] > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock__library_time_never_precedes_what_was_recorded),
        cmocka_unit_test(test_clock__monotonic_time_moves_with_sleep),
        cmocka_unit_test(test_clock__calendar_round_trips_every_day_of_ten_thousand_years),
        cmocka_unit_test(test_clock__knows_landmarks_of_the_calendar),
        cmocka_unit_test(test_clock__refuses_days_that_do_not_exist),
        cmocka_unit_test(test_clock__writes_instants_in_utc),
        cmocka_unit_test(test_clock__reads_every_form_of_rfc_3339),
        cmocka_unit_test(test_clock__refuses_what_is_no_instant),
        cmocka_unit_test(test_clock__refuses_what_is_no_day),
        cmocka_unit_test(test_clock__refuses_zones_the_system_does_not_have),
        cmocka_unit_test(test_clock__a_library_without_a_zone_has_the_machines),
        cmocka_unit_test(test_clock__zones_with_other_days_have_other_prints),
        cmocka_unit_test(test_clock__utc_needs_no_zone_files),
        cmocka_unit_test(test_clock__a_day_is_as_long_as_the_zone_makes_it),
        cmocka_unit_test(test_clock__a_day_without_a_midnight_begins_at_its_first_instant),
        cmocka_unit_test(test_clock__a_day_with_two_midnights_begins_at_the_first),
        cmocka_unit_test(test_clock__a_day_the_zone_left_out_is_empty),
        cmocka_unit_test(test_clock__days_follow_each_other_without_gap_in_every_zone),
        cmocka_unit_test(test_clock__a_moment_to_wait_for_stands_on_the_monotonic_clock),
        cmocka_unit_test(test_clock__can_be_read_from_many_threads),
        cmocka_unit_test(test_clock__follows_a_tests_file_forward_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
