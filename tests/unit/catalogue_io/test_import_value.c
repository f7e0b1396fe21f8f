/*
 * test_import_value.c — days and sums as people write them, and that none is guessed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "catalogue_io/import_value.h"

static struct arena arena;

static void assert_day(const char *text, const char *expected)
{
    char found[CLOCK_DAY_SIZE] = "";
    int32_t day = 0;

    enum import_day_outcome outcome = import_read_day(text, &day);
    if (outcome == IMPORT_DAY_READ)
        clock_format_day(day, found);
    if (outcome != IMPORT_DAY_READ || strcmp(found, expected) != 0)
        print_error("“%s” was read as “%s”, %d\n", text, found, outcome);
    assert_int_equal(outcome, IMPORT_DAY_READ);
    assert_string_equal(found, expected);
}

static void assert_outcome(const char *text, enum import_day_outcome expected)
{
    int32_t day = 4711;

    assert_int_equal(import_read_day(text, &day), expected);
    assert_int_equal(day, 4711);
}

static void test_import_value__reads_days_that_can_be_read_in_one_way(void **state)
{
    (void)state;
    assert_day("2026-03-01", "2026-03-01");
    assert_day("2026-3-1", "2026-03-01");
    assert_day("2026/03/01", "2026-03-01");
    assert_day("20260301", "2026-03-01");
    assert_day("2026-03-01T23:59:59Z", "2026-03-01");
    assert_day("2026-03-01 09:30", "2026-03-01");
    assert_day("1.3.2026", "2026-03-01");
    assert_day("01. 03. 2026", "2026-03-01");
    assert_day("13/3/2026", "2026-03-13");
    assert_day("3/13/2026", "2026-03-13");
    assert_day("03-13-2026", "2026-03-13");
    assert_day("3/3/2026", "2026-03-03");
    assert_day("29.2.2024", "2024-02-29");
}

static void test_import_value__guesses_no_month(void **state)
{
    (void)state;
    assert_outcome("3/4/2026", IMPORT_DAY_UNCLEAR);
    assert_outcome("03-04-2026", IMPORT_DAY_UNCLEAR);
    assert_outcome("", IMPORT_DAY_ABSENT);
    assert_outcome("0000-00-00", IMPORT_DAY_ABSENT);
    assert_outcome("0000-00-00 00:00:00", IMPORT_DAY_ABSENT);
    for (size_t i = 0; i < 14; i++) {
        static const char *const none[] = {
            "29.2.2025", "31.4.2026", "2026-13-01",  "1.3.26",   "3/4/26",     "soon",      "2026-03",
            "2026",      "1.3.",      "2026-03-01x", "1-3.2026", "13/13/2026", "-1.3.2026", "2026-003-1"};
        assert_outcome(none[i], IMPORT_DAY_NONE);
    }
}

static void test_import_value__reads_an_instant_to_the_millisecond(void **state)
{
    int64_t at = 0;

    (void)state;
    assert_int_equal(import_read_instant("2026-03-01T09:30:00Z", &at), IMPORT_DAY_READ);
    assert_int_equal(clock_day_of(at), clock_day_of(at + 1));
    assert_true(at > clock_day_start(clock_day_of(at)));
    assert_int_equal(import_read_instant("1.3.2026", &at), IMPORT_DAY_READ);
    assert_int_equal(at, clock_day_start(clock_day_of(at)));
    assert_int_equal(import_read_instant("1/3/2026", &at), IMPORT_DAY_UNCLEAR);
}

static void assert_money(const char *text, int exponent, int64_t expected)
{
    int64_t minor = -1;

    if (!import_read_money(&arena, text, exponent, &minor) || minor != expected)
        print_error("“%s” was read as %lld\n", text, (long long)minor);
    assert_int_equal(minor, expected);
}

static void test_import_value__reads_sums_with_signs_and_separators(void **state)
{
    int64_t minor = 4711;

    (void)state;
    assert_money("12.50", 2, 1250);
    assert_money("12,5", 2, 1250);
    assert_money("12", 2, 1200);
    assert_money("€ 1.234,50", 2, 123450);
    assert_money("USD 1,234.50", 2, 123450);
    assert_money("1,234", 2, 123400);
    assert_money("1.234.567", 2, 123456700);
    assert_money("12,–", 2, 1200);
    assert_money("1,200", 0, 1200);
    for (size_t i = 0; i < 5; i++) {
        static const char *const none[] = {"", "free", "-5", "12 or 13", "€"};
        assert_false(import_read_money(&arena, none[i], 2, &minor));
    }
    assert_int_equal(minor, 4711);
}

static void test_import_value__finds_words_whatever_their_case_and_accents(void **state)
{
    (void)state;
    assert_true(import_word_among(&arena, "Verfügbar", "lost|verfugbar"));
    assert_true(import_word_among(&arena, "In_Repair", "in repair"));
    assert_false(import_word_among(&arena, "repair", "in repair"));
    assert_false(import_word_among(&arena, "", "a|b"));
    assert_false(import_word_among(&arena, "–", "a||b"));
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    return clock_set_zone("UTC") ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_value__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_days_that_can_be_read_in_one_way),      TEST(guesses_no_month),
        TEST(reads_an_instant_to_the_millisecond),         TEST(reads_sums_with_signs_and_separators),
        TEST(finds_words_whatever_their_case_and_accents),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
