/*
 * constraints.c — the text of CREATE TABLE is SQLite's own: whatever stands in the schema it has understood, so a CHECK
 * outside of quotes and comments is one, and its brackets have their other half.
 */
#include "db/constraints.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "db/engine_internal.h"

SQL(TABLES,
    "SELECT s.name, s.sql, NOT t.wr FROM sqlite_schema s, pragma_table_list(s.name) t WHERE s.type = 'table'"
    " AND s.rootpage > 0 AND s.sql NOT NULL AND t.schema = 'main' ORDER BY s.rootpage");

/* ---- reading the schema ------------------------------------------------------------------------------------ */

/* Past the quote that ends it; two of them are one that belongs to it. */
static const char *after_quoted(const char *at, char quote)
{
    for (at++; *at; at++)
        if (*at == quote && *++at != quote)
            return at;
    return at;
}

static const char *after(const char *at, const char *end)
{
    const char *found = strstr(at, end);

    return found ? found + strlen(end) : at + strlen(at);
}

static bool is_letter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c & 0x80);
}

/* A word, a quoted name or text, a comment, or a sign. */
static const char *after_token(const char *at)
{
    if (strncmp(at, "--", 2) == 0)
        return after(at, "\n");
    if (strncmp(at, "/*", 2) == 0)
        return after(at + 2, "*/");
    if (*at == '\'' || *at == '"' || *at == '`')
        return after_quoted(at, *at);
    if (*at == '[')
        return after(at, "]");
    if (!is_letter(*at))
        return at + 1;
    while (is_letter(*at))
        at++;
    return at;
}

/* From the bracket to past its other half. */
static const char *after_brackets(const char *at)
{
    int depth = 0;

    do {
        depth += (*at == '(') - (*at == ')');
        at = after_token(at);
    } while (*at && depth > 0);
    return at;
}

static bool is_check(const char *at, const char *end)
{
    return end - at == 5 && sqlite3_strnicmp(at, "CHECK", 5) == 0;
}

const char *constraints_of(struct arena *arena, const char *sql)
{
    struct text_buf conditions;
    bool is_next = false;

    text_buf_init(&conditions, arena);
    while (*sql) {
        const char *end = after_token(sql);
        if (is_next && *sql == '(') {
            end = after_brackets(sql);
            text_buf_append(&conditions, conditions.length ? " AND " : "");
            text_buf_append_bytes(&conditions, sql, (size_t)(end - sql));
        }
        bool is_space = strchr(" \t\r\n", *sql) || strncmp(sql, "--", 2) == 0 || strncmp(sql, "/*", 2) == 0;
        is_next = is_check(sql, end) || (is_next && is_space);
        sql = end;
    }
    return conditions.length ? text_buf_string(&conditions) : NULL;
}

/* ---- the work ---------------------------------------------------------------------------------------------- */

struct constraints_piece {
    const char *table, *conditions;
    int64_t from, to; /* ids of its rows; of a table WITHOUT ROWID all, and nobody asks for them */
    bool by_rowid;
    struct constraints_piece *next;
};

void constraints_begin(struct constraints_work *work)
{
    *work = (struct constraints_work){.is_listed = false};
    pthread_mutex_init(&work->lock, NULL);
}

void constraints_end(struct constraints_work *work)
{
    pthread_mutex_destroy(&work->lock);
}

static struct constraints_piece **add_piece(struct ctx *ctx, struct constraints_piece **end,
                                            const struct constraints_piece *piece)
{
    *end = arena_alloc(ctx->arena, sizeof **end);
    **end = *piece;
    return &(*end)->next;
}

/* The last piece is open: a row may come while others are being looked at. */
static enum error_kind add_table(struct ctx *ctx, struct constraints_piece ***end,
                                 const struct constraints_piece *whole)
{
    struct constraints_piece piece = *whole;
    int64_t last = 0;

    if (piece.by_rowid) {
        char *sql = sqlite3_mprintf("SELECT coalesce(max(rowid), 0) FROM \"%w\"", piece.table);
        if (!sql)
            return db_fail(ctx, ctx->db, SQLITE_NOMEM, "CHECKs of a table");
        enum error_kind kind = db_pragma_int(ctx, sql, &last);
        sqlite3_free(sql);
        TRY(kind);
        last = last < 0 ? 0 : last;
    }
    if (last > (int64_t)CONSTRAINT_ROWS_AT_ONCE * CONSTRAINT_PIECES_MAX)
        last = 0; /* ids far apart: all at once */
    for (piece.from = INT64_MIN; piece.to < last - CONSTRAINT_ROWS_AT_ONCE; piece.from = piece.to + 1) {
        piece.to += CONSTRAINT_ROWS_AT_ONCE;
        *end = add_piece(ctx, *end, &piece);
    }
    piece.to = INT64_MAX;
    *end = add_piece(ctx, *end, &piece);
    return OK;
}

static enum error_kind list_pieces(struct ctx *ctx, struct constraints_piece **out_pieces)
{
    struct stmt *s = db_statement(ctx, &TABLES);
    struct constraints_piece **end = out_pieces;
    bool found;

    for (*out_pieces = NULL;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        const char *conditions = constraints_of(ctx->arena, column_text(s, 1));
        if (conditions)
            TRY(add_table(ctx, &end,
                          &(struct constraints_piece){.table = column_text(s, 0),
                                                      .conditions = conditions,
                                                      .by_rowid = column_bool(s, 2)}));
    }
}

/* NULL: there is none left. */
static enum error_kind take_piece(struct ctx *ctx, struct constraints_work *work,
                                  const struct constraints_piece **out_piece)
{
    enum error_kind kind = OK;

    pthread_mutex_lock(&work->lock);
    if (!work->is_listed)
        kind = list_pieces(ctx, &work->next);
    work->is_listed = true;
    *out_piece = kind == OK ? work->next : NULL;
    if (*out_piece)
        work->next = work->next->next;
    pthread_mutex_unlock(&work->lock);
    return kind;
}

/* A CHECK that is NULL is met, and so is NOT of it not true. */
static char *select_wrong(const struct constraints_piece *piece, int max)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);

    sqlite3_str_appendf(sql, "SELECT 1 FROM \"%w\" NOT INDEXED WHERE NOT (%s)", piece->table,
                        piece->conditions);
    if (piece->by_rowid)
        sqlite3_str_appendf(sql, " AND rowid BETWEEN %lld AND %lld", piece->from, piece->to);
    sqlite3_str_appendf(sql, " LIMIT %d", max);
    return sqlite3_str_finish(sql);
}

static enum error_kind check_piece(struct ctx *ctx, const struct constraints_piece *piece, int max,
                                   void (*report)(void *argument, const char *table), void *argument)
{
    sqlite3_stmt *statement = NULL;
    char *sql = select_wrong(piece, max);
    int result = sql ? sqlite3_prepare_v2(ctx->db->handle, sql, -1, &statement, NULL) : SQLITE_NOMEM;

    while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        report(argument, piece->table);
        result = SQLITE_OK;
    }
    sqlite3_free(sql);
    enum error_kind kind = result == SQLITE_DONE ? OK : db_fail(ctx, ctx->db, result, "CHECKs of a table");
    sqlite3_finalize(statement);
    return kind;
}

enum error_kind constraints_check(struct ctx *ctx, struct constraints_work *work, int max,
                                  void (*report)(void *argument, const char *table), void *argument)
{
    for (;;) {
        const struct constraints_piece *piece;
        TRY(take_piece(ctx, work, &piece));
        if (!piece)
            return OK;
        TRY(check_piece(ctx, piece, max, report, argument));
    }
}
