/*
 * foreign_keys.c — foreign keys by merging instead of looking up. All statements are made of names that the file's
 * own schema gives, quoted: this is asked of any library, also of one from a later version.
 */
#include "db/foreign_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "db/engine_internal.h"

#define KEYS_PER_TABLE_MAX 16

struct ids {
    uint64_t *words; /* one bit for each id */
    size_t word_count;
};

/* What others refer to, read once for all of them. */
struct parent {
    const char *table, *column;
    struct ids ids; /* of its rows */
    bool plain;     /* each has a bit */
    struct parent *next;
};

struct reference {
    const char *parent, *to, *from;
    const struct ids *ids; /* of the parent's rows */
};

struct child {
    const char *name;
    struct reference references[KEYS_PER_TABLE_MAX];
    int count;
    bool plain; /* each key is one column */
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

static int prepare(struct ctx *ctx, sqlite3_stmt **out_statement, char *sql)
{
    int result = sql ? sqlite3_prepare_v2(ctx->db->handle, sql, -1, out_statement, NULL) : SQLITE_NOMEM;

    sqlite3_free(sql);
    return result;
}

/* Not plain when something stands there that has no bit. */
static int read_ids(struct ctx *ctx, struct parent *parent)
{
    sqlite3_stmt *statement = NULL;
    /* An index could be quicker to read and still lack a row. */
    int result =
        prepare(ctx, &statement,
                sqlite3_mprintf("SELECT \"%w\" FROM \"%w\" NOT INDEXED", parent->column, parent->table));

    parent->plain = true;
    while (result == SQLITE_OK && parent->plain && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(statement, 0);
        parent->plain = sqlite3_column_type(statement, 0) == SQLITE_INTEGER && fits(id);
        if (parent->plain)
            add_id(&parent->ids, id);
        result = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int find_parent(struct ctx *ctx, struct parent **parents, const struct reference *reference,
                       struct parent **out_parent)
{
    struct parent *parent = *parents;

    while (parent &&
           (strcmp(parent->table, reference->parent) != 0 || strcmp(parent->column, reference->to) != 0))
        parent = parent->next;
    *out_parent = parent;
    if (parent)
        return SQLITE_OK;
    parent = arena_alloc(ctx->arena, sizeof *parent);
    *parent = (struct parent){.table = reference->parent, .column = reference->to, .next = *parents};
    *parents = *out_parent = parent;
    return read_ids(ctx, parent);
}

static bool row_holds(sqlite3_stmt *statement, const struct child *child)
{
    for (int i = 0; i < child->count; i++) {
        int type = sqlite3_column_type(statement, i);
        if (type != SQLITE_NULL &&
            (type != SQLITE_INTEGER || !has_id(child->references[i].ids, sqlite3_column_int64(statement, i))))
            return false;
    }
    return true;
}

static char *select_references(const struct child *child)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);

    for (int i = 0; i < child->count; i++)
        sqlite3_str_appendf(sql, "%s\"%w\"", i == 0 ? "SELECT " : ", ", child->references[i].from);
    sqlite3_str_appendf(sql, " FROM \"%w\" NOT INDEXED", child->name);
    return sqlite3_str_finish(sql);
}

static int read_child(struct ctx *ctx, const struct child *child, bool *out_hold)
{
    sqlite3_stmt *statement = NULL;
    int result = prepare(ctx, &statement, select_references(child));

    while (result == SQLITE_OK && *out_hold && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        *out_hold = row_holds(statement, child);
        result = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int ask_sqlite(struct ctx *ctx, const struct child *child, bool *out_hold)
{
    sqlite3_stmt *statement = NULL;
    int result = prepare(ctx, &statement, sqlite3_mprintf("PRAGMA foreign_key_check(\"%w\")", child->name));

    if (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        *out_hold = false;
        result = SQLITE_DONE;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int check_child(struct ctx *ctx, struct child *child, struct parent **parents, bool *out_hold)
{
    int result = SQLITE_OK;

    for (int i = 0; i < child->count && result == SQLITE_OK && child->plain; i++) {
        struct parent *parent;
        result = find_parent(ctx, parents, &child->references[i], &parent);
        child->references[i].ids = &parent->ids;
        child->plain = parent->plain;
    }
    if (result == SQLITE_OK)
        result = child->plain ? read_child(ctx, child, out_hold) : ask_sqlite(ctx, child, out_hold);
    return result;
}

/* Takes the next row of the list of all keys into `child`. */
static void add_reference(struct ctx *ctx, sqlite3_stmt *keys, struct child *child)
{
    const char *to = (const char *)sqlite3_column_text(keys, 3);

    /* Without a column it is the parent's primary key, whatever that is. */
    if (child->count == KEYS_PER_TABLE_MAX || sqlite3_column_int(keys, 4) > 0 || !to) {
        child->plain = false;
        return;
    }
    child->references[child->count++] =
        (struct reference){.parent = arena_strdup(ctx->arena, (const char *)sqlite3_column_text(keys, 1)),
                           .from = arena_strdup(ctx->arena, (const char *)sqlite3_column_text(keys, 2)),
                           .to = arena_strdup(ctx->arena, to)};
}

enum error_kind foreign_keys_hold(struct ctx *ctx, const char *except, bool *out_hold)
{
    static const char all_keys[] =
        "SELECT t.name, k.\"table\", k.\"from\", k.\"to\", k.seq FROM sqlite_schema t,"
        " pragma_foreign_key_list(t.name) k WHERE t.type = 'table' ORDER BY t.name";
    struct arena_mark mark = arena_mark(ctx->arena);
    struct child child = {.plain = true};
    struct parent *parents = NULL;
    sqlite3_stmt *keys = NULL;
    bool hold = true;
    int result = sqlite3_prepare_v2(ctx->db->handle, all_keys, -1, &keys, NULL);

    while (result == SQLITE_OK && hold) {
        int step = sqlite3_step(keys);
        const char *name = step == SQLITE_ROW ? (const char *)sqlite3_column_text(keys, 0) : NULL;
        if (child.name && (!name || strcmp(name, child.name) != 0)) {
            if (!except || strcmp(child.name, except) != 0)
                result = check_child(ctx, &child, &parents, &hold);
            child = (struct child){.plain = true};
        }
        if (step != SQLITE_ROW) {
            result = result == SQLITE_OK && step != SQLITE_DONE ? step : result;
            break;
        }
        child.name = arena_strdup(ctx->arena, name);
        add_reference(ctx, keys, &child);
    }
    sqlite3_finalize(keys);
    for (; parents; parents = parents->next)
        free(parents->ids.words);
    arena_reset_to(ctx->arena, mark);
    if (result != SQLITE_OK)
        return db_fail(ctx, ctx->db, result, "foreign keys");
    *out_hold = hold;
    return OK;
}
