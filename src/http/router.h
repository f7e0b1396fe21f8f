/*
 * router.h — from a guarded request to a handler and back.
 *
 * The site map (src/routes.c) lists the slices' tables; router_init() checks them and builds the index.
 * router_dispatch() finds the row, applies its columns (access, body, path and list parameters), runs the
 * handler where its `work` says, and turns errors into replies. It never touches a socket.
 */
#ifndef CARREL_HTTP_ROUTER_H
#define CARREL_HTTP_ROUTER_H

#include <stddef.h>

#include "http/request.h"
#include "http/response.h"

struct door;             /* http/access.h */
struct http_metrics;     /* http/metrics.h */
struct openapi_document; /* http/openapi.h */
struct pool;
struct reply_store; /* base/kept_reply.h */
struct rate_limit;  /* http/rate_limit.h */
struct writer;

/* Rows whose paths begin with the same segment; they stand side by side. */
struct route_range {
    const char *path;      /* of the first; its first segment is that of all */
    size_t segment_length; /* with the slash before it */
    size_t first, end;     /* rows */
    bool is_parameter;     /* any segment fits */
};

struct router {
    const struct route **routes; /* every row of every table */
    size_t count;
    struct route_range *ranges; /* in the order of the rows */
    size_t range_count;
    struct pool *pool;
    struct writer *writer;
    struct http_metrics *metrics;
    struct openapi_document *document; /* of these rows, once somebody has asked for it */
    const struct door *door;           /* NULL: nobody is asked who they are */
    const struct reply_store *replies; /* NULL: Idempotency-Key is not looked at */
    const char *spool_folder;          /* for bodies of LIMIT_FILE */
    int streams_max;                   /* replies that go on, at the same time */
    struct rate_limit *rate_limit;     /* NULL: everybody may ask as often as they like */
    bool closed; /* there is no library: what no row here has is answered with LIBRARY_CLOSED */
};

/* `tables` ends with NULL. False when a table breaks a rule of route.h; why is logged. */
bool router_init(struct router *router, const struct route *const *tables, struct pool *pool,
                 struct writer *writer);
void router_release(struct router *router);

/*
 * The first half of router_dispatch(), to be called before the body is read: finds the row, checks access and
 * the body's announced size. *out_body_max is how many bytes the body may have. On failure the caller answers
 * with problem_write() and reads no body. router_dispatch() does it itself where nobody has.
 */
enum error_kind router_admit(const struct router *router, struct request *req, struct response *res,
                             size_t *out_body_max) MUST_CHECK;

void router_dispatch(const struct router *router, struct request *req, struct response *res);

/*
 * Which path is this? For HEAD, 405 and the page fallback. NULL when no row has this method and path;
 * *out_allow (in the arena) then lists the methods the path has ("GET, POST"), NULL when it has none.
 */
const struct route *router_find(const struct router *router, struct request *req, const char **out_allow);

#endif
