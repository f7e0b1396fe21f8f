/*
 * webhook_message.h — what a webhook is told, as bytes, and the proof of who tells it.
 */
#ifndef CARREL_WEBHOOKS_WEBHOOK_MESSAGE_H
#define CARREL_WEBHOOKS_WEBHOOK_MESSAGE_H

#include "base/arena.h"
#include "events/events.h"
#include "webhooks/webhooks.h"

/*
 * The body: the members of one event of GET /events, with `library` (its name) and `delivery_id` beside them. `event`
 * NULL: a test, whose `id` is null.
 */
const char *webhook_body(struct arena *arena, const struct told_event *event, const char *library,
                         const struct uuid *delivery, int64_t now);

/*
 * The value of webhook-signature (Standard Webhooks 1.0.0, symmetric): "v1," and the base64 of HMAC-SHA-256 over
 * "id.timestamp.body". `timestamp` is in seconds.
 */
const char *webhook_signature(struct arena *arena, const unsigned char secret[WEBHOOK_SECRET_BYTES],
                              const char *id, int64_t timestamp, const char *body);

/* "whsec_" and the base64 of it, as receivers' libraries take it. */
const char *webhook_secret_text(struct arena *arena, const unsigned char secret[WEBHOOK_SECRET_BYTES]);

#endif
