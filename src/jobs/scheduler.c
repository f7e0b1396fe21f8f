/*
 * scheduler.c — one thread, one table, one list of deadlines.
 *
 * Deadlines are monotonic; only at start is a job's last end, which is a point in wall time, turned into
 * one. A run is recorded once, when it has ended: a job that a power cut ended early simply runs again.
 */
#include "jobs/scheduler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/task.h"
#include "db/writer.h"
#include "jobs/jobs_repository.h"

#define START_DELAY_MS (10 * MS_PER_SECOND) /* starting the server comes first */
#define RETRY_MS (10 * 60 * MS_PER_SECOND)  /* after a failure, when the period is longer */
#define JOBS_MAX 32
#define OUTCOME_SIZE 400
#define QUIET_MS (60 * 60 * 1000)

/* What people ask of one job, and what they are told of its last run. */
struct by_hand {
    bool asked;
    char asked_by[ACCOUNT_NAME_MAX * 4 + 1];
    bool is_over;  /* no run is under way */
    int64_t begun; /* runs since the start of the program */
    int64_t ended;
    struct job_end last;
    char outcome[OUTCOME_SIZE]; /* of `last` */
};

struct jobs {
    pthread_t thread;
    pthread_mutex_t lock; /* guards `stopping`, `by_hand` and `due_ms` */
    pthread_cond_t wake;  /* the thread: something is asked for, or it is over */
    pthread_cond_t told;  /* whoever asked: a run has ended */
    bool stopping;
    struct by_hand by_hand[JOBS_MAX];
    struct writer *writer;
    int currency_exponent;
    const struct job *table;
    size_t count;
    int64_t due_ms[JOBS_MAX];  /* monotonic; only the thread changes them */
    int64_t told_ms[JOBS_MAX]; /* monotonic: when the last run was recorded; the thread's own */
};

/* A process has one. */
static _Atomic(struct jobs *) running;

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

/* What somebody waits for comes first. */
static size_t next_job(const struct jobs *jobs)
{
    size_t next = 0;

    for (size_t i = 0; i < jobs->count; i++)
        if (jobs->by_hand[i].asked)
            return i;
    for (size_t i = 1; i < jobs->count; i++)
        if (jobs->due_ms[i] < jobs->due_ms[next])
            next = i;
    return next;
}

/* The job whose turn it is, when it is. False when it is time to stop. */
static bool wait_for_turn(struct jobs *jobs, size_t *out_index)
{
    int result = 0;

    pthread_mutex_lock(&jobs->lock);
    size_t index = next_job(jobs);
    while (!jobs->stopping && !jobs->by_hand[index].asked && result == 0) {
        struct timespec until = clock_monotonic_after(jobs->due_ms[index] - clock_monotonic_ms());
        result = pthread_cond_clockwait(&jobs->wake, &jobs->lock, CLOCK_MONOTONIC, &until);
        index = next_job(jobs);
    }
    bool go_on = !jobs->stopping;
    pthread_mutex_unlock(&jobs->lock);
    *out_index = index;
    return go_on;
}

/* ---- what ------------------------------------------------------------------------------------------ */

/* Who wanted this run; NULL: the scheduler itself. In `arena`. */
static const char *begin(struct jobs *jobs, size_t index, struct arena *arena)
{
    struct by_hand *by_hand = &jobs->by_hand[index];

    pthread_mutex_lock(&jobs->lock);
    const char *asker = by_hand->asked ? arena_strdup(arena, by_hand->asked_by) : NULL;
    by_hand->asked = by_hand->is_over = false;
    by_hand->begun++;
    pthread_mutex_unlock(&jobs->lock);
    return asker;
}

