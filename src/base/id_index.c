/*
 * id_index.c — the two ways of keeping ids, and which of them a table gets.
 */
#include "base/id_index.h"

#include <stdlib.h>

#define GAPS_MAX 1024 /* beside as many gaps as there are ids: still an array rather than a list */

void id_index_init(struct id_index *index, int64_t first, int64_t last, size_t count)
{
    uint64_t span = (uint64_t)last - (uint64_t)first;

    *index = (struct id_index){.first = first, .max = count};
    if (count > 0 && span < (uint64_t)count * 2 + GAPS_MAX) {
        index->places = (size_t)span + 1;
        index->present = calloc(index->places / 8 + 1, 1);
    } else {
        index->places = count;
        index->ids = calloc(count + 1, sizeof *index->ids);
    }
    if (!index->present && !index->ids)
        abort(); /* as the arena does */
}

void id_index_release(struct id_index *index)
{
    free(index->present);
    free(index->ids);
    *index = (struct id_index){0};
}

size_t id_index_add(struct id_index *index, int64_t id)
{
    size_t place = index->count;

    if (index->count == index->max || id < index->first)
        return ID_NOWHERE;
    if (index->present) {
        uint64_t distance = (uint64_t)id - (uint64_t)index->first;
        if (distance >= index->places)
            return ID_NOWHERE;
        place = (size_t)distance;
        index->present[place / 8] |= (uint8_t)(1u << place % 8);
    } else {
        if (place > 0 && index->ids[place - 1] >= id)
            return ID_NOWHERE;
        index->ids[place] = id;
    }
    index->count++;
    return place;
}

size_t id_index_search(const struct id_index *index, int64_t id)
{
    size_t low = 0;
    size_t high = index->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < index->count && index->ids[low] == id ? low : ID_NOWHERE;
}
