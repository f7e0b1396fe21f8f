/*
 * write_queue.h — the writer's jobs and the lines they stand in. Only db/writer uses it.
 *
 * A job lives on its caller's stack. It moves from QUEUED to TAKEN under the writer's mutex; that it is finished
 * is said under its own, so that those whom a commit wakes do not stand in line for the writer's.
 */
#ifndef CARREL_DB_WRITE_QUEUE_H
#define CARREL_DB_WRITE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "base/ctx.h"
#include "base/trace.h"
#include "db/writer.h"

enum job_state { JOB_QUEUED, JOB_TAKEN };

struct job {
    struct ctx *ctx;
    write_function *work;
    void *argument;
    bool is_settled;           /* nothing names what it deletes: foreign keys are not looked up */
    int64_t queued_us;         /* monotonic */
    int64_t began_us;          /* … when its transaction began */
    const struct trace *trace; /* of the caller; NULL: none */
    struct arena_mark mark;    /* where a second run starts from */
    enum job_state state;
    enum write_result result;
    enum error_kind outcome;
    struct job *next;

    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool finished;
};

struct queue {
    struct job *first, *last;
    int count, max;
};

/* Under the writer's mutex. */
void queue_append(struct queue *queue, struct job *job);
struct job *queue_take(struct queue *queue); /* the first; there is one */
void queue_remove(struct queue *queue, const struct job *job);

void job_init(struct job *job);
void job_release(struct job *job);

/* Without the writer's mutex. The job is gone as soon as its own is let go. */
void job_finish(struct job *job);

/* Until it is finished, or `until` (of the monotonic clock; NULL: never) has come: false. */
bool job_wait(struct job *job, const struct timespec *until);

#endif
