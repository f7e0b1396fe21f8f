/*
 * test_marcxml.c — documents as libraries send them, and as nobody should.
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
#include "marc/marcxml.h"

static struct arena arena;
static struct text_buf seen; /* "245 00 $aTitle" a line */
static size_t lost, records, wanted;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    text_buf_init(&seen, &arena);
    lost = records = 0;
    wanted = SIZE_MAX;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static bool note_record(void *argument, const struct marc_record *record, size_t fields_lost)
{
    (void)argument;
    lost += fields_lost;
    for (const struct marc_field *field = record->fields; field; field = field->next) {
        text_buf_printf(&seen, "%s", field->tag);
        if (field->text)
            text_buf_printf(&seen, " %s", field->text);
        for (const struct marc_subfield *subfield = field->subfields; subfield; subfield = subfield->next)
            text_buf_printf(&seen, " %.2s$%c%s", field->indicators, subfield->code, subfield->text);
        text_buf_append(&seen, "\n");
    }
    return ++records < wanted;
}

static enum marcxml_end read_text(const char *text, const char **out_problem)
{
    return marcxml_read(&arena, text, strlen(text), note_record, NULL, out_problem);
}

static void assert_reads(const char *text, const char *expected)
{
    const char *problem = "";

    assert_int_equal(read_text(text, &problem), MARCXML_TO_END);
    assert_string_equal(text_buf_string(&seen), expected);
}

static void test_marcxml__reads_records_with_and_without_prefix(void **state)
{
    (void)state;
    assert_reads(
        "<collection xmlns='http://www.loc.gov/MARC21/slim'><record><leader>00000nam a2200000 a 4500</leader>"
        "<controlfield tag='001'>1</controlfield><datafield tag='245' ind1='1' ind2='0'>"
        "<subfield code='a'>Q &amp; A</subfield></datafield></record></collection>",
        "001 1\n245 10$aQ & A\n");
    assert_reads(
        "<m:record xmlns:m='http://www.loc.gov/MARC21/slim'><m:datafield tag='500' ind1=' ' ind2=' '>"
        "<m:subfield code='a'>B</m:subfield></m:datafield></m:record>",
        "001 1\n245 10$aQ & A\n500   $aB\n");
    assert_int_equal(records, 2);
}

static void test_marcxml__what_is_wrapped_around_does_not_matter(void **state)
{
    (void)state;
    assert_reads("<srw><record><x/></record></srw>", "");
    assert_int_equal(records, 1);
    assert_reads("<a><b><record><datafield tag='020' ind1=' ' ind2=' '><subfield code='a'>1</subfield>"
                 "</datafield></record></b></a>",
                 "020   $a1\n");
}

static void test_marcxml__what_is_written_is_read_again(void **state)
{
    struct marc_record record;
    struct text_buf out;

    (void)state;
    marc_begin(&record, "00000cam a2200000 i 4500", 24);
    marc_add_control(&arena, &record, "001", "a<b>&\"'");
    marc_add_subfield(&arena, marc_add_field(&arena, &record, "245", '0', '<'), '&', "日本語 \r\n line");
    text_buf_init(&out, &arena);
    marcxml_begin(&out);
    marcxml_write(&out, &record);
    marcxml_write(&out, &record);
    marcxml_end(&out);
    assert_reads(text_buf_string(&out),
                 "001 a<b>&\"'\n245 0<$&日本語 \r\n line\n001 a<b>&\"'\n245 0<$&日本語 \r\n line\n");
    assert_non_null(strstr(text_buf_string(&out), "<leader>     cam a22      i 4500</leader>"));
}

static void test_marcxml__characters_that_xml_cannot_have_are_replaced(void **state)
{
    struct marc_record record;
    struct text_buf out;
    const char *problem;

    (void)state;
    marc_begin(&record, "", 0);
    marc_add_control(&arena, &record, "001",
                     "a\x01"
                     "b\xef\xbf\xbf"
                     "c");
    text_buf_init(&out, &arena);
    marcxml_write(&out, &record);
    assert_int_equal(read_text(text_buf_string(&out), &problem), MARCXML_TO_END);
    assert_string_equal(text_buf_string(&seen), "001 a\uFFFD"
                                                "b\uFFFD"
                                                "c\n");
}

