/*
 * journal_apply.c — old rows out, new rows in; statements are made once for each table.
 */
#include "db/journal_apply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/engine_internal.h"

struct table {
    struct table *next;
    const char *name;
    int columns;
    const unsigned char *is_key; /* one byte for each column */
    sqlite3_stmt *find, *remove, *insert;
};

struct new_row {
    struct new_row *next;
    const struct table *table;
    sqlite3_value **values;
};

struct journal_apply {
    struct arena arena; /* tables */
    struct arena work;  /* rows of the present change */
    struct table *tables;
};

void journal_apply_free(struct journal_apply *apply)
{
    for (struct table *table = apply->tables; table; table = table->next) {
        sqlite3_finalize(table->find);
        sqlite3_finalize(table->remove);
        sqlite3_finalize(table->insert);
    }
    arena_release(&apply->arena);
    arena_release(&apply->work);
    free(apply);
}

struct journal_apply *journal_apply_new(void)
{
    struct journal_apply *apply = calloc(1, sizeof *apply);

    if (!apply)
        abort();
    arena_init(&apply->arena, ARENA_REQUEST_MAX);
    arena_init(&apply->work, ARENA_IMPORT_MAX);
    return apply;
}

static enum error_kind fail_misfit(struct ctx *ctx, const struct journal_change *change, const char *table)
{
    char when[CLOCK_INSTANT_SIZE];
    int result = sqlite3_errcode(ctx->db->handle);
    int kind = result & 0xff;

    /* No room, no memory, a disk that fails: that says nothing of the journal. */
    if (kind == SQLITE_FULL || kind == SQLITE_NOMEM || kind == SQLITE_IOERR)
        return db_fail(ctx, ctx->db, result, "a change of the journal");
    clock_format_instant(change->instant, when);
    return fail(ctx, LIBRARY_DAMAGED,
                "Change %" PRIu64 " of the journal, of %s, does not fit the backup (table %s). Nothing was "
                "changed. Take another backup, or an earlier moment.",
                change->number, when, table);
}

/* ---- statements ------------------------------------------------------------------------------------------------ */

/* A table's name from the journal is a name of the schema, or preparing fails. */
static int prepare(struct ctx *ctx, sqlite3_str *text, sqlite3_stmt **out)
{
    char *sql = sqlite3_str_finish(text);
    int result = sql ? sqlite3_prepare_v2(ctx->db->handle, sql, -1, out, NULL) : SQLITE_NOMEM;

    sqlite3_free(sql);
    return result;
}

/* " WHERE key = ?1 AND …": parameters have the number of their column. */
static int prepare_by_key(struct ctx *ctx, const struct table *table, const char *verb, const char **names,
                          sqlite3_stmt **out)
{
    sqlite3_str *text = sqlite3_str_new(ctx->db->handle);
    const char *between = "WHERE";

    sqlite3_str_appendf(text, "%s FROM \"%w\"", verb, table->name);
    for (int i = 0; i < table->columns; i++)
        if (table->is_key[i]) {
            sqlite3_str_appendf(text, " %s \"%w\" = ?%d", between, names[i], i + 1);
            between = "AND";
        }
    return prepare(ctx, text, out);
}

static int prepare_insert(struct ctx *ctx, struct table *table)
{
    sqlite3_str *text = sqlite3_str_new(ctx->db->handle);

    sqlite3_str_appendf(text, "INSERT INTO \"%w\" VALUES (?1", table->name);
    for (int i = 1; i < table->columns; i++)
        sqlite3_str_appendf(text, ", ?%d", i + 1);
    sqlite3_str_appendall(text, ")");
    return prepare(ctx, text, &table->insert);
}

