/*
 * scheduler.h — the one thread behind everything that happens without anybody asking.
 *
 * Each row of the table of jobs (jobs.c) runs when its period has passed since it last ended; what
 * `job_run` remembers counts across restarts, so a daily job of a machine that is switched off every night
 * still runs. Periods are measured on the monotonic clock. Jobs run one after another; each gets a ctx and
 * arena of its own and does its writing through the writer's bulk queue, in slices that yield to the desk.
 */
#ifndef CARREL_JOBS_SCHEDULER_H
#define CARREL_JOBS_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct writer; /* db/writer.h */
struct jobs;   /* the running scheduler */

/* What a job is handed: `ctx` without a database (its writing goes through `writer`). */
struct job_context {
    struct ctx *ctx;
    struct writer *writer;
    struct jobs *jobs;
    int64_t rows; /* the job's account of itself: rows it changed, for job_run.outcome */
};

struct job {
    const char *name; /* stable: the key of its job_run row */
    int64_t period_ms;
    enum error_kind (*run)(struct job_context *job);
    const char *summary;
    bool
        is_quiet; /* a run that went well, did nothing and was asked by nobody is logged and recorded hourly at most */
};

/* The table; ends with a row without a name. */
extern const struct job jobs_table[];

/*
 * How long after the start a job first runs: when its period has passed since it last ended (an instant; 0:
 * never), but not before the server is up, and never later than one period, whatever the clock says.
 */
int64_t jobs_first_delay(const struct job *job, int64_t last_end, int64_t now);

/* Starts the thread. `ctx` is only read (currency). The writer must outlive the scheduler. */
enum error_kind jobs_start(struct ctx *ctx, struct writer *writer, struct jobs **out_jobs) MUST_CHECK;

/* The same with another table, for tests. */
enum error_kind jobs_start_table(struct ctx *ctx, struct writer *writer, const struct job *table,
                                 struct jobs **out_jobs) MUST_CHECK;

/* From now on it ends by itself, as soon as it can; nobody waits, and who waits for a job is told. NULL is allowed. */
void jobs_ask_to_stop(struct jobs *jobs);

/*
 * The same, and waits for the slice at hand. Nobody may be in jobs_run_now() or jobs_state_of() any more. NULL is
 * allowed.
 */
void jobs_stop(struct jobs *jobs);

/* True once it was asked to stop: a long job ends after its present slice. */
bool jobs_stopping(struct jobs *jobs);

/* ---- looking ------------------------------------------------------------------------------------------ */

struct job_state {
    bool running;
    int64_t next_run_at; /* instant; 0 while it runs, or where no scheduler does */
};

/* What the job of this name does now. `now` is the instant that next_run_at is counted from. */
struct job_state jobs_state_of(const char *name, int64_t now);

/* ---- by hand ----------------------------------------------------------------------------------------- */

/* How a run went. */
struct job_end {
    const struct job *job;
    int64_t started_at; /* instants */
    int64_t finished_at;
    bool ok;
    const char *outcome; /* "ok: 3 rows", or the error's code and sentence */
};

/*
 * Runs the job of this name now, on the scheduler's thread, and waits for its end; its next run by itself is a period
 * later. A run that was under way when this was asked does not count. Leaves an audit row in the name of ctx's actor.
 * NOT_FOUND: no such job. BUSY: it goes on for longer than JOB_WAIT_MS, or the server is stopping.
 */
enum error_kind jobs_run_now(struct ctx *ctx, const char *name, struct job_end *out_end) MUST_CHECK;

#endif
