/*
 * local_client.c — as little HTTP as our own server speaks on its Unix socket.
 */
#include "http/local_client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/socket_name.h"

#define READ_SIZE (16 * 1024)
#define CHUNK_MAX (64 * 1024 * 1024)
#define LINE_MAX_BYTES 4096 /* of a reply's head */

struct client {
    struct ctx *ctx;
    int socket;
    int64_t until_ms;
};

static enum error_kind no_server(struct client *client, const char *path)
{
    return fail(client->ctx, BUSY, "no server answers on %s: %s", path, strerror(errno));
}

static bool wait_for(const struct client *client, short events)
{
    int64_t left = client->until_ms - clock_monotonic_ms();
    struct pollfd poller = {.fd = client->socket, .events = events};

    return left > 0 && poll(&poller, 1, (int)left) > 0;
}

static enum error_kind open_socket(struct client *client, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int folder;
    const char *name = socket_short_path(client->ctx, path, &folder);
    bool fits = strlen(name) < sizeof address.sun_path;

    if (fits)
        memcpy(address.sun_path, name, strlen(name) + 1);
    client->socket = fits ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    bool is_open =
        client->socket >= 0 && connect(client->socket, (struct sockaddr *)&address, sizeof address) == 0;
    int reason = errno;
    if (folder >= 0)
        close(folder);
    errno = reason;
    if (!fits)
        return fail(client->ctx, BUSY, "no server answers on %s: the path is too long for a socket", path);
    return is_open ? OK : no_server(client, path);
}

/* Not as if there were none: what was asked may be under way. */
static enum error_kind too_slow(struct client *client)
{
    return fail(client->ctx, CONFLICT, "The running server did not answer in time. Its log says why.");
}

static enum error_kind send_all(struct client *client, const char *bytes, size_t length)
{
    while (length > 0) {
        if (!wait_for(client, POLLOUT))
            return too_slow(client);
        ssize_t sent = send(client->socket, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            /* It may have answered and closed without reading everything (413): the answer decides. */
            return OK;
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
        }
    }
    return OK;
}

static enum error_kind send_request(struct client *client, const char *method, const char *target,
                                    const char *content_type, const char *body, size_t body_length)
{
    struct text_buf head;

    text_buf_init(&head, client->ctx->arena);
    text_buf_printf(&head, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, target);
    if (body)
        text_buf_printf(&head, "Content-Type: %s\r\nContent-Length: %zu\r\n", content_type, body_length);
    text_buf_append(&head, "\r\n");
    TRY(send_all(client, head.bytes, head.length));
    return body ? send_all(client, body, body_length) : OK;
}

/* ---- the reply ----------------------------------------------------------------------------------------- */

static enum error_kind no_http(struct client *client)
{
    return fail(client->ctx, INTERNAL, "what the running server answered is no HTTP");
}

/* What has come and is not read yet. */
struct inflow {
    struct client *client;
    char bytes[READ_SIZE];
    size_t at, length;
};

static enum error_kind broke_off(struct client *client)
{
    return fail(client->ctx, CONFLICT, "The running server's answer broke off. Its log says why.");
}

/* At least one byte more, if any come. */
static enum error_kind refill(struct inflow *in, bool *out_ended)
{
    *out_ended = false;
    while (in->at == in->length) {
        if (!wait_for(in->client, POLLIN))
            return too_slow(in->client);
        ssize_t got = recv(in->client->socket, in->bytes, sizeof in->bytes, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        *out_ended = got <= 0;
        if (*out_ended)
            return OK;
        in->at = 0;
        in->length = (size_t)got;
    }
    return OK;
}

/* A line without its end. */
static enum error_kind read_line(struct inflow *in, char out[LINE_MAX_BYTES])
{
    size_t used = 0;
    bool ended;

    for (;;) {
        TRY(refill(in, &ended));
        if (ended || used == LINE_MAX_BYTES - 1)
            return broke_off(in->client);
        char c = in->bytes[in->at++];
        if (c == '\n')
            break;
        out[used++] = c;
    }
    out[used > 0 && out[used - 1] == '\r' ? used - 1 : used] = '\0';
    return OK;
}

struct reply_shape {
    int status;
    bool chunked;
    int64_t length; /* NO_NUMBER: to the end of the connection */
};

static enum error_kind read_head(struct inflow *in, struct reply_shape *shape)
{
    char line[LINE_MAX_BYTES];
    int64_t number;

