/*
 * test_barcode.c — generated barcodes are what scanners and other library systems accept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/barcode.h"

static void test_barcode__has_fourteen_digits_and_a_luhn_check_digit(void **state)
{
    char barcode[BARCODE_MAX + 1];

    (void)state;
    assert_true(barcode_make(barcode, "3900", 1));
    assert_string_equal(barcode, "39000000000013");
    assert_true(barcode_make(barcode, "3900", 17));
    assert_string_equal(barcode, "39000000000179");
    assert_true(barcode_make(barcode, "2900", 999999999));
    assert_int_equal(strlen(barcode), BARCODE_DIGITS);
    assert_true(barcode_luhn_ok(barcode));
}

static void test_barcode__every_number_has_its_own_valid_barcode(void **state)
{
    char last[BARCODE_MAX + 1] = "";
    char barcode[BARCODE_MAX + 1];

    (void)state;
    for (int64_t number = 0; number < 2000; number++) {
        assert_true(barcode_make(barcode, "3900", number));
        assert_true(barcode_luhn_ok(barcode));
        assert_true(strcmp(last, barcode) < 0);
        memcpy(last, barcode, sizeof last);
    }
}

static void test_barcode__refuses_what_leaves_no_room(void **state)
{
    char barcode[BARCODE_MAX + 1] = "untouched";

    (void)state;
    assert_false(barcode_make(barcode, "3900", 1000000000));
    assert_false(barcode_make(barcode, "3900", -1));
    assert_false(barcode_make(barcode, "LIB", 1));
    assert_false(barcode_make(barcode, "1234567890123", 1));
    assert_string_equal(barcode, "untouched");
    assert_true(barcode_make(barcode, "", 1));
    assert_string_equal(barcode, "00000000000018");
}

static void test_barcode__check_digit_finds_one_wrong_digit_and_swapped_neighbours(void **state)
{
    (void)state;
    assert_true(barcode_luhn_ok("79927398713")); /* the example of the Luhn article */
    assert_false(barcode_luhn_ok("79927398710"));
    assert_true(barcode_luhn_ok("39000000000179"));
    assert_false(barcode_luhn_ok("39000000000719"));
    assert_false(barcode_luhn_ok("39000000000178"));
    assert_false(barcode_luhn_ok("3900000000017X"));
    assert_false(barcode_luhn_ok("0"));
    assert_false(barcode_luhn_ok(""));
}

static void test_barcode__given_ones_are_printable_ascii(void **state)
{
    char long_one[BARCODE_MAX + 2];

    (void)state;
    assert_true(barcode_acceptable("LIB-0001 a"));
    assert_true(barcode_acceptable("1"));
    assert_false(barcode_acceptable(""));
    assert_false(barcode_acceptable(" 1"));
    assert_false(barcode_acceptable("1 "));
    assert_false(barcode_acceptable("a\tb"));
    assert_false(barcode_acceptable("caf\xC3\xA9"));
    memset(long_one, '9', sizeof long_one);
    long_one[BARCODE_MAX + 1] = '\0';
    assert_false(barcode_acceptable(long_one));
    long_one[BARCODE_MAX] = '\0';
    assert_true(barcode_acceptable(long_one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_barcode__has_fourteen_digits_and_a_luhn_check_digit),
        cmocka_unit_test(test_barcode__every_number_has_its_own_valid_barcode),
        cmocka_unit_test(test_barcode__refuses_what_leaves_no_room),
        cmocka_unit_test(test_barcode__check_digit_finds_one_wrong_digit_and_swapped_neighbours),
        cmocka_unit_test(test_barcode__given_ones_are_printable_ascii),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
