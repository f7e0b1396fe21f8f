/*
 * test_attempts.c — how long after how many, and that whoever invents names does not get past the delays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auth/attempts.h"
#include "auth/seen.h"
#include "base/limits.h"

static int set_up(void **state)
{
    (void)state;
    attempts_forget_all();
    return 0;
}

static void test_attempts__delays_double_up_to_a_bound(void **state)
{
    (void)state;
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, 0), 0);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, 4), 0);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, 5), 1000);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, 6), 2000);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, 7), 4000);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, 14), 512000);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, 15), LOGIN_DELAY_MAX_MS);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_NAME, INT64_MAX), LOGIN_DELAY_MAX_MS);
    /* A whole school sits behind one address. */
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_ADDRESS, 19), 0);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_ADDRESS, 20), 1000);
    assert_int_equal(attempts_delay_ms(ATTEMPTS_OF_ADDRESS, 100), LOGIN_ADDRESS_DELAY_MAX_MS);
}

static void fail_times(const char *who, int times, int64_t at)
{
    for (int i = 0; i < times; i++)
        attempts_note_failure(ATTEMPTS_OF_NAME, who, at);
}

static void test_attempts__one_waits_and_others_do_not(void **state)
{
    (void)state;
    fail_times("ada", 4, 1000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "ada", 1000), 0);
    fail_times("ada", 1, 1000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "ada", 1000), 1000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "ada", 1999), 1);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "ada", 2000), 0);
    fail_times("ada", 1, 2000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "ada", 2000), 2000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "bert", 2000), 0);
    /* An address of that spelling is somebody else. */
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_ADDRESS, "ada", 2000), 0);
}

static void test_attempts__are_forgotten_after_a_while(void **state)
{
    (void)state;
    fail_times("ada", 6, 1000);
    fail_times("ada", 1, 1000 + LOGIN_FORGET_MS + 1);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "ada", 1000 + LOGIN_FORGET_MS + 1), 0);
}

/* Whoever invents names pushes out old entries, but each name in turn is still slowed down. */
static void test_attempts__stay_in_their_room(void **state)
{
    char who[32];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        snprintf(who, sizeof who, "somebody %d", i);
        attempts_note_failure(ATTEMPTS_OF_NAME, who, i + 1);
    }
    fail_times("ada", 5, 300000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "ada", 300000), 1000);
}

static void test_attempts__what_was_seen_is_taken_once_and_bounded(void **state)
{
    static struct seen out[SEEN_QUEUE_MAX + 1];

    (void)state;
    seen_note(SEEN_SESSION, 1, 10);
    seen_note(SEEN_API_KEY, 1, 11);
    seen_note(SEEN_SESSION, 1, 12);
    assert_int_equal(seen_take(out, SEEN_QUEUE_MAX), 2);
    assert_true(out[0].what == SEEN_SESSION && out[0].id == 1 && out[0].at == 12);
    assert_true(out[1].what == SEEN_API_KEY && out[1].at == 11);
    assert_int_equal(seen_take(out, SEEN_QUEUE_MAX), 0);
    for (int i = 0; i < SEEN_QUEUE_MAX + 100; i++)
        seen_note(SEEN_SESSION, i + 1, i);
    assert_int_equal(seen_take(out, 10), 10);
    assert_int_equal(seen_take(out, SEEN_QUEUE_MAX + 1), SEEN_QUEUE_MAX - 10);
}

static void test_attempts__an_ipv6_address_counts_with_its_neighbours(void **state)
{
    char address[64];

    (void)state;
    for (int i = 0; i < LOGIN_ADDRESS_FREE_FAILURES; i++) {
        snprintf(address, sizeof address, "2001:db8:1:2::%x", i + 1);
        attempts_note_failure(ATTEMPTS_OF_ADDRESS, address, 1000);
    }
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_ADDRESS, "2001:db8:1:2:ffff::1", 1000), 1000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_ADDRESS, "2001:db8:1:3::1", 1000), 0);
    /* IPv4 addresses stay apart, however they are written; a name that looks like an address is a name. */
    for (int i = 0; i < LOGIN_ADDRESS_FREE_FAILURES; i++)
        attempts_note_failure(ATTEMPTS_OF_ADDRESS, "::ffff:192.0.2.1", 1000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_ADDRESS, "::ffff:192.0.2.1", 1000), 1000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_ADDRESS, "::ffff:192.0.2.2", 1000), 0);
    fail_times("2001:db8:1:2::1", LOGIN_FREE_FAILURES, 1000);
    assert_int_equal(attempts_wait_ms(ATTEMPTS_OF_NAME, "2001:db8:1:2::2", 1000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_attempts__delays_double_up_to_a_bound, set_up),
        cmocka_unit_test_setup(test_attempts__one_waits_and_others_do_not, set_up),
        cmocka_unit_test_setup(test_attempts__are_forgotten_after_a_while, set_up),
        cmocka_unit_test_setup(test_attempts__stay_in_their_room, set_up),
        cmocka_unit_test_setup(test_attempts__an_ipv6_address_counts_with_its_neighbours, set_up),
        cmocka_unit_test_setup(test_attempts__what_was_seen_is_taken_once_and_bounded, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
