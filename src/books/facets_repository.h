/*
 * facets_repository.h — the names of what the index has counted. Within the slice.
 */
#ifndef CARREL_BOOKS_FACETS_REPOSITORY_H
#define CARREL_BOOKS_FACETS_REPOSITORY_H

#include "base/ctx.h"
#include "books/book_index.h"
#include "books/books.h"

/* Values as the filters of books_listing take them, names as the library writes them; in the arena. */
enum error_kind facets_repo_name(struct ctx *ctx, const struct book_facets *counted,
                                 struct named_facets *out_facets) MUST_CHECK;

#endif
