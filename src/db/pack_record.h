/*
 * pack_record.h — rows as SQLite keeps them: https://www.sqlite.org/fileformat2.html#record_format.
 *
 * A record is a header (its own length, then one type for each value: varints) and the values one after the
 * other. Rows of tables and keys of indexes look alike.
 */
#ifndef CARREL_DB_PACK_RECORD_H
#define CARREL_DB_PACK_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "db/load.h"

#define VARINT_MAX 9

size_t varint_put_long(uint8_t *to, uint64_t value);
size_t varint_get_long(const uint8_t *from, uint64_t *out_value);

/* How many bytes it took: mostly one. */
static inline size_t varint_put(uint8_t *to, uint64_t value)
{
    if (value >= 0x80)
        return varint_put_long(to, value);
    *to = (uint8_t)value;
    return 1;
}

static inline size_t varint_length(uint64_t value)
{
    size_t bits = value < 0x80 ? 1 : 64 - (size_t)__builtin_clzll(value);

    return bits > 7 * (VARINT_MAX - 1) ? VARINT_MAX : (bits + 6) / 7;
}

/* Most are short, and there are a hundred million: no call for those. */
static inline void copy_bytes(uint8_t *to, const uint8_t *from, size_t length)
{
    if (length >= 16 && length <= 32) {
        memcpy(to + length - 16, from + length - 16, 16);
        memcpy(to, from, 16);
    } else if (length >= 8 && length < 16) {
        memcpy(to + length - 8, from + length - 8, 8);
        memcpy(to, from, 8);
    } else {
        memcpy(to, from, length);
    }
}

static inline size_t varint_get(const uint8_t *from, uint64_t *out_value)
{
    if (*from >= 0x80)
        return varint_get_long(from, out_value);
    *out_value = *from;
    return 1;
}

/* Bytes that grow; begin with {0}, end with record_release(). */
struct record {
    uint8_t *bytes;
    size_t length, room;
};

/* Writes the record of these values over what was there. */
void record_make(struct record *record, const struct load_value *values, size_t count);
void record_copy(struct record *record, const uint8_t *bytes, size_t length);
void record_release(struct record *record);

#define RECORD_ALL UINT64_MAX

/*
 * Of the first `count` values those whose bit of `wanted` is set, at their places in out_values; they go on pointing
 * into the bytes. Stepping over the others is most of what reading a table again costs. False: there are fewer, or it
 * is no record of ours.
 */
bool record_read(const uint8_t *bytes, size_t length, struct load_value *out_values, size_t count,
                 uint64_t wanted);

/* The order of an index without COLLATE and DESC: NULL, numbers, texts, blobs; texts by their bytes. */
int load_value_compare(const struct load_value *left, const struct load_value *right);

/* Of two records with equally many values; how many values at the beginning were the same and none NULL. */
int record_compare(const uint8_t *left, const uint8_t *right, size_t *out_alike);

#endif
