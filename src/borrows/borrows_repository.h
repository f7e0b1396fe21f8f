/*
 * borrows_repository.h — loans as they are shown; no rules.
 */
#ifndef CARREL_BORROWS_BORROWS_REPOSITORY_H
#define CARREL_BORROWS_BORROWS_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/listing.h"
#include "borrows/borrows.h"

enum error_kind borrows_repo_find(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow,
                                  bool *out_found) MUST_CHECK;
enum error_kind borrows_repo_list(struct ctx *ctx, const struct listing *listing,
                                  const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind borrows_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* A copy of no loan, as a row of borrows_listing where that says nothing of a loan; without `member`. */
enum error_kind borrows_repo_show_copy(struct ctx *ctx, int64_t copy_id, struct row_sink *sink) MUST_CHECK;

enum error_kind borrows_repo_current(struct ctx *ctx, int64_t book_id,
                                     struct current_borrower **out_first) MUST_CHECK;
enum error_kind borrows_repo_past(struct ctx *ctx, int64_t book_id, int64_t limit,
                                  struct past_borrow **out_first) MUST_CHECK;

#endif
