/*
 * writer.c — one thread, one connection, two queues, group commit. The promises stand in writer.h.
 */
#include "db/writer.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/commit_times.h"
#include "db/engine_internal.h"
#include "db/figures.h"
#include "db/journal.h"
#include "db/watch.h"
#include "db/write_queue.h"

SQL(BEGIN_BATCH, "BEGIN IMMEDIATE");
SQL(COMMIT_BATCH, "COMMIT");
SQL(ROLLBACK_BATCH, "ROLLBACK");
SQL(OPEN_JOB, "SAVEPOINT job");
SQL(KEEP_JOB, "RELEASE job");
SQL(UNDO_JOB, "ROLLBACK TO job");

struct writer {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t work_waits;
    pthread_cond_t callers_left;
    struct queue desk, bulk;
    int callers; /* threads inside writer_run() whose job is not finished */
    bool stopping;
    struct writer_figures figures;

    /* The writer thread's own from here on. */
    struct db *db;
    struct arena arena;
    struct ctx ctx;
    struct checkpointer checkpointer;
};

static struct {
    _Atomic(int64_t) waiting;
    _Atomic(int64_t) last_us;
    atomic_bool keeps_wal;
} load;

/* ---- transactions (on the writer's thread) ------------------------------------------------------------- */

static enum error_kind run_plain(struct writer *writer, const struct sql *sql)
{
    return db_run(db_statement(&writer->ctx, sql));
}

static void forget_own_error(struct writer *writer)
{
    db_reset_statements(writer->db);
    error_clear(&writer->ctx);
    arena_reset(&writer->arena);
}

static int64_t jitter_ms(int64_t wait_ms)
{
    uint32_t random;

    random_bytes(&random, sizeof random);
    return wait_ms + (int64_t)(random % (uint32_t)(wait_ms / 10 + 1));
}

/* Another process may hold the lock for a moment (a shell, an old backup tool): patience, then BUSY. */
static enum error_kind begin(struct writer *writer)
{
    enum error_kind kind = OK;

    for (int attempt = 0; attempt <= DB_LOCK_RETRIES; attempt++) {
        forget_own_error(writer);
        /* One that could not be rolled back when memory was short: nobody may write behind what was refused. */
        if (db_in_transaction(writer->db))
            TRY(run_plain(writer, &ROLLBACK_BATCH));
        kind = run_plain(writer, &BEGIN_BATCH);
        if (kind == OK)
            journal_begin(writer->db);
        if (kind != ERROR_BUSY || writer->ctx.error.code != ERR_BUSY)
            return kind;
        db_figure_add(&db_figures.busy_retries, 1);
        if (attempt < DB_LOCK_RETRIES)
            clock_sleep_ms(jitter_ms((int64_t)DB_LOCK_RETRY_BASE_MS << attempt));
    }
    return kind;
}

static void roll_back(struct writer *writer)
{
    db_reset_statements(writer->db);
    if (db_in_transaction(writer->db) && run_plain(writer, &ROLLBACK_BATCH) != OK)
        LOG(ERROR, "rollback failed");
    journal_rolled_back(writer->db);
    forget_own_error(writer);
}

static enum error_kind commit(struct writer *writer)
{
    db_reset_statements(writer->db);
    enum error_kind kind = journal_before_commit(&writer->ctx);
    int64_t began_us = clock_monotonic_us();
    if (kind == OK)
        kind = run_plain(writer, &COMMIT_BATCH);
    if (kind == OK) {
        histogram_count(&db_figures.commit, &histogram_us, clock_monotonic_us() - began_us);
        journal_after_commit(writer->db);
        watch_tell(&writer->ctx);
        forget_own_error(writer);
    }
    return kind;
}

static enum error_kind commit_measured(struct writer *writer)
{
    int64_t started_us = clock_monotonic_us();
    enum error_kind kind = commit(writer);
    int64_t ended_us = clock_monotonic_us();

    if (kind == OK)
        commit_times_note(ended_us - started_us, ended_us / 1000);
    return kind;
}

/* The job's error becomes a copy of the writer's own: BEGIN or COMMIT failed for all alike. */
static void fail_with_own_error(struct writer *writer, struct job *job)
{
    error_clear(job->ctx);
    job->outcome = error_set(job->ctx, writer->ctx.error.code, "%s", writer->ctx.error.detail);
    job->result = WRITE_FAILED;
}

