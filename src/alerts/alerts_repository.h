/*
 * alerts_repository.h — alerts as SQL.
 */
#ifndef CARREL_ALERTS_ALERTS_REPOSITORY_H
#define CARREL_ALERTS_ALERTS_REPOSITORY_H

#include "alerts/alerts.h"
#include "base/ctx.h"

/* Those that are still there, by subject; all, newest first, ALERTS_SHOWN_MAX at most. */
enum error_kind alerts_repo_open(struct ctx *ctx, struct alert **out_first) MUST_CHECK;
enum error_kind alerts_repo_all(struct ctx *ctx, struct alert **out_first) MUST_CHECK;

enum error_kind alerts_repo_find(struct ctx *ctx, const struct uuid *uuid, struct alert *out_alert,
                                 bool *out_found) MUST_CHECK;

/* All but its id, which is set. An update leaves alone who has seen it: that may be newer than what is at hand. */
enum error_kind alerts_repo_insert(struct ctx *ctx, struct alert *alert) MUST_CHECK;
enum error_kind alerts_repo_update(struct ctx *ctx, const struct alert *alert) MUST_CHECK;
enum error_kind alerts_repo_set_seen(struct ctx *ctx, const struct alert *alert) MUST_CHECK;
enum error_kind alerts_repo_set_told(struct ctx *ctx, int64_t id, int64_t at) MUST_CHECK;

/* Those that began before this and are over. */
enum error_kind alerts_repo_prune(struct ctx *ctx, int64_t before, int64_t *out_removed) MUST_CHECK;

#endif
