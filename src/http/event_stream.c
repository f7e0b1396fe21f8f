/*
 * event_stream.c — one look after the other. Nobody is woken when something happens: a look at an index that has
 * nothing new costs microseconds, and a stream that is late by EVENT_POLL_MS is still live.
 */
#include "http/event_stream.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/pool.h"

static atomic_int open_streams;

bool event_stream_is_wanted(const struct request *req)
{
    const char *accept = request_header(req, "Accept");

    return req->route->follows && accept && strstr(accept, "text/event-stream");
}

static enum error_kind look(const struct router *router, struct request *req, struct response *res)
{
    response_clear(res);
    TRY(pool_take(router->pool, req->ctx));
    enum error_kind kind = req->route->handler(req, res);
    pool_give(router->pool, req->ctx);
    return kind;
}

static enum error_kind follow(const struct router *router, struct request *req, struct response *res)
{
    struct arena_mark mark = arena_mark(req->ctx->arena);
    int64_t begun = clock_monotonic_ms();
    int64_t heard = begun;
    bool begun_to_send = false; /* each look begins with a cleared reply */
    bool sent = true;

    while (sent && !req->head_only && clock_monotonic_ms() - begun < EVENT_STREAM_MS) {
        enum error_kind kind = look(router, req, res);
        if (kind != OK && !begun_to_send)
            return kind;
        res->streamed = begun_to_send;
        if (kind != OK || res->is_over(res->connection))
            break; /* the browser comes back and says where it was */
        if (res->body.length == 0 && clock_monotonic_ms() - heard >= EVENT_QUIET_MS)
            text_buf_append(&res->body, ":\n\n"); /* a comment: is anybody there? */
        if (res->body.length > 0) {
            res->status = 200;
            res->content_type = "text/event-stream";
            sent = res->send_chunk(res->connection, res, text_buf_string(&res->body), res->body.length);
            res->streamed = begun_to_send = true;
            heard = clock_monotonic_ms();
        }
        arena_reset_to(req->ctx->arena, mark);
        clock_sleep_ms(EVENT_POLL_MS);
    }
    res->broken = !sent;
    return OK;
}

enum error_kind event_stream(const struct router *router, struct request *req, struct response *res)
{
    enum error_kind kind;

    assert(res->send_chunk && res->is_over);
    req->followed = NO_NUMBER;
    if (atomic_fetch_add(&open_streams, 1) < router->streams_max)
        kind = follow(router, req, res);
    else
        kind = fail(req->ctx, BUSY, "%d pages are listening already. Ask again without text/event-stream.",
                    router->streams_max);
    atomic_fetch_sub(&open_streams, 1);
    return kind;
}
