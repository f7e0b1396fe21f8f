/*
 * salvage_rows.c — records become rows of the new library, or lines of the report.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "db/salvage_internal.h"

/* ---- what tables there are ------------------------------------------------------------------------------ */

/* A column by which people know a row, best first. */
static const char *const labels[] = {"barcode", "card", "receipt", "title", "name"};

static enum salvage_type type_named(const char *name)
{
    if (strcmp(name, "INTEGER") == 0)
        return SALVAGE_INT;
    return strcmp(name, "TEXT") == 0 ? SALVAGE_TEXT : SALVAGE_BLOB;
}

static int label_of(const struct salvage_table *table)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        for (int j = 0; j < table->column_count; j++)
            if (strcmp(table->columns[j].name, labels[i]) == 0)
                return j;
    return -1;
}

/* In the order of the record: the key of a table WITHOUT ROWID comes first (fileformat2.html, 2.4). */
static const char column_query[] =
    "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, sum(pk > 0) OVER () FROM pragma_table_info(?1)"
    " ORDER BY CASE WHEN ?2 AND pk > 0 THEN pk ELSE 1000 + cid END";

static int describe_columns(struct salvage *work, struct salvage_table *table)
{
    sqlite3_stmt *query = NULL;
    int result = sqlite3_prepare_v2(work->ctx->db->handle, column_query, -1, &query, NULL);

    if (result == SQLITE_OK)
        result = sqlite3_bind_text(query, 1, table->counts.table, -1, SQLITE_STATIC);
    if (result == SQLITE_OK)
        result = sqlite3_bind_int(query, 2, table->without_rowid);
    while (result == SQLITE_OK && (result = sqlite3_step(query)) == SQLITE_ROW) {
        struct salvage_column *column = &table->columns[table->column_count++];
        column->name = arena_strdup(work->ctx->arena, (const char *)sqlite3_column_text(query, 0));
        column->type = type_named((const char *)sqlite3_column_text(query, 1));
        column->not_null = sqlite3_column_int(query, 2) || sqlite3_column_int(query, 4) > 0;
        column->required = column->not_null && !sqlite3_column_int(query, 3);
        column->is_rowid = !table->without_rowid && sqlite3_column_int(query, 4) == 1 &&
                           sqlite3_column_int(query, 5) == 1 && column->type == SALVAGE_INT;
        result = table->column_count < SALVAGE_COLUMNS_MAX ? SQLITE_OK : SQLITE_TOOBIG;
    }
    sqlite3_finalize(query);
    table->label = label_of(table);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static enum error_kind describe(struct salvage *work, const char *name, bool without_rowid)
{
    struct salvage_table *table = &work->tables[work->table_count++];
    int64_t rows = 0;

    *table =
        (struct salvage_table){.counts = {.table = arena_strdup(work->ctx->arena, name), .announced = -1},
                               .without_rowid = without_rowid};
    int result = describe_columns(work, table);
    if (result != SQLITE_OK)
        return db_fail(work->ctx, work->ctx->db, result, "columns");
    TRY(db_pragma_int(work->ctx, arena_printf(work->ctx->arena, "SELECT EXISTS (SELECT 1 FROM \"%s\")", name),
                      &rows));
    table->has_defaults = rows > 0;
    return OK;
}

enum error_kind salvage_describe_tables(struct salvage *work)
{
    static const char query_text[] =
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'";
    sqlite3_stmt *query = NULL;
    enum error_kind kind = OK;
    int result = sqlite3_prepare_v2(work->ctx->db->handle, query_text, -1, &query, NULL);

    while (result == SQLITE_OK && kind == OK && (result = sqlite3_step(query)) == SQLITE_ROW) {
        kind = describe(work, (const char *)sqlite3_column_text(query, 0), sqlite3_column_int(query, 1) != 0);
        result = work->table_count < SALVAGE_TABLES_MAX ? SQLITE_OK : SQLITE_TOOBIG;
    }
    sqlite3_finalize(query);
    if (kind == OK && result != SQLITE_DONE)
        kind = db_fail(work->ctx, work->ctx->db, result, "tables");
    return kind;
}

void salvage_release_tables(struct salvage *work)
{
    for (int i = 0; i < work->table_count; i++) {
        sqlite3_finalize(work->tables[i].insert);
        work->tables[i].insert = NULL;
    }
}

/* ---- one record ----------------------------------------------------------------------------------------- */

bool salvage_fits(const struct salvage_table *table, const struct salvage_record *record)
{
    if (record->count > table->column_count)
        return false;
    for (int i = 0; i < table->column_count; i++) {
        const struct salvage_column *column = &table->columns[i];
        enum salvage_type type = i < record->count ? record->values[i].type : SALVAGE_NULL;
        if (i >= record->count ? column->required : false)
            return false;
        if (column->is_rowid ? type != SALVAGE_NULL : type != SALVAGE_NULL && type != column->type)
            return false;
        if (i < record->count && !column->is_rowid && column->not_null && type == SALVAGE_NULL)
            return false;
    }
    return true;
}

static enum error_kind prepare_insert(struct salvage *work, struct salvage_table *table, int columns,
                                      bool replaces)
{
    struct text_buf sql;

    if (table->insert && table->insert_columns == columns && table->insert_replaces == replaces)
        return OK;
    sqlite3_finalize(table->insert);
    table->insert = NULL;
    text_buf_init(&sql, &work->rows);
    text_buf_printf(&sql, "INSERT %s INTO \"%s\" (", replaces ? "OR REPLACE" : "", table->counts.table);
    for (int i = 0; i < columns; i++)
        text_buf_printf(&sql, "%s\"%s\"", i ? ", " : "", table->columns[i].name);
    text_buf_printf(&sql, ") VALUES (");
    for (int i = 0; i < columns; i++)
        text_buf_printf(&sql, "%s?%d", i ? ", " : "", i + 1);
    text_buf_printf(&sql, ")");
    int result = sqlite3_prepare_v3(work->ctx->db->handle, text_buf_string(&sql), -1,
                                    SQLITE_PREPARE_PERSISTENT, &table->insert, NULL);
    table->insert_columns = columns;
    table->insert_replaces = replaces;
    return result == SQLITE_OK ? OK : db_fail(work->ctx, work->ctx->db, result, "insert");
}

/* Bytes that are no letters become U+FFFD, so that nobody meets text that cannot be shown. */
static const char *as_letters(struct arena *arena, const struct salvage_value *value, bool *out_mended)
{
    const char *bytes = (const char *)value->as.bytes;
    struct text_buf text;

    *out_mended = memchr(bytes, 0, value->length) != NULL || !text_is_utf8(bytes, value->length);
    if (!*out_mended)
        return NULL;
    text_buf_init(&text, arena);
    for (size_t i = 0; i < value->length;) {
        size_t length = 1;
        while (length < 4 && i + length < value->length && !text_is_utf8(bytes + i, length))
            length++;
        bool is_letter = bytes[i] != '\0' && text_is_utf8(bytes + i, length);
        text_buf_printf(&text, "%.*s", is_letter ? (int)length : 3, is_letter ? bytes + i : "\xef\xbf\xbd");
        i += is_letter ? length : 1;
    }
    return text_buf_string(&text);
}

static int bind_value(struct salvage *work, sqlite3_stmt *insert, int place,
                      const struct salvage_value *value, bool *mended)
{
    switch (value->type) {
    case SALVAGE_NULL: return sqlite3_bind_null(insert, place);
    case SALVAGE_INT: return sqlite3_bind_int64(insert, place, value->as.number);
    case SALVAGE_REAL: return sqlite3_bind_double(insert, place, value->as.real);
    case SALVAGE_BLOB:
        return sqlite3_bind_blob64(insert, place, value->as.bytes, value->length, SQLITE_STATIC);
    case SALVAGE_TEXT: break;
    }
    bool is_mended;
    const char *letters = as_letters(&work->rows, value, &is_mended);
    *mended |= is_mended;
    if (letters)
        return sqlite3_bind_text(insert, place, letters, -1, SQLITE_STATIC);
    return sqlite3_bind_text64(insert, place, (const char *)value->as.bytes, value->length, SQLITE_STATIC,
                               SQLITE_UTF8);
}

static void name_row(struct salvage *work, const struct salvage_table *table,
                     const struct salvage_record *record)
{
    const struct salvage_value *label =
        table->label >= 0 && table->label < record->count ? &record->values[table->label] : NULL;

    fprintf(work->report, "%s", table->counts.table);
    if (!table->without_rowid)
        fprintf(work->report, " %" PRId64, record->rowid);
    if (label && label->type == SALVAGE_INT)
        fprintf(work->report, " (%s %" PRId64 ")", table->columns[table->label].name, label->as.number);
    if (label && label->type == SALVAGE_TEXT) {
        bool mended;
        const char *letters = as_letters(&work->rows, label, &mended);
        fprintf(work->report, " (%s “%.*s”)", table->columns[table->label].name,
                letters ? (int)strlen(letters) : (int)label->length,
                letters ? letters : (const char *)label->as.bytes);
    }
}

static void tell(struct salvage *work, struct salvage_table *table, const struct salvage_record *record,
                 const char *what, const char *why)
{
    if (work->is_trial)
        return;
    name_row(work, table, record);
    fprintf(work->report, ": %s%s%s\n", what, why ? ": " : "", why ? why : "");
}

/* Between two rows: what is written so far goes into the file, so that the WAL stays small. */
static enum error_kind end_batch(struct salvage *work)
{
    bool whole;

    work->in_batch = 0;
    TRY(db_exec(work->ctx, "COMMIT"));
    TRY(db_checkpoint(work->ctx, CHECKPOINT_TRUNCATE, 0, &whole));
    return db_exec(work->ctx, "BEGIN IMMEDIATE");
}

static enum error_kind count_row(struct salvage *work, struct salvage_table *table,
                                 const struct salvage_record *record, int result, bool mended)
{
    if (result == SQLITE_DONE) {
        table->counts.kept++;
        table->counts.mended += mended;
        if (mended)
            tell(work, table, record, "letters that cannot be read were replaced", NULL);
    } else {
        table->counts.left_out++;
        tell(work, table, record, "left out", sqlite3_errmsg(work->ctx->db->handle));
    }
    sqlite3_reset(table->insert);
    return !work->is_trial && ++work->in_batch >= SALVAGE_BATCH_ROWS ? end_batch(work) : OK;
}

static enum error_kind take_record(struct salvage *work, struct salvage_table *table,
                                   const struct salvage_record *record, bool replaces)
{
    bool mended = false;
    int result = SQLITE_OK;

    table->counts.read++;
    if (!salvage_fits(table, record)) {
        table->counts.left_out++;
        tell(work, table, record, "left out", "it is not of the form that its table has");
        return OK;
    }
    TRY(prepare_insert(work, table, record->count, replaces));
    for (int i = 0; i < record->count && result == SQLITE_OK; i++)
        result = table->columns[i].is_rowid
                     ? sqlite3_bind_int64(table->insert, i + 1, record->rowid)
                     : bind_value(work, table->insert, i + 1, &record->values[i], &mended);
    if (result == SQLITE_OK)
        result = sqlite3_step(table->insert);
    if (result != SQLITE_DONE && (result & 0xff) != SQLITE_CONSTRAINT) {
        sqlite3_reset(table->insert);
        return db_fail(work->ctx, work->ctx->db, result, "insert");
    }
    return count_row(work, table, record, result, mended);
}

enum error_kind salvage_take_page(struct salvage *work, struct salvage_table *table,
                                  const struct cells *cells, bool replaces, int *out_kept)
{
    struct salvage_record record;
    int64_t kept = table->counts.kept;

    for (int i = 0; i < cells->count; i++) {
        struct arena_mark mark = arena_mark(&work->rows);
        if (cells_record(&work->pages, cells, i, &work->rows, &record)) {
            TRY(take_record(work, table, &record, replaces));
        } else {
            table->counts.torn++;
            if (!work->is_trial)
                fprintf(work->report, "%s: a row on page %" PRIu32 " cannot be read\n", table->counts.table,
                        cells->number);
        }
        arena_reset_to(&work->rows, mark);
    }
    if (out_kept)
        *out_kept = (int)(table->counts.kept - kept);
    return OK;
}
