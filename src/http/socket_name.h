/*
 * socket_name.h — where to listen, said and checked; and which of our sockets is a given client's.
 */
#ifndef CARREL_HTTP_SOCKET_NAME_H
#define CARREL_HTTP_SOCKET_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/* "ADDR:PORT" with a numeric address ("127.0.0.1:8000", "[::1]:0"); the error says what is wrong with it. */
enum error_kind socket_check_address(struct ctx *ctx, const char *listen) MUST_CHECK;

/*
 * A Unix socket's address has room for a hundred bytes or so, and the HTTP library gives commas and colons a meaning.
 * A path that is too long for that, or has one of these, is named by its folder's descriptor: /proc/self/fd/7/NAME.
 * *out_folder is that descriptor, to be closed when the name is no longer needed; -1: it is `path` itself, because it
 * fits, or because there is no /proc.
 */
const char *socket_short_path(struct ctx *ctx, const char *path, int *out_folder);

/*
 * Makes room for a Unix socket at `path`: checks that there can be one and removes a socket that a
 * dead server left (the caller holds the library's lock, so it is dead). Anything else there is an error.
 */
enum error_kind socket_clear_path(struct ctx *ctx, const char *path) MUST_CHECK;

/* Where a server listens; NULL: not there. */
struct listeners {
    const char *main;     /* "ADDR:PORT", the one people are told */
    const char *redirect; /* plain http that leads to it */
    const char *socket_path;
    bool main_is_tls;
};

/* As the HTTP library takes them: "127.0.0.1:8443s,127.0.0.1:8080,x/home/anna/library.db.sock". */
const char *listeners_text(struct arena *arena, const struct listeners *listeners);

/* What the HTTP library said when it could not listen, as one line for the console. */
enum error_kind listeners_explain(struct ctx *ctx, const struct listeners *listeners, const char *message);

/*
 * The descriptor of the TCP connection from this numeric address and port to our port; -1 when there is none.
 * `hint` is tried first. The HTTP library does not tell, and without it no deadline can be kept.
 */
int socket_find(const char *remote_address, int remote_port, int local_port, int hint);

/* The client has hung up; false when the descriptor is not known (-1). */
bool socket_has_gone(int socket);

/* Shuts the connections to our port that have not sent one byte in the `silent_ms` since they were opened. */
void socket_cut_silent(int local_port, int64_t silent_ms);

#endif
