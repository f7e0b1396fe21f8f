/*
 * replay.c — who asks what under which key, and an answer as lines and bytes.
 */
#include "http/replay.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "http/reply.h"
#include "http/router.h"

#define KEY_HEADER "Idempotency-Key"
#define PIECE_BYTES (64 * 1024)

/* ---- the key ------------------------------------------------------------------------------------------- */

static bool is_key(const char *text)
{
    size_t length = strlen(text);

    for (const char *p = text; *p; p++) {
        if (*p < ' ' || *p > '~')
            return false;
    }
    return length > 0 && length <= IDEMPOTENCY_KEY_MAX;
}

bool replay_is_for(const struct route *route)
{
    return route->method == POST && (route->work == WRITES || route->work == BULK) && !route->secret;
}

enum error_kind replay_read_key(struct request *req)
{
    const char *key = request_header(req, KEY_HEADER);

    if (!key || !req->router->replies || !replay_is_for(req->route))
        return OK;
    if (request_header_count(req, KEY_HEADER) > 1 || !is_key(key))
        return fail(req->ctx, BAD_REQUEST,
                    KEY_HEADER " must be given once, as 1 to %d printable ASCII characters.",
                    IDEMPOTENCY_KEY_MAX);
    req->reply_key.key = key;
    return OK;
}

bool replay_is_possible(const struct request *req)
{
    return req->reply_key.key != NULL;
}

/* Two people who happen to choose the same key must not get each other's answers. */
static const char *scope_of(const struct request *req)
{
    const struct actor *actor = &req->ctx->actor;
    struct arena *arena = req->ctx->arena;

    if (req->local_socket)
        return "local";
    if (actor->account_id != 0)
        return arena_printf(arena, "account %" PRId64, actor->account_id);
    if (actor->access > ANYONE)
        return arena_printf(arena, "key %s", actor->name);
    return arena_printf(arena, "address %s", req->remote_address);
}

/* Of a body in a file. One that cannot be read is like no other: its name stands for it. */
static struct digest digest_of_file(struct arena *arena, const char *path)
{
    struct digest_run *run = digest_begin();
    char *piece = arena_alloc(arena, PIECE_BYTES);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got = -1;

    while (descriptor >= 0 && (got = read(descriptor, piece, PIECE_BYTES)) > 0)
        digest_add(run, piece, (size_t)got);
    if (got < 0)
        digest_add(run, path, strlen(path));
    if (descriptor >= 0)
        close(descriptor);
    return digest_end(run);
}

/* The path has the ids that `route` leaves open; the body is what a handler will see of it. */
static struct digest digest_of_request(const struct request *req)
{
    struct digest body = req->spooled ? digest_of_file(req->ctx->arena, req->spooled)
                                      : digest_of(req->body ? req->body : "", req->body_length);
    struct text_buf text;

    text_buf_init(&text, req->ctx->arena);
    text_buf_append(&text, req->path);
    for (size_t i = 0; i < req->query_count; i++) {
        text_buf_append_bytes(&text, req->query[i].name, strlen(req->query[i].name) + 1);
        text_buf_append_bytes(&text, req->query[i].value, strlen(req->query[i].value) + 1);
    }
    text_buf_append_bytes(&text, body.bytes, DIGEST_BYTES);
    return digest_of(text_buf_string(&text), text.length);
}

static void complete_key(struct request *req)
{
    struct reply_key *key = &req->reply_key;

    if (key->scope)
        return;
    key->scope = scope_of(req);
    key->route = arena_printf(req->ctx->arena, "POST %s", req->route->path);
    key->request = digest_of_request(req);
    key->told_later = req->json && json_member(req->json, "occurred_at");
}

/* ---- the answer ---------------------------------------------------------------------------------------- */

static const char *lines_of(const struct request *req, const struct response *res)
{
    struct text_buf lines;

    text_buf_init(&lines, req->ctx->arena);
    if (res->content_type)
        text_buf_printf(&lines, "Content-Type: %s\n", res->content_type);
    for (size_t i = 0; i < res->header_count; i++)
        text_buf_printf(&lines, "%s: %s\n", res->headers[i].name, res->headers[i].value);
    return text_buf_string(&lines);
}

static void read_lines(struct response *res, const char *lines)
{
    struct arena *arena = res->ctx->arena;

    while (*lines) {
        size_t length = strcspn(lines, "\n");
        size_t name_length = strcspn(lines, ":");
        const char *name = arena_strndup(arena, lines, name_length);
        const char *value = arena_strndup(arena, lines + name_length + 2, length - name_length - 2);
        if (strcmp(name, "Content-Type") == 0)
            res->content_type = value;
        else
            response_header(res, name, value);
        lines += length + 1;
    }
}

static enum error_kind not_kept(struct ctx *ctx, const struct kept_reply *kept)
{
    char when[CLOCK_INSTANT_SIZE];

    clock_format_instant(kept->kept_at, when);
    error_reason_int(ctx, "status", kept->status);
    error_reason_text(ctx, "done_at", arena_strdup(ctx->arena, when));
    return fail(ctx, REPLY_NOT_KEPT,
                "This was done already, and nothing was done again. Its answer was too long to keep.");
}

enum error_kind replay_find(struct request *req, struct response *res)
{
    struct kept_reply kept;
    bool found;

    req->replayed = false;
    if (!replay_is_possible(req))
        return OK;
    complete_key(req);
    TRY(req->router->replies->find(req->ctx, &req->reply_key, &kept, &found));
    if (!found)
        return OK;
    if (kept.too_long)
        return not_kept(req->ctx, &kept);
    res->status = kept.status;
    read_lines(res, kept.headers);
    response_header(res, "Idempotency-Replayed", "true");
    text_buf_append_bytes(&res->body, kept.body, kept.length);
    req->replayed = true;
    return OK;
}

enum error_kind replay_keep(struct request *req, const struct response *res)
{
    struct kept_reply reply = {.status = res->status};

    if (!replay_is_possible(req))
        return OK;
    reply.body = reply_body(res, &reply.length);
    reply.headers = lines_of(req, res);
    return req->router->replies->keep(req->ctx, &req->reply_key, &reply);
}
