/*
 * webhook_post.h — one delivery, on the network: signed, posted once, the answer judged.
 */
#ifndef CARREL_WEBHOOKS_WEBHOOK_POST_H
#define CARREL_WEBHOOKS_WEBHOOK_POST_H

#include "base/arena.h"
#include "webhooks/webhooks.h"

/*
 * Without a database connection; takes up to NET_EXCHANGE_MS. 2xx: it has arrived. 410: the receiver is gone. Redirects are
 * not followed. `now` is the library's time: the receiver compares it with its own.
 */
void webhook_post(struct arena *arena, const struct webhook *webhook, const struct delivery *delivery,
                  int64_t now, struct delivery_outcome *out_outcome);

#endif
