/*
 * scheduler.c — one thread, one table, one list of deadlines.
 *
 * Deadlines are monotonic; only at start is a job's last end, which is a point in wall time, turned into
 * one. A run is recorded once, when it has ended: a job that a power cut ended early simply runs again.
 */
#include "jobs/scheduler.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/writer.h"
#include "jobs/jobs_repository.h"

#define START_DELAY_MS (10 * MS_PER_SECOND) /* starting the server comes first */
#define RETRY_MS (10 * 60 * MS_PER_SECOND)  /* after a failure, when the period is longer */
#define JOBS_MAX 32

struct jobs {
    pthread_t thread;
    pthread_mutex_t lock; /* guards `stopping` */
    pthread_cond_t wake;
    bool stopping;
    struct writer *writer;
    int currency_exponent;
    const struct job *table;
    size_t count;
    int64_t due_ms[JOBS_MAX]; /* monotonic; the thread's own */
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool jobs_stopping(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    bool stopping = jobs->stopping;
    pthread_mutex_unlock(&jobs->lock);
    return stopping;
}

static struct ctx job_ctx(const struct jobs *jobs, struct arena *arena)
{
    arena_init(arena, ARENA_REQUEST_MAX);
    return (struct ctx){
        .arena = arena,
        .actor = {.access = LOCAL_ADMIN, .name = "scheduler", .address = "local"},
        .now = clock_library_now(0),
        .currency_exponent = jobs->currency_exponent,
    };
}

/* ---- when ------------------------------------------------------------------------------------------ */

int64_t jobs_first_delay(const struct job *job, int64_t last_end, int64_t now)
{
    int64_t left = last_end + job->period_ms - now;
    int64_t soonest = least(START_DELAY_MS, job->period_ms);

    if (left < soonest)
        return soonest;
    return least(left, job->period_ms);
}

static enum write_result plan(struct ctx *ctx, void *argument)
{
    struct jobs *jobs = argument;

    for (size_t i = 0; i < jobs->count; i++) {
        int64_t last_end = 0;
        bool found;
        if (jobs_repo_last_end(ctx, jobs->table[i].name, &last_end, &found) != OK)
            return WRITE_FAILED;
        int64_t delay = jobs_first_delay(&jobs->table[i], found ? last_end : 0, ctx->now);
        jobs->due_ms[i] = clock_monotonic_ms() + delay;
    }
    return WRITE_DONE;
}

static size_t next_job(const struct jobs *jobs)
{
    size_t next = 0;

    for (size_t i = 1; i < jobs->count; i++)
        if (jobs->due_ms[i] < jobs->due_ms[next])
            next = i;
    return next;
}

/* False when it is time to stop. */
static bool wait_until(struct jobs *jobs, int64_t due_ms)
{
    struct timespec until = {.tv_sec = due_ms / MS_PER_SECOND,
                             .tv_nsec = (long)(due_ms % MS_PER_SECOND) * 1000000};
    int result = 0;

    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping && result == 0)
        result = pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until);
    bool go_on = !jobs->stopping;
    pthread_mutex_unlock(&jobs->lock);
    return go_on;
}

/* ---- what ------------------------------------------------------------------------------------------ */

struct job_end {
    const struct job *job;
    int64_t started_at;
    const char *outcome;
};

static enum write_result record_end(struct ctx *ctx, void *argument)
{
    const struct job_end *end = argument;

    return jobs_repo_record(ctx, end->job->name, end->started_at, ctx->now, end->outcome) == OK
               ? WRITE_DONE
               : WRITE_FAILED;
}

static void record(struct jobs *jobs, struct ctx *ctx, struct job_end *end)
{
    error_clear(ctx);
    ctx->now = clock_library_now(0);
    if (writer_run_bulk(jobs->writer, ctx, record_end, end) != OK)
        LOG(WARN, "job not recorded", LOG_TEXT("job", end->job->name), LOG_TEXT("reason", ctx->error.detail));
}

/* True when it went well. */
static bool run_job(struct jobs *jobs, const struct job *job)
{
    struct arena arena;
    struct ctx ctx = job_ctx(jobs, &arena);
    struct job_context context = {.ctx = &ctx, .writer = jobs->writer, .jobs = jobs};
    struct job_end end = {.job = job, .started_at = ctx.now};
    int64_t began_ms = clock_monotonic_ms();
    enum error_kind kind = job->run(&context);

    end.outcome = kind == OK
                      ? arena_printf(&arena, "ok: %lld rows", (long long)context.rows)
                      : arena_printf(&arena, "%s: %s", error_code_name(ctx.error.code), ctx.error.detail);
    LOG(INFO, "job", LOG_TEXT("job", job->name), LOG_TEXT("outcome", end.outcome),
        LOG_INT("duration_ms", clock_monotonic_ms() - began_ms));
    record(jobs, &ctx, &end);
    arena_release(&arena);
    return kind == OK;
}

static void *run(void *argument)
{
    struct jobs *jobs = argument;

    while (wait_until(jobs, jobs->due_ms[next_job(jobs)])) {
        size_t index = next_job(jobs);
        const struct job *job = &jobs->table[index];
        int64_t pause = run_job(jobs, job) ? job->period_ms : least(RETRY_MS, job->period_ms);
        jobs->due_ms[index] = clock_monotonic_ms() + pause;
    }
    return NULL;
}

/* ---- starting and stopping ------------------------------------------------------------------------- */

static void init_locks(struct jobs *jobs)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void free_jobs(struct jobs *jobs)
{
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}

static struct jobs *new_jobs(const struct ctx *ctx, struct writer *writer, const struct job *table)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);

    if (!jobs)
        abort();
    jobs->writer = writer;
    jobs->table = table;
    jobs->currency_exponent = ctx->currency_exponent;
    while (table[jobs->count].name)
        jobs->count++;
    init_locks(jobs);
    return jobs;
}

enum error_kind jobs_start_table(struct ctx *ctx, struct writer *writer, const struct job *table,
                                 struct jobs **out_jobs)
{
    struct jobs *jobs = new_jobs(ctx, writer, table);

    if (jobs->count == 0 || jobs->count > JOBS_MAX) {
        free_jobs(jobs);
        return fail(ctx, INTERNAL, "The table of jobs must have 1 to %d rows.", JOBS_MAX);
    }
    enum error_kind kind = writer_run_bulk(writer, ctx, plan, jobs);
    if (kind == OK && pthread_create(&jobs->thread, NULL, run, jobs) != 0)
        kind = fail(ctx, INTERNAL, "The thread of the background jobs could not be started.");
    if (kind != OK) {
        free_jobs(jobs);
        return kind;
    }
    *out_jobs = jobs;
    return OK;
}

enum error_kind jobs_start(struct ctx *ctx, struct writer *writer, struct jobs **out_jobs)
{
    return jobs_start_table(ctx, writer, jobs_table, out_jobs);
}

void jobs_stop(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->thread, NULL);
    free_jobs(jobs);
}
