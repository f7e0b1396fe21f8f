/*
 * test_smtp_reply.c — answers as mail servers give them, and as none should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/smtp_reply.h"

static struct smtp_reply reply;

static size_t feed(const char *text)
{
    smtp_reply_init(&reply);
    return smtp_reply_feed(&reply, text, strlen(text));
}

static void test_smtp_reply__lines_of_one_code_are_one_answer(void **state)
{
    (void)state;
    feed("250-mail.example.org greets you\r\n250-SIZE 1000\r\n250 STARTTLS\r\n");
    assert_int_equal(reply.state, SMTP_READING_DONE);
    assert_int_equal(reply.code, 250);
    assert_string_equal(reply.text, "mail.example.org greets you\nSIZE 1000\nSTARTTLS");
}

static void test_smtp_reply__a_bare_code_and_a_bare_line_feed_are_enough(void **state)
{
    (void)state;
    assert_int_equal(feed("354\n"), 4);
    assert_int_equal(reply.state, SMTP_READING_DONE);
    assert_int_equal(reply.code, 354);
    assert_string_equal(reply.text, "");
}

static void test_smtp_reply__what_comes_behind_is_nobodys(void **state)
{
    (void)state;
    assert_int_equal(feed("220 go\r\n250 slipped in\r\n"), 8);
    assert_string_equal(reply.text, "go");
}

static void test_smtp_reply__what_is_no_answer_is_told(void **state)
{
    static const char *const bad[] = {
        "HTTP/1.1 400 Bad\r\n", "25\r\n", "2500 OK\r\n", "150 early\r\n", "650 late\r\n",
        "250-a\r\n251 b\r\n",   "\r\n",   "250_OK\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        feed(bad[i]);
        assert_int_equal(reply.state, SMTP_READING_BAD);
    }
}

static void test_smtp_reply__nothing_grows_without_a_bound(void **state)
{
    char line[SMTP_LINE_MAX + 2];

    (void)state;
    memset(line, 'x', sizeof line);
    smtp_reply_init(&reply);
    smtp_reply_feed(&reply, line, sizeof line);
    assert_int_equal(reply.state, SMTP_READING_BAD);
    smtp_reply_init(&reply);
    for (int i = 0; i < SMTP_REPLY_LINES_MAX; i++)
        smtp_reply_feed(&reply, "250-a line of some length, to fill it up\r\n", 42);
    assert_int_equal(reply.state, SMTP_READING_MORE);
    assert_true(reply.text_length < SMTP_REPLY_TEXT_MAX);
    smtp_reply_feed(&reply, "250-one more\r\n", 14);
    assert_int_equal(reply.state, SMTP_READING_BAD);
}

static void test_smtp_reply__a_keyword_is_a_whole_word_of_any_case(void **state)
{
    (void)state;
    feed("250-mail\r\n250-AUTHENTIC\r\n250-auth PLAIN LOGIN\r\n250 SIZE\r\n");
    assert_memory_equal(smtp_reply_find(&reply, "AUTH"), "PLAIN LOGIN", 11);
    assert_string_equal(smtp_reply_find(&reply, "SIZE"), "");
    assert_null(smtp_reply_find(&reply, "STARTTLS"));
}

static void test_smtp_reply__letters_that_are_no_ascii_are_not_passed_on(void **state)
{
    (void)state;
    feed("550 f\303\274r \033[31mwen\r\n");
    assert_string_equal(reply.text, "f??r ?[31mwen");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smtp_reply__lines_of_one_code_are_one_answer),
        cmocka_unit_test(test_smtp_reply__a_bare_code_and_a_bare_line_feed_are_enough),
        cmocka_unit_test(test_smtp_reply__what_comes_behind_is_nobodys),
        cmocka_unit_test(test_smtp_reply__what_is_no_answer_is_told),
        cmocka_unit_test(test_smtp_reply__nothing_grows_without_a_bound),
        cmocka_unit_test(test_smtp_reply__a_keyword_is_a_whole_word_of_any_case),
        cmocka_unit_test(test_smtp_reply__letters_that_are_no_ascii_are_not_passed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
