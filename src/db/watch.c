/*
 * watch.c — sqlite3_update_hook() as a list of ids.
 */
#include "db/watch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "db/engine_internal.h"

#define FIRST_IDS 64

SQL(BEGIN_TELLING, "BEGIN");
SQL(END_TELLING, "COMMIT");

struct watch {
    const char *table;
    watch_changed *changed;
    void *argument;
    int64_t *ids;
    size_t count, room;
};

static void note_change(void *argument, int kind, const char *schema, const char *table, sqlite3_int64 id)
{
    struct watch *watch = argument;

    (void)kind;
    (void)schema;
    if (strcmp(table, watch->table) != 0)
        return;
    /* A loan changes its title several times in a row. */
    if (watch->count > 0 && watch->ids[watch->count - 1] == id)
        return;
    if (watch->count == watch->room) {
        watch->room = watch->room ? watch->room * 2 : FIRST_IDS;
        watch->ids = realloc(watch->ids, watch->room * sizeof *watch->ids);
        if (!watch->ids)
            abort();
    }
    watch->ids[watch->count++] = id;
}

void db_watch(struct db *db, const char *table, watch_changed *changed, void *argument)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        abort();
    assert(db->mode == DB_WRITE && !db->watch);
    *watch = (struct watch){.table = table, .changed = changed, .argument = argument};
    db->watch = watch;
    sqlite3_update_hook(db->handle, note_change, watch);
}

static int compare_ids(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;

    return (*a > *b) - (*a < *b);
}

static void drop_doubles(struct watch *watch)
{
    size_t kept = 0;

    qsort(watch->ids, watch->count, sizeof *watch->ids, compare_ids);
    for (size_t i = 0; i < watch->count; i++)
        if (kept == 0 || watch->ids[kept - 1] != watch->ids[i])
            watch->ids[kept++] = watch->ids[i];
    watch->count = kept;
}

void watch_tell(struct ctx *ctx)
{
    struct watch *watch = ctx->db->watch;

    if (!watch || watch->count == 0)
        return;
    drop_doubles(watch);
    /* One snapshot for all: each statement by itself would open and close its own. */
    bool begun = db_run(db_statement(ctx, &BEGIN_TELLING)) == OK;
    watch->changed(ctx, watch->ids, watch->count, watch->argument);
    db_reset_statements(ctx->db);
    if (begun && db_run(db_statement(ctx, &END_TELLING)) != OK)
        LOG(ERROR, "what has changed could not be read to its end");
    db_reset_statements(ctx->db);
    watch->count = 0;
}

void watch_free(struct watch *watch)
{
    if (!watch)
        return;
    free(watch->ids);
    free(watch);
}
