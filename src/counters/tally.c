/*
 * tally.c — counting by id, and the packed form. Reading it is what a dashboard over ten years waits for:
 * five million records in 120 months, so one-byte numbers have a short way through.
 */
#include "counters/tally.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define NUMBER_BYTES_MAX 10 /* of a 64-bit number, seven bits in each byte */
#define AT_ONCE 4           /* records of two bytes each at most: a word */
#define SHORT_STEP_MAX 63
#define IDS_OF_A_WORD 64                          /* of `met` */
#define LONG_NUMBERS UINT64_C(0x8080808080808080) /* bytes that another one continues */

static size_t met_words(const struct tally *tally)
{
    return (tally->size + IDS_OF_A_WORD - 1) / IDS_OF_A_WORD;
}

struct tally tally_new(struct arena *arena, int64_t largest_id)
{
    struct tally tally = {.size = (size_t)largest_id + 1};

    assert(largest_id >= 0);
    tally.counts = calloc(met_words(&tally) * IDS_OF_A_WORD, sizeof *tally.counts);
    tally.met = calloc(met_words(&tally), sizeof *tally.met);
    if (!tally.counts || !tally.met)
        abort(); /* as the arena does: nothing acknowledged is lost */
    arena_defer(arena, free, tally.counts);
    arena_defer(arena, free, tally.met);
    return tally;
}

/* The first id of a word of `met` that is not empty. */
static inline size_t first_met(const struct tally *tally, size_t word)
{
    return word * IDS_OF_A_WORD + (size_t)__builtin_ctzll(tally->met[word]);
}

/* The first id from *id on that has a count. */
static bool next_counted(const struct tally *tally, size_t *id)
{
    uint64_t from = UINT64_MAX << *id % IDS_OF_A_WORD;

    for (size_t word = *id / IDS_OF_A_WORD; word < met_words(tally); word++, from = UINT64_MAX)
        for (uint64_t bits = tally->met[word] & from; bits; bits &= bits - 1) {
            *id = word * IDS_OF_A_WORD + (size_t)__builtin_ctzll(bits);
            if (tally->counts[*id])
                return true;
        }
    return false;
}

void tally_clear(struct tally *tally)
{
    for (size_t word = 0; word < met_words(tally); word++)
        for (; tally->met[word]; tally->met[word] &= tally->met[word] - 1)
            tally->counts[first_met(tally, word)] = 0;
    tally->most = 0;
}

bool tally_add(struct tally *tally, int64_t id, uint32_t count)
{
    if (!tally->counts)
        return true;
    if (id < 0 || (uint64_t)id >= tally->size)
        return false;
    tally->most += tally->counts[id] == 0;
    tally->counts[id] += count;
    tally->met[(size_t)id / IDS_OF_A_WORD] |= UINT64_C(1) << (size_t)id % IDS_OF_A_WORD;
    return true;
}

void tally_merge(struct tally *tally, const struct tally *other)
{
    assert(tally->size == other->size);
    for (size_t id = 0; next_counted(other, &id); id++)
        tally_add(tally, (int64_t)id, other->counts[id]);
}

int64_t tally_records(const struct tally *tally)
{
    int64_t records = 0;

    for (size_t id = 0; next_counted(tally, &id); id++)
        records++;
    return records;
}

int64_t tally_total(const struct tally *tally)
{
    int64_t total = 0;

    for (size_t id = 0; next_counted(tally, &id); id++)
        total += tally->counts[id];
    return total;
}

static uint8_t *write_number(uint8_t *at, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        *at++ = (uint8_t)(number | 0x80);
    *at++ = (uint8_t)number;
    return at;
}

const uint8_t *tally_pack(const struct tally *tally, struct arena *arena, size_t *out_length)
{
    size_t most = tally->most < tally->size ? tally->most : tally->size;
    uint8_t *bytes = arena_alloc(arena, most * NUMBER_BYTES_MAX + 1);
    uint8_t *at = bytes;
    size_t before = 0;

    for (size_t id = 0; next_counted(tally, &id); id++) {
        uint32_t count = tally->counts[id];
        at = write_number(at, (uint64_t)(id - before) << 1 | (count > 1));
        if (count > 1)
            at = write_number(at, count);
        before = id;
    }
    *out_length = (size_t)(at - bytes);
    return bytes;
}

/* NULL when the bytes end in the middle of a number. */
static const uint8_t *read_long_number(const uint8_t *at, const uint8_t *end, uint64_t *out_number)
{
    uint64_t number = 0;

    for (unsigned shift = 0; at < end && shift < 63; shift += 7) {
        number |= (uint64_t)(*at & 0x7f) << shift;
        if ((*at++ & 0x80) == 0) {
            *out_number = number;
            return at;
        }
    }
    return NULL;
}

static inline const uint8_t *read_number(const uint8_t *at, const uint8_t *end, uint64_t *out_number)
{
    if (at < end && *at < 0x80) {
        *out_number = *at;
        return at + 1;
    }
    return read_long_number(at, end, out_number);
}

/*
 * AT_ONCE records from eight bytes that are one number each, without a branch and from one register: whether a
 * count follows is as good as random, and a guess that fails costs more than all the rest.
 */
