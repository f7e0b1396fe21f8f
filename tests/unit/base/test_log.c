/*
 * test_log.c — every line is one whole JSON object, whatever is logged and by however many threads.
 *
 * Standard error is a pipe while a test logs; json_read says whether a line is JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/json_read.h"
#include "base/log.h"

#define THREADS 8
#define LINES_PER_THREAD 200

static struct arena arena;
static int read_end;
static int real_stderr;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 16 * 1024 * 1024);
    int ends[2];
    if (pipe(ends) != 0) {
        return -1;
    }
    fcntl(ends[1], F_SETPIPE_SZ, 1024 * 1024);
    real_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    read_end = ends[0];
    log_set_level(LOG_INFO);
    log_set_correlation_id(NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(read_end);
    arena_release(&arena);
    return 0;
}

/* All that was logged so far. */
static char *take_log(void)
{
    char *bytes = arena_alloc(&arena, 1024 * 1024);
    fcntl(read_end, F_SETFL, O_NONBLOCK);
    size_t length = 0;
    for (ssize_t got; (got = read(read_end, bytes + length, 1024 * 1024 - 1 - length)) > 0;) {
        length += (size_t)got;
    }
    return bytes;
}

static const struct json_value *parse_line(const char *line, size_t length)
{
    const char *error = NULL;
    const struct json_value *value = json_parse(&arena, line, length, &error);
    if (!value) {
        fail_msg("%s in: %.*s", error, (int)length, line);
    }
    return value;
}

/* The one line that was logged. */
static const struct json_value *take_line(void)
{
    char *log = take_log();
    char *end = strchr(log, '\n');
    assert_non_null(end);
    assert_string_equal(end, "\n");
    return parse_line(log, (size_t)(end - log));
}

static const char *text_member(const struct json_value *line, const char *name)
{
    return json_get_text(&arena, json_member(line, name));
}

static void test_log__writes_a_json_object_with_its_fields(void **state)
{
    (void)state;
    LOG(INFO, "request", LOG_TEXT("path", "/books"), LOG_INT("status", 200), LOG_INT("low", INT64_MIN));
    const struct json_value *line = take_line();
    int64_t number = 0;
    assert_string_equal(text_member(line, "level"), "info");
    assert_string_equal(text_member(line, "message"), "request");
    assert_string_equal(text_member(line, "path"), "/books");
    assert_true(json_get_int(json_member(line, "status"), &number));
    assert_int_equal(number, 200);
    assert_true(json_get_int(json_member(line, "low"), &number));
    assert_true(number == INT64_MIN);
    assert_int_equal(json_count(line), 6);
    assert_true(clock_parse_instant(text_member(line, "time"), &number));
    assert_true(clock_now_ms() - number < 60000);
}

static void test_log__a_null_text_is_an_empty_one(void **state)
{
    (void)state;
    const char *nothing = NULL;
    LOG(WARN, "empty", LOG_TEXT("text", nothing));
    assert_string_equal(text_member(take_line(), "text"), "");
}

static void test_log__drops_what_is_below_its_level(void **state)
{
    (void)state;
    LOG(DEBUG, "unseen");
    log_set_level(LOG_ERROR);
    LOG(WARN, "unseen");
    LOG(ERROR, "seen");
    assert_string_equal(text_member(take_line(), "message"), "seen");
    log_set_level(LOG_OFF);
    LOG(ERROR, "unseen");
    assert_string_equal(take_log(), "");
    log_set_level(LOG_DEBUG);
    LOG(DEBUG, "seen");
    assert_string_equal(text_member(take_line(), "level"), "debug");
}

static void test_log__reads_names_of_levels(void **state)
{
    (void)state;
    enum log_level level = LOG_DEBUG;
    assert_true(log_level_parse("warn", &level));
    assert_int_equal(level, LOG_WARN);
    assert_true(log_level_parse("off", &level));
    assert_int_equal(level, LOG_OFF);
    assert_false(log_level_parse("WARN", &level));
    assert_false(log_level_parse("", &level));
    assert_int_equal(level, LOG_OFF);
}

static void test_log__shows_the_correlation_id_until_it_is_taken_away(void **state)
{
    (void)state;
    log_set_correlation_id("abc-123");
    assert_string_equal(log_correlation_id(), "abc-123");
    LOG(INFO, "with");
    assert_string_equal(text_member(take_line(), "correlation_id"), "abc-123");
    log_set_correlation_id(NULL);
    LOG(INFO, "without");
    assert_null(json_member(take_line(), "correlation_id"));
}

