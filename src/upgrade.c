/*
 * upgrade.c — look, save, copy, migrate, compare, compact, rename.
 */
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit_service.h"
#include "backups/backups_service.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/compact.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/migrate.h"

/* What must be as many after as before. Tables that came later are not there yet. */
static const char *const counted[][2] = {
#define COUNTED(table)                                                                               \
    {                                                                                                \
        "SELECT count(*) FROM sqlite_schema WHERE name = '" table "'", "SELECT count(*) FROM " table \
    }
    COUNTED("book"),   COUNTED("copy"),     COUNTED("member"),    COUNTED("borrow"), COUNTED("hold"),
    COUNTED("charge"), COUNTED("payment"),  COUNTED("account"),   COUNTED("waiver"), COUNTED("renewal"),
    COUNTED("event"),  COUNTED("category"), COUNTED("audit_log"), COUNTED("secret"),
#undef COUNTED
};
#define COUNTED_TABLES (sizeof counted / sizeof counted[0])

struct upgrade {
    const char *path, *staged, *compacted;
    const char *mark;        /* names the backup that was made, until the library is brought forward */
    struct stat information; /* of the old file */
    int64_t version;
    bool has_much_unused;         /* pages of the new one */
    int64_t rows[COUNTED_TABLES]; /* -1: it has no such table */
    struct backup_place place;
    struct backup backup; /* path NULL: not made yet */
};

/* ---- the old file ---------------------------------------------------------------------------------------- */

static enum error_kind count_rows(struct ctx *ctx, int64_t rows[COUNTED_TABLES])
{
    for (size_t i = 0; i < COUNTED_TABLES; i++) {
        int64_t is_there;
        rows[i] = -1;
        TRY(db_pragma_int(ctx, counted[i][0], &is_there));
        if (is_there)
            TRY(db_pragma_int(ctx, counted[i][1], &rows[i]));
    }
    return OK;
}

/* On a connection to it. What a crash has left in its WAL goes into its file: so the file alone is all of it. */
static enum error_kind look_through(struct ctx *ctx, struct upgrade *upgrade)
{
    bool whole;

    TRY(migrate_check_health(ctx));
    TRY(count_rows(ctx, upgrade->rows));
    TRY(backups_place_of_old(ctx, upgrade->path, &upgrade->place));
    TRY(db_checkpoint(ctx, CHECKPOINT_TRUNCATE, 0, &whole));
    return whole ? OK : fail(ctx, LIBRARY_IN_USE, "%s is in use by another program.", upgrade->path);
}

/* What SQLite makes to look at a file that has nothing beside it. */
static void clear_beside(struct ctx *ctx, const char *path)
{
    const char *wal = arena_printf(ctx->arena, "%s-wal", path);
    struct stat information;

    if (stat(wal, &information) != 0 || information.st_size > 0)
        return;
    unlink(wal);
    unlink(arena_printf(ctx->arena, "%s-shm", path));
}

static enum error_kind look(struct ctx *ctx, struct upgrade *upgrade, bool *out_is_older)
{
    TRY(db_open(ctx, upgrade->path, DB_WRITE, &ctx->db));
    enum error_kind kind = migrate_is_older(ctx, &upgrade->version, out_is_older);
    if (kind == OK && *out_is_older)
        kind = look_through(ctx, upgrade);
    db_close(ctx->db);
    ctx->db = NULL;
    clear_beside(ctx, upgrade->path);
    return kind;
}

static enum error_kind check_room(struct ctx *ctx, const struct upgrade *upgrade)
{
    int64_t wanted = UPGRADE_ROOM_COPIES * (int64_t)upgrade->information.st_size;
    int64_t room;

    TRY(file_room(ctx, upgrade->path, &room));
    if (room >= wanted)
        return OK;
    return fail(ctx, DISK_FULL,
                "This library must be brought forward to a newer version, which needs %" PRId64
                " MB free on its disk; %" PRId64 " MB are. It was left as it is. Make room and start again.",
                wanted / 1000000 + 1, room / 1000000);
}

