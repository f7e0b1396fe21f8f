/*
 * api_keys_repository.c — keys of programs as SQL.
 */
#include "auth/api_keys_repository.h"

#include "db/engine.h"
#include "db/list.h"

#define KEY_COLUMNS "SELECT id, uuid, name, role, last_used_at, revoked_at FROM api_key "

SQL(FIND_KEY, KEY_COLUMNS "WHERE uuid = :uuid");
SQL(FIND_KEY_BY_HASH, KEY_COLUMNS "WHERE token_hash = :hash");
SQL(INSERT_KEY, "INSERT INTO api_key (uuid, name, role, token_hash, created_by, created_at)"
                " VALUES (:uuid, :name, :role, :hash, :by, :now)");
SQL(REVOKE_KEY, "UPDATE api_key SET revoked_at = :now WHERE id = :id");
SQL(SET_KEY_USED, "UPDATE api_key SET last_used_at = max(coalesce(last_used_at, 0), :at) WHERE id = :id");

/* clang-format off */
static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "k.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "k.name", "What it is for"},
    {"role", COLUMN_TEXT, false, "k.role", "What it may do"},
    {"created_by", COLUMN_TEXT, false, "k.created_by", "Who made it"},
    {"created_at", COLUMN_INSTANT, false, "k.created_at", "When it was made"},
    {"last_used_at", COLUMN_INSTANT, true, "k.last_used_at", "When it was last used, to a few minutes"},
    {"revoked_at", COLUMN_INSTANT, true, "k.revoked_at", "Since when it opens nothing any more"},
    {0},
};
/* clang-format on */

static const struct list_sort sorts[] = {{"created_at", "k.created_at", false, true}, {0}};

const struct listing api_keys_listing = {
    .name = "ApiKey",
    .columns = columns,
    .from = "api_key k",
    .id = "k.id",
    .uuid = "k.uuid",
    .sorts = sorts,
};

static enum error_kind read_key(struct stmt *s, struct api_key *out_key, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_key = (struct api_key){.id = column_int(s, 0),
                                    .uuid = column_uuid(s, 1),
                                    .name = column_text(s, 2),
                                    .role = role_from(column_text(s, 3)),
                                    .last_used_at = column_number(s, 4),
                                    .revoked_at = column_number(s, 5)};
    return OK;
}

enum error_kind api_keys_repo_find(struct ctx *ctx, const struct uuid *uuid, struct api_key *out_key,
                                   bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_KEY);

    bind_uuid(s, ":uuid", uuid);
    return read_key(s, out_key, out_found);
}

enum error_kind api_keys_repo_find_by_hash(struct ctx *ctx, const struct digest *hash,
                                           struct api_key *out_key, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_KEY_BY_HASH);

    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    return read_key(s, out_key, out_found);
}

enum error_kind api_keys_repo_insert(struct ctx *ctx, const struct api_key_facts *facts,
                                     const struct digest *hash, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_KEY);
    struct uuid uuid = uuid_new(ctx->now);

    bind_uuid(s, ":uuid", &uuid);
    bind_text(s, ":name", facts->name);
    bind_text(s, ":role", facts->role);
    bind_bytes(s, ":hash", hash->bytes, sizeof hash->bytes);
    bind_text(s, ":by", ctx->actor.name);
    bind_int(s, ":now", ctx->now);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind api_keys_repo_revoke(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REVOKE_KEY);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind api_keys_repo_set_used(struct ctx *ctx, int64_t id, int64_t at)
{
    struct stmt *s = db_statement(ctx, &SET_KEY_USED);

    bind_int(s, ":id", id);
    bind_int(s, ":at", at);
    return db_run(s);
}

enum error_kind api_keys_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &api_keys_listing, query, sink);
}

enum error_kind api_keys_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &api_keys_listing, id, sink);
}
