/*
 * mail_service.h — one e-mail, now, by the way the library has set: a mail server, or this machine's own program.
 */
#ifndef CARREL_NOTIFICATIONS_MAIL_SERVICE_H
#define CARREL_NOTIFICATIONS_MAIL_SERVICE_H

#include "base/ctx.h"
#include "notifications/mail.h"

/* What is set now. CHANNEL_IS_OFF: e-mail is off, or the server or the sender's address is missing. */
enum error_kind mail_account_read(struct ctx *ctx, struct mail_account *out_account) MUST_CHECK;

/*
 * Sends it and waits: MAIL_EXCHANGE_MS at most. Never with a connection (ctx->db is NULL) nor on the writer.
 *
 * OK: somebody else has it now; when out_outcome->refused is not NULL, those addresses were not taken. NO_ADDRESS: an address is none.
 * NOT_DELIVERED: the error says why, in the other side's own words where it has said any; *out_outcome is set in this case
 * as well.
 */
enum error_kind mail_send(struct ctx *ctx, const struct mail_account *account, const struct mail *mail,
                          struct mail_outcome *out_outcome) MUST_CHECK;

/* An administrator has changed something: a server that was left alone (net/breaker.h) is asked again at once. */
void mail_account_forget_failures(struct ctx *ctx, const struct mail_account *account);

/* Addresses parted by commas, as settings have them, in the arena; *out_to ends with NULL. False: one of them is none. */
bool mail_addresses(struct arena *arena, const char *text, const char *const **out_to);

#endif
