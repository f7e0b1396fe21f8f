/*
 * dispatch.c — runs the handler of a found row where its `work` says, with everything the row promises it.
 *
 * Each column of the route table is applied here or in router_admit(), once, for all routes alike; a handler
 * may rely on it. Errors of any step end in the same problem_write().
 */
#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_read.h"
#include "base/log.h"
#include "db/pool.h"
#include "db/writer.h"
#include "http/assets.h"
#include "http/csv_stream.h"
#include "http/event_stream.h"
#include "http/list_query.h"
#include "http/multipart.h"
#include "http/piece_stream.h"
#include "http/problem.h"
#include "http/replay.h"
#include "http/router.h"
#include "http/spool.h"

static enum error_kind read_with(const struct router *router, struct request *req, struct response *res,
                                 route_handler *handler)
{
    TRY(pool_take(router->pool, req->ctx));
    enum error_kind kind = handler(req, res);
    pool_give(router->pool, req->ctx);
    return kind;
}

/* ---- the body ------------------------------------------------------------------------------------------ */

/* Is the Content-Type `type`, whatever its parameters? */
static bool has_type(const struct request *req, const char *type)
{
    const char *header = request_header(req, "Content-Type");

    if (!header)
        return false;
    size_t length = strcspn(header, "; \t");
    return text_equals_ignoring_case(arena_strndup(req->ctx->arena, header, length), type);
}

static enum error_kind take_file(struct request *req)
{
    if (req->body_length == 0)
        return fail(req->ctx, BAD_REQUEST, "The file is empty.");
    if (has_type(req, "multipart/form-data"))
        return multipart_take_file(req);
    if (has_type(req, "text/csv") || has_type(req, "text/tab-separated-values"))
        return OK;
    return fail(req->ctx, UNSUPPORTED_MEDIA_TYPE,
                "Send the file as text/csv, or as the part \"file\" of multipart/form-data.");
}

/* Bytes of one of the route's own types, or 415 with their names. */
static enum error_kind take_bytes(struct request *req)
{
    const char *const *types = req->route->takes;
    const char *names = types[0];

    if (req->body_length == 0)
        return fail(req->ctx, BAD_REQUEST, "The file is empty.");
    for (size_t i = 0; types[i]; i++) {
        if (has_type(req, types[i])) {
            req->body_type = types[i];
            return req->spooled && has_type(req, "multipart/form-data") ? spool_take_file(req) : OK;
        }
        if (i > 0)
            names = arena_printf(req->ctx->arena, "%s%s%s", names, types[i + 1] ? ", " : " or ", types[i]);
    }
    return fail(req->ctx, UNSUPPORTED_MEDIA_TYPE, "Send the file as %s.", names);
}

/* An act whose every field is optional may come without a body at all. */
static bool may_be_absent(const struct route *route)
{
    if (route->body_use == FIELDS_EDIT)
        return false;
    for (const struct field *field = route->body; field->type != FIELD_NONE; field++) {
        if (field->flags & REQUIRED)
            return false;
    }
    return true;
}

/*
 * The service asks again when it writes, so a body that the table accepts goes straight on; one that it refuses
 * is shown to the service as well, for the sake of an answer that names everything at once.
 */
static enum error_kind check_fields(const struct router *router, struct request *req, struct response *res)
{
    fields_gather(req->ctx, req->route->body, req->route->body_use, req->json);
    if (req->ctx->error.fields && req->route->check && json_type_of(req->json) == JSON_OBJECT)
        TRY(read_with(router, req, res, req->route->check));
    return error_check_fields(req->ctx);
}

static enum error_kind read_json(const struct router *router, struct request *req, struct response *res)
{
    const char *why;

    if (req->body_length == 0) {
        if (may_be_absent(req->route))
            return OK;
        return fail(req->ctx, INVALID_JSON, "A JSON body is required.");
    }
    if (!has_type(req, "application/json"))
        return fail(req->ctx, UNSUPPORTED_MEDIA_TYPE, "The body must be sent as application/json.");
    req->json = json_parse(req->ctx->arena, req->body, req->body_length, &why);
    if (!req->json)
        return fail(req->ctx, INVALID_JSON, "The body cannot be read as JSON: %s", why);
    return check_fields(router, req, res);
}

