/*
 * webhooks_repository.h — the only writer of `webhook`.
 */
#ifndef CARREL_WEBHOOKS_WEBHOOKS_REPOSITORY_H
#define CARREL_WEBHOOKS_WEBHOOKS_REPOSITORY_H

#include "base/ctx.h"
#include "webhooks/webhooks.h"

enum error_kind webhooks_repo_find(struct ctx *ctx, const struct uuid *uuid, struct webhook *out_webhook,
                                   bool *out_found) MUST_CHECK;
enum error_kind webhooks_repo_find_by_id(struct ctx *ctx, int64_t id, struct webhook *out_webhook,
                                         bool *out_found) MUST_CHECK;
enum error_kind webhooks_repo_find_name(struct ctx *ctx, const char *name, struct webhook *out_webhook,
                                        bool *out_found) MUST_CHECK;

/* Those that are enabled, oldest first, at most WEBHOOKS_MAX. */
enum error_kind webhooks_repo_enabled(struct ctx *ctx, struct webhook **out_first) MUST_CHECK;

enum error_kind webhooks_repo_count(struct ctx *ctx, int64_t *out_all, int64_t *out_enabled) MUST_CHECK;

/* Fills in id, uuid and version. */
enum error_kind webhooks_repo_insert(struct ctx *ctx, struct webhook *webhook) MUST_CHECK;

/* Its facts and secret; what is known of failures is forgotten. */
enum error_kind webhooks_repo_update(struct ctx *ctx, const struct webhook *webhook) MUST_CHECK;
enum error_kind webhooks_repo_disable(struct ctx *ctx, int64_t id) MUST_CHECK;

/* How it answers; `rest_until` NO_NUMBER: it need not rest. `ok_at` NO_NUMBER: as it was. */
enum error_kind webhooks_repo_set_health(struct ctx *ctx, int64_t id, int64_t failures, int64_t rest_until,
                                         int64_t ok_at) MUST_CHECK;

/* Its deliveries must be gone. */
enum error_kind webhooks_repo_delete(struct ctx *ctx, int64_t id) MUST_CHECK;

enum error_kind webhooks_repo_list(struct ctx *ctx, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;
enum error_kind webhooks_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
