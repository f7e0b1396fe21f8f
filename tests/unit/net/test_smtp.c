/*
 * test_smtp.c — conversations with a mail server that says what a script has it say: what is known of a message when the
 * connection breaks, who gets it when not all are taken, and that nobody is waited for past the deadline.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#undef fail /* ours (base/error.h) has the name */

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "net/smtp.h"

#define HEARD_MAX (64 * 1024)
#define SHORT_MS 300

#define SILENCE "" /* it says nothing any more, and does not hang up */

/* Answers to what comes, one for each line; within DATA, one for the whole. NULL: it hangs up. */
struct server {
    int listener;
    uint16_t port;
    pthread_t thread;
    const char *const *script;
    char heard[HEARD_MAX];
    size_t length;
};

static struct arena arena;
static struct server server;
static struct smtp_result result;

static bool has_come(size_t from, const char *end)
{
    return strstr(server.heard + from, end) != NULL;
}

/* False: the other side has hung up. */
static bool hear_up_to(int connection, const char *end)
{
    size_t from = server.length;

    while (!has_come(from, end)) {
        ssize_t got = recv(connection, server.heard + server.length, HEARD_MAX - 1 - server.length, 0);
        if (got <= 0)
            return false;
        server.length += (size_t)got;
        server.heard[server.length] = '\0';
    }
    return true;
}

static void *serve(void *argument)
{
    int connection = accept(server.listener, NULL, NULL);

    (void)argument;
    for (const char *const *line = server.script; *line; line++) {
        if (**line == '\0') {
            (void)hear_up_to(connection, "\n.\n never");
            break;
        }
        send(connection, *line, strlen(*line), MSG_NOSIGNAL);
        if (!hear_up_to(connection, strncmp(*line, "354", 3) == 0 ? "\r\n.\r\n" : "\r\n"))
            break;
    }
    close(connection);
    return NULL;
}

static int set_up(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    memset(&server, 0, sizeof server);
    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server.listener, (struct sockaddr *)&address, size) != 0 || listen(server.listener, 1) != 0 ||
        getsockname(server.listener, (struct sockaddr *)&address, &size) != 0)
        return -1;
    server.port = ntohs(address.sin_port);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(server.listener);
    arena_release(&arena);
    return 0;
}

static enum net_outcome send_to(const char *const *to, const char *text, const char *const *script,
                                int64_t ms)
{
    const struct smtp_account account = {.host = "127.0.0.1", .port = server.port, .security = SMTP_OPEN};
    const struct mime_message message = {.from = "library@example.org",
                                         .to = to,
                                         .subject = "x",
                                         .text = text,
                                         .id = "1@example.org",
                                         .date = 1772445600000};

    server.script = script;
    assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
    enum net_outcome outcome = smtp_send(&arena, &account, &message, clock_monotonic_ms() + ms, &result);
    pthread_join(server.thread, NULL);
    return outcome;
}

static const char *const ada[] = {"ada@example.org", NULL};
static const char *const three[] = {"ada@example.org", "bea@example.org", "cy@example.org", NULL};

#define HELLO "220 hi\r\n", "250 hello\r\n"
#define WELCOME HELLO, "250 from\r\n", "250 to\r\n"

static void test_smtp__a_line_that_begins_with_a_dot_arrives_as_it_was(void **state)
{
    static const char *const script[] = {WELCOME, "354 go\r\n", "250 taken\r\n", "221 bye\r\n", NULL};

    (void)state;
    assert_int_equal(send_to(ada, ".\n..\nx\n.y\n", script, 5000), NET_OK);
    assert_non_null(strstr(server.heard, "\r\n\r\n..\r\n...\r\nx\r\n..y\r\n.\r\nQUIT\r\n"));
}

static void test_smtp__nobody_knows_when_it_breaks_after_the_last_line(void **state)
{
    static const char *const script[] = {WELCOME, "354 go\r\n", NULL};

    (void)state;
    assert_int_equal(send_to(ada, "x\n", script, 5000), NET_BROKEN_OFF);
    assert_int_equal(result.step, SMTP_END);
}

static void test_smtp__it_has_not_gone_when_it_breaks_before_that(void **state)
{
    static const char *const script[] = {WELCOME, NULL};

    (void)state;
    assert_int_equal(send_to(ada, "x\n", script, 5000), NET_BROKEN_OFF);
    assert_int_equal(result.step, SMTP_TEXT);
    assert_int_equal(result.code, 250);
}

