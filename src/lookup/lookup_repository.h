/*
 * lookup_repository.h — the only writer of lookup_target.
 */
#ifndef CARREL_LOOKUP_LOOKUP_REPOSITORY_H
#define CARREL_LOOKUP_LOOKUP_REPOSITORY_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "lookup/lookup.h"

enum error_kind lookup_repo_find(struct ctx *ctx, const struct uuid *uuid, struct lookup_target *out_target,
                                 bool *out_found) MUST_CHECK;

/* The one whose name folds to the same. */
enum error_kind lookup_repo_find_name(struct ctx *ctx, const char *name, struct lookup_target *out_target,
                                      bool *out_found) MUST_CHECK;

/* Those that are enabled, in their order, at most LOOKUP_TARGETS_MAX; how many, in *out_count. */
enum error_kind lookup_repo_enabled(struct ctx *ctx, struct lookup_target *out_targets,
                                    size_t *out_count) MUST_CHECK;

/* How many there are, and the highest position (0: none). */
enum error_kind lookup_repo_count(struct ctx *ctx, int64_t *out_count, int64_t *out_last) MUST_CHECK;

/* Sets id, uuid and version. */
enum error_kind lookup_repo_insert(struct ctx *ctx, struct lookup_target *target) MUST_CHECK;
enum error_kind lookup_repo_update(struct ctx *ctx, const struct lookup_target *target) MUST_CHECK;
enum error_kind lookup_repo_delete(struct ctx *ctx, int64_t id) MUST_CHECK;

enum error_kind lookup_repo_list(struct ctx *ctx, const struct list_query *query,
                                 struct row_sink *sink) MUST_CHECK;
enum error_kind lookup_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
