/*
 * borrows_repository.h — the queries of table `borrow`; no rules.
 */
#ifndef CARREL_BORROWS_BORROWS_REPOSITORY_H
#define CARREL_BORROWS_BORROWS_REPOSITORY_H

#include "base/ctx.h"
#include "base/listing.h"
#include "borrows/borrows.h"

enum error_kind borrows_repo_insert(struct ctx *ctx, const struct new_borrow *borrow,
                                    int64_t *out_id) MUST_CHECK;
enum error_kind borrows_repo_close(struct ctx *ctx, int64_t id, int64_t returned_at, int32_t returned_day,
                                   const char *taken_by) MUST_CHECK;

enum error_kind borrows_repo_find(struct ctx *ctx, const struct uuid *uuid, struct borrow *out_borrow,
                                  bool *out_found) MUST_CHECK;
enum error_kind borrows_repo_find_open_of_copy(struct ctx *ctx, int64_t copy_id, struct borrow *out_borrow,
                                               bool *out_found) MUST_CHECK;
enum error_kind borrows_repo_has_open_of_book(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                              bool *out_found) MUST_CHECK;

/* When a copy last came back; NO_NUMBER if it never was out. */
enum error_kind borrows_repo_last_return(struct ctx *ctx, int64_t copy_id,
                                         int64_t *out_returned_at) MUST_CHECK;

enum error_kind borrows_repo_list(struct ctx *ctx, const struct listing *listing,
                                  const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind borrows_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

enum error_kind borrows_repo_current(struct ctx *ctx, int64_t book_id,
                                     struct current_borrower **out_first) MUST_CHECK;
enum error_kind borrows_repo_past(struct ctx *ctx, int64_t book_id, int64_t limit,
                                  struct past_borrow **out_first) MUST_CHECK;

#endif
