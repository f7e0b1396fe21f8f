/*
 * restore.c — the order of a few renames, and why it is that one.
 */
#include "db/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/backup.h"
#include "db/engine_internal.h"
#include "db/files.h"
#include "db/foreign_keys.h"
#include "db/manifest.h"
#include "db/migrate.h"
#include "db/sealed.h"

/* ---- looking at it ---------------------------------------------------------------------------------------- */

/* The first bytes of every SQLite file (fileformat2.html, 1.3), as far as they concern us. */
#define HEADER_BYTES 100
#define HEADER_VERSION 60
#define HEADER_APPLICATION 68

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static enum error_kind check_version(struct ctx *ctx, const char *backup, int64_t version)
{
    int newest = migrations[migration_count - 1].version;

    if (version > newest)
        return fail(ctx, LIBRARY_TOO_NEW,
                    "%s was written by a newer Carrel (version %" PRId64 ", this one knows %d). Nothing was "
                    "changed. Use the newer program.",
                    backup, version, newest);
    return OK;
}

/* Before a gigabyte is copied for nothing. */
static enum error_kind look_at_header(struct ctx *ctx, const char *backup)
{
    unsigned char header[HEADER_BYTES];
    int descriptor = open(backup, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0)
        return fail(ctx, NOT_FOUND, "%s: %s.", backup, strerror(errno));
    ssize_t length = read(descriptor, header, sizeof header);
    close(descriptor);
    if (length != HEADER_BYTES || memcmp(header, "SQLite format 3", 16) != 0 ||
        big_endian(header + HEADER_APPLICATION) != DB_APPLICATION_ID)
        return fail(ctx, NOT_A_LIBRARY, "%s is not a backup of a Carrel library. Nothing was changed.",
                    backup);
    return check_version(ctx, backup, big_endian(header + HEADER_VERSION));
}

static bool has_bytes(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 && information.st_size > 0;
}

/* What SQLite keeps beside a file, and would lay over another one of that name. */
static const char *const beside[] = {"-wal", "-journal"};
#define BESIDE (sizeof beside / sizeof beside[0])

static bool stands_alone(struct ctx *ctx, const char *path)
{
    for (size_t i = 0; i < BESIDE; i++)
        if (has_bytes(arena_printf(ctx->arena, "%s%s", path, beside[i])))
            return false;
    return true;
}

/* A -wal or -journal beside it holds what the file itself does not: it was copied by hand, or is in use. */
static enum error_kind check_finished(struct ctx *ctx, const char *backup, struct restore_content *content)
{
    struct stat information;

    if (stat(backup, &information) != 0)
        return fail(ctx, NOT_FOUND, "%s: %s. Nothing was changed.", backup, strerror(errno));
    if (!S_ISREG(information.st_mode))
        return fail(ctx, NOT_A_LIBRARY, "%s is not a file. Nothing was changed. Name the backup itself.",
                    backup);
    content->bytes = information.st_size;
    if (!stands_alone(ctx, backup))
        return fail(
            ctx, NOT_A_LIBRARY,
            "%s is no finished backup: part of it stands in a -wal or -journal beside it. Nothing was "
            "changed. Make a backup of it first: carrel --db %s --backup FILE.",
            backup, backup);
    return OK;
}

/* Where a manifest stands beside it, the file is the one that it was written for. */
static enum error_kind check_manifest(struct ctx *ctx, const char *backup, const struct digest *digest)
{
    char wanted[DIGEST_HEX_SIZE], found[DIGEST_HEX_SIZE];

    digest_format(digest, found);
    if (!manifest_digest(ctx, backup, wanted) || strcmp(wanted, found) == 0)
        return OK;
    return fail(
        ctx, LIBRARY_DAMAGED,
        "%s is not as it was made: its SHA-256 is another than in %s. Nothing was changed. Take an older "
        "backup.",
        backup, manifest_path(ctx, backup));
}

