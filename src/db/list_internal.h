/*
 * list_internal.h — the shapes of list.c, for the test that looks at their plans
 * (tests/unit/test_statements.c).
 */
#ifndef CARREL_DB_LIST_INTERNAL_H
#define CARREL_DB_LIST_INTERNAL_H

#include <stdint.h>

struct ctx;

/* What the statement is for. */
enum purpose { PAGE, COUNT, ONE, LOCATE };

/* A shape: bits 0–1 purpose, 2–5 as named, 8–11 sort, then 3 bits for each filter. */
#define SHAPE_DESCENDING (1u << 2)
#define SHAPE_SEARCH (1u << 3)
#define SHAPE_TIES (1u << 4)   /* what has the neighbour's sort value, past its id … */
#define SHAPE_BEYOND (1u << 5) /* … and what has another one, past that */
#define SHAPE_SORT_AT 8
#define SHAPE_FILTERS_AT 12
#define SHAPE_FILTER_BITS 3

/* The statement of a listing (`key`) in one shape, in the arena. */
const char *list_sql(struct ctx *ctx, const void *key, uint64_t shape);

#endif
