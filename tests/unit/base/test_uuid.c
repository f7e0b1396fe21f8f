/*
 * test_uuid.c — the form of UUIDv7 and its order, alone and with eight threads.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/uuid.h"

#define THREADS 8
#define IDS_PER_THREAD 20000

/* Later than any other instant used here, and growing: ids of one process never go back. */
static int64_t next_instant = 1800000000000;

static int64_t time_of(const struct uuid *uuid)
{
    int64_t time = 0;
    for (int i = 0; i < 6; i++) {
        time = time << 8 | uuid->bytes[i];
    }
    return time;
}

static void test_uuid__carries_time_version_and_variant(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t instant = next_instant++;
        struct uuid uuid = uuid_new(instant);
        assert_true(time_of(&uuid) == instant);
        assert_int_equal(uuid.bytes[6] >> 4, 7);
        assert_int_equal(uuid.bytes[8] >> 6, 2);
    }
}

static void test_uuid__increases_within_a_millisecond_past_the_counter(void **state)
{
    (void)state;
    int64_t instant = next_instant;
    next_instant += 1000;
    struct uuid last = uuid_new(instant);
    for (int i = 0; i < 100000; i++) {
        struct uuid uuid = uuid_new(instant);
        assert_true(memcmp(&uuid, &last, sizeof uuid) > 0);
        last = uuid;
    }
    assert_true(time_of(&last) > instant + 10 && time_of(&last) < instant + 100);
}

static void test_uuid__leaves_room_for_2048_ids_in_each_millisecond(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        int64_t instant = next_instant++;
        struct uuid uuid = uuid_new(instant);
        for (int more = 0; more < 2047; more++) {
            uuid = uuid_new(instant);
        }
        assert_true(time_of(&uuid) == instant);
    }
}

static void test_uuid__does_not_go_back_with_the_clock(void **state)
{
    (void)state;
    struct uuid now = uuid_new(next_instant);
    struct uuid earlier = uuid_new(next_instant - 86400000);
    struct uuid before_1970 = uuid_new(-5);
    assert_true(memcmp(&earlier, &now, sizeof now) > 0);
    assert_true(memcmp(&before_1970, &earlier, sizeof now) > 0);
    assert_true(time_of(&before_1970) == next_instant);
    next_instant++;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

static void *make_many(void *out)
{
    struct uuid *uuids = out;
    for (int i = 0; i < IDS_PER_THREAD; i++) {
        uuids[i] = uuid_new(1800000500000 + i / 100);
    }
    return NULL;
}

static void test_uuid__begins_after_what_an_earlier_process_made(void **state)
{
    (void)state;
    struct uuid of_then = uuid_of(6000000000000, 0xABC, UINT64_MAX);
    uuid_start_after(&of_then);
    struct uuid next = uuid_new(1);
    assert_true(memcmp(next.bytes, of_then.bytes, UUID_BYTES) > 0);
    struct uuid earlier = uuid_of(1, 0xFFF, 0);
    uuid_start_after(&earlier); /* another library, whose clock went right */
    struct uuid after = uuid_new(1);
    assert_true(memcmp(after.bytes, earlier.bytes, UUID_BYTES) > 0);
    assert_true(memcmp(after.bytes, next.bytes, UUID_BYTES) < 0);
}

static void test_uuid__is_unique_and_increasing_in_every_thread(void **state)
{
    (void)state;
    static struct uuid uuids[THREADS][IDS_PER_THREAD];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, uuids[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        for (int at = 1; at < IDS_PER_THREAD; at++) {
            assert_true(compare(&uuids[i][at - 1], &uuids[i][at]) < 0);
        }
    }
    /* The first 8 bytes are time and counter: unique without any luck of the random part. */
    qsort(uuids, THREADS * IDS_PER_THREAD, sizeof(struct uuid), compare);
    const struct uuid *sorted = uuids[0];
    for (size_t i = 1; i < THREADS * IDS_PER_THREAD; i++) {
        assert_true(memcmp(&sorted[i - 1], &sorted[i], 8) < 0);
    }
    next_instant = 1800001000000;
}

static void test_uuid__text_round_trips(void **state)
{
    (void)state;
    struct uuid uuid;
    char text[UUID_TEXT_SIZE];
    assert_true(uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", &uuid)); /* RFC 9562, appendix A.6 */
    assert_true(time_of(&uuid) == 0x017F22E279B0);
    uuid_format(&uuid, text);
    assert_string_equal(text, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    struct uuid made = uuid_new(next_instant++);
    uuid_format(&made, text);
    assert_int_equal(strlen(text), 36);
    assert_true(uuid_parse(text, &uuid));
    assert_memory_equal(&uuid, &made, sizeof uuid);
    assert_true(uuid_parse("00000000-0000-0000-0000-000000000000", &uuid));
}

static void test_uuid__refuses_other_texts(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "-",
        "017f22e279b07cc398c4dc0c0c07398f",
        "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f ",
        "017f22e2_79b0_7cc3_98c4_dc0c0c07398f",
        "0x7f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-98c4",
    };
    struct uuid uuid;
    memset(&uuid, 0xEE, sizeof uuid);
    struct uuid untouched = uuid;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(uuid_parse(bad[i], &uuid));
        assert_memory_equal(&uuid, &untouched, sizeof uuid);
    }
}

static void test_random_bytes__fills_what_was_asked_and_no_more(void **state)
{
    (void)state;
    static unsigned char bytes[100002];
    random_bytes(bytes + 1, 100000);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(bytes[100001], 0);
    size_t zeros = 0;
    for (size_t i = 1; i <= 100000; i++) {
        zeros += bytes[i] == 0;
    }
    assert_in_range(zeros, 200, 600); /* 390 expected, standard deviation 20 */
    random_bytes(bytes, 0);
    assert_int_equal(bytes[0], 0);
}

static void test_uuid__that_is_all_zero_was_not_given(void **state)
{
    (void)state;
    struct uuid uuid = {{0}};
    assert_false(uuid_is_given(&uuid));
    uuid.bytes[UUID_BYTES - 1] = 1;
    assert_true(uuid_is_given(&uuid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uuid__carries_time_version_and_variant),
        cmocka_unit_test(test_uuid__increases_within_a_millisecond_past_the_counter),
        cmocka_unit_test(test_uuid__leaves_room_for_2048_ids_in_each_millisecond),
        cmocka_unit_test(test_uuid__does_not_go_back_with_the_clock),
        cmocka_unit_test(test_uuid__begins_after_what_an_earlier_process_made),
        cmocka_unit_test(test_uuid__is_unique_and_increasing_in_every_thread),
        cmocka_unit_test(test_uuid__text_round_trips),
        cmocka_unit_test(test_uuid__refuses_other_texts),
        cmocka_unit_test(test_uuid__that_is_all_zero_was_not_given),
        cmocka_unit_test(test_random_bytes__fills_what_was_asked_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
