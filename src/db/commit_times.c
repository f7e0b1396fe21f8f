/*
 * commit_times.c — a ring; sorted only when somebody looks.
 */
#include "db/commit_times.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

static struct {
    pthread_mutex_t lock;
    struct {
        int64_t took_us, at_ms;
    } items[COMMIT_TIMES_KEPT];
    size_t next, count;
} ring = {.lock = PTHREAD_MUTEX_INITIALIZER};

void commit_times_note(int64_t took_us, int64_t at_ms)
{
    pthread_mutex_lock(&ring.lock);
    ring.items[ring.next].took_us = took_us;
    ring.items[ring.next].at_ms = at_ms;
    ring.next = (ring.next + 1) % COMMIT_TIMES_KEPT;
    if (ring.count < COMMIT_TIMES_KEPT)
        ring.count++;
    pthread_mutex_unlock(&ring.lock);
}

static size_t copy_since(int64_t since_ms, int64_t out_us[COMMIT_TIMES_KEPT])
{
    size_t count = 0;

    pthread_mutex_lock(&ring.lock);
    for (size_t i = 0; i < ring.count; i++)
        if (ring.items[i].at_ms >= since_ms)
            out_us[count++] = ring.items[i].took_us;
    pthread_mutex_unlock(&ring.lock);
    return count;
}

static int compare(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

void commit_times_look(int64_t since_ms, int64_t slow_ms, struct commit_times *out_times)
{
    int64_t took_us[COMMIT_TIMES_KEPT];
    size_t count = copy_since(since_ms, took_us);

    *out_times = (struct commit_times){.count = (int64_t)count};
    if (count == 0)
        return;
    qsort(took_us, count, sizeof took_us[0], compare);
    out_times->p99_ms = took_us[(count * 99 + 99) / 100 - 1] / 1000;
    for (size_t i = 0; i < count; i++)
        out_times->slow += took_us[i] > slow_ms * 1000;
}

void commit_times_forget(void)
{
    pthread_mutex_lock(&ring.lock);
    ring.count = ring.next = 0;
    pthread_mutex_unlock(&ring.lock);
}
