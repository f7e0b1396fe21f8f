/*
 * backup.c — an online copy: from one snapshot, in small steps, verified before it gets its name.
 */
#include "db/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/engine_internal.h"

/*
 * A name of its own for each backup: of two that are made under one name at once, one is refused at the end.
 */
#define TEMPORARY_SUFFIX ".part-XXXXXX"
#define SOURCE_BUSY_MS 1000

struct copy_job {
    const char *source_path;
    const char *final_path;
    char *temporary_path;
    sqlite3 *source, *target;
    struct snapshot snapshot; /* of the source */
    int descriptor;           /* of the temporary file; closed only when SQLite has closed it (POSIX locks) */
};

static enum error_kind fail_backup(struct ctx *ctx, const char *what, const char *why)
{
    return fail(ctx, BACKUP_FAILED, "The backup was not made: %s (%s). The library is unchanged.", what, why);
}

static bool is_directory(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

/* library-2026-11-22-093000.db, in the library's own time. */
static const char *dated_name(struct ctx *ctx, const char *directory)
{
    char day[CLOCK_DAY_SIZE];
    int32_t today = clock_day_of(ctx->now);
    int64_t seconds = (ctx->now - clock_day_start(today)) / MS_PER_SECOND;

    clock_format_day(today, day);
    return arena_printf(ctx->arena, "%s/library-%s-%02d%02d%02d.db", directory, day, (int)(seconds / 3600),
                        (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static enum error_kind choose_names(struct ctx *ctx, const char *target, struct copy_job *job)
{
    struct stat information;

    job->final_path = is_directory(target) ? dated_name(ctx, target) : target;
    if (lstat(job->final_path, &information) == 0)
        return fail_backup(ctx, job->final_path, "there is a file of that name; choose another");
    job->temporary_path = arena_printf(ctx->arena, "%s" TEMPORARY_SUFFIX, job->final_path);
    job->descriptor = mkostemp(job->temporary_path, O_CLOEXEC); /* readable by its owner alone */
    if (job->descriptor < 0)
        return fail_backup(ctx, job->final_path, strerror(errno));
    return OK;
}

/* What a failure may leave: the copy, and what SQLite keeps beside it while it writes. */
static void remove_temporary(struct ctx *ctx, const struct copy_job *job)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        unlink(arena_printf(ctx->arena, "%s%s", job->temporary_path, suffixes[i]));
}

static int open_both(struct copy_job *job)
{
    int flags = SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(job->source_path, &job->source, flags | SQLITE_OPEN_READONLY, NULL);

    if (result == SQLITE_OK)
        result = sqlite3_db_config(job->source, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_busy_timeout(job->source, SOURCE_BUSY_MS);
    if (result == SQLITE_OK)
        snapshot_enlist(&job->snapshot, job->source, SNAPSHOT_WHOLE);
    /* Reading anything inside BEGIN takes the snapshot that the copy is made of. */
    if (result == SQLITE_OK)
        result = sqlite3_exec(job->source, "BEGIN; SELECT count(*) FROM sqlite_schema;", NULL, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_open_v2(job->temporary_path, &job->target,
                                 flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_exec(job->target, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    return result;
}

static int copy_pages(struct copy_job *job)
{
    sqlite3_backup *backup = sqlite3_backup_init(job->target, "main", job->source, "main");
    int result = backup ? SQLITE_OK : sqlite3_errcode(job->target);

    while (backup && result == SQLITE_OK) {
        if (snapshot_is_cut(&job->snapshot)) {
            result = SQLITE_INTERRUPT;
            break;
        }
        result = sqlite3_backup_step(backup, BACKUP_STEP_PAGES);
        /*
         * Written back a little at a time, so that the writer's own fsync never waits for all of it. The
         * system tells of a page it could not write once: whoever ignores that here is told at the end that
         * all is well.
         */
        if (result == SQLITE_OK && fdatasync(job->descriptor) != 0)
            result = errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
        if (result == SQLITE_OK)
            clock_sleep_ms(BACKUP_PAUSE_MS);
    }
    if (backup)
        sqlite3_backup_finish(backup);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static void close_both(struct copy_job *job)
{
    snapshot_delist(&job->snapshot);
    sqlite3_close(job->source);
    sqlite3_close(job->target);
    job->source = job->target = NULL;
}

static enum error_kind count_rows(struct ctx *ctx, struct backup_report *report)
{
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM book", &report->books));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM member", &report->members));
    return db_pragma_int(ctx, "SELECT count(*) FROM borrow", &report->borrows);
}

static bool first_text_is(sqlite3 *handle, const char *sql, const char *wanted)
{
    sqlite3_stmt *statement = NULL;
    bool same = false;

    if (sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK) {
        int result = sqlite3_step(statement);
        const char *text = result == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
        same = wanted ? text && strcmp(text, wanted) == 0 : result == SQLITE_DONE;
    }
    sqlite3_finalize(statement);
    return same;
}

/* Reopened as the program would open it: what cannot be read back is no backup. */
static enum error_kind verify(struct ctx *ctx, const struct copy_job *job, struct backup_report *report)
{
    struct db *kept = ctx->db;
    struct db *copy = NULL;

    TRY(db_open(ctx, job->temporary_path, DB_READ, &copy));
    ctx->db = copy;
    enum error_kind kind = OK;
    if (!first_text_is(copy->handle, "PRAGMA quick_check(1)", "ok") ||
        !first_text_is(copy->handle, "PRAGMA foreign_key_check", NULL))
        kind = fail_backup(ctx, job->final_path, "the copy did not pass its check");
    if (kind == OK)
        kind = count_rows(ctx, report);
    ctx->db = kept;
    db_close(copy);
    return kind;
}

/* Never over a file that has come there meanwhile. Old kernels and some file systems cannot promise that. */
static int rename_to_new(const char *from, const char *to)
{
    int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

    return result != 0 && (errno == EINVAL || errno == ENOSYS) ? rename(from, to) : result;
}

/* EINVAL: this file system has nothing to sync in a directory. */
static int sync_directory(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = descriptor < 0 ? -1 : fsync(descriptor);
    int reason = errno;

    if (descriptor >= 0)
        close(descriptor);
    errno = reason;
    return result != 0 && reason == EINVAL ? 0 : result;
}

static enum error_kind sync_and_rename(struct ctx *ctx, const struct copy_job *job)
{
    char *directory = arena_strdup(ctx->arena, job->final_path);
    char *slash = strrchr(directory, '/');

    if (slash)
        slash[slash == directory ? 1 : 0] = '\0';
    if (fsync(job->descriptor) != 0 || rename_to_new(job->temporary_path, job->final_path) != 0 ||
        sync_directory(slash ? directory : ".") != 0)
        return fail_backup(ctx, job->final_path, strerror(errno));
    return OK;
}

static enum error_kind copy_and_verify(struct ctx *ctx, struct copy_job *job, struct backup_report *report)
{
    int64_t started = clock_monotonic_ms();
    int result = open_both(job);

    if (result == SQLITE_OK)
        result = copy_pages(job);
    /* The copy is a plain file of its own: it must not ask for a -wal that it does not have. */
    if (result == SQLITE_OK && !first_text_is(job->target, "PRAGMA journal_mode = DELETE", "delete"))
        result = SQLITE_IOERR;
    close_both(job);
    if (result == SQLITE_INTERRUPT)
        return fail(ctx, BUSY,
                    "The backup was not made: too much was being written. Try again at a quieter time.");
    if (result != SQLITE_OK)
        return fail_backup(ctx, job->final_path, sqlite3_errstr(result));
    report->copy_ms = clock_monotonic_ms() - started;
    started = clock_monotonic_ms();
    TRY(verify(ctx, job, report));
    report->verify_ms = clock_monotonic_ms() - started;
    return sync_and_rename(ctx, job);
}

enum error_kind backup_make(struct ctx *ctx, const char *library_path, const char *target,
                            struct backup_report *out_report)
{
    struct copy_job job = {.source_path = library_path};
    struct backup_report report = {0};
    struct stat information;

    TRY(choose_names(ctx, target, &job));
    enum error_kind kind = copy_and_verify(ctx, &job, &report);
    if (fstat(job.descriptor, &information) == 0)
        report.bytes = information.st_size;
    close(job.descriptor);
    if (kind != OK) {
        remove_temporary(ctx, &job);
        return kind;
    }
    char absolute[PATH_MAX];
    report.path = arena_strdup(ctx->arena, realpath(job.final_path, absolute) ? absolute : job.final_path);
    *out_report = report;
    return OK;
}