/* Names of its columns; NULL: it has not as many as the journal says. */
static const char **read_names(struct ctx *ctx, struct arena *arena, const struct table *table)
{
    sqlite3_stmt *any = NULL;
    sqlite3_str *text = sqlite3_str_new(ctx->db->handle);
    const char **names = arena_alloc_array(arena, (size_t)table->columns, sizeof *names);

    sqlite3_str_appendf(text, "SELECT * FROM \"%w\" LIMIT 0", table->name);
    bool is_same = prepare(ctx, text, &any) == SQLITE_OK && sqlite3_column_count(any) == table->columns;
    for (int i = 0; is_same && i < table->columns; i++)
        names[i] = arena_strdup(arena, sqlite3_column_name(any, i));
    sqlite3_finalize(any);
    return is_same ? names : NULL;
}

static const struct table *make_table(struct ctx *ctx, struct journal_apply *apply, const char *name,
                                      int columns, const unsigned char *is_key)
{
    struct table *table = arena_alloc(&apply->arena, sizeof *table);

    *table = (struct table){.next = apply->tables,
                            .name = arena_strdup(&apply->arena, name),
                            .columns = columns,
                            .is_key = arena_memdup(&apply->arena, is_key, (size_t)columns)};
    apply->tables = table;
    const char **names = read_names(ctx, &apply->arena, table);
    bool made = names && prepare_by_key(ctx, table, "SELECT *", names, &table->find) == SQLITE_OK &&
                prepare_by_key(ctx, table, "DELETE", names, &table->remove) == SQLITE_OK &&
                prepare_insert(ctx, table) == SQLITE_OK;
    return made ? table : NULL;
}

static const struct table *find_table(struct ctx *ctx, struct journal_apply *apply,
                                      sqlite3_changeset_iter *iterator, const char *name, int columns)
{
    unsigned char *is_key;
    int count;

    for (const struct table *table = apply->tables; table; table = table->next)
        if (strcmp(table->name, name) == 0)
            return table->columns == columns && table->insert ? table : NULL;
    if (sqlite3changeset_pk(iterator, &is_key, &count) != SQLITE_OK || count != columns)
        return NULL;
    return make_table(ctx, apply, name, columns, is_key);
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static bool is_same_value(sqlite3_value *one, sqlite3_value *other)
{
    int type = sqlite3_value_type(one);

    if (type != sqlite3_value_type(other))
        return false;
    if (type == SQLITE_NULL)
        return true;
    if (type == SQLITE_INTEGER)
        return sqlite3_value_int64(one) == sqlite3_value_int64(other);
    if (type == SQLITE_FLOAT)
        return sqlite3_value_double(one) == sqlite3_value_double(other);
    /* Texts are UTF-8 in every library of ours. */
    const void *a = sqlite3_value_blob(one);
    const void *b = sqlite3_value_blob(other);
    size_t length = (size_t)sqlite3_value_bytes(one);
    return length == (size_t)sqlite3_value_bytes(other) && (length == 0 || memcmp(a, b, length) == 0);
}

static sqlite3_value *old_value(sqlite3_changeset_iter *iterator, int column)
{
    sqlite3_value *value = NULL;

    return sqlite3changeset_old(iterator, column, &value) == SQLITE_OK ? value : NULL;
}

static sqlite3_value *new_value(sqlite3_changeset_iter *iterator, int column)
{
    sqlite3_value *value = NULL;

    return sqlite3changeset_new(iterator, column, &value) == SQLITE_OK ? value : NULL;
}

static bool bind_key(sqlite3_stmt *statement, const struct table *table, sqlite3_changeset_iter *iterator)
{
    for (int i = 0; i < table->columns; i++)
        if (table->is_key[i]) {
            sqlite3_value *value = old_value(iterator, i);
            if (!value || sqlite3_bind_value(statement, i + 1, value) != SQLITE_OK)
                return false;
        }
    return true;
}

static bool run(sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);

    return sqlite3_reset(statement) == SQLITE_OK && result == SQLITE_DONE;
}

/* The row as it stands, which is what the change says it was: column by column what is new in its place. */
static bool collect_row(const struct table *table, sqlite3_changeset_iter *iterator, bool is_update,
                        sqlite3_value **values)
{
    for (int i = 0; i < table->columns; i++) {
        sqlite3_value *is = sqlite3_column_value(table->find, i);
        sqlite3_value *was = old_value(iterator, i);
        sqlite3_value *becomes = is_update ? new_value(iterator, i) : NULL;
        if (was && !is_same_value(is, was))
            return false;
        if (is_update && !(values[i] = sqlite3_value_dup(becomes ? becomes : is)))
            return false;
    }
    return true;
}

