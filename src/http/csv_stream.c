/*
 * csv_stream.c — one handler call per piece. The handler does not know: it sees a list query with a larger
 * limit and the cursor of the piece before.
 */
#include "http/csv_stream.h"

#include <assert.h>
#include <string.h>

#include "base/csv_write.h"
#include "base/log.h"
#include "db/pool.h"

#define CSV_PIECE_ROWS 1000 /* per snapshot; fewer when so many rows do not fit a request's memory */
#define CSV_PIECE_SHRINK 8

/* text/csv is named, and not after application/json. */
bool csv_is_wanted(const struct request *req)
{
    const char *accept = request_header(req, "Accept");

    if (!req->route->list || req->route->work != READS)
        return false;
    if (req->route->as_csv)
        return true;
    const char *csv = accept ? strstr(accept, "text/csv") : NULL;
    const char *json = accept ? strstr(accept, "application/json") : NULL;
    return csv && (!json || csv < json);
}

static bool is_segment(const char *at, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(at, name, length) == 0;
}

/* "/books/{id}/borrows" and "/borrows/export/csv" are both borrows.csv. */
static const char *file_disposition(struct arena *arena, const char *path)
{
    const char *best = "list";
    size_t best_length = 4;

    while (*path) {
        size_t length = strcspn(path + 1, "/");
        bool is_name =
            path[1] != '{' && !is_segment(path + 1, length, "csv") && !is_segment(path + 1, length, "export");
        if (is_name && length > 0) {
            best = path + 1;
            best_length = length;
        }
        path += length + 1;
    }
    return arena_printf(arena, "attachment; filename=\"%.*s.csv\"", (int)best_length, best);
}

static enum error_kind run_handler(const struct router *router, struct request *req, struct response *res,
                                   bool first)
{
    response_clear(res);
    if (first)
        csv_write_header(&res->body, res->csv);
    TRY(pool_take(router->pool, req->ctx));
    enum error_kind kind = req->route->handler(req, res);
    pool_give(router->pool, req->ctx);
    return kind;
}

/* Rows with very long texts: the same piece again, with fewer of them. */
static enum error_kind read_piece(const struct router *router, struct request *req, struct response *res,
                                  struct arena_mark mark, bool first)
{
    struct arena *arena = req->ctx->arena;

    for (;;) {
        enum error_kind kind = run_handler(router, req, res, first);
        if (!arena_exhausted(arena))
            return kind;
        if (req->list.limit == 1)
            return fail(req->ctx, OUT_OF_MEMORY, "A row of this list is too large.");
        req->list.limit = req->list.limit > CSV_PIECE_SHRINK ? req->list.limit / CSV_PIECE_SHRINK : 1;
        arena_reset_to(arena, mark);
        /* What was too much is gone again. */
        arena->exhausted = false;
        error_clear(req->ctx);
    }
}

enum error_kind csv_stream(const struct router *router, struct request *req, struct response *res)
{
    const char *disposition = file_disposition(req->ctx->arena, req->route->path);
    char cursor[LIST_CURSOR_MAX + 1];
    struct arena_mark mark = arena_mark(req->ctx->arena);
    bool first = true;
    bool sent = true;

    assert(res->send_chunk);
    req->list.limit = req->head_only ? 1 : CSV_PIECE_ROWS;
    req->list.without_total = true;
    for (;;) {
        enum error_kind kind = read_piece(router, req, res, mark, first);
        if (kind != OK && first)
            return kind;
        const char *next = res->next_cursor;
        res->status = 200;
        res->content_type = "text/csv; charset=utf-8";
        response_header(res, "Content-Disposition", disposition);
        if (kind == OK)
            sent = res->send_chunk(res->connection, res, text_buf_string(&res->body), res->body.length);
        res->streamed = true;
        if (kind != OK)
            LOG(ERROR, "a list broke off", LOG_TEXT("why", req->ctx->error.detail));
        res->broken = kind != OK || !sent || (next && strlen(next) > LIST_CURSOR_MAX);
        if (res->broken || !next || req->head_only)
            return OK;
        memcpy(cursor, next, strlen(next) + 1);
        arena_reset_to(req->ctx->arena, mark);
        req->list.cursor = cursor;
        req->list.offset = 0;
        first = false;
    }
}
