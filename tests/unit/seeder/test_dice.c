/*
 * test_dice.c — the published generator, and chance as even or as bell-shaped as it promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "seeder/dice.h"

/* From the authors' C code, started with the state 1, 2, 3, 4. */
static void test_dice__is_xoshiro256_starstar(void **state)
{
    (void)state;
    static const uint64_t expected[] = {11520u,
                                        0u,
                                        1509978240u,
                                        1215971899390074240u,
                                        1216172134540287360u,
                                        607988272756665600u,
                                        16172922978634559625u,
                                        8476171486693032832u,
                                        10595114339597558777u,
                                        2904607092377533576u};
    struct dice dice = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_true(dice_next(&dice) == expected[i]);
}

static void test_dice__repeats_itself_and_no_other_stream(void **state)
{
    (void)state;
    struct dice one, same, other_stream, other_seed;
    dice_seed(&one, 42, 7);
    dice_seed(&same, 42, 7);
    dice_seed(&other_stream, 42, 8);
    dice_seed(&other_seed, 43, 7);
    int like_stream = 0, like_seed = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t thrown = dice_next(&one);
        assert_true(thrown == dice_next(&same));
        like_stream += thrown == dice_next(&other_stream);
        like_seed += thrown == dice_next(&other_seed);
    }
    assert_int_equal(like_stream, 0);
    assert_int_equal(like_seed, 0);
}

static void test_dice__throws_evenly_below_a_bound(void **state)
{
    (void)state;
    struct dice dice;
    int count[10] = {0};
    dice_seed(&dice, 1, 1);
    for (int i = 0; i < 100000; i++) {
        uint32_t thrown = dice_below(&dice, 10);
        assert_true(thrown < 10);
        count[thrown]++;
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(count[i], 9600, 10400);
    assert_int_equal(dice_below(&dice, 1), 0);
}

static void test_dice__includes_both_ends(void **state)
{
    (void)state;
    struct dice dice;
    int lowest = 0, highest = 0;
    dice_seed(&dice, 2, 1);
    for (int i = 0; i < 1000; i++) {
        int64_t thrown = dice_between(&dice, -3, 3);
        assert_true(thrown >= -3 && thrown <= 3);
        lowest += thrown == -3;
        highest += thrown == 3;
    }
    assert_true(lowest > 0 && highest > 0);
    assert_true(dice_between(&dice, 5, 5) == 5);
    int64_t far = dice_between(&dice, INT64_C(1) << 40, INT64_C(1) << 41);
    assert_true(far >= INT64_C(1) << 40 && far <= INT64_C(1) << 41);
}

static void test_dice__rings_the_bell(void **state)
{
    (void)state;
    struct dice dice;
    int64_t sum = 0;
    int within_one = 0, within_two = 0;
    dice_seed(&dice, 3, 1);
    for (int i = 0; i < 20000; i++) {
        int64_t thrown = dice_bell(&dice, 1000, 200);
        assert_true(thrown >= 1000 - 6 * 200 && thrown <= 1000 + 6 * 200);
        sum += thrown;
        within_one += thrown > 800 && thrown < 1200;
        within_two += thrown > 600 && thrown < 1400;
    }
    assert_in_range(sum / 20000, 995, 1005);
    assert_in_range(within_one, 13300, 14000); /* 68.3 % */
    assert_in_range(within_two, 18900, 19250); /* 95.4 % */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dice__is_xoshiro256_starstar),
        cmocka_unit_test(test_dice__repeats_itself_and_no_other_stream),
        cmocka_unit_test(test_dice__throws_evenly_below_a_bound),
        cmocka_unit_test(test_dice__includes_both_ends),
        cmocka_unit_test(test_dice__rings_the_bell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
