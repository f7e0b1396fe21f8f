/*
 * constraints.c — the text of CREATE TABLE is SQLite's own: whatever stands in the schema it has understood, so a CHECK
 * outside of quotes and comments is one, and its brackets have their other half.
 */
#include "db/constraints.h"

#include <string.h>

#include "base/text.h"
#include "db/engine_internal.h"

SQL(TABLES, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND sql NOT NULL"
            " ORDER BY rootpage");

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

/* ---- asking ------------------------------------------------------------------------------------------------ */

struct table {
    const char *name, *conditions;
    struct table *next;
};

/* A CHECK that is NULL is met, and so is NOT of it not true. */
static enum error_kind check_table(struct ctx *ctx, const struct table *table, int max,
                                   void (*report)(void *argument, const char *table), void *argument)
{
    sqlite3_stmt *statement = NULL;
    char *sql = sqlite3_mprintf("SELECT 1 FROM \"%w\" NOT INDEXED WHERE NOT (%s) LIMIT %d", table->name,
                                table->conditions, max);
    int result = sql ? sqlite3_prepare_v2(ctx->db->handle, sql, -1, &statement, NULL) : SQLITE_NOMEM;

    while (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        report(argument, table->name);
        result = SQLITE_OK;
    }
    sqlite3_free(sql);
    enum error_kind kind = result == SQLITE_DONE ? OK : db_fail(ctx, ctx->db, result, "CHECKs of a table");
    sqlite3_finalize(statement);
    return kind;
}

static enum error_kind list_tables(struct ctx *ctx, struct table **out_tables)
{
    struct stmt *s = db_statement(ctx, &TABLES);
    struct table **end = out_tables;
    bool found;

    for (*out_tables = NULL;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        const char *conditions = constraints_of(ctx->arena, column_text(s, 1));
        if (!conditions)
            continue;
        struct table *table = arena_alloc(ctx->arena, sizeof *table);
        *table = (struct table){.name = column_text(s, 0), .conditions = conditions};
        *end = table;
        end = &table->next;
    }
}

enum error_kind constraints_check(struct ctx *ctx, int max, void (*report)(void *argument, const char *table),
                                  void *argument)
{
    struct table *tables;

    TRY(list_tables(ctx, &tables));
    for (const struct table *table = tables; table; table = table->next)
        TRY(check_table(ctx, table, max, report, argument));
    return OK;
}
