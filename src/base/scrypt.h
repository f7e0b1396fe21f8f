/*
 * scrypt.h — a secret that people remember, made into a key: scrypt (RFC 7914), by libscrypt.
 *
 * With N = 2^14, r = 8, p = 5 (OWASP's advice for 16 MiB) one takes some tenths of a second and 16 MiB, so at most
 * PASSWORDS_AT_ONCE are worked on and PASSWORDS_WAITING_MAX wait for their turn. Never to be called on the writer's
 * thread, nor with a database connection in hand.
 */
#ifndef CARREL_BASE_SCRYPT_H
#define CARREL_BASE_SCRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct scrypt_cost {
    int log_n, block, parallel; /* N = 2^log_n, r, p */
};

/* What is used for whatever is made now. */
#define SCRYPT_COST_NOW                        \
    (struct scrypt_cost)                       \
    {                                          \
        .log_n = 14, .block = 8, .parallel = 5 \
    }

/* What a file that we read may ask for: more would be an attack with a spoilt file. */
bool scrypt_cost_is_bearable(const struct scrypt_cost *cost);

/* What those that are worked on have in memory now, for /metrics. */
size_t scrypt_bytes_held(void);

/* BUSY when too many are waiting, OUT_OF_MEMORY. */
enum error_kind scrypt_derive(struct ctx *ctx, const char *secret, const uint8_t *salt, size_t salt_length,
                              const struct scrypt_cost *cost, uint8_t *out, size_t length) MUST_CHECK;

#endif
