/*
 * deliveries_service.h — from an event to whoever is told of it.
 *
 * Made on the writer (webhooks_meet_events), read by the sender (webhooks_due, deliveries_next), posted without a
 * connection (webhook_post.h), judged on the writer (deliveries_note). A sender that is killed in between finds the
 * delivery waiting and posts it again under the same id.
 *
 * In the order of events, until one fails: that one waits WEBHOOK_RETRY_MS, twice as long each time up to
 * WEBHOOK_RETRY_MAX_MS, give or take a fifth, and others go on. When it failed because nobody answers, the whole webhook
 * rests as long as that, and the next try tells whether somebody does.
 */
#ifndef CARREL_WEBHOOKS_DELIVERIES_SERVICE_H
#define CARREL_WEBHOOKS_DELIVERIES_SERVICE_H

#include "base/ctx.h"
#include "webhooks/webhooks.h"

#define WEBHOOKS_CONSUMER "webhooks" /* its name among those who act on events */

/* ---- making -------------------------------------------------------------------------------------------- */

/* Are there events that an enabled webhook may want? Reads only. */
enum error_kind webhooks_have_events(struct ctx *ctx, bool *out_have) MUST_CHECK;

/* Makes the deliveries of the next events; on the writer. Call it again, in a transaction of its own, while *out_more. */
enum error_kind webhooks_meet_events(struct ctx *ctx, bool *out_more) MUST_CHECK;

/* ---- sending ------------------------------------------------------------------------------------------- */

/* Enabled webhooks with something to be tried by now, at most WEBHOOKS_MAX. Reads only. */
enum error_kind webhooks_due(struct ctx *ctx, int64_t out_ids[], size_t *out_count) MUST_CHECK;

/* What is to be posted next to this webhook, if anything is by now. Reads only. */
enum error_kind deliveries_next(struct ctx *ctx, int64_t webhook_id, struct webhook *out_webhook,
                                struct delivery *out_delivery, bool *out_found) MUST_CHECK;

/* How the try ended; on the writer. What was deleted or given up meanwhile is left alone. 410 disables the webhook. */
enum error_kind deliveries_note(struct ctx *ctx, const struct delivery *delivery,
                                const struct delivery_outcome *outcome) MUST_CHECK;

/* How long after the `failures`-th failure, in ms; `dice`: any number, for the jitter. */
int64_t webhook_retry_ms(int64_t failures, uint64_t dice);

/* ---- by hand ------------------------------------------------------------------------------------------- */

/* DELIVERY_NOT_FOUND. */
enum error_kind deliveries_find(struct ctx *ctx, const struct uuid *uuid,
                                struct delivery *out_delivery) MUST_CHECK;

/* Once more, at once and with all its tries, whatever became of it; its webhook rests no longer. CONFLICT: that is off. */
enum error_kind deliveries_send_again(struct ctx *ctx, const struct delivery *delivery) MUST_CHECK;

/* One that tells nothing; reads only. To be posted, and kept with its outcome. */
enum error_kind deliveries_make_test(struct ctx *ctx, const struct webhook *webhook,
                                     struct delivery *out_delivery) MUST_CHECK;
enum error_kind deliveries_keep_test(struct ctx *ctx, const struct webhook *webhook,
                                     struct delivery *delivery,
                                     const struct delivery_outcome *outcome) MUST_CHECK;

enum error_kind deliveries_list(struct ctx *ctx, const struct list_query *query,
                                struct row_sink *sink) MUST_CHECK;
enum error_kind deliveries_list_of(struct ctx *ctx, const struct uuid *webhook,
                                   const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind deliveries_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* ---- their end ----------------------------------------------------------------------------------------- */

/* Removes at most `max_rows` that are older than WEBHOOK_KEEP_DAYS. */
enum error_kind deliveries_prune(struct ctx *ctx, int max_rows, int64_t *out_removed) MUST_CHECK;

/*
 * Privacy: takes the member off deliveries, and out of their bodies, whose event names nobody any more, or is gone. Like
 * events_forget_members(), and to be called after it.
 */
enum error_kind deliveries_forget_members(struct ctx *ctx, int64_t *from_id, int64_t count,
                                          bool *out_more) MUST_CHECK;

#endif
