/*
 * test_rate_window.c — exact to the millisecond, held against a plain log; a million addresses; threads.
 */
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/rate_window.h"

#define START 1000000
#define FLOOD 1000000

static struct rate_key key(uint64_t number)
{
    return (struct rate_key){.parts = {number, number * 31}, .kind = 1};
}

static int64_t take(struct rate_window *window, uint64_t number, int limit, int64_t now_ms)
{
    struct rate_key of = key(number);

    return rate_window_take(window, &of, limit, now_ms);
}

static void test_rate_window__lets_n_through_and_the_next_exactly_a_minute_after_the_first(void **state)
{
    struct rate_window *window = rate_window_new();

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(take(window, 1, 100, START + i * 10), 0);
    assert_int_equal(take(window, 1, 100, START + 1000), RATE_WINDOW_MS - 1000);
    assert_int_equal(take(window, 2, 100, START + 1000), 0);
    assert_int_equal(take(window, 1, 100, START + RATE_WINDOW_MS - 1), 1);
    assert_int_equal(take(window, 1, 100, START + RATE_WINDOW_MS), 0);
    /* That one took the place of the first; the second's is free 10 ms after it. */
    assert_int_equal(take(window, 1, 100, START + RATE_WINDOW_MS), 10);
    assert_int_equal(take(window, 1, 100, START + RATE_WINDOW_MS + 10), 0);
    rate_window_free(window);
}

static void test_rate_window__refused_requests_prolong_nothing(void **state)
{
    struct rate_window *window = rate_window_new();

    (void)state;
    assert_int_equal(take(window, 1, 1, START), 0);
    for (int64_t ms = 1; ms < RATE_WINDOW_MS; ms += 7)
        assert_int_equal(take(window, 1, 1, START + ms), RATE_WINDOW_MS - ms);
    assert_int_equal(take(window, 1, 1, START + RATE_WINDOW_MS), 0);
    rate_window_free(window);
}

/* ---- against a plain log ------------------------------------------------------------------------------- */

#define KEYS 7
#define STEPS 60000

struct log {
    int64_t times[STEPS];
    int count;
};

static int64_t take_naively(struct log *log, int limit, int64_t now_ms)
{
    int inside = 0;
    int64_t oldest = 0;

    for (int i = log->count - 1; i >= 0 && now_ms - log->times[i] < RATE_WINDOW_MS; i--) {
        inside++;
        oldest = log->times[i];
    }
    if (inside >= limit)
        return RATE_WINDOW_MS - (now_ms - oldest);
    log->times[log->count++] = now_ms;
    return 0;
}

static void compare_with_log(unsigned seed, int64_t start_ms)
{
    static const int limits[KEYS] = {1, 2, 14, 15, 16, 100, 1200};
    struct rate_window *window = rate_window_new();
    struct log *logs = calloc(KEYS, sizeof *logs);
    int64_t now_ms = start_ms;

    for (int i = 0; i < STEPS; i++) {
        uint64_t which = (uint64_t)(rand_r(&seed) % KEYS);
        int pause = rand_r(&seed) % 1000;
        /* Mostly bursts, sometimes a rest that is about a window long, seldom a long one. */
        now_ms += pause < 900 ? rand_r(&seed) % 40 : pause < 990 ? rand_r(&seed) % 3000 : 0;
        now_ms += pause == 999 ? RATE_WINDOW_MS - 2 + rand_r(&seed) % 4 : 0;
        int64_t expected = take_naively(&logs[which], limits[which], now_ms);
        int64_t got = take(window, which, limits[which], now_ms);
        if (got != expected) {
            print_error("seed %u, step %d, limit %d: %lld, not %lld\n", seed, i, limits[which],
                        (long long)got, (long long)expected);
            assert_int_equal(got, expected);
        }
    }
    free(logs);
    rate_window_free(window);
}

static void test_rate_window__agrees_with_a_plain_log(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 5; seed++)
        compare_with_log(seed, START);
    /* Where the low half of the milliseconds begins anew. */
    compare_with_log(6, ((int64_t)1 << 32) - 300000);
}

static void test_rate_window__a_clock_read_too_early_takes_nothing_back(void **state)
{
    struct rate_window *window = rate_window_new();

    (void)state;
    assert_int_equal(take(window, 1, 2, START + 5), 0);
    assert_int_equal(take(window, 1, 2, START), 0);
    assert_int_equal(take(window, 1, 2, START + 1), RATE_WINDOW_MS);
    rate_window_free(window);
}

/* ---- floods -------------------------------------------------------------------------------------------- */

