/*
 * webhooks_service.h — who is told, and of what: an administrator's list. What becomes of what they are told stands in
 * deliveries_service.h.
 */
#ifndef CARREL_WEBHOOKS_WEBHOOKS_SERVICE_H
#define CARREL_WEBHOOKS_WEBHOOKS_SERVICE_H

#include "base/ctx.h"
#include "events/events.h" /* event_kinds */
#include "webhooks/webhooks.h"

/* WEBHOOK_NOT_FOUND. */
enum error_kind webhooks_find(struct ctx *ctx, const struct uuid *uuid,
                              struct webhook *out_webhook) MUST_CHECK;

enum error_kind webhooks_list(struct ctx *ctx, const struct list_query *query,
                              struct row_sink *sink) MUST_CHECK;
enum error_kind webhooks_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/*
 * It is told what happens from now on. *out_secret: as the receiver needs it; nobody is shown it again. Without `events`:
 * all of them. VALIDATION_ERROR: no web address, types that there are not; DUPLICATE_WEBHOOK; CONFLICT past WEBHOOKS_MAX.
 */
enum error_kind webhooks_add(struct ctx *ctx, const struct webhook_facts *facts, struct webhook *out_webhook,
                             const char **out_secret) MUST_CHECK;

/* PRECONDITION_FAILED: it is another version. NO_NUMBER: any will do. */
enum error_kind webhooks_check_version(struct ctx *ctx, const struct webhook *webhook,
                                       int64_t expected_version) MUST_CHECK;

/* What was known of its failures is forgotten: what waits is tried at once. PRECONDITION_FAILED. */
enum error_kind webhooks_update(struct ctx *ctx, const struct webhook *before,
                                const struct webhook_facts *facts, int64_t expected_version) MUST_CHECK;

/* Another secret; the old one signs nothing any more. */
enum error_kind webhooks_renew_secret(struct ctx *ctx, const struct webhook *webhook,
                                      const char **out_secret) MUST_CHECK;

/* With its deliveries, some at a time: call it again, in a transaction of its own, while *out_more. */
enum error_kind webhooks_delete_step(struct ctx *ctx, const struct webhook *webhook,
                                     bool *out_more) MUST_CHECK;

/* Does `webhook` want to know of this type? */
bool webhook_wants(const struct webhook *webhook, const char *type);

#endif
