/*
 * list_internal.h — what list.c, list_sql.c and list_served.c share: the shapes, for them and for the tests that
 * look at their plans (tests/unit/test_statements.c, test_lists.c).
 */
#ifndef CARREL_DB_LIST_INTERNAL_H
#define CARREL_DB_LIST_INTERNAL_H

#include <stdint.h>

#include "base/listing.h"

struct ctx;

/* What the statement is for. */
enum purpose { PAGE, COUNT, ONE, LOCATE };

/* A shape: bits 0–1 purpose, 2–8 as named, 9–12 sort, then 3 bits for each filter. */
#define SHAPE_DESCENDING (1u << 2)
#define SHAPE_SEARCH (1u << 3)
#define SHAPE_TIES (1u << 4)     /* what has the neighbour's sort value, past its id … */
#define SHAPE_BEYOND (1u << 5)   /* … and what has another one, past that */
#define SHAPE_WALK (1u << 6)     /* `search_walked` in place of `search` */
#define SHAPE_WALK_SET (1u << 7) /* rows of a set: the order's index is walked, others are left out … */
#define SHAPE_SORT_SET (1u << 8) /* … or the set's own rows are looked up and sorted */
#define SHAPE_SORT_AT 9
#define SHAPE_FILTERS_AT 13
#define SHAPE_FILTER_BITS 3

/* The statement of a listing (`key`) in one shape, in the arena. */
const char *list_sql(struct ctx *ctx, const void *key, uint64_t shape);

/* False: sorted by the very id that a cursor names, so that no other row has its place. */
bool list_may_tie(const struct listing *listing, const struct list_sort *sort);

/* 0: the filter is not given; of a choice, which one from 1; of a text with choices, from 2. */
unsigned list_filter_state(uint64_t shape, size_t index);

/* The choice that a state stands for; NULL: none. */
const char *list_filter_choice(const struct list_filter *filter, unsigned state);

/* The listing's entries, or the one that every listing has; end with one without filters. */
const struct list_served *list_served_entries(const struct listing *listing);

/* The entry by which pages of the shape are found; the one that tells its total. NULL: none. */
const struct list_served *list_served_by(const struct listing *listing, uint64_t shape);
const struct list_served *list_served_total(const struct listing *listing, uint64_t shape);

/* "Leave out from and to, and sort by borrowed_at.": what would be served. */
const char *list_advice(struct ctx *ctx, const struct listing *listing, uint64_t shape);

#endif
