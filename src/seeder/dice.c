/*
 * dice.c — how a sequence begins, and the bell curve; a throw itself stands in the header.
 */
#include "seeder/dice.h"

#include <stddef.h>

static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void dice_seed(struct dice *dice, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;

    /* The stream is scattered before it is added: neighbouring streams must not be neighbouring states. */
    state = split_mix(&state) ^ stream;
    state = split_mix(&state);
    for (size_t i = 0; i < 4; i++)
        dice->state[i] = split_mix(&state);
}

/* Irwin–Hall: twelve even numbers of variance 1/12 each have together variance 1. */
int64_t dice_bell(struct dice *dice, int64_t mean, int64_t deviation)
{
    int64_t sum = 0;

    for (int i = 0; i < 12; i++)
        sum += (int64_t)(dice_next(dice) >> 44); /* 20 bits */
    return mean + (sum - 6 * (INT64_C(1) << 20)) * deviation / (INT64_C(1) << 20);
}
