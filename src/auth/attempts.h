/*
 * attempts.h — how long somebody must wait after wrong passwords: 1 s, 2 s, 4 s … up to a bound.
 *
 * An account remembers its own failures (in the library: they outlive a restart). What has no row of its own is
 * remembered here, in memory: names that no account has, so that they cannot be told from those that do, and the
 * addresses that failures come from. ATTEMPTS_MAX of them; the one that failed longest ago makes room. Thread-safe.
 * Times are of the monotonic clock.
 */
#ifndef CARREL_AUTH_ATTEMPTS_H
#define CARREL_AUTH_ATTEMPTS_H

#include <stdint.h>

enum attempts_of {
    ATTEMPTS_OF_NAME,    /* folded */
    ATTEMPTS_OF_ADDRESS, /* numeric */
};

/* After so many failures in a row. */
int64_t attempts_delay_ms(enum attempts_of what, int64_t failures);

/* How long this one still has to wait; 0: not at all. */
int64_t attempts_wait_ms(enum attempts_of what, const char *who, int64_t now_ms);
void attempts_note_failure(enum attempts_of what, const char *who, int64_t now_ms);

/* For tests. */
void attempts_forget_all(void);

#endif
