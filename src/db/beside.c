/*
 * beside.c — a second database file. A full-text table is several ordinary ones, and these are what is taken over.
 */
#include "db/beside.h"

#include <unistd.h>

#include "db/engine_internal.h"
#include "db/pack.h"

#define CACHE "PRAGMA cache_size = -4096;" /* KiB: words are written once, in order */

/* And its indexes, so that they are taken over as well, instead of made. */
SQL(TABLE_TEXT,
    "SELECT sql FROM sqlite_schema WHERE tbl_name = :name AND type IN ('table', 'index') AND sql NOT NULL"
    " ORDER BY type DESC");
SQL(TREES, "SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0");
SQL(TREE, "SELECT rootpage FROM sqlite_schema WHERE name = :name");

#define TREES_MAX 64

struct beside {
    struct db *db; /* NULL: closed */
    const char *path;
    struct moved_tree trees[TREES_MAX]; /* from the file beside to the library's */
    size_t tree_count;
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

static enum error_kind find_in_library(struct ctx *ctx, const char *name, uint32_t *out_root)
{
    struct stmt *s = db_statement(ctx, &TREE);
    bool found;

    bind_text(s, ":name", name);
    TRY(db_row(s, &found));
    if (!found)
        return fail(ctx, INTERNAL, "The library has no %s.", name);
    *out_root = (uint32_t)column_int(s, 0);
    return OK;
}

/* Asked now, while both are SQLite's. */
static enum error_kind find_trees(struct ctx *ctx, struct beside *beside)
{
    struct ctx there = *ctx;
    bool found;

    there.db = beside->db;
    struct stmt *s = db_statement(&there, &TREES);
    for (;;) {
        if (db_row(s, &found) != OK)
            return error_set(ctx, there.error.code, "%s", there.error.detail);
        if (!found)
            return OK;
        if (beside->tree_count == TREES_MAX)
            return fail(ctx, INTERNAL, "More trees than %d beside the library.", TREES_MAX);
        struct moved_tree *tree = &beside->trees[beside->tree_count++];
        tree->from = (uint32_t)column_int(s, 1);
        TRY(find_in_library(ctx, column_text(s, 0), &tree->to));
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
    TRY(find_trees(ctx, beside));
    db_reset_statements(ctx->db);
    *out_beside = beside;
    return OK;
}

struct db *beside_db(const struct beside *beside)
{
    return beside->db;
}

enum error_kind beside_take_over(struct ctx *ctx, struct beside *beside, struct packer *packer)
{
    close_file(beside);
    TRY(pack_take_over(ctx, packer, beside->path, beside->trees, beside->tree_count));
    unlink(beside->path);
    return OK;
}