static bool take_out(struct ctx *ctx, const struct table *table, sqlite3_changeset_iter *iterator,
                     bool is_update, sqlite3_value **values)
{
    bool fits = bind_key(table->find, table, iterator) && sqlite3_step(table->find) == SQLITE_ROW &&
                collect_row(table, iterator, is_update, values);

    sqlite3_reset(table->find);
    return fits && bind_key(table->remove, table, iterator) && run(table->remove) &&
           sqlite3_changes64(ctx->db->handle) == 1;
}

static bool collect_new(const struct table *table, sqlite3_changeset_iter *iterator, sqlite3_value **values)
{
    for (int i = 0; i < table->columns; i++) {
        sqlite3_value *value = new_value(iterator, i);
        if (!value || !(values[i] = sqlite3_value_dup(value)))
            return false;
    }
    return true;
}

/* Takes out what the change found; what is to be put in afterwards is added to the list. */
static bool begin_row(struct ctx *ctx, struct journal_apply *apply, const struct table *table,
                      sqlite3_changeset_iter *iterator, int kind, struct new_row **rows)
{
    struct new_row *row;

    if (kind == SQLITE_DELETE)
        return take_out(ctx, table, iterator, false, NULL);
    row = arena_alloc(&apply->work, sizeof *row);
    *row = (struct new_row){.next = *rows,
                            .table = table,
                            .values =
                                arena_alloc_array(&apply->work, (size_t)table->columns, sizeof *row->values)};
    memset(row->values, 0, (size_t)table->columns * sizeof *row->values);
    *rows = row;
    return kind == SQLITE_INSERT ? collect_new(table, iterator, row->values)
                                 : take_out(ctx, table, iterator, true, row->values);
}

static bool put_in(const struct new_row *row)
{
    for (int i = 0; i < row->table->columns; i++)
        if (sqlite3_bind_value(row->table->insert, i + 1, row->values[i]) != SQLITE_OK)
            return false;
    return run(row->table->insert);
}

static enum error_kind do_rows(struct ctx *ctx, struct journal_apply *apply,
                               const struct journal_change *change, sqlite3_changeset_iter *iterator,
                               struct new_row **rows)
{
    const char *name = "?";
    int columns, kind, indirect;

    while (sqlite3changeset_next(iterator) == SQLITE_ROW) {
        if (sqlite3changeset_op(iterator, &name, &columns, &kind, &indirect) != SQLITE_OK)
            return fail_misfit(ctx, change, name);
        const struct table *table = find_table(ctx, apply, iterator, name, columns);
        if (!table || !begin_row(ctx, apply, table, iterator, kind, rows))
            return fail_misfit(ctx, change, name);
    }
    for (const struct new_row *row = *rows; row; row = row->next)
        if (!put_in(row))
            return fail_misfit(ctx, change, row->table->name);
    return OK;
}

static void free_rows(struct journal_apply *apply, const struct new_row *rows)
{
    for (; rows; rows = rows->next)
        for (int i = 0; i < rows->table->columns; i++)
            sqlite3_value_free(rows->values[i]);
    arena_reset(&apply->work);
}

enum error_kind journal_apply_change(struct ctx *ctx, struct journal_apply *apply,
                                     const struct journal_change *change)
{
    sqlite3_changeset_iter *iterator = NULL;

    if (sqlite3changeset_start(&iterator, (int)change->length, change->bytes) != SQLITE_OK)
        return fail_misfit(ctx, change, "?");
    struct new_row *rows = NULL;
    enum error_kind kind = do_rows(ctx, apply, change, iterator, &rows);
    free_rows(apply, rows);
    int result = sqlite3changeset_finalize(iterator);
    if (kind == OK && result != SQLITE_OK)
        kind = fail_misfit(ctx, change, "?");
    return kind;
}