static void test_log__escapes_what_would_break_a_line(void **state)
{
    (void)state;
    LOG(INFO, "a\"b\\c\nd\x01\x1B[31m", LOG_TEXT("k\"ey", "caf\xC3\xA9 \xF0\x9F\x93\x9A\tx"));
    const char *log = take_log();
    assert_non_null(strstr(log, "\"a\\\"b\\\\c\\u000ad\\u0001\\u001b[31m\""));
    assert_non_null(strstr(log, "\"k\\\"ey\":\"caf\xC3\xA9 \xF0\x9F\x93\x9A\\u0009x\""));
    parse_line(log, strlen(log) - 1);
}

static void test_log__replaces_bytes_that_are_no_utf8(void **state)
{
    (void)state;
    LOG(INFO, "m", LOG_TEXT("path", "/\xFF\xC3(\xE2\x82"));
    assert_string_equal(text_member(take_line(), "path"),
                        "/\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void test_log__cuts_long_texts_at_a_character(void **state)
{
    (void)state;
    char text[5001] = "";
    for (size_t i = 0; i + 2 <= 5000; i += 2) {
        memcpy(text + i, "\xC3\xA9", 3);
    }
    LOG(INFO, "long", LOG_TEXT("text", text));
    const char *kept = text_member(take_line(), "text");
    size_t length = strlen(kept);
    assert_in_range(length, 1000, 1030);
    assert_string_equal(kept + length - 3, "\xE2\x80\xA6");
}

static void test_log__says_when_a_line_lost_fields(void **state)
{
    (void)state;
    char text[1001];
    memset(text, 'x', 1000);
    text[1000] = '\0';
    LOG(INFO, "much", LOG_TEXT("a", text), LOG_TEXT("b", text), LOG_TEXT("c", text), LOG_TEXT("d", text),
        LOG_INT("e", 5));
    char *log = take_log();
    assert_true(strlen(log) <= 4096);
    const struct json_value *line = parse_line(log, strlen(log) - 1);
    bool truncated = false;
    assert_true(json_get_bool(json_member(line, "truncated"), &truncated));
    assert_true(truncated);
    assert_null(json_member(line, "d"));
    assert_non_null(json_member(line, "c"));
    assert_non_null(json_member(line, "e")); /* what still fits is kept */
}

static void test_log__bounds_texts_that_grow_by_escaping(void **state)
{
    (void)state;
    char text[2001];
    memset(text, '\x01', 2000);
    text[2000] = '\0';
    LOG(INFO, text, LOG_TEXT("a", text), LOG_TEXT("b", text), LOG_TEXT("c", text));
    char *log = take_log();
    assert_true(strlen(log) <= 4096);
    parse_line(log, strlen(log) - 1);
}

static void test_log__leaves_errno_alone(void **state)
{
    (void)state;
    close(STDERR_FILENO);
    errno = ENOENT;
    LOG(ERROR, "nowhere");
    assert_int_equal(errno, ENOENT);
}

static void *log_many(void *id)
{
    log_set_correlation_id(id);
    for (int i = 0; i < LINES_PER_THREAD; i++) {
        LOG(INFO, "line", LOG_INT("number", i), LOG_TEXT("id", id));
    }
    return NULL;
}

static void test_log__lines_of_threads_never_mix(void **state)
{
    (void)state;
    static char ids[THREADS][2] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, ids[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    int lines = 0;
    for (char *log = take_log(); *log; lines++) {
        char *end = strchr(log, '\n');
        assert_non_null(end);
        const struct json_value *line = parse_line(log, (size_t)(end - log));
        assert_string_equal(text_member(line, "correlation_id"), text_member(line, "id"));
        log = end + 1;
    }
    assert_int_equal(lines, THREADS * LINES_PER_THREAD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_log__writes_a_json_object_with_its_fields),
        TEST(test_log__a_null_text_is_an_empty_one),
        TEST(test_log__drops_what_is_below_its_level),
        TEST(test_log__reads_names_of_levels),
        TEST(test_log__shows_the_correlation_id_until_it_is_taken_away),
        TEST(test_log__escapes_what_would_break_a_line),
        TEST(test_log__replaces_bytes_that_are_no_utf8),
        TEST(test_log__cuts_long_texts_at_a_character),
        TEST(test_log__says_when_a_line_lost_fields),
        TEST(test_log__bounds_texts_that_grow_by_escaping),
        TEST(test_log__leaves_errno_alone),
        TEST(test_log__lines_of_threads_never_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
