/*
 * pack_sort.c — most of what is sorted here is almost in order already: loans by their return, copies by their title.
 */
#include "db/pack_sort.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define DIGITS (1 << DIGIT_BITS)
#define BLOCK_BYTES ((size_t)1024 * 1024)
#define SHORT_RUN 8 /* sorted by inserting */

static void *room_for(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        abort();
    return memory;
}

/* ---- numbers ----------------------------------------------------------------------------------------------- */

void number_keys_init(struct number_keys *numbers, size_t room)
{
    *numbers = (struct number_keys){room_for(room, sizeof *numbers->keys),
                                    room_for(room, sizeof *numbers->rowids), 0, room};
}

/* Is each key's part in these lowest bits not below that of the key before? */
static bool are_in_order(const struct number_keys *numbers, int bits)
{
    uint64_t mask = UINT64_MAX >> (64 - bits);

    for (size_t i = 1; i < numbers->count; i++)
        if ((numbers->keys[i - 1] & mask) > (numbers->keys[i] & mask))
            return false;
    return true;
}

/*
 * How many of the lowest bits are in order as they are: loans come in order of time, whatever their title. Each
 * number of bits is looked at from the beginning: what is in order in many need not be so in fewer.
 */
static int bits_in_order(const struct number_keys *numbers, uint64_t used)
{
    int bits = used ? 64 - __builtin_clzll(used) : 0;

    while (bits > 0 && !are_in_order(numbers, bits))
        bits--;
    return bits;
}

/* Stable: what is equal in this digit keeps its order, so that the lower digits count. */
static void sort_by_digit(const struct number_keys *from, struct number_keys *to, int shift)
{
    size_t places[DIGITS] = {0}, place = 0;

    for (size_t i = 0; i < from->count; i++)
        places[from->keys[i] >> shift & (DIGITS - 1)]++;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        size_t count = places[digit];
        places[digit] = place;
        place += count;
    }
    for (size_t i = 0; i < from->count; i++) {
        size_t at = places[from->keys[i] >> shift & (DIGITS - 1)]++;
        to->keys[at] = from->keys[i];
        to->rowids[at] = from->rowids[i];
    }
}

void number_keys_sort(struct number_keys *numbers)
{
    struct number_keys other;
    uint64_t used = 0;

    for (size_t i = 0; i < numbers->count; i++)
        used |= numbers->keys[i];
    int shift = bits_in_order(numbers, used);
    if (used == 0 || shift >= 64 || used >> shift == 0)
        return;
    number_keys_init(&other, numbers->count);
    other.count = numbers->count;
    for (; shift < 64 && used >> shift; shift += DIGIT_BITS) {
        sort_by_digit(numbers, &other, shift);
        struct number_keys sorted = other;
        other = *numbers;
        *numbers = sorted;
    }
    number_keys_release(&other);
}

void number_keys_release(struct number_keys *numbers)
{
    free(numbers->keys);
    free(numbers->rowids);
    *numbers = (struct number_keys){0};
}

/* ---- records ----------------------------------------------------------------------------------------------- */

struct record_block {
    struct record_block *older;
    size_t used, room;
    uint8_t bytes[];
};

static uint8_t *take(struct record_keys *records, size_t length)
{
    struct record_block *block = records->blocks;

    if (!block || block->room - block->used < length) {
        size_t room = length > BLOCK_BYTES ? length : BLOCK_BYTES;
        block = malloc(sizeof *block + room);
        if (!block)
            abort();
        block->older = records->blocks;
        block->used = 0;
        block->room = room;
        records->blocks = block;
    }
    uint8_t *taken = &block->bytes[block->used];
    block->used += length;
    return taken;
}

/* All first values of an index have the type of their column, or are NULL, which ties with the smallest. */
static uint64_t prefix_of(const struct load_value *value)
{
    uint64_t prefix = 0;

    if (value->type == LOAD_INT)
        return (uint64_t)value->as.number ^ (UINT64_C(1) << 63);
    for (int i = 0; i < 8 && value->type != LOAD_NULL; i++)
        prefix = prefix << 8 | (i < value->length ? ((const uint8_t *)value->as.bytes)[i] : 0);
    return prefix;
}

void record_keys_add(struct record_keys *records, const struct record *record, const struct load_value *first)
{
    uint32_t length = (uint32_t)record->length;

    if (records->count == records->room) {
        records->room = records->room ? records->room * 2 : 1024;
        records->keys = realloc(records->keys, records->room * sizeof *records->keys);
        if (!records->keys)
            abort();
    }
    uint8_t *bytes = take(records, sizeof length + length);
    memcpy(bytes, &length, sizeof length);
    memcpy(bytes + sizeof length, record->bytes, length);
    records->keys[records->count++] = (struct record_key){prefix_of(first), bytes + sizeof length};
}

size_t record_key_length(const struct record_key *key)
{
    uint32_t length;

    memcpy(&length, key->bytes - sizeof length, sizeof length);
    return length;
}

static bool in_order(const struct record_key *left, const struct record_key *right)
{
    size_t alike;

    if (left->prefix != right->prefix)
        return left->prefix < right->prefix;
    return record_compare(left->bytes, right->bytes, &alike) <= 0;
}

static void insert_run(struct record_key *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct record_key key = keys[i];
        size_t at = i;
        for (; at > 0 && !in_order(&keys[at - 1], &key); at--)
            keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

/* Two runs side by side, `left` and `count - left` keys long, into one. */
static void merge(struct record_key *keys, size_t left, size_t count, struct record_key *spare)
{
    size_t from_left = 0, from_right = left, to = 0;

    if (in_order(&keys[left - 1], &keys[left]))
        return;
    memcpy(spare, keys, left * sizeof *keys);
    while (from_left < left && from_right < count)
        keys[to++] = in_order(&spare[from_left], &keys[from_right]) ? spare[from_left++] : keys[from_right++];
    while (from_left < left)
        keys[to++] = spare[from_left++];
}

void record_keys_sort(struct record_keys *records)
{
    size_t count = records->count;
    struct record_key *spare = room_for(count, sizeof *spare);

    for (size_t at = 0; at < count; at += SHORT_RUN)
        insert_run(&records->keys[at], count - at < SHORT_RUN ? count - at : SHORT_RUN);
    for (size_t run = SHORT_RUN; run < count; run *= 2)
        for (size_t at = 0; at + run < count; at += 2 * run)
            merge(&records->keys[at], run, count - at < 2 * run ? count - at : 2 * run, spare);
    free(spare);
}

void record_keys_release(struct record_keys *records)
{
    while (records->blocks) {
        struct record_block *older = records->blocks->older;
        free(records->blocks);
        records->blocks = older;
    }
    free(records->keys);
    *records = (struct record_keys){0};
}
