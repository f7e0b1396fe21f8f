/*
 * id_series.h — public ids for rows of the past, one table after the other: UUIDv7 (RFC 9562) that carry each row's
 * own moment and increase from row to row, so that their index only grows at its end. uuid_new() knows the present
 * alone: asked for the past after the present, it goes on from the present.
 *
 * Random bits come from the seed: the same library has the same ids. Nobody's secrets hang on a demonstration.
 */
#ifndef CARREL_SEEDER_ID_SERIES_H
#define CARREL_SEEDER_ID_SERIES_H

#include "base/uuid.h"
#include "seeder/dice.h"

struct id_series {
    struct dice dice;
    int64_t time;
    unsigned counter; /* within a millisecond */
    struct uuid uuid; /* the last one */
};

/* Each table's ids are a series of their own, by its name: its rows begin in the past again. */
void id_series_init(struct id_series *ids, uint64_t random_seed, const char *table);

/* Valid until the next call. */
const struct uuid *id_series_next(struct id_series *ids, int64_t at);

#endif
