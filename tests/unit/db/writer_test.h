/*
 * writer_test.h — what the tests of the writer share: a table of notes, jobs that write one, threads that run
 * jobs, and a gate that holds the writer until everybody stands in the queue.
 *
 * writer.c is compiled into the program, so that a test can see who stands there. Limits redefined between
 * scratch.h and this file are the limits it then has.
 */
#ifndef CARREL_TESTS_WRITER_TEST_H
#define CARREL_TESTS_WRITER_TEST_H

#include "scratch.h" /* first: cmocka and base/error.h do not agree about fail() */

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "db/writer.c"

#define THREADS_MAX 128

SQL(INSERT_NOTE, "INSERT INTO note (job, slice) VALUES (:job, :slice)");

struct writer_test {
    struct scratch scratch;
    struct writer *writer;
};

/* A library with an empty table `note`, closed. */
static inline void make_library(struct writer_test *t)
{
    scratch_init(&t->scratch);
    scratch_open(&t->scratch);
    scratch_exec(&t->scratch,
                 "CREATE TABLE note (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, slice INTEGER NOT NULL,"
                 " UNIQUE (job, slice)) STRICT;"
                 "CREATE TABLE detail (note INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)");
    scratch_close(&t->scratch);
}

static inline void start_writer(struct writer_test *t)
{
    struct db *db;

    scratch_must(&t->scratch, db_open(&t->scratch.ctx, t->scratch.path, DB_WRITE, &db));
    t->scratch.ctx.db = db;
    scratch_must(&t->scratch, migrate_library(&t->scratch.ctx));
    t->scratch.ctx.db = NULL;
    scratch_must(&t->scratch, writer_start(&t->scratch.ctx, db, &t->writer));
}

static inline int set_up(void **state)
{
    struct writer_test *t = calloc(1, sizeof *t);

    make_library(t);
    start_writer(t);
    *state = t;
    return 0;
}

static inline void stop_writer(struct writer_test *t)
{
    writer_stop(t->writer);
    t->writer = NULL;
}

static inline int tear_down(void **state)
{
    struct writer_test *t = *state;

    stop_writer(t);
    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

static inline struct writer_figures figures(struct writer_test *t)
{
    struct writer_figures now;

    writer_figures(t->writer, &now);
    return now;
}

/* What is in the file once the writer has gone. */
static inline int64_t notes(struct writer_test *t, const char *where)
{
    char sql[128];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM note WHERE %s", where);
    return file_int(t->scratch.path, sql);
}

/* ---- jobs ---------------------------------------------------------------------------------------------- */

struct caller {
    struct writer_test *test;
    write_function *work;
    bool bulk;
    int64_t number;
    int runs; /* how often the work was called */
    enum error_kind kind;
    enum error_code code;
    int64_t waited_ms;
    int64_t seen; /* what the work noted */
    pthread_t thread;
    struct arena arena;
    struct ctx ctx;
};

static inline enum error_kind put_note(struct ctx *ctx, int64_t job, int64_t slice)
{
    struct stmt *s = db_statement(ctx, &INSERT_NOTE);

    bind_int(s, ":job", job);
    bind_int(s, ":slice", slice);
    return db_run(s);
}

static inline enum write_result write_note(struct ctx *ctx, void *argument)
{
    struct caller *caller = argument;

    caller->runs++;
    return put_note(ctx, caller->number, 0) == OK ? WRITE_DONE : WRITE_FAILED;
}

/* On the thread that calls it. */
static inline enum error_kind run_job(struct caller *caller)
{
    int64_t began = clock_monotonic_ms();

    caller->ctx = scratch_ctx(&caller->arena);
    caller->kind = (caller->bulk ? writer_run_bulk : writer_run)(caller->test->writer, &caller->ctx,
                                                                 caller->work, caller);
    caller->code = caller->ctx.error.code;
    caller->waited_ms = clock_monotonic_ms() - began;
    assert(!caller->ctx.db); /* cmocka's own asserts are for the main thread */
    arena_release(&caller->arena);
    return caller->kind;
}

static inline void *run_job_in_thread(void *argument)
{
    run_job(argument);
    return NULL;
}

static inline void start_caller(struct caller *caller)
{
    pthread_attr_t small;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    assert_int_equal(pthread_create(&caller->thread, &small, run_job_in_thread, caller), 0);
    pthread_attr_destroy(&small);
}

static inline void join_callers(struct caller *callers, int count)
{
    for (int i = 0; i < count; i++)
        pthread_join(callers[i].thread, NULL);
}

/* ---- the gate ------------------------------------------------------------------------------------------ */

struct gate {
    struct caller caller;
    atomic_bool reached, open;
};

static inline enum write_result wait_at_gate(struct ctx *ctx, void *argument)
{
    struct gate *gate = argument;

    (void)ctx;
    atomic_store(&gate->reached, true);
    while (!atomic_load(&gate->open))
        clock_sleep_ms(1);
    return WRITE_DONE;
}

/* The writer stands inside a job until open_gate(): all who come meanwhile meet in one batch. */
static inline void close_gate(struct gate *gate, struct writer_test *t)
{
    *gate = (struct gate){.caller = {.test = t, .work = wait_at_gate}};
    start_caller(&gate->caller);
    while (!atomic_load(&gate->reached))
        clock_sleep_ms(1);
}

/* Until so many stand in the queues. */
static inline void wait_until_queued(struct writer_test *t, int desk, int bulk)
{
    for (int i = 0; i < 10000; i++) {
        pthread_mutex_lock(&t->writer->mutex);
        bool queued = t->writer->desk.count == desk && t->writer->bulk.count == bulk;
        pthread_mutex_unlock(&t->writer->mutex);
        if (queued)
            return;
        clock_sleep_ms(1);
    }
    stop_test("they do not come into the queue");
}

static inline void open_gate(struct gate *gate)
{
    atomic_store(&gate->open, true);
    pthread_join(gate->caller.thread, NULL);
}

#endif