/* ---- its backup ------------------------------------------------------------------------------------------ */

/*
 * Killed again and again, it would make another each time, until the disk is full. The one of the attempt before is
 * taken away: the library that it is a copy of is still there.
 */
static void discard_last(struct ctx *ctx, const struct upgrade *upgrade)
{
    char path[PATH_MAX];
    int descriptor = open(upgrade->mark, O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? 0 : read(descriptor, path, sizeof path - 1);

    if (descriptor >= 0)
        close(descriptor);
    if (length > 0) {
        path[length] = '\0';
        backups_discard(ctx, path);
    }
    unlink(upgrade->mark);
}

static enum error_kind back_up(struct ctx *ctx, struct upgrade *upgrade)
{
    discard_last(ctx, upgrade);
    enum error_kind kind =
        backups_make_of_old(ctx, &upgrade->place, upgrade->path, upgrade->version, &upgrade->backup);
    clear_beside(ctx, upgrade->path); /* whoever reads it makes them as well */
    TRY(kind);
    return file_write_whole(ctx, upgrade->mark, upgrade->backup.path, strlen(upgrade->backup.path));
}

/* ---- the copy -------------------------------------------------------------------------------------------- */

static void clear(struct ctx *ctx, const char *staged)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        unlink(arena_printf(ctx->arena, "%s%s", staged, suffixes[i]));
}

static enum error_kind compare(struct ctx *ctx, const struct upgrade *upgrade)
{
    int64_t rows[COUNTED_TABLES];

    TRY(count_rows(ctx, rows));
    for (size_t i = 0; i < COUNTED_TABLES; i++)
        if (upgrade->rows[i] >= 0 && rows[i] != upgrade->rows[i])
            return fail(ctx, UPGRADE_FAILED,
                        "%s gives %" PRId64 " after it, where it gave %" PRId64 " before.", counted[i][1],
                        rows[i], upgrade->rows[i]);
    return migrate_check_health(ctx);
}

static enum error_kind look_for_unused(struct ctx *ctx, struct upgrade *upgrade)
{
    int64_t pages, unused;

    TRY(db_pragma_int(ctx, "PRAGMA page_count", &pages));
    TRY(db_pragma_int(ctx, "PRAGMA freelist_count", &unused));
    upgrade->has_much_unused = unused > pages * UPGRADE_UNUSED_PERCENT / 100;
    return OK;
}

static enum error_kind note(struct ctx *ctx, struct upgrade *upgrade)
{
    TRY(db_exec(ctx, "BEGIN IMMEDIATE"));
    TRY(backups_record(ctx, &upgrade->backup));
    TRY(audit_act(ctx, "library.upgraded", "library", NO_NUMBER));
    db_reset_statements(ctx->db);
    return db_exec(ctx, "COMMIT");
}

/* Compared before the backup is noted: the audit log then has one row more. */
static enum error_kind migrate_staged(struct ctx *ctx, struct upgrade *upgrade)
{
    bool whole;

    TRY(migrate_library(ctx));
    TRY(compare(ctx, upgrade));
    TRY(note(ctx, upgrade));
    TRY(look_for_unused(ctx, upgrade));
    TRY(db_checkpoint(ctx, CHECKPOINT_TRUNCATE, 0, &whole));
    return whole ? OK : fail(ctx, INTERNAL, "%s is in use by another program.", upgrade->staged);
}

/* Whoever could read the old file can read the new one. Only root may give it to somebody else. */
static void keep_owner(const struct upgrade *upgrade)
{
    if (chmod(upgrade->staged, upgrade->information.st_mode & 07777) != 0 ||
        (geteuid() == 0 &&
         chown(upgrade->staged, upgrade->information.st_uid, upgrade->information.st_gid) != 0))
        LOG(WARN, "the library is readable by its owner alone from now on", LOG_TEXT("path", upgrade->path));
}

