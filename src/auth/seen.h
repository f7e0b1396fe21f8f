/*
 * seen.h — when sessions and keys were last used, on its way into the library.
 *
 * Reading must not write: so requests note it here, and a job writes what has come together every few minutes. Bounded
 * and lossy (SEEN_QUEUE_MAX): what is lost was seen again soon. Thread-safe.
 */
#ifndef CARREL_AUTH_SEEN_H
#define CARREL_AUTH_SEEN_H

#include <stddef.h>
#include <stdint.h>

enum seen_what { SEEN_SESSION, SEEN_API_KEY };

struct seen {
    enum seen_what what;
    int64_t id;
    int64_t at;
};

/* A later one of the same replaces it. */
void seen_note(enum seen_what what, int64_t id, int64_t at);

/* Takes out up to `max`; how many there were. */
size_t seen_take(struct seen *out, size_t max);

/* Another library takes the place of the one whose rows these are. */
void seen_forget(void);

#endif