static void test_marcxml__fields_without_a_tag_are_counted(void **state)
{
    (void)state;
    assert_reads(
        "<record><controlfield tag='12'>x</controlfield><datafield tag='24'><subfield code='a'>x</subfield>"
        "</datafield><datafield tag='245' ind1='1' ind2='0'><subfield>x</subfield><subfield code='b'>y"
        "</subfield></datafield></record>",
        "245 10$by\n");
    assert_int_equal(lost, 3); /* a control field, a data field with all it has, a subfield */
}

static void test_marcxml__what_stands_before_the_break_counts(void **state)
{
    const char *problem = NULL;

    (void)state;
    assert_int_equal(
        read_text("<c><record><controlfield tag='001'>1</controlfield></record>\n<record><oops></c>",
                  &problem),
        MARCXML_BROKEN);
    assert_non_null(strstr(problem, "line 2"));
    assert_int_equal(records, 1);
}

static void test_marcxml__document_types_are_refused(void **state)
{
    const char *problem = NULL;

    (void)state;
    assert_int_equal(read_text("<!DOCTYPE c [<!ENTITY a 'b'>]><c><record/></c>", &problem), MARCXML_BROKEN);
    assert_non_null(strstr(problem, "document type"));
    assert_int_equal(records, 0);
}

/* Without a text they take memory all the same, and a file of 32 MB may be made of them. */
static void test_marcxml__elements_are_bounded_as_texts_are(void **state)
{
    const char *problem = NULL;
    struct text_buf text;
    struct arena own;

    (void)state;
    arena_init(&own, 4 * ARENA_REQUEST_MAX);
    text_buf_init(&text, &own);
    for (int i = 0; i < MARC_XML_DEPTH_MAX + 1; i++)
        text_buf_append(&text, "<a>");
    assert_int_equal(read_text(text_buf_string(&text), &problem), MARCXML_BROKEN);
    assert_non_null(strstr(problem, "within each other"));
    text_buf_clear(&text);
    text_buf_append(&text, "<record>");
    for (int i = 0; i < MARC_RECORD_BYTES_MAX / 15 + 1; i++)
        text_buf_append(&text, "<datafield tag='500'/>");
    assert_int_equal(read_text(text_buf_string(&text), &problem), MARCXML_BROKEN);
    assert_non_null(strstr(problem, "longer than any"));
    arena_release(&own);
}

static void test_marcxml__stops_when_told(void **state)
{
    const char *problem = NULL;

    (void)state;
    wanted = 2;
    assert_int_equal(read_text("<c><record/><record/><record/></c>", &problem), MARCXML_STOPPED);
    assert_int_equal(records, 2);
}

static void test_marcxml__is_told_by_its_first_bytes(void **state)
{
    (void)state;
    assert_true(marcxml_is_likely(" \n<?xml version='1.0'?>", 22));
    assert_true(marcxml_is_likely("\xef\xbb\xbf<record/>", 12));
    assert_false(marcxml_is_likely("title,author\n<b>,x", 18));
    assert_false(marcxml_is_likely("", 0));
    assert_true(marcxml_is_likely("\xfe\xff\0<\0r\0e", 8));
    assert_false(marcxml_is_likely("\xfe\xff\0t\0i\0t", 8)); /* a list from a spreadsheet */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_marcxml__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(reads_records_with_and_without_prefix),
        TEST(what_is_wrapped_around_does_not_matter),
        TEST(what_is_written_is_read_again),
        TEST(characters_that_xml_cannot_have_are_replaced),
        TEST(fields_without_a_tag_are_counted),
        TEST(what_stands_before_the_break_counts),
        TEST(document_types_are_refused),
        TEST(elements_are_bounded_as_texts_are),
        TEST(stops_when_told),
        TEST(is_told_by_its_first_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
