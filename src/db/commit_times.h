/*
 * commit_times.h — how long the writer's last commits took: what a card that begins to fail shows first.
 *
 * One for the process, like its writer. The last COMMIT_TIMES_KEPT are remembered. Thread-safe.
 */
#ifndef CARREL_DB_COMMIT_TIMES_H
#define CARREL_DB_COMMIT_TIMES_H

#include <stdint.h>

#define COMMIT_TIMES_KEPT 256

struct commit_times {
    int64_t count;
    int64_t slow;   /* of these, slower than was asked about */
    int64_t p99_ms; /* 99 of 100 were at least as fast; 0: there were none */
};

/* One took so many µs and ended at this moment (clock_monotonic_ms()). */
void commit_times_note(int64_t took_us, int64_t at_ms);

/* Those since `since_ms` (clock_monotonic_ms()). */
void commit_times_look(int64_t since_ms, int64_t slow_ms, struct commit_times *out_times);

/* Forgets all: for tests. */
void commit_times_forget(void);

#endif
