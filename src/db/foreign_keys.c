/*
 * foreign_keys.c — foreign keys by merging instead of looking up. All statements are made of names that the file's
 * own schema gives, quoted: this is asked of any library, also of one from a later version.
 */
#include "db/foreign_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "db/engine_internal.h"
#include "db/table_rows.h"

#define KEYS_PER_TABLE_MAX 16

struct ids {
    uint64_t *words; /* one bit for each id */
    size_t word_count;
};

/* What others refer to, read once for all of them. */
struct parent {
    const char *table, *column;
    struct ids ids;               /* of its rows */
    const struct id_index *known; /* … or these, which somebody has read */
    bool plain;                   /* each has a bit */
    struct parent *next;
};

struct reference {
    const char *parent, *to, *from;
    const struct parent *rows;
};

struct child {
    const char *name;
    struct reference references[KEYS_PER_TABLE_MAX];
    int count;
    bool plain; /* each key is one column, of its own */
};

struct work {
    struct ctx *ctx;
    const struct foreign_keys_known *known; /* may be NULL */
    struct parent *parents;
};

static bool fits(int64_t id)
{
    return id >= 0 && id <= FOREIGN_KEY_ID_MAX;
}

static void add_id(struct ids *ids, int64_t id)
{
    size_t word = (size_t)id / 64;

    if (word >= ids->word_count) {
        size_t word_count = (word + 1) * 2;
        ids->words = realloc(ids->words, word_count * sizeof *ids->words);
        if (!ids->words)
            abort(); /* as the arena does: nothing acknowledged is lost */
        memset(ids->words + ids->word_count, 0, (word_count - ids->word_count) * sizeof *ids->words);
        ids->word_count = word_count;
    }
    ids->words[word] |= (uint64_t)1 << (id % 64);
}

static bool has_id(const struct ids *ids, int64_t id)
{
    size_t word = (size_t)id / 64;

    return fits(id) && word < ids->word_count && (ids->words[word] >> (id % 64) & 1) != 0;
}

static enum error_kind told(struct ctx *ctx, int result)
{
    return result == SQLITE_OK || result == SQLITE_DONE ? OK : db_fail(ctx, ctx->db, result, "foreign keys");
}

static int prepare(struct ctx *ctx, sqlite3_stmt **out_statement, char *sql)
{
    int result = sql ? sqlite3_prepare_v2(ctx->db->handle, sql, -1, out_statement, NULL) : SQLITE_NOMEM;

    sqlite3_free(sql);
    return result;
}

static void add_key(struct parent *parent, bool is_number, int64_t id)
{
    parent->plain = parent->plain && is_number && fits(id);
    if (parent->plain)
        add_id(&parent->ids, id);
}

static enum error_kind read_ids_by_statement(struct ctx *ctx, struct parent *parent)
{
    sqlite3_stmt *statement = NULL;
    /* An index could be quicker to read and still lack a row. */
    int result =
        prepare(ctx, &statement,
                sqlite3_mprintf("SELECT \"%w\" FROM \"%w\" NOT INDEXED", parent->column, parent->table));

    while (result == SQLITE_OK && parent->plain && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        add_key(parent, sqlite3_column_type(statement, 0) == SQLITE_INTEGER,
                sqlite3_column_int64(statement, 0));
        result = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return told(ctx, result);
}

/* Not plain when something stands there that has no bit. */
static enum error_kind read_ids(struct ctx *ctx, struct parent *parent)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct table_rows *rows;
    bool found = true;

    parent->plain = true;
    TRY(table_rows_try(ctx, parent->table, &parent->column, 1, &rows));
    if (!rows)
        return read_ids_by_statement(ctx, parent);
    while (parent->plain) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            break;
        add_key(parent, rows->values[0].type == ROW_INT, row_int(rows, 0));
    }
    arena_reset_to(ctx->arena, mark);
    return OK;
}

static bool is_known(const struct work *work, const struct reference *reference)
{
    return work->known && strcmp(work->known->table, reference->parent) == 0 &&
           strcmp(reference->to, "id") == 0;
}

static enum error_kind find_parent(struct work *work, const struct reference *reference,
                                   struct parent **out_parent)
{
    struct parent *parent = work->parents;

    while (parent &&
           (strcmp(parent->table, reference->parent) != 0 || strcmp(parent->column, reference->to) != 0))
        parent = parent->next;
    *out_parent = parent;
    if (parent)
        return OK;
    parent = arena_alloc(work->ctx->arena, sizeof *parent);
    *parent = (struct parent){.table = reference->parent, .column = reference->to, .next = work->parents};
    work->parents = *out_parent = parent;
    if (!is_known(work, reference))
        return read_ids(work->ctx, parent);
    parent->known = work->known->ids;
    parent->plain = true;
    return OK;
}

static bool key_holds(const struct reference *reference, enum row_type type, int64_t id)
{
    const struct parent *parent = reference->rows;

    if (type != ROW_INT)
        return type == ROW_NULL;
    return parent->known ? id_index_place(parent->known, id) != ID_NOWHERE : has_id(&parent->ids, id);
}

static enum row_type type_of(sqlite3_stmt *statement, int column)
{
    int type = sqlite3_column_type(statement, column);

    return type == SQLITE_NULL ? ROW_NULL : type == SQLITE_INTEGER ? ROW_INT : ROW_TEXT;
}

