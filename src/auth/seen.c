/*
 * seen.c — a short list under a lock; it is looked through only when a session has not been noted for minutes.
 */
#include "auth/seen.h"

#include <pthread.h>
#include <string.h>

#include "base/limits.h"

static struct {
    pthread_mutex_t lock;
    struct seen entries[SEEN_QUEUE_MAX];
    size_t count;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

void seen_note(enum seen_what what, int64_t id, int64_t at)
{
    size_t i = 0;

    pthread_mutex_lock(&queue.lock);
    while (i < queue.count && (queue.entries[i].what != what || queue.entries[i].id != id))
        i++;
    if (i < SEEN_QUEUE_MAX)
        queue.entries[i] = (struct seen){what, id, at};
    if (i == queue.count && i < SEEN_QUEUE_MAX)
        queue.count++;
    pthread_mutex_unlock(&queue.lock);
}

void seen_forget(void)
{
    pthread_mutex_lock(&queue.lock);
    queue.count = 0;
    pthread_mutex_unlock(&queue.lock);
}

size_t seen_take(struct seen *out, size_t max)
{
    pthread_mutex_lock(&queue.lock);
    size_t count = queue.count < max ? queue.count : max;
    memcpy(out, queue.entries + queue.count - count, count * sizeof *out);
    queue.count -= count;
    pthread_mutex_unlock(&queue.lock);
    return count;
}
