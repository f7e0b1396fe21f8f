/*
 * test_write_back.c — with the mark set a checkpoint copies a part and leaves the rest; without it nothing is in
 * the way.
 */
#include "scratch.h"

#include "db/write_back.h"

struct write_back_test {
    struct scratch scratch; /* its ctx.db is the writer */
    struct write_back *write_back;
};

static int set_up(void **state)
{
    struct write_back_test *t = calloc(1, sizeof *t);

    scratch_init(&t->scratch);
    scratch_open(&t->scratch);
    scratch_must(&t->scratch, write_back_start(&t->scratch.ctx, t->scratch.ctx.db, &t->write_back));
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct write_back_test *t = *state;

    write_back_stop(t->write_back);
    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

static void write_something(struct write_back_test *t)
{
    scratch_exec(&t->scratch, "UPDATE library_counter SET value = value + 1");
}

static bool copies_all(struct write_back_test *t, enum checkpoint_depth depth)
{
    bool whole;

    scratch_must(&t->scratch, db_checkpoint(&t->scratch.ctx, depth, 0, &whole));
    return whole;
}

static void test_write_back__lets_a_checkpoint_copy_as_far_as_the_mark(void **state)
{
    struct write_back_test *t = *state;

    assert_false(write_back_has_mark(t->write_back));
    for (int slice = 0; slice < 3; slice++) {
        write_something(t);
        write_back_move_mark(t->write_back);
        assert_true(write_back_has_mark(t->write_back));
        write_something(t);
        assert_false(copies_all(t, CHECKPOINT_PASSIVE));
    }
    write_back_lift_mark(t->write_back);
    assert_false(write_back_has_mark(t->write_back));
    assert_true(copies_all(t, CHECKPOINT_PASSIVE));
}

static void test_write_back__holds_nothing_without_its_mark(void **state)
{
    struct write_back_test *t = *state;

    write_something(t);
    write_back_move_mark(t->write_back);
    assert_false(copies_all(t, CHECKPOINT_TRUNCATE));
    write_back_lift_mark(t->write_back);
    write_back_lift_mark(t->write_back);
    assert_true(copies_all(t, CHECKPOINT_TRUNCATE));
    assert_int_equal(db_wal_pages(t->scratch.ctx.db), 0);
}

static void test_write_back__syncs_beside_the_writer(void **state)
{
    struct write_back_test *t = *state;

    for (int i = 0; i < 20; i++) {
        write_back_sync(t->write_back);
        write_something(t);
    }
    for (int i = 0; i < 1000 && write_back_is_syncing(t->write_back); i++)
        clock_sleep_ms(10);
    assert_false(write_back_is_syncing(t->write_back));
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_write_back__lets_a_checkpoint_copy_as_far_as_the_mark),
        each(test_write_back__holds_nothing_without_its_mark),
        each(test_write_back__syncs_beside_the_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