static void tell(struct jobs *jobs, size_t index, const struct job_end *end)
{
    struct by_hand *by_hand = &jobs->by_hand[index];
    int64_t pause = end->ok ? end->job->period_ms : least(RETRY_MS, end->job->period_ms);

    pthread_mutex_lock(&jobs->lock);
    jobs->due_ms[index] = clock_monotonic_ms() + pause;
    by_hand->is_over = true;
    by_hand->ended = by_hand->begun;
    by_hand->last = *end;
    snprintf(by_hand->outcome, sizeof by_hand->outcome, "%s", end->outcome);
    pthread_cond_broadcast(&jobs->told);
    pthread_mutex_unlock(&jobs->lock);
}

struct recording {
    const struct job_end *end;
    const char *asker; /* NULL: nobody */
};

static enum error_kind record_run(struct ctx *ctx, const struct recording *recording)
{
    const struct job_end *end = recording->end;
    struct field_change change = {.name = "job", .after = end->job->name};

    TRY(jobs_repo_record(ctx, end->job->name, end->started_at, end->finished_at, end->outcome));
    if (!recording->asker)
        return OK;
    struct actor scheduler = ctx->actor;
    ctx->actor.name = recording->asker;
    enum error_kind kind = audit_edit(ctx, "job.run", "library", NO_NUMBER, &change);
    ctx->actor = scheduler;
    return kind;
}

static enum write_result record_end(struct ctx *ctx, void *argument)
{
    return record_run(ctx, argument) == OK ? WRITE_DONE : WRITE_FAILED;
}

static void record(struct jobs *jobs, struct ctx *ctx, struct recording *recording)
{
    error_clear(ctx);
    ctx->now = recording->end->finished_at;
    if (writer_run_bulk(jobs->writer, ctx, record_end, recording) != OK)
        LOG(WARN, "job not recorded", LOG_TEXT("job", recording->end->job->name),
            LOG_TEXT("reason", ctx->error.detail));
}

/* Each record is a write to a card that wears out: what looks every minute, and finds nothing, need not leave one. */
static bool is_worth_telling(struct jobs *jobs, size_t index, bool has_done_something)
{
    int64_t now_ms = clock_monotonic_ms();
    bool is_first = jobs->told_ms[index] == 0;

    if (jobs->table[index].is_quiet && !has_done_something && !is_first &&
        now_ms - jobs->told_ms[index] < QUIET_MS)
        return false;
    jobs->told_ms[index] = now_ms;
    return true;
}

static void log_and_record(struct jobs *jobs, struct ctx *ctx, struct recording *recording, int64_t began_us)
{
    LOG(INFO, "job", LOG_TEXT("job", recording->end->job->name), LOG_TEXT("outcome", recording->end->outcome),
        LOG_INT("duration_ms", (clock_monotonic_us() - began_us) / 1000));
    record(jobs, ctx, recording);
}

static void run_job(struct jobs *jobs, size_t index)
{
    const struct job *job = &jobs->table[index];
    struct arena arena;
    struct ctx ctx = job_ctx(jobs, &arena);
    struct job_context context = {.ctx = &ctx, .writer = jobs->writer, .jobs = jobs};
    struct job_end end = {.job = job, .started_at = ctx.now};
    struct recording recording = {.end = &end, .asker = begin(jobs, index, &arena)};
    struct task task;

    task_begin(&task, &ctx);
    end.ok = job->run(&context) == OK;
    end.finished_at = clock_library_now(0);
    end.outcome =
        end.ok ? arena_printf(&arena, "ok: %lld row%s", (long long)context.rows, context.rows == 1 ? "" : "s")
               : arena_printf(&arena, "%s: %s", error_code_name(ctx.error.code), ctx.error.detail);
    if (is_worth_telling(jobs, index, !end.ok || context.rows > 0 || recording.asker))
        log_and_record(jobs, &ctx, &recording, task.began_us);
    task_end(&task, arena_printf(&arena, "job %s", job->name), !end.ok);
    tell(jobs, index, &end);
    arena_release(&arena);
}

static void *run(void *argument)
{
    struct jobs *jobs = argument;
    size_t index;

    while (wait_for_turn(jobs, &index))
        run_job(jobs, index);
    return NULL;
}

