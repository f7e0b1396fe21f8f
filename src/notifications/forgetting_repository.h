/*
 * forgetting_repository.h — notifications that stand in the way of what goes: of privacy, and of records that are removed.
 */
#ifndef CARREL_NOTIFICATIONS_FORGETTING_REPOSITORY_H
#define CARREL_NOTIFICATIONS_FORGETTING_REPOSITORY_H

#include "base/ctx.h"

/* They name nobody any more and say nothing; what has not gone yet is dropped. */
enum error_kind forgetting_repo_borrow(struct ctx *ctx, int64_t borrow_id) MUST_CHECK;
enum error_kind forgetting_repo_hold(struct ctx *ctx, int64_t hold_id) MUST_CHECK;

/* A place among all notifications, oldest first; {0}: before them. */
struct notices_place {
    int64_t at, id;
};

/*
 * The same of those about a title that no loan and no hold stands behind: of the next `max` that were made before that
 * instant, from a place on that it moves.
 */
enum error_kind forgetting_repo_titles(struct ctx *ctx, int64_t before, size_t max,
                                       struct notices_place *io_place, int64_t *out_forgotten,
                                       bool *out_more) MUST_CHECK;

/* The record goes as if it had never been there. */
enum error_kind forgetting_repo_book_removed(struct ctx *ctx, int64_t book_id) MUST_CHECK;
enum error_kind forgetting_repo_borrow_removed(struct ctx *ctx, int64_t borrow_id) MUST_CHECK;
enum error_kind forgetting_repo_member_removed(struct ctx *ctx, int64_t member_id,
                                               int64_t *out_removed) MUST_CHECK;

#endif
