/*
 * test_pool.c — few read connections for many: each request sees one moment of the library, none waits for
 * ever. pool.c is compiled in with limits small enough to be reached.
 */
#include "scratch.h"

#include <pthread.h>
#include <stdatomic.h>

#undef DB_POOL_WAIT_MS
#define DB_POOL_WAIT_MS 1000
#undef DB_READ_TIMEOUT_MS
#define DB_READ_TIMEOUT_MS 300
#include "db/pool.c"

SQL(READ_PAIR, "SELECT (SELECT value FROM library_counter WHERE name = 'books'),"
               " (SELECT value FROM library_counter WHERE name = 'members')");
SQL(BUMP_BOOKS, "UPDATE library_counter SET value = value + 1 WHERE name = 'books'");
SQL(BUMP_MEMBERS, "UPDATE library_counter SET value = value + 1 WHERE name = 'members'");
SQL_SCANNING(ENDLESS, "it is to be interrupted",
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
SQL(WRITE, "UPDATE library_counter SET value = 0");

struct pool_test {
    struct scratch scratch; /* its ctx.db is the writer */
    struct pool *pool;
};

static int set_up(void **state)
{
    struct pool_test *t = calloc(1, sizeof *t);

    scratch_init(&t->scratch);
    scratch_open(&t->scratch);
    scratch_must(&t->scratch, pool_open(&t->scratch.ctx, t->scratch.path, &t->pool));
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct pool_test *t = *state;

    pool_close(t->pool);
    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

struct reader {
    struct pool_test *test;
    struct arena arena;
    struct ctx ctx;
    pthread_t thread;
    enum error_kind kind;
    int64_t waited_ms;
    int reads, torn;
};

static struct reader *reader_init(struct reader *reader, struct pool_test *t)
{
    *reader = (struct reader){.test = t};
    reader->ctx = scratch_ctx(&reader->arena);
    return reader;
}

static void take(struct reader *reader)
{
    int64_t began = clock_monotonic_ms();

    reader->kind = pool_take(reader->test->pool, &reader->ctx);
    reader->waited_ms = clock_monotonic_ms() - began;
}

static void give(struct reader *reader)
{
    pool_give(reader->test->pool, &reader->ctx);
}

static enum error_kind read_pair(struct ctx *ctx, int64_t *out_books, int64_t *out_members)
{
    struct stmt *s = db_statement(ctx, &READ_PAIR);
    bool found;

    TRY(db_row(s, &found));
    *out_books = column_int(s, 0);
    *out_members = column_int(s, 1);
    return OK;
}

static void bump_both(struct pool_test *t)
{
    scratch_exec(&t->scratch, "BEGIN IMMEDIATE");
    scratch_must(&t->scratch, db_run(db_statement(&t->scratch.ctx, &BUMP_BOOKS)));
    scratch_must(&t->scratch, db_run(db_statement(&t->scratch.ctx, &BUMP_MEMBERS)));
    scratch_exec(&t->scratch, "COMMIT");
}

/* ---- snapshots ----------------------------------------------------------------------------------------- */

static void test_pool__shows_one_moment_to_each_request(void **state)
{
    struct pool_test *t = *state;
    struct reader early, late;
    int64_t books = -1, members = -1;

    take(reader_init(&early, t));
    assert_int_equal(early.kind, OK);
    assert_int_equal(read_pair(&early.ctx, &books, &members), OK);
    assert_int_equal(books, 0);
    bump_both(t);
    take(reader_init(&late, t));
    assert_int_equal(read_pair(&early.ctx, &books, &members), OK);
    assert_int_equal(books, 0);
    assert_int_equal(read_pair(&late.ctx, &books, &members), OK);
    assert_int_equal(books, 1);
    give(&early);
    assert_null(early.ctx.db);
    take(&early);
    assert_int_equal(read_pair(&early.ctx, &books, &members), OK);
    assert_int_equal(books, 1);
    give(&early);
    give(&late);
    arena_release(&early.arena);
    arena_release(&late.arena);
}

static atomic_bool stop_reading;

static void *read_until_told(void *argument)
{
    struct reader *reader = argument;

    while (!atomic_load(&stop_reading)) {
        int64_t books = -1, members = -2, books_again = -3;
        take(reader);
        if (reader->kind != OK) {
            error_clear(&reader->ctx);
            continue;
        }
        if (read_pair(&reader->ctx, &books, &members) != OK ||
            read_pair(&reader->ctx, &books_again, &members) != OK || books != members || books != books_again)
            reader->torn++;
        reader->reads++;
        give(reader);
        arena_reset(&reader->arena);
    }
    return NULL;
}

#define READERS 12

static void test_pool__shows_no_half_of_a_commit_to_many_threads(void **state)
{
    struct pool_test *t = *state;
    struct reader readers[READERS];
    int reads = 0;

    atomic_store(&stop_reading, false);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(
            pthread_create(&readers[i].thread, NULL, read_until_told, reader_init(&readers[i], t)), 0);
    for (int i = 0; i < 200; i++)
        bump_both(t);
    atomic_store(&stop_reading, true);
    for (int i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_int_equal(readers[i].torn, 0);
        reads += readers[i].reads;
        arena_release(&readers[i].arena);
    }
    assert_true(reads > 0);
    assert_true(t->pool->open_count <= t->pool->max);
    assert_int_equal(t->pool->idle_count, t->pool->open_count);
}

/* ---- few for many -------------------------------------------------------------------------------------- */

static struct reader *take_all(struct pool_test *t)
{
    struct reader *readers = calloc((size_t)t->pool->max, sizeof *readers);

    for (int i = 0; i < t->pool->max; i++) {
        take(reader_init(&readers[i], t));
        assert_int_equal(readers[i].kind, OK);
        for (int other = 0; other < i; other++)
            assert_ptr_not_equal(readers[other].ctx.db, readers[i].ctx.db);
    }
    return readers;
}

static void give_all(struct pool_test *t, struct reader *readers)
{
    for (int i = 0; i < t->pool->max; i++) {
        if (readers[i].ctx.db)
            give(&readers[i]);
        arena_release(&readers[i].arena);
    }
    free(readers);
}

static void *read_once(void *argument)
{
    struct reader *reader = argument;

    take(reader);
    if (reader->kind == OK)
        give(reader);
    return NULL;
}

static void test_pool__lets_those_wait_for_whom_there_is_none(void **state)
{
    struct pool_test *t = *state;
    struct reader *all = take_all(t);
    struct reader waiting[3];

    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&waiting[i].thread, NULL, read_once, reader_init(&waiting[i], t)), 0);
    clock_sleep_ms(100);
    give(&all[0]); /* one is enough for all three, one after the other */
    for (int i = 0; i < 3; i++) {
        pthread_join(waiting[i].thread, NULL);
        assert_int_equal(waiting[i].kind, OK);
        arena_release(&waiting[i].arena);
    }
    give_all(t, all);
}

