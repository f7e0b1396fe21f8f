/*
 * test_program.c — another program is given bytes, heard, waited for, and gone afterwards, whatever it does.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#undef fail /* ours (base/error.h) has the name */

#include "base/clock.h"
#include "net/program.h"

#define PATIENCE_MS 10000
#define SHORT_MS 300
#define MUCH (300 * 1024) /* more than a pipe holds */

static struct program program;

static int set_up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN); /* as main() does */
    return 0;
}

static int open_files(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static void start(const char *script, int64_t ms)
{
    const char *const arguments[] = {"sh", "-c", script, NULL};

    assert_int_equal(program_start("/bin/sh", arguments, clock_monotonic_ms() + ms, &program), NET_OK);
}

static enum net_outcome write_much(void)
{
    static char bytes[MUCH];

    memset(bytes, 'x', sizeof bytes);
    return program_write(&program, bytes, sizeof bytes);
}

static void test_program__takes_bytes_and_says_how_it_ended(void **state)
{
    int before = open_files();
    int status = -1;

    (void)state;
    start("test \"$(cat)\" = hello && echo 'so it was'; echo twice >&2; exit 7", PATIENCE_MS);
    assert_int_equal(program_write(&program, "hello", 5), NET_OK);
    assert_int_equal(program_end(&program, &status), NET_OK);
    assert_int_equal(status, 7);
    assert_string_equal(program.text, "so it was twice");
    assert_int_equal(open_files(), before);
}

static void test_program__neither_waits_for_the_other(void **state)
{
    int status = -1;

    (void)state;
    /* It says more than a pipe holds before it reads more than a pipe holds. */
    start("head -c 300000 /dev/zero | tr '\\0' 'y'; test $(wc -c) -eq 307200", PATIENCE_MS);
    assert_int_equal(write_much(), NET_OK);
    assert_int_equal(program_end(&program, &status), NET_OK);
    assert_int_equal(status, 0);
    assert_int_equal(strlen(program.text), PROGRAM_SAID_MAX);
}

static void test_program__one_that_reads_nothing_is_no_harm(void **state)
{
    int status = -1;

    (void)state;
    start("exec <&-; sleep 0.1; exit 75", PATIENCE_MS);
    assert_int_equal(write_much(), NET_BROKEN_OFF);
    assert_int_equal(program_end(&program, &status), NET_OK);
    assert_int_equal(status, 75);
}

static void test_program__is_killed_with_all_it_has_started_when_the_time_is_over(void **state)
{
    int before = open_files();
    int status = -1;

    (void)state;
    start("sleep 61 & sleep 62; true", SHORT_MS);
    int64_t begun = clock_monotonic_ms();
    pid_t group = program.pid;
    assert_int_equal(write_much(), NET_TIMED_OUT);
    assert_int_equal(program_end(&program, &status), NET_TIMED_OUT);
    assert_true(clock_monotonic_ms() - begun < PATIENCE_MS);
    assert_int_equal(waitpid(group, NULL, WNOHANG), -1);
    /* The one behind it is nobody's child any more: it is gone as soon as the system has buried it. */
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (kill(-group, 0) == 0 && clock_monotonic_ms() < until)
        clock_sleep_ms(5);
    assert_int_equal(kill(-group, 0), -1);
    assert_int_equal(errno, ESRCH);
    assert_int_equal(open_files(), before);
}

static void test_program__one_that_leaves_another_behind_has_ended(void **state)
{
    int status = -1;

    (void)state;
    /* As a sendmail does that delivers in the background. */
    int64_t begun = clock_monotonic_ms();
    start("cat > /dev/null; sleep 5 & exit 0", PATIENCE_MS);
    pid_t group = program.pid;
    assert_int_equal(program_write(&program, "x", 1), NET_OK);
    assert_int_equal(program_end(&program, &status), NET_OK);
    assert_int_equal(status, 0);
    assert_true(clock_monotonic_ms() - begun < 4000);
    kill(-group, SIGKILL);
}

static void test_program__what_is_not_there_does_not_start(void **state)
{
    const char *const arguments[] = {"none", NULL};
    int before = open_files();

    (void)state;
    assert_int_equal(program_start("/nowhere/none", arguments, clock_monotonic_ms() + PATIENCE_MS, &program),
                     NET_NO_CONNECTION);
    assert_int_equal(program_start("/etc/passwd", arguments, clock_monotonic_ms() + PATIENCE_MS, &program),
                     NET_NO_CONNECTION);
    assert_int_equal(open_files(), before);
}

static void test_program__sees_nothing_of_our_settings(void **state)
{
    int status = -1;

    (void)state;
    setenv("CARREL_SMTP_PASSWORD", "hush", 1);
    setenv("OTHER_VARIABLE", "yes", 1);
    start("test -z \"$CARREL_SMTP_PASSWORD\" && test \"$OTHER_VARIABLE\" = yes", PATIENCE_MS);
    assert_int_equal(program_end(&program, &status), NET_OK);
    assert_int_equal(status, 0);
    unsetenv("CARREL_SMTP_PASSWORD");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_program__takes_bytes_and_says_how_it_ended, set_up),
        cmocka_unit_test_setup(test_program__neither_waits_for_the_other, set_up),
        cmocka_unit_test_setup(test_program__one_that_reads_nothing_is_no_harm, set_up),
        cmocka_unit_test_setup(test_program__is_killed_with_all_it_has_started_when_the_time_is_over, set_up),
        cmocka_unit_test_setup(test_program__one_that_leaves_another_behind_has_ended, set_up),
        cmocka_unit_test_setup(test_program__what_is_not_there_does_not_start, set_up),
        cmocka_unit_test_setup(test_program__sees_nothing_of_our_settings, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
