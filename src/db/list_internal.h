/*
 * list_internal.h — what the files of the list engine share: list_question.c reads what was asked, list_set.c finds
 * rows outside SQL, list_served.c knows what is served from an index, list_sql.c writes the SQL of a shape, list.c
 * runs it. Shapes are also for the tests that look at their plans (tests/unit/test_statements.c, test_lists.c).
 */
#ifndef CARREL_DB_LIST_INTERNAL_H
#define CARREL_DB_LIST_INTERNAL_H

#include <stdint.h>

#include "base/ctx.h"
#include "base/limits.h"
#include "base/listing.h"
#include "base/uuid.h"
#include "db/cursor.h"

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
#define SHAPE_SORTS 15u /* a mask: a listing has 16 sorts at most */
#define SHAPE_FILTERS_AT 13
#define SHAPE_FILTER_BITS 3

struct filter_value {
    const struct list_filter *filter;
    unsigned state; /* 0: absent; n: given, and for a choice the number of the choice from 1 */
    const char *text;
    int64_t number;
    struct uuid uuid;
    int32_t whole_day; /* of a from: the first day that lies in it wholly; of a to: the last */
};

/* A query that has been read and found good. */
struct question {
    const struct listing *listing;
    const struct list_sort *sort;
    bool descending;
    struct filter_value filters[LIST_FILTERS_MAX];
    size_t filter_count;
    const char *search; /* as a full-text query; NULL: none */
    bool matches_nothing;
    const struct row_set *set;      /* the rows that search and filters ask for; NULL: SQL finds them */
    const struct row_set *page_set; /* those of them that are sorted for the page */
    bool set_is_whole;              /* … and when they do not fill it, nothing else does */
    struct cursor cursor;           /* of use when has_cursor */
    bool has_cursor;
    int64_t cursor_id;
    uint64_t hash;
    uint64_t shape;
};

/* Reads and checks what was asked; on connection ctx->db, for a cursor's row is looked up. */
enum error_kind list_question_read(struct ctx *ctx, const struct listing *listing,
                                   const struct list_query *query, struct question *question) MUST_CHECK;

/* The filters for a list_finder, in the arena; *out_any: at least one is given. */
const struct list_given *list_given_filters(struct ctx *ctx, const struct question *question, bool *out_any);

/* Asks the listing's finder, where it has one and no index serves what is asked; its set takes the conditions' place. */
enum error_kind list_find_set(struct ctx *ctx, const struct list_query *query,
                              struct question *question) MUST_CHECK;

/* The statement of a listing (`key`) in one shape, in the arena. */
const char *list_sql(struct ctx *ctx, const void *key, uint64_t shape);

/* False: sorted by the very id that a cursor names, so that no other row has its place. */
bool list_may_tie(const struct listing *listing, const struct list_sort *sort);

/* The sort that a shape names. */
static inline const struct list_sort *list_shape_sort(const struct listing *listing, uint64_t shape)
{
    return &listing->sorts[shape >> SHAPE_SORT_AT & SHAPE_SORTS];
}

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
