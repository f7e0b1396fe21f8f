/*
 * slow.h — statements that take long are told in the log, with their plan: what is to be looked at when a library is slow.
 *
 * What counts is the time inside SQLite alone, of one run from its first row to its last. Its name, the milliseconds, the steps of SQLite's machine,
 * the rows it looked at without an index, its sorts and its query plan are told; what was bound to it never is. Each statement once an
 * hour, and at most SLOW_STATEMENTS_KEPT of them: a slow disk makes all of them slow. Not those of connections that look at a
 * whole library, or fill one (DB_CHECK, DB_BUILD): they take long by their nature.
 */
#ifndef CARREL_DB_SLOW_H
#define CARREL_DB_SLOW_H

#include <stdint.h>
#include <time.h>

struct stmt;

/* µs on a clock that is cheap to ask and moves every few milliseconds: of many short spans the sum is right. */
static inline int64_t slow_clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A run of `s` has ended, s->spent_us is how long it took: counted and told, if that is long; then 0 again. */
void slow_note(struct stmt *s);

/* For tests: what is slow, in µs, instead of SLOW_STATEMENT_MS; and everything told is forgotten. Negative: as it was. */
void slow_set_limit(int64_t us);

#endif
