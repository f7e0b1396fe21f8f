/*
 * loan_index.h — which loans there are, and whose: kept by the check that reads them all, for the checks of what names
 * loans (charges, renewals), which would have to look each of them up.
 *
 * Memory is malloc's: eight bytes and a bit for each loan.
 */
#ifndef CARREL_COUNTERS_LOAN_INDEX_H
#define CARREL_COUNTERS_LOAN_INDEX_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/id_index.h"

struct loan_index {
    struct id_index ids;
    int64_t *members; /* by place; NO_NUMBER: forgotten */
};

void loan_index_init(struct loan_index *index, const struct id_range *range);
void loan_index_release(struct loan_index *index);

/* The next loan by id. False: it is not in the range, or one more than was announced. */
bool loan_index_add(struct loan_index *index, int64_t id, int64_t member_id);

/* Whose loan it is; NO_NUMBER: of nobody any more, or there is no such loan. */
static inline int64_t loan_index_member(const struct loan_index *index, int64_t id)
{
    size_t place = id_index_place(&index->ids, id);

    return place == ID_NOWHERE ? NO_NUMBER : index->members[place];
}

#endif
