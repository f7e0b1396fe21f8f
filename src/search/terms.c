/*
 * terms.c — a short list under a lock; it is looked through once for each finished question, a few a minute.
 */
#include "search/terms.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

static struct {
    pthread_mutex_t lock;
    struct noted_term entries[SEARCH_TERM_QUEUE_MAX];
    size_t count;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER};

void terms_note(const char *key, const char *term)
{
    size_t i = 0;

    pthread_mutex_lock(&queue.lock);
    while (i < queue.count && strcmp(queue.entries[i].key, key) != 0)
        i++;
    if (i == queue.count && i < SEARCH_TERM_QUEUE_MAX) {
        snprintf(queue.entries[i].key, TERM_BYTES, "%s", key);
        snprintf(queue.entries[i].term, TERM_BYTES, "%s", term);
        queue.count++;
    }
    pthread_mutex_unlock(&queue.lock);
}

size_t terms_take(struct noted_term *out, size_t max)
{
    pthread_mutex_lock(&queue.lock);
    size_t count = queue.count < max ? queue.count : max;
    memcpy(out, queue.entries + queue.count - count, count * sizeof *out);
    queue.count -= count;
    pthread_mutex_unlock(&queue.lock);
    return count;
}

void terms_forget(void)
{
    pthread_mutex_lock(&queue.lock);
    queue.count = 0;
    pthread_mutex_unlock(&queue.lock);
}
