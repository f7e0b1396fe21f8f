/*
 * deliveries_repository.h — the only writer of `webhook_delivery`.
 */
#ifndef CARREL_WEBHOOKS_DELIVERIES_REPOSITORY_H
#define CARREL_WEBHOOKS_DELIVERIES_REPOSITORY_H

#include "base/ctx.h"
#include "webhooks/webhooks.h"

/* Waiting, as of ctx->now, unless it says otherwise; fills in the id. `outcome` of one that has been tried, else NULL. */
enum error_kind deliveries_repo_insert(struct ctx *ctx, struct delivery *delivery,
                                       const struct delivery_outcome *outcome) MUST_CHECK;

enum error_kind deliveries_repo_find(struct ctx *ctx, const struct uuid *uuid, struct delivery *out_delivery,
                                     bool *out_found) MUST_CHECK;
enum error_kind deliveries_repo_find_by_id(struct ctx *ctx, int64_t id, struct delivery *out_delivery,
                                           bool *out_found) MUST_CHECK;

/* The one of this webhook that is to be tried next, if it is to be by now. */
enum error_kind deliveries_repo_next(struct ctx *ctx, int64_t webhook_id, struct delivery *out_delivery,
                                     bool *out_found) MUST_CHECK;

/* State, tries, next_try_at as `delivery` has them, and how the last try ended. */
enum error_kind deliveries_repo_update(struct ctx *ctx, const struct delivery *delivery,
                                       const struct delivery_outcome *outcome) MUST_CHECK;

/* What waits for this webhook is due now. */
enum error_kind deliveries_repo_hurry(struct ctx *ctx, int64_t webhook_id) MUST_CHECK;

/* All but the newest `keep` of those that wait for this webhook are dead. */
enum error_kind deliveries_repo_give_up(struct ctx *ctx, int64_t webhook_id, int64_t keep,
                                        const char *problem) MUST_CHECK;

/* At most `max` that were made before `before_ms`; those of one webhook, whenever they were made. */
enum error_kind deliveries_repo_delete_before(struct ctx *ctx, int64_t before_ms, int64_t max,
                                              int64_t *out_removed) MUST_CHECK;
enum error_kind deliveries_repo_delete_of(struct ctx *ctx, int64_t webhook_id, int64_t max,
                                          int64_t *out_removed) MUST_CHECK;

/* Takes the member off those of `count` ids from `first_id` on whose event names nobody any more, and out of their bodies. */
enum error_kind deliveries_repo_forget_members(struct ctx *ctx, int64_t first_id, int64_t count) MUST_CHECK;

/* From which id to which; 0 and 0 when there are none. */
enum error_kind deliveries_repo_id_range(struct ctx *ctx, int64_t *out_first, int64_t *out_last) MUST_CHECK;

enum error_kind deliveries_repo_list(struct ctx *ctx, const struct list_query *query,
                                     struct row_sink *sink) MUST_CHECK;
enum error_kind deliveries_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
