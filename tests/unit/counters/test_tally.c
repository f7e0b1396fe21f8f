/*
 * test_tally.c — what is packed comes back as it was, equal tallies are equal bytes, and other bytes are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/limits.h"
#include "counters/tally.h"

static int set_up(void **state)
{
    struct arena *arena = calloc(1, sizeof *arena);

    arena_init(arena, ARENA_REQUEST_MAX);
    *state = arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_release(*state);
    free(*state);
    return 0;
}

static void test_tally__is_packed_as_its_header_says(void **state)
{
    static const uint8_t expected[] = {
        2 << 1, /* 2, once */
        (3 - 2) << 1 | 1,
        7, /* 3, seven times */
        0x80 | ((200 - 3) << 1 & 0x7f),
        (200 - 3) << 1 >> 7, /* 200, once */
    };
    struct tally tally = tally_new(*state, 300);
    size_t length;

    assert_true(tally_add(&tally, 200, 1));
    assert_true(tally_add(&tally, 3, 7));
    assert_true(tally_add(&tally, 2, 1));
    const uint8_t *bytes = tally_pack(&tally, *state, &length);
    assert_int_equal(length, sizeof expected);
    assert_memory_equal(bytes, expected, length);
    assert_int_equal(tally_records(&tally), 3);
    assert_int_equal(tally_total(&tally), 9);
}

static void test_tally__comes_back_as_it_was_and_adds_up(void **state)
{
    struct arena *arena = *state;
    struct tally tally = tally_new(arena, 100000);
    struct tally back = tally_new(arena, 100000);
    size_t length;

    srandom(7);
    for (int i = 0; i < 20000; i++)
        assert_true(
            tally_add(&tally, random() % 100001, (uint32_t)(1 + random() % (i % 100 == 0 ? 1000000 : 3))));
    const uint8_t *bytes = tally_pack(&tally, arena, &length);
    assert_true(tally_add_packed(&back, bytes, length));
    assert_memory_equal(back.counts, tally.counts, tally.size * sizeof *tally.counts);
    assert_true(tally_add_packed(&back, bytes, length));
    assert_int_equal(tally_total(&back), 2 * tally_total(&tally));
    tally_clear(&back);
    assert_int_equal(tally_total(&back), 0);
}

/* Ids at the edges of the words that note who is there. */
static void test_tally__is_used_again_and_again(void **state)
{
    static const int64_t ids[] = {0, 63, 64, 127, 128, 300};
    struct tally tally = tally_new(*state, 300);
    struct tally sum = tally_new(*state, 300);
    struct tally back = tally_new(*state, 300);
    size_t length;

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_true(tally_add(&tally, ids[i], 1));
        assert_true(tally_add(&tally, 5, 2));
        assert_int_equal(tally_total(&tally), 3);
        const uint8_t *bytes = tally_pack(&tally, *state, &length);
        assert_true(tally_add_packed(&back, bytes, length));
        tally_merge(&sum, &tally);
        tally_clear(&tally);
        assert_int_equal(tally_records(&tally), 0);
    }
    assert_int_equal(tally_records(&sum), 7);
    assert_int_equal(tally_total(&sum), 18);
    assert_int_equal(tally_records(&back), 7);
    assert_memory_equal(back.counts, sum.counts, sum.size * sizeof *sum.counts);
    assert_true(tally_add(&back, 200, 1)); /* after bytes were added */
    assert_int_equal(tally_total(&back), 19);
}

static void test_tally__an_empty_one_has_no_bytes(void **state)
{
    struct tally tally = tally_new(*state, 0);
    size_t length = 9;

    tally_pack(&tally, *state, &length);
    assert_int_equal(length, 0);
    assert_true(tally_add_packed(&tally, (const uint8_t *)"", 0));
}

static void test_tally__refuses_what_is_no_tally(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
    } spoilt[] = {
        {"\x80", 1},     /* ends within a number */
        {"\x03", 1},     /* a count should follow */
        {"\x16", 1},     /* id 11 of 10 */
        {"\x04\x14", 2}, /* 2, then 12 */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
        {"\xfe\xff\xff\xff\xff\xff\xff\xff\x7f", 9},
    };

    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        struct tally tally = tally_new(*state, 10);
        assert_false(tally_add_packed(&tally, (const uint8_t *)spoilt[i].bytes, spoilt[i].length));
    }
    struct tally tally = tally_new(*state, 10);
    assert_false(tally_add(&tally, 11, 1));
    assert_false(tally_add(&tally, -1, 1));
}

/* Several records are read at once, but never past the last id. */
static void test_tally__is_refused_by_one_that_is_an_id_too_small(void **state)
{
    for (int64_t largest = 230; largest < 300; largest++) {
        struct tally whole = tally_new(*state, largest);
        struct tally back = tally_new(*state, largest);
        struct tally small = tally_new(*state, largest - 1);
        size_t length;
        for (int64_t id = largest; id >= 0; id -= id > 100 ? 63 : 1)
            assert_true(tally_add(&whole, id, (uint32_t)(1 + id % 3)));
        const uint8_t *bytes = tally_pack(&whole, *state, &length);
        assert_true(tally_add_packed(&back, bytes, length));
        assert_memory_equal(back.counts, whole.counts, whole.size * sizeof *whole.counts);
        assert_false(tally_add_packed(&small, bytes, length));
    }
}

