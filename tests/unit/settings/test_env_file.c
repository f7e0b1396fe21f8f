/*
 * test_env_file.c — what people write into .env files, and what is no line of one.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "settings/env_file.h"

static void assert_line(const char *text, const char *key, const char *value)
{
    char *copy = strdup(text);
    char *at = copy;
    struct env_line line;
    int number = 0;

    assert_true(env_file_next(&at, &number, &line));
    assert_string_equal(line.key, key);
    assert_string_equal(line.value, value);
    assert_false(env_file_next(&at, &number, &line));
    assert_int_equal(line.number, 0);
    free(copy);
}

static void assert_bad(const char *text, int expected_line)
{
    char *copy = strdup(text);
    char *at = copy;
    struct env_line line;
    int number = 0;

    while (env_file_next(&at, &number, &line))
        ;
    assert_int_equal(line.number, expected_line);
    assert_null(line.key);
    free(copy);
}

static void test_env_file__reads_plain_values(void **state)
{
    (void)state;
    assert_line("KEY=value", "KEY", "value");
    assert_line("KEY=value\r\n", "KEY", "value");
    assert_line("  KEY =  two words  \n", "KEY", "two words");
    assert_line("export KEY=value", "KEY", "value");
    assert_line("KEY=", "KEY", "");
    assert_line("KEY=a=b", "KEY", "a=b");
    assert_line("_K9=x", "_K9", "x");
    assert_line("exported=x", "exported", "x");
}

static void test_env_file__knows_comments_from_values(void **state)
{
    (void)state;
    assert_line("# a comment\n\n   # another\nKEY=value # after\n", "KEY", "value");
    assert_line("KEY=a#b", "KEY", "a#b");
    assert_line("KEY=#nothing", "KEY", "");
    assert_line("KEY=\"a # b\" # c", "KEY", "a # b");
}

static void test_env_file__reads_quoted_values(void **state)
{
    (void)state;
    assert_line("KEY=\"  kept  \"", "KEY", "  kept  ");
    assert_line("KEY='$HOME \\n'", "KEY", "$HOME \\n");
    assert_line("KEY=\"a\\tb\\n\\\"c\\\" \\\\\"", "KEY", "a\tb\n\"c\" \\");
    assert_line("KEY=''", "KEY", "");
    assert_line("KEY=it's", "KEY", "it's");
}

static void test_env_file__skips_a_byte_order_mark(void **state)
{
    (void)state;
    assert_line("\xef\xbb\xbfKEY=value", "KEY", "value");
}

static void test_env_file__says_which_line_is_none(void **state)
{
    (void)state;
    assert_bad("KEY", 1);
    assert_bad("A=1\nB=2\nwhat is this\n", 3);
    assert_bad("=value", 1);
    assert_bad("A B=value", 1);
    assert_bad("9K=value", 1);
    assert_bad("KEY=\"open", 1);
    assert_bad("KEY='open", 1);
    assert_bad("KEY=\"a\" b", 1);
    assert_bad("KEY=\"open\\", 1);
}

static void test_env_file__goes_line_by_line(void **state)
{
    char text[] = "A=1\n\nB=2";
    char *at = text;
    struct env_line line;
    int number = 0;

    (void)state;
    assert_true(env_file_next(&at, &number, &line));
    assert_string_equal(line.key, "A");
    assert_int_equal(line.number, 1);
    assert_true(env_file_next(&at, &number, &line));
    assert_string_equal(line.key, "B");
    assert_int_equal(line.number, 3);
    assert_false(env_file_next(&at, &number, &line));
    assert_int_equal(line.number, 0);
}

static void test_env_file__reads_whole_files_up_to_a_limit(void **state)
{
    char path[] = "/tmp/carrel-env-XXXXXX";
    int descriptor = mkstemp(path);

    (void)state;
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "A=1\n", 4), 4);
    char *text = env_file_read(path);
    assert_string_equal(text, "A=1\n");
    free(text);
    assert_int_equal(ftruncate(descriptor, ENV_FILE_BYTES_MAX + 1), 0);
    assert_null(env_file_read(path));
    assert_int_equal(errno, EFBIG);
    close(descriptor);
    unlink(path);
    assert_null(env_file_read(path));
    assert_int_equal(errno, ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_env_file__reads_plain_values),
        cmocka_unit_test(test_env_file__knows_comments_from_values),
        cmocka_unit_test(test_env_file__reads_quoted_values),
        cmocka_unit_test(test_env_file__skips_a_byte_order_mark),
        cmocka_unit_test(test_env_file__says_which_line_is_none),
        cmocka_unit_test(test_env_file__goes_line_by_line),
        cmocka_unit_test(test_env_file__reads_whole_files_up_to_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
