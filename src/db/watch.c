/*
 * watch.c — sqlite3_update_hook() as lists of ids, one for each watched table.
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
    struct watch *next;
    const char *table;
    watch_touched *touched; /* NULL: it reads again after COMMIT */
    watch_changed *changed;
    void *argument;
    int64_t *ids;
    size_t count, room;
};

/* ---- noting ---------------------------------------------------------------------------------------------- */

static void note(struct watch *watch, int64_t id)
{
    if (watch->touched)
        watch->touched(id, watch->argument);
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

static void note_of_table(struct db *db, const char *table, int64_t id)
{
    for (struct watch *watch = db->watch; watch; watch = watch->next)
        if (strcmp(table, watch->table) == 0)
            note(watch, id);
}

static void note_change(void *argument, int kind, const char *schema, const char *table, sqlite3_int64 id)
{
    (void)kind;
    (void)schema;
    note_of_table(argument, table, id);
}

void watch_note(struct ctx *ctx, const char *table, int64_t id)
{
    note_of_table(ctx->db, table, id);
}

static void add(struct db *db, const struct watch *new)
{
    struct watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        abort();
    assert(db->mode == DB_WRITE);
    *watch = *new;
    watch->next = db->watch;
    db->watch = watch;
    sqlite3_update_hook(db->handle, note_change, db);
}

void db_watch(struct db *db, const char *table, watch_changed *changed, void *argument)
{
    add(db, &(struct watch){.table = table, .changed = changed, .argument = argument});
}

void db_watch_closely(struct db *db, const char *table, watch_touched *touched, watch_changed *changed,
                      void *argument)
{
    add(db, &(struct watch){.table = table, .touched = touched, .changed = changed, .argument = argument});
}

/* ---- telling --------------------------------------------------------------------------------------------- */

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

static void tell(struct ctx *ctx, struct watch *watch)
{
    drop_doubles(watch);
    watch->changed(ctx, watch->ids, watch->count, watch->argument);
    watch->count = 0;
}

/* Those who read again. One snapshot for all: each statement by itself would open and close its own. */
static void tell_readers(struct ctx *ctx)
{
    bool begun = db_run(db_statement(ctx, &BEGIN_TELLING)) == OK;

    for (struct watch *watch = ctx->db->watch; watch; watch = watch->next)
        if (watch->count > 0)
            tell(ctx, watch);
    db_reset_statements(ctx->db);
    if (begun && db_run(db_statement(ctx, &END_TELLING)) != OK)
        LOG(ERROR, "what has changed could not be read to its end");
    db_reset_statements(ctx->db);
}

void watch_tell(struct ctx *ctx)
{
    bool are_readers_left = false;

    for (struct watch *watch = ctx->db->watch; watch; watch = watch->next) {
        if (watch->count > 0 && watch->touched)
            tell(ctx, watch);
        are_readers_left = are_readers_left || watch->count > 0;
    }
    if (are_readers_left)
        tell_readers(ctx);
}

void watch_free(struct watch *watch)
{
    while (watch) {
        struct watch *next = watch->next;
        free(watch->ids);
        free(watch);
        watch = next;
    }
}
