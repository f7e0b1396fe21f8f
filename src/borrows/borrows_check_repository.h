/*
 * borrows_check_repository.h — copies and loans as streams, for --check.
 */
#ifndef CARREL_BORROWS_BORROWS_CHECK_REPOSITORY_H
#define CARREL_BORROWS_BORROWS_CHECK_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "base/id_index.h"

enum error_kind borrows_check_repo_copy_range(struct ctx *ctx, struct id_range *out_range) MUST_CHECK;
enum error_kind borrows_check_repo_loan_range(struct ctx *ctx, struct id_range *out_range) MUST_CHECK;

/* In the order of their ids; each() says whether to go on, and a stop is LIBRARY_DAMAGED. */
enum error_kind borrows_check_repo_copies(struct ctx *ctx,
                                          bool (*each)(void *argument, int64_t id, int64_t book_id,
                                                       bool on_loan),
                                          void *argument) MUST_CHECK;

/* Small tables that each loan points at. */
enum loan_parent { LOAN_PARENT_RULE, LOAN_PARENT_ACTOR, LOAN_PARENTS };
enum error_kind borrows_check_repo_parent_range(struct ctx *ctx, enum loan_parent parent,
                                                struct id_range *out_range) MUST_CHECK;
enum error_kind borrows_check_repo_parents(struct ctx *ctx, enum loan_parent parent,
                                           bool (*each)(void *argument, int64_t id),
                                           void *argument) MUST_CHECK;

/* All loans, in the order of their ids. */
struct checked_borrow {
    int64_t copy_id, book_id;
    int64_t borrowed_at, returned_at; /* NO_NUMBER: still out */
};
enum error_kind borrows_check_repo_borrows(struct ctx *ctx,
                                           void (*each)(void *argument, const struct checked_borrow *borrow),
                                           void *argument) MUST_CHECK;

/* What people call a copy. */
enum error_kind borrows_check_repo_barcode(struct ctx *ctx, int64_t copy_id,
                                           const char **out_barcode) MUST_CHECK;

/* Who has the same title more than once, and how often. */
enum error_kind borrows_check_repo_doubles(struct ctx *ctx,
                                           void (*each)(void *argument, const char *member, const char *title,
                                                        int64_t borrows),
                                           void *argument) MUST_CHECK;

#endif
