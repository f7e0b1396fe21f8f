/*
 * test_money.c — exact or refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/money.h"

static void assert_format(int64_t minor, int exponent, const char *expected)
{
    char text[MONEY_TEXT_SIZE];
    money_format(minor, exponent, text);
    assert_string_equal(text, expected);
}

static void assert_parse(const char *text, int exponent, int64_t expected)
{
    int64_t minor = 42;
    assert_true(money_parse(text, exponent, &minor));
    assert_true(minor == expected);
}

static void assert_refused(const char *text, int exponent)
{
    int64_t minor = 42;
    assert_false(money_parse(text, exponent, &minor));
    assert_int_equal(minor, 42);
}

static void test_money__knows_the_decimals_of_currencies(void **state)
{
    (void)state;
    assert_int_equal(money_exponent("EUR"), 2);
    assert_int_equal(money_exponent("USD"), 2);
    assert_int_equal(money_exponent("AED"), 2);
    assert_int_equal(money_exponent("ZWG"), 2);
    assert_int_equal(money_exponent("JPY"), 0);
    assert_int_equal(money_exponent("XPF"), 0);
    assert_int_equal(money_exponent("KWD"), 3);
    assert_int_equal(money_exponent("CLF"), 4);
}

static void test_money__refuses_codes_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "EU",  "EURO", "eur", "XXX",
                                      "ZZZ", "R B", " EU",  "UR ", "\xE2\x82\xAC"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(money_exponent(bad[i]), -1);
    }
}

static void test_money__writes_all_decimals(void **state)
{
    (void)state;
    assert_format(1250, 2, "12.50");
    assert_format(0, 2, "0.00");
    assert_format(5, 2, "0.05");
    assert_format(-5, 2, "-0.05");
    assert_format(-1250, 2, "-12.50");
    assert_format(1250, 0, "1250");
    assert_format(-1250, 0, "-1250");
    assert_format(1250, 3, "1.250");
    assert_format(1, 4, "0.0001");
    assert_format(MONEY_MAX, 2, "10000000000.00");
    assert_format(INT64_MIN, 2, "-92233720368547758.08");
    assert_format(INT64_MAX, 0, "9223372036854775807");
}

static void test_money__reads_up_to_the_decimals_of_the_currency(void **state)
{
    (void)state;
    assert_parse("12.5", 2, 1250);
    assert_parse("12.50", 2, 1250);
    assert_parse("12", 2, 1200);
    assert_parse("0", 2, 0);
    assert_parse("-0.00", 2, 0);
    assert_parse("-3.07", 2, -307);
    assert_parse("0.01", 2, 1);
    assert_parse("12", 0, 12);
    assert_parse("1.234", 3, 1234);
    assert_parse("10000000000.00", 2, MONEY_MAX);
    assert_parse("-10000000000", 2, -MONEY_MAX);
    assert_parse("0000000000000000000000000000001", 0, 1);
}

static void test_money__refuses_what_is_not_exact(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "-",
        ".",
        ".5",
        "5.",
        "12.505",
        "12.500",
        "1e2",
        "+1",
        "--1",
        " 1",
        "1 ",
        "1,50",
        "1.5.0",
        "0x10",
        "NaN",
        "10000000000.01",
        "-10000000000.01",
        "99999999999999999999999999",
        "12.",
        "1.-5",
        "\xE2\x82\xAC\x35",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_refused(bad[i], 2);
    }
    assert_refused("12.0", 0);
    assert_refused("1.2345", 3);
}

static void test_money__round_trips(void **state)
{
    (void)state;
    for (int exponent = 0; exponent <= 4; exponent++) {
        for (int64_t minor = -20000; minor <= 20000; minor += 7) {
            char text[MONEY_TEXT_SIZE];
            money_format(minor, exponent, text);
            assert_parse(text, exponent, minor);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money__knows_the_decimals_of_currencies),
        cmocka_unit_test(test_money__refuses_codes_that_are_none),
        cmocka_unit_test(test_money__writes_all_decimals),
        cmocka_unit_test(test_money__reads_up_to_the_decimals_of_the_currency),
        cmocka_unit_test(test_money__refuses_what_is_not_exact),
        cmocka_unit_test(test_money__round_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
