/*
 * id_index.h — a place for each id of a table, so that what is counted of its rows can stand in plain arrays.
 *
 * Ids run on almost without gaps, so a place is usually the id's distance from the first one. A file with a
 * strange id (one book 10^15) gets a sorted list instead, which is searched: slower, but never larger than
 * eight bytes a row.
 */
#ifndef CARREL_BASE_ID_INDEX_H
#define CARREL_BASE_ID_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ID_NOWHERE SIZE_MAX

/* From which id to which, and how many: all zero in an empty table. */
struct id_range {
    int64_t first, last;
    size_t count;
};

struct id_index {
    size_t places;    /* how many there are: the size of arrays beside it */
    int64_t first;    /* id of place 0 */
    uint8_t *present; /* a bit for each place; NULL when the ids are listed */
    int64_t *ids;     /* of each place, ascending; NULL when they run on */
    size_t count;     /* ids added */
    size_t max;       /* ids that there is room for */
};

/* Room for `count` ids from `first` to `last`. Its memory is malloc's: id_index_release(). */
void id_index_init(struct id_index *index, int64_t first, int64_t last, size_t count);
void id_index_release(struct id_index *index);

/* Adds the next id, ascending, and returns its place; ID_NOWHERE: one more than was announced, or another order. */
size_t id_index_add(struct id_index *index, int64_t id);

static inline int64_t id_index_id(const struct id_index *index, size_t place)
{
    return index->ids ? index->ids[place] : index->first + (int64_t)place;
}

/* In the list; for id_index_place(). */
size_t id_index_search(const struct id_index *index, int64_t id);

static inline bool id_index_has(const struct id_index *index, size_t place)
{
    return index->present ? index->present[place / 8] >> place % 8 & 1 : place < index->count;
}

/* The place of an id; ID_NOWHERE: no such row. */
static inline size_t id_index_place(const struct id_index *index, int64_t id)
{
    if (!index->present)
        return id_index_search(index, id);
    uint64_t place = (uint64_t)id - (uint64_t)index->first;
    return place < index->places && id_index_has(index, (size_t)place) ? (size_t)place : ID_NOWHERE;
}

/*
 * Has the array element of an id fetched from memory while something else is done. Rows of a large table name
 * others in no order, and waiting for each would take longer than reading them.
 */
static inline void id_index_fetch(const struct id_index *index, int64_t id, const void *array, size_t size)
{
    uint64_t place = (uint64_t)id - (uint64_t)index->first;

    if (index->present && place < index->places)
        __builtin_prefetch((const char *)array + (size_t)place * size, 1);
}

#endif