static void call_work(struct writer *writer, struct job *job)
{
    arena_reset_to(job->ctx->arena, job->mark);
    error_clear(job->ctx);
    job->ctx->db = writer->db;
    log_set_correlation_id(job->ctx->actor.correlation_id);
    trace_set(job->trace);
    writer->db->keeps_transaction = true;
    job->result = job->work(job->ctx, job->argument);
    writer->db->keeps_transaction = false;
    if (arena_exhausted(job->ctx->arena)) {
        error_clear(job->ctx);
        (void)fail(job->ctx, OUT_OF_MEMORY, "This is too much for one request. Nothing was changed.");
        job->result = WRITE_FAILED;
    }
    /* What is kept is acknowledged: a failure that the work got over is not its outcome. */
    if (job->result == WRITE_DONE || job->result == WRITE_MORE)
        error_clear(job->ctx);
    else if (job->ctx->error.code == ERR_NONE)
        (void)fail(job->ctx, INTERNAL, "An unexpected error occurred");
    job->outcome = error_code_kind(job->ctx->error.code);
    db_reset_statements(writer->db);
    log_set_correlation_id(NULL);
    trace_set(NULL);
    job->ctx->db = NULL;
}

/* False when SQLite gave up the whole transaction and the batch has to start again. */
static bool run_in_savepoint(struct writer *writer, struct job *job)
{
    if (run_plain(writer, &OPEN_JOB) != OK)
        return false;
    call_work(writer, job);
    if (!db_in_transaction(writer->db))
        return false;
    if (job->result == WRITE_FAILED && run_plain(writer, &UNDO_JOB) != OK)
        return false;
    return run_plain(writer, &KEEP_JOB) == OK;
}

/* In a transaction of its own: bulk slices, and every job of a batch that had to be rolled back. */
static void run_alone(struct writer *writer, struct job *job)
{
    if (begin(writer) != OK) {
        fail_with_own_error(writer, job);
        forget_own_error(writer);
        return;
    }
    call_work(writer, job);
    if (job->result == WRITE_FAILED) {
        roll_back(writer);
        return;
    }
    if (commit_measured(writer) != OK) {
        fail_with_own_error(writer, job);
        roll_back(writer);
    }
}

static void run_batch(struct writer *writer, struct job **jobs, int count)
{
    if (begin(writer) != OK) {
        for (int i = 0; i < count; i++)
            fail_with_own_error(writer, jobs[i]);
        forget_own_error(writer);
        return;
    }
    bool whole = true;
    for (int i = 0; i < count && whole; i++)
        whole = run_in_savepoint(writer, jobs[i]);
    if (whole && commit_measured(writer) == OK)
        return;
    roll_back(writer);
    pthread_mutex_lock(&writer->mutex);
    writer->figures.retried_batches++;
    db_figure_add(&db_figures.retried_batches, 1);
    pthread_mutex_unlock(&writer->mutex);
    for (int i = 0; i < count; i++)
        run_alone(writer, jobs[i]);
}

/* Before its caller is woken: it is gone then. */
static void tell_spans(const struct job *job)
{
    trace_tell_part(job->trace, "transaction", job->began_us, job->result == WRITE_FAILED);
}

/* ---- the thread ---------------------------------------------------------------------------------------- */

/* Under the writer's mutex: the last thing that happens there to a job. */
static void leave(struct writer *writer, int count)
{
    writer->callers -= count;
    if (writer->callers == 0)
        pthread_cond_signal(&writer->callers_left);
}

static void serve_desk(struct writer *writer)
{
    struct job *jobs[WRITER_BATCH_MAX];
    int count = 0;
    int64_t now_us = clock_monotonic_us();

    while (writer->desk.first && count < WRITER_BATCH_MAX) {
        jobs[count] = queue_take(&writer->desk);
        histogram_count(&db_figures.queue_wait, &histogram_us, now_us - jobs[count]->queued_us);
        jobs[count]->began_us = now_us;
        jobs[count++]->state = JOB_TAKEN;
    }
    writer->figures.jobs += count;
    writer->figures.batches++;
    histogram_count(&db_figures.batch_jobs, &histogram_numbers, count);
    if (count > writer->figures.largest_batch)
        writer->figures.largest_batch = count;
    pthread_mutex_unlock(&writer->mutex);
    for (int i = 0; i < count; i++)
        trace_tell_part(jobs[i]->trace, "wait for the writer", jobs[i]->queued_us, false);
    run_batch(writer, jobs, count);
    for (int i = 0; i < count; i++)
        tell_spans(jobs[i]);
    pthread_mutex_lock(&writer->mutex);
    leave(writer, count);
    pthread_mutex_unlock(&writer->mutex);
    for (int i = 0; i < count; i++)
        job_finish(jobs[i]);
    pthread_mutex_lock(&writer->mutex);
}

