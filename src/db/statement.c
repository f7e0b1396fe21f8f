/*
 * statement.c — the statement cache of a connection, binding by name, rows.
 *
 * A statement is found by the address of its `struct sql` (or of a listing, with a number for its shape):
 * one pointer hash, no text compared. Those touched by a request stand in a list and are reset at its end.
 */
#include "db/engine_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "db/slow.h"

static size_t bucket_of(const void *key, uint64_t shape)
{
    uint64_t mixed = ((uint64_t)(uintptr_t)key >> 3) ^ (shape * 0x9e3779b97f4a7c15u);

    mixed ^= mixed >> 29;
    return (size_t)(mixed * 0xbf58476d1ce4e5b9u >> 40) % STATEMENT_BUCKETS;
}

static void drop_cached_statements(struct db *db)
{
    for (int i = 0; i < STATEMENT_BUCKETS; i++) {
        while (db->buckets[i]) {
            struct stmt *s = db->buckets[i];
            db->buckets[i] = s->next_in_bucket;
            sqlite3_finalize(s->handle);
            free(s);
        }
    }
    db->statement_count = 0;
}

static struct stmt *find_cached(struct db *db, const void *key, uint64_t shape)
{
    for (struct stmt *s = db->buckets[bucket_of(key, shape)]; s; s = s->next_in_bucket)
        if (s->key == key && s->shape == shape)
            return s;
    return NULL;
}

static struct stmt *prepare(struct ctx *ctx, const void *key, uint64_t shape, const char *name,
                            const char *text)
{
    struct db *db = ctx->db;
    sqlite3_stmt *handle = NULL;
    int result = sqlite3_prepare_v3(db->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);

    if (result != SQLITE_OK) {
        /* It lives as long as the request that hears of it; the cache stays clean. */
        struct stmt *broken = arena_alloc(ctx->arena, sizeof *broken);
        broken->db = db;
        broken->name = name;
        broken->failed = db_fail(ctx, db, result, name);
        return broken;
    }
    struct stmt *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->handle = handle;
    s->key = key;
    s->shape = shape;
    s->name = name;
    s->db = db;
    size_t bucket = bucket_of(key, shape);
    s->next_in_bucket = db->buckets[bucket];
    db->buckets[bucket] = s;
    db->statement_count++;
    return s;
}

/* What it counted is of this run: the next one begins at nothing. */
static void end_run(struct stmt *s)
{
    slow_note(s);
    sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_VM_STEP, 1);
    sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
    sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_SORT, 1);
}

static struct stmt *make_ready(struct ctx *ctx, struct stmt *s)
{
    s->ctx = ctx;
    if (!s->handle)
        return s;
    s->failed = OK;
    if (s->touched) {
        end_run(s);
        sqlite3_reset(s->handle);
        sqlite3_clear_bindings(s->handle);
    } else {
        s->touched = true;
        s->next_touched = s->db->touched;
        s->db->touched = s;
    }
    return s;
}

struct stmt *db_statement(struct ctx *ctx, const struct sql *sql)
{
    struct stmt *s = find_cached(ctx->db, sql, 0);

    if (!s)
        s = prepare(ctx, sql, 0, sql->name, sql->text);
    return make_ready(ctx, s);
}

struct stmt *db_shaped_statement(struct ctx *ctx, const void *key, uint64_t shape, const char *name,
                                 sql_builder *build)
{
    struct stmt *s = find_cached(ctx->db, key, shape);

    if (!s)
        s = prepare(ctx, key, shape, name, build(ctx, key, shape));
    return make_ready(ctx, s);
}

void db_reset_statements(struct db *db)
{
    while (db->touched) {
        struct stmt *s = db->touched;
        db->touched = s->next_touched;
        s->next_touched = NULL;
        s->touched = false;
        s->ctx = NULL;
        end_run(s);
        sqlite3_reset(s->handle);
        sqlite3_clear_bindings(s->handle);
    }
    /* The shapes of listings are many (sorts × filters); here nobody holds a statement, and all may go. */
    if (db->statement_count > DB_STATEMENTS_MAX)
        drop_cached_statements(db);
}

void db_forget_statements(struct db *db)
{
    db_reset_statements(db);
    drop_cached_statements(db);
}

/* ---- binding ------------------------------------------------------------------------------------------- */

bool statement_has(const struct stmt *s, const char *name)
{
    return s->handle && sqlite3_bind_parameter_index(s->handle, name) > 0;
}

static int parameter(struct stmt *s, const char *name)
{
    if (!s->handle)
        return 0;
    int index = sqlite3_bind_parameter_index(s->handle, name);
    assert(index > 0 && "the statement has no such parameter");
    return index;
}

static void check_bind(struct stmt *s, int result)
{
    if (result != SQLITE_OK && s->handle && s->failed == OK)
        s->failed = db_fail(s->ctx, s->db, result, s->name);
}

