/*
 * tally.h — how often each of many records occurs, summed in memory and packed for keeping.
 *
 * In memory it is one number for each id, which makes adding a thousand periods as quick as reading them; packing,
 * merging and clearing take as long as there are records in it.
 * Packed it is a run of LEB128 numbers in ascending order of id, one or two for each record that occurs: the
 * distance to the id before (the first: to 0), times two, plus one when a count follows; without one it is 1.
 * A month of 30,000 loans has about 30 KB, and equal tallies have equal bytes.
 */
#ifndef CARREL_COUNTERS_TALLY_H
#define CARREL_COUNTERS_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters/counters.h"

struct arena;

struct tally {
    uint32_t *counts; /* by id; NULL: nobody asks, nothing is kept */
    uint64_t *met;    /* a bit for each id, without which its count is 0: a day has few of all there are */
    size_t size;      /* ids are below this */
    size_t most;      /* so many records occur, at most */
};

/* All zero, for ids up to `largest_id`. Its memory is malloc's, not the arena's, and goes when that is reset. */
struct tally tally_new(struct arena *arena, int64_t largest_id);
void tally_clear(struct tally *tally);

/* False: no such id can be. */
bool tally_add(struct tally *tally, int64_t id, uint32_t count);

/* Adds another of the same size. */
void tally_merge(struct tally *tally, const struct tally *other);

/* How many records occur at all, and all counts together. */
int64_t tally_records(const struct tally *tally);
int64_t tally_total(const struct tally *tally);

/* Packed, in the arena. */
const uint8_t *tally_pack(const struct tally *tally, struct arena *arena, size_t *out_length);

/* Adds what is packed. False when the bytes are no tally; what stood before them is added then. */
bool tally_add_packed(struct tally *tally, const uint8_t *bytes, size_t length);

/*
 * What is packed with `count` occurrences of one record as another's, in the arena. NULL when the bytes are no tally,
 * or have fewer of the one.
 */
const uint8_t *tally_move_packed(struct arena *arena, const uint8_t *bytes, size_t length, int64_t from,
                                 int64_t to, uint64_t count, size_t *out_length);

/*
 * What one occurrence of a record adds to the fingerprint of a tally: a sum, so that neither the order nor the
 * grouping of what is counted matters. Different tallies have different sums but for one case in 2^64.
 */
static inline uint64_t tally_print(int64_t id)
{
    uint64_t mixed = ((uint64_t)id + 1) * 0x9e3779b97f4a7c15u; /* splitmix64, by S. Vigna */

    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

/* The fingerprint of what is packed and how many records occur in it. False when the bytes are no tally. */
bool tally_print_packed(const uint8_t *bytes, size_t length, uint64_t *out_print, int64_t *out_records);

/* The `max` records with the most, most first, of equals the older one; how many there are (fewer occur). */
size_t tally_top(const struct tally *tally, struct loan_rank *out_ranks, size_t max);

#endif
