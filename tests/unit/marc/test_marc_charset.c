/*
 * test_marc_charset.c — MARC-8 and UTF-8. The bytes are those of the standard's own examples and tables
 * (https://www.loc.gov/marc/specifications/speccharmarc8.html).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "marc/marc_charset.h"

static struct arena arena;
static struct marc_converter *converter;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    converter = marc_converter_new(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void assert_reads(const char *marc8, const char *expected, size_t expected_lost)
{
    size_t lost = 0;
    const char *text = marc_from_marc8(converter, &arena, marc8, strlen(marc8), &lost);

    assert_string_equal(text_clean(&arena, text, strlen(text)), expected);
    assert_int_equal(lost, expected_lost);
}

static void assert_goes_there_and_back(const char *text)
{
    const char *marc8 = marc_to_marc8(converter, &arena, text);

    assert_reads(marc8, text_clean(&arena, text, strlen(text)), 0);
}

static void test_marc_charset__accents_stand_before_their_letter(void **state)
{
    (void)state;
    assert_reads("Caf\xe2"
                 "e",
                 "Café", 0);
    assert_string_equal(marc_to_marc8(converter, &arena, "Café"), "Caf\xe2"
                                                                  "e");
    assert_reads("Dvo\xe9r\xe2"
                 "ak, Anton\xe2\xb8n",
                 "Dvořák, Antonı́n", 0);
}

static void test_marc_charset__a_ligature_of_two_halves_is_one(void **state)
{
    (void)state;
    assert_reads("\xebt\xecsar", "t\u0361sar", 0);
}

static void test_marc_charset__escapes_name_the_script(void **state)
{
    (void)state;
    assert_reads("\x1b(NpRIWET\x1b(B!", "Привет!", 0);
    assert_reads("\x1b$1!Bs!Ci!Xl\x1b(B", "日本語", 0);
}

static void test_marc_charset__what_is_written_is_read_again(void **state)
{
    static const struct {
        const char *text;
        bool is_whole; /* MARC-8 has every character of it; else there is a reference */
    } cases[] = {
        {"plain", true},    {"Łódź", true},          {"Ελληνικά", true}, {"Привет мир", true},
        {"日本語", true},   {"한국어 도서관", true}, {"עברית", true},    {"naïve ǩ", true},
        {"m² H₂O", true},   {"Žižek, Ђорђе", true},  {"tsar t͡s", true},  {"Ünïcødé ß ı", true},
        {"😀 smile", false}, {"a…b “c”", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_goes_there_and_back(cases[i].text);
        assert_int_equal(strstr(marc_to_marc8(converter, &arena, cases[i].text), "&#x") == NULL,
                         cases[i].is_whole);
    }
}

static void test_marc_charset__what_it_does_not_have_is_a_reference(void **state)
{
    (void)state;
    assert_string_equal(marc_to_marc8(converter, &arena, "😀"), "&#x1F600;");
    assert_reads("a &#x1F600; b", "a 😀 b", 0);
    assert_reads("&#x41; &#xD800; &#x; &#x110000; &#x1F600", "&#x41; &#xD800; &#x; &#x110000; &#x1F600", 0);
}

static void test_marc_charset__bytes_that_mean_nothing_are_told(void **state)
{
    (void)state;
    assert_reads("abc\xff"
                 "def",
                 "abc\uFFFD"
                 "def",
                 1);
    assert_reads("\x80\x81", "\uFFFD\uFFFD", 2);
    assert_reads("e\xe2", "e\uFFFD", 1); /* an accent without its letter */
}

static void test_marc_charset__is_told_by_the_bytes(void **state)
{
    static const char latin[] = "Caf\xe2"
                                "e",
                      utf8[] = "Café",
                      escaped[] = "\x1b(N"
                                  "abc",
                      plain[] = "abc";

    (void)state;
    assert_int_equal(marc_charset_of(latin, strlen(latin)), MARC_MARC_8);
    assert_int_equal(marc_charset_of(utf8, strlen(utf8)), MARC_UTF_8);
    assert_int_equal(marc_charset_of(escaped, strlen(escaped)), MARC_MARC_8);
    assert_int_equal(marc_charset_of(plain, strlen(plain)), MARC_UTF_8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_marc_charset__accents_stand_before_their_letter, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_marc_charset__a_ligature_of_two_halves_is_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_marc_charset__escapes_name_the_script, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_marc_charset__what_is_written_is_read_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_marc_charset__what_it_does_not_have_is_a_reference, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_marc_charset__bytes_that_mean_nothing_are_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_marc_charset__is_told_by_the_bytes, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
