/*
 * loan_index.c — an array beside an id_index.
 */
#include "counters/loan_index.h"

#include <stdlib.h>

void loan_index_init(struct loan_index *index, const struct id_range *range)
{
    id_index_init(&index->ids, range->first, range->last, range->count);
    index->members = calloc(index->ids.places + 1, sizeof *index->members);
    if (!index->members)
        abort(); /* as the arena does */
}

void loan_index_release(struct loan_index *index)
{
    id_index_release(&index->ids);
    free(index->members);
    *index = (struct loan_index){0};
}

bool loan_index_add(struct loan_index *index, int64_t id, int64_t member_id)
{
    size_t place = id_index_add(&index->ids, id);

    if (place == ID_NOWHERE)
        return false;
    index->members[place] = member_id;
    return true;
}
