/*
 * gateway_service.h — one text message, now, by the gateway the library has set.
 */
#ifndef CARREL_NOTIFICATIONS_GATEWAY_SERVICE_H
#define CARREL_NOTIFICATIONS_GATEWAY_SERVICE_H

#include "base/ctx.h"
#include "notifications/gateway.h"
#include "notifications/mail.h"

/* What is set now. CHANNEL_IS_OFF: there is no gateway. */
enum error_kind gateway_account_read(struct ctx *ctx, struct gateway_account *out_account) MUST_CHECK;

/*
 * Sends it and waits: NET_EXCHANGE_MS at most. Never with a connection (ctx->db is NULL) nor on the writer.
 *
 * OK: the gateway has answered 2xx. NO_ADDRESS: a number is wanted, and there is none. NOT_DELIVERED: the error says why, and
 * *out_outcome whether it may have gone all the same, and whether trying again is of any use.
 */
enum error_kind gateway_send(struct ctx *ctx, const struct gateway_account *account, const char *phone,
                             const char *card, const char *text, struct mail_outcome *out_outcome) MUST_CHECK;

/* An administrator has changed something: a gateway that was left alone (net/breaker.h) is asked again at once. */
void gateway_account_forget_failures(struct ctx *ctx, const struct gateway_account *account);

#endif
