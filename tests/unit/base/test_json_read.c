/*
 * test_json_read.c — strict reading: what is let in, what is refused, and in which words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/text.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 8 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct json_value *parse(const char *text)
{
    const char *error = NULL;
    const struct json_value *value = json_parse(&arena, text, strlen(text), &error);
    if (!value) {
        fail_msg("%s in %s", error, text);
    }
    return value;
}

static void assert_refused_bytes(const char *bytes, size_t length, const char *message)
{
    const char *error = NULL;
    if (json_parse(&arena, bytes, length, &error)) {
        fail_msg("was accepted: %s", bytes);
    }
    assert_non_null(error);
    assert_true(text_starts_with(error, "line "));
    if (!strstr(error, message)) {
        fail_msg("\"%s\" does not say \"%s\" of %s", error, message, bytes);
    }
}

static void assert_refused(const char *text, const char *message)
{
    assert_refused_bytes(text, strlen(text), message);
}

static void assert_number_text(const char *json, const char *expected)
{
    const char *text = json_get_number_text(&arena, parse(json));
    if (expected) {
        assert_non_null(text);
        assert_string_equal(text, expected);
    } else {
        assert_null(text);
    }
}

static void test_json_read__reads_every_type(void **state)
{
    (void)state;
    const struct json_value *object =
        parse("{\"n\":null,\"b\":true,\"i\":-12,\"r\":1.5,\"t\":\"x\",\"a\":[1,2],\"o\":{}}");
    static const struct {
        const char *name;
        enum json_type type;
    } members[] = {{"n", JSON_NULL}, {"b", JSON_BOOL},  {"i", JSON_INTEGER}, {"r", JSON_REAL},
                   {"t", JSON_TEXT}, {"a", JSON_ARRAY}, {"o", JSON_OBJECT}};
    assert_int_equal(json_type_of(object), JSON_OBJECT);
    assert_int_equal(json_count(object), 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(json_type_of(json_member(object, members[i].name)), members[i].type);
        assert_string_equal(json_member_name(object, i), members[i].name);
    }
    assert_null(json_member_name(object, 7));
    bool flag = false;
    int64_t integer = 0;
    double real = 0;
    assert_true(json_get_bool(json_member(object, "b"), &flag) && flag);
    assert_true(json_get_int(json_member(object, "i"), &integer));
    assert_int_equal(integer, -12);
    assert_true(json_get_real(json_member(object, "r"), &real) && real > 1.4 && real < 1.6);
    assert_true(json_get_real(json_member(object, "i"), &real) && real < -11.9);
    assert_true(json_get_int(json_item(json_member(object, "a"), 1), &integer));
    assert_int_equal(integer, 2);
    assert_int_equal(json_count(json_member(object, "a")), 2);
}

static void test_json_read__absent_is_absent_everywhere(void **state)
{
    (void)state;
    bool flag;
    int64_t integer;
    double real;
    assert_int_equal(json_type_of(NULL), JSON_ABSENT);
    assert_null(json_member(NULL, "x"));
    assert_null(json_member_name(NULL, 0));
    assert_null(json_item(NULL, 0));
    assert_int_equal(json_count(NULL), 0);
    assert_false(json_get_bool(NULL, &flag));
    assert_false(json_get_int(NULL, &integer));
    assert_false(json_get_real(NULL, &real));
    assert_null(json_get_text(&arena, NULL));
    assert_null(json_get_number_text(&arena, NULL));
}

static void test_json_read__gives_no_value_of_another_type(void **state)
{
    (void)state;
    const struct json_value *array = parse("[\"1\", 1.0, 1, null, true, {\"a\":1}]");
    bool flag;
    int64_t integer;
    assert_false(json_get_int(json_item(array, 0), &integer));
    assert_false(json_get_int(json_item(array, 1), &integer));
    assert_false(json_get_bool(json_item(array, 2), &flag));
    assert_false(json_get_bool(json_item(array, 3), &flag));
    assert_null(json_get_text(&arena, json_item(array, 2)));
    assert_null(json_get_text(&arena, json_item(array, 3)));
    assert_null(json_get_number_text(&arena, json_item(array, 4)));
    assert_null(json_member(array, "a"));
    assert_null(json_member_name(array, 0));
    assert_null(json_item(json_item(array, 5), 0));
    assert_null(json_item(array, 6));
    assert_int_equal(json_count(json_item(array, 0)), 0);
}

static void test_json_read__accepts_any_value_at_the_top(void **state)
{
    (void)state;
    assert_int_equal(json_type_of(parse(" 1 ")), JSON_INTEGER);
    assert_int_equal(json_type_of(parse("\"x\"")), JSON_TEXT);
    assert_int_equal(json_type_of(parse("null\n")), JSON_NULL);
}

static void test_json_read__strings_come_back_cleaned(void **state)
{
    (void)state;
    assert_string_equal(json_get_text(&arena, parse("\"  caf\\u0065\\u0301\\r\\nx\\u0007 \"")),
                        "caf\xC3\xA9\nx");
    assert_string_equal(json_get_text(&arena, parse("\"\\ud83d\\udcda \\/ \\\"\"")), "\xF0\x9F\x93\x9A / \"");
    assert_string_equal(json_get_text(&arena, parse("\"\"")), "");
}

static void test_json_read__refuses_what_is_no_json(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{",   "[1,",  "[1,]",    "{\"a\":1,}", "{a:1}",    "{'a':1}", "{\"a\" 1}", "[1 2]",
        "nul", "True", "NaN",     "Infinity",   "01",       "+1",      ".5",        "5.",
        "1e",  "0x10", "--1",     "\"a",        "\"a\nb\"", "\"\\x\"", "\"\\u12\"", "}",
        "]",   "[}",   "// c\n1", "/* c */ 1",  "",         "  ",      "\"\\",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_refused(bad[i], ": ");
    }
    assert_refused("{\"a\":1} x", "follows the end");
    assert_refused("1 2", "follows the end");
    assert_refused("{\n  \"a\": @\n}", "line 2, column ");
}

