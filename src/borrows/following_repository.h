/*
 * following_repository.h — the loans of copies that now belong to another title.
 */
#ifndef CARREL_BORROWS_FOLLOWING_REPOSITORY_H
#define CARREL_BORROWS_FOLLOWING_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"

/* When loans of `from_book` were made whose copy is one of `to_book`: an instant each, in order, in the arena. */
enum error_kind following_repo_borrows(struct ctx *ctx, int64_t from_book, int64_t to_book, int64_t **out_at,
                                       size_t *out_count) MUST_CHECK;

/* They become loans of `to_book`. */
enum error_kind following_repo_move(struct ctx *ctx, int64_t from_book, int64_t to_book) MUST_CHECK;

#endif