static size_t allocated(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void test_rate_window__a_million_addresses_fit_and_hide_no_offender(void **state)
{
    enum { LIMIT = 100, OFFENDER = FLOOD + 1 };
    size_t before = allocated();
    struct rate_window *window = rate_window_new();
    int allowed = 0;

    (void)state;
    /* Half a minute: a million strangers, and one who asks twenty times a second. */
    for (int i = 0; i < FLOOD; i++) {
        int64_t now_ms = START + (int64_t)i * 30000 / FLOOD;
        assert_int_equal(take(window, (uint64_t)i, LIMIT, now_ms), 0);
        if (i % (FLOOD / 600) == 0)
            allowed += take(window, OFFENDER, LIMIT, now_ms) == 0;
    }
    assert_int_equal(allowed, LIMIT);
    struct rate_window_figures figures = rate_window_figures(window);
    assert_int_equal(figures.keys, RATE_WINDOW_KEYS_MAX);
    assert_true(figures.blocks <= RATE_WINDOW_BLOCKS_MAX);
    assert_true(figures.bytes <= RATE_WINDOW_BYTES_MAX);
    assert_true(allocated() - before <= RATE_WINDOW_BYTES_MAX);
    rate_window_free(window);
}

/* It asks once in three seconds, in which a hundred thousand strangers come: three times what there is room for. */
static void test_rate_window__who_was_busy_is_remembered_through_a_flood(void **state)
{
    enum { LIMIT = 20, OFFENDER = FLOOD + 1 };
    struct rate_window *window = rate_window_new();
    int allowed = 0;

    (void)state;
    for (int i = 0; i < 12; i++)
        allowed += take(window, OFFENDER, LIMIT, START) == 0;
    for (int i = 0; i < FLOOD; i++) {
        int64_t now_ms = START + (int64_t)i * 40000 / FLOOD;
        (void)take(window, (uint64_t)i, LIMIT, now_ms);
        if (i % 75000 == 0)
            allowed += take(window, OFFENDER, LIMIT, now_ms) == 0;
    }
    assert_int_equal(allowed, LIMIT);
    rate_window_free(window);
}

static void test_rate_window__a_flood_of_busy_addresses_leaves_room_for_new_ones(void **state)
{
    enum { LIMIT = 100, BUSY_ADDRESSES = 20000 };
    struct rate_window *window = rate_window_new();
    int allowed = 0;

    (void)state;
    for (int round = 0; round < 110; round++) {
        int64_t now_ms = START + round * 200;
        for (uint64_t i = 0; i < BUSY_ADDRESSES; i++)
            (void)take(window, i, LIMIT, now_ms);
    }
    assert_true(rate_window_figures(window).blocks <= RATE_WINDOW_BLOCKS_MAX);
    for (int i = 0; i < 200; i++) {
        allowed += take(window, BUSY_ADDRESSES + 1, LIMIT, START + 30000 + i) == 0;
        for (uint64_t j = 0; j < 100; j++)
            (void)take(window, j * 199, LIMIT, START + 30000 + i);
    }
    assert_int_equal(allowed, LIMIT);
    rate_window_free(window);
}

static void test_rate_window__what_is_over_is_given_back(void **state)
{
    struct rate_window *window = rate_window_new();

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        for (int j = 0; j < 40; j++)
            assert_int_equal(take(window, i, 100, START), 0);
    }
    assert_int_equal(rate_window_figures(window).keys, 1000);
    assert_int_equal(rate_window_figures(window).blocks, 3000);
    /* Each request clears away a few that are over. */
    for (uint64_t i = 0; i < 1000; i++)
        (void)take(window, 5000, 100, START + RATE_WINDOW_MS);
    assert_int_equal(rate_window_figures(window).keys, 1);
    assert_true(rate_window_figures(window).blocks <= 7);
    rate_window_free(window);
}

/* ---- threads ------------------------------------------------------------------------------------------- */

#define THREADS 4

struct shared {
    struct rate_window *window;
    atomic_int allowed;
};

static void *hammer(void *argument)
{
    struct shared *shared = argument;

    for (int i = 0; i < 20000; i++) {
        if (take(shared->window, 1, 1000, START + i / 1000) == 0)
            atomic_fetch_add(&shared->allowed, 1);
        (void)take(shared->window, (uint64_t)(2 + i), 10, START + i / 1000);
    }
    return NULL;
}

static void test_rate_window__threads_share_one_count(void **state)
{
    struct shared shared = {.window = rate_window_new()};
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, &shared), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&shared.allowed), 1000);
    rate_window_free(shared.window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate_window__lets_n_through_and_the_next_exactly_a_minute_after_the_first),
        cmocka_unit_test(test_rate_window__refused_requests_prolong_nothing),
        cmocka_unit_test(test_rate_window__agrees_with_a_plain_log),
        cmocka_unit_test(test_rate_window__a_clock_read_too_early_takes_nothing_back),
        cmocka_unit_test(test_rate_window__a_million_addresses_fit_and_hide_no_offender),
        cmocka_unit_test(test_rate_window__who_was_busy_is_remembered_through_a_flood),
        cmocka_unit_test(test_rate_window__a_flood_of_busy_addresses_leaves_room_for_new_ones),
        cmocka_unit_test(test_rate_window__what_is_over_is_given_back),
        cmocka_unit_test(test_rate_window__threads_share_one_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
