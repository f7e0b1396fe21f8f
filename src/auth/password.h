/*
 * password.h — what may be a password, and how one is kept.
 *
 * Rules (NIST SP 800-63B §5.1.1.2): long enough, not one of the commonest (auth/commonest.c), not the name it belongs
 * to. Nothing about digits or signs: that makes people choose worse.
 *
 * Kept as scrypt (RFC 7914) with N = 2^14, r = 8, p = 5 (OWASP's advice for 16 MiB), in the text form of the Password
 * Hashing Competition: $scrypt$ln=14,r=8,p=5$salt$hash, base64 without padding. One takes some tenths of a second
 * and 16 MiB, so at most PASSWORDS_AT_ONCE are worked on and PASSWORDS_WAITING_MAX wait for their turn. Never to be
 * called on the writer's thread, nor with a database connection in hand.
 */
#ifndef CARREL_AUTH_PASSWORD_H
#define CARREL_AUTH_PASSWORD_H

#include <stdbool.h>

#include "base/ctx.h"

/*
 * Adds what is wrong with `password` for the account `name` to ctx->error, as the field `field` of the body. Does not
 * fail: error_check_fields() does. The password itself is never part of the message.
 */
void password_gather(struct ctx *ctx, const char *field, const char *password, const char *name);

/* BUSY when too many are waiting. The hash is in the arena. */
enum error_kind password_hash(struct ctx *ctx, const char *password, const char **out_hash) MUST_CHECK;

/*
 * Is it the password of `hash`? With NULL (no such account, no password set) it is not, after the same work.
 */
enum error_kind password_verify(struct ctx *ctx, const char *hash, const char *password,
                                bool *out_good) MUST_CHECK;

/* Was it made with other parameters than password_hash() uses now? Then make it anew when it has been verified. */
bool password_is_outdated(const char *hash);

#endif
