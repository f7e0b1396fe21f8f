/*
 * load.c — a C function as a table that SQLite can read: the smallest virtual table there is
 * (https://www.sqlite.org/vtab.html), read once from its first row to its last.
 */
#include "db/load.h"

#include <assert.h>

#include "base/text.h"
#include "db/engine_internal.h"

#define MODULE "load_rows"

/* What is being loaded: the module's own argument. */
struct loading {
    load_next *next;
    void *argument;
};

struct source {
    sqlite3_vtab base;
    struct loading *loading;
};

struct reading {
    sqlite3_vtab_cursor base;
    const struct loading *loading;
    sqlite3_int64 row;
    bool ended;
    struct load_value values[LOAD_COLUMNS_MAX];
};

/* ---- the virtual table ------------------------------------------------------------------------------ */

static int source_connect(sqlite3 *handle, void *argument, int count, const char *const *arguments,
                          sqlite3_vtab **out_table, char **out_message)
{
    struct source *source;
    sqlite3_str *text = sqlite3_str_new(handle);

    (void)count;
    (void)arguments;
    (void)out_message;
    for (int i = 0; i < LOAD_COLUMNS_MAX; i++)
        sqlite3_str_appendf(text, "%sc%d", i ? ", " : "CREATE TABLE source (", i);
    sqlite3_str_appendall(text, ")");
    char *sql = sqlite3_str_finish(text);
    int result = sql ? sqlite3_declare_vtab(handle, sql) : SQLITE_NOMEM;
    sqlite3_free(sql);
    if (result != SQLITE_OK)
        return result;
    source = sqlite3_malloc(sizeof *source);
    if (!source)
        return SQLITE_NOMEM;
    *source = (struct source){.loading = argument};
    *out_table = &source->base;
    return SQLITE_OK;
}

static int source_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

static int source_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    (void)table;
    info->estimatedCost = 1e6;
    return SQLITE_OK;
}

static int reading_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out_cursor)
{
    struct reading *reading = sqlite3_malloc(sizeof *reading);

    if (!reading)
        return SQLITE_NOMEM;
    *reading = (struct reading){.loading = ((struct source *)table)->loading};
    *out_cursor = &reading->base;
    return SQLITE_OK;
}

static int reading_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int reading_next(sqlite3_vtab_cursor *cursor)
{
    struct reading *reading = (struct reading *)cursor;

    reading->ended = !reading->loading->next(reading->loading->argument, reading->values);
    reading->row++;
    return SQLITE_OK;
}

static int reading_filter(sqlite3_vtab_cursor *cursor, int number, const char *text, int count,
                          sqlite3_value **values)
{
    (void)number;
    (void)text;
    (void)count;
    (void)values;
    return reading_next(cursor);
}

static int reading_ended(sqlite3_vtab_cursor *cursor)
{
    return ((struct reading *)cursor)->ended;
}

static int reading_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
    const struct load_value *value = &((struct reading *)cursor)->values[column];

    switch (value->type) {
    case LOAD_NULL: sqlite3_result_null(context); break;
    case LOAD_INT: sqlite3_result_int64(context, value->as.number); break;
    case LOAD_TEXT: sqlite3_result_text(context, value->as.bytes, value->length, SQLITE_STATIC); break;
    case LOAD_BLOB: sqlite3_result_blob(context, value->as.bytes, value->length, SQLITE_STATIC); break;
    }
    return SQLITE_OK;
}

static int reading_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out_row)
{
    *out_row = ((struct reading *)cursor)->row;
    return SQLITE_OK;
}

/* Without xCreate the module is its own only table, under its own name. */
static const sqlite3_module load_module = {
    .xConnect = source_connect,
    .xDisconnect = source_disconnect,
    .xBestIndex = source_best_index,
    .xOpen = reading_open,
    .xClose = reading_close,
    .xFilter = reading_filter,
    .xNext = reading_next,
    .xEof = reading_ended,
    .xColumn = reading_column,
    .xRowid = reading_rowid,
};

/* ---- loading ---------------------------------------------------------------------------------------- */

static const char *insert_text(struct arena *arena, const char *table, const char *const *columns)
{
    struct text_buf text;

    text_buf_init(&text, arena);
    text_buf_printf(&text, "INSERT INTO %s", table);
    for (size_t i = 0; columns[i]; i++) {
        assert(i < LOAD_COLUMNS_MAX);
        text_buf_printf(&text, "%s%s", i ? ", " : " (", columns[i]);
    }
    for (size_t i = 0; columns[i]; i++)
        text_buf_printf(&text, "%sc%zu", i ? ", " : ") SELECT ", i);
    text_buf_append(&text, " FROM " MODULE);
    return text_buf_string(&text);
}

enum error_kind db_load(struct ctx *ctx, const char *table, const char *const *columns, load_next *next,
                        void *argument)
{
    struct loading loading = {next, argument};
    const char *sql = insert_text(ctx->arena, table, columns);
    int result = sqlite3_create_module_v2(ctx->db->handle, MODULE, &load_module, &loading, NULL);

    if (result == SQLITE_OK)
        result = sqlite3_exec(ctx->db->handle, sql, NULL, NULL, NULL);
    enum error_kind kind = result == SQLITE_OK ? OK : db_fail(ctx, ctx->db, result, table);
    sqlite3_create_module_v2(ctx->db->handle, MODULE, NULL, NULL, NULL);
    return kind;
}

/* ---- indexes ---------------------------------------------------------------------------------------- */

SQL(LIST_INDEXES, "SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL");

static enum error_kind drop_index(struct ctx *ctx, const struct load_index *index)
{
    return db_exec(ctx, arena_printf(ctx->arena, "DROP INDEX %s", index->name));
}

enum error_kind db_take_indexes(struct ctx *ctx, struct load_index **out_indexes)
{
    struct load_index *first = NULL, **end = &first;
    struct stmt *s = db_statement(ctx, &LIST_INDEXES);
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        struct load_index *index = arena_alloc(ctx->arena, sizeof *index);
        *index = (struct load_index){
            .name = column_text(s, 0), .table = column_text(s, 1), .sql = column_text(s, 2)};
        *end = index;
        end = &index->next;
    }
    db_reset_statements(ctx->db); /* no index is dropped while anything is being read */
    for (const struct load_index *index = first; index; index = index->next)
        TRY(drop_index(ctx, index));
    *out_indexes = first;
    return OK;
}

enum error_kind db_make_index(struct ctx *ctx, const struct load_index *index)
{
    return db_exec(ctx, index->sql);
}
