/*
 * migrate.c — making a new library, bringing an older one forward, refusing everything else.
 */
#include "db/migrate.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "db/engine_internal.h"
#include "db/foreign_keys.h"

static int newest_version(const struct migration *scripts, size_t count)
{
    return count ? scripts[count - 1].version : 0;
}

/* Scripts run with foreign keys off: what they leave behind is looked at before it is kept. */
static enum error_kind check_references(struct ctx *ctx)
{
    bool hold;

    TRY(foreign_keys_hold(ctx, NULL, &hold));
    if (hold)
        return OK;
    return fail(ctx, INTERNAL,
                "This library could not be brought forward: a record points at one that is not there. "
                "It was left as it is.");
}

/* One transaction: all of it, or the file as it was. */
static enum error_kind run_script(struct ctx *ctx, const char *sql, int version)
{
    char set_version[64];
    enum error_kind kind = db_exec(ctx, "BEGIN IMMEDIATE");

    snprintf(set_version, sizeof set_version, "PRAGMA user_version = %d", version);
    ctx->db->keeps_transaction = kind == OK;
    if (kind == OK)
        kind = db_exec(ctx, sql);
    if (kind == OK)
        kind = db_exec(ctx, set_version);
    if (kind == OK)
        kind = check_references(ctx);
    if (kind == OK)
        kind = db_exec(ctx, "COMMIT");
    ctx->db->keeps_transaction = false;
    if (kind != OK && db_in_transaction(ctx->db))
        sqlite3_exec(ctx->db->handle, "ROLLBACK", NULL, NULL,
                     NULL); /* the first error is the one to report */
    return kind;
}

enum error_kind migrate_check_health(struct ctx *ctx)
{
    sqlite3_stmt *handle = NULL;
    bool healthy = false;
    int result = sqlite3_prepare_v2(ctx->db->handle, "PRAGMA quick_check(1)", -1, &handle, NULL);

    if (result == SQLITE_OK && sqlite3_step(handle) == SQLITE_ROW) {
        const char *answer = (const char *)sqlite3_column_text(handle, 0);
        healthy = answer && strcmp(answer, "ok") == 0;
    }
    sqlite3_finalize(handle);
    if (!healthy)
        return fail(ctx, LIBRARY_DAMAGED, "This library is damaged and was left as it is. Restore a backup.");
    return OK;
}

static enum error_kind run_scripts(struct ctx *ctx, int64_t version, const struct migration *scripts,
                                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (scripts[i].version <= version)
            continue;
        TRY(run_script(ctx, scripts[i].sql, scripts[i].version));
        LOG(INFO, "library migrated", LOG_TEXT("script", scripts[i].name),
            LOG_INT("version", scripts[i].version));
    }
    return OK;
}

static enum error_kind bring_forward(struct ctx *ctx, int64_t version, const struct migration *scripts,
                                     size_t count)
{
    TRY(migrate_check_health(ctx));
    TRY(db_accept(ctx));
    TRY(db_spill_beside(ctx)); /* a table that is dropped is kept until the statement has ended: a gigabyte */
    /* A script may rebuild a table that others point at. The pragma does nothing inside a transaction. */
    TRY(db_exec(ctx, "PRAGMA foreign_keys = OFF"));
    enum error_kind kind = run_scripts(ctx, version, scripts, count);
    enum error_kind restored = db_exec(ctx, "PRAGMA foreign_keys = ON");
    return kind != OK ? kind : restored;
}

enum error_kind migrate_is_older(struct ctx *ctx, int64_t *out_version, bool *out_is_older)
{
    int64_t objects = 0, version = 0;

    TRY(db_pragma_int(ctx, "SELECT count(*) FROM sqlite_schema", &objects));
    TRY(db_pragma_int(ctx, "PRAGMA user_version", &version));
    *out_version = version;
    *out_is_older = objects > 0 && version < newest_version(migrations, migration_count);
    return OK;
}

enum error_kind migrate_with(struct ctx *ctx, const char *schema, const struct migration *scripts,
                             size_t count)
{
    int64_t objects = 0;
    int64_t version = 0;
    int newest = newest_version(scripts, count);

    TRY(db_pragma_int(ctx, "SELECT count(*) FROM sqlite_schema", &objects));
    TRY(db_pragma_int(ctx, "PRAGMA user_version", &version));
    if (objects == 0) {
        TRY(db_accept(ctx));
        return run_script(ctx, schema, newest);
    }
    if (version > newest)
        return fail(ctx, LIBRARY_TOO_NEW,
                    "This library was written by a newer Carrel (version %" PRId64 ", this one knows %d). "
                    "It was left as it is. Use the newer program.",
                    version, newest);
    if (version == newest)
        return db_accept(ctx);
    return bring_forward(ctx, version, scripts, count);
}

enum error_kind migrate_library(struct ctx *ctx)
{
    return migrate_with(ctx, schema_sql, migrations, migration_count);
}
