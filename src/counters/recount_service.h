/*
 * recount_service.h — counters of titles whose facts went from one to another: a merge of two records.
 */
#ifndef CARREL_COUNTERS_RECOUNT_SERVICE_H
#define CARREL_COUNTERS_RECOUNT_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"

/*
 * Copies, loans or holds of this title came from another one or went to it, and their rows say so already: its
 * counters are counted anew, and with them COUNTER_BOOKS_LOW, _OUT and _UNLENT. To be called for both titles.
 * Ratings are kept by who moves reviews.
 */
enum error_kind recount_book(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/* Loans made on one day. */
struct loans_of_day {
    int64_t day;
    int64_t loans;
};

/*
 * Loans of `from` are now loans of `to`, so many of each of these days (in order, each day once): what is packed of their
 * periods (tallies_service.h) says so from now on. LIBRARY_DAMAGED when `from` is not packed as often.
 */
enum error_kind recount_moved_loans(struct ctx *ctx, const struct loans_of_day *days, size_t count,
                                    int64_t from_book, int64_t to_book) MUST_CHECK;

#endif
