/*
 * idempotency_service.h — the same act asked for twice is done once (API.md "Every response", RUNTIME.md "Keys,
 * replays, privacy").
 *
 * A client that did not get an answer sends its POST again, with the same Idempotency-Key. An answer is kept for
 * IDEMPOTENCY_KEEP_MS (IDEMPOTENCY_KEEP_DESK_MS where the request says when it happened: a desk whose network is
 * away sends it again days later), in the transaction of the act it tells of: there is an answer exactly when there was the
 * act. Refusals are not kept: they did nothing, and may be right the next time. Nor are secrets (rows marked
 * `.secret`), and of an answer longer than IDEMPOTENCY_REPLY_MAX only that there was one.
 */
#ifndef CARREL_IDEMPOTENCY_IDEMPOTENCY_SERVICE_H
#define CARREL_IDEMPOTENCY_IDEMPOTENCY_SERVICE_H

#include "base/kept_reply.h"

/* struct reply_store's; find works on a snapshot as well as on the writer. */
enum error_kind idempotency_find(struct ctx *ctx, const struct reply_key *key, struct kept_reply *out_reply,
                                 bool *out_found) MUST_CHECK;
enum error_kind idempotency_keep(struct ctx *ctx, const struct reply_key *key,
                                 const struct kept_reply *reply) MUST_CHECK;

/* Removes at most `max_rows` whose time is over; *out_removed says how many. Fewer means that none are left. */
enum error_kind idempotency_prune(struct ctx *ctx, int max_rows, int64_t *out_removed) MUST_CHECK;

/* Likewise what was kept before this instant, whether its time is over or not: an answer names people. */
enum error_kind idempotency_forget(struct ctx *ctx, int64_t before, int max_rows,
                                   int64_t *out_removed) MUST_CHECK;

#endif
