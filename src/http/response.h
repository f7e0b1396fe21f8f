/*
 * response.h — the reply under construction. Nothing reaches a socket before the handler has returned
 * and, for a write, COMMIT is durable.
 */
#ifndef CARREL_HTTP_RESPONSE_H
#define CARREL_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/json_write.h"
#include "base/row_sink.h"
#include "base/text.h"

#define RESPONSE_HEADERS_MAX 16

struct response_header {
    const char *name;
    const char *value;
};

struct response {
    struct ctx *ctx;
    int status;               /* 0: the route's own */
    const char *content_type; /* NULL: application/json; charset=utf-8 */
    struct response_header headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
    struct text_buf body;
    struct json_writer json;
    const void *static_body; /* instead of `body`: bytes that live as long as the request */
    size_t static_length;
    int64_t version;        /* of the resource, for its ETag; NO_NUMBER: none */
    bool more;              /* BULK: the handler wants to be called again */
    bool refuse_and_commit; /* an error is answered, yet what was written stays */

    const struct column *csv; /* pages are written as CSV with these columns; NULL: as JSON */
    const char *next_cursor;  /* of the last page written; NULL: it was the last of all */

    /* How a long reply leaves in pieces: set by the server, called by the dispatcher between snapshots. The
       first call sends the head. False: the client has gone. NULL: replies are kept whole. */
    bool (*send_chunk)(void *connection, struct response *res, const char *bytes, size_t length);
    bool (*is_over)(
        void *connection); /* of a reply that goes on: the server stops, or the client has hung up */
    void *connection;
    bool streamed; /* status and body have gone out through send_chunk */
    bool broken;   /* … but not to the end: the connection must be cut, not closed properly */
};

/* An empty reply; keeps who sends it (send_chunk, connection). */
void response_init(struct response *res, struct ctx *ctx);
void response_clear(struct response *res);

/* The writer for a reply written by hand. */
struct json_writer *response_json(struct response *res);

/*
 * A sink that writes one row as the reply's object (or as a member's value, when a key was just written).
 * The sink lives in the arena.
 */
struct row_sink *response_row(struct response *res);

/* A sink that writes a row's members into the object that is open, beside others (reply_field.beside). */
struct row_sink *response_members(struct response *res);

/* A sink that writes a page: {"data": [...], "meta": {...}}, or CSV where the client asked for that. */
struct row_sink *response_page(struct response *res);

/* A sink that writes rows as a bare array value. Close it with response_array_end(). */
struct row_sink *response_array(struct response *res);
void response_array_end(struct response *res);

/* Replaces an earlier one of that name. `value` must live until the reply has left (arena or static). */
void response_header(struct response *res, const char *name, const char *value);

/* NULL when it has not been set. */
const char *response_header_value(const struct response *res, const char *name);

/*
 * ETag: "version", for If-Match. In the reply to a GET the dispatcher adds a hash of the body ("7-9f2c…"): what
 * is shown may change without the record's version (copies lent). A route with `.one` has the hash in any case.
 * If the request's If-None-Match names the tag, the dispatcher answers 304.
 */
void response_version(struct response *res, int64_t version);

/* For the dispatcher: the tag of this body, with the version before it where there is one. */
void response_tag(struct response *res, uint64_t body_hash);

#endif
