/*
 * pack_sort.c — numbers are dealt out to as many parts as a cache takes in its stride, and each part is sorted where it
 * fits a cache as a whole. Records are compared: most of what is sorted so is almost in order already.
 */
#include "db/pack_sort.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PART_BITS 11
#define PARTS (1 << PART_BITS)
#define DIGIT_BITS 8
#define DIGITS (1 << DIGIT_BITS)
#define FEW_NUMBERS 48 /* sorted by inserting */
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

static void insert_numbers(uint64_t *numbers, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t number = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

/* Stable: what is equal in this digit keeps its order, so that the lower digits count. */
static void sort_by_digit(const uint64_t *from, uint64_t *to, size_t count, int shift)
{
    size_t places[DIGITS] = {0}, place = 0;

    for (size_t i = 0; i < count; i++)
        places[from[i] >> shift & (DIGITS - 1)]++;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        size_t numbers = places[digit];
        places[digit] = place;
        place += numbers;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

/* By the lowest bits, digit after digit. */
static void sort_part(uint64_t *numbers, uint64_t *spare, size_t count, int bits)
{
    uint64_t *from = numbers, *to = spare;

    if (count <= FEW_NUMBERS) {
        insert_numbers(numbers, count);
        return;
    }
    for (int shift = 0; shift < bits; shift += DIGIT_BITS) {
        sort_by_digit(from, to, count, shift);
        uint64_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != numbers)
        memcpy(numbers, from, count * sizeof *numbers);
}

/* Each number goes to its part, and the one that is there goes to its own in turn. */
static void deal_out(uint64_t *numbers, uint32_t *heads, const uint32_t *ends, int shift)
{
    for (size_t part = 0; part < PARTS; part++)
        while (heads[part] < ends[part]) {
            uint64_t number = numbers[heads[part]];
            for (size_t home; (home = number >> shift & (PARTS - 1)) != part;) {
                uint64_t there = numbers[heads[home]];
                numbers[heads[home]++] = number;
                number = there;
            }
            numbers[heads[part]++] = number;
        }
}

void sort_numbers(uint64_t *numbers, size_t count)
{
    uint32_t heads[PARTS] = {0}, ends[PARTS], end = 0, largest = 0;
    uint64_t used = 0;

    assert(count <= UINT32_MAX);
    for (size_t i = 0; i < count; i++)
        used |= numbers[i];
    int bits = used ? 64 - __builtin_clzll(used) : 0;
    int shift = bits > PART_BITS ? bits - PART_BITS : 0;
    for (size_t i = 0; i < count; i++)
        heads[numbers[i] >> shift]++;
    for (size_t part = 0; part < PARTS; part++) {
        uint32_t size = heads[part];
        heads[part] = end;
        ends[part] = end += size;
        largest = size > largest ? size : largest;
    }
    deal_out(numbers, heads, ends, shift);
    uint64_t *spare = room_for(largest, sizeof *spare);
    for (size_t part = 0, from = 0; part < PARTS; from = ends[part++])
        sort_part(&numbers[from], spare, ends[part] - from, shift);
    free(spare);
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