static enum error_kind check_copy(struct ctx *ctx, const char *backup)
{
    sqlite3_stmt *statement = NULL;
    bool whole = false;
    int result = sqlite3_prepare_v2(ctx->db->handle, "PRAGMA quick_check(1)", -1, &statement, NULL);

    if (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        const char *answer = (const char *)sqlite3_column_text(statement, 0);
        whole = answer && strcmp(answer, "ok") == 0;
    }
    sqlite3_finalize(statement);
    if (whole)
        TRY(foreign_keys_hold(ctx, NULL, &whole));
    return whole ? OK
                 : fail(ctx, LIBRARY_DAMAGED, "%s is damaged. Nothing was changed. Take an older backup.",
                        backup);
}

enum error_kind restore_count(struct ctx *ctx, struct restore_content *out_content)
{
    struct restore_content content = *out_content;

    TRY(db_pragma_int(ctx, "PRAGMA user_version", &content.version));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM book", &content.books));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM copy", &content.copies));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM member", &content.members));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM borrow", &content.borrows));
    TRY(db_pragma_int(ctx, "SELECT count(*) FROM borrow WHERE returned_at IS NULL", &content.open_borrows));
    TRY(db_pragma_int(ctx, "SELECT coalesce(max(id), 0) FROM audit_log", &content.last_audit_id));
    TRY(db_pragma_int(ctx, "SELECT coalesce((SELECT at FROM audit_log ORDER BY id DESC LIMIT 1), 0)",
                      &content.last_activity));
    *out_content = content;
    return OK;
}

static enum error_kind look_at_copy(struct ctx *ctx, const char *backup, const char *staged,
                                    struct restore_content *content)
{
    TRY(db_open(ctx, staged, DB_CHECK, &ctx->db));
    backup_check_begin(ctx->db);
    enum error_kind kind = check_copy(ctx, backup);
    if (kind == OK)
        kind = restore_count(ctx, content);
    backup_check_end(ctx->db);
    db_close(ctx->db);
    ctx->db = NULL;
    return kind;
}

/* A file that SQLite gives up on is a damaged backup, whatever it calls that. */
static enum error_kind tell_damaged(struct ctx *ctx, const char *backup, enum error_kind kind)
{
    if (kind == ERROR_BUSY)
        return kind; /* no room, no memory */
    error_clear(ctx);
    if (atomic_load(backup_is_broken_off()))
        return fail(ctx, BUSY, "Nothing was restored: Carrel is stopping. The library is unchanged.");
    return fail(ctx, LIBRARY_DAMAGED, "%s is damaged. Nothing was changed. Take an older backup.", backup);
}

/* The digest is that of the backup's own bytes, sealed or not. */
static enum error_kind bring_here(struct ctx *ctx, const char *backup, const char *passphrase,
                                  const char *staged, struct digest *out_digest)
{
    struct seal_key key;

    if (!sealed_is(backup)) {
        TRY(look_at_header(ctx, backup));
        return file_copy_until(ctx, backup, staged, backup_is_broken_off(), out_digest);
    }
    TRY(sealed_key(ctx, backup, passphrase, &key));
    TRY(sealed_open(ctx, backup, &key, staged, out_digest));
    return look_at_header(ctx, staged);
}

enum error_kind restore_stage(struct ctx *ctx, const char *backup, const char *passphrase, const char *staged,
                              struct restore_content *out_content)
{
    struct restore_content content = {0};
    struct digest digest;

    TRY(check_finished(ctx, backup, &content));
    TRY(bring_here(ctx, backup, passphrase, staged, &digest));
    TRY(check_manifest(ctx, backup, &digest));
    enum error_kind kind = look_at_copy(ctx, backup, staged, &content);
    if (kind != OK)
        return tell_damaged(ctx, backup, kind);
    *out_content = content;
    return OK;
}

static enum error_kind look(struct ctx *ctx, const char *backup, struct restore_content *content)
{
    struct db *kept = ctx->db;
    struct db *db = NULL;

