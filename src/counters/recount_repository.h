/*
 * recount_repository.h — what one title's facts add up to now.
 */
#ifndef CARREL_COUNTERS_RECOUNT_REPOSITORY_H
#define CARREL_COUNTERS_RECOUNT_REPOSITORY_H

#include "base/ctx.h"

/* Writes the title's counters as counting its copies, loans and holds gives them, all by index. */
enum error_kind recount_repo_book(struct ctx *ctx, int64_t book_id) MUST_CHECK;

#endif
