/*
 * reply.h — the status line and headers of a reply: those it was given and those every reply has
 * (API.md "Every response", QUALITY.md "Let no one in").
 */
#ifndef CARREL_HTTP_REPLY_H
#define CARREL_HTTP_REPLY_H

#include "http/request.h"
#include "http/response.h"

#define REPLY_HEAD_SIZE 4096

struct reply_facts {
    bool close;         /* the connection ends after this reply */
    bool chunked;       /* Transfer-Encoding: chunked; else Content-Length, unless … */
    bool until_close;   /* … an HTTP/1.0 client reads until the end of the connection */
    int64_t started_us; /* monotonic: when the request had arrived */
    int hsts_s;         /* seconds for Strict-Transport-Security (RFC 6797); 0: without it */
};

/* The bytes of the body and how many they are. */
const void *reply_body(const struct response *res, size_t *out_length);

/* Writes the head, with the empty line. Its length; 0 when it does not fit (a handler set absurd headers). */
size_t reply_head(char out[REPLY_HEAD_SIZE], const struct request *req, const struct response *res,
                  const struct reply_facts *facts);

#endif
