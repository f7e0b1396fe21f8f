/*
 * analytics_repository.h — figures as SQL. Reads any table, writes none; favourites come from
 * counters/tallies_service.h and only get their names here.
 */
#ifndef CARREL_ANALYTICS_ANALYTICS_REPOSITORY_H
#define CARREL_ANALYTICS_ANALYTICS_REPOSITORY_H

#include "analytics/analytics.h"
#include "base/ctx.h"

/* Open loans past due at `now`, by the instant they were due: calls each() once for each such instant. */
enum error_kind analytics_repo_overdue(struct ctx *ctx, int64_t now,
                                       void (*each)(void *argument, int64_t due_at, int64_t count),
                                       void *argument) MUST_CHECK;

/* Fills the days of out->range that have figures; the others stay as they are. */
enum error_kind analytics_repo_days(struct ctx *ctx, struct trends *out_trends) MUST_CHECK;

enum error_kind analytics_repo_name_book(struct ctx *ctx, int64_t id, struct favourite_book *out) MUST_CHECK;
enum error_kind analytics_repo_name_member(struct ctx *ctx, int64_t id,
                                           struct favourite_member *out) MUST_CHECK;

/* The last loans, and the last returns, latest first. */
enum error_kind analytics_repo_activity(struct ctx *ctx, bool returns, size_t max,
                                        struct activities *out) MUST_CHECK;

enum error_kind analytics_repo_durations_of_book(struct ctx *ctx, int64_t book_id,
                                                 struct durations *out) MUST_CHECK;
enum error_kind analytics_repo_durations_of_member(struct ctx *ctx, int64_t member_id,
                                                   struct durations *out) MUST_CHECK;

/* The author whose books the member borrowed most; of equals the first by name. NULL: no loans. */
enum error_kind analytics_repo_favourite_author(struct ctx *ctx, int64_t member_id,
                                                const char **out_author) MUST_CHECK;
enum error_kind analytics_repo_loans_between(struct ctx *ctx, int64_t member_id, int64_t from, int64_t to,
                                             int64_t *out_count) MUST_CHECK;
enum error_kind analytics_repo_first_loan(struct ctx *ctx, int64_t member_id, int64_t *out_at) MUST_CHECK;

#endif
