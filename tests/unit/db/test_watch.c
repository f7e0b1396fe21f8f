/*
 * test_watch.c — who holds rows in memory hears of each change once it is committed, and sees what was committed.
 */
#include "writer_test.h"

#include "db/watch.h"

#define IDS_MAX 1024

SQL(COUNT_NOTE, "SELECT count(*) FROM note WHERE id = :id");
SQL(DELETE_NOTES, "DELETE FROM note WHERE job < 10");
SQL(INSERT_FOR_ORPHAN, "INSERT INTO detail (note) VALUES (-1)");

/* Kept by the watcher on the writer's thread, looked at when the job that waits for it has come back. */
static struct {
    int calls, count, present;
    int64_t ids[IDS_MAX];
    bool in_transaction;
} told;

static void remember(struct ctx *ctx, const int64_t *ids, size_t count, void *argument)
{
    bool found;

    told.calls++;
    told.count = 0;
    told.present = 0;
    told.in_transaction = db_in_transaction(ctx->db);
    assert(argument == &told);
    for (size_t i = 0; i < count && i < IDS_MAX; i++) {
        struct stmt *s = db_statement(ctx, &COUNT_NOTE);
        told.ids[told.count++] = ids[i];
        bind_int(s, ":id", ids[i]);
        if (db_row(s, &found) != OK || !found)
            abort();
        told.present += (int)column_int(s, 0);
    }
}

static int start_watched(void **state)
{
    struct writer_test *t = calloc(1, sizeof *t);
    struct db *db;

    memset(&told, 0, sizeof told);
    make_library(t);
    scratch_must(&t->scratch, db_open(&t->scratch.ctx, t->scratch.path, DB_WRITE, &db));
    t->scratch.ctx.db = db;
    scratch_must(&t->scratch, migrate_library(&t->scratch.ctx));
    t->scratch.ctx.db = NULL;
    db_watch(db, "note", remember, &told);
    scratch_must(&t->scratch, writer_start(&t->scratch.ctx, db, &t->writer));
    *state = t;
    return 0;
}

static struct caller do_job(struct writer_test *t, write_function *work, bool bulk, int64_t number)
{
    struct caller caller = {.test = t, .work = work, .bulk = bulk, .number = number};

    run_job(&caller);
    return caller;
}

static void test_watch__tells_what_was_committed_before_the_caller_hears_of_it(void **state)
{
    struct writer_test *t = *state;

    for (int i = 1; i <= 5; i++) {
        assert_int_equal(do_job(t, write_note, false, i).kind, OK);
        assert_int_equal(told.calls, i);
        assert_int_equal(told.count, 1);
        assert_int_equal(told.ids[0], i);
        assert_int_equal(told.present, 1);
        assert_true(told.in_transaction);
    }
}

static enum write_result write_and_refuse(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    (void)put_note(ctx, caller->number, 0);
    (void)fail(ctx, VALIDATION_ERROR, "no");
    return WRITE_FAILED;
}

/* The savepoint is rolled back: the id may be told, but the row is not there for who reads it again. */
static void test_watch__shows_nothing_of_what_was_rolled_back(void **state)
{
    struct writer_test *t = *state;

    assert_int_not_equal(do_job(t, write_and_refuse, false, 1).kind, OK);
    assert_int_equal(told.present, 0);
    assert_int_equal(do_job(t, write_note, false, 2).kind, OK);
    assert_int_equal(told.present, 1);
}

static enum write_result write_orphan(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    if (put_note(ctx, caller->number, 0) != OK || db_run(db_statement(ctx, &INSERT_FOR_ORPHAN)) != OK)
        return WRITE_FAILED;
    return WRITE_DONE;
}

/* COMMIT itself fails (a deferred foreign key): the next one tells, and the row is not there. */
static void test_watch__a_commit_that_fails_tells_nothing(void **state)
{
    struct writer_test *t = *state;

    assert_int_not_equal(do_job(t, write_orphan, false, 1).kind, OK);
    assert_int_equal(told.calls, 0);
    assert_int_equal(do_job(t, write_note, false, 2).kind, OK);
    assert_int_equal(told.present, 1);
}

static enum write_result write_in_slices(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    for (int i = 0; i < 100; i++)
        if (put_note(ctx, caller->number, caller->seen * 100 + i) != OK)
            return WRITE_FAILED;
    return ++caller->seen < 3 ? WRITE_MORE : WRITE_DONE;
}

static void test_watch__tells_of_each_slice_of_bulk_work(void **state)
{
    struct writer_test *t = *state;

    assert_int_equal(do_job(t, write_in_slices, true, 1).kind, OK);
    assert_int_equal(told.calls, 3);
    assert_int_equal(told.count, 100);
    assert_int_equal(told.present, 100);
}

static enum write_result write_many_times(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    for (int i = 0; i < 3; i++)
        if (put_note(ctx, caller->number, i) != OK)
            return WRITE_FAILED;
    if (db_exec(ctx, "UPDATE note SET slice = slice + 10") != OK ||
        db_exec(ctx, "UPDATE note SET slice = slice + 10") != OK)
        return WRITE_FAILED;
    return WRITE_DONE;
}

static enum write_result delete_all(struct ctx *ctx, void *argument)
{
    (void)argument;
    return db_run(db_statement(ctx, &DELETE_NOTES)) == OK ? WRITE_DONE : WRITE_FAILED;
}

