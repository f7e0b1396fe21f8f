/*
 * histogram.h — how often something took how long: counts between fixed bounds, for /metrics.
 *
 * Counting is one search of at most HISTOGRAM_BOUNDS_MAX bounds and two additions without a lock; any thread may do it
 * at any time. Zeroed memory is an empty one. What reads it while others count sees a moment that never quite was:
 * the numbers are each right, and never smaller than what was read before.
 */
#ifndef CARREL_BASE_HISTOGRAM_H
#define CARREL_BASE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BOUNDS_MAX 14

struct histogram_bounds {
    size_t count;
    int64_t of[HISTOGRAM_BOUNDS_MAX]; /* rising; each belongs to what is below it */
};

struct histogram {
    _Atomic(int64_t) at[HISTOGRAM_BOUNDS_MAX + 1]; /* one for each bound, and what is above the last */
    _Atomic(int64_t) sum;
};

/* Half a millisecond to ten seconds, in µs; one to sixty-four, for numbers of things. */
extern const struct histogram_bounds histogram_us;
extern const struct histogram_bounds histogram_numbers;

void histogram_count(struct histogram *histogram, const struct histogram_bounds *bounds, int64_t value);

struct histogram_reading {
    int64_t up_to[HISTOGRAM_BOUNDS_MAX]; /* cumulative: so many were at most that bound */
    int64_t count, sum;
};
struct histogram_reading histogram_read(const struct histogram *histogram,
                                        const struct histogram_bounds *bounds);

#endif
