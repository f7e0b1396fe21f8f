/*
 * pack_sort.h — two ways to put an index's keys in order. Numbers: a key and its row's id side by side in 64 bits, in
 * place. Records: anything else, compared; 32 bytes a key and the record. Keeps the order of equals and costs one pass
 * over what is in order already.
 */
#ifndef CARREL_DB_PACK_SORT_H
#define CARREL_DB_PACK_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "db/pack_record.h"

/* Fewer than 2^32, in ascending order; besides these it needs room for the largest of 2,048 parts of their span. */
void sort_numbers(uint64_t *numbers, size_t count);

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
