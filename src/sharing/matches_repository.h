/*
 * matches_repository.h — the titles that one clause of a question finds, as a set of ids; no rules.
 */
#ifndef CARREL_SHARING_MATCHES_REPOSITORY_H
#define CARREL_SHARING_MATCHES_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_set.h"

/* One more than the last id of a title: what a set of them needs. */
enum error_kind matches_repo_end(struct ctx *ctx, int64_t *out_end) MUST_CHECK;

/* Each adds to `set` what it finds; archived titles may be among them. `words` is a full-text question. */
enum error_kind matches_repo_words(struct ctx *ctx, const char *words, struct row_set *set) MUST_CHECK;
enum error_kind matches_repo_identifier(struct ctx *ctx, const char *isbn, struct row_set *set) MUST_CHECK;
enum error_kind matches_repo_years(struct ctx *ctx, int64_t from, int64_t to, struct row_set *set) MUST_CHECK;
enum error_kind matches_repo_language(struct ctx *ctx, const char *language, struct row_set *set) MUST_CHECK;

/* The archived titles. */
enum error_kind matches_repo_archived(struct ctx *ctx, struct row_set *set) MUST_CHECK;

#endif
