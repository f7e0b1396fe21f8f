/*
 * lending_repository.h — what the desk asks of the loans, and how they begin and end; no rules.
 */
#ifndef CARREL_BORROWS_LENDING_REPOSITORY_H
#define CARREL_BORROWS_LENDING_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "borrows/borrows.h"

enum error_kind lending_repo_insert(struct ctx *ctx, const struct new_borrow *borrow,
                                    int64_t *out_id) MUST_CHECK;

/* How a loan ended. */
struct borrow_end {
    int64_t at;
    int32_t day;
    int64_t fine;     /* what lateness cost in all */
    int64_t taken_by; /* audit_actor_id() */
    bool lost;
};
enum error_kind lending_repo_close(struct ctx *ctx, int64_t id, const struct borrow_end *end) MUST_CHECK;

enum error_kind lending_repo_find_open_of_copy(struct ctx *ctx, int64_t copy_id, struct borrow *out_borrow,
                                               bool *out_found) MUST_CHECK;
enum error_kind lending_repo_has_open_of_book(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                              bool *out_found) MUST_CHECK;

/* Its last loan, if that ended because it was lost. */
enum error_kind lending_repo_find_lost_of_copy(struct ctx *ctx, int64_t copy_id, struct borrow *out_borrow,
                                               bool *out_found) MUST_CHECK;

/* What a member has now: of one item type; at most `max` loans, soonest due first. */
enum error_kind lending_repo_count_open_of_type(struct ctx *ctx, int64_t member_id, int64_t item_type_id,
                                                int64_t *out_count) MUST_CHECK;
enum error_kind lending_repo_open_of_member(struct ctx *ctx, int64_t member_id, size_t max,
                                            struct borrow *out_borrows, size_t *out_count) MUST_CHECK;

/* When a copy last came back; NO_NUMBER if it never was out. */
enum error_kind lending_repo_last_return(struct ctx *ctx, int64_t copy_id,
                                         int64_t *out_returned_at) MUST_CHECK;

#endif
