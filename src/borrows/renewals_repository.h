/*
 * renewals_repository.h — the only writer of `renewal`, and of what a renewal changes in `borrow`.
 */
#ifndef CARREL_BORROWS_RENEWALS_REPOSITORY_H
#define CARREL_BORROWS_RENEWALS_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"
#include "base/listing.h"
#include "borrows/borrows.h"

struct new_renewal {
    int64_t borrow_id;
    int32_t due_day_before, due_day_after;
    int64_t due_at;      /* the end of the new due day */
    int64_t fine;        /* what the term that ended had cost */
    int64_t fine_before; /* what all terms so far have cost */
    const char *way;     /* "desk", "reader", "automatic" */
};

/* The row, and the loan's new due day; its reader is no longer urged. */
enum error_kind renewals_repo_insert(struct ctx *ctx, const struct new_renewal *renewal) MUST_CHECK;

/* At most `max` loans that are due on this day, in the order of (due_at, id), past this one. */
enum error_kind renewals_repo_due(struct ctx *ctx, int32_t day, int64_t after_due_at, int64_t after_id,
                                  size_t max, struct borrow *out_borrows, size_t *out_count) MUST_CHECK;

/* Renewals after an instant: when it was due before them (NO_NUMBER: there are none), and what they had cost. */
enum error_kind renewals_repo_since(struct ctx *ctx, int64_t borrow_id, int64_t at, int64_t *out_due_day,
                                    int64_t *out_fine) MUST_CHECK;

enum error_kind renewals_repo_list(struct ctx *ctx, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;

#endif
