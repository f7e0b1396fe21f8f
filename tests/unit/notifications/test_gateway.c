/*
 * test_gateway.c — words in braces, each written as its place wants it: nobody's text becomes part of an address or of JSON.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/arena.h"
#include "base/limits.h"
#include "notifications/gateway.h"
#include "notifications/mail_service.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct gateway_words words = {"+43 1/2", "29001", "Say \"hi\" & {card}\\\n"};

static void test_gateway__an_address_is_filled_in_url_encoded_and_once(void **state)
{
    (void)state;
    assert_string_equal(
        gateway_url(&arena, "https://x.org/{card}?to={phone}&t={text}&{other}={", &words),
        "https://x.org/29001?to=%2B43%201%2F2&t=Say%20%22hi%22%20%26%20%7Bcard%7D%5C%0A&{other}={");
}

static void test_gateway__json_is_filled_in_escaped(void **state)
{
    (void)state;
    assert_true(gateway_body_is_json("{\"to\": \"{phone}\"}"));
    assert_string_equal(gateway_body(&arena, "{\"to\": \"{phone}\", \"t\": \"{text}\"}", &words),
                        "{\"to\": \"+43 1/2\", \"t\": \"Say \\\"hi\\\" & {card}\\\\\\n\"}");
    assert_true(gateway_body_is_json("[\"{text}\"]"));
}

static void test_gateway__another_body_is_a_form(void **state)
{
    (void)state;
    assert_false(gateway_body_is_json("{text}"));
    assert_false(gateway_body_is_json("to={phone}"));
    assert_string_equal(gateway_body(&arena, "to={phone}&c={card}", &words), "to=%2B43%201%2F2&c=29001");
    assert_string_equal(gateway_body(&arena, "to={phone}.", &(struct gateway_words){0}), "to=.");
}

static void test_mail__addresses_are_parted_by_commas(void **state)
{
    const char *const *to;

    (void)state;
    assert_true(mail_addresses(&arena, " a@b.org ,, c@d.org,", &to));
    assert_string_equal(to[0], "a@b.org");
    assert_string_equal(to[1], "c@d.org");
    assert_null(to[2]);
    assert_true(mail_addresses(&arena, "", &to));
    assert_null(to[0]);
    assert_false(mail_addresses(&arena, "a@b.org; c@d.org", &to));
    assert_false(mail_addresses(&arena, "a@b.org, nobody", &to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gateway__an_address_is_filled_in_url_encoded_and_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_gateway__json_is_filled_in_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gateway__another_body_is_a_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_mail__addresses_are_parted_by_commas, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
