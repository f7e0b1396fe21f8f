/*
 * reaper.c — one slot per worker, each with its own lock: workers never wait for each other, and a socket is
 * only ever shut while its worker cannot close it.
 */
#include "http/reaper.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/socket_name.h"

#define ROUND_MS 200
#define REST_MS 20 /* between two rounds, however much is going on */

enum slot_state { SLOT_FREE, SLOT_IDLE, SLOT_WORKING, SLOT_READING, SLOT_WRITING };

struct slot {
    pthread_mutex_t mutex;
    enum slot_state state;
    int socket;
    int64_t since_or_until_ms; /* idle since; reading or writing until */
};

struct reaper {
    pthread_t thread;
    struct slot *slots;
    int slot_count;
    atomic_int taken;
    atomic_int ports[REAPER_PORTS_MAX]; /* 0: none */
    atomic_bool closing;
    atomic_bool stopping;
    pthread_mutex_t bell_mutex;
    pthread_cond_t bell;
    bool rung;
};

static int64_t idle_limit_ms(struct reaper *reaper)
{
    int taken = atomic_load(&reaper->taken);

    if (atomic_load(&reaper->closing))
        return 0;
    if (taken >= reaper->slot_count)
        return HTTP_KEEP_ALIVE_BUSY_MS / 4;
    return reaper_is_busy(reaper) ? HTTP_KEEP_ALIVE_BUSY_MS : INT64_MAX;
}

static bool is_overdue(const struct slot *slot, int64_t now_ms, int64_t idle_max_ms)
{
    if (slot->socket < 0 || slot->state == SLOT_FREE)
        return false;
    if (slot->state == SLOT_IDLE)
        return now_ms - slot->since_or_until_ms >= idle_max_ms;
    return slot->state != SLOT_WORKING && now_ms >= slot->since_or_until_ms;
}

static void look_around(struct reaper *reaper)
{
    int64_t now_ms = clock_monotonic_ms();
    int64_t silent_max_ms = idle_limit_ms(reaper);

    for (int i = 0; i < REAPER_PORTS_MAX && silent_max_ms != INT64_MAX; i++) {
        if (atomic_load(&reaper->ports[i]) != 0)
            socket_cut_silent(atomic_load(&reaper->ports[i]), silent_max_ms);
    }
    for (int i = 0; i < reaper->slot_count; i++) {
        struct slot *slot = &reaper->slots[i];
        int64_t idle_max_ms = idle_limit_ms(reaper);
        pthread_mutex_lock(&slot->mutex);
        if (is_overdue(slot, now_ms, idle_max_ms)) {
            /* Who sends too slowly is still told so. */
            shutdown(slot->socket, slot->state == SLOT_READING ? SHUT_RD : SHUT_RDWR);
            slot->state = SLOT_WORKING;
        }
        pthread_mutex_unlock(&slot->mutex);
    }
}

/* Until it is time for another round, or until more than half of the workers are taken. */
static void wait_for_bell(struct reaper *reaper)
{
    struct timespec until = clock_monotonic_after(ROUND_MS - REST_MS);

    pthread_mutex_lock(&reaper->bell_mutex);
    while (!reaper->rung &&
           pthread_cond_clockwait(&reaper->bell, &reaper->bell_mutex, CLOCK_MONOTONIC, &until) == 0)
        continue;
    reaper->rung = false;
    pthread_mutex_unlock(&reaper->bell_mutex);
}

static void ring(struct reaper *reaper)
{
    pthread_mutex_lock(&reaper->bell_mutex);
    reaper->rung = true;
    pthread_cond_signal(&reaper->bell);
    pthread_mutex_unlock(&reaper->bell_mutex);
}

static void *reap(void *argument)
{
    struct reaper *reaper = argument;

    while (!atomic_load(&reaper->stopping)) {
        look_around(reaper);
        clock_sleep_ms(REST_MS);
        wait_for_bell(reaper);
    }
    return NULL;
}

