/*
 * test_checkpoint.c — whatever is being read, the WAL stays within its bound, and nobody who writes is refused
 * for it. The writer, its checkpoints and backups are compiled in with limits small enough to be reached.
 */
#include "scratch.h"

#include <sys/stat.h>

#undef WAL_SLICE_PAGES
#define WAL_SLICE_PAGES 20
#undef WAL_CHECKPOINT_PAGES
#define WAL_CHECKPOINT_PAGES 60
#undef WAL_RESTART_PAGES
#define WAL_RESTART_PAGES 120
#undef WAL_CUT_PAGES
#define WAL_CUT_PAGES 240
#undef WAL_PAUSE_PAGES
#define WAL_PAUSE_PAGES 400
#undef WAL_PAUSE_MS
#define WAL_PAUSE_MS 2
#undef WAL_PAGES_MAX
#define WAL_PAGES_MAX 600
#undef WAL_CUT_WAIT_MS
#define WAL_CUT_WAIT_MS 2000 /* a cut reader must get to run before we look, however busy the machine is */
#undef WAL_IDLE_MS
#define WAL_IDLE_MS 100
#undef BACKUP_PIECE_PAGES
#define BACKUP_PIECE_PAGES 1
#undef BACKUP_STEP_PIECES_MAX
#define BACKUP_STEP_PIECES_MAX 1
#undef BACKUP_PAUSE_MS
#define BACKUP_PAUSE_MS 500
#include "db/backup.c"
#include "db/checkpoint.c"
#include "db/page_copy.c"
#include "db/pool.h"
#include "writer_test.h"

#define JOB_PAGES_MAX 16 /* that one note changes */
#define FRAME_BYTES (DB_PAGE_BYTES + 24)
#define WRITES 250
#define PATIENCE_TURNS 20000 /* writes before a test gives up waiting for what must come */

SQL(COUNT_NOTES, "SELECT count(*) FROM note");
SQL_SCANNING(READ_WITHOUT_END, "it is to be cut",
             "WITH RECURSIVE n (i) AS (SELECT (SELECT count(*) FROM note) UNION ALL SELECT i + 1 FROM n)"
             " SELECT count(*) FROM n");

static atomic_bool stop_reading;

static int64_t next_number;

static void write_one(struct writer_test *t)
{
    struct caller caller = {.test = t, .work = write_note, .number = next_number++};

    assert_int_equal(run_job(&caller), OK);
}

static int64_t wal_file_pages(struct writer_test *t)
{
    char path[128];
    struct stat information;

    snprintf(path, sizeof path, "%s-wal", t->scratch.path);
    return stat(path, &information) == 0 ? information.st_size / FRAME_BYTES : 0;
}

/* The most that the WAL had meanwhile: as the writer counts it, and as the file is long. */
static int64_t write_many(struct writer_test *t, int count)
{
    int64_t most = 0;

    for (int i = 0; i < count; i++) {
        write_one(t);
        int64_t pages = figures(t).wal_pages;
        most = pages > most ? pages : most;
    }
    int64_t file = wal_file_pages(t);
    return file > most ? file : most;
}

/* ---- nobody reads -------------------------------------------------------------------------------------- */

static void wait_until_copied_back(struct writer_test *t)
{
    for (int i = 0; i < 500 && figures(t).wal_pages > 0; i++)
        clock_sleep_ms(20);
    assert_int_equal(figures(t).wal_pages, 0);
}

static void test_checkpoint__copies_all_back_when_nobody_writes(void **state)
{
    struct writer_test *t = *state;

    write_one(t);
    wait_until_copied_back(t);
    int64_t kept = wal_file_pages(t);
    assert_true(kept > 0); /* its blocks stay, and are written over */
    for (int i = 0; i < 5; i++) {
        write_one(t);
        wait_until_copied_back(t);
    }
    assert_in_range(wal_file_pages(t), kept, kept + JOB_PAGES_MAX);
    assert_int_equal(file_int(t->scratch.path, "SELECT count(*) FROM note"), 6);
}

static void test_checkpoint__comes_round_again_and_again(void **state)
{
    struct writer_test *t = *state;

    assert_in_range(write_many(t, WRITES), WAL_CHECKPOINT_PAGES / 2, WAL_RESTART_PAGES + JOB_PAGES_MAX);
    assert_true(figures(t).checkpoints.count >= WRITES / WAL_CHECKPOINT_PAGES * 2); /* slices, and the last */
    assert_int_equal(figures(t).checkpoints.cut_requests, 0);
}