static void test_json_read__refuses_repeated_members(void **state)
{
    (void)state;
    assert_refused("{\"a\":1,\"b\":2,\"a\":3}", "appears twice");
    assert_refused("{\"a\":1,\"\\u0061\":3}", "appears twice");
    assert_refused("[{\"x\":{\"a\":1,\"a\":1}}]", "appears twice");
}

static void test_json_read__refuses_nul_and_lone_surrogates(void **state)
{
    (void)state;
    assert_refused("\"a\\u0000b\"", "NUL");
    assert_refused("{\"a\\u0000b\":1}", "NUL");
    assert_refused_bytes("\"a\0b\"", 5, ": ");
    assert_refused_bytes("1\0", 2, "NUL");
    assert_refused_bytes("{}\0{", 4, "NUL");
    assert_refused("\"\\ud800\"", ": ");
    assert_refused("\"\\udc00\"", ": ");
    assert_refused("\"\\ud800\\u0041\"", ": ");
}

static void test_json_read__refuses_malformed_utf8(void **state)
{
    (void)state;
    assert_refused("\"\xFF\"", "UTF-8");
    assert_refused("\"\xC0\x80\"", "UTF-8");
    assert_refused("\"\xED\xA0\x80\"", "UTF-8");
    assert_refused("{\"\xC3\":1}", "UTF-8");
}

static const char *nest(size_t depth)
{
    struct text_buf buf;
    text_buf_init(&buf, &arena);
    for (size_t i = 0; i < depth; i++) {
        text_buf_append(&buf, i % 2 ? "{\"[\":" : "[");
    }
    text_buf_append(&buf, "\"[[[[{{{{\\\"[[[[\"");
    for (size_t i = depth; i-- > 0;) {
        text_buf_append_char(&buf, i % 2 ? '}' : ']');
    }
    return text_buf_string(&buf);
}

