/*
 * dice.h — chance that can be repeated: the same seed gives the same throws on every machine.
 *
 * xoshiro256** (Blackman, Vigna: "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47, 2021),
 * started by SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014),
 * as its authors advise. Whole numbers only: no result hangs on how a machine rounds. Not for secrets.
 */
#ifndef CARREL_SEEDER_DICE_H
#define CARREL_SEEDER_DICE_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state[4];
};

/* Each stream of a seed is a sequence of its own: "what title 4711 is called", "who borrows what". */
void dice_seed(struct dice *dice, uint64_t seed, uint64_t stream);

/* A hundred million of these make a large library: so they are inline. */
static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t *s = dice->state;
    uint64_t five = s[1] * 5, shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = s[3] << 45 | s[3] >> 19;
    return (five << 7 | five >> 57) * 9;
}

/*
 * Evenly from 0 … bound - 1; bound must not be 0. Multiplication instead of division, and exactly even (Lemire: "Fast
 * Random Integer Generation in an Interval", ACM TOMACS 29, 2019).
 */
static inline uint32_t dice_below(struct dice *dice, uint32_t bound)
{
    assert(bound > 0);
    uint64_t product = (dice_next(dice) >> 32) * bound;

    if ((uint32_t)product < bound) {
        uint32_t threshold = (0u - bound) % bound;
        while ((uint32_t)product < threshold)
            product = (dice_next(dice) >> 32) * bound;
    }
    return (uint32_t)(product >> 32);
}

/* From lowest … highest, both included. */
static inline int64_t dice_between(struct dice *dice, int64_t lowest, int64_t highest)
{
    uint64_t span = (uint64_t)highest - (uint64_t)lowest + 1;

    assert(lowest <= highest);
    if (span - 1 < UINT32_MAX)
        return lowest + dice_below(dice, (uint32_t)span);
    /* Past 2^32 the unevenness of a remainder is below one in a billion: times of day do not mind. */
    return span == 0 ? (int64_t)dice_next(dice) : (int64_t)((uint64_t)lowest + dice_next(dice) % span);
}

/* True in `percent` of a hundred cases. */
static inline bool dice_chance(struct dice *dice, uint32_t percent)
{
    return dice_below(dice, 100) < percent;
}

/* A bell curve (the sum of twelve even throws: within 6 deviations of its mean). */
int64_t dice_bell(struct dice *dice, int64_t mean, int64_t deviation);

#endif
