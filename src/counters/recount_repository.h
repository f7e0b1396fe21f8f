/*
 * recount_repository.h — what one title's facts add up to now.
 */
#ifndef CARREL_COUNTERS_RECOUNT_REPOSITORY_H
#define CARREL_COUNTERS_RECOUNT_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"

/* Writes the title's counters as counting its copies, loans and holds gives them, all by index. */
enum error_kind recount_repo_book(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/*
 * The packed period of a span ("day", "month") that a day belongs to: its titles, in the arena. And these written
 * anew, its members as they are.
 */
struct packed_books {
    int64_t first_day, last_day;
    const void *bytes;
    size_t length;
};
enum error_kind recount_repo_period(struct ctx *ctx, const char *span, int64_t day,
                                    struct packed_books *out_period, bool *out_found) MUST_CHECK;
enum error_kind recount_repo_put_period(struct ctx *ctx, const char *span,
                                        const struct packed_books *period) MUST_CHECK;

#endif
