/*
 * salvage_links.c — foreign keys, one after another until all hold: a pointer at what is lost is emptied where the
 * table's rules allow that, else its row goes.
 */
#include <inttypes.h>
#include <string.h>

#include "db/salvage_internal.h"

struct link {
    struct salvage_table *table;
    const char *column;
    const char *parent, *parent_column;
};

static const char link_query[] =
    "SELECT k.\"from\", k.\"table\", k.\"to\" FROM pragma_foreign_key_list(?1) k ORDER BY k.id";

/* Of the rows whose `column` points at nothing. */
static const char *where_broken(struct salvage *work, const struct link *link)
{
    return arena_printf(
        &work->rows,
        "\"%s\" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM \"%s\" p WHERE p.\"%s\" = \"%s\".\"%s\")",
        link->column, link->parent, link->parent_column, link->table->counts.table, link->column);
}

static enum error_kind run(struct salvage *work, const char *sql, int64_t *out_changes)
{
    TRY(db_exec(work->ctx, sql));
    *out_changes = sqlite3_changes64(work->ctx->db->handle);
    return OK;
}

/* Says which rows go. */
static enum error_kind list_rows(struct salvage *work, const struct link *link, const char *where)
{
    const struct salvage_table *table = link->table;
    const char *label = table->label >= 0 ? table->columns[table->label].name : NULL;
    sqlite3_stmt *query = NULL;
    const char *sql = arena_printf(&work->rows, "SELECT \"%s\", %s%s%s FROM \"%s\" WHERE %s",
                                   table->columns[0].name, label ? "\"" : "", label ? label : "NULL",
                                   label ? "\"" : "", table->counts.table, where);
    int result = sqlite3_prepare_v2(work->ctx->db->handle, sql, -1, &query, NULL);

    while (result == SQLITE_OK && (result = sqlite3_step(query)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(query, 1);
        fprintf(work->report, "%s %s", table->counts.table, (const char *)sqlite3_column_text(query, 0));
        if (name)
            fprintf(work->report, " (%s “%s”)", label, name);
        fprintf(work->report, ": left out: the %s that it points at is lost\n", link->parent);
        result = SQLITE_OK;
    }
    sqlite3_finalize(query);
    return result == SQLITE_DONE ? OK : db_fail(work->ctx, work->ctx->db, result, "links");
}

static bool may_be_empty(const struct link *link)
{
    for (int i = 0; i < link->table->column_count; i++)
        if (strcmp(link->table->columns[i].name, link->column) == 0)
            return !link->table->columns[i].not_null;
    return false;
}

/* A rule, a kind of member or of thing that a new library has: its first one is for everybody. */
static bool leads_to_first(struct salvage *work, const struct link *link)
{
    for (int i = 0; i < work->table_count; i++)
        if (strcmp(work->tables[i].counts.table, link->parent) == 0)
            return work->tables[i].has_defaults;
    return false;
}

static enum error_kind mend_link(struct salvage *work, const struct link *link, int64_t *changed)
{
    const char *table = link->table->counts.table;
    const char *where = where_broken(work, link);
    int64_t count = 0;

    TRY(salvage_stand_in(work, table, link->column, link->parent, where));
    if (!may_be_empty(link) && leads_to_first(work, link)) {
        TRY(run(work,
                arena_printf(&work->rows, "UPDATE OR IGNORE \"%s\" SET \"%s\" = 1 WHERE %s", table,
                             link->column, where),
                &count));
        if (count > 0)
            fprintf(work->report, "%s: %" PRId64 " have the first %s now; theirs is lost\n", table, count,
                    link->parent);
    }
    if (may_be_empty(link)) {
        TRY(run(work,
                arena_printf(&work->rows, "UPDATE OR IGNORE \"%s\" SET \"%s\" = NULL WHERE %s", table,
                             link->column, where),
                &count));
        work->summary->emptied += count;
        *changed += count;
        if (count > 0)
            fprintf(work->report, "%s: %" PRId64 " no longer name a %s, which is lost\n", table, count,
                    link->parent);
    }
    TRY(list_rows(work, link, where));
    TRY(run(work, arena_printf(&work->rows, "DELETE FROM \"%s\" WHERE %s", table, where), &count));
    link->table->counts.kept -= count;
    link->table->counts.left_out += count;
    *changed += count;
    return OK;
}

static enum error_kind mend_table(struct salvage *work, struct salvage_table *table, int64_t *changed)
{
    sqlite3_stmt *query = NULL;
    struct link links[SALVAGE_COLUMNS_MAX];
    int count = 0;
    int result = sqlite3_prepare_v2(work->ctx->db->handle, link_query, -1, &query, NULL);

    if (result == SQLITE_OK)
        result = sqlite3_bind_text(query, 1, table->counts.table, -1, SQLITE_STATIC);
    while (result == SQLITE_OK && (result = sqlite3_step(query)) == SQLITE_ROW &&
           count < SALVAGE_COLUMNS_MAX) {
        links[count++] =
            (struct link){table, arena_strdup(&work->rows, (const char *)sqlite3_column_text(query, 0)),
                          arena_strdup(&work->rows, (const char *)sqlite3_column_text(query, 1)),
                          arena_strdup(&work->rows, (const char *)sqlite3_column_text(query, 2))};
        result = SQLITE_OK;
    }
    sqlite3_finalize(query);
    if (result != SQLITE_DONE)
        return db_fail(work->ctx, work->ctx->db, result, "links");
    for (int i = 0; i < count; i++)
        TRY(mend_link(work, &links[i], changed));
    return OK;
}

enum error_kind salvage_mend_links(struct salvage *work)
{
    int64_t changed;

    /* A row that goes may be what another points at. Each round removes something, so there is a last one. */
    do {
        changed = 0;
        for (int i = 0; i < work->table_count; i++) {
            struct arena_mark mark = arena_mark(&work->rows);
            TRY(mend_table(work, &work->tables[i], &changed));
            arena_reset_to(&work->rows, mark);
        }
    } while (changed > 0);
    return OK;
}
