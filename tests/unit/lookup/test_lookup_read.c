/*
 * test_lookup_read.c — questions as URLs, answers as titles, messages of Z39.50 both ways.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#undef fail /* ours (base/error.h) has the name */

#include "base/limits.h"
#include "base/text.h"
#include "lookup/lookup_address.h"
#include "lookup/lookup_read.h"
#include "net/ber.h"

#define ISBN "9780140449136"

static struct arena arena;
static struct ctx ctx;
static struct lookup_reading reading;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_LOOKUP_MAX);
    ctx = (struct ctx){.arena = &arena};
    lookup_reading_init(&reading);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* ---- questions ----------------------------------------------------------------------------------------- */

static void test_lookup__a_question_is_escaped_for_cql_and_for_the_url(void **state)
{
    const struct lookup_question question = {.title = "a \"b\" \\ & c", .author = "\xc3\x96"};

    (void)state;
    assert_string_equal(
        lookup_sru_url(&arena, "http://h/x", &question, 20),
        "http://h/x?version=1.1&operation=searchRetrieve&recordSchema=marcxml&maximumRecords=20&query="
        "dc.title%3D%22a%20%5C%22b%5C%22%20%5C%5C%20%26%20c%22%20and%20dc.creator%3D%22%C3%96%22");
}

static void test_lookup__what_the_address_says_is_not_said_again(void **state)
{
    const struct lookup_question question = {.isbn = ISBN, .any = "x"};

    (void)state;
    assert_string_equal(
        lookup_sru_url(&arena, "http://h/x?version=1.2&recordSchema=m#isbn=num&any=all", &question, 5),
        "http://h/x?version=1.2&recordSchema=m&operation=searchRetrieve&maximumRecords=5&query="
        "num%3D%22" ISBN "%22%20and%20all%3D%22x%22");
    assert_string_equal(lookup_json_url(&arena, "http://h/api/books?a=b", ISBN),
                        "http://h/api/books?a=b&format=json&jscmd=data&bibkeys=ISBN%3A" ISBN);
}

static void test_lookup__every_known_target_has_a_good_address(void **state)
{
    (void)state;
    assert_non_null(known_targets->name);
    for (const struct known_target *known = known_targets; known->name; known++)
        assert_true(lookup_address_is_good(&arena, known->kind, known->address));
}

static void test_lookup__z3950_addresses_have_a_host_a_port_and_a_database(void **state)
{
    static const char *const wrong[] = {
        "",         "host",         "host/", "/db", "host:0/db", "host:210/a/b", "http://host/db",
        "ho st/db", "host:210/db#x"};
    struct z3950_address address;

    (void)state;
    assert_true(z3950_address_parse(&arena, "Z.example.org/Main", &address));
    assert_string_equal(address.host, "z.example.org");
    assert_int_equal(address.port, 210);
    assert_string_equal(address.database, "Main");
    assert_true(z3950_address_parse(&arena, "[::1]:80/db", &address));
    assert_string_equal(address.host, "::1");
    assert_int_equal(address.port, 80);
    assert_true(z3950_address_parse(&arena, "host:80/db", &address));
    assert_int_equal(address.port, 80);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(z3950_address_parse(&arena, wrong[i], &address));
}

/* ---- answers ------------------------------------------------------------------------------------------- */

static void test_lookup__a_json_answer_becomes_a_title(void **state)
{
    static const char answer[] =
        "{\"ISBN:x\": {\"title\": \"T\", \"authors\": [{\"name\": \"A; B\"}, {\"name\": \"C\"}],"
        " \"publish_date\": \"12 May 1986\", \"subjects\": [{\"name\": \"S\"}, 7, {}]}}";

    (void)state;
    assert_int_equal(lookup_read_json(&ctx, answer, sizeof answer - 1, ISBN, &reading), NET_OK);
    assert_int_equal(reading.count, 1);
    const struct book_facts *facts = &reading.records->facts;
    assert_string_equal(facts->title, "T");
    assert_string_equal(facts->author, "A, B; C");
    assert_int_equal(facts->year, 1986);
    assert_int_equal(facts->categories.count, 1);
    assert_string_equal(facts->isbn, ISBN);
    assert_null(reading.records->marc);
}

static void test_lookup__a_json_answer_without_a_title_or_of_another_shape_is_none(void **state)
{
    static const char none[] = "{}", odd[] = "{\"x\": {\"title\": 7}}", list[] = "[1]",
                      text[] = "{\"x\": \"y\"}";

    (void)state;
    assert_int_equal(lookup_read_json(&ctx, none, sizeof none - 1, ISBN, &reading), NET_OK);
    assert_int_equal(lookup_read_json(&ctx, odd, sizeof odd - 1, ISBN, &reading), NET_OK);
    assert_int_equal(reading.count, 0);
    assert_int_equal(lookup_read_json(&ctx, list, sizeof list - 1, ISBN, &reading), NET_UNREADABLE);
    assert_int_equal(lookup_read_json(&ctx, text, sizeof text - 1, ISBN, &reading), NET_UNREADABLE);
}

static void test_lookup__twenty_records_are_taken_of_more(void **state)
{
    struct text_buf answer;

    (void)state;
    text_buf_init(&answer, &arena);
    text_buf_append(&answer, "<searchRetrieveResponse><numberOfRecords>99</numberOfRecords>");
    for (int i = 0; i < LOOKUP_RECORDS_MAX + 5; i++)
        text_buf_append(&answer,
                        "<record><leader/><datafield tag=\"245\" ind1=\" \" ind2=\" \"><subfield code=\"a\">T"
                        "</subfield></datafield></record>");
    text_buf_append(&answer, "</searchRetrieveResponse>");
    assert_int_equal(lookup_read_sru(&ctx, answer.bytes, answer.length, &reading), NET_OK);
    assert_int_equal(reading.count, LOOKUP_RECORDS_MAX);
    assert_int_equal(reading.found, 99);
    assert_string_equal(reading.records->facts.author, "Unknown");
}