static enum error_kind read_body(const struct router *router, struct request *req, struct response *res)
{
    if (req->route->takes_csv)
        return take_file(req);
    if (req->route->takes)
        return take_bytes(req);
    return req->route->body ? read_json(router, req, res) : OK;
}

/* ---- where the handler runs ---------------------------------------------------------------------------- */

struct write_call {
    struct request *req;
    struct response *res;
    int64_t slices; /* of bulk work that asked for more: all but the last of them are committed */
};

static void set_success_status(const struct request *req, struct response *res)
{
    const struct route *route = req->route;

    if (res->status == 0 && route)
        res->status = route->status;
    if (res->status == 0) {
        bool has_reply = res->body.length > 0 || res->static_body ||
                         (route && (route->list || route->one || route->reply));
        res->status = has_reply ? 200 : 204;
    }
}

/* On the writer's thread; perhaps not for the first time, so the reply starts afresh. */
static enum write_result write_once(struct ctx *ctx, void *argument)
{
    struct write_call *call = argument;

    assert(ctx == call->req->ctx);
    response_clear(call->res);
    /*
     * Now is when it is done, not when the request came: of two that wait, what is done later is later, and no
     * copy is lent before it came back.
     */
    ctx->now = clock_library_now(0);
    enum error_kind kind = call->slices == 0 ? replay_find(call->req, call->res) : OK;
    if (call->req->replayed)
        return WRITE_DONE;
    if (kind == OK)
        kind = call->req->route->handler(call->req, call->res);
    if (kind != OK) {
        if (ctx->error.code == ERR_NONE)
            (void)fail(ctx, INTERNAL, "The handler failed without saying why.");
        return call->res->refuse_and_commit ? WRITE_REFUSED_AND_KEPT : WRITE_FAILED;
    }
    clock_note_recorded(ctx->now); /* the next one is not earlier, whatever becomes of the machine's clock */
    if (call->res->more && call->req->route->work == BULK) {
        call->slices++;
        return WRITE_MORE;
    }
    set_success_status(call->req, call->res);
    return replay_keep(call->req, call->res) == OK ? WRITE_DONE : WRITE_FAILED;
}

/* "Nothing was changed" would be a lie: each slice was a transaction of its own. */
static enum error_kind run_bulk(const struct router *router, struct write_call *call)
{
    struct ctx *ctx = call->req->ctx;
    enum error_kind kind = writer_run_bulk(router->writer, ctx, write_once, call);

    if (kind == OK || call->slices == 0)
        return kind;
    enum error_code code = ctx->error.code;
    LOG(ERROR, "bulk work broke off", LOG_INT("slices", call->slices), LOG_TEXT("why", ctx->error.detail));
    error_clear(ctx);
    return error_set(ctx, code,
                     "This broke off before its end. What was done until then is kept: do it again.");
}

/* The deed is done, whatever happens here. */
static void tell_committed(const struct router *router, struct request *req, struct response *res)
{
    if (!req->route->committed || req->replayed || read_with(router, req, res, req->route->committed) == OK)
        return;
    LOG(ERROR, "what is kept in memory may be out of date", LOG_TEXT("path", req->route->path),
        LOG_TEXT("why", req->ctx->error.detail));
    error_clear(req->ctx);
}

static enum error_kind run_write(const struct router *router, struct request *req, struct response *res)
{
    struct write_call call = {.req = req, .res = res};

    if (replay_is_possible(req)) {
        TRY(read_with(router, req, res, replay_find));
        if (req->replayed)
            return OK;
    }
    if (req->route->prepare)
        TRY(read_with(router, req, res, req->route->prepare));
    if (req->route->compute)
        TRY(req->route->compute(req, res));
    if (arena_exhausted(req->ctx->arena))
        return ERROR_BUSY;
    if (req->route->work == BULK)
        return run_bulk(router, &call);
    TRY(writer_run(router->writer, req->ctx, write_once, &call));
    tell_committed(router, req, res);
    return OK;
}

/* What asks others takes long: the connection is given back meanwhile. */
static enum error_kind run_read(const struct router *router, struct request *req, struct response *res)
{
    if (req->route->prepare)
        TRY(read_with(router, req, res, req->route->prepare));
    if (req->route->compute)
        TRY(req->route->compute(req, res));
    return read_with(router, req, res, req->route->handler);
}

