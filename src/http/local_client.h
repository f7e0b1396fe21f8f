/*
 * local_client.h — the command line talking to a running server through `library.db.sock`.
 *
 * A small HTTP/1.1 client for exactly that: one request, Connection: close, Content-Length or chunked
 * replies, a deadline. Never used for anything outside this machine.
 */
#ifndef CARREL_HTTP_LOCAL_CLIENT_H
#define CARREL_HTTP_LOCAL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"

struct local_reply {
    int status;
    const char *body; /* NUL-terminated, in the arena */
    size_t body_length;
};

/*
 * `body` may be NULL. BUSY when nobody listens there, and only then; CONFLICT when the answer takes too long or breaks off;
 * INTERNAL when what came back is no HTTP.
 */
enum error_kind local_client_send(struct ctx *ctx, const char *socket_path, const char *method,
                                  const char *target, const char *content_type, const char *body,
                                  size_t body_length, int timeout_ms,
                                  struct local_reply *out_reply) MUST_CHECK;

/* Who takes a long reply, piece by piece. False: it cannot be taken any further. */
struct local_taker {
    bool (*take)(void *argument, const char *bytes, size_t length);
    void *argument;
};

/*
 * A GET whose reply may be of any length: the body of a 200 is handed on as it comes, that of any other status is
 * *out_reply's. CONFLICT when it breaks off in the middle, or the taker will not have it.
 */
enum error_kind local_client_receive(struct ctx *ctx, const char *socket_path, const char *target,
                                     int timeout_ms, const struct local_taker *taker,
                                     struct local_reply *out_reply) MUST_CHECK;

#endif
