/*
 * piece_stream.c — headers are the first piece's; what a piece took of the arena is given back after it.
 */
#include "http/piece_stream.h"

#include <assert.h>

#include "base/log.h"
#include "db/pool.h"

bool piece_stream_is_wanted(const struct request *req)
{
    return req->route->in_pieces && !req->head_only;
}

static enum error_kind make_piece(const struct router *router, struct request *req, struct response *res)
{
    response_clear(res);
    res->more = false;
    TRY(pool_take(router->pool, req->ctx));
    enum error_kind kind = req->route->handler(req, res);
    pool_give(router->pool, req->ctx);
    if (kind == OK && arena_exhausted(req->ctx->arena))
        kind = fail(req->ctx, OUT_OF_MEMORY, "A record of this export is too large.");
    return kind;
}

enum error_kind piece_stream(const struct router *router, struct request *req, struct response *res)
{
    struct arena_mark mark = arena_mark(req->ctx->arena);

    assert(res->send_chunk);
    for (bool first = true;; first = false) {
        enum error_kind kind = make_piece(router, req, res);
        if (kind != OK && first)
            return kind;
        res->status = 200;
        bool sent = kind == OK &&
                    res->send_chunk(res->connection, res, text_buf_string(&res->body), res->body.length);
        res->streamed = true;
        res->broken = !sent;
        if (kind != OK)
            LOG(ERROR, "an export broke off", LOG_TEXT("why", req->ctx->error.detail));
        if (res->broken || !res->more)
            return OK;
        arena_reset_to(req->ctx->arena, mark);
    }
}