/* ---- requests ------------------------------------------------------------------------------------------ */

struct reader {
    struct pool *pool;
    struct arena arena;
    struct ctx ctx;
    pthread_t thread;
    atomic_bool reads; /* has its snapshot */
    enum error_kind kind;
    enum error_code code;
    int turns;
};

static void take(struct reader *reader)
{
    reader->ctx = scratch_ctx(&reader->arena);
    if (pool_take(reader->pool, &reader->ctx) != OK || db_run(db_statement(&reader->ctx, &COUNT_NOTES)) != OK)
        abort();
    atomic_store(&reader->reads, true);
}

static void give(struct reader *reader)
{
    reader->code = reader->ctx.error.code;
    pool_give(reader->pool, &reader->ctx);
    arena_release(&reader->arena);
}

static void *read_in_one_statement(void *argument)
{
    struct reader *reader = argument;

    take(reader);
    reader->kind = db_run(db_statement(&reader->ctx, &READ_WITHOUT_END));
    give(reader);
    return NULL;
}

static void *read_in_many_statements(void *argument)
{
    struct reader *reader = argument;

    take(reader);
    do {
        reader->kind = db_run(db_statement(&reader->ctx, &COUNT_NOTES));
    } while (reader->kind == OK && !atomic_load(&stop_reading));
    give(reader);
    return NULL;
}

/* The connection that was cut serves the next request. */
static void must_read_again(struct reader *reader)
{
    take(reader);
    assert_int_equal(db_run(db_statement(&reader->ctx, &COUNT_NOTES)), OK);
    give(reader);
    assert_int_equal(reader->code, ERR_NONE);
}

static void cut_one_that_never_ends(struct writer_test *t, void *(*read)(void *))
{
    struct reader reader = {0};

    atomic_store(&stop_reading, false);
    scratch_must(&t->scratch, pool_open(&t->scratch.ctx, t->scratch.path, &reader.pool));
    assert_int_equal(pthread_create(&reader.thread, NULL, read, &reader), 0);
    while (!atomic_load(&reader.reads))
        clock_sleep_ms(1);
    int64_t most = write_many(t, WRITES);
    atomic_store(&stop_reading, true);
    pthread_join(reader.thread, NULL);
    assert_int_equal(reader.kind, ERROR_BUSY);
    assert_int_equal(reader.code, ERR_BUSY);
    assert_in_range(most, WAL_CUT_PAGES, WAL_CUT_PAGES + WAL_CHECKPOINT_PAGES + JOB_PAGES_MAX);
    assert_int_equal(figures(t).checkpoints.cut_requests, 1);
    must_read_again(&reader);
    pool_close(reader.pool);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), WRITES);
}

static void test_checkpoint__cuts_a_statement_that_never_ends(void **state)
{
    cut_one_that_never_ends(*state, read_in_one_statement);
}

static void test_checkpoint__cuts_a_request_that_never_ends(void **state)
{
    cut_one_that_never_ends(*state, read_in_many_statements);
}

static void *read_shortly_again_and_again(void *argument)
{
    struct reader *reader = argument;

    while (!atomic_load(&stop_reading)) {
        take(reader);
        clock_sleep_ms(3);
        give(reader);
        reader->turns++;
    }
    return NULL;
}

#define OVERLAPPING 4

/* At every moment somebody reads, nobody for long. */
static void test_checkpoint__finds_its_moment_between_short_reads(void **state)
{
    struct writer_test *t = *state;
    struct reader readers[OVERLAPPING] = {{0}};
    struct pool *pool;

    atomic_store(&stop_reading, false);
    scratch_must(&t->scratch, pool_open(&t->scratch.ctx, t->scratch.path, &pool));
    for (int i = 0; i < OVERLAPPING; i++) {
        readers[i].pool = pool;
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_shortly_again_and_again, &readers[i]),
                         0);
    }
    int64_t most = write_many(t, 2 * WRITES);
    atomic_store(&stop_reading, true);
    for (int i = 0; i < OVERLAPPING; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_true(readers[i].turns > 0);
    }
    assert_in_range(most, WAL_CHECKPOINT_PAGES, WAL_CUT_PAGES + WAL_CHECKPOINT_PAGES + JOB_PAGES_MAX);
    pool_close(pool);
}

/* ---- who reads the whole file -------------------------------------------------------------------------- */

