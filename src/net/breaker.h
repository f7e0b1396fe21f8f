/*
 * breaker.h — who has failed several times is left alone for a while, so that a server that is away costs nobody's time.
 *
 *     closed     everybody may ask; BREAKER_FAILURES failures one after the other open it
 *     open       nobody asks for BREAKER_REST_MS, twice as long each time it opens again, BREAKER_REST_MAX_MS at most
 *     half open  one may try: success closes it, failure opens it again
 *
 * A destination is a text, "example.org:443". BREAKERS_MAX of them are remembered; the one used longest ago makes room.
 * Time is handed in (clock_monotonic_ms()), so that tests need not wait. Thread-safe.
 */
#ifndef CARREL_NET_BREAKER_H
#define CARREL_NET_BREAKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN };

struct breaker {
    char destination[NET_HOST_MAX + 8];
    int failures;      /* one after the other */
    int openings;      /* one after the other: how long it rests */
    int64_t opened_at; /* while failures ≥ BREAKER_FAILURES */
    int64_t tried_at;  /* somebody tries since then; 0: nobody */
    int64_t used_at;
};

struct breakers {
    pthread_mutex_t lock;
    struct breaker items[BREAKERS_MAX];
    size_t count;
};

#define BREAKERS_NONE ((struct breakers){.lock = PTHREAD_MUTEX_INITIALIZER})

/* Those of this process. */
struct breakers *breakers_shared(void);

/*
 * May it be asked? Who gets a yes tells how it went by breaker_note(). A try in the half-open state that is never told of
 * counts for BREAKER_REST_MS.
 */
bool breaker_allows(struct breakers *breakers, const char *destination, int64_t now_ms);
void breaker_note(struct breakers *breakers, const char *destination, bool succeeded, int64_t now_ms);

/* An administrator has changed something: ask again at once. */
void breaker_forget(struct breakers *breakers, const char *destination);

enum breaker_state breaker_state_of(struct breakers *breakers, const char *destination, int64_t now_ms);

#endif
