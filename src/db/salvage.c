/*
 * salvage.c — the order of the work: a new library, the trees, the strays, the links, and forward to this version.
 */
#include "db/salvage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "db/files.h"
#include "db/migrate.h"
#include "db/salvage_internal.h"

/* ---- the new library ------------------------------------------------------------------------------------ */

/* As a program of that version would have made it: its rows fit as they are, and are brought forward with it. */
static enum error_kind make_library(struct ctx *ctx, int64_t version)
{
    int newest = migrations[migration_count - 1].version;
    size_t scripts = 0;

    if (version < 1 || version >= newest)
        return migrate_library(ctx);
    while (scripts < migration_count && migrations[scripts].version <= version)
        scripts++;
    TRY(migrate_with(ctx, migrations[0].sql, migrations, 1));
    return migrate_with(ctx, schema_sql, migrations, scripts);
}

/* Indexes that forbid nothing are made at the end, sorted once. In the file they stand as texts of their own. */
static const char plain_indexes[] =
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'";

struct index_list {
    const char *name;
    const char *sql;
    struct index_list *next;
};

static enum error_kind take_indexes(struct ctx *ctx, struct index_list **out_list)
{
    sqlite3_stmt *query = NULL;
    struct index_list *list = NULL;
    int result = sqlite3_prepare_v2(ctx->db->handle, plain_indexes, -1, &query, NULL);

    while (result == SQLITE_OK && (result = sqlite3_step(query)) == SQLITE_ROW) {
        struct index_list *index = arena_alloc(ctx->arena, sizeof *index);
        *index =
            (struct index_list){arena_strdup(ctx->arena, (const char *)sqlite3_column_text(query, 0)),
                                arena_strdup(ctx->arena, (const char *)sqlite3_column_text(query, 1)), list};
        list = index;
        result = SQLITE_OK;
    }
    sqlite3_finalize(query);
    if (result != SQLITE_DONE)
        return db_fail(ctx, ctx->db, result, "indexes");
    for (const struct index_list *index = list; index; index = index->next)
        TRY(db_exec(ctx, arena_printf(ctx->arena, "DROP INDEX \"%s\"", index->name)));
    *out_list = list;
    return OK;
}

static enum error_kind make_indexes(struct ctx *ctx, const struct index_list *list)
{
    for (const struct index_list *index = list; index; index = index->next)
        TRY(db_exec(ctx, index->sql));
    return OK;
}

/* ---- what it counted itself ----------------------------------------------------------------------------- */

/* Where the counters came along, they say how many rows there should be. They are made anew afterwards. */
static const struct {
    const char *table, *counted;
} announced[] = {
    {"book", "name IN ('books', 'books_archived')"},
    {"member", "name IN ('members', 'members_archived')"},
    {"copy", "name = 'copies'"},
    {"borrow", "name = 'borrows'"},
    {"hold", "name = 'holds'"},
    {"charge", "name = 'charges'"},
    {"payment", "name = 'payments'"},
    {"waiver", "name = 'waivers'"},
};

static struct salvage_table *table_named(struct salvage *work, const char *name)
{
    for (int i = 0; i < work->table_count; i++)
        if (strcmp(work->tables[i].counts.table, name) == 0)
            return &work->tables[i];
    return NULL;
}

static enum error_kind note_announced(struct salvage *work)
{
    const struct salvage_table *counters = table_named(work, "library_counter");

    if (!counters || counters->counts.kept == 0)
        return OK;
    for (size_t i = 0; i < sizeof announced / sizeof announced[0]; i++) {
        struct salvage_table *table = table_named(work, announced[i].table);
        if (table)
            TRY(db_pragma_int(work->ctx,
                              arena_printf(work->ctx->arena,
                                           "SELECT coalesce(sum(value), -1) FROM library_counter WHERE %s",
                                           announced[i].counted),
                              &table->counts.announced));
    }
    return OK;
}

/* ---- the work ------------------------------------------------------------------------------------------- */

static enum error_kind take_rows(struct salvage *work)
{
    TRY(db_exec(work->ctx, "BEGIN IMMEDIATE"));
    TRY(salvage_take_trees(work));
    TRY(salvage_take_strays(work));
    TRY(note_announced(work));
    return db_exec(work->ctx, "COMMIT");
}

static enum error_kind sum_up(struct salvage *work)
{
    struct salvage_counts **last = &work->summary->tables;

    for (int i = 0; i < work->table_count; i++) {
        const struct salvage_counts *counts = &work->tables[i].counts;
        work->summary->kept += counts->kept;
        work->summary->left_out += counts->left_out;
        work->summary->torn += counts->torn;
        if (counts->read + counts->holes + counts->torn == 0)
            continue;
        *last = arena_memdup(work->ctx->arena, counts, sizeof *counts);
        last = &(*last)->next;
    }
    work->summary->pages = work->pages.count;
    work->summary->wal_frames = work->pages.wal_frames;
    work->summary->header_was_damaged = work->pages.header_is_damaged;
    work->summary->ended_short = work->pages.ends_short;
    if (work->summary->kept == 0)
        return fail(work->ctx, NOT_A_LIBRARY,
                    "Nothing in the file can be read as part of a Carrel library. Take a backup.");
    return OK;
}

static enum error_kind fill_library(struct salvage *work)
{
    struct ctx *ctx = work->ctx;
    struct index_list *indexes = NULL;

    TRY(make_library(ctx, work->pages.version));
    TRY(db_exec(ctx, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF"));
    TRY(salvage_describe_tables(work));
    TRY(take_indexes(ctx, &indexes));
    enum error_kind kind = take_rows(work);
    salvage_release_tables(work);
    TRY(kind);
    /* With these, looking for lost rows is quick. */
    TRY(make_indexes(ctx, indexes));
    TRY(db_exec(ctx, "BEGIN IMMEDIATE"));
    TRY(salvage_mend_links(work));
    TRY(db_exec(ctx, "COMMIT; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL"));
    TRY(sum_up(work));
    return migrate_library(ctx);
}

static enum error_kind fill_and_close(struct salvage *work, const char *staged)
{
    struct ctx *ctx = work->ctx;

    TRY(db_open(ctx, staged, DB_WRITE, &ctx->db));
    enum error_kind kind = db_spill_beside(ctx);
    if (kind == OK)
        kind = fill_library(work);
    db_close(ctx->db); /* copies the WAL back */
    ctx->db = NULL;
    TRY(kind);
    return file_sync(ctx, staged);
}

enum error_kind salvage_library(struct ctx *ctx, const char *library, const char *staged, FILE *report,
                                struct salvage_summary *out_summary)
{
    struct salvage_summary summary = {0};
    struct salvage *work = arena_alloc(ctx->arena, sizeof *work);

    *work = (struct salvage){.ctx = ctx, .report = report, .summary = &summary};
    arena_init(&work->rows, SALVAGE_MEMORY_MAX);
    enum error_kind kind =
        salvage_pages_open(ctx, library, migrations[migration_count - 1].version, &work->pages);
    if (kind == OK) {
        work->owner = calloc((size_t)work->pages.count + 1, 1);
        if (!work->owner)
            abort();
        kind = fill_and_close(work, staged);
    }
    free(work->owner);
    salvage_pages_close(&work->pages);
    arena_release(&work->rows);
    if (kind == OK)
        *out_summary = summary;
    return kind;
}
