/*
 * table_rows.h — all rows of a table, in the order of their ids, without a statement: for --check and --rebuild, which
 * read every large table whole, and more than once.
 *
 * SQLite hands over the table's pages, within the transaction of ctx->db and with what stands in its WAL (sqlite_dbpage,
 * https://www.sqlite.org/dbpage.html); what stands on them is read here
 * (https://www.sqlite.org/fileformat2.html, 1.6 and 2.1). A row takes a fifth of what a statement takes to find its
 * columns and hand them over one by one. Pages on which a long record goes on are read only for a column that stands there.
 *
 *     static const char *const columns[] = {"member_id", "amount", "status"};
 *     struct table_rows *rows;
 *     bool found;
 *
 *     TRY(table_rows_begin(ctx, "waiver", columns, 3, &rows));
 *     for (;;) {
 *         TRY(table_rows_next(rows, &found));
 *         if (!found)
 *             return OK;
 *         add(row_int(rows, 0), row_int(rows, 1), row_is(rows, 2, "approved"));
 *     }
 *
 * Every byte may be wrong: what cannot be is LIBRARY_DAMAGED, never read past. Nothing may be written to the table
 * meanwhile. Memory is ctx's arena's: some pages, and the longest record that does not fit on one.
 */
#ifndef CARREL_DB_TABLE_ROWS_H
#define CARREL_DB_TABLE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/ctx.h"

enum row_type { ROW_NULL, ROW_INT, ROW_REAL, ROW_TEXT, ROW_BLOB };

struct row_value {
    int64_t number;       /* of ROW_INT; else 0 */
    const uint8_t *bytes; /* of text and blob, until the next row */
    uint32_t length;
    enum row_type type;
};

struct table_rows {
    int64_t rowid;
    struct row_value *values; /* by place in `columns` */
    struct row_pages *pages;  /* table_rows.c's own */
};

/*
 * The columns are read of each row; none twice. A table or column that there is not is INTERNAL; a table that this does not
 * understand (WITHOUT ROWID, a virtual one, one with computed columns or more than ROWS_COLUMNS_MAX) is none of ours:
 * LIBRARY_DAMAGED.
 */
enum error_kind table_rows_begin(struct ctx *ctx, const char *table, const char *const *columns, int count,
                                 struct table_rows **out_rows) MUST_CHECK;

/* The same for any table of any file: where this does not understand it, *out_rows is NULL. Ask with a statement. */
enum error_kind table_rows_try(struct ctx *ctx, const char *table, const char *const *columns, int count,
                               struct table_rows **out_rows) MUST_CHECK;

/* The next row: *out_found says whether there was one. */
enum error_kind table_rows_next(struct table_rows *rows, bool *out_found) MUST_CHECK;

static inline int64_t row_int(const struct table_rows *rows, int column)
{
    return rows->values[column].number;
}

static inline bool row_is_null(const struct table_rows *rows, int column)
{
    return rows->values[column].type == ROW_NULL;
}

/* NULL reads as NO_NUMBER. */
static inline int64_t row_number(const struct table_rows *rows, int column)
{
    return row_is_null(rows, column) ? NO_NUMBER : rows->values[column].number;
}

/* The same text? */
static inline bool row_is(const struct table_rows *rows, int column, const char *text)
{
    const struct row_value *value = &rows->values[column];

    return value->type == ROW_TEXT && value->length == strlen(text) &&
           memcmp(value->bytes, text, value->length) == 0;
}

#endif