static void test_tally__ranks_the_most_first_and_the_older_of_equals(void **state)
{
    static const uint32_t counts[] = {0, 5, 9, 5, 0, 1, 9, 7};
    static const int64_t order[] = {2, 6, 7, 1, 3, 5};
    struct tally tally = tally_new(*state, 7);
    struct loan_rank ranks[8];

    for (int64_t id = 0; id < 8; id++)
        assert_true(tally_add(&tally, id, counts[id]));
    for (size_t max = 0; max <= 8; max++) {
        size_t count = tally_top(&tally, ranks, max);
        assert_int_equal(count, max < 6 ? max : 6);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(ranks[i].id, order[i]);
            assert_int_equal(ranks[i].count, counts[order[i]]);
        }
    }
}

static void test_tally__keeps_nothing_nobody_asks_for(void **state)
{
    struct tally tally = {0};
    size_t length;

    assert_true(tally_add(&tally, 5, 1));
    assert_true(tally_add_packed(&tally, (const uint8_t *)"\x80", 1));
    tally_clear(&tally);
    assert_int_equal(tally_records(&tally) + tally_total(&tally), 0);
    assert_int_equal(tally_top(&tally, NULL, 5), 0);
    tally_pack(&tally, *state, &length);
    assert_int_equal(length, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_tally__##name, set_up, tear_down)

/* The print of what is packed is the sum of the prints of what was counted, in any order. */
static void test_tally__has_a_print_that_does_not_depend_on_order(void **state)
{
    struct tally tally = tally_new(*state, 70000);
    uint64_t sum = 0;
    uint64_t print;
    int64_t records;
    size_t length;

    for (uint32_t i = 0; i < 5000; i++) {
        int64_t id = (int64_t)(i * 2654435761u % 65000);
        sum += tally_print(id);
        assert_true(tally_add(&tally, id, 1));
    }
    const uint8_t *bytes = tally_pack(&tally, *state, &length);
    assert_true(tally_print_packed(bytes, length, &print, &records));
    assert_true(print == sum);
    assert_int_equal(records, tally_records(&tally));
    assert_true(tally_add(&tally, 5, 1));
    bytes = tally_pack(&tally, *state, &length);
    assert_true(tally_print_packed(bytes, length, &print, &records));
    assert_true(print != sum);
    assert_false(tally_print_packed((const uint8_t *)"\x82", 1, &print, &records));
    assert_false(
        tally_print_packed((const uint8_t *)"\x02\x00", 2, &print, &records)); /* the same id again */
    assert_true(tally_print_packed((const uint8_t *)"", 0, &print, &records));
    assert_true(print == 0 && records == 0);
}

static void test_tally__some_of_one_become_another_s_as_if_counted_so(void **state)
{
    struct arena *arena = *state;
    const int64_t ids[] = {1, 2, 63, 64, 65, 200, 9000, 99999};
    const size_t count = sizeof ids / sizeof *ids;

    srand(7);
    for (int round = 0; round < 500; round++) {
        struct arena_mark mark = arena_mark(arena);
        struct tally tally = tally_new(arena, 100000);
        size_t from = (size_t)rand() % count;
        size_t to = (from + 1 + (size_t)rand() % (count - 1)) % count;
        size_t length, moved_length, due_length;
        for (size_t i = 0; i < count; i++)
            if (i == from || rand() % 2)
                assert_true(tally_add(&tally, ids[i], 1 + (uint32_t)rand() % 300));
        uint32_t times = 1 + (uint32_t)rand() % tally.counts[ids[from]];
        const uint8_t *bytes = tally_pack(&tally, arena, &length);
        const uint8_t *moved =
            tally_move_packed(arena, bytes, length, ids[from], ids[to], times, &moved_length);
        assert_null(tally_move_packed(arena, bytes, length, ids[from], ids[to],
                                      (uint64_t)tally.counts[ids[from]] + 1, &due_length));
        assert_null(tally_move_packed(arena, bytes, length, 77, ids[to], 1, &due_length));
        tally.counts[ids[from]] -= times;
        assert_true(tally_add(&tally, ids[to], times));
        const uint8_t *due = tally_pack(&tally, arena, &due_length);
        assert_non_null(moved);
        assert_int_equal(moved_length, due_length);
        assert_memory_equal(moved, due, due_length);
        arena_reset_to(arena, mark);
    }
    size_t length;
    assert_null(tally_move_packed(arena, (const uint8_t *)"\x82", 1, 1, 2, 1, &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_packed_as_its_header_says),
        TEST(some_of_one_become_another_s_as_if_counted_so),
        TEST(comes_back_as_it_was_and_adds_up),
        TEST(is_used_again_and_again),
        TEST(an_empty_one_has_no_bytes),
        TEST(refuses_what_is_no_tally),
        TEST(is_refused_by_one_that_is_an_id_too_small),
        TEST(ranks_the_most_first_and_the_older_of_equals),
        TEST(keeps_nothing_nobody_asks_for),
        TEST(has_a_print_that_does_not_depend_on_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
