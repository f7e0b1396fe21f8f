/*
 * search_repository.h — beginnings of titles and authors, by the indexes that sort them.
 */
#ifndef CARREL_SEARCH_SEARCH_REPOSITORY_H
#define CARREL_SEARCH_SEARCH_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"

/* Titles of live records whose sort key begins with `key` (not empty), in its order: at most `max`. */
enum error_kind search_repo_titles(struct ctx *ctx, const char *key, size_t max, const char **out_titles,
                                   size_t *out_count) MUST_CHECK;

/* Authors whose folded name begins with `key` (not empty), each once: at most `max`. */
enum error_kind search_repo_authors(struct ctx *ctx, const char *key, size_t max, const char **out_authors,
                                    size_t *out_count) MUST_CHECK;

#endif
