/*
 * histogram.c — counts between bounds.
 */
#include "base/histogram.h"

#include <stdatomic.h>

const struct histogram_bounds histogram_us = {14,
                                              {500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
                                               500000, 1000000, 2500000, 5000000, 10000000}};

const struct histogram_bounds histogram_numbers = {7, {1, 2, 4, 8, 16, 32, 64}};

void histogram_count(struct histogram *histogram, const struct histogram_bounds *bounds, int64_t value)
{
    size_t at = 0;

    while (at < bounds->count && value > bounds->of[at])
        at++;
    atomic_fetch_add_explicit(&histogram->at[at], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum, value, memory_order_relaxed);
}

struct histogram_reading histogram_read(const struct histogram *histogram,
                                        const struct histogram_bounds *bounds)
{
    struct histogram_reading reading = {.sum = atomic_load_explicit(&histogram->sum, memory_order_relaxed)};

    for (size_t i = 0; i < bounds->count; i++) {
        reading.count += atomic_load_explicit(&histogram->at[i], memory_order_relaxed);
        reading.up_to[i] = reading.count;
    }
    reading.count += atomic_load_explicit(&histogram->at[bounds->count], memory_order_relaxed);
    return reading;
}
