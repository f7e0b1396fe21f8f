/*
 * guard.h — what a request must be before anything else looks at it (QUALITY.md "Let no one in").
 *
 * Method known; path decoded once, without control bytes, encoded slashes or NULs; at most
 * HTTP_HEADERS_MAX headers, names that are tokens (RFC 9110 §5.6.2), values without control bytes; one
 * Host, which is an IP literal, localhost, or a configured name (DNS rebinding); one Content-Length, digits
 * only, never with Transfer-Encoding; on unsafe methods an Origin, where a browser sent one, that is this
 * very server. The Unix socket needs no Host.
 */
#ifndef CARREL_HTTP_GUARD_H
#define CARREL_HTTP_GUARD_H

#include "http/request.h"

/* What the server knows of a request before it is a request. */
struct raw_request {
    const char *method;
    const char *target; /* path and query as sent */
    struct name_value *headers;
    size_t header_count;
};

/*
 * Fills method, path, query, headers and correlation id of `req` from `raw`, or fails with the error to
 * answer. `host_names` are further names this server may be called by (ends with NULL; NULL: none).
 */
enum error_kind guard_request(struct request *req, const struct raw_request *raw,
                              const char *const *host_names) MUST_CHECK;

#endif
