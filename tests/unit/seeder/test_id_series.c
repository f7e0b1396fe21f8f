/*
 * test_id_series.c — public ids of the past: theirs is their own moment, and each is later than the one before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seeder/id_series.h"

static int64_t time_of(const struct uuid *uuid)
{
    int64_t time = 0;
    for (int i = 0; i < 6; i++)
        time = time << 8 | uuid->bytes[i];
    return time;
}

static void test_id_series__carries_the_moment_of_the_row(void **state)
{
    (void)state;
    struct id_series ids;
    id_series_init(&ids, 1, "book");
    const struct uuid *uuid = id_series_next(&ids, 1500000000000);
    assert_int_equal(time_of(uuid), 1500000000000);
    assert_int_equal(uuid->bytes[6] >> 4, 7);
    assert_int_equal(uuid->bytes[8] >> 6, 2);
    assert_int_equal(time_of(id_series_next(&ids, 1500000000777)), 1500000000777);
}

/* Ten thousand of one millisecond are more than its counter can tell apart: time goes on a little. */
static void test_id_series__increases_within_a_millisecond(void **state)
{
    (void)state;
    struct id_series ids;
    struct uuid before = {{0}};
    id_series_init(&ids, 1, "book");
    for (int i = 0; i < 10000; i++) {
        struct uuid uuid = *id_series_next(&ids, 1500000000000);
        assert_true(memcmp(before.bytes, uuid.bytes, UUID_BYTES) < 0);
        before = uuid;
    }
    assert_in_range(time_of(&before), 1500000000002, 1500000000005);
}

static void test_id_series__begins_again_for_another_table(void **state)
{
    (void)state;
    struct id_series ids;
    id_series_init(&ids, 1, "book");
    struct uuid first = *id_series_next(&ids, 1500000000000);
    id_series_init(&ids, 1, "copy");
    const struct uuid *second = id_series_next(&ids, 1400000000000);
    assert_int_equal(time_of(second), 1400000000000);
    assert_true(memcmp(first.bytes + 8, second->bytes + 8, 8) != 0);
}

static void test_id_series__is_the_same_for_the_same_seed(void **state)
{
    (void)state;
    struct id_series one, same, other;
    id_series_init(&one, 7, "book");
    id_series_init(&same, 7, "book");
    id_series_init(&other, 8, "book");
    struct uuid uuid = *id_series_next(&one, 5);
    assert_memory_equal(uuid.bytes, id_series_next(&same, 5)->bytes, UUID_BYTES);
    assert_memory_not_equal(uuid.bytes, id_series_next(&other, 5)->bytes, UUID_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id_series__carries_the_moment_of_the_row),
        cmocka_unit_test(test_id_series__increases_within_a_millisecond),
        cmocka_unit_test(test_id_series__begins_again_for_another_table),
        cmocka_unit_test(test_id_series__is_the_same_for_the_same_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