static void test_checkpoint__cuts_a_check_last_of_all(void **state)
{
    struct writer_test *t = *state;
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);
    int64_t most = 0;

    assert_int_equal(db_open(&ctx, t->scratch.path, DB_READ, &ctx.db), OK);
    assert_int_equal(snapshot_begin(&ctx, SNAPSHOT_WHOLE), OK);
    while (most < WAL_PAUSE_PAGES) {
        assert_int_equal(db_run(db_statement(&ctx, &COUNT_NOTES)), OK);
        most = write_many(t, 1);
    }
    for (int i = 0; figures(t).checkpoints.cut_whole == 0 && i < PATIENCE_TURNS; i++)
        most = write_many(t, 1);
    assert_in_range(most, WAL_PAGES_MAX, WAL_PAGES_MAX + WAL_CHECKPOINT_PAGES + JOB_PAGES_MAX);
    assert_true(figures(t).checkpoints.pauses > 0);
    assert_int_equal(figures(t).checkpoints.cut_whole, 1);
    assert_int_equal(db_run(db_statement(&ctx, &COUNT_NOTES)), ERROR_BUSY);
    assert_non_null(strstr(ctx.error.detail, "too long"));
    db_close(ctx.db);
    arena_release(&arena);
    wait_until_copied_back(t);
    assert_int_equal(wal_file_pages(t), 0); /* so long a file is given back */
}

struct saver {
    struct writer_test *test;
    char target[128];
    pthread_t thread;
    enum error_kind kind;
    enum error_code code;
};

static void *save(void *argument)
{
    struct saver *saver = argument;
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);
    struct backup_report report;

    saver->kind = backup_make(&ctx, saver->test->scratch.path, saver->target, BACKUP_CHECK_QUICK, &report);
    saver->code = ctx.error.code;
    arena_release(&arena);
    return NULL;
}

static void test_checkpoint__cuts_a_backup_that_gets_nowhere(void **state)
{
    struct writer_test *t = *state;
    struct saver saver = {.test = t};

    snprintf(saver.target, sizeof saver.target, "%s/backup.db", t->scratch.directory);
    assert_int_equal(pthread_create(&saver.thread, NULL, save, &saver), 0);
    while (!snapshots_have(SNAPSHOT_WHOLE))
        clock_sleep_ms(1);
    for (int i = 0; figures(t).checkpoints.cut_whole == 0 && i < PATIENCE_TURNS; i++)
        write_one(t);
    pthread_join(saver.thread, NULL);
    assert_int_equal(figures(t).checkpoints.cut_whole, 1);
    assert_int_equal(saver.kind, ERROR_BUSY);
    assert_int_equal(saver.code, ERR_BUSY);
    stop_writer(t);
    assert_int_equal(files_in(t->scratch.directory), 1); /* the library alone: no half of a backup */
}

/* ---- who is none of ours ------------------------------------------------------------------------------- */

/* Another program's snapshot cannot be cut: the file grows, and writing goes on. */
static void test_checkpoint__goes_on_while_another_program_keeps_the_wal(void **state)
{
    struct writer_test *t = *state;
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);
    int64_t count = -1;

    assert_int_equal(db_open(&ctx, t->scratch.path, DB_READ, &ctx.db), OK);
    assert_int_equal(db_exec(&ctx, "BEGIN"), OK);
    assert_int_equal(db_pragma_int(&ctx, "SELECT count(*) FROM note", &count), OK);
    /* Below the limits past which each look waits for it. */
    int written = 0;
    while (figures(t).wal_pages < WAL_CUT_PAGES - JOB_PAGES_MAX) {
        write_one(t);
        written++;
    }
    assert_int_equal(db_pragma_int(&ctx, "SELECT count(*) FROM note", &count), OK);
    assert_int_equal(count, 0);
    clock_sleep_ms(WAL_IDLE_MS * 3);
    assert_true(figures(t).wal_pages > 0);
    db_close(ctx.db);
    arena_release(&arena);
    wait_until_copied_back(t);
    stop_writer(t);
    assert_int_equal(notes(t, "true"), written);
}

#define each(test) cmocka_unit_test_setup_teardown(test, begin_test, tear_down)

static int begin_test(void **state)
{
    next_number = 0;
    return set_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_checkpoint__copies_all_back_when_nobody_writes),
        each(test_checkpoint__comes_round_again_and_again),
        each(test_checkpoint__cuts_a_statement_that_never_ends),
        each(test_checkpoint__cuts_a_request_that_never_ends),
        each(test_checkpoint__finds_its_moment_between_short_reads),
        each(test_checkpoint__cuts_a_check_last_of_all),
        each(test_checkpoint__cuts_a_backup_that_gets_nowhere),
        each(test_checkpoint__goes_on_while_another_program_keeps_the_wal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