/* ---- Z39.50 -------------------------------------------------------------------------------------------- */

static void test_z3950__requests_are_whole_messages(void **state)
{
    const struct z3950_question question = {
        .terms = {{Z3950_TITLE, "a"}, {Z3950_AUTHOR, "b"}, {Z3950_ISBN, ISBN}}, .count = 3};
    size_t length, measured;
    const char *bytes = z3950_write_init(&arena, &length);

    (void)state;
    assert_int_equal(ber_measure(bytes, length, length, &measured), BER_WHOLE);
    assert_int_equal(measured, length);
    bytes = z3950_write_search(&arena, "Default", &question, &length);
    assert_int_equal(ber_measure(bytes, length, length, &measured), BER_WHOLE);
    assert_non_null(memmem(bytes, length, ISBN, strlen(ISBN)));
    assert_non_null(memmem(bytes, length, "Default", 7));
    bytes = z3950_write_present(&arena, 1, 20, &length);
    assert_int_equal(ber_measure(bytes, length, length, &measured), BER_WHOLE);
}

static void test_z3950__a_request_is_no_answer(void **state)
{
    struct z3950_message message;
    size_t length;
    const char *bytes = z3950_write_init(&arena, &length);

    (void)state;
    assert_true(z3950_read(&arena, bytes, length, &message));
    assert_int_equal(message.kind, Z3950_OTHER);
    assert_false(
        z3950_read(&arena, "\xb5\x02\x30\x00", 4, &message)); /* an init response without its parts */
}

/* YAZ would write to a NULL: vendor/yaz.sh has it refuse them. */
static void test_z3950__a_string_in_pieces_is_refused(void **state)
{
    static const char present[] =
        "\xb9\x80\x98\x01\x02\x99\x01\x03\x9b\x01\x00\xbc\x80\x30\x80\xa0\x00\0\0\0\0\0";
    struct z3950_message message;
    size_t length;

    (void)state;
    assert_int_equal(ber_measure(present, sizeof present, sizeof present, &length), BER_WHOLE);
    assert_false(z3950_read(&arena, present, length, &message));
}

static void test_ber__a_value_is_measured_with_what_is_in_it(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum ber_measure expected;
        size_t measured;
    } cases[] = {
        {"\x04\x02hi and more", 13, BER_WHOLE, 4},
        {"\x04", 1, BER_MORE, 0},
        {"\x04\x05hi", 4, BER_MORE, 0},
        {"\x30\x04\x04\x02hi", 6, BER_WHOLE, 6},
        {"\x30\x04\x04\x03hi", 6, BER_BAD, 0}, /* reaches past what holds it */
        {"\x30\x80\x04\x02hi\0\0", 8, BER_WHOLE, 8},
        {"\x30\x80\x04\x02hi", 6, BER_MORE, 0},
        {"\x04\x80hi\0\0", 6, BER_BAD, 0},      /* no end that could be known */
        {"\x30\x02\0\0", 4, BER_BAD, 0},        /* an end of nothing */
        {"\x04\x85\0\0\0\0\1x", 8, BER_BAD, 0}, /* a length of five bytes */
        {"\x1f\x80\x80\x80\x80\x01\x00", 7, BER_BAD, 0},
        {"\xbf\x2a\x01x", 4, BER_BAD, 0},
        {"\x9f\x2a\x01x", 4, BER_WHOLE, 4},
        {"\0\0", 2, BER_BAD, 0},
    };
    size_t measured = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ber_measure(cases[i].bytes, cases[i].length, 1000, &measured), cases[i].expected);
        if (cases[i].expected == BER_WHOLE)
            assert_int_equal(measured, cases[i].measured);
    }
    assert_int_equal(ber_measure("\x04\x82\x10\x01", 4, 4096, &measured),
                     BER_BAD); /* longer than it may be */
}

static void test_ber__nesting_ends_at_its_limit(void **state)
{
    char deep[400];
    size_t measured;

    (void)state;
    for (size_t i = 0; i < sizeof deep; i += 2) {
        deep[i] = '\x30';
        deep[i + 1] = '\x80';
    }
    assert_int_equal(ber_measure(deep, sizeof deep, 1000, &measured), BER_BAD);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(test_lookup__a_question_is_escaped_for_cql_and_for_the_url),
        WITH_ARENA(test_lookup__what_the_address_says_is_not_said_again),
        WITH_ARENA(test_lookup__every_known_target_has_a_good_address),
        WITH_ARENA(test_lookup__z3950_addresses_have_a_host_a_port_and_a_database),
        WITH_ARENA(test_lookup__a_json_answer_becomes_a_title),
        WITH_ARENA(test_lookup__a_json_answer_without_a_title_or_of_another_shape_is_none),
        WITH_ARENA(test_lookup__twenty_records_are_taken_of_more),
        WITH_ARENA(test_z3950__requests_are_whole_messages),
        WITH_ARENA(test_z3950__a_request_is_no_answer),
        WITH_ARENA(test_z3950__a_string_in_pieces_is_refused),
        WITH_ARENA(test_ber__a_value_is_measured_with_what_is_in_it),
        WITH_ARENA(test_ber__nesting_ends_at_its_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
