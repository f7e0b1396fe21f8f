/*
 * write_queue.c — lists of jobs, and how one waits for another thread to finish his.
 */
#include "db/write_queue.h"

#include <errno.h>

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
    pthread_cond_init(&job->wake, NULL);
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
        result = until ? pthread_cond_clockwait(&job->wake, &job->mutex, CLOCK_MONOTONIC, until)
                       : pthread_cond_wait(&job->wake, &job->mutex);
    bool finished = job->finished;
    pthread_mutex_unlock(&job->mutex);
    return finished;
}
