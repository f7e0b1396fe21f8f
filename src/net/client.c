/*
 * client.c — writes a request, feeds what comes back to http_reply.c, follows where it is sent on.
 */
#include "net/client.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/trace.h"
#include "base/version.h"
#include "net/http_reply.h"
#include "net/stream.h"
#include "net/url.h"

#define PIECE_BYTES (16 * 1024) /* read at a time */

static bool is_one_line(const char *text)
{
    return text[strcspn(text, "\r\n")] == '\0';
}

static void append_header(struct text_buf *out, const char *name, const char *value)
{
    if (value)
        text_buf_printf(out, "%s: %s\r\n", name, value);
}

static bool write_head(struct arena *arena, const struct net_request *request, const struct net_url *url,
                       struct text_buf *out)
{
    text_buf_printf(out, "%s %s HTTP/1.1\r\n", request->body ? "POST" : "GET", url->target);
    append_header(out, "Host", net_url_authority(arena, url, false));
    append_header(out, "User-Agent", "Carrel/" CARREL_VERSION);
    append_header(out, "Accept", request->accept ? request->accept : "*/*");
    append_header(out, "Connection", "close");
    if (trace_now()) {
        char traceparent[TRACE_HEADER_SIZE];
        trace_write(trace_now(), traceparent);
        append_header(out, "traceparent", traceparent);
    }
    for (const struct net_header *header = request->headers; header && header->name; header++) {
        if (!is_one_line(header->name) || !is_one_line(header->value))
            return false;
        append_header(out, header->name, header->value);
    }
    if (request->body) {
        append_header(out, "Content-Type", request->body_type);
        text_buf_printf(out, "Content-Length: %zu\r\n", request->body_length);
    }
    text_buf_append(out, "\r\n");
    return true;
}

static enum net_outcome read_reply(struct arena *arena, struct net_stream *stream, struct http_reply *reply)
{
    char *piece = arena_alloc(arena, PIECE_BYTES);
    size_t length;

    while (reply->phase != HTTP_REPLY_DONE) {
        NET_TRY(net_stream_read(stream, piece, PIECE_BYTES, &length));
        if (length == 0)
            return http_reply_end(reply);
        NET_TRY(http_reply_feed(reply, piece, length));
    }
    return NET_OK;
}

static enum net_outcome talk(struct arena *arena, const struct net_request *request,
                             const struct net_url *url, struct net_stream *stream, struct http_reply *reply)
{
    struct text_buf head;

    text_buf_init(&head, arena);
    if (!write_head(arena, request, url, &head))
        return NET_BAD_ADDRESS;
    NET_TRY(net_stream_write(stream, head.bytes, head.length));
    if (request->body)
        NET_TRY(net_stream_write(stream, request->body, request->body_length));
    if (request->was_sent)
        *request->was_sent = true;
    enum net_outcome outcome = read_reply(arena, stream, reply);
    bool is_cut = outcome == NET_TOO_LARGE || outcome == NET_BROKEN_OFF || outcome == NET_TIMED_OUT;
    return request->status_says_all && is_cut && reply->status >= 200 ? NET_OK : outcome;
}

/* One server, once. *io_reach: how far in it may be; then how far it is. */
static enum net_outcome ask(struct arena *arena, const struct net_request *request, const struct net_url *url,
                            int64_t deadline, enum net_reach *io_reach, struct http_reply *reply)
{
    struct breakers *breakers = request->breakers ? request->breakers : breakers_shared();
    const char *destination = net_url_authority(arena, url, true);
    struct net_stream stream;

    if (!breaker_allows(breakers, destination, clock_monotonic_ms()))
        return NET_RESTING;
    http_reply_init(reply, arena, request->reply_max ? request->reply_max : NET_REPLY_MAX);
    enum net_outcome outcome =
        net_stream_open(url->host, url->port, url->is_https, *io_reach, deadline, &stream);
    if (outcome == NET_OK) {
        *io_reach = stream.reach;
        outcome = talk(arena, request, url, &stream, reply);
        net_stream_close(&stream);
    }
    /* Nobody was asked: it says nothing of whom the address belongs to. */
    if (outcome == NET_REDIRECTED || outcome == NET_BAD_ADDRESS)
        return outcome;
    bool succeeded = outcome == NET_OK && reply->status < 500 && reply->status != 429;
    breaker_note(breakers, destination, succeeded, clock_monotonic_ms());
    return outcome;
}

static bool sends_on(const struct net_request *request, const struct http_reply *reply)
{
    bool is_redirect = reply->status == 301 || reply->status == 302 || reply->status == 303 ||
                       reply->status == 307 || reply->status == 308;

    return is_redirect && reply->location && !request->body;
}

static enum net_outcome follow(struct arena *arena, struct net_url *io_url, const char *location)
{
    struct net_url next;

    if (!net_url_follow(arena, io_url, location, &next))
        return NET_UNREADABLE;
    if (io_url->is_https && !next.is_https)
        return NET_REDIRECTED;
    *io_url = next;
    return NET_OK;
}

static enum net_outcome exchange(struct arena *arena, const struct net_request *request,
                                 struct net_reply *out_reply)
{
    int64_t latest = clock_monotonic_ms() + NET_EXCHANGE_MS;
    int64_t deadline = request->deadline && request->deadline < latest ? request->deadline : latest;
    struct net_request sent = *request;
    enum net_reach reach = NET_REACH_LINK;
    struct http_reply reply;
    struct net_url url;

    if (!net_url_parse(arena, request->url, &url))
        return NET_BAD_ADDRESS;
    for (int redirects = 0;; redirects++) {
        const char *host = url.host;
        NET_TRY(ask(arena, &sent, &url, deadline, &reach, &reply));
        if (!sends_on(request, &reply))
            break;
        if (redirects == NET_REDIRECTS_MAX)
            return NET_REDIRECTED;
        NET_TRY(follow(arena, &url, reply.location));
        if (strcmp(host, url.host) != 0)
            sent.headers = NULL;
    }
    *out_reply = (struct net_reply){.status = reply.status,
                                    .content_type = reply.content_type,
                                    .body = text_buf_string(&reply.body),
                                    .length = reply.body.length};
    return NET_OK;
}

/* What is asked is a part of what the thread does, and the other side hears of which. */
enum net_outcome net_exchange(struct arena *arena, const struct net_request *request,
                              struct net_reply *out_reply)
{
    const struct trace *outer = trace_now();
    int64_t began_us = clock_monotonic_us();
    struct net_reply reply = {0};

    if (!outer)
        return exchange(arena, request, out_reply);
    struct span span = {.trace = trace_child(outer),
                        .kind = SPAN_CLIENT,
                        .name = "ask another server",
                        .method = request->body ? "POST" : "GET"};
    trace_set(&span.trace);
    enum net_outcome outcome = exchange(arena, request, &reply);
    trace_set(outer);
    span.status = outcome == NET_OK ? reply.status : 0;
    span.failed = outcome != NET_OK || reply.status >= 400;
    if (trace_is_wanted(outer))
        trace_tell(&span, began_us);
    if (outcome == NET_OK)
        *out_reply = reply;
    return outcome;
}

void net_forget_failures(struct arena *arena, const char *url)
{
    struct net_url parsed;

    if (net_url_parse(arena, url, &parsed))
        breaker_forget(breakers_shared(), net_url_authority(arena, &parsed, true));
}
