/*
 * pack_schema.c — SQLite's pragmas tell all but two things: expressions and conditions stand in the text of CREATE
 * INDEX alone, so that is read here, word by word.
 */
#include "db/pack_schema.h"

#include <string.h>

#include "base/text.h"
#include "db/engine.h"

#define TOKENS_MAX 256

SQL(FIND_TABLE, "SELECT s.name, s.rootpage, l.wr = 0 AND l.strict = 1 AND s.sql NOT LIKE '%AUTOINCREMENT%'"
                " AND s.sql NOT LIKE '%COLLATE%'"
                " AND NOT EXISTS (SELECT 1 FROM sqlite_schema t WHERE t.type = 'trigger'"
                " AND t.tbl_name = s.name)"
                " FROM sqlite_schema s JOIN pragma_table_list(s.name) l ON l.schema = 'main'"
                " WHERE s.type = 'table' AND s.name = :table");
/* An INTEGER PRIMARY KEY is the rowid by another name and has no index; any other primary key has one. */
SQL(TABLE_COLUMNS, "SELECT name, type, \"notnull\", dflt_value, hidden, pk > 0 AND NOT EXISTS"
                   " (SELECT 1 FROM pragma_index_list(:table) WHERE origin = 'pk')"
                   " FROM pragma_table_xinfo(:table) ORDER BY cid");
SQL(TABLE_INDEXES, "SELECT s.name, s.rootpage, s.sql, l.\"unique\", l.partial"
                   " FROM pragma_index_list(:table) l JOIN sqlite_schema s ON s.name = l.name"
                   " AND s.type = 'index' ORDER BY s.rootpage");
SQL(INDEX_KEYS, "SELECT cid, \"desc\", coll FROM pragma_index_xinfo(:index) ORDER BY seqno");

/* ---- words ------------------------------------------------------------------------------------------------- */

/* The text of a statement as words, numbers, 'texts' and signs. */
struct tokens {
    const char *items[TOKENS_MAX];
    size_t count;
    size_t at; /* the next to look at */
};

static size_t length_of_token(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

    if (*text == '\'') {
        const char *end = strchr(text + 1, '\'');
        return end ? (size_t)(end - text) + 1 : strlen(text);
    }
    size_t sign = *text == '-';
    size_t length = strspn(text + sign, letters);
    return length ? sign + length : 1;
}

/* False: too many, or a comment. */
static bool tokenize(struct arena *arena, const char *text, struct tokens *out_tokens)
{
    out_tokens->count = out_tokens->at = 0;
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (!*text)
            return true;
        if (out_tokens->count == TOKENS_MAX || strncmp(text, "--", 2) == 0 || strncmp(text, "/*", 2) == 0)
            return false;
        size_t length = length_of_token(text);
        out_tokens->items[out_tokens->count++] = arena_strndup(arena, text, length);
        text += length;
    }
}

static const char *next_token(struct tokens *tokens)
{
    return tokens->at < tokens->count ? tokens->items[tokens->at++] : "";
}

/* Goes past the word when it is the next. */
static bool take(struct tokens *tokens, const char *word)
{
    bool is_next = tokens->at < tokens->count && text_equals_ignoring_case(tokens->items[tokens->at], word);

    tokens->at += is_next;
    return is_next;
}

static bool is_literal(struct arena *arena, const char *token, struct load_value *out_value)
{
    size_t length = strlen(token);
    int64_t number;

    if (text_equals_ignoring_case(token, "NULL"))
        *out_value = (struct load_value){.type = LOAD_NULL};
    else if (text_to_int64(token, &number))
        *out_value = load_int(number);
    else if (length >= 2 && token[0] == '\'' && strchr(token + 1, '\'') == token + length - 1)
        *out_value = load_text(arena_strndup(arena, token + 1, length - 2));
    else
        return false;
    return true;
}

static int column_named(const struct pack_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (text_equals_ignoring_case(table->columns[i].name, name))
            return (int)i;
    return -1;
}

/* ---- CREATE INDEX ------------------------------------------------------------------------------------------ */

/* coalesce(column, literal), when that is all there is before the comma or bracket. */
static bool read_expression(struct arena *arena, const struct pack_table *table, struct tokens *tokens,
                            struct pack_key *out_key)
{
    if (!take(tokens, "coalesce") || !take(tokens, "("))
        return false;
    *out_key = (struct pack_key){.column = column_named(table, next_token(tokens)), .has_instead = true};
    return out_key->column >= 0 && out_key->column != table->rowid_column && take(tokens, ",") &&
           is_literal(arena, next_token(tokens), &out_key->instead) &&
           out_key->instead.type == table->columns[out_key->column].type && take(tokens, ")");
}

