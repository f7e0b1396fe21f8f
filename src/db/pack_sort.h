/*
 * pack_sort.h — two ways to put an index's keys in order. Both keep the order of equals and cost one pass over
 * what is in order already.
 *
 * Numbers: keys whose columns (numbers, few short words) fit side by side into 64 bits, smallest column last; 12 bytes a key, and 12 more
 * while sorting. Records: anything else, compared; 32 bytes a key and the record.
 */
#ifndef CARREL_DB_PACK_SORT_H
#define CARREL_DB_PACK_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "db/pack_record.h"

struct number_keys {
    uint64_t *keys;
    uint32_t *rowids;
    size_t count, room;
};

/* Room for exactly so many. */
void number_keys_init(struct number_keys *numbers, size_t room);
void number_keys_sort(struct number_keys *numbers);
void number_keys_release(struct number_keys *numbers);

struct record_key {
    uint64_t prefix;      /* orders as the first value does, as far as 8 bytes tell */
    const uint8_t *bytes; /* a record; its length before it */
};

struct record_block;

struct record_keys {
    struct record_key *keys;
    size_t count, room;
    struct record_block *blocks; /* where the records lie, newest first */
};

/* Begin with {0}. Copies the record; `first` is its first value. */
void record_keys_add(struct record_keys *records, const struct record *record,
                     const struct load_value *first);
void record_keys_sort(struct record_keys *records);
size_t record_key_length(const struct record_key *key);
void record_keys_release(struct record_keys *records);

#endif
