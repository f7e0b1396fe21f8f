/*
 * stream.c — sockets that never block: each step waits in poll() until it can go on or the time is over.
 */
#include "net/stream.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/resolve.h"
#include "net/roots.h"

/* Until the socket can do it; NET_TIMED_OUT. What is wrong with the socket, whoever uses it next is told. */
static enum net_outcome wait_for(const struct net_stream *stream, short events)
{
    struct pollfd polled = {.fd = stream->fd, .events = events};

    for (;;) {
        int64_t rest = stream->deadline - clock_monotonic_ms();
        if (rest <= 0)
            return NET_TIMED_OUT;
        int result = poll(&polled, 1, (int)(rest < MS_PER_DAY ? rest : MS_PER_DAY));
        if (result > 0)
            return NET_OK;
        if (result < 0 && errno != EINTR)
            return NET_BROKEN_OFF;
    }
}

/* ---- connecting ---------------------------------------------------------------------------------------- */

static enum net_outcome connect_to(const union net_address *address, int64_t deadline,
                                   struct net_stream *out_stream)
{
    struct net_stream stream = {.deadline = deadline};
    int yes = 1;
    int error = 0;
    socklen_t size = sizeof error;

    stream.fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (stream.fd < 0)
        return NET_NO_CONNECTION;
    (void)setsockopt(stream.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    enum net_outcome outcome = NET_OK;
    if (connect(stream.fd, &address->any, net_address_length(address)) != 0) {
        outcome = errno == EINPROGRESS ? wait_for(&stream, POLLOUT) : NET_NO_CONNECTION;
        if (outcome == NET_OK &&
            (getsockopt(stream.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0))
            outcome = NET_NO_CONNECTION;
    }
    if (outcome == NET_OK)
        *out_stream = stream;
    else
        close(stream.fd);
    return outcome;
}

/* Of the rest of the time, each address gets its equal part. */
static enum net_outcome connect_to_any(const struct net_addresses *addresses, int64_t deadline,
                                       struct net_stream *out_stream)
{
    enum net_outcome outcome = NET_NO_CONNECTION;

    for (size_t i = 0; i < addresses->count; i++) {
        int64_t now = clock_monotonic_ms();
        int64_t part = (deadline - now) / (int64_t)(addresses->count - i);
        outcome = connect_to(&addresses->items[i], now + part, out_stream);
        if (outcome == NET_OK) {
            out_stream->reach = net_address_reach(&addresses->items[i]);
            break;
        }
    }
    return outcome;
}

/* ---- TLS ----------------------------------------------------------------------------------------------- */

/* What OpenSSL waits for; NET_OK: try again. */
static enum net_outcome wait_for_tls(const struct net_stream *stream, int result)
{
    switch (SSL_get_error(stream->tls, result)) {
    case SSL_ERROR_WANT_READ: return wait_for(stream, POLLIN);
    case SSL_ERROR_WANT_WRITE: return wait_for(stream, POLLOUT);
    default: return NET_BROKEN_OFF;
    }
}

static bool is_numeric(const char *host)
{
    return strchr(host, ':') || host[strspn(host, "0123456789.")] == '\0';
}

/* Whose certificate it has to be. A numeric address is no server name (RFC 6066 §3). */
static bool expect_host(SSL *tls, const char *host)
{
    if (is_numeric(host))
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1;
    SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
}

static enum net_outcome shake_hands(struct net_stream *stream, const char *host)
{
    enum net_outcome outcome = NET_OK;
    int result;

    if (SSL_set_fd(stream->tls, stream->fd) != 1 || !expect_host(stream->tls, host))
        return NET_NO_TLS;
    while (ERR_clear_error(), (result = SSL_connect(stream->tls)) != 1) {
        outcome = wait_for_tls(stream, result);
        if (outcome == NET_OK)
            continue;
        if (SSL_get_verify_result(stream->tls) != X509_V_OK)
            return NET_NOT_TRUSTED;
        return outcome == NET_TIMED_OUT ? outcome : NET_NO_TLS;
    }
    return NET_OK;
}

static enum net_outcome begin_tls(struct net_stream *stream, const char *host)
{
    SSL_CTX *context = net_roots_context();

    if (!context)
        return NET_NO_ROOTS;
    stream->tls = SSL_new(context);
    SSL_CTX_free(context);
    enum net_outcome outcome = stream->tls ? shake_hands(stream, host) : NET_NO_TLS;
    ERR_clear_error();
    return outcome;
}

enum net_outcome net_stream_begin_tls(struct net_stream *stream, const char *host)
{
    assert(!stream->tls);
    return begin_tls(stream, host);
}

/* ---- the whole ----------------------------------------------------------------------------------------- */

static void keep_within(struct net_addresses *addresses, enum net_reach most)
{
    size_t kept = 0;

    for (size_t i = 0; i < addresses->count; i++) {
        if (net_address_reach(&addresses->items[i]) <= most)
            addresses->items[kept++] = addresses->items[i];
    }
    addresses->count = kept;
}

enum net_outcome net_stream_open(const char *host, uint16_t port, bool with_tls, enum net_reach most,
                                 int64_t deadline, struct net_stream *out_stream)
{
    struct net_addresses addresses;
    struct net_stream stream;

    NET_TRY(net_resolve(host, port, deadline, &addresses));
    keep_within(&addresses, most);
    if (addresses.count == 0)
        return NET_REDIRECTED;
    int64_t latest = clock_monotonic_ms() + NET_CONNECT_MS;
    NET_TRY(connect_to_any(&addresses, deadline < latest ? deadline : latest, &stream));
    stream.deadline = deadline;
    enum net_outcome outcome = with_tls ? begin_tls(&stream, host) : NET_OK;
    if (outcome == NET_OK)
        *out_stream = stream;
    else
        net_stream_close(&stream);
    return outcome;
}

/* One try: how many bytes went; 0: again. */
static enum net_outcome write_some(struct net_stream *stream, const char *bytes, size_t length,
                                   size_t *out_length)
{
    *out_length = 0;
    if (stream->tls) {
        ERR_clear_error();
        int result = SSL_write_ex(stream->tls, bytes, length, out_length);
        return result == 1 ? NET_OK : wait_for_tls(stream, result);
    }
    ssize_t sent = send(stream->fd, bytes, length, MSG_NOSIGNAL);
    if (sent >= 0)
        *out_length = (size_t)sent;
    else if (errno == EAGAIN)
        return wait_for(stream, POLLOUT);
    return sent >= 0 || errno == EINTR ? NET_OK : NET_BROKEN_OFF;
}

enum net_outcome net_stream_write(struct net_stream *stream, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        size_t sent;
        if (clock_monotonic_ms() >= stream->deadline)
            return NET_TIMED_OUT;
        NET_TRY(write_some(stream, at, length, &sent));
        at += sent;
        length -= sent;
    }
    return NET_OK;
}

/* One try, as above; *out_ended: nothing will come any more. */
static enum net_outcome read_some(struct net_stream *stream, void *to, size_t room, size_t *out_length,
                                  bool *out_ended)
{
    *out_length = 0;
    *out_ended = false;
    if (stream->tls) {
        ERR_clear_error();
        int result = SSL_read_ex(stream->tls, to, room, out_length);
        *out_ended = result != 1 && SSL_get_error(stream->tls, result) == SSL_ERROR_ZERO_RETURN;
        return result == 1 || *out_ended ? NET_OK : wait_for_tls(stream, result);
    }
    ssize_t got = recv(stream->fd, to, room, 0);
    *out_ended = got == 0;
    if (got >= 0)
        *out_length = (size_t)got;
    else if (errno == EAGAIN)
        return wait_for(stream, POLLIN);
    return got >= 0 || errno == EINTR ? NET_OK : NET_BROKEN_OFF;
}

enum net_outcome net_stream_read(struct net_stream *stream, void *to, size_t room, size_t *out_length)
{
    bool ended = false;
    size_t length = 0;

    while (length == 0 && !ended) {
        /* A trickle of single bytes must not go on for ever. */
        if (clock_monotonic_ms() >= stream->deadline)
            return NET_TIMED_OUT;
        NET_TRY(read_some(stream, to, room, &length, &ended));
    }
    *out_length = length;
    return NET_OK;
}

void net_stream_close(struct net_stream *stream)
{
    if (stream->tls) {
        ERR_clear_error();
        (void)SSL_shutdown(stream->tls); /* says goodbye; nobody waits for an answer */
        SSL_free(stream->tls);
        ERR_clear_error();
    }
    if (stream->fd >= 0)
        close(stream->fd);
    stream->tls = NULL;
    stream->fd = -1;
}
