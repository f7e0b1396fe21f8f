/*
 * http_reply.h — the bytes of an HTTP/1.1 reply (RFC 9112), as they come, a piece at a time.
 *
 * The other side is not trusted: the head may take NET_HEAD_MAX bytes and NET_HEADERS_MAX lines, the body what its reader
 * allows. Content-Length beside Transfer-Encoding, two different lengths, codings other than chunked: NET_UNREADABLE.
 * Interim replies (1xx) are passed over. What comes after the reply's end is not looked at.
 */
#ifndef CARREL_NET_HTTP_REPLY_H
#define CARREL_NET_HTTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "net/outcome.h"

enum http_reply_phase {
    HTTP_REPLY_HEAD,
    HTTP_REPLY_LENGTH,     /* `left` bytes of body */
    HTTP_REPLY_TO_END,     /* body until the connection closes */
    HTTP_REPLY_CHUNK_SIZE, /* a line with the size of the next chunk */
    HTTP_REPLY_CHUNK,      /* `left` bytes of it */
    HTTP_REPLY_CHUNK_END,  /* the line end after it */
    HTTP_REPLY_TRAILER,    /* lines after the last chunk */
    HTTP_REPLY_DONE,
};

struct http_reply {
    struct arena *arena;
    size_t body_max;
    enum http_reply_phase phase;
    int status;
    const char *content_type; /* NULL: not said */
    const char *location;     /* NULL: none */
    struct text_buf head;     /* the lines so far; then the line at hand */
    struct text_buf body;
    uint64_t left;
    size_t interim; /* replies passed over */
};

void http_reply_init(struct http_reply *reply, struct arena *arena, size_t body_max);

/* The next bytes. NET_UNREADABLE, NET_TOO_LARGE: it cannot go on. phase tells when it is whole. */
enum net_outcome http_reply_feed(struct http_reply *reply, const char *bytes, size_t length) MUST_CHECK;

/* The connection has closed: NET_OK when the reply is whole by that, else NET_BROKEN_OFF. */
enum net_outcome http_reply_end(struct http_reply *reply) MUST_CHECK;

#endif