/* A script that makes a table anew leaves as many pages that nobody uses. Without room it stays large: --compact later. */
static void compact(struct ctx *ctx, const struct upgrade *upgrade)
{
    struct compact_report report;

    if (!upgrade->has_much_unused)
        return;
    clear(ctx, upgrade->compacted);
    if (compact_stage(ctx, upgrade->staged, upgrade->compacted, &report) == OK &&
        rename(upgrade->compacted, upgrade->staged) == 0)
        return;
    LOG(WARN, "the library could not be written anew after it was brought forward; --compact does so",
        LOG_TEXT("reason", ctx->error.detail));
    error_clear(ctx);
    clear(ctx, upgrade->compacted);
}

static enum error_kind make_staged(struct ctx *ctx, struct upgrade *upgrade)
{
    TRY(file_copy(ctx, upgrade->path, upgrade->staged, NULL));
    TRY(db_open(ctx, upgrade->staged, DB_WRITE, &ctx->db));
    enum error_kind kind = migrate_staged(ctx, upgrade);
    db_close(ctx->db);
    ctx->db = NULL;
    TRY(kind);
    compact(ctx, upgrade);
    keep_owner(upgrade);
    return file_sync(ctx, upgrade->staged);
}

static enum error_kind swap(struct ctx *ctx, const struct upgrade *upgrade)
{
    TRY(file_sync_folder(ctx, upgrade->path)); /* what stood beside the old file is gone */
    if (rename(upgrade->staged, upgrade->path) != 0)
        return file_fail(ctx, upgrade->path, errno);
    return file_sync_folder(ctx, upgrade->path);
}

/* ---- all of it ------------------------------------------------------------------------------------------- */

static enum error_kind bring_forward(struct ctx *ctx, struct upgrade *upgrade)
{
    TRY(check_room(ctx, upgrade));
    TRY(back_up(ctx, upgrade));
    TRY(make_staged(ctx, upgrade));
    return swap(ctx, upgrade);
}

/* A damaged library, a full disk, too little memory say all there is to say; the rest is told as what it led to. */
static enum error_kind explain(struct ctx *ctx, const struct upgrade *upgrade, enum error_kind kind)
{
    const char *why = ctx->error.code == ERR_INTERNAL ? "One of its steps did not work; the log says which."
                                                      : ctx->error.detail;

    if (ctx->error.code == ERR_LIBRARY_DAMAGED || ctx->error.code == ERR_LIBRARY_IN_USE || kind == ERROR_BUSY)
        return kind;
    error_clear(ctx);
    return fail(ctx, UPGRADE_FAILED,
                "This library could not be brought forward from version %" PRId64
                ". %s It was left as it is: "
                "the Carrel that it was used with still opens it.",
                upgrade->version, why);
}

enum error_kind upgrade_library(struct ctx *ctx, const char *path)
{
    struct upgrade upgrade = {.path = path,
                              .staged = arena_printf(ctx->arena, "%s.upgrading", path),
                              .compacted = arena_printf(ctx->arena, "%s.upgrading.compact", path),
                              .mark = arena_printf(ctx->arena, "%s.upgrading.backup", path)};
    bool is_older = false;

    clear(ctx, upgrade.staged);
    clear(ctx, upgrade.compacted);
    if (stat(path, &upgrade.information) != 0 || upgrade.information.st_size == 0)
        return OK;
    enum error_kind kind = look(ctx, &upgrade, &is_older);
    if (kind == OK && is_older)
        kind = bring_forward(ctx, &upgrade);
    if (kind == OK)
        unlink(upgrade.mark); /* also when a kill came between the rename and this */
    if (kind == OK && is_older)
        LOG(INFO, "the library was brought forward", LOG_INT("from_version", upgrade.version),
            LOG_TEXT("backup", upgrade.backup.path));
    if (kind == OK || !is_older)
        return kind;
    clear(ctx, upgrade.staged);
    if (upgrade.backup.path)
        discard_last(ctx, &upgrade);
    return explain(ctx, &upgrade, kind);
}
