/*
 * compact.c — VACUUM INTO, between making sure that there is room and making sure that all came along.
 */
#include "db/compact.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "db/engine_internal.h"
#include "db/files.h"
#include "db/foreign_keys.h"

static enum error_kind size_of(struct ctx *ctx, const char *path, int64_t *out_bytes)
{
    struct stat information;

    if (stat(path, &information) != 0)
        return fail(ctx, NOT_FOUND, "%s is not there.", path);
    *out_bytes = information.st_size;
    return OK;
}

/* All pages that hold something, and a margin for the file system's own. */
static enum error_kind check_room(struct ctx *ctx, const char *staged)
{
    int64_t pages = 0;
    int64_t unused = 0;
    int64_t room;

    TRY(db_pragma_int(ctx, "PRAGMA page_count", &pages));
    TRY(db_pragma_int(ctx, "PRAGMA freelist_count", &unused));
    int64_t needed = (pages - unused) * DB_PAGE_BYTES + COMPACT_MARGIN_BYTES;
    TRY(file_room(ctx, staged, &room));
    if (room >= needed)
        return OK;
    return fail(ctx, DISK_FULL,
                "There is not enough room to write the library anew: %" PRId64
                " MB are needed beside it, %" PRId64 " are free. Nothing was changed.",
                needed / 1000000 + 1, room / 1000000);
}

static enum error_kind copy_to(struct ctx *ctx, const char *staged)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(ctx->db->handle, "VACUUM INTO ?1", -1, &statement, NULL);

    if (result == SQLITE_OK)
        result = sqlite3_bind_text(statement, 1, staged, -1, SQLITE_STATIC);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return result == SQLITE_DONE ? OK : db_fail(ctx, ctx->db, result, "VACUUM INTO");
}

/* "SELECT (SELECT count(*) FROM a) || ' ' || (SELECT count(*) FROM b) …", of all tables that the file has itself. */
static const char list_of_counts[] =
    "SELECT 'SELECT ' || group_concat('(SELECT count(*) FROM \"' || name || '\")', ' || '' '' || ')"
    " FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name)";

static enum error_kind text_of(struct ctx *ctx, const char *sql, const char **out_text)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(ctx->db->handle, sql, -1, &statement, NULL);

    if (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        *out_text = arena_strdup(ctx->arena, (const char *)sqlite3_column_text(statement, 0));
        result = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return result == SQLITE_OK ? OK : db_fail(ctx, ctx->db, result, "counts");
}

static enum error_kind count_rows(struct ctx *ctx, const char **out_counts)
{
    const char *sql = "";

    TRY(text_of(ctx, list_of_counts, &sql));
    return text_of(ctx, sql, out_counts);
}

static enum error_kind copy_library(struct ctx *ctx, const char *staged, const char **out_counts)
{
    bool whole;

    TRY(db_accept(ctx)); /* closing it leaves no WAL beside it */
    TRY(check_room(ctx, staged));
    TRY(count_rows(ctx, out_counts));
    TRY(copy_to(ctx, staged));
    /* The library's own file is whole now: what replaces it meets no WAL. */
    return db_checkpoint(ctx, CHECKPOINT_TRUNCATE, 0, &whole);
}

static enum error_kind look_through(struct ctx *ctx, const char *counts)
{
    const char *answer = "";
    const char *found = "";
    bool whole;

    TRY(text_of(ctx, "PRAGMA integrity_check(1)", &answer));
    TRY(foreign_keys_hold(ctx, NULL, &whole));
    TRY(count_rows(ctx, &found));
    if (whole && strcmp(answer, "ok") == 0 && strcmp(counts, found) == 0)
        return OK;
    return fail(ctx, LIBRARY_DAMAGED,
                "The copy is not in order, and was given up: %s. The library is as it was. Look at it with "
                "--check --full.",
                answer);
}

static enum error_kind with_library(struct ctx *ctx, const char *path, enum db_mode mode, const char *staged,
                                    const char **counts)
{
    TRY(db_open(ctx, path, mode, &ctx->db));
    enum error_kind kind = mode == DB_WRITE ? copy_library(ctx, staged, counts) : look_through(ctx, *counts);
    db_close(ctx->db);
    ctx->db = NULL;
    return kind;
}

enum error_kind compact_stage(struct ctx *ctx, const char *library, const char *staged,
                              struct compact_report *out_report)
{
    struct compact_report report;
    const char *counts = "";

    TRY(with_library(ctx, library, DB_WRITE, staged, &counts));
    TRY(size_of(ctx, library, &report.bytes_before));
    TRY(with_library(ctx, staged, DB_CHECK, staged, &counts));
    TRY(file_sync(ctx, staged));
    TRY(size_of(ctx, staged, &report.bytes_after));
    *out_report = report;
    return OK;
}
