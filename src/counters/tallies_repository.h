/*
 * tallies_repository.h — the only writer of the table tally, and the loans that it sums.
 */
#ifndef CARREL_COUNTERS_TALLIES_REPOSITORY_H
#define CARREL_COUNTERS_TALLIES_REPOSITORY_H

#include "base/ctx.h"
#include "counters/counters.h"
#include "counters/tally.h"

/* How long a period is, longest first: each is made of those that follow it. */
enum tally_span { SPAN_MONTH, SPAN_DAY, SPAN_COUNT };

/* Of books and of members at once; one of the two may have no counts when nobody asks for it. */
struct tallies {
    struct tally of[COUNTED_COUNT];
};

struct period {
    int64_t first_day, last_day;
};

/* Room for every id there is; with `only`, for one of the two. */
enum error_kind tallies_repo_new(struct ctx *ctx, const enum counted *only,
                                 struct tallies *out_tallies) MUST_CHECK;

/* Adds the first packed period that lies within `within`, if there is one, and says which it was. */
enum error_kind tallies_repo_add_next(struct ctx *ctx, enum tally_span span, const struct period *within,
                                      struct tallies *sums, struct period *out_period,
                                      bool *out_found) MUST_CHECK;

/* The packed period that a day belongs to. */
enum error_kind tallies_repo_find(struct ctx *ctx, enum tally_span span, int64_t day,
                                  struct period *out_period, bool *out_found) MUST_CHECK;

/* Adds the loans made from one instant to another, both included. */
enum error_kind tallies_repo_add_loans(struct ctx *ctx, int64_t from, int64_t to,
                                       struct tallies *sums) MUST_CHECK;

/* Keeps a period, in place of what was kept for it. */
enum error_kind tallies_repo_put(struct ctx *ctx, enum tally_span span, const struct period *period,
                                 const struct tallies *sums) MUST_CHECK;
enum error_kind tallies_repo_remove(struct ctx *ctx, enum tally_span span, int64_t first_day) MUST_CHECK;
enum error_kind tallies_repo_clear(struct ctx *ctx) MUST_CHECK;

/* When the last loan of all was made. */
enum error_kind tallies_repo_last_borrow(struct ctx *ctx, int64_t *out_at, bool *out_found) MUST_CHECK;

/* From the first to the last day on which something was lent. */
enum error_kind tallies_repo_loan_days(struct ctx *ctx, struct period *out_days, bool *out_found) MUST_CHECK;

/* The days from `from` to before `before` that have loans and no packed day, latest first, at most `max`. */
enum error_kind tallies_repo_open_days(struct ctx *ctx, int64_t from, int64_t before, int64_t *out_days,
                                       size_t max, size_t *out_count) MUST_CHECK;

#endif