static void free_reaper(struct reaper *reaper)
{
    for (int i = 0; i < reaper->slot_count; i++)
        pthread_mutex_destroy(&reaper->slots[i].mutex);
    pthread_cond_destroy(&reaper->bell);
    pthread_mutex_destroy(&reaper->bell_mutex);
    free(reaper->slots);
    free(reaper);
}

struct reaper *reaper_start(int slots)
{
    struct reaper *reaper = calloc(1, sizeof *reaper);

    if (!reaper || !(reaper->slots = calloc((size_t)slots, sizeof *reaper->slots)))
        abort();
    reaper->slot_count = slots;
    for (int i = 0; i < slots; i++) {
        pthread_mutex_init(&reaper->slots[i].mutex, NULL);
        reaper->slots[i].socket = -1;
    }
    pthread_mutex_init(&reaper->bell_mutex, NULL);
    pthread_cond_init(&reaper->bell, NULL);
    if (pthread_create(&reaper->thread, NULL, reap, reaper) != 0) {
        free_reaper(reaper);
        return NULL;
    }
    return reaper;
}

void reaper_stop(struct reaper *reaper)
{
    atomic_store(&reaper->stopping, true);
    ring(reaper);
    pthread_join(reaper->thread, NULL);
    free_reaper(reaper);
}

void reaper_watch_port(struct reaper *reaper, int port)
{
    int i = 0;

    while (i < REAPER_PORTS_MAX && atomic_load(&reaper->ports[i]) != 0)
        i++;
    assert(i < REAPER_PORTS_MAX);
    atomic_store(&reaper->ports[i], port);
}

void reaper_close_idle(struct reaper *reaper)
{
    atomic_store(&reaper->closing, true);
    ring(reaper);
}

static void set(struct reaper *reaper, int index, enum slot_state state, int64_t ms)
{
    struct slot *slot = &reaper->slots[index];

    pthread_mutex_lock(&slot->mutex);
    slot->state = state;
    slot->since_or_until_ms = ms;
    pthread_mutex_unlock(&slot->mutex);
}

void reaper_attach(struct reaper *reaper, int slot)
{
    int before = atomic_fetch_add(&reaper->taken, 1);

    set(reaper, slot, SLOT_IDLE, clock_monotonic_ms());
    /* Who works is not to wait for the idle to be cut: until then each answer costs a connection. */
    if (before * 2 <= reaper->slot_count && (before + 1) * 2 > reaper->slot_count)
        ring(reaper);
}

void reaper_watch(struct reaper *reaper, int slot, int socket)
{
    pthread_mutex_lock(&reaper->slots[slot].mutex);
    reaper->slots[slot].socket = socket;
    pthread_mutex_unlock(&reaper->slots[slot].mutex);
}

void reaper_detach(struct reaper *reaper, int slot)
{
    pthread_mutex_lock(&reaper->slots[slot].mutex);
    reaper->slots[slot].socket = -1;
    reaper->slots[slot].state = SLOT_FREE;
    pthread_mutex_unlock(&reaper->slots[slot].mutex);
    atomic_fetch_sub(&reaper->taken, 1);
}

void reaper_reading(struct reaper *reaper, int slot, int64_t ms)
{
    set(reaper, slot, SLOT_READING, clock_monotonic_ms() + ms);
}

void reaper_writing(struct reaper *reaper, int slot, int64_t ms)
{
    set(reaper, slot, SLOT_WRITING, clock_monotonic_ms() + ms);
}

void reaper_working(struct reaper *reaper, int slot)
{
    set(reaper, slot, SLOT_WORKING, 0);
}

void reaper_idle(struct reaper *reaper, int slot)
{
    set(reaper, slot, SLOT_IDLE, clock_monotonic_ms());
}

bool reaper_is_busy(struct reaper *reaper)
{
    return atomic_load(&reaper->taken) * 2 > reaper->slot_count;
}
