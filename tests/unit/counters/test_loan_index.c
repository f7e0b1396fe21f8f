/*
 * test_loan_index.c — whose loan it is, where ids lie close and where they do not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "counters/loan_index.h"

static void assert_known(const struct id_range *range, const int64_t *ids, int64_t stranger)
{
    struct loan_index index;

    loan_index_init(&index, range);
    for (int i = 0; i < 3; i++)
        assert_true(loan_index_add(&index, ids[i], i == 1 ? NO_NUMBER : 100 + i));
    assert_int_equal(loan_index_member(&index, ids[0]), 100);
    assert_int_equal(loan_index_member(&index, ids[1]), NO_NUMBER);
    assert_int_equal(loan_index_member(&index, ids[2]), 102);
    assert_int_equal(loan_index_member(&index, stranger), NO_NUMBER);
    assert_false(loan_index_add(&index, range->first - 1, 7));
    loan_index_release(&index);
}

static void test_loan_index__knows_whose_each_loan_is(void **state)
{
    (void)state;
    assert_known(&(struct id_range){5, 9, 5}, (int64_t[]){5, 6, 9}, 7);
    assert_known(&(struct id_range){5, INT64_MAX, 3}, (int64_t[]){5, 6, INT64_MAX}, 7);
}

static void test_loan_index__of_a_library_without_loans_knows_none(void **state)
{
    (void)state;
    struct loan_index index;
    loan_index_init(&index, &(struct id_range){0, 0, 1});
    assert_int_equal(loan_index_member(&index, 0), NO_NUMBER);
    assert_int_equal(loan_index_member(&index, 1), NO_NUMBER);
    loan_index_release(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loan_index__knows_whose_each_loan_is),
        cmocka_unit_test(test_loan_index__of_a_library_without_loans_knows_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
