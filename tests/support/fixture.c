/*
 * fixture.c — what every test of a repository or service starts from.
 */
#include "fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/engine.h"
#include "db/migrate.h"

#define FIXTURE_NOW 1772445600000 /* 2026-03-02T10:00:00Z */

static void must(struct fixture *fixture, enum error_kind kind, const char *what)
{
    if (kind == OK)
        return;
    fprintf(stderr, "fixture: %s: %s\n", what, fixture->ctx.error.detail);
    abort();
}

struct fixture *fixture_new(void)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (!fixture)
        abort();
    snprintf(fixture->directory, sizeof fixture->directory, "%s", "/tmp/carrel-test-XXXXXX");
    if (!mkdtemp(fixture->directory))
        abort();
    snprintf(fixture->path, sizeof fixture->path, "%s/library.db", fixture->directory);
    arena_init(&fixture->arena, ARENA_IMPORT_MAX);
    fixture->ctx = (struct ctx){.arena = &fixture->arena,
                                .actor = {.access = ADMIN, .name = "test", .address = "local"},
                                .now = FIXTURE_NOW,
                                .currency_exponent = 2};
    clock_set_zone("UTC");
    must(fixture, db_open(&fixture->ctx, fixture->path, DB_WRITE, &fixture->ctx.db), "open");
    must(fixture, migrate_library(&fixture->ctx), "schema");
    must(fixture, db_exec(&fixture->ctx, "BEGIN IMMEDIATE"), "begin");
    return fixture;
}

void fixture_commit(struct fixture *fixture)
{
    db_reset_statements(fixture->ctx.db);
    must(fixture, db_exec(&fixture->ctx, "COMMIT"), "commit");
    must(fixture, db_exec(&fixture->ctx, "BEGIN IMMEDIATE"), "begin");
}

void fixture_next(struct fixture *fixture)
{
    db_reset_statements(fixture->ctx.db);
    error_clear(&fixture->ctx);
}

int64_t fixture_int(struct fixture *fixture, const char *sql)
{
    int64_t value = 0;

    must(fixture, db_pragma_int(&fixture->ctx, sql, &value), sql);
    return value;
}

void remove_directory(const char *directory)
{
    DIR *stream = opendir(directory);
    struct dirent *entry;

    while (stream && (entry = readdir(stream))) {
        char path[512];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        unlink(path);
    }
    if (stream)
        closedir(stream);
    rmdir(directory);
}

void fixture_free(struct fixture *fixture)
{
    db_close(fixture->ctx.db);
    arena_release(&fixture->arena);
    remove_directory(fixture->directory);
    free(fixture);
}
