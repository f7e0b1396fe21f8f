/*
 * stream.h — a connection to somebody else's server: bytes out, bytes in, each with a deadline; TLS where it is asked for.
 *
 * Deadlines are instants of clock_monotonic_ms(). Nothing here blocks past one, whatever the other side does. With TLS
 * the certificate must be for the very name that was asked for and by an authority of this machine's list (RFC 9525);
 * there is no way around that. A stream belongs to one thread.
 */
#ifndef CARREL_NET_STREAM_H
#define CARREL_NET_STREAM_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/outcome.h"
#include "net/resolve.h"

struct net_stream {
    int fd;               /* -1: closed */
    SSL *tls;             /* NULL: none */
    int64_t deadline;     /* of all that follows; may be changed at any time */
    enum net_reach reach; /* where the other side is */
};

/*
 * Finds the name's addresses and tries them one after the other, for NET_CONNECT_MS together. NET_BAD_ADDRESS,
 * NET_NO_ADDRESS, NET_NO_NAME_SERVER, NET_NO_CONNECTION, NET_TIMED_OUT; with TLS also NET_NO_ROOTS, NET_NOT_TRUSTED,
 * NET_NO_TLS. Addresses further in than `most` are not tried: NET_REDIRECTED when there are no others. After anything but
 * NET_OK there is nothing to close.
 */
enum net_outcome net_stream_open(const char *host, uint16_t port, bool with_tls, enum net_reach most,
                                 int64_t deadline, struct net_stream *out_stream) MUST_CHECK;

/*
 * From here on with TLS, where the other side has agreed to it in the open (STARTTLS). `host` is the name that was asked for.
 * NET_NO_ROOTS, NET_NOT_TRUSTED, NET_NO_TLS, NET_TIMED_OUT: nothing may be said over it any more, but it is to be closed.
 */
enum net_outcome net_stream_begin_tls(struct net_stream *stream, const char *host) MUST_CHECK;

/* All of it. NET_TIMED_OUT, NET_BROKEN_OFF. */
enum net_outcome net_stream_write(struct net_stream *stream, const void *bytes, size_t length) MUST_CHECK;

/*
 * What is there, at least one byte; *out_length 0: the other side has closed (with TLS: properly; else it is
 * NET_BROKEN_OFF, for the answer may have been cut).
 */
enum net_outcome net_stream_read(struct net_stream *stream, void *to, size_t room,
                                 size_t *out_length) MUST_CHECK;

/* Twice is as good as once. */
void net_stream_close(struct net_stream *stream);

#endif
