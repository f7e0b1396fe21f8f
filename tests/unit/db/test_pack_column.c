/*
 * test_pack_column.c — what a column was given is what it is asked for, in whatever width.
 */
#include "scratch.h"

#include "db/pack_column.h"

#define ROWS (3 * COLUMN_BLOCK_ROWS + 5)

typedef int64_t number_at(size_t row);

static int64_t narrow(size_t row)
{
    return 1700000000000 + (int64_t)(row * 7919 % 300);
}

static int64_t with_nulls(size_t row)
{
    return row % 3 == 1 ? NO_NUMBER : -(int64_t)row * 1000003;
}

static int64_t nulls_alone(size_t row)
{
    (void)row;
    return NO_NUMBER;
}

static int64_t widest(size_t row)
{
    return row % 2 ? INT64_MAX : INT64_MIN + 1 + (int64_t)row;
}

/* Multiples of a day, some blocks of one value alone. */
static int64_t days(size_t row)
{
    return 86399999 + (int64_t)(row < COLUMN_BLOCK_ROWS ? 3 : row * 31 % 17) * 86400000;
}

/* Wider from block to block. */
static int64_t growing(size_t row)
{
    return (int64_t)(UINT64_C(1) << (row / COLUMN_BLOCK_ROWS * 20)) * (int64_t)(row % 11);
}

static void test_pack_column__gives_back_what_it_was_given(void **state)
{
    (void)state;
    static number_at *const all[] = {narrow, with_nulls, nulls_alone, widest, days, growing};
    for (size_t n = 0; n < sizeof all / sizeof all[0]; n++)
        for (size_t rows = 0; rows <= ROWS; rows += rows < 2 || rows == ROWS - 1 ? 1 : ROWS - 3) {
            struct kept_column column;
            kept_begin(&column);
            for (size_t row = 0; row < rows; row++) {
                struct load_value value = load_number(all[n](row));
                kept_add(&column, &value);
            }
            kept_end(&column);
            assert_true(column.is_kept);
            for (size_t row = 0; row < rows; row++) {
                assert_true(kept_number(&column, row) == all[n](row));
                struct load_value value = kept_value_of(&column, kept_number(&column, row));
                assert_int_equal(value.type, all[n](row) == NO_NUMBER ? LOAD_NULL : LOAD_INT);
            }
            kept_release(&column);
        }
}

static void test_pack_column__keeps_few_short_words(void **state)
{
    (void)state;
    static const char *const words[] = {"on_loan", NULL, "lost", "", "available"};
    struct kept_column column;
    kept_begin(&column);
    for (size_t row = 0; row < ROWS; row++) {
        struct load_value value = load_text(words[row * 3 % 5]);
        kept_add(&column, &value);
    }
    kept_end(&column);
    for (size_t row = 0; row < ROWS; row++) {
        struct load_value was = load_text(words[row * 3 % 5]);
        struct load_value value = kept_value_of(&column, kept_number(&column, row));
        assert_int_equal(value.type, was.type);
        if (was.type == LOAD_TEXT) {
            assert_int_equal(value.length, was.length);
            assert_memory_equal(value.as.bytes, was.as.bytes, (size_t)was.length);
        }
    }
    kept_release(&column);
}

/* However late it comes. */
static void assert_not_kept(const struct load_value *value)
{
    for (size_t before = 0; before <= COLUMN_BLOCK_ROWS; before += COLUMN_BLOCK_ROWS) {
        struct kept_column column;
        struct load_value one = value->type == LOAD_INT ? load_int(1) : load_text("one");
        kept_begin(&column);
        for (size_t row = 0; row < before; row++)
            kept_add(&column, &one);
        kept_add(&column, value);
        kept_add(&column, &one);
        kept_end(&column);
        assert_false(column.is_kept);
        kept_release(&column);
    }
}

static void test_pack_column__does_not_keep_what_it_cannot(void **state)
{
    (void)state;
    assert_not_kept(&(struct load_value){LOAD_BLOB, 3, {.bytes = "abc"}});
    struct load_value value = load_text("longer than a short word");
    assert_not_kept(&value);
    value = load_int(INT64_MIN); /* stands for NULL */
    assert_not_kept(&value);
}

static bool ascends(const int64_t *numbers, size_t count)
{
    struct kept_column column;
    kept_begin(&column);
    for (size_t row = 0; row < COLUMN_BLOCK_ROWS + count; row++) {
        struct load_value value = load_number(row < COLUMN_BLOCK_ROWS ? 7 : numbers[row - COLUMN_BLOCK_ROWS]);
        kept_add(&column, &value);
    }
    kept_end(&column);
    bool result = column.ascends;
    kept_release(&column);
    return result;
}

static void test_pack_column__knows_whether_it_ascends(void **state)
{
    (void)state;
    assert_true(ascends((const int64_t[]){7, 7, 8}, 3));
    assert_false(ascends((const int64_t[]){6}, 1)); /* less than the last of the block before */
    assert_false(ascends((const int64_t[]){7, 9, 8}, 3));
    assert_false(ascends((const int64_t[]){7, NO_NUMBER}, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack_column__gives_back_what_it_was_given),
        cmocka_unit_test(test_pack_column__keeps_few_short_words),
        cmocka_unit_test(test_pack_column__does_not_keep_what_it_cannot),
        cmocka_unit_test(test_pack_column__knows_whether_it_ascends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