static void test_smtp__a_no_after_the_last_line_is_a_no(void **state)
{
    static const char *const script[] = {WELCOME, "354 go\r\n", "451-not\r\n451 now\r\n", "221 bye\r\n",
                                         NULL};

    (void)state;
    assert_int_equal(send_to(ada, "x\n", script, 5000), NET_REFUSED);
    assert_int_equal(result.code, 451);
    assert_string_equal(result.said, "not now");
}

static void test_smtp__those_who_are_taken_get_it(void **state)
{
    static const char *const script[] = {WELCOME,         "550 no\r\n",  "250 to\r\n", "354 go\r\n",
                                         "250 taken\r\n", "221 bye\r\n", NULL};

    (void)state;
    assert_int_equal(send_to(three, "x\n", script, 5000), NET_OK);
    assert_string_equal(result.refused, "bea@example.org");
}

static void test_smtp__with_nobody_left_nothing_is_sent(void **state)
{
    static const char *const script[] = {HELLO,           "250 from\r\n", "550 no\r\n", "551 nor\r\n",
                                         "553 never\r\n", "221 bye\r\n",  NULL};

    (void)state;
    assert_int_equal(send_to(three, "x\n", script, 5000), NET_REFUSED);
    assert_int_equal(result.step, SMTP_RECIPIENT);
    assert_int_equal(result.code, 553);
    assert_null(strstr(server.heard, "DATA"));
}

static void test_smtp__silence_is_waited_for_until_the_deadline(void **state)
{
    static const char *const at_once[] = {SILENCE, NULL};
    int64_t begun = clock_monotonic_ms();

    (void)state;
    assert_int_equal(send_to(ada, "x\n", at_once, SHORT_MS), NET_TIMED_OUT);
    assert_true(clock_monotonic_ms() - begun < 5000);
    assert_int_equal(result.step, SMTP_GREETING);
}

static void test_smtp__silence_after_the_last_line_leaves_it_open(void **state)
{
    static const char *const script[] = {WELCOME, "354 go\r\n", SILENCE, NULL};

    (void)state;
    assert_int_equal(send_to(ada, "x\n", script, SHORT_MS), NET_TIMED_OUT);
    assert_int_equal(result.step, SMTP_END);
}

static void test_smtp__size_is_told_where_it_is_asked_for(void **state)
{
    static const char *const script[] = {"220 hi\r\n", "250-hello\r\n250 SIZE 1000\r\n", "552 too much\r\n",
                                         "221 bye\r\n", NULL};

    (void)state;
    assert_int_equal(send_to(ada, "x\n", script, 5000), NET_REFUSED);
    assert_int_equal(result.step, SMTP_SENDER);
    assert_non_null(strstr(server.heard, "MAIL FROM:<library@example.org> SIZE="));
}

static void test_smtp__a_goodbye_that_does_not_come_changes_nothing(void **state)
{
    static const char *const script[] = {WELCOME, "354 go\r\n", "250 taken\r\n", NULL};

    (void)state;
    assert_int_equal(send_to(ada, "x\n", script, 5000), NET_OK);
    assert_int_equal(result.code, 250);
    assert_string_equal(result.said, "taken");
}

static void test_smtp__what_is_too_large_is_not_begun(void **state)
{
    static char bytes[MAIL_BYTES_MAX]; /* as base64 it is a third longer */
    const struct mail_part part = {"figures.csv", "text/csv", bytes, sizeof bytes};
    const struct smtp_account account = {.host = "127.0.0.1", .port = server.port, .security = SMTP_OPEN};
    const struct mime_message message = {.from = "library@example.org",
                                         .to = ada,
                                         .subject = "x",
                                         .text = "y",
                                         .parts = &part,
                                         .part_count = 1,
                                         .id = "1@example.org"};

    (void)state;
    assert_int_equal(smtp_send(&arena, &account, &message, clock_monotonic_ms() + 5000, &result),
                     NET_TOO_LARGE);
    assert_int_equal(result.step, SMTP_CONNECTING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_smtp__a_line_that_begins_with_a_dot_arrives_as_it_was, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__nobody_knows_when_it_breaks_after_the_last_line, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__it_has_not_gone_when_it_breaks_before_that, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__a_no_after_the_last_line_is_a_no, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__those_who_are_taken_get_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__with_nobody_left_nothing_is_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__silence_is_waited_for_until_the_deadline, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__silence_after_the_last_line_leaves_it_open, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__size_is_told_where_it_is_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__a_goodbye_that_does_not_come_changes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_smtp__what_is_too_large_is_not_begun, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