static enum error_kind run_handler(const struct router *router, struct request *req, struct response *res)
{
    switch (req->route->work) {
    case READS:
        if (event_stream_is_wanted(req))
            return event_stream(router, req, res);
        if (piece_stream_is_wanted(req)) {
            if (req->route->prepare)
                TRY(read_with(router, req, res, req->route->prepare));
            return piece_stream(router, req, res);
        }
        return res->csv ? csv_stream(router, req, res) : run_read(router, req, res);
    case WRITES:
    case BULK: return run_write(router, req, res);
    case UNMANAGED: break;
    }
    return req->route->handler(req, res);
}

static enum error_kind run_route(const struct router *router, struct request *req, struct response *res)
{
    TRY(replay_read_key(req));
    TRY(read_body(router, req, res));
    if (req->route->list) {
        TRY(list_query_read(req));
        res->csv = csv_is_wanted(req) ? req->route->list->columns : NULL;
    }
    TRY(run_handler(router, req, res));
    if (!res->streamed && arena_exhausted(req->ctx->arena))
        return fail(req->ctx, OUT_OF_MEMORY, "This is too much for one request. Nothing was changed.");
    return OK;
}

/* ---- the reply ----------------------------------------------------------------------------------------- */

/* Which body it is, not who wrote it: eight bytes at a time, each time multiplied and folded. */
static uint64_t hash_of(const struct text_buf *body)
{
    const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15); /* 2^64 over the golden ratio, odd */
    uint64_t hash = body->length * factor;

    for (size_t at = 0; at < body->length; at += sizeof hash) {
        size_t left = body->length - at;
        uint64_t piece = 0;
        memcpy(&piece, &body->bytes[at], left < sizeof piece ? left : sizeof piece);
        hash = (hash ^ piece) * factor;
        hash ^= hash >> 32;
    }
    return hash;
}

static void set_tag(const struct request *req, struct response *res)
{
    bool is_single = res->version != NO_NUMBER || (req->route && req->route->one);

    if (req->method != GET || res->status != 200 || !is_single)
        return;
    response_tag(res, hash_of(&res->body));
}

/* Weak comparison, as If-None-Match wants it (RFC 9110 §13.1.2). */
static bool names_tag(const char *list, const char *tag)
{
    size_t length = strlen(tag);

    if (strcmp(list, "*") == 0)
        return true;
    for (const char *at = list; (at = strstr(at, tag)) != NULL; at += length) {
        bool begins = at == list || strchr(", \t/", at[-1]);
        if (begins && (at[length] == '\0' || at[length] == ',' || at[length] == ' '))
            return true;
    }
    return false;
}

static bool is_known_to_client(const struct request *req, const struct response *res)
{
    const char *tag = response_header_value(res, "ETag");
    const char *known = request_header(req, "If-None-Match");

    return req->method == GET && res->status == 200 && tag && known && names_tag(known, tag);
}

static void finish(const struct request *req, struct response *res)
{
    set_success_status(req, res);
    set_tag(req, res);
    if (is_known_to_client(req, res)) {
        res->status = 304;
        res->static_body = NULL;
        text_buf_clear(&res->body);
    }
}

static void count(const struct request *req, enum error_kind kind)
{
    struct route_figures *figures = req->route ? req->route->figures : NULL;

    if (!figures)
        return;
    atomic_fetch_add(kind == OK ? &figures->succeeded : &figures->failed, 1);
    if (kind != OK)
        atomic_fetch_add(&figures->failed_with[req->ctx->error.code], 1);
}

void router_dispatch(const struct router *router, struct request *req, struct response *res)
{
    enum error_kind kind = OK;
    size_t body_max;

    if (!req->route)
        kind = router_admit(router, req, res, &body_max);
    if (kind == OK && req->route)
        kind = run_route(router, req, res);
    else if (kind == OK && !assets_respond(req, res))
        kind = fail(req->ctx, NOT_FOUND, "There is nothing at this address.");
    if (!req->replayed)
        count(req, kind);
    if (res->streamed)
        return;
    if (kind == OK)
        finish(req, res);
    else
        problem_write(req, res, kind);
}