/* Past the next comma or closing bracket of this list; false at the bracket. */
static bool skip_term(struct tokens *tokens)
{
    int depth = 0;

    while (tokens->at < tokens->count) {
        const char *token = next_token(tokens);
        if (strcmp(token, "(") == 0)
            depth++;
        else if (strcmp(token, ")") == 0 && depth-- == 0)
            return false;
        else if (strcmp(token, ",") == 0 && depth == 0)
            return true;
    }
    return false;
}

/* The keys that the pragma calls an expression are filled from the text. Goes on behind the list. */
static bool read_expressions(struct arena *arena, const struct pack_table *table, struct tokens *tokens,
                             struct pack_index *index, const bool *is_expression)
{
    while (tokens->at < tokens->count && !take(tokens, "("))
        tokens->at++;
    for (size_t i = 0; i < index->key_count; i++) {
        if (is_expression[i] && !read_expression(arena, table, tokens, &index->keys[i]))
            return false;
        size_t term_end = tokens->at;
        bool more = skip_term(tokens);
        /* Nothing may stand between an expression and its comma or bracket. */
        if (is_expression[i] && tokens->at != term_end + 1)
            return false;
        if (!more)
            return true;
    }
    return false;
}

/* A text, or with `many` ('text', …). */
static bool read_texts(struct arena *arena, struct tokens *tokens, bool many,
                       struct pack_condition *condition)
{
    if (many && !take(tokens, "("))
        return false;
    do {
        struct load_value *text = &condition->texts[condition->text_count];
        if (condition->text_count++ == PACK_TEXTS_MAX || !is_literal(arena, next_token(tokens), text) ||
            text->type != LOAD_TEXT)
            return false;
    } while (many && take(tokens, ","));
    return !many || take(tokens, ")");
}

static bool read_literal(struct arena *arena, bool is_text, struct tokens *tokens,
                         struct pack_condition *condition)
{
    return is_text ? read_texts(arena, tokens, false, condition)
                   : text_to_int64(next_token(tokens), &condition->number);
}

/* Both are columns of numbers. */
static bool read_other(const struct pack_table *table, struct tokens *tokens,
                       struct pack_condition *condition)
{
    condition->other = column_named(table, next_token(tokens));
    return condition->other >= 0 && condition->other != table->rowid_column &&
           table->columns[condition->other].type == LOAD_INT &&
           table->columns[condition->column].type == LOAD_INT;
}

static bool read_condition(struct arena *arena, const struct pack_table *table, struct tokens *tokens,
                           struct pack_condition *out_condition)
{
    *out_condition = (struct pack_condition){.column = column_named(table, next_token(tokens))};
    if (out_condition->column < 0 || out_condition->column == table->rowid_column)
        return false;
    bool is_text = table->columns[out_condition->column].type == LOAD_TEXT;
    if (take(tokens, "=")) {
        out_condition->is = is_text ? IS_TEXT : IS_NUMBER;
        return read_literal(arena, is_text, tokens, out_condition);
    }
    bool less = take(tokens, "<");
    if (less && !take(tokens, ">")) {
        out_condition->is = IS_LESS;
        return read_other(table, tokens, out_condition);
    }
    if (less) {
        out_condition->is = is_text ? IS_NONE_OF : IS_NOT_NUMBER;
        return read_literal(arena, is_text, tokens, out_condition);
    }
    bool many = take(tokens, "NOT");
    if (many && take(tokens, "IN")) {
        out_condition->is = IS_NONE_OF;
        return is_text && read_texts(arena, tokens, true, out_condition);
    }
    if (many || !take(tokens, "IS"))
        return false;
    out_condition->is = take(tokens, "NOT") ? IS_NOT_NULL : IS_NULL;
    return take(tokens, "NULL");
}

static bool read_conditions(struct arena *arena, const struct pack_table *table, struct tokens *tokens,
                            struct pack_index *index)
{
    if (!take(tokens, "WHERE"))
        return false;
    do
        if (index->condition_count == PACK_CONDITIONS_MAX ||
            !read_condition(arena, table, tokens, &index->conditions[index->condition_count++]))
            return false;
    while (take(tokens, "AND"));
    return tokens->at == tokens->count;
}

