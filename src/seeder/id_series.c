/*
 * id_series.c — a time, a counter, and dice.
 */
#include "seeder/id_series.h"

#define STREAM_UUIDS 2
#define COUNTER_MAX 0xFFF
#define COUNTER_FIRST_MASK 0x7FF /* begins in the lower half: room for 2,048 of a millisecond */

void id_series_init(struct id_series *ids, uint64_t random_seed, const char *table)
{
    uint64_t stream = STREAM_UUIDS;

    for (; *table; table++)
        stream = stream * 131 + (uint8_t)*table;
    *ids = (struct id_series){.time = -1};
    dice_seed(&ids->dice, random_seed, stream);
}

const struct uuid *id_series_next(struct id_series *ids, int64_t at)
{
    uint64_t random = dice_next(&ids->dice);

    if (at > ids->time || ids->counter == COUNTER_MAX) {
        ids->time = at > ids->time ? at : ids->time + 1;
        ids->counter = (unsigned)dice_next(&ids->dice) & COUNTER_FIRST_MASK;
    } else {
        ids->counter++;
    }
    ids->uuid = uuid_of(ids->time, ids->counter, random);
    return &ids->uuid;
}