static void test_pool__says_busy_when_none_comes_free(void **state)
{
    struct pool_test *t = *state;
    struct reader *all = take_all(t);
    struct reader late;

    take(reader_init(&late, t));
    assert_int_equal(late.kind, ERROR_BUSY);
    assert_int_equal(late.ctx.error.code, ERR_BUSY);
    assert_null(late.ctx.db);
    assert_in_range(late.waited_ms, DB_POOL_WAIT_MS - 10, DB_POOL_WAIT_MS * 5);
    give_all(t, all);
    error_clear(&late.ctx);
    take(&late);
    assert_int_equal(late.kind, OK);
    give(&late);
    arena_release(&late.arena);
}

/* ---- requests that go wrong ---------------------------------------------------------------------------- */

static void test_pool__interrupts_what_reads_too_long(void **state)
{
    struct pool_test *t = *state;
    struct reader slow;
    int64_t books, members;
    int64_t began = clock_monotonic_ms();

    take(reader_init(&slow, t));
    assert_int_equal(db_run(db_statement(&slow.ctx, &ENDLESS)), ERROR_BUSY);
    assert_int_equal(slow.ctx.error.code, ERR_BUSY);
    assert_in_range(clock_monotonic_ms() - began, DB_READ_TIMEOUT_MS, DB_READ_TIMEOUT_MS * 10);
    struct db *db = slow.ctx.db;
    give(&slow);
    assert_int_equal(slow.ctx.error.code, ERR_BUSY); /* still what the caller has to hear */
    error_clear(&slow.ctx);

    /* The connection serves the next one, which has all its time. */
    take(&slow);
    assert_ptr_equal(slow.ctx.db, db);
    assert_int_equal(read_pair(&slow.ctx, &books, &members), OK);
    give(&slow);
    arena_release(&slow.arena);
}

/* Between requests there is no transaction: nothing keeps the WAL from being emptied. */
static void test_pool__holds_no_snapshot_between_requests(void **state)
{
    struct pool_test *t = *state;
    struct reader reader;
    int64_t books, members;
    bool whole;

    take(reader_init(&reader, t));
    assert_int_equal(read_pair(&reader.ctx, &books, &members), OK);
    give(&reader);
    bump_both(t);
    scratch_must(&t->scratch, db_checkpoint(&t->scratch.ctx, CHECKPOINT_TRUNCATE, 0, &whole));
    assert_true(whole);
    arena_release(&reader.arena);
}

static void test_pool__gives_read_connections_only(void **state)
{
    struct pool_test *t = *state;
    struct reader reader;

    take(reader_init(&reader, t));
    assert_int_equal(db_run(db_statement(&reader.ctx, &WRITE)), ERROR_INTERNAL);
    give(&reader);
    arena_release(&reader.arena);
}

static void test_pool__opens_connections_when_they_are_needed(void **state)
{
    struct pool_test *t = *state;
    struct reader reader;
    struct pool *nowhere;

    assert_int_equal(t->pool->open_count, 0);
    for (int i = 0; i < 3; i++) {
        take(reader_init(&reader, t));
        give(&reader);
        arena_release(&reader.arena);
    }
    assert_int_equal(t->pool->open_count, 1);

    /* A library that is not there is the request's error, and no place in the pool is lost with it. */
    scratch_must(&t->scratch, pool_open(&t->scratch.ctx, "/nowhere/library.db", &nowhere));
    for (int i = 0; i < DB_READ_CONNECTIONS_MAX + 1; i++) {
        reader_init(&reader, t);
        assert_int_equal(pool_take(nowhere, &reader.ctx), ERROR_CONFLICT);
        assert_null(reader.ctx.db);
        arena_release(&reader.arena);
    }
    pool_close(nowhere);
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_pool__shows_one_moment_to_each_request),
        each(test_pool__shows_no_half_of_a_commit_to_many_threads),
        each(test_pool__lets_those_wait_for_whom_there_is_none),
        each(test_pool__says_busy_when_none_comes_free),
        each(test_pool__interrupts_what_reads_too_long),
        each(test_pool__holds_no_snapshot_between_requests),
        each(test_pool__gives_read_connections_only),
        each(test_pool__opens_connections_when_they_are_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
