/*
 * dice.h — chance that can be repeated: the same seed gives the same throws on every machine.
 *
 * xoshiro256** (Blackman, Vigna: "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47, 2021),
 * started by SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014),
 * as its authors advise. Whole numbers only: no result hangs on how a machine rounds. Not for secrets.
 */
#ifndef CARREL_SEEDER_DICE_H
#define CARREL_SEEDER_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
    uint64_t state[4];
};

/* Each stream of a seed is a sequence of its own: "what title 4711 is called", "who borrows what". */
void dice_seed(struct dice *dice, uint64_t seed, uint64_t stream);

uint64_t dice_next(struct dice *dice);

/* Evenly from 0 … bound - 1; bound must not be 0. From lowest … highest, both included. */
uint32_t dice_below(struct dice *dice, uint32_t bound);
int64_t dice_between(struct dice *dice, int64_t lowest, int64_t highest);

/* True in `percent` of a hundred cases. */
bool dice_chance(struct dice *dice, uint32_t percent);

/* A bell curve (the sum of twelve even throws: within 6 deviations of its mean). */
int64_t dice_bell(struct dice *dice, int64_t mean, int64_t deviation);

#endif
