/*
 * request.h — one request, already guarded, routed and checked, as a handler sees it.
 *
 * All texts are cleaned UTF-8 (base/text.h), belong to the arena and live until the reply has left.
 */
#ifndef CARREL_HTTP_REQUEST_H
#define CARREL_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "base/kept_reply.h"
#include "base/limits.h"
#include "base/listing.h"
#include "base/uuid.h"
#include "http/access.h"
#include "http/route.h"
#include "http/session.h"

struct json_value;
struct router;

struct name_value {
    const char *name;
    const char *value;
};

struct request {
    struct ctx *ctx;
    const struct router *router; /* that admitted it */
    const struct route *route;
    size_t route_number; /* among the router's rows, from 1; 0: there is no route */

    enum http_method method;
    bool head_only;             /* HEAD: answered like GET, without the body */
    const char *path;           /* decoded, without a trailing slash */
    struct name_value *headers; /* as received */
    size_t header_count;
    struct name_value query[HTTP_QUERY_PARAMS_MAX];
    size_t query_count;
    struct name_value path_parameters[HTTP_PATH_PARAMS_MAX];
    size_t path_parameter_count;

    const char *body; /* bytes as received; NULL: none */
    size_t body_length;
    const char *spooled;           /* of LIMIT_FILE: the file with the body; `body` is NULL. It goes with the
                                      request: who keeps it renames it */
    const char *body_type;         /* of a route with `.takes`: which of them it is */
    const struct json_value *json; /* the checked body of a route with `.body` */
    struct list_query list;        /* of a route with `.list` */

    const char *correlation_id;
    const char *remote_address; /* numeric; "local" for the Unix socket */
    bool local_socket;
    bool secure;                  /* it came over TLS */
    struct credential credential; /* what it presented, if that was looked up and counts */
    struct identity identity;     /* … and whose it is, beside ctx->actor */
    struct reply_key reply_key;   /* of a POST with an Idempotency-Key */
    bool replayed;                /* its answer was there already: nothing was done */
    int64_t followed;             /* of a route that follows: how far the stream is */
    void *state;                  /* what `.prepare` hands to the handler */
};

/* Case-insensitive; NULL when absent. Of several the first. */
const char *request_header(const struct request *req, const char *name);

/* How often a header stands there: of most of them two are an attempt to be understood in two ways. */
size_t request_header_count(const struct request *req, const char *name);

/* "GET"; "unknown" for HTTP_NO_METHOD. */
const char *http_method_name(enum http_method method);

/* Does it ask for something below /api? */
bool request_is_api(const struct request *req);

/* A query parameter, NULL when absent or empty. */
const char *request_query(const struct request *req, const char *name);

/* "true"/"1"/"yes" and "false"/"0"/"no"; anything else is INVALID_PARAMETER. Absent: `fallback`. */
enum error_kind request_query_bool(const struct request *req, const char *name, bool fallback,
                                   bool *out_value) MUST_CHECK;

/* Stores the given parameters of the route's `.query` table in a struct; a wrong one is INVALID_PARAMETER. */
enum error_kind request_query_fields(struct request *req, void *out_struct) MUST_CHECK;

/* A path parameter as text (it is there, the router has seen to that). */
const char *request_path(const struct request *req, const char *name);

/* A path parameter that must be a UUID; else VALIDATION_ERROR on ["path", name]. */
enum error_kind request_uuid(struct request *req, const char *name, struct uuid *out_uuid) MUST_CHECK;

/* Stores the given members of the checked body in a struct described by the route's field table. */
void request_body(struct request *req, void *out_struct);

/* The version in If-Match (`"7"`), NO_NUMBER when absent or `*`; a malformed one matches nothing: -1. */
int64_t request_expected_version(const struct request *req);

#endif