void bind_int(struct stmt *s, const char *name, int64_t value)
{
    int index = parameter(s, name);

    if (index)
        check_bind(s, sqlite3_bind_int64(s->handle, index, value));
}

void bind_number(struct stmt *s, const char *name, int64_t value)
{
    int index = parameter(s, name);

    if (index && value == NO_NUMBER)
        check_bind(s, sqlite3_bind_null(s->handle, index));
    else if (index)
        check_bind(s, sqlite3_bind_int64(s->handle, index, value));
}

void bind_bool(struct stmt *s, const char *name, bool value)
{
    bind_int(s, name, value ? 1 : 0);
}

void bind_real(struct stmt *s, const char *name, double value)
{
    int index = parameter(s, name);

    if (index)
        check_bind(s, sqlite3_bind_double(s->handle, index, value));
}

void bind_text(struct stmt *s, const char *name, const char *text)
{
    int index = parameter(s, name);

    if (index)
        check_bind(s, sqlite3_bind_text(s->handle, index, text, -1, SQLITE_STATIC));
}

void bind_uuid(struct stmt *s, const char *name, const struct uuid *uuid)
{
    int index = parameter(s, name);

    if (index)
        check_bind(s, sqlite3_bind_blob(s->handle, index, uuid->bytes, UUID_BYTES, SQLITE_TRANSIENT));
}

void bind_bytes(struct stmt *s, const char *name, const void *bytes, size_t length)
{
    int index = parameter(s, name);

    if (index)
        check_bind(s, sqlite3_bind_blob64(s->handle, index, bytes, length, SQLITE_STATIC));
}

/* ---- rows ------------------------------------------------------------------------------------------ */

enum error_kind db_row(struct stmt *s, bool *out_found)
{
    if (s->failed != OK) {
        enum error_kind kind = s->failed;
        if (s->handle)
            s->failed = OK;
        return kind;
    }
    if (db_has_lost_transaction(s->db))
        return db_fail(s->ctx, s->db, SQLITE_ABORT_ROLLBACK, s->name);
    if (snapshot_is_cut(&s->db->snapshot))
        return db_fail(s->ctx, s->db, SQLITE_INTERRUPT, s->name);
    bool is_timed = s->db->mode == DB_READ || s->db->mode == DB_WRITE;
    int64_t began_us = is_timed ? slow_clock_us() : 0;
    int result = sqlite3_step(s->handle);
    if (is_timed)
        s->spent_us += slow_clock_us() - began_us;
    if (result == SQLITE_ROW) {
        *out_found = true;
        return OK;
    }
    /* Kept, because SQLite forgets it when end_run() has the plan of an INSERT, UPDATE or DELETE explained. */
    if (!sqlite3_stmt_readonly(s->handle))
        s->db->changes = sqlite3_changes64(s->db->handle);
    if (result != SQLITE_DONE) {
        enum error_kind kind = db_fail(s->ctx, s->db, result, s->name);
        sqlite3_reset(s->handle);
        return kind;
    }
    end_run(s);
    sqlite3_reset(s->handle);
    *out_found = false;
    return OK;
}

enum error_kind db_run(struct stmt *s)
{
    bool found = true;

    while (found)
        TRY(db_row(s, &found));
    return OK;
}

int64_t column_int(struct stmt *s, int index)
{
    return sqlite3_column_int64(s->handle, index);
}

int64_t column_number(struct stmt *s, int index)
{
    return column_is_null(s, index) ? NO_NUMBER : sqlite3_column_int64(s->handle, index);
}

bool column_bool(struct stmt *s, int index)
{
    return sqlite3_column_int64(s->handle, index) != 0;
}

double column_real(struct stmt *s, int index)
{
    return sqlite3_column_double(s->handle, index);
}

const char *column_text(struct stmt *s, int index)
{
    const unsigned char *text = sqlite3_column_text(s->handle, index);

    if (!text)
        return NULL;
    return arena_strndup(s->ctx->arena, (const char *)text, (size_t)sqlite3_column_bytes(s->handle, index));
}

struct uuid column_uuid(struct stmt *s, int index)
{
    struct uuid uuid = {{0}};
    const void *blob = sqlite3_column_blob(s->handle, index);

    if (blob && sqlite3_column_bytes(s->handle, index) == UUID_BYTES)
        memcpy(uuid.bytes, blob, UUID_BYTES);
    return uuid;
}

bool column_is_null(struct stmt *s, int index)
{
    return sqlite3_column_type(s->handle, index) == SQLITE_NULL;
}

bool column_is(struct stmt *s, int index, const char *text)
{
    const unsigned char *own = sqlite3_column_text(s->handle, index);

    return own && strcmp((const char *)own, text) == 0;
}

const void *column_bytes(struct stmt *s, int index, size_t *out_length)
{
    const void *bytes = sqlite3_column_blob(s->handle, index);

    *out_length = (size_t)sqlite3_column_bytes(s->handle, index);
    return bytes;
}
