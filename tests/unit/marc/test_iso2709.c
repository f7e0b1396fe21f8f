/*
 * test_iso2709.c — records as they should be, and as they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "marc/iso2709.h"

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

/* A small record: 001, 100, 245 with an accent. */
static struct marc_record make_record(void)
{
    struct marc_record record;

    marc_begin(&record, "00000nam a2200000 a 4500", 24);
    assert_true(marc_add_control(&arena, &record, "001", "42"));
    struct marc_field *author = marc_add_field(&arena, &record, "100", '1', ' ');
    marc_add_subfield(&arena, author, 'a', "Dvořák, Antonín.");
    struct marc_field *title = marc_add_field(&arena, &record, "245", '1', '0');
    marc_add_subfield(&arena, title, 'a', "Rusalka /");
    marc_add_subfield(&arena, title, 'c', "Antonín Dvořák.");
    return record;
}

static const char *written(const struct marc_record *record, enum marc_charset charset, size_t *out_length)
{
    struct text_buf out;

    text_buf_init(&out, &arena);
    iso2709_write(&out, record, charset, converter);
    *out_length = out.length;
    return text_buf_string(&out);
}

static struct marc_reading read_it(const char *bytes, size_t length)
{
    struct marc_reading reading;
    const char *problem = NULL;

    if (!iso2709_read(&arena, converter, bytes, length, &reading, &problem))
        print_message("%s\n", problem);
    assert_null(problem);
    return reading;
}

static const char *refused(const char *bytes, size_t length)
{
    struct marc_reading reading;
    const char *problem = NULL;

    assert_false(iso2709_read(&arena, converter, bytes, length, &reading, &problem));
    assert_non_null(problem);
    return problem;
}

static void test_iso2709__what_is_written_is_read_again(void **state)
{
    struct marc_record record = make_record();
    size_t length;

    (void)state;
    const char *bytes = written(&record, MARC_UTF_8, &length);
    struct marc_reading reading = read_it(bytes, length);
    assert_true(marc_equal(&record, &reading.record));
    assert_false(reading.lengths_wrong || reading.says_other_charset);
    assert_int_equal(reading.fields_lost + reading.characters_lost, 0);
}

static void test_iso2709__is_laid_out_as_the_standard_says(void **state)
{
    struct marc_record record;
    size_t length;

    (void)state;
    marc_begin(&record, "     nam a22     uu 4500", 24);
    marc_add_control(&arena, &record, "001", "42");
    marc_add_subfield(&arena, marc_add_field(&arena, &record, "245", '0', '0'), 'a', "A");
    const char *bytes = written(&record, MARC_UTF_8, &length);
    assert_string_equal(bytes, "00059nam a2200049uu 4500001000300000245000600003\x1e"
                               "42\x1e"
                               "00\x1f"
                               "aA\x1e\x1d");
    assert_int_equal(length, 59);
}

static void test_iso2709__marc_8_is_written_and_read(void **state)
{
    struct marc_record record = make_record();
    size_t length;

    (void)state;
    const char *bytes = written(&record, MARC_MARC_8, &length);
    assert_int_equal(bytes[9], ' ');
    assert_false(text_is_utf8(bytes, length));
    struct marc_reading reading = read_it(bytes, length);
    assert_int_equal(reading.charset, MARC_MARC_8);
    const char *author = marc_subfield(marc_find(reading.record.fields, "100"), 'a');
    assert_string_equal(text_clean(&arena, author, strlen(author)), "Dvořák, Antonín.");
}

static void test_iso2709__what_says_marc_8_and_is_utf_8_is_utf_8(void **state)
{
    struct marc_record record = make_record();
    size_t length;

    (void)state;
    char *bytes = arena_strdup(&arena, written(&record, MARC_UTF_8, &length));
    bytes[9] = ' ';
    struct marc_reading reading = read_it(bytes, length);
    assert_true(reading.says_other_charset);
    assert_true(marc_equal(&record, &reading.record));
}

/* As many systems do: lengths and starts of 16 records of a university's file are in characters. */
static void test_iso2709__lengths_in_characters_do_no_harm(void **state)
{
    struct marc_record record = make_record();
    size_t length;

    (void)state;
    char *bytes = arena_strdup(&arena, written(&record, MARC_UTF_8, &length));
    assert_memory_equal(bytes + 24, "001000300000100002400003245003400027", 36);
    memcpy(bytes + 24, "001000300000100002100003245003100024", 36);
    memcpy(bytes, "00112", 5);
    struct marc_reading reading = read_it(bytes, length);
    assert_true(reading.lengths_wrong);
    assert_int_equal(reading.fields_lost, 0);
    assert_true(marc_equal(&record, &reading.record));
}

static void test_iso2709__the_directory_may_have_another_order(void **state)
{
    struct marc_record record = make_record();
    char second[12];
    size_t length;

    (void)state;
    char *bytes = arena_strdup(&arena, written(&record, MARC_UTF_8, &length));
    memcpy(second, bytes + 36, 12);
    memcpy(bytes + 36, bytes + 48, 12);
    memcpy(bytes + 48, second, 12);
    struct marc_reading reading = read_it(bytes, length);
    assert_false(reading.lengths_wrong);
    assert_string_equal(reading.record.fields->next->tag, "245");
    assert_string_equal(marc_subfield(marc_find(reading.record.fields, "100"), 'a'), "Dvořák, Antonín.");
}

