/*
 * kept_reply.h — an answer as it is kept for who asks the same again with the same Idempotency-Key.
 *
 * Both the HTTP layer, which makes and repeats it, and the slice that stores it know this much of it.
 */
#ifndef CARREL_BASE_KEPT_REPLY_H
#define CARREL_BASE_KEPT_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/digest.h"

/* What was asked, by whom, under which name. */
struct reply_key {
    const char *scope;     /* who: keys of two accounts never meet */
    const char *route;     /* "POST /borrows" */
    const char *key;       /* as the client gave it; NULL: it gave none */
    struct digest request; /* of path, query and body */
    bool told_later;       /* with occurred_at: it may be sent again for as long as that is taken */
};

struct kept_reply {
    int status;
    const char *headers; /* lines "Name: value" */
    const void *body;
    size_t length;
    bool too_long;   /* for IDEMPOTENCY_REPLY_MAX: only that it was done is known */
    int64_t kept_at; /* instant */
};

/* Where they are kept; wired by app.c. */
struct reply_store {
    /* *out_found: there is one. IDEMPOTENCY_KEY_REUSED when the key was used for another request. */
    enum error_kind (*find)(struct ctx *ctx, const struct reply_key *key, struct kept_reply *out_reply,
                            bool *out_found);
    enum error_kind (*keep)(struct ctx *ctx, const struct reply_key *key, const struct kept_reply *reply);
};

#endif
