/*
 * covers_repository.h — pictures of titles in and out of the table cover.
 */
#ifndef CARREL_BOOKS_COVERS_REPOSITORY_H
#define CARREL_BOOKS_COVERS_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "books/covers.h"

/* With the bytes, which live in the arena. */
enum error_kind covers_repo_find(struct ctx *ctx, int64_t book_id, struct cover *out_cover,
                                 bool *out_found) MUST_CHECK;

/* Instead of the one that is there, if any. */
enum error_kind covers_repo_put(struct ctx *ctx, int64_t book_id, const struct cover *cover) MUST_CHECK;

enum error_kind covers_repo_remove(struct ctx *ctx, int64_t book_id, bool *out_removed) MUST_CHECK;

#endif