/* ---- by hand ----------------------------------------------------------------------------------------- */

static bool find_job(const struct jobs *jobs, const char *name, size_t *out_index)
{
    for (size_t i = 0; i < jobs->count; i++) {
        if (strcmp(jobs->table[i].name, name) == 0) {
            *out_index = i;
            return true;
        }
    }
    return false;
}

struct job_state jobs_state_of(const char *name, int64_t now)
{
    struct jobs *jobs = atomic_load(&running);
    struct job_state state = {0};
    size_t index;

    if (!jobs || !find_job(jobs, name, &index))
        return state;
    pthread_mutex_lock(&jobs->lock);
    const struct by_hand *by_hand = &jobs->by_hand[index];
    state.running = by_hand->begun > 0 && !by_hand->is_over;
    int64_t left = by_hand->asked ? 0 : jobs->due_ms[index] - clock_monotonic_ms();
    pthread_mutex_unlock(&jobs->lock);
    if (!state.running)
        state.next_run_at = now + (left > 0 ? left : 0);
    return state;
}

/* Under the lock. False when it has not ended in time. */
static bool wait_for_end(struct jobs *jobs, struct by_hand *by_hand)
{
    struct timespec until = clock_monotonic_after(JOB_WAIT_MS);
    int64_t wanted = by_hand->begun + 1; /* the next to begin: what runs already began without us */
    int result = 0;

    while (by_hand->ended < wanted && !jobs->stopping && result == 0)
        result = pthread_cond_clockwait(&jobs->told, &jobs->lock, CLOCK_MONOTONIC, &until);
    return by_hand->ended >= wanted;
}

enum error_kind jobs_run_now(struct ctx *ctx, const char *name, struct job_end *out_end)
{
    struct jobs *jobs = atomic_load(&running);
    size_t index;

    if (!jobs || !find_job(jobs, name, &index))
        return fail(ctx, NOT_FOUND, "No job has the name %s.", name);
    struct by_hand *by_hand = &jobs->by_hand[index];
    pthread_mutex_lock(&jobs->lock);
    by_hand->asked = true;
    snprintf(by_hand->asked_by, sizeof by_hand->asked_by, "%s", ctx->actor.name);
    pthread_cond_signal(&jobs->wake);
    bool ended = wait_for_end(jobs, by_hand);
    bool stopping = jobs->stopping;
    if (ended) {
        *out_end = by_hand->last;
        out_end->outcome = arena_strdup(ctx->arena, by_hand->outcome);
    }
    pthread_mutex_unlock(&jobs->lock);
    if (ended)
        return OK;
    if (stopping)
        return fail(ctx, BUSY, "The server is stopping. Try again in a moment.");
    return fail(ctx, BUSY, "The job %s takes longer than %d seconds and goes on.", name,
                JOB_WAIT_MS / MS_PER_SECOND);
}

/* ---- starting and stopping ------------------------------------------------------------------------- */

static void free_jobs(struct jobs *jobs)
{
    pthread_cond_destroy(&jobs->wake);
    pthread_cond_destroy(&jobs->told);
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
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->wake, NULL);
    pthread_cond_init(&jobs->told, NULL);
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
    atomic_store(&running, jobs);
    *out_jobs = jobs;
    return OK;
}

enum error_kind jobs_start(struct ctx *ctx, struct writer *writer, struct jobs **out_jobs)
{
    return jobs_start_table(ctx, writer, jobs_table, out_jobs);
}

void jobs_ask_to_stop(struct jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_signal(&jobs->wake);
    pthread_cond_broadcast(&jobs->told);
    pthread_mutex_unlock(&jobs->lock);
}

void jobs_stop(struct jobs *jobs)
{
    if (!jobs)
        return;
    atomic_store(&running, NULL);
    jobs_ask_to_stop(jobs);
    pthread_join(jobs->thread, NULL);
    free_jobs(jobs);
}