static char *select_references(const struct child *child)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);

    for (int i = 0; i < child->count; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i == 0 ? "SELECT " : ", ", child->references[i].from);
    sqlite3_str_appendf(sql, " FROM \"%w\" NOT INDEXED", child->name);
    return sqlite3_str_finish(sql);
}

static enum error_kind read_child_by_statement(struct ctx *ctx, const struct child *child, bool *out_hold)
{
    sqlite3_stmt *statement = NULL;
    int result = prepare(ctx, &statement, select_references(child));

    while (result == SQLITE_OK && *out_hold && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int i = 0; i < child->count; i++)
            *out_hold = *out_hold && key_holds(&child->references[i], type_of(statement, i),
                                               sqlite3_column_int64(statement, i));
        result = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return told(ctx, result);
}

static enum error_kind read_child(struct ctx *ctx, const struct child *child, bool *out_hold)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    const char *columns[KEYS_PER_TABLE_MAX];
    struct table_rows *rows;
    bool found;

    for (int i = 0; i < child->count; i++)
        columns[i] = child->references[i].from;
    TRY(table_rows_try(ctx, child->name, columns, child->count, &rows));
    if (!rows)
        return read_child_by_statement(ctx, child, out_hold);
    while (*out_hold) {
        TRY(table_rows_next(rows, &found));
        if (!found)
            break;
        for (int i = 0; i < child->count; i++)
            *out_hold = *out_hold && key_holds(&child->references[i], rows->values[i].type, row_int(rows, i));
    }
    arena_reset_to(ctx->arena, mark);
    return OK;
}

static enum error_kind ask_sqlite(struct ctx *ctx, const struct child *child, bool *out_hold)
{
    sqlite3_stmt *statement = NULL;
    int result = prepare(ctx, &statement, sqlite3_mprintf("PRAGMA foreign_key_check(\"%w\")", child->name));

    if (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        *out_hold = false;
        result = SQLITE_DONE;
    }
    sqlite3_finalize(statement);
    return told(ctx, result);
}

static enum error_kind check_child(struct work *work, struct child *child, bool *out_hold)
{
    for (int i = 0; i < child->count && child->plain; i++) {
        struct parent *parent;
        TRY(find_parent(work, &child->references[i], &parent));
        child->references[i].rows = parent;
        child->plain = parent->plain;
    }
    return child->plain ? read_child(work->ctx, child, out_hold) : ask_sqlite(work->ctx, child, out_hold);
}

/* Takes the next row of the list of all keys into `child`. */
static void add_reference(struct ctx *ctx, sqlite3_stmt *keys, struct child *child)
{
    const char *to = (const char *)sqlite3_column_text(keys, 3);

    const char *from = (const char *)sqlite3_column_text(keys, 2);

    for (int i = 0; i < child->count; i++)
        child->plain = child->plain && strcmp(child->references[i].from, from) != 0;
    /* Without a column it is the parent's primary key, whatever that is. */
    if (child->count == KEYS_PER_TABLE_MAX || sqlite3_column_int(keys, 4) > 0 || !to) {
        child->plain = false;
        return;
    }
    child->references[child->count++] =
        (struct reference){.parent = arena_strdup(ctx->arena, (const char *)sqlite3_column_text(keys, 1)),
                           .from = arena_strdup(ctx->arena, from),
                           .to = arena_strdup(ctx->arena, to)};
}

/* `keys` lists them table by table; *out_child is the next table, without a name after the last. */
static enum error_kind next_child(struct ctx *ctx, sqlite3_stmt *keys, int *step, struct child *out_child)
{
    *out_child = (struct child){.plain = true};
    if (*step == SQLITE_ROW)
        out_child->name = arena_strdup(ctx->arena, (const char *)sqlite3_column_text(keys, 0));
    while (*step == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(keys, 0), out_child->name) == 0) {
        add_reference(ctx, keys, out_child);
        *step = sqlite3_step(keys);
    }
    return told(ctx, *step == SQLITE_ROW ? SQLITE_OK : *step);
}

static enum error_kind check_children(struct work *work, sqlite3_stmt *keys, bool *out_hold)
{
    int step = sqlite3_step(keys);
    struct child child;

    for (*out_hold = true; *out_hold;) {
        TRY(next_child(work->ctx, keys, &step, &child));
        if (!child.name)
            break;
        if (!work->known || !work->known->hold || strcmp(child.name, work->known->table) != 0)
            TRY(check_child(work, &child, out_hold));
    }
    return OK;
}

enum error_kind foreign_keys_hold(struct ctx *ctx, const struct foreign_keys_known *known, bool *out_hold)
{
    static const char all_keys[] =
        "SELECT t.name, k.\"table\", k.\"from\", k.\"to\", k.seq FROM sqlite_schema t,"
        " pragma_foreign_key_list(t.name) k WHERE t.type = 'table' ORDER BY t.name";
    struct arena_mark mark = arena_mark(ctx->arena);
    struct work work = {.ctx = ctx, .known = known};
    sqlite3_stmt *keys = NULL;
    bool hold;

    enum error_kind kind = told(ctx, sqlite3_prepare_v2(ctx->db->handle, all_keys, -1, &keys, NULL));
    if (kind == OK)
        kind = check_children(&work, keys, &hold);
    sqlite3_finalize(keys);
    for (struct parent *parent = work.parents; parent; parent = parent->next)
        free(parent->ids.words);
    arena_reset_to(ctx->arena, mark);
    if (kind == OK)
        *out_hold = hold;
    return kind;
}
