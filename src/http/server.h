/*
 * server.h — the socket side. server.c is the only file that includes civetweb.h.
 *
 * It accepts connections on the TCP address and on the Unix socket beside the library, reads a request
 * within its limits, has it guarded and dispatched, and writes the reply with the headers every reply has
 * (API.md "Every response"). One thread per open connection while it lives (RUNTIME.md).
 */
#ifndef CARREL_HTTP_SERVER_H
#define CARREL_HTTP_SERVER_H

#include <stdbool.h>

#include "base/ctx.h"
#include "http/address.h"
#include "http/router.h"

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

struct server_options {
    const char *listen;      /* "ADDR:PORT"; numeric address, [::1] in brackets; port 0 picks one;
                                       NULL: the Unix socket only */
    const char *socket_path; /* Unix socket, mode 0600; NULL: none */
    struct ssl_ctx_st *tls;  /* `listen` is https with this, which outlives the server; NULL: http */
    int hsts_s;              /* what replies over TLS say in Strict-Transport-Security; 0: nothing */
    const char *redirect;    /* "ADDR:PORT" of plain http that only leads to `listen`; NULL: none */
    int threads;
    const char *const *host_names;        /* may be NULL */
    const struct address_prefix *proxies; /* that may be believed (http/address.h); may be NULL */
    enum access tcp_access;               /* what a TCP client may do: ADMIN while there are no accounts */
    int currency_exponent;
    struct router *router;
};

struct server;

/* Starts listening. On failure ctx->error has one line for the console: what, which value, what to do. */
enum error_kind server_start(struct ctx *ctx, const struct server_options *options,
                             struct server **out_server) MUST_CHECK;

/* The port in use (of interest after port 0). */
int server_port(const struct server *server);

/* Stops accepting, lets open requests finish (at most HTTP_STOP_MS), frees everything. */
void server_stop(struct server *server);

#endif