    *shape = (struct reply_shape){.length = NO_NUMBER};
    TRY(read_line(in, line));
    if (!text_starts_with(line, "HTTP/1.1 ") || strlen(line) < 12)
        return no_http(in->client);
    line[12] = '\0';
    if (!text_to_int64(line + 9, &number))
        return no_http(in->client);
    shape->status = (int)number;
    for (;;) {
        TRY(read_line(in, line));
        if (*line == '\0')
            return OK;
        char *value = strchr(line, ':');
        if (!value)
            return no_http(in->client);
        *value++ = '\0';
        value += strspn(value, " \t");
        if (strcasecmp(line, "Transfer-Encoding") == 0)
            shape->chunked = strcasecmp(value, "chunked") == 0;
        else if (strcasecmp(line, "Content-Length") == 0 && !text_to_int64(value, &shape->length))
            return no_http(in->client);
    }
}

/* `length` bytes, or (NO_NUMBER) all there are. */
static enum error_kind hand_on(struct inflow *in, int64_t length, const struct local_taker *taker)
{
    bool ended;

    while (length != 0) {
        TRY(refill(in, &ended));
        if (ended)
            return length == NO_NUMBER ? OK : broke_off(in->client);
        size_t some = in->length - in->at;
        if (length != NO_NUMBER && (int64_t)some > length)
            some = (size_t)length;
        if (!taker->take(taker->argument, in->bytes + in->at, some))
            return fail(in->client->ctx, CONFLICT, "The answer could not be written: %s.", strerror(errno));
        in->at += some;
        length -= length == NO_NUMBER ? 0 : (int64_t)some;
    }
    return OK;
}

static bool parse_chunk_size(const char *line, size_t *out_size)
{
    char *end;

    errno = 0;
    unsigned long long size = strtoull(line, &end, 16);
    *out_size = (size_t)size;
    return errno == 0 && end != line && *end == '\0' && size <= CHUNK_MAX;
}

static enum error_kind hand_on_chunks(struct inflow *in, const struct local_taker *taker)
{
    char line[LINE_MAX_BYTES];
    size_t size;

    for (;;) {
        TRY(read_line(in, line));
        if (!parse_chunk_size(line, &size))
            return broke_off(in->client);
        if (size == 0)
            return OK;
        TRY(hand_on(in, (int64_t)size, taker));
        TRY(read_line(in, line));
    }
}

static bool keep_text(void *argument, const char *bytes, size_t length)
{
    struct text_buf *kept = argument;

    text_buf_append_bytes(kept, bytes, length);
    return !arena_exhausted(kept->arena);
}

/* The body of a 200 goes to `taker` (NULL: it is kept), that of any other status is kept. */
static enum error_kind receive(struct inflow *in, const struct local_taker *taker,
                               struct local_reply *out_reply)
{
    struct reply_shape shape;
    struct text_buf kept;
    const struct local_taker keeper = {keep_text, &kept};

    text_buf_init(&kept, in->client->ctx->arena);
    TRY(read_head(in, &shape));
    const struct local_taker *to = taker && shape.status == 200 ? taker : &keeper;
    enum error_kind kind = shape.chunked ? hand_on_chunks(in, to) : hand_on(in, shape.length, to);
    if (arena_exhausted(kept.arena)) {
        error_clear(in->client->ctx);
        return fail(in->client->ctx, OUT_OF_MEMORY, "the running server's answer is too large");
    }
    TRY(kind);
    *out_reply = (struct local_reply){
        .status = shape.status, .body = text_buf_string(&kept), .body_length = kept.length};
    return OK;
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

/* It closes the connection when it is done with the request: then its log has it, too. */
static enum error_kind await_end(struct inflow *in)
{
    bool ended = false;

    while (!ended) {
        in->at = in->length;
        TRY(refill(in, &ended));
    }
    return OK;
}

struct local_question {
    const char *method, *target, *content_type, *body;
    size_t body_length;
    const struct local_taker *taker;
};

static enum error_kind ask(struct ctx *ctx, const char *socket_path, const struct local_question *question,
                           int timeout_ms, struct local_reply *out_reply)
{
    struct client client = {.ctx = ctx, .socket = -1, .until_ms = clock_monotonic_ms() + timeout_ms};
    struct inflow in = {.client = &client};
    enum error_kind kind = open_socket(&client, socket_path);

    if (kind == OK)
        kind = send_request(&client, question->method, question->target, question->content_type,
                            question->body, question->body_length);
    if (kind == OK)
        kind = receive(&in, question->taker, out_reply);
    if (kind == OK)
        kind = await_end(&in);
    if (client.socket >= 0)
        close(client.socket);
    return kind;
}

enum error_kind local_client_send(struct ctx *ctx, const char *socket_path, const char *method,
                                  const char *target, const char *content_type, const char *body,
                                  size_t body_length, int timeout_ms, struct local_reply *out_reply)
{
    const struct local_question question = {method, target, content_type, body, body_length, NULL};

    return ask(ctx, socket_path, &question, timeout_ms, out_reply);
}

enum error_kind local_client_receive(struct ctx *ctx, const char *socket_path, const char *target,
                                     int timeout_ms, const struct local_taker *taker,
                                     struct local_reply *out_reply)
{
    const struct local_question question = {.method = "GET", .target = target, .taker = taker};

    return ask(ctx, socket_path, &question, timeout_ms, out_reply);
}
