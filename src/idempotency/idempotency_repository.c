/*
 * idempotency_repository.c — kept answers as rows.
 */
#include "idempotency/idempotency_repository.h"

#include <string.h>

#include "base/limits.h"
#include "db/engine.h"

SQL(FIND, "SELECT body_hash, status, headers, reply, created_at FROM idempotency_key"
          " WHERE scope = :scope AND route = :route AND key = :key AND expires_at > :now");

SQL(KEEP, "INSERT INTO idempotency_key (scope, route, key, body_hash, status, headers, reply, created_at,"
          " expires_at) VALUES (:scope, :route, :key, :hash, :status, :headers, :reply, :now, :expires)"
          " ON CONFLICT (scope, route, key) DO UPDATE SET body_hash = excluded.body_hash,"
          " status = excluded.status, headers = excluded.headers, reply = excluded.reply,"
          " created_at = excluded.created_at, expires_at = excluded.expires_at");

/* The inner query bounds the work of one slice: DELETE … LIMIT is not portable. */
SQL(DELETE_EXPIRED, "DELETE FROM idempotency_key WHERE (scope, route, key) IN"
                    " (SELECT scope, route, key FROM idempotency_key WHERE expires_at <= :now"
                    " ORDER BY expires_at LIMIT :max)");

/* By the index on the end of their time: what was kept before :before ends before :ends at the latest. */
SQL(DELETE_KEPT_BEFORE, "DELETE FROM idempotency_key WHERE (scope, route, key) IN"
                        " (SELECT scope, route, key FROM idempotency_key WHERE expires_at <= :ends"
                        " AND created_at <= :before ORDER BY expires_at LIMIT :max)");

static void bind_key(struct stmt *s, const struct reply_key *key)
{
    bind_text(s, ":scope", key->scope);
    bind_text(s, ":route", key->route);
    bind_text(s, ":key", key->key);
}

/* A blob is SQLite's until the next row; an answer must live until it has left. */
static const void *copy_bytes(struct ctx *ctx, struct stmt *s, int index, size_t *out_length)
{
    const void *bytes = column_bytes(s, index, out_length);
    char *copy = arena_alloc(ctx->arena, *out_length + 1);

    if (*out_length > 0)
        memcpy(copy, bytes, *out_length);
    return copy;
}

enum error_kind idempotency_repo_find(struct ctx *ctx, const struct reply_key *key,
                                      struct kept_reply *out_reply, struct digest *out_request,
                                      bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);
    size_t length;

    bind_key(s, key);
    bind_int(s, ":now", ctx->now);
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    memcpy(out_request->bytes, column_bytes(s, 0, &length), DIGEST_BYTES);
    *out_reply = (struct kept_reply){.status = (int)column_int(s, 1),
                                     .headers = column_text(s, 2),
                                     .too_long = column_is_null(s, 3),
                                     .kept_at = column_int(s, 4)};
    out_reply->body = copy_bytes(ctx, s, 3, &out_reply->length);
    return OK;
}

enum error_kind idempotency_repo_keep(struct ctx *ctx, const struct reply_key *key,
                                      const struct kept_reply *reply, int64_t expires_at)
{
    struct stmt *s = db_statement(ctx, &KEEP);

    bind_key(s, key);
    bind_bytes(s, ":hash", key->request.bytes, DIGEST_BYTES);
    bind_int(s, ":status", reply->status);
    bind_text(s, ":headers", reply->headers);
    if (!reply->too_long)
        bind_bytes(s, ":reply", reply->body, reply->length);
    bind_int(s, ":now", reply->kept_at);
    bind_int(s, ":expires", expires_at);
    return db_run(s);
}

enum error_kind idempotency_repo_delete_expired(struct ctx *ctx, int max_rows, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_EXPIRED);

    bind_int(s, ":now", ctx->now);
    bind_int(s, ":max", max_rows);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}

enum error_kind idempotency_repo_delete_kept_before(struct ctx *ctx, int64_t before, int max_rows,
                                                    int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_KEPT_BEFORE);

    bind_int(s, ":before", before);
    bind_int(s, ":ends", before + IDEMPOTENCY_KEEP_DESK_MS);
    bind_int(s, ":max", max_rows);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}
