/*
 * test_breaker.c — who has failed is left alone, and for how long. Time is handed in; nobody waits.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours stands in base/error.h */

#include "base/arena.h"
#include "base/limits.h"
#include "net/breaker.h"
#include "net/client.h"

#define THERE "example.org:443"

static struct breakers breakers;

static int set_up(void **state)
{
    (void)state;
    breakers = BREAKERS_NONE;
    return 0;
}

static void fail_times(const char *destination, int times, int64_t now)
{
    for (int i = 0; i < times; i++) {
        assert_true(breaker_allows(&breakers, destination, now));
        breaker_note(&breakers, destination, false, now);
    }
}

static void test_breaker__three_failures_open_it_and_a_success_between_does_not(void **state)
{
    (void)state;
    fail_times(THERE, BREAKER_FAILURES - 1, 10);
    breaker_note(&breakers, THERE, true, 10);
    fail_times(THERE, BREAKER_FAILURES - 1, 20);
    assert_int_equal(breaker_state_of(&breakers, THERE, 20), BREAKER_CLOSED);
    fail_times(THERE, 1, 30);
    assert_int_equal(breaker_state_of(&breakers, THERE, 30), BREAKER_OPEN);
    assert_false(breaker_allows(&breakers, THERE, 30 + BREAKER_REST_MS - 1));
    assert_true(breaker_allows(&breakers, "other.example.org:443", 30));
}

static void test_breaker__after_its_rest_one_may_try_and_success_closes_it(void **state)
{
    int64_t later = BREAKER_REST_MS + 30;

    (void)state;
    fail_times(THERE, BREAKER_FAILURES, 30);
    assert_int_equal(breaker_state_of(&breakers, THERE, later), BREAKER_HALF_OPEN);
    assert_true(breaker_allows(&breakers, THERE, later));
    assert_false(breaker_allows(&breakers, THERE, later + 1)); /* one at a time */
    breaker_note(&breakers, THERE, true, later + 2);
    assert_int_equal(breaker_state_of(&breakers, THERE, later + 2), BREAKER_CLOSED);
    assert_true(breaker_allows(&breakers, THERE, later + 3));
    assert_true(breaker_allows(&breakers, THERE, later + 3));
}

static void test_breaker__each_failed_try_doubles_the_rest_up_to_its_limit(void **state)
{
    int64_t now = 0;
    int64_t rest = BREAKER_REST_MS;

    (void)state;
    fail_times(THERE, BREAKER_FAILURES, now);
    for (int i = 0; i < 10; i++) {
        assert_false(breaker_allows(&breakers, THERE, now + rest - 1));
        now += rest;
        assert_true(breaker_allows(&breakers, THERE, now));
        breaker_note(&breakers, THERE, false, now);
        rest = rest * 2 < BREAKER_REST_MAX_MS ? rest * 2 : BREAKER_REST_MAX_MS;
    }
    assert_int_equal(rest, BREAKER_REST_MAX_MS);
}

static void test_breaker__a_try_that_is_never_told_of_does_not_hold_it_for_ever(void **state)
{
    int64_t later = BREAKER_REST_MS;

    (void)state;
    fail_times(THERE, BREAKER_FAILURES, 0);
    assert_true(breaker_allows(&breakers, THERE, later));
    assert_false(breaker_allows(&breakers, THERE, later + BREAKER_REST_MS - 1));
    assert_true(breaker_allows(&breakers, THERE, later + BREAKER_REST_MS));
}

static void test_breaker__failures_of_those_who_began_before_it_opened_change_nothing(void **state)
{
    (void)state;
    fail_times(THERE, BREAKER_FAILURES, 0);
    breaker_note(&breakers, THERE, false, BREAKER_REST_MS / 2);
    assert_int_equal(breaker_state_of(&breakers, THERE, BREAKER_REST_MS), BREAKER_HALF_OPEN);
}

static void test_breaker__forgetting_lets_everybody_ask_again(void **state)
{
    (void)state;
    fail_times(THERE, BREAKER_FAILURES, 0);
    breaker_forget(&breakers, THERE);
    breaker_forget(&breakers, "nobody.example.org:1");
    assert_true(breaker_allows(&breakers, THERE, 1));
}

static void test_breaker__remembers_a_limited_number_and_forgets_the_one_used_longest_ago(void **state)
{
    char name[64];

    (void)state;
    for (int i = 0; i < BREAKERS_MAX; i++) {
        (void)snprintf(name, sizeof name, "host%d.example.org:80", i);
        fail_times(name, BREAKER_FAILURES, i);
    }
    fail_times(THERE, BREAKER_FAILURES, BREAKERS_MAX);
    assert_int_equal(breaker_state_of(&breakers, THERE, BREAKERS_MAX), BREAKER_OPEN);
    assert_int_equal(breaker_state_of(&breakers, "host0.example.org:80", BREAKERS_MAX), BREAKER_CLOSED);
    assert_int_equal(breaker_state_of(&breakers, "host1.example.org:80", BREAKERS_MAX), BREAKER_OPEN);
}

static void *ask_often(void *argument)
{
    int *tries = argument;

    for (int i = 0; i < 2000; i++) {
        if (breaker_allows(&breakers, THERE, BREAKER_REST_MS))
            (*tries)++;
    }
    return NULL;
}

static void test_breaker__of_many_threads_one_gets_the_try(void **state)
{
    pthread_t threads[4];
    int tries[4] = {0};
    int together = 0;

    (void)state;
    fail_times(THERE, BREAKER_FAILURES, 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &tries[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        together += tries[i];
    }
    assert_int_equal(together, 1);
}

/* Nobody was asked, so nobody has failed: the address is put right, and is asked at once. */
static void test_breaker__an_address_that_cannot_be_one_says_nothing_of_anybody(void **state)
{
    const struct net_request request = {.url = "http://a..b/", .breakers = &breakers};
    struct net_reply reply;
    struct arena arena;

    (void)state;
    arena_init(&arena, ARENA_REQUEST_MAX);
    for (int i = 0; i <= BREAKER_FAILURES; i++)
        assert_int_equal(net_exchange(&arena, &request, &reply), NET_BAD_ADDRESS);
    assert_int_equal(breakers.count, 0);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_breaker__three_failures_open_it_and_a_success_between_does_not, set_up),
        cmocka_unit_test_setup(test_breaker__after_its_rest_one_may_try_and_success_closes_it, set_up),
        cmocka_unit_test_setup(test_breaker__each_failed_try_doubles_the_rest_up_to_its_limit, set_up),
        cmocka_unit_test_setup(test_breaker__a_try_that_is_never_told_of_does_not_hold_it_for_ever, set_up),
        cmocka_unit_test_setup(test_breaker__failures_of_those_who_began_before_it_opened_change_nothing,
                               set_up),
        cmocka_unit_test_setup(test_breaker__forgetting_lets_everybody_ask_again, set_up),
        cmocka_unit_test_setup(test_breaker__remembers_a_limited_number_and_forgets_the_one_used_longest_ago,
                               set_up),
        cmocka_unit_test_setup(test_breaker__an_address_that_cannot_be_one_says_nothing_of_anybody, set_up),
        cmocka_unit_test_setup(test_breaker__of_many_threads_one_gets_the_try, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
