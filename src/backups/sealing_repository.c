/*
 * sealing_repository.c — a key and its salt, together or not at all.
 */
#include "backups/sealing_repository.h"

#include <string.h>

#include "db/engine.h"

SQL(FIND_KEY, "SELECT k.value, s.value FROM secret k JOIN secret s ON s.name = 'backup_salt'"
              " WHERE k.name = 'backup_key'");
SQL(INSERT_KEY, "INSERT INTO secret (name, value) VALUES ('backup_key', :key), ('backup_salt', :salt)");
SQL(DELETE_KEY, "DELETE FROM secret WHERE name IN ('backup_key', 'backup_salt')");

enum error_kind sealing_repo_find(struct ctx *ctx, struct seal_key *out_key, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_KEY);
    size_t length;

    TRY(db_row(s, out_found));
    if (*out_found) { /* a CHECK of the schema holds them to 32 bytes */
        memcpy(out_key->key, column_bytes(s, 0, &length), sizeof out_key->key);
        memcpy(out_key->salt, column_bytes(s, 1, &length), sizeof out_key->salt);
    }
    return OK;
}

enum error_kind sealing_repo_insert(struct ctx *ctx, const struct seal_key *key)
{
    struct stmt *s = db_statement(ctx, &INSERT_KEY);

    bind_bytes(s, ":key", key->key, sizeof key->key);
    bind_bytes(s, ":salt", key->salt, sizeof key->salt);
    return db_run(s);
}

enum error_kind sealing_repo_delete(struct ctx *ctx)
{
    return db_run(db_statement(ctx, &DELETE_KEY));
}
