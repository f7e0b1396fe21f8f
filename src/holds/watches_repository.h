/*
 * watches_repository.h — the queries of table `title_watch`; no rules.
 */
#ifndef CARREL_HOLDS_WATCHES_REPOSITORY_H
#define CARREL_HOLDS_WATCHES_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"
#include "holds/holds.h"

/* Adds or removes; what is there already, or is not, stays as it is. */
enum error_kind watches_repo_add(struct ctx *ctx, int64_t book_id, int64_t member_id) MUST_CHECK;
enum error_kind watches_repo_remove(struct ctx *ctx, int64_t book_id, int64_t member_id) MUST_CHECK;
enum error_kind watches_repo_remove_all(struct ctx *ctx, int64_t book_id) MUST_CHECK;

enum error_kind watches_repo_has(struct ctx *ctx, int64_t book_id, int64_t member_id,
                                 bool *out_has) MUST_CHECK;
enum error_kind watches_repo_count(struct ctx *ctx, int64_t member_id, int64_t *out_count) MUST_CHECK;
enum error_kind watches_repo_list(struct ctx *ctx, int64_t member_id, int64_t max,
                                  struct title_watch **out_first) MUST_CHECK;

/* The next who watches a title, by id. */
enum error_kind watches_repo_next_watcher(struct ctx *ctx, int64_t book_id, int64_t after_member_id,
                                          int64_t *out_member_id, bool *out_found) MUST_CHECK;

/* Watched titles with a copy on its shelf that no open hold asks for. */
enum error_kind watches_repo_due(struct ctx *ctx, size_t max, int64_t *out_books,
                                 size_t *out_count) MUST_CHECK;

#endif
