/*
 * scratch.h — a library in a directory of its own, for the tests of db/ itself: they open, close and damage
 * it as they like. (Tests of what stands on db/ start from support/fixture.h.)
 */
#ifndef CARREL_TESTS_SCRATCH_H
#define CARREL_TESTS_SCRATCH_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours stands in base/error.h, so cmocka's fail_msg() cannot be used */

#define stop_test(...)             \
    do {                           \
        print_error(__VA_ARGS__);  \
        print_error("\n");         \
        _fail(__FILE__, __LINE__); \
    } while (0)

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/engine_internal.h"
#include "db/migrate.h"
#include "support/fixture.h"

#define SCRATCH_NOW 1772445600000 /* 2026-03-02T10:00:00Z */

struct scratch {
    char directory[64];
    char path[96];
    struct arena arena;
    struct ctx ctx;
};

struct bytes {
    unsigned char *at;
    size_t length;
};

static inline struct ctx scratch_ctx(struct arena *arena)
{
    arena_init(arena, ARENA_IMPORT_MAX);
    return (struct ctx){.arena = arena,
                        .actor = {.access = ADMIN, .name = "test", .address = "local"},
                        .now = SCRATCH_NOW,
                        .currency_exponent = 2};
}

/* An empty directory; no library yet. */
static inline void scratch_init(struct scratch *scratch)
{
    log_set_level(LOG_OFF); /* errors are made on purpose here */
    clock_set_zone("UTC");
    snprintf(scratch->directory, sizeof scratch->directory, "%s", "/tmp/carrel-test-XXXXXX");
    if (!mkdtemp(scratch->directory))
        abort();
    snprintf(scratch->path, sizeof scratch->path, "%s/library.db", scratch->directory);
    scratch->ctx = scratch_ctx(&scratch->arena);
}

static inline void scratch_must(struct scratch *scratch, enum error_kind kind)
{
    if (kind != OK)
        stop_test("%s: %s", error_code_name(scratch->ctx.error.code), scratch->ctx.error.detail);
}

/* The library, opened for writing and migrated: scratch->ctx.db. */
static inline void scratch_open(struct scratch *scratch)
{
    scratch_must(scratch, db_open(&scratch->ctx, scratch->path, DB_WRITE, &scratch->ctx.db));
    scratch_must(scratch, migrate_library(&scratch->ctx));
}

static inline void scratch_close(struct scratch *scratch)
{
    db_close(scratch->ctx.db);
    scratch->ctx.db = NULL;
    error_clear(&scratch->ctx);
    arena_reset(&scratch->arena);
}

static inline void scratch_remove(struct scratch *scratch)
{
    scratch_close(scratch);
    arena_release(&scratch->arena);
    remove_directory(scratch->directory);
}

static inline void scratch_exec(struct scratch *scratch, const char *sql)
{
    scratch_must(scratch, db_exec(&scratch->ctx, sql));
}

/* By a plain connection of SQLite's own, as another program would ask. */
static inline int64_t file_int(const char *path, const char *sql)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;

    if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        stop_test("%s: %s: %s", path, sql, sqlite3_errmsg(handle));
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return value;
}

static inline void file_exec(const char *path, const char *sql)
{
    sqlite3 *handle = NULL;

    if (sqlite3_open(path, &handle) != SQLITE_OK || sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        stop_test("%s: %s: %s", path, sql, sqlite3_errmsg(handle));
    sqlite3_close(handle);
}

/* Only while nothing in this process has the file open: closing it would drop SQLite's locks. */
static inline struct bytes file_bytes(const char *path)
{
    struct bytes bytes = {.at = malloc(1)};
    FILE *stream = fopen(path, "rb");
    int c;

    if (!stream)
        stop_test("%s cannot be read", path);
    while ((c = fgetc(stream)) != EOF) {
        if ((bytes.length & (bytes.length - 1)) == 0)
            bytes.at = realloc(bytes.at, bytes.length * 2 + 1);
        bytes.at[bytes.length++] = (unsigned char)c;
    }
    fclose(stream);
    return bytes;
}

static inline void file_write(const char *path, const void *bytes, size_t length)
{
    FILE *stream = fopen(path, "wb");

    if (!stream || fwrite(bytes, 1, length, stream) != length)
        stop_test("%s cannot be written", path);
    fclose(stream);
}

static inline void assert_file_is(const char *path, struct bytes before)
{
    struct bytes now = file_bytes(path);

    assert_int_equal(now.length, before.length);
    assert_memory_equal(now.at, before.at, before.length);
    free(now.at);
}

static inline int files_in(const char *directory)
{
    DIR *stream = opendir(directory);
    const struct dirent *entry;
    int count = 0;

    while (stream && (entry = readdir(stream)))
        count += entry->d_name[0] != '.';
    if (stream)
        closedir(stream);
    return count;
}

#define assert_fails_with(scratch, kind_of_call, expected_code)                          \
    do {                                                                                 \
        assert_int_not_equal((kind_of_call), OK);                                        \
        assert_string_equal(error_code_name((scratch)->ctx.error.code), #expected_code); \
        error_clear(&(scratch)->ctx);                                                    \
    } while (0)

#endif