static inline size_t add_short(uint32_t *counts, uint64_t *id, uint64_t bytes)
{
    size_t used = 0;

    for (int i = 0; i < AT_ONCE; i++) {
        uint64_t has_count = bytes & 1;
        uint64_t count = bytes >> 8 & 0x7f;
        *id += bytes >> 1 & 0x3f;
        counts[*id] += (uint32_t)(1 + ((count - 1) & (0 - has_count)));
        bytes >>= 8 << has_count;
        used += (size_t)(1 + has_count);
    }
    return used;
}

/* One record of any length; NULL: it is none. */
static inline const uint8_t *add_record(struct tally *tally, uint64_t *id, const uint8_t *at,
                                        const uint8_t *end)
{
    uint64_t step;
    uint64_t count = 1;

    at = read_number(at, end, &step);
    if (at && (step & 1))
        at = read_number(at, end, &count);
    if (!at || step >> 1 >= tally->size - *id)
        return NULL;
    *id += step >> 1;
    tally->counts[*id] += (uint32_t)count;
    return at;
}

bool tally_add_packed(struct tally *tally, const uint8_t *bytes, size_t length)
{
    const uint8_t *at = bytes;
    const uint8_t *end = bytes + length;
    uint64_t id = 0;

    if (length == 0) /* a period whose loans name no member any more; the bytes are NULL then */
        return true;
    if (tally->counts) /* noting each one would take longer than counting it */
        memset(tally->met, UINT8_MAX, met_words(tally) * sizeof *tally->met);
    tally->most += length; /* a record has one byte at least */
    while (tally->counts && at && at < end) {
        uint64_t word = LONG_NUMBERS;
        if (end - at >= (ptrdiff_t)sizeof word)
            memcpy(&word, at, sizeof word);
        if ((word & LONG_NUMBERS) == 0 && tally->size - id > AT_ONCE * SHORT_STEP_MAX)
            at += add_short(tally->counts, &id, le64toh(word));
        else
            at = add_record(tally, &id, at, end);
    }
    return at != NULL;
}

/* Writes the records of a packed tally again, with other counts and one more among them. */
struct repacking {
    uint8_t *at;
    uint64_t before; /* the id that was written last */
};

static void write_record(struct repacking *out, uint64_t id, uint64_t count)
{
    if (count == 0)
        return;
    out->at = write_number(out->at, (id - out->before) << 1 | (count > 1));
    if (count > 1)
        out->at = write_number(out->at, count);
    out->before = id;
}

const uint8_t *tally_move_packed(struct arena *arena, const uint8_t *bytes, size_t length, int64_t from,
                                 int64_t to, uint64_t count, size_t *out_length)
{
    uint8_t *packed = arena_alloc(arena, length + (size_t)4 * NUMBER_BYTES_MAX);
    struct repacking out = {.at = packed};
    const uint8_t *at = bytes;
    const uint8_t *end = bytes ? bytes + length : NULL;
    uint64_t id = 0;
    uint64_t left = count; /* to be taken from the one, then given to the other */
    bool given = false;

    while (at < end) {
        uint64_t step;
        uint64_t times = 1;
        at = read_number(at, end, &step);
        if (at && (step & 1))
            at = read_number(at, end, &times);
        if (!at)
            return NULL;
        id += step >> 1;
        if (!given && id >= (uint64_t)to) {
            given = true;
            if (id != (uint64_t)to)
                write_record(&out, (uint64_t)to, count);
            else
                times += count;
        }
        if (id == (uint64_t)from && times >= left) {
            times -= left;
            left = 0;
        }
        write_record(&out, id, times);
    }
    if (!given)
        write_record(&out, (uint64_t)to, count);
    *out_length = (size_t)(out.at - packed);
    return left == 0 ? packed : NULL;
}

bool tally_print_packed(const uint8_t *bytes, size_t length, uint64_t *out_print, int64_t *out_records)
{
    const uint8_t *at = bytes;
    const uint8_t *end = bytes ? bytes + length : NULL;
    uint64_t print = 0;
    uint64_t id = 0;
    int64_t records = 0;

    for (; at < end; records++) {
        uint64_t step;
        uint64_t count = 1;
        at = read_number(at, end, &step);
        if (at && (step & 1))
            at = read_number(at, end, &count);
        if (!at || (records > 0 && step >> 1 == 0))
            return false;
        id += step >> 1;
        print += count * tally_print((int64_t)id);
    }
    *out_print = print;
    *out_records = records;
    return true;
}

size_t tally_top(const struct tally *tally, struct loan_rank *out_ranks, size_t max)
{
    size_t count = 0;

    for (size_t id = 0; tally->counts && id < tally->size && max > 0; id++) {
        int64_t times = tally->counts[id];
        if (times == 0 || (count == max && times <= out_ranks[max - 1].count))
            continue;
        size_t place = count < max ? count++ : max - 1;
        for (; place > 0 && out_ranks[place - 1].count < times; place--)
            out_ranks[place] = out_ranks[place - 1];
        out_ranks[place] = (struct loan_rank){.id = (int64_t)id, .count = times};
    }
    return count;
}
