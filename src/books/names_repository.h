/*
 * names_repository.h — authors of titles, from the index in memory and the full-text rows; categories. Queries and nothing
 * else. Texts that come out live in the arena.
 */
#ifndef CARREL_BOOKS_NAMES_REPOSITORY_H
#define CARREL_BOOKS_NAMES_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"
#include "books/names.h"

/* Authors by folded name, after `after`, whose name has all words of `typed` in it. BUSY while there is no index. */
enum error_kind names_repo_authors(struct ctx *ctx, const char *typed, const char *after, size_t max,
                                   struct used_name *out_names, size_t *out_count) MUST_CHECK;

/* The next titles by id, archived ones too, whose authors have the words of a name one after the other. */
enum error_kind names_repo_titles_by(struct ctx *ctx, const char *name, int64_t after_id, size_t max,
                                     int64_t *out_ids, size_t *out_count) MUST_CHECK;

/* `typed` NULL: all. By folded name, after `after` (folded; "": from the first). */
enum error_kind names_repo_categories(struct ctx *ctx, const char *typed, const char *after, size_t max,
                                      struct used_name *out_names, size_t *out_count) MUST_CHECK;
enum error_kind names_repo_category(struct ctx *ctx, const char *name, struct used_name *out_name,
                                    bool *out_found) MUST_CHECK;
enum error_kind names_repo_name_category(struct ctx *ctx, int64_t id, const char *name) MUST_CHECK;

/* Some of the titles of a category; one of them goes to another category (0: to none). Then nothing is left of it. */
enum error_kind names_repo_titles_of(struct ctx *ctx, int64_t category_id, size_t max, int64_t *out_ids,
                                     size_t *out_count) MUST_CHECK;
enum error_kind names_repo_recategorise(struct ctx *ctx, int64_t book_id, int64_t from,
                                        int64_t to) MUST_CHECK;
enum error_kind names_repo_remove_category(struct ctx *ctx, int64_t id) MUST_CHECK;

#endif
