/*
 * row_set.h — some rows of a table, by internal id: one bit for each id that there is, and how many are set.
 *
 * Internal ids are small numbers without many gaps (they count up from 1), so 200,000 rows take 25 KB: a set
 * lives in the request's arena. Who finds rows outside SQL (books/book_index.h) hands one to db/list, which
 * pages through it in any order.
 */
#ifndef CARREL_BASE_ROW_SET_H
#define CARREL_BASE_ROW_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define ROW_SET_WORD 64

struct row_set;

/* A page of a sorted list: after this row, or from the start. */
struct row_page {
    const char *sort; /* the sort's name */
    bool descending;  /* as it is walked */
    bool after;       /* there is a row it comes after … */
    const char *text; /* … whose sort value is this, or `number`, … */
    int64_t number;
    int64_t id;   /* … and whose id is this */
    int64_t rows; /* of the page */
};

/*
 * Those rows of the set that may stand on the page, all that do among them; *out_all says whether what comes
 * after them is among them too, to the last. NULL: it does not know this sort.
 */
typedef const struct row_set *row_set_narrow(const struct row_set *set, struct arena *arena,
                                             const struct row_page *page, bool *out_all);

struct row_set {
    uint64_t *words;
    int64_t end;            /* ids from 0 to below this one may be in it */
    int64_t count;          /* ids in it */
    int64_t of;             /* rows it was chosen from, for estimates */
    row_set_narrow *narrow; /* NULL: all that is known are the ids */
    void *finder;           /* what narrow() asks */
};

static inline size_t row_set_words(int64_t end)
{
    return (size_t)((end + ROW_SET_WORD - 1) / ROW_SET_WORD);
}

/* An empty set in the arena. */
static inline struct row_set row_set_new(struct arena *arena, int64_t end)
{
    return (struct row_set){.words = arena_alloc_array(arena, row_set_words(end) + 1, sizeof(uint64_t)),
                            .end = end};
}

static inline bool row_set_has(const struct row_set *set, int64_t id)
{
    return id >= 0 && id < set->end && (set->words[id / ROW_SET_WORD] >> (id % ROW_SET_WORD) & 1);
}

/* `id` must be below set->end, and not in it yet. */
static inline void row_set_add(struct row_set *set, int64_t id)
{
    set->words[id / ROW_SET_WORD] |= (uint64_t)1 << (id % ROW_SET_WORD);
    set->count++;
}

/* The first id that is `from` or greater; -1: there is none. */
static inline int64_t row_set_next(const struct row_set *set, int64_t from)
{
    size_t count = row_set_words(set->end);

    if (from >= set->end)
        return -1;
    size_t at = (size_t)(from / ROW_SET_WORD);
    uint64_t word = set->words[at] & ~(uint64_t)0 << (from % ROW_SET_WORD);
    while (word == 0 && ++at < count)
        word = set->words[at];
    return word == 0 ? -1 : (int64_t)at * ROW_SET_WORD + __builtin_ctzll(word);
}

/* The last id below `end`; -1: there is none. */
static inline int64_t row_set_before(const struct row_set *set, int64_t end)
{
    if (end <= 0 || set->end == 0)
        return -1;
    int64_t last = (end < set->end ? end : set->end) - 1;
    int64_t at = last / ROW_SET_WORD;
    uint64_t word = set->words[at] & ~(uint64_t)0 >> (ROW_SET_WORD - 1 - last % ROW_SET_WORD);
    while (word == 0 && --at >= 0)
        word = set->words[at];
    return word == 0 ? -1 : at * ROW_SET_WORD + ROW_SET_WORD - 1 - __builtin_clzll(word);
}

#endif