/* Between transactions: within one it means nothing. */
static void look_up_references(struct writer *writer, bool wanted)
{
    db_reset_statements(writer->db);
    if (db_exec(&writer->ctx, wanted ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF") != OK)
        LOG(ERROR, "foreign keys could not be switched", LOG_TEXT("why", writer->ctx.error.detail));
    forget_own_error(writer);
}

static void serve_bulk_slice(struct writer *writer)
{
    struct job *job = writer->bulk.first;

    job->state = JOB_TAKEN;
    db_figure_add(&db_figures.bulk_slices, 1);
    pthread_mutex_unlock(&writer->mutex);
    job->mark = arena_mark(job->ctx->arena);
    job->began_us = clock_monotonic_us();
    if (job->is_settled)
        look_up_references(writer, false);
    run_alone(writer, job);
    tell_spans(job);
    if (job->is_settled)
        look_up_references(writer, true);
    pthread_mutex_lock(&writer->mutex);
    if (job->result == WRITE_MORE)
        return;
    queue_remove(&writer->bulk, job);
    leave(writer, 1);
    pthread_mutex_unlock(&writer->mutex);
    job_finish(job);
    pthread_mutex_lock(&writer->mutex);
}

static void wait_for_work(struct writer *writer)
{
    if (!checkpoint_is_wanted(&writer->checkpointer)) {
        pthread_cond_wait(&writer->work_waits, &writer->mutex);
        return;
    }
    struct timespec until = clock_monotonic_after(WAL_IDLE_MS);
    if (pthread_cond_clockwait(&writer->work_waits, &writer->mutex, CLOCK_MONOTONIC, &until) != ETIMEDOUT)
        return;
    pthread_mutex_unlock(&writer->mutex);
    checkpoint_when_idle(&writer->checkpointer);
    pthread_mutex_lock(&writer->mutex);
}

/* Those who wait for what was just committed have been woken: only who comes now waits for this. */
static void look_after_wal(struct writer *writer)
{
    pthread_mutex_unlock(&writer->mutex);
    checkpoint_after_write(&writer->checkpointer);
    pthread_mutex_lock(&writer->mutex);
}

static void update_figures(struct writer *writer)
{
    writer->figures.wal_pages = db_wal_pages(writer->db);
    writer->figures.checkpoints = writer->checkpointer.figures;
    writer->figures.keeps_wal = db_keeps_wal(writer->db);
    atomic_store_explicit(&db_figures.wal_pages, writer->figures.wal_pages, memory_order_relaxed);
    db_figures_note_cache(writer->db);
    atomic_store_explicit(&load.keeps_wal, writer->figures.keeps_wal, memory_order_relaxed);
}

static void *write_for_ever(void *argument)
{
    struct writer *writer = argument;

    checkpoint_all(&writer->checkpointer); /* what a crash has left there */
    pthread_mutex_lock(&writer->mutex);
    update_figures(writer);
    while (!writer->stopping || writer->desk.first || writer->bulk.first) {
        if (writer->desk.first)
            serve_desk(writer);
        else if (writer->bulk.first)
            serve_bulk_slice(writer);
        else
            wait_for_work(writer);
        look_after_wal(writer);
        update_figures(writer);
    }
    pthread_mutex_unlock(&writer->mutex);
    checkpoint_all(&writer->checkpointer);
    return NULL;
}

static void release(struct writer *writer)
{
    write_back_stop(writer->checkpointer.write_back);
    db_close(writer->db);
    arena_release(&writer->arena);
    pthread_cond_destroy(&writer->work_waits);
    pthread_cond_destroy(&writer->callers_left);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

enum error_kind writer_start(struct ctx *ctx, struct db *db, struct writer **out_writer)
{
    struct writer *writer = calloc(1, sizeof *writer);

    if (!writer)
        abort();
    pthread_mutex_init(&writer->mutex, NULL);
    pthread_cond_init(&writer->work_waits, NULL);
    pthread_cond_init(&writer->callers_left, NULL);
    writer->desk.max = WRITER_QUEUE_MAX;
    writer->bulk.max = WRITER_BULK_QUEUE_MAX;
    writer->db = db;
    arena_init(&writer->arena, ARENA_REQUEST_MAX);
    writer->ctx = (struct ctx){.db = db, .arena = &writer->arena};
    writer->checkpointer.ctx = &writer->ctx;
    enum error_kind kind = write_back_start(ctx, db, &writer->checkpointer.write_back);
    if (kind == OK && pthread_create(&writer->thread, NULL, write_for_ever, writer) != 0)
        kind = fail(ctx, INTERNAL, "The writer thread could not be started.");
    if (kind != OK) {
        release(writer);
        return kind;
    }
    *out_writer = writer;
    return OK;
}

void writer_stop(struct writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->mutex);
    writer->stopping = true;
    pthread_cond_signal(&writer->work_waits);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    /* Who withdrew his job last still needs the mutex on his way out. */
    pthread_mutex_lock(&writer->mutex);
    while (writer->callers > 0)
        pthread_cond_wait(&writer->callers_left, &writer->mutex);
    pthread_mutex_unlock(&writer->mutex);
    release(writer);
}

/* ---- callers ------------------------------------------------------------------------------------------- */

static bool enter(struct writer *writer, struct queue *queue, struct job *job)
{
    pthread_mutex_lock(&writer->mutex);
    bool taken_in = !writer->stopping && queue->count < queue->max;
    if (taken_in) {
        writer->callers++;
        queue_append(queue, job);
        pthread_cond_signal(&writer->work_waits);
    } else {
        writer->figures.refused_full++;
        db_figure_add(&db_figures.refused, 1);
    }
    pthread_mutex_unlock(&writer->mutex);
    return taken_in;
}

/* False when it has been taken meanwhile: then its end is waited for. */
static bool withdraw(struct writer *writer, struct queue *queue, struct job *job)
{
    pthread_mutex_lock(&writer->mutex);
    bool is_queued = job->state == JOB_QUEUED;
    if (is_queued) {
        queue_remove(queue, job);
        writer->figures.refused_full++;
        db_figure_add(&db_figures.refused, 1);
        leave(writer, 1);
    }
    pthread_mutex_unlock(&writer->mutex);
    return is_queued;
}

/* False when it was withdrawn because nobody took it in time; bulk work is in no hurry. */
static bool wait_for_job(struct writer *writer, struct queue *queue, struct job *job)
{
    struct timespec until = clock_monotonic_after(WRITER_WAIT_MS);

    if (queue == &writer->desk) {
        if (job_wait(job, &until))
            return true;
        if (withdraw(writer, queue, job))
            return false;
    }
    return job_wait(job, NULL);
}

static enum error_kind submit(struct writer *writer, struct queue *queue, struct ctx *ctx,
                              write_function *work, void *argument, bool is_settled)
{
    struct job job = {.ctx = ctx,
                      .work = work,
                      .argument = argument,
                      .is_settled = is_settled,
                      .trace = trace_now(),
                      .mark = arena_mark(ctx->arena)};

    assert(!ctx->db);
    int64_t started_us = job.queued_us = clock_monotonic_us();
    job_init(&job);
    atomic_fetch_add_explicit(&load.waiting, 1, memory_order_relaxed);
    bool done = enter(writer, queue, &job) && wait_for_job(writer, queue, &job);
    atomic_fetch_sub_explicit(&load.waiting, 1, memory_order_relaxed);
    if (queue == &writer->desk)
        atomic_store_explicit(&load.last_us, clock_monotonic_us() - started_us, memory_order_relaxed);
    job_release(&job);
    if (!done)
        return fail(ctx, BUSY, "The library is busy. Nothing was changed. Try again.");
    return job.outcome;
}

enum error_kind writer_run(struct writer *writer, struct ctx *ctx, write_function *work, void *argument)
{
    return submit(writer, &writer->desk, ctx, work, argument, false);
}

enum error_kind writer_run_bulk(struct writer *writer, struct ctx *ctx, write_function *work, void *argument)
{
    return submit(writer, &writer->bulk, ctx, work, argument, false);
}

enum error_kind writer_run_bulk_settled(struct writer *writer, struct ctx *ctx, write_function *work,
                                        void *argument)
{
    return submit(writer, &writer->bulk, ctx, work, argument, true);
}

void writer_figures(struct writer *writer, struct writer_figures *out_figures)
{
    pthread_mutex_lock(&writer->mutex);
    *out_figures = writer->figures;
    pthread_mutex_unlock(&writer->mutex);
}

void writer_load(struct writer_load *out_load)
{
    *out_load = (struct writer_load){atomic_load_explicit(&load.waiting, memory_order_relaxed),
                                     atomic_load_explicit(&load.last_us, memory_order_relaxed),
                                     atomic_load_explicit(&load.keeps_wal, memory_order_relaxed)};
}
