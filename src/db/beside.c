/*
 * beside.c — a second database file. A full-text table is several ordinary ones, and these are what is taken over.
 */
#include "db/beside.h"

#include <unistd.h>

#include "base/text.h"
#include "db/engine_internal.h"

#define CACHE "PRAGMA cache_size = -4096;" /* KiB: words are written once, in order */

/* And its indexes, so that they are taken over as well, instead of made. */
SQL(TABLE_TEXT,
    "SELECT sql FROM sqlite_schema WHERE tbl_name = :name AND type IN ('table', 'index') AND sql NOT NULL"
    " ORDER BY type DESC");
SQL(REAL_TABLES, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0");

struct beside {
    struct db *db; /* NULL: closed */
    const char *path;
};

static void close_file(struct beside *beside)
{
    db_close(beside->db);
    beside->db = NULL;
}

static void release(void *resource)
{
    struct beside *beside = resource;

    close_file(beside);
    unlink(beside->path);
}

static enum error_kind make_table(struct ctx *ctx, const struct beside *beside, const char *name)
{
    struct stmt *s = db_statement(ctx, &TABLE_TEXT);
    struct ctx there = *ctx;
    bool found, any = false;

    there.db = beside->db;
    bind_text(s, ":name", name);
    for (;; any = true) {
        TRY(db_row(s, &found));
        if (!found)
            return any ? OK : fail(ctx, INTERNAL, "There is no table %s.", name);
        if (db_exec(&there, column_text(s, 0)) != OK)
            return error_set(ctx, there.error.code, "%s", there.error.detail);
    }
}

enum error_kind beside_open(struct ctx *ctx, const char *const *tables, struct beside **out_beside)
{
    struct beside *beside = arena_alloc(ctx->arena, sizeof *beside);
    struct ctx there = *ctx;

    beside->path = arena_printf(ctx->arena, "%s" BESIDE_SUFFIX, sqlite3_db_filename(ctx->db->handle, "main"));
    unlink(beside->path);
    arena_defer(ctx->arena, release, beside);
    if (db_open(&there, beside->path, DB_BUILD, &beside->db) != OK)
        return error_set(ctx, there.error.code, "%s", there.error.detail);
    there.db = beside->db;
    if (db_exec(&there, CACHE) != OK)
        return error_set(ctx, there.error.code, "%s", there.error.detail);
    for (; *tables; tables++)
        TRY(make_table(ctx, beside, *tables));
    db_reset_statements(ctx->db);
    *out_beside = beside;
    return OK;
}

struct db *beside_db(const struct beside *beside)
{
    return beside->db;
}

static enum error_kind list_tables(struct ctx *ctx, const struct beside *beside, struct text_buf *copying)
{
    struct ctx there = *ctx;
    bool found;

    there.db = beside->db;
    struct stmt *s = db_statement(&there, &REAL_TABLES);
    for (;;) {
        if (db_row(s, &found) != OK)
            return error_set(ctx, there.error.code, "%s", there.error.detail);
        if (!found)
            return OK;
        const char *name = column_text(s, 0);
        text_buf_printf(copying, "DELETE FROM main.%s; INSERT INTO main.%s SELECT * FROM beside.%s;", name,
                        name, name);
    }
}

static enum error_kind attach(struct ctx *ctx, const struct beside *beside)
{
    char *sql = sqlite3_mprintf("ATTACH %Q AS beside", beside->path);
    enum error_kind kind = sql ? db_exec(ctx, sql) : fail(ctx, OUT_OF_MEMORY, "Not enough memory for this.");

    sqlite3_free(sql);
    return kind;
}

enum error_kind beside_take_over(struct ctx *ctx, struct beside *beside)
{
    struct text_buf copying;

    text_buf_init(&copying, ctx->arena);
    TRY(list_tables(ctx, beside, &copying));
    close_file(beside);
    TRY(attach(ctx, beside));
    TRY(db_exec(ctx, text_buf_string(&copying)));
    TRY(db_exec(ctx, "DETACH beside"));
    unlink(beside->path);
    return OK;
}
