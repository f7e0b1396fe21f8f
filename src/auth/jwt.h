/*
 * jwt.h — access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 (RFC 7515, "HS256"), and no others.
 *
 * We read only what we write. The header must be, letter for letter, {"alg":"HS256","typ":"JWT"}; so there is no
 * algorithm to choose, no key to look up, and nothing to be confused by. Claims: sub (the account's id), role, iat, exp
 * (seconds), jti.
 */
#ifndef CARREL_AUTH_JWT_H
#define CARREL_AUTH_JWT_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/uuid.h"

struct arena;

struct jwt_claims {
    struct uuid subject;
    const char *role;
    int64_t issued_at_s;
    int64_t expires_at_s;
    const char *id;
};

enum jwt_verdict {
    JWT_GOOD,
    JWT_EXPIRED, /* ours, but its time is over */
    JWT_BAD,     /* anything else */
};

/* `key` has 32 bytes. */
const char *jwt_make(struct arena *arena, const struct digest *key, const struct jwt_claims *claims);

/* *out_claims is untouched unless the token is good. */
enum jwt_verdict jwt_read(struct arena *arena, const struct digest *key, const char *token, int64_t now_s,
                          struct jwt_claims *out_claims);

/* base64url of HMAC-SHA-256. */
const char *jwt_signature(struct arena *arena, const void *key, size_t key_length, const char *text,
                          size_t length);

#endif