    TRY(db_open(ctx, backup, DB_LOOK, &db));
    ctx->db = db;
    enum error_kind kind = restore_count(ctx, content);
    ctx->db = kept;
    db_close(db);
    return kind;
}

enum error_kind restore_look(struct ctx *ctx, const char *backup, struct restore_content *out_content)
{
    struct restore_content content = {0};

    TRY(check_finished(ctx, backup, &content));
    TRY(look_at_header(ctx, backup));
    enum error_kind kind = look(ctx, backup, &content);
    if (kind != OK)
        return tell_damaged(ctx, backup, kind);
    *out_content = content;
    return OK;
}

/* ---- putting it in place ---------------------------------------------------------------------------------- */

/*
 * "/srv/library.db" → "/srv/library-before-restore-2026-11-22-093000.db", in the library's own time; "…-093000-2.db" for
 * the second one of a second.
 */
static const char *dated_name(struct ctx *ctx, const char *library)
{
    char day[CLOCK_DAY_SIZE];
    int32_t today = clock_day_of(ctx->now);
    int64_t seconds = (ctx->now - clock_day_start(today)) / MS_PER_SECOND;
    const char *slash = strrchr(library, '/');
    const char *dot = strrchr(library, '.');
    const char *end = dot && dot > (slash ? slash + 1 : library) ? dot : library + strlen(library);

    clock_format_day(today, day);
    const char *stem =
        arena_printf(ctx->arena, "%.*s-before-restore-%s-%02d%02d%02d", (int)(end - library), library, day,
                     (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
    const char *name = arena_printf(ctx->arena, "%s.db", stem);
    for (int number = 2; access(name, F_OK) == 0 && number <= RESTORE_NAMES_MAX; number++)
        name = arena_printf(ctx->arena, "%s-%d.db", stem, number);
    return name;
}

static void remove_beside(struct ctx *ctx, const char *path)
{
    for (size_t i = 0; i < BESIDE; i++)
        unlink(arena_printf(ctx->arena, "%s%s", path, beside[i]));
    unlink(arena_printf(ctx->arena, "%s-shm", path));
}

/* Copies into the old library's file what a crash has left beside it. One that is too damaged for that keeps it. */
static void gather(struct ctx *ctx, const char *library)
{
    bool whole;

    if (stands_alone(ctx, library))
        return;
    if (db_open(ctx, library, DB_WRITE, &ctx->db) == OK) {
        if (db_checkpoint(ctx, CHECKPOINT_TRUNCATE, 0, &whole) != OK)
            LOG(WARN, "what stands beside the old library could not be copied into it",
                LOG_TEXT("library", library));
        db_close(ctx->db);
        ctx->db = NULL;
    }
    error_clear(ctx);
}

/*
 * Nothing of the old one's WAL may be here when the new one comes. What could not be copied into its file is kept
 * under a name that SQLite does not look for.
 */
static enum error_kind clear_beside(struct ctx *ctx, const char *library, const char *aside)
{
    for (size_t i = 0; i < BESIDE; i++) {
        const char *path = arena_printf(ctx->arena, "%s%s", library, beside[i]);
        const char *kept = arena_printf(ctx->arena, "%s.%s", aside, beside[i] + 1);
        if (has_bytes(path) && rename(path, kept) != 0)
            return fail(ctx, CONFLICT, "%s: %s. The library is as it was.", kept, strerror(errno));
        unlink(path);
    }
    unlink(arena_printf(ctx->arena, "%s-shm", library));
    return file_sync_folder(ctx, library);
}

/* What clear_beside() has moved away belongs to the library that is still in its place. */
static void put_back_beside(struct ctx *ctx, const char *library, const char *aside)
{
    for (size_t i = 0; i < BESIDE; i++) {
        const char *path = arena_printf(ctx->arena, "%s%s", library, beside[i]);
        const char *kept = arena_printf(ctx->arena, "%s.%s", aside, beside[i] + 1);
        if (access(kept, F_OK) == 0 && rename(kept, path) != 0)
            LOG(ERROR, "what stood beside the library could not be put back; put it there by hand",
                LOG_TEXT("from", kept), LOG_TEXT("to", path));
    }
}

/* EINVAL, ENOSYS: this file system cannot exchange two names. Its old file is copied, and then replaced. */
static enum error_kind exchange(struct ctx *ctx, const char *staged, const char *library, const char *aside)
{
    int result = rename(staged, aside);

    if (result == 0)
        result = renameat2(AT_FDCWD, aside, AT_FDCWD, library, RENAME_EXCHANGE);
    if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
        result = rename(aside, staged);
        if (result == 0) {
            TRY(file_copy(ctx, library, aside, NULL));
            TRY(file_sync_folder(ctx, library));
            result = rename(staged, library);
        }
    }
    if (result == 0)
        return OK;
    int reason = errno;
    (void)!rename(aside, staged); /* no backup under the name of a library that was never replaced */
    return fail(ctx, CONFLICT, "%s: %s. The library is as it was.", library, strerror(reason));
}

static enum error_kind replace(struct ctx *ctx, const char *staged, const char *library, const char *aside)
{
    if (access(aside, F_OK) == 0)
        return fail(ctx, CONFLICT, "There is a %s already. Nothing was changed. Try again in a second.",
                    aside);
    gather(ctx, library);
    enum error_kind kind = clear_beside(ctx, library, aside);
    if (kind == OK)
        kind = exchange(ctx, staged, library, aside);
    if (kind != OK)
        put_back_beside(ctx, library, aside);
    return kind;
}

/* Whoever could read the old file can read the new one, and nobody else. Only root may give it to somebody. */
static void keep_owner(const char *staged, const char *library)
{
    struct stat old;

    if (stat(library, &old) != 0 || chmod(staged, old.st_mode & 07777) != 0 ||
        (geteuid() == 0 && chown(staged, old.st_uid, old.st_gid) != 0))
        LOG(WARN, "the library has another owner or other rights from now on", LOG_TEXT("library", library));
}

const char *restore_name_aside(struct ctx *ctx, const char *library)
{
    return access(library, F_OK) == 0 ? dated_name(ctx, library) : NULL;
}

enum error_kind restore_swap_as(struct ctx *ctx, const char *staged, const char *library, const char *aside)
{
    if (!stands_alone(ctx, staged))
        return fail(ctx, INTERNAL, "%s is still being written. Nothing was changed.", staged);
    if (aside)
        keep_owner(staged, library);
    TRY(file_sync(ctx, staged));
    if (aside)
        TRY(replace(ctx, staged, library, aside));
    else if (rename(staged, library) != 0)
        return fail(ctx, CONFLICT, "%s: %s. Nothing was changed.", library, strerror(errno));
    return file_sync_folder(ctx, library);
}

enum error_kind restore_swap(struct ctx *ctx, const char *staged, const char *library, const char **out_aside)
{
    const char *aside = restore_name_aside(ctx, library);

    TRY(restore_swap_as(ctx, staged, library, aside));
    *out_aside = aside;
    return OK;
}

/* The other way round than exchange(): what goes is a copy of a backup. */
enum error_kind restore_swap_back(struct ctx *ctx, const char *library, const char *aside)
{
    remove_beside(ctx, library);
    if (!aside)
        unlink(library);
    else if (rename(aside, library) != 0)
        return fail(ctx, CONFLICT, "%s: %s. It is the library as it was.", aside, strerror(errno));
    return file_sync_folder(ctx, library);
}

void restore_clear(struct ctx *ctx, const char *staged)
{
    unlink(staged);
    remove_beside(ctx, staged);
    unlink(arena_printf(ctx->arena, "%s.lock", staged));
}