static void test_watch__names_each_row_once_and_deleted_ones_too(void **state)
{
    struct writer_test *t = *state;

    assert_int_equal(do_job(t, write_many_times, false, 1).kind, OK);
    assert_int_equal(told.count, 3);
    assert_int_equal(told.present, 3);
    assert_int_equal(do_job(t, delete_all, false, 1).kind, OK);
    assert_int_equal(told.count, 3);
    assert_int_equal(told.present, 0);
}

static enum write_result write_elsewhere(struct ctx *ctx, void *argument)
{
    (void)argument;
    return db_exec(ctx, "INSERT INTO detail (note) VALUES (NULL)") == OK ? WRITE_DONE : WRITE_FAILED;
}

static void test_watch__hears_of_its_own_table_only(void **state)
{
    struct writer_test *t = *state;

    assert_int_equal(do_job(t, write_elsewhere, false, 1).kind, OK);
    assert_int_equal(told.calls, 0);
}

/* ---- closely ------------------------------------------------------------------------------------------------ */

static struct {
    int touched, changed, within;
    int64_t id;
    bool in_transaction;
} close_up;

static void touch(int64_t id, void *argument)
{
    assert(argument == &close_up);
    close_up.touched++;
    close_up.id = id;
}

static void settle(struct ctx *ctx, const int64_t *ids, size_t count, void *argument)
{
    assert(argument == &close_up && count > 0);
    close_up.changed += (int)count;
    close_up.id = ids[0];
    close_up.in_transaction = db_in_transaction(ctx->db);
}

static int start_watched_closely(void **state)
{
    struct writer_test *t;

    memset(&close_up, 0, sizeof close_up);
    start_watched(state);
    t = *state;
    stop_writer(t);
    struct db *db;
    scratch_must(&t->scratch, db_open(&t->scratch.ctx, t->scratch.path, DB_WRITE, &db));
    db_watch(db, "note", remember, &told);
    db_watch_closely(db, "detail", touch, settle, &close_up);
    scratch_must(&t->scratch, writer_start(&t->scratch.ctx, db, &t->writer));
    return 0;
}

static enum write_result write_both(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    if (db_exec(ctx, "INSERT INTO detail (rowid, note) VALUES (41, NULL)") != OK ||
        db_exec(ctx, "UPDATE detail SET note = NULL WHERE rowid = 41") != OK)
        return WRITE_FAILED;
    close_up.within = close_up.touched - close_up.changed;
    if (put_note(ctx, caller->number, 0) != OK)
        return WRITE_FAILED;
    watch_note(ctx, "detail", 42);
    watch_note(ctx, "nothing", 42);
    return WRITE_DONE;
}

static void test_watch__touches_at_each_change_and_settles_after_the_commit(void **state)
{
    struct writer_test *t = *state;

    assert_int_equal(do_job(t, write_both, false, 1).kind, OK);
    assert_int_equal(close_up.within, 2);
    assert_int_equal(close_up.touched, 3);
    assert_int_equal(close_up.changed, 2);
    assert_int_equal(close_up.id, 41);
    assert_false(close_up.in_transaction);
    /* The other watch of the same connection is served as ever. */
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.present, 1);
    assert_true(told.in_transaction);
}

static enum write_result touch_and_fail(struct ctx *ctx, void *argument)
{
    (void)argument;
    if (db_exec(ctx, "INSERT INTO detail (rowid, note) VALUES (41, NULL)") == OK)
        (void)fail(ctx, VALIDATION_ERROR, "no");
    return WRITE_FAILED;
}

static enum write_result touch_orphan(struct ctx *ctx, void *argument)
{
    (void)argument;
    return db_exec(ctx, "INSERT INTO detail (rowid, note) VALUES (43, -1)") == OK ? WRITE_DONE : WRITE_FAILED;
}

static void test_watch__what_was_touched_is_settled_by_a_commit_only(void **state)
{
    struct writer_test *t = *state;

    assert_int_not_equal(do_job(t, touch_and_fail, true, 1).kind, OK);
    assert_int_equal(close_up.touched, 1);
    assert_int_equal(close_up.changed, 0);
    /* COMMIT fails. */
    assert_int_not_equal(do_job(t, touch_orphan, true, 1).kind, OK);
    assert_int_equal(close_up.touched, 2);
    assert_int_equal(close_up.changed, 0);
    assert_int_equal(do_job(t, write_note, false, 1).kind, OK);
    assert_int_equal(close_up.changed, 2);
}

#define watched(test) cmocka_unit_test_setup_teardown(test, start_watched, tear_down)

#define watched_closely(test) cmocka_unit_test_setup_teardown(test, start_watched_closely, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        watched(test_watch__tells_what_was_committed_before_the_caller_hears_of_it),
        watched(test_watch__shows_nothing_of_what_was_rolled_back),
        watched(test_watch__a_commit_that_fails_tells_nothing),
        watched(test_watch__tells_of_each_slice_of_bulk_work),
        watched(test_watch__names_each_row_once_and_deleted_ones_too),
        watched(test_watch__hears_of_its_own_table_only),
        watched_closely(test_watch__touches_at_each_change_and_settles_after_the_commit),
        watched_closely(test_watch__what_was_touched_is_settled_by_a_commit_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
