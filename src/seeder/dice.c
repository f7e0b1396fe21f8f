/*
 * dice.c — the generator and the few shapes of chance the seeder needs, without floating point.
 */
#include "seeder/dice.h"

#include <assert.h>
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

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

uint64_t dice_next(struct dice *dice)
{
    uint64_t *s = dice->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* Multiplication instead of division, and exactly even (Lemire: "Fast Random Integer Generation in an Interval"). */
uint32_t dice_below(struct dice *dice, uint32_t bound)
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

int64_t dice_between(struct dice *dice, int64_t lowest, int64_t highest)
{
    uint64_t span = (uint64_t)highest - (uint64_t)lowest + 1;

    assert(lowest <= highest);
    if (span <= UINT32_MAX)
        return lowest + dice_below(dice, (uint32_t)span);
    /* Past 2^32 the unevenness of a remainder is below one in a billion: times of day do not mind. */
    return span == 0 ? (int64_t)dice_next(dice) : (int64_t)((uint64_t)lowest + dice_next(dice) % span);
}

bool dice_chance(struct dice *dice, uint32_t percent)
{
    return dice_below(dice, 100) < percent;
}

/* Irwin–Hall: twelve even numbers of variance 1/12 each have together variance 1. */
int64_t dice_bell(struct dice *dice, int64_t mean, int64_t deviation)
{
    int64_t sum = 0;

    for (int i = 0; i < 12; i++)
        sum += (int64_t)(dice_next(dice) >> 44); /* 20 bits */
    return mean + (sum - 6 * (INT64_C(1) << 20)) * deviation / (INT64_C(1) << 20);
}