static void test_json_read__refuses_what_is_nested_too_deeply(void **state)
{
    (void)state;
    parse(nest(JSON_DEPTH_MAX));
    assert_refused(nest(JSON_DEPTH_MAX + 1), "nested too deeply");
    struct text_buf buf;
    text_buf_init(&buf, &arena);
    for (int i = 0; i < 100000; i++) {
        text_buf_append_char(&buf, '[');
    }
    assert_refused(text_buf_string(&buf), "line 1, column 17: this is nested too deeply.");
}

static const char *make_object(int members)
{
    struct text_buf buf;
    text_buf_init(&buf, &arena);
    text_buf_append(&buf, "[{\"x\":1},\n{");
    for (int i = 0; i < members; i++) {
        text_buf_printf(&buf, "%s\"m:%d\":{\"v\":0}", i > 0 ? "," : "", i);
    }
    text_buf_append(&buf, "}]");
    return text_buf_string(&buf);
}

static void test_json_read__refuses_objects_with_too_many_members(void **state)
{
    (void)state;
    const struct json_value *object = json_item(parse(make_object(JSON_MEMBERS_MAX)), 1);
    assert_int_equal(json_count(object), JSON_MEMBERS_MAX);
    assert_string_equal(json_member_name(object, 0), "m:0");
    assert_string_equal(json_member_name(object, JSON_MEMBERS_MAX - 1), "m:1023");
    assert_refused(make_object(JSON_MEMBERS_MAX + 1), "too many members");
}

static void test_json_read__numbers_of_fifteen_digits_are_exact(void **state)
{
    (void)state;
    assert_number_text("12.50", "12.5");
    assert_number_text("0.1", "0.1");
    assert_number_text("1.10", "1.1");
    assert_number_text("9999999999.99", "9999999999.99");
    assert_number_text("123456789012.345", "123456789012.345");
    assert_number_text("1e3", "1000");
    assert_number_text("-0.07", "-0.07");
    assert_number_text("1200", "1200");
    assert_number_text("9223372036854775807", "9223372036854775807");
    assert_number_text("-9223372036854775808", "-9223372036854775808");
    assert_number_text("\" 12.50 \"", "12.50");
    assert_number_text("0.30000000000000004", NULL);
    assert_number_text("12.499999999999998", NULL);
    assert_number_text("true", NULL);
    assert_number_text("[1]", NULL);
}

static void test_json_read__every_sum_of_money_survives_as_a_number(void **state)
{
    (void)state;
    for (int64_t minor = 1; minor < MONEY_MAX; minor = minor * 7 / 4 + 1) {
        struct arena_mark mark = arena_mark(&arena);
        char text[MONEY_TEXT_SIZE];
        money_format(minor, 3, text);
        int64_t back = 0;
        assert_true(money_parse(json_get_number_text(&arena, parse(text)), 3, &back));
        assert_true(back == minor);
        arena_reset_to(&arena, mark);
    }
}

static void test_json_read__refuses_huge_numbers(void **state)
{
    (void)state;
    assert_refused("9223372036854775808", "too large");
    assert_refused("-9223372036854775809", "too large");
    assert_refused("[1e400]", "too large");
    double real = 0;
    assert_true(json_get_real(parse("1e308"), &real));
    int64_t integer = 0;
    assert_false(json_get_int(parse("1e3"), &integer));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_json_read__reads_every_type),
        TEST(test_json_read__absent_is_absent_everywhere),
        TEST(test_json_read__gives_no_value_of_another_type),
        TEST(test_json_read__accepts_any_value_at_the_top),
        TEST(test_json_read__strings_come_back_cleaned),
        TEST(test_json_read__refuses_what_is_no_json),
        TEST(test_json_read__refuses_repeated_members),
        TEST(test_json_read__refuses_nul_and_lone_surrogates),
        TEST(test_json_read__refuses_malformed_utf8),
        TEST(test_json_read__refuses_what_is_nested_too_deeply),
        TEST(test_json_read__refuses_objects_with_too_many_members),
        TEST(test_json_read__numbers_of_fifteen_digits_are_exact),
        TEST(test_json_read__every_sum_of_money_survives_as_a_number),
        TEST(test_json_read__refuses_huge_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
