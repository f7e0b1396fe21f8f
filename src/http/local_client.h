/*
 * local_client.h — the command line talking to a running server through `library.db.sock`.
 *
 * A small HTTP/1.1 client for exactly that: one request, Connection: close, Content-Length or chunked
 * replies, a deadline. Never used for anything outside this machine.
 */
#ifndef CARREL_HTTP_LOCAL_CLIENT_H
#define CARREL_HTTP_LOCAL_CLIENT_H

#include <stddef.h>

#include "base/ctx.h"

struct local_reply {
    int status;
    const char *body; /* NUL-terminated, in the arena */
    size_t body_length;
};

/* `body` may be NULL. BUSY when nobody listens there; INTERNAL when what came back is no HTTP. */
enum error_kind local_client_send(struct ctx *ctx, const char *socket_path, const char *method,
                                  const char *target, const char *content_type, const char *body,
                                  size_t body_length, int timeout_ms,
                                  struct local_reply *out_reply) MUST_CHECK;

#endif
