/*
 * merging_repository.h — which title another one was merged into. Written by src/duplicates; read here, since a title
 * that is asked for under its former record is told where it went.
 */
#ifndef CARREL_BOOKS_MERGING_REPOSITORY_H
#define CARREL_BOOKS_MERGING_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "books/books.h"

/* The title that this one went into, at last: that may have gone into another. */
enum error_kind merging_repo_kept(struct ctx *ctx, int64_t gone_id, struct book_name *out_name,
                                  bool *out_found) MUST_CHECK;

#endif
