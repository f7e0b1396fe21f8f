/*
 * test_isbn.c — what is an ISBN, what is a local identifier, and what is a mistyped ISBN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "books/isbn.h"

static char stored[ISBN_TEXT_MAX + 1];

static void assert_valid(const char *text, const char *isbn13)
{
    assert_int_equal(isbn_normalise(text, stored), ISBN_VALID);
    assert_string_equal(stored, isbn13);
}

static void assert_local(const char *text)
{
    assert_int_equal(isbn_normalise(text, stored), ISBN_LOCAL);
    assert_string_equal(stored, text);
}

static void test_isbn__both_forms_are_stored_as_isbn_13(void **state)
{
    (void)state;
    assert_valid("9780439023481", "9780439023481");
    assert_valid("0439023483", "9780439023481");
    assert_valid("043965548X", "9780439655484");
    assert_valid("043965548x", "9780439655484");
    assert_valid("979-10-90636-07-1", "9791090636071");
}

static void test_isbn__people_write_it_in_many_ways(void **state)
{
    (void)state;
    assert_valid("978-0-439-02348-1", "9780439023481");
    assert_valid(" 978 0 439 02348 1 ", "9780439023481");
    assert_valid("0-439-02348-3", "9780439023481");
    assert_valid("ISBN 0-439-02348-3", "9780439023481");
    assert_valid("isbn: 9780439023481", "9780439023481");
    assert_valid("ISBN-13: 978-0-439-02348-1", "9780439023481");
    assert_valid("ISBN 10: 0439023483", "9780439023481");
    /* U+2010 hyphen, U+2013 dash, U+2212 minus, no-break space */
    assert_valid("978\xE2\x80\x90"
                 "0\xE2\x80\x93"
                 "439\xE2\x88\x92"
                 "02348\xC2\xA0"
                 "1",
                 "9780439023481");
}

static void test_isbn__a_mistyped_digit_is_found(void **state)
{
    static const char *const wrong[] = {"9780439023482",     "978-0-439-02384-1", "0439023484",
                                        "439023483X",        "043965548-0",       "1234567890",
                                        "ISBN 9780439023480"};

    (void)state;
    memcpy(stored, "untouched", sizeof "untouched");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(isbn_normalise(wrong[i], stored), ISBN_CHECK_DIGIT);
    assert_string_equal(stored, "untouched");
}

static void test_isbn__other_identifiers_stay_as_they_are(void **state)
{
    (void)state;
    assert_local("LIB-0001");
    assert_local("X");
    assert_local("123456789");     /* nine digits are no ISBN */
    assert_local("4006381333931"); /* an article number whose check digit holds */
    assert_local("ISBN-less-1");
    assert_local("550e8400-e29b-41d4-a716-446655440000"); /* 36 characters */
    assert_int_equal(isbn_normalise("4006381333932", stored), ISBN_CHECK_DIGIT);
}

static void test_isbn__anything_else_is_refused(void **state)
{
    static const char *const refused[] = {"",
                                          "-caf\xC3\xA9",
                                          "a b",
                                          "a_b",
                                          "9.78043902348e+12",
                                          "550e8400-e29b-41d4-a716-4466554400000",
                                          "978/0439023481"};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(isbn_normalise(refused[i], stored), ISBN_UNREADABLE);
}

static void test_isbn__isbn_10_exists_for_978_only(void **state)
{
    char isbn10[ISBN10_LENGTH + 1];

    (void)state;
    assert_true(isbn_to_10("9780439023481", isbn10));
    assert_string_equal(isbn10, "0439023483");
    assert_true(isbn_to_10("9780439655484", isbn10));
    assert_string_equal(isbn10, "043965548X");
    assert_false(isbn_to_10("9791090636071", isbn10));
    assert_false(isbn_to_10("LIB-0001", isbn10));
    assert_false(isbn_to_10("978043902348", isbn10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_isbn__both_forms_are_stored_as_isbn_13),
        cmocka_unit_test(test_isbn__people_write_it_in_many_ways),
        cmocka_unit_test(test_isbn__a_mistyped_digit_is_found),
        cmocka_unit_test(test_isbn__other_identifiers_stay_as_they_are),
        cmocka_unit_test(test_isbn__anything_else_is_refused),
        cmocka_unit_test(test_isbn__isbn_10_exists_for_978_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