static void test_iso2709__a_field_that_the_directory_lacks_is_lost_alone(void **state)
{
    static const char bytes[] = "00072nam a2200049 a 4500001000300000245000900013\x1e"
                                "42\x1e"
                                "  \x1f"
                                "aLost.\x1e"
                                "10\x1f"
                                "aHere\x1e\x1d";

    (void)state;
    struct marc_reading reading = read_it(bytes, sizeof bytes - 1);
    assert_int_equal(reading.fields_lost, 1);
    assert_string_equal(marc_control(&reading.record, "001"), "42");
    assert_string_equal(marc_subfield(marc_find(reading.record.fields, "245"), 'a'), "Here");
    assert_null(reading.record.fields->next->next);
}

/* In MARC-8 as in UTF-8: it would be written as a blank, and the record read again would be another. */
static void test_iso2709__a_separator_in_a_control_field_becomes_a_blank(void **state)
{
    static const char bytes[] = "00052nam  2200049 a 4500001000300000245000800003\x1e"
                                "4\x1f\x1e"
                                "10\x1f"
                                "aE\xe2"
                                "e\x1e\x1d";
    size_t length;

    (void)state;
    struct marc_reading reading = read_it(bytes, sizeof bytes - 1);
    assert_int_equal(reading.charset, MARC_MARC_8);
    assert_string_equal(marc_control(&reading.record, "001"), "4 ");
    assert_int_equal(reading.characters_lost, 1);
    const char *again = written(&reading.record, MARC_UTF_8, &length);
    struct marc_reading second = read_it(again, length);
    assert_true(marc_equal(&reading.record, &second.record));
}

static void test_iso2709__a_field_without_a_single_subfield_is_lost_and_not_kept(void **state)
{
    static const char bytes[] = "00073nam a2200061 a 4500001000300000100000600003245000700009\x1e"
                                "42\x1e"
                                "1 \x1f\x1f\x1f\x1e"
                                "10\x1f"
                                "aOn\x1e\x1d";
    size_t length;

    (void)state;
    struct marc_reading reading = read_it(bytes, sizeof bytes - 1);
    assert_int_equal(reading.fields_lost, 1);
    assert_null(marc_find(reading.record.fields, "100"));
    /* So nothing of it is written, which could not be read again. */
    const char *again = written(&reading.record, MARC_UTF_8, &length);
    struct marc_reading second = read_it(again, length);
    assert_int_equal(second.fields_lost, 0);
    assert_true(marc_equal(&reading.record, &second.record));
}

static void test_iso2709__a_file_goes_on_after_a_damaged_record(void **state)
{
    struct marc_record record = make_record();
    struct text_buf file;
    const char *bytes;
    size_t at = 0, length;

    (void)state;
    text_buf_init(&file, &arena);
    iso2709_write(&file, &record, MARC_UTF_8, converter);
    text_buf_append(&file, "\r\n00999nam garbage without a directory\x1d\n");
    iso2709_write(&file, &record, MARC_UTF_8, converter);
    text_buf_append(&file, "00100nam cut");

    const char *all = text_buf_string(&file);
    assert_true(iso2709_next(all, file.length, &at, &bytes, &length));
    read_it(bytes, length);
    assert_true(iso2709_next(all, file.length, &at, &bytes, &length));
    assert_non_null(strstr(refused(bytes, length), "no directory"));
    assert_true(iso2709_next(all, file.length, &at, &bytes, &length));
    struct marc_reading third = read_it(bytes, length);
    assert_true(marc_equal(&record, &third.record));
    assert_true(iso2709_next(all, file.length, &at, &bytes, &length));
    refused(bytes, length);
    assert_false(iso2709_next(all, file.length, &at, &bytes, &length));
}

static void test_iso2709__a_record_that_is_cut_is_refused(void **state)
{
    struct marc_record record = make_record();
    size_t length;

    (void)state;
    const char *bytes = written(&record, MARC_UTF_8, &length);
    assert_non_null(strstr(refused(bytes, length - 1), "ends in the middle"));
    assert_non_null(strstr(refused("\x1d", 1), "shorter"));
}

static void test_iso2709__a_field_too_long_for_its_number_is_read_whole(void **state)
{
    struct marc_record record;
    char *text = arena_alloc(&arena, 120001);
    size_t length;

    (void)state;
    memset(text, 'x', 120000);
    marc_begin(&record, "     nam a22     uu 4500", 24);
    marc_add_subfield(&arena, marc_add_field(&arena, &record, "520", ' ', ' '), 'a', text);
    marc_add_subfield(&arena, marc_add_field(&arena, &record, "650", ' ', '0'), 'a', "After");
    const char *bytes = written(&record, MARC_UTF_8, &length);
    assert_memory_equal(bytes, "99999", 5);
    struct marc_reading reading = read_it(bytes, length);
    assert_true(marc_equal(&record, &reading.record));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_iso2709__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_again),
        TEST(is_laid_out_as_the_standard_says),
        TEST(marc_8_is_written_and_read),
        TEST(what_says_marc_8_and_is_utf_8_is_utf_8),
        TEST(lengths_in_characters_do_no_harm),
        TEST(the_directory_may_have_another_order),
        TEST(a_field_that_the_directory_lacks_is_lost_alone),
        TEST(a_separator_in_a_control_field_becomes_a_blank),
        TEST(a_field_without_a_single_subfield_is_lost_and_not_kept),
        TEST(a_file_goes_on_after_a_damaged_record),
        TEST(a_record_that_is_cut_is_refused),
        TEST(a_field_too_long_for_its_number_is_read_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
