/*
 * sessions_repository.c — sessions and refresh tokens as SQL.
 */
#include "auth/sessions_repository.h"

#include <string.h>

#include "db/engine.h"

SQL(INSERT_SESSION,
    "INSERT INTO session (account_id, token_hash, created_at, seen_at, expires_at, address, agent)"
    " VALUES (:account, :hash, :now, :now, :expires_at, :address, :agent)");
SQL(FIND_SESSION, "SELECT id, account_id, seen_at, expires_at FROM session WHERE token_hash = :hash");
SQL(SET_SEEN, "UPDATE session SET seen_at = max(seen_at, :at) WHERE id = :id");
SQL(DELETE_SESSION, "DELETE FROM session WHERE token_hash = :hash");
SQL(DELETE_SESSIONS_OF, "DELETE FROM session WHERE account_id = :account AND token_hash IS NOT :except");
SQL(DELETE_SESSIONS_OVER, "DELETE FROM session WHERE expires_at < :now");
SQL(DELETE_SESSIONS_IDLE, "DELETE FROM session WHERE seen_at < :idle_since");

SQL(INSERT_REFRESH, "INSERT INTO refresh_token (account_id, family, token_hash, created_at, expires_at)"
                    " VALUES (:account, :family, :hash, :now, :expires_at)");
SQL(FIND_REFRESH, "SELECT id, account_id, family, expires_at, used_at, revoked_at FROM refresh_token"
                  " WHERE token_hash = :hash");
SQL(SET_USED, "UPDATE refresh_token SET used_at = :now WHERE id = :id");
SQL(REVOKE_FAMILY,
    "UPDATE refresh_token SET revoked_at = :now WHERE family = :family AND revoked_at IS NULL");
SQL(REVOKE_OF,
    "UPDATE refresh_token SET revoked_at = :now WHERE account_id = :account AND revoked_at IS NULL");
SQL(DELETE_REFRESH_OVER, "DELETE FROM refresh_token WHERE expires_at < :now");

SQL(FIND_SECRET, "SELECT value FROM secret WHERE name = :name");
SQL(INSERT_SECRET, "INSERT INTO secret (name, value) VALUES (:name, :value)");

/* ---- sessions ---------------------------------------------------------------------------------------- */

enum error_kind sessions_repo_insert(struct ctx *ctx, int64_t account_id, const struct digest *hash,
                                     int64_t expires_at, const char *agent)
{
    struct stmt *s = db_statement(ctx, &INSERT_SESSION);

    bind_int(s, ":account", account_id);
    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    bind_int(s, ":now", ctx->now);
    bind_int(s, ":expires_at", expires_at);
    bind_text(s, ":address", ctx->actor.address);
    bind_text(s, ":agent", agent);
    return db_run(s);
}

enum error_kind sessions_repo_find(struct ctx *ctx, const struct digest *hash, struct session *out_session,
                                   bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_SESSION);

    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_session = (struct session){.id = column_int(s, 0),
                                        .account_id = column_int(s, 1),
                                        .seen_at = column_int(s, 2),
                                        .expires_at = column_int(s, 3)};
    return OK;
}

enum error_kind sessions_repo_set_seen(struct ctx *ctx, int64_t id, int64_t at)
{
    struct stmt *s = db_statement(ctx, &SET_SEEN);

    bind_int(s, ":id", id);
    bind_int(s, ":at", at);
    return db_run(s);
}

enum error_kind sessions_repo_delete(struct ctx *ctx, const struct digest *hash, bool *out_was_there)
{
    struct stmt *s = db_statement(ctx, &DELETE_SESSION);

    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    TRY(db_run(s));
    *out_was_there = db_changes(ctx) > 0;
    return OK;
}

enum error_kind sessions_repo_delete_of(struct ctx *ctx, int64_t account_id, const struct digest *except)
{
    struct stmt *s = db_statement(ctx, &DELETE_SESSIONS_OF);

    bind_int(s, ":account", account_id);
    if (except)
        bind_bytes(s, ":except", except->bytes, sizeof except->bytes);
    else
        bind_text(s, ":except", NULL);
    return db_run(s);
}

enum error_kind sessions_repo_delete_over(struct ctx *ctx, int64_t idle_since, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_SESSIONS_OVER);

    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    s = db_statement(ctx, &DELETE_SESSIONS_IDLE);
    bind_int(s, ":idle_since", idle_since);
    TRY(db_run(s));
    *out_removed += db_changes(ctx);
    return OK;
}

/* ---- refresh tokens ---------------------------------------------------------------------------------- */

enum error_kind refresh_repo_insert(struct ctx *ctx, int64_t account_id, const struct family *family,
                                    const struct digest *hash, int64_t expires_at)
{
    struct stmt *s = db_statement(ctx, &INSERT_REFRESH);

    bind_int(s, ":account", account_id);
    bind_bytes(s, ":family", family->bytes, sizeof family->bytes);
    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    bind_int(s, ":now", ctx->now);
    bind_int(s, ":expires_at", expires_at);
    return db_run(s);
}

enum error_kind refresh_repo_find(struct ctx *ctx, const struct digest *hash, struct refresh_token *out_token,
                                  bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_REFRESH);
    size_t length;

    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    TRY(db_row(s, out_found));
    if (!*out_found)
        return OK;
    *out_token = (struct refresh_token){.id = column_int(s, 0),
                                        .account_id = column_int(s, 1),
                                        .expires_at = column_int(s, 3),
                                        .used_at = column_number(s, 4),
                                        .revoked_at = column_number(s, 5)};
    /* The CHECK of schema.sql has seen to its length. */
    memcpy(out_token->family.bytes, column_bytes(s, 2, &length), FAMILY_BYTES);
    return OK;
}

enum error_kind refresh_repo_set_used(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &SET_USED);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind refresh_repo_revoke_family(struct ctx *ctx, const struct family *family)
{
    struct stmt *s = db_statement(ctx, &REVOKE_FAMILY);

    bind_bytes(s, ":family", family->bytes, sizeof family->bytes);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind refresh_repo_revoke_of(struct ctx *ctx, int64_t account_id)
{
    struct stmt *s = db_statement(ctx, &REVOKE_OF);

    bind_int(s, ":account", account_id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind refresh_repo_delete_over(struct ctx *ctx, int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_REFRESH_OVER);

    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}

/* ---- the program's own keys --------------------------------------------------------------------------- */

enum error_kind secrets_repo_find(struct ctx *ctx, const char *name, struct digest *out_key, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_SECRET);
    size_t length;

    bind_text(s, ":name", name);
    TRY(db_row(s, out_found));
    if (*out_found)
        memcpy(out_key->bytes, column_bytes(s, 0, &length), sizeof out_key->bytes);
    return OK;
}

enum error_kind secrets_repo_insert(struct ctx *ctx, const char *name, const struct digest *key)
{
    struct stmt *s = db_statement(ctx, &INSERT_SECRET);

    bind_text(s, ":name", name);
    bind_bytes(s, ":value", key->bytes, sizeof key->bytes);
    return db_run(s);
}
