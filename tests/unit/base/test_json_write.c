/*
 * test_json_write.c — commas, escapes and number forms; what is written can be read again.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/uuid.h"

static struct arena arena;
static struct text_buf out;
static struct json_writer writer;

static void begin(void)
{
    text_buf_init(&out, &arena);
    json_writer_init(&writer, &out);
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 8 * 1024 * 1024);
    begin();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void assert_written(const char *expected)
{
    assert_string_equal(text_buf_string(&out), expected);
    const char *error = NULL;
    assert_non_null(json_parse(&arena, out.bytes, out.length, &error));
    begin();
}

static void test_json_write__puts_commas_where_they_belong(void **state)
{
    (void)state;
    json_object_begin(&writer);
    json_member_text(&writer, "a", "x");
    json_key(&writer, "b");
    json_array_begin(&writer);
    json_int(&writer, 1);
    json_array_begin(&writer);
    json_array_end(&writer);
    json_object_begin(&writer);
    json_object_end(&writer);
    json_null(&writer);
    json_object_begin(&writer);
    json_member_bool(&writer, "c", false);
    json_member_int(&writer, "d", INT64_MIN);
    json_object_end(&writer);
    json_array_end(&writer);
    json_key(&writer, "e");
    json_raw(&writer, "{\"raw\":[true]}");
    json_member_real(&writer, "f", 0.25, 2);
    json_object_end(&writer);
    assert_written("{\"a\":\"x\",\"b\":[1,[],{},null,{\"c\":false,\"d\":-9223372036854775808}],"
                   "\"e\":{\"raw\":[true]},\"f\":0.25}");
}

static void test_json_write__a_value_alone_is_a_document(void **state)
{
    (void)state;
    json_text(&writer, NULL);
    assert_written("null");
    json_bool(&writer, true);
    assert_written("true");
    json_array_begin(&writer);
    json_array_end(&writer);
    assert_written("[]");
}

static void test_json_write__escapes_what_json_cannot_hold(void **state)
{
    (void)state;
    json_text(&writer, "\"quoted\" back\\slash /\b\f\n\r\t\x01\x1F");
    assert_written("\"\\\"quoted\\\" back\\\\slash /\\b\\f\\n\\r\\t\\u0001\\u001f\"");
    json_text(&writer, "caf\xC3\xA9 \xF0\x9F\x93\x9A \xE2\x80\xA8");
    assert_written("\"caf\xC3\xA9 \xF0\x9F\x93\x9A \xE2\x80\xA8\"");
    json_text(&writer, "");
    assert_written("\"\"");
    json_object_begin(&writer);
    json_member_int(&writer, "a \"key\"\n", 1);
    json_object_end(&writer);
    assert_written("{\"a \\\"key\\\"\\n\":1}");
}

/* What a damaged library holds may be no text; who reads the answer must be able to. */
static void test_json_write__bytes_that_are_no_character_are_replaced(void **state)
{
    (void)state;
    json_text(&writer, "a\xA9"
                       "b");
    assert_written("\"a\xEF\xBF\xBD"
                   "b\"");
    json_text(&writer, "caf\xC3\xA9 \xC3\n\xC0\x80");
    assert_written("\"caf\xC3\xA9 \xEF\xBF\xBD\\n\xEF\xBF\xBD\xEF\xBF\xBD\"");
    json_text(&writer, "\xF0\x9F\x93"); /* cut off */
    assert_written("\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void test_json_write__every_ascii_character_can_be_read_again(void **state)
{
    (void)state;
    char text[128] = "|";
    for (int i = 1; i < 127; i++) {
        text[i] = (char)i;
    }
    text[127] = '\0';
    json_text(&writer, text);
    const char *error = NULL;
    const char *back = json_get_text(&arena, json_parse(&arena, out.bytes, out.length, &error));
    assert_string_equal(back, text_clean(&arena, text, strlen(text)));
}

static void assert_real(double value, int decimals, const char *expected)
{
    json_real(&writer, value, decimals);
    assert_written(expected);
}

static void test_json_write__reals_have_at_most_the_decimals_asked_for(void **state)
{
    (void)state;
    assert_real(12.5, 2, "12.5");
    assert_real(12.0, 2, "12");
    assert_real(100.0, 0, "100");
    assert_real(2.0 / 3, 3, "0.667");
    assert_real(-0.001, 2, "0");
    assert_real(-0.5, 1, "-0.5");
    assert_real(0.0, 2, "0");
    assert_real(1e15, 1, "1000000000000000");
    assert_real((double)NAN, 2, "null");
    assert_real((double)INFINITY, 2, "null");
    assert_real(-(double)INFINITY, 2, "null");
    json_real(&writer, -1.7976931348623157e308, 15);
    assert_int_equal(out.length, 310);
}

static void test_json_write__money_keeps_all_decimals(void **state)
{
    (void)state;
    json_money(&writer, 1250, 2);
    assert_written("12.50");
    json_object_begin(&writer);
    json_member_money(&writer, "balance", -5, 2);
    json_member_money(&writer, "yen", 500, 0);
    json_object_end(&writer);
    assert_written("{\"balance\":-0.05,\"yen\":500}");
}

static void test_json_write__ids_instants_and_days_are_texts(void **state)
{
    (void)state;
    struct uuid uuid;
    assert_true(uuid_parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", &uuid));
    json_object_begin(&writer);
    json_member_uuid(&writer, "id", &uuid);
    json_member_instant(&writer, "at", 1795339800000);
    json_member_instant(&writer, "never", 0);
    json_key(&writer, "on");
    json_day(&writer, 0);
    json_key(&writer, "epoch");
    json_instant(&writer, 0);
    json_object_end(&writer);
    assert_written(
        "{\"id\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\",\"at\":\"2026-11-22T09:30:00.000Z\",\"never\":null,"
        "\"on\":\"1970-01-01\",\"epoch\":\"1970-01-01T00:00:00.000Z\"}");
}

static void test_json_write__goes_on_quietly_when_the_arena_is_exhausted(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 2048);
    text_buf_init(&out, &small);
    json_writer_init(&writer, &out);
    json_array_begin(&writer);
    for (int i = 0; i < 10000; i++) {
        json_int(&writer, i);
    }
    json_array_end(&writer);
    assert_true(arena_exhausted(&small));
    assert_true(out.length < 2048);
    arena_release(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_json_write__puts_commas_where_they_belong),
        TEST(test_json_write__a_value_alone_is_a_document),
        TEST(test_json_write__escapes_what_json_cannot_hold),
        TEST(test_json_write__bytes_that_are_no_character_are_replaced),
        TEST(test_json_write__every_ascii_character_can_be_read_again),
        TEST(test_json_write__reals_have_at_most_the_decimals_asked_for),
        TEST(test_json_write__money_keeps_all_decimals),
        TEST(test_json_write__ids_instants_and_days_are_texts),
        TEST(test_json_write__goes_on_quietly_when_the_arena_is_exhausted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
