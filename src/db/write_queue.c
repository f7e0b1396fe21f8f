/*
 * write_queue.c — lists of jobs, and how one waits for another thread to finish his.
 */
#include "db/write_queue.h"

#include <errno.h>

#include "base/clock.h"

#define NS_PER_MS 1000000L
#define NS_PER_SECOND 1000000000L

void queue_append(struct queue *queue, struct job *job)
{
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    queue->count++;
}

struct job *queue_take(struct queue *queue)
{
    struct job *job = queue->first;

    queue->first = job->next;
    if (!queue->first)
        queue->last = NULL;
    queue->count--;
    job->next = NULL;
    return job;
}

void queue_remove(struct queue *queue, const struct job *job)
{
    struct job *before = NULL;

    for (struct job *other = queue->first; other; before = other, other = other->next) {
        if (other != job)
            continue;
        if (before)
            before->next = job->next;
        else
            queue->first = job->next;
        if (queue->last == job)
            queue->last = before;
        queue->count--;
        return;
    }
}

void job_init(struct job *job)
{
    pthread_mutex_init(&job->mutex, NULL);
    write_queue_init_condition(&job->wake);
}

void job_release(struct job *job)
{
    pthread_cond_destroy(&job->wake);
    pthread_mutex_destroy(&job->mutex);
}

void job_finish(struct job *job)
{
    pthread_mutex_lock(&job->mutex);
    job->finished = true;
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->mutex);
}

bool job_wait(struct job *job, const struct timespec *until)
{
    int result = 0;

    pthread_mutex_lock(&job->mutex);
    while (!job->finished && result != ETIMEDOUT)
        result = until ? pthread_cond_timedwait(&job->wake, &job->mutex, until)
                       : pthread_cond_wait(&job->wake, &job->mutex);
    bool finished = job->finished;
    pthread_mutex_unlock(&job->mutex);
    return finished;
}

void write_queue_init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct timespec write_queue_deadline(int64_t after_ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(after_ms / MS_PER_SECOND);
    until.tv_nsec += (long)(after_ms % MS_PER_SECOND) * NS_PER_MS;
    if (until.tv_nsec >= NS_PER_SECOND) {
        until.tv_sec++;
        until.tv_nsec -= NS_PER_SECOND;
    }
    return until;
}
