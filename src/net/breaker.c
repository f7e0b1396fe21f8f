/*
 * breaker.c — a short table under one lock: destinations are few, and each is asked seldom.
 */
#include "net/breaker.h"

#include <stdio.h>
#include <string.h>

static struct breakers shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct breakers *breakers_shared(void)
{
    return &shared;
}

static struct breaker *find(struct breakers *breakers, const char *destination)
{
    for (size_t i = 0; i < breakers->count; i++) {
        if (strcmp(breakers->items[i].destination, destination) == 0)
            return &breakers->items[i];
    }
    return NULL;
}

/* The one there is, else an empty place or the one that was used longest ago. */
static struct breaker *find_or_add(struct breakers *breakers, const char *destination)
{
    struct breaker *place = find(breakers, destination);

    if (place)
        return place;
    if (breakers->count < BREAKERS_MAX) {
        place = &breakers->items[breakers->count++];
    } else {
        place = &breakers->items[0];
        for (size_t i = 1; i < breakers->count; i++) {
            if (breakers->items[i].used_at < place->used_at)
                place = &breakers->items[i];
        }
    }
    *place = (struct breaker){0};
    (void)snprintf(place->destination, sizeof place->destination, "%s", destination);
    return place;
}

static int64_t rest_ms(const struct breaker *breaker)
{
    int64_t rest = BREAKER_REST_MS;

    for (int i = 1; i < breaker->openings && rest < BREAKER_REST_MAX_MS; i++)
        rest *= 2;
    return rest < BREAKER_REST_MAX_MS ? rest : BREAKER_REST_MAX_MS;
}

static enum breaker_state state_of(const struct breaker *breaker, int64_t now_ms)
{
    if (!breaker || breaker->failures < BREAKER_FAILURES)
        return BREAKER_CLOSED;
    return now_ms - breaker->opened_at < rest_ms(breaker) ? BREAKER_OPEN : BREAKER_HALF_OPEN;
}

bool breaker_allows(struct breakers *breakers, const char *destination, int64_t now_ms)
{
    bool allowed = true;

    pthread_mutex_lock(&breakers->lock);
    struct breaker *breaker = find(breakers, destination);
    enum breaker_state state = state_of(breaker, now_ms);
    if (state == BREAKER_OPEN) {
        allowed = false;
    } else if (state == BREAKER_HALF_OPEN) {
        allowed = breaker->tried_at == 0 || now_ms - breaker->tried_at >= BREAKER_REST_MS;
        if (allowed)
            breaker->tried_at = now_ms;
    }
    pthread_mutex_unlock(&breakers->lock);
    return allowed;
}

static void close_it(struct breaker *breaker)
{
    breaker->failures = breaker->openings = 0;
    breaker->tried_at = 0;
}

static void note_failure(struct breaker *breaker, int64_t now_ms)
{
    enum breaker_state state = state_of(breaker, now_ms);

    /* Others that began before it opened tell nothing new. */
    if (state == BREAKER_OPEN)
        return;
    if (breaker->failures < BREAKER_FAILURES)
        breaker->failures++;
    if (breaker->failures < BREAKER_FAILURES)
        return;
    breaker->openings++;
    breaker->opened_at = now_ms;
    breaker->tried_at = 0;
}

void breaker_note(struct breakers *breakers, const char *destination, bool succeeded, int64_t now_ms)
{
    pthread_mutex_lock(&breakers->lock);
    struct breaker *breaker = find_or_add(breakers, destination);
    breaker->used_at = now_ms;
    if (succeeded)
        close_it(breaker);
    else
        note_failure(breaker, now_ms);
    pthread_mutex_unlock(&breakers->lock);
}

void breaker_forget(struct breakers *breakers, const char *destination)
{
    pthread_mutex_lock(&breakers->lock);
    struct breaker *breaker = find(breakers, destination);
    if (breaker)
        close_it(breaker);
    pthread_mutex_unlock(&breakers->lock);
}

enum breaker_state breaker_state_of(struct breakers *breakers, const char *destination, int64_t now_ms)
{
    pthread_mutex_lock(&breakers->lock);
    enum breaker_state state = state_of(find(breakers, destination), now_ms);
    pthread_mutex_unlock(&breakers->lock);
    return state;
}