/* ---- indexes ----------------------------------------------------------------------------------------------- */

/* What the pragma says of each value; what it cannot say is marked. */
static enum error_kind read_keys(struct ctx *ctx, const struct pack_table *table, struct pack_index *index,
                                 bool *is_expression, bool *out_understood)
{
    struct stmt *s = db_statement(ctx, &INDEX_KEYS);
    bool found;

    bind_text(s, ":index", index->name);
    for (*out_understood = true;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        if (index->key_count == PACK_KEYS_MAX || column_bool(s, 1) ||
            strcmp(column_text(s, 2), "BINARY") != 0) {
            *out_understood = false;
            return OK;
        }
        int64_t column = column_int(s, 0);
        is_expression[index->key_count] = column == -2;
        index->keys[index->key_count++] =
            (struct pack_key){.column = column == table->rowid_column ? PACK_ROWID : (int)column};
    }
}

static enum error_kind read_index(struct ctx *ctx, const struct pack_table *table, const char *sql,
                                  bool partial, struct pack_index *index)
{
    bool is_expression[PACK_KEYS_MAX] = {false}, understood, any = partial;
    struct tokens tokens;

    TRY(read_keys(ctx, table, index, is_expression, &understood));
    for (size_t i = 0; i < index->key_count; i++)
        any = any || is_expression[i];
    for (size_t i = 0; i + 1 < index->key_count; i++)
        index->unique = index->unique && index->keys[i].column != PACK_ROWID;
    if (understood && any)
        understood = sql && tokenize(ctx->arena, sql, &tokens) &&
                     read_expressions(ctx->arena, table, &tokens, index, is_expression) &&
                     (!partial || read_conditions(ctx->arena, table, &tokens, index));
    index->understood = understood;
    return OK;
}

static enum error_kind read_indexes(struct ctx *ctx, struct pack_table *table)
{
    struct stmt *s = db_statement(ctx, &TABLE_INDEXES);
    struct pack_index **end = &table->indexes;
    bool found;

    bind_text(s, ":table", table->name);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct pack_index *index = arena_alloc(ctx->arena, sizeof *index);
        *index = (struct pack_index){
            .name = column_text(s, 0), .root = (uint32_t)column_int(s, 1), .unique = column_bool(s, 3)};
        TRY(read_index(ctx, table, column_text(s, 2), column_bool(s, 4), index));
        *end = index;
        end = &index->next;
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------ */

static bool read_type(const char *text, enum load_type *out_type)
{
    static const struct {
        const char *text;
        enum load_type type;
    } types[] = {{"INTEGER", LOAD_INT}, {"INT", LOAD_INT}, {"TEXT", LOAD_TEXT}, {"BLOB", LOAD_BLOB}};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (text_equals_ignoring_case(text, types[i].text)) {
            *out_type = types[i].type;
            return true;
        }
    return false;
}

static enum error_kind read_columns(struct ctx *ctx, struct pack_table *table, bool *out_understood)
{
    struct stmt *s = db_statement(ctx, &TABLE_COLUMNS);
    bool found;

    bind_text(s, ":table", table->name);
    for (*out_understood = true;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        struct pack_column column = {.name = column_text(s, 0), .not_null = column_bool(s, 2)};
        const char *standard = column_is_null(s, 3) ? "NULL" : column_text(s, 3);
        if (table->column_count == PACK_COLUMNS_MAX || column_int(s, 4) != 0 ||
            !read_type(column_text(s, 1), &column.type) ||
            !is_literal(ctx->arena, standard, &column.standard)) {
            *out_understood = false;
            return OK;
        }
        if (column_bool(s, 5))
            table->rowid_column = (int)table->column_count;
        table->columns[table->column_count++] = column;
    }
}

enum error_kind pack_schema_table(struct ctx *ctx, const char *name, struct pack_table **out_table)
{
    struct stmt *s = db_statement(ctx, &FIND_TABLE);
    bool understood;

    bind_text(s, ":table", name);
    TRY(db_row(s, &understood));
    understood = understood && column_bool(s, 2);
    if (!understood) {
        *out_table = NULL;
        return OK;
    }
    struct pack_table *table = arena_alloc(ctx->arena, sizeof *table);
    *table = (struct pack_table){.name = name, .root = (uint32_t)column_int(s, 1), .rowid_column = -1};
    TRY(read_columns(ctx, table, &understood));
    if (understood)
        TRY(read_indexes(ctx, table));
    *out_table = understood ? table : NULL;
    return OK;
}
