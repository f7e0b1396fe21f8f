/*
 * settings_repository.c — stored settings as rows of text; what the text means is the table's business.
 */
#include "settings/settings_repository.h"

#include "db/engine.h"

SQL(GET, "SELECT value FROM setting WHERE name = :name");
SQL(SET, "INSERT INTO setting (name, value, updated_at) VALUES (:name, :value, :now)"
         " ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at");
SQL(REMOVE, "DELETE FROM setting WHERE name = :name");

enum error_kind settings_repo_get(struct ctx *ctx, const char *name, const char **out_value)
{
    struct stmt *s = db_statement(ctx, &GET);
    bool found;

    bind_text(s, ":name", name);
    TRY(db_row(s, &found));
    *out_value = found ? column_text(s, 0) : NULL;
    return OK;
}

enum error_kind settings_repo_set(struct ctx *ctx, const char *name, const char *value)
{
    struct stmt *s = db_statement(ctx, &SET);

    bind_text(s, ":name", name);
    bind_text(s, ":value", value);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind settings_repo_remove(struct ctx *ctx, const char *name)
{
    struct stmt *s = db_statement(ctx, &REMOVE);

    bind_text(s, ":name", name);
    return db_run(s);
}
