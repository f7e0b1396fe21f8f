/*
 * backups_repository.c — backups as rows and as files.
 */
#include "backups/backups_repository.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "db/backup.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/manifest.h"
#include "db/sealed.h"

#define BACKUP_COLUMNS                                                                              \
    "id, uuid, kind, started_at, finished_at, error, path, bytes, books, copies, members, borrows," \
    " open_borrows, last_audit_id, sha256, verified, sealed"

/* No number is given twice: what the audit log says of one that is gone would be said of another. */
SQL(INSERT_BACKUP,
    "INSERT INTO backup_run (id, uuid, kind, started_at, finished_at, error, path, bytes, books, copies, members, borrows,"
    " open_borrows, last_audit_id, sha256, verified, sealed)"
    " VALUES (1 + max(coalesce((SELECT max(id) FROM backup_run), 0), coalesce((SELECT max(entity_id) FROM audit_log"
    " WHERE entity = 'backup'), 0)), :uuid, :kind, :started, :finished, :error, :path, :bytes, :books, :copies, :members, :borrows,"
    " :open, :audit, :sha256, :verified, :sealed)");
SQL(DELETE_BACKUP, "DELETE FROM backup_run WHERE id = :id");
SQL(DELETE_FAILURES, "DELETE FROM backup_run WHERE kind = :kind AND error IS NOT NULL");
SQL(DELETE_SECOND, "DELETE FROM backup_run WHERE kind = 'second' AND path = :path");
SQL(LIST_BACKUPS, "SELECT " BACKUP_COLUMNS " FROM backup_run ORDER BY started_at DESC, id DESC LIMIT :max");
SQL(LAST_GOOD, "SELECT max(started_at) FROM backup_run WHERE error IS NULL");
SQL(LAST_OF_KIND, "SELECT coalesce(max(started_at), 0) FROM backup_run WHERE kind = :kind AND error IS NULL");
SQL(LAST_AUDIT_IN,
    "SELECT last_audit_id FROM backup_run WHERE error IS NULL ORDER BY started_at DESC, id DESC LIMIT 1");
SQL(LAST_AUDIT_NOW, "SELECT coalesce(max(id), 0) FROM audit_log");
SQL(NEWEST_OF_KIND, "SELECT " BACKUP_COLUMNS " FROM backup_run WHERE kind = :kind AND error IS NULL"
                    " ORDER BY started_at DESC, id DESC LIMIT 1");
SQL(SURPLUS, "SELECT " BACKUP_COLUMNS " FROM backup_run WHERE kind = :kind AND error IS NULL"
             " ORDER BY started_at DESC, id DESC LIMIT -1 OFFSET :keep");
SQL(OLD_UPGRADES, "SELECT " BACKUP_COLUMNS " FROM backup_run WHERE kind = 'upgrade' AND started_at < :before"
                  " AND error IS NULL ORDER BY started_at DESC, id DESC");

static const char *const kind_names[] = {
    [BACKUP_MANUAL] = "manual", [BACKUP_HOURLY] = "hourly", [BACKUP_DAILY] = "daily",
    [BACKUP_WEEKLY] = "weekly", [BACKUP_SECOND] = "second", [BACKUP_UPGRADE] = "upgrade",
    [BACKUP_NONE] = "none"};

const char *backup_kind_name(enum backup_kind kind)
{
    return kind_names[kind];
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static void read_backup(struct stmt *s, struct backup *backup)
{
    *backup = (struct backup){.id = column_int(s, 0),
                              .uuid = column_uuid(s, 1),
                              .kind = column_text(s, 2),
                              .started_at = column_int(s, 3),
                              .finished_at = column_int(s, 4),
                              .error = column_text(s, 5),
                              .path = column_text(s, 6),
                              .bytes = column_int(s, 7),
                              .books = column_int(s, 8),
                              .copies = column_int(s, 9),
                              .members = column_int(s, 10),
                              .borrows = column_int(s, 11),
                              .open_borrows = column_int(s, 12),
                              .last_audit_id = column_int(s, 13),
                              .sha256 = column_text(s, 14),
                              .verified = column_text(s, 15),
                              .sealed = column_bool(s, 16)};
}

static enum error_kind make_way(struct ctx *ctx, const struct backup *backup)
{
    struct stmt *s = db_statement(ctx, backup->error ? &DELETE_FAILURES : &DELETE_SECOND);

    if (backup->error)
        bind_text(s, ":kind", backup->kind);
    else if (strcmp(backup->kind, kind_names[BACKUP_SECOND]) == 0)
        bind_text(s, ":path", backup->path);
    else
        return OK;
    return db_run(s);
}

enum error_kind backups_repo_insert(struct ctx *ctx, const struct backup *backup, int64_t *out_id)
{
    struct stmt *s;

    TRY(make_way(ctx, backup));
    s = db_statement(ctx, &INSERT_BACKUP);
    bind_uuid(s, ":uuid", &backup->uuid);
    bind_text(s, ":kind", backup->kind);
    bind_int(s, ":started", backup->started_at);
    bind_int(s, ":finished", backup->finished_at);
    bind_text(s, ":error", backup->error);
    bind_text(s, ":path", backup->path);
    bind_int(s, ":bytes", backup->bytes);
    bind_int(s, ":books", backup->books);
    bind_int(s, ":copies", backup->copies);
    bind_int(s, ":members", backup->members);
    bind_int(s, ":borrows", backup->borrows);
    bind_int(s, ":open", backup->open_borrows);
    bind_int(s, ":audit", backup->last_audit_id);
    bind_text(s, ":sha256", backup->sha256);
    bind_text(s, ":verified", backup->verified);
    bind_bool(s, ":sealed", backup->sealed);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind backups_repo_delete(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DELETE_BACKUP);

    bind_int(s, ":id", id);
    return db_run(s);
}

static enum error_kind read_all(struct ctx *ctx, struct stmt *s, struct backup **out_first)
{
    struct backup *first = NULL, **end = &first;
    bool found;

    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            break;
        *end = arena_alloc(ctx->arena, sizeof **end);
        read_backup(s, *end);
        end = &(*end)->next;
    }
    *out_first = first;
    return OK;
}

enum error_kind backups_repo_list(struct ctx *ctx, struct backup **out_first)
{
    struct stmt *s = db_statement(ctx, &LIST_BACKUPS);

    bind_int(s, ":max", BACKUP_LIST_MAX);
    return read_all(ctx, s, out_first);
}

enum error_kind backups_repo_surplus(struct ctx *ctx, enum backup_kind kind, int64_t keep,
                                     struct backup **out_first)
{
    struct stmt *s = db_statement(ctx, &SURPLUS);

    bind_text(s, ":kind", kind_names[kind]);
    bind_int(s, ":keep", keep);
    return read_all(ctx, s, out_first);
}

enum error_kind backups_repo_old_upgrades(struct ctx *ctx, int64_t before, struct backup **out_first)
{
    struct stmt *s = db_statement(ctx, &OLD_UPGRADES);

    bind_int(s, ":before", before);
    return read_all(ctx, s, out_first);
}

static enum error_kind read_int(struct stmt *s, int64_t none, int64_t *out_value)
{
    bool found;

    TRY(db_row(s, &found));
    *out_value = found && !column_is_null(s, 0) ? column_int(s, 0) : none;
    return OK;
}

enum error_kind backups_repo_last_good(struct ctx *ctx, int64_t *out_at)
{
    return read_int(db_statement(ctx, &LAST_GOOD), 0, out_at);
}

static enum error_kind last_of(struct ctx *ctx, enum backup_kind kind, int64_t *out_at)
{
    struct stmt *s = db_statement(ctx, &LAST_OF_KIND);

    bind_text(s, ":kind", kind_names[kind]);
    return read_int(s, 0, out_at);
}

enum error_kind backups_repo_history(struct ctx *ctx, struct backup_history *out_history)
{
    struct backup_history history;

    TRY(last_of(ctx, BACKUP_WEEKLY, &history.last_weekly));
    TRY(last_of(ctx, BACKUP_DAILY, &history.last_daily));
    if (history.last_daily < history.last_weekly)
        history.last_daily = history.last_weekly;
    TRY(read_int(db_statement(ctx, &LAST_AUDIT_IN), -1, &history.audit_id_in_last));
    TRY(read_int(db_statement(ctx, &LAST_AUDIT_NOW), 0, &history.audit_id_now));
    *out_history = history;
    return OK;
}

static enum error_kind newest_of(struct ctx *ctx, enum backup_kind kind, struct backup *out_backup)
{
    struct stmt *s = db_statement(ctx, &NEWEST_OF_KIND);
    bool found;

    bind_text(s, ":kind", kind_names[kind]);
    TRY(db_row(s, &found));
    if (found)
        read_backup(s, out_backup);
    else
        *out_backup = (struct backup){0};
    return OK;
}

enum error_kind backups_repo_newest_daily(struct ctx *ctx, struct backup *out_backup)
{
    struct backup daily, weekly;

    TRY(newest_of(ctx, BACKUP_DAILY, &daily));
    TRY(newest_of(ctx, BACKUP_WEEKLY, &weekly));
    *out_backup = weekly.started_at > daily.started_at ? weekly : daily;
    return OK;
}

/* ---- files ----------------------------------------------------------------------------------------------- */

static const char *hex_of(struct ctx *ctx, const struct digest *digest)
{
    char hex[DIGEST_HEX_SIZE];

    digest_format(digest, hex);
    return arena_strdup(ctx->arena, hex);
}

enum error_kind backups_repo_make(struct ctx *ctx, const struct backup_task *task, struct backup *out_backup)
{
    enum backup_check check = task->in_full ? BACKUP_CHECK_FULL : BACKUP_CHECK_QUICK;
    const struct backup_order order = {task->library, task->target, check, task->seal, task->note};
    struct backup_report report;

    TRY(backup_make_as(ctx, &order, &report));
    enum error_kind written = manifest_write(ctx, &report, kind_names[task->kind], check);
    if (written != OK) {
        unlink(report.path);
        return written;
    }
    *out_backup = (struct backup){.uuid = uuid_new(ctx->now),
                                  .kind = kind_names[task->kind],
                                  .started_at = ctx->now,
                                  .finished_at = ctx->now + report.copy_ms + report.verify_ms,
                                  .path = report.path,
                                  .bytes = report.bytes,
                                  .books = report.books,
                                  .copies = report.copies,
                                  .members = report.members,
                                  .borrows = report.borrows,
                                  .open_borrows = report.open_borrows,
                                  .last_audit_id = report.last_audit_id,
                                  .sha256 = hex_of(ctx, &report.digest),
                                  .verified = task->in_full ? "full" : "quick",
                                  .sealed = report.sealed,
                                  .copy_ms = report.copy_ms,
                                  .verify_ms = report.verify_ms};
    return OK;
}

const char *backups_repo_path_in(struct ctx *ctx, const char *folder, const struct backup *backup, bool seal)
{
    const char *slash = strrchr(backup->path, '/');
    size_t length = strlen(folder);

    while (length > 1 && folder[length - 1] == '/')
        length--;
    return arena_printf(ctx->arena, "%.*s/%s%s", length > 1 ? (int)length : 0, folder,
                        slash ? slash + 1 : backup->path, seal && !backup->sealed ? SEALED_SUFFIX : "");
}

/* What arrived there, read back. */
static enum error_kind check_arrived(struct ctx *ctx, const char *part, const char *sha256)
{
    struct digest digest;

    TRY(file_digest(ctx, part, &digest));
    if (strcmp(hex_of(ctx, &digest), sha256) == 0)
        return OK;
    return fail(ctx, BACKUP_FAILED, "The copy in %s is not what was written there.", file_folder(ctx, part));
}

static enum error_kind give_name(struct ctx *ctx, const char *part, const char *path)
{
    if (rename(part, path) != 0)
        return fail(ctx, BACKUP_FAILED, "%s: %s.", path, strerror(errno));
    unlink(manifest_path(ctx, path));
    return OK;
}

static enum error_kind copy_whole(struct ctx *ctx, const struct backup *backup, const char *part,
                                  const char *path)
{
    TRY(file_copy_until(ctx, backup->path, part, backup_is_broken_off(), NULL));
    TRY(check_arrived(ctx, part, backup->sha256));
    TRY(give_name(ctx, part, path));
    return file_copy(ctx, manifest_path(ctx, backup->path), manifest_path(ctx, path), NULL);
}

/* What the manifest beside the first one says holds of the copy as well, but for the file's own size and digest. */
static enum error_kind copy_sealed(struct ctx *ctx, const char *part, const struct seal_key *key,
                                   struct backup *copy, const char *path)
{
    struct backup_report report = {.path = path, .sealed = true};
    struct manifest manifest = {0};
    struct stat information;

    TRY(sealed_make(ctx, copy->path, part, key, backup_is_broken_off(), &report.digest));
    if (stat(part, &information) != 0)
        return fail(ctx, BACKUP_FAILED, "%s: %s.", part, strerror(errno));
    (void)manifest_read(ctx, copy->path, &manifest); /* one that is gone tells nothing */
    report.library = manifest.library;
    report.version = manifest.version;
    report.made_at = copy->started_at;
    report.bytes = copy->bytes = information.st_size;
    report.books = copy->books;
    report.copies = copy->copies;
    report.members = copy->members;
    report.borrows = copy->borrows;
    report.open_borrows = copy->open_borrows;
    copy->sha256 = hex_of(ctx, &report.digest);
    copy->sealed = true;
    TRY(give_name(ctx, part, path));
    return manifest_write(ctx, &report, kind_names[BACKUP_SECOND],
                          strcmp(copy->verified, "full") == 0 ? BACKUP_CHECK_FULL : BACKUP_CHECK_QUICK);
}

enum error_kind backups_repo_copy(struct ctx *ctx, const struct backup *backup, const char *folder,
                                  const struct seal_key *key, struct backup *out_backup)
{
    const char *path = backups_repo_path_in(ctx, folder, backup, key);
    const char *part = arena_printf(ctx->arena, "%s.part", path);
    int64_t began_ms = clock_monotonic_ms();
    struct backup copy = *backup;

    unlink(part); /* of an attempt that a pulled stick or a power cut has ended */
    enum error_kind kind = key && !backup->sealed ? copy_sealed(ctx, part, key, &copy, path)
                                                  : copy_whole(ctx, backup, part, path);
    if (kind != OK) {
        unlink(part);
        return kind;
    }
    TRY(file_sync_folder(ctx, path));
    copy.id = 0;
    copy.uuid = uuid_new(ctx->now);
    copy.kind = kind_names[BACKUP_SECOND];
    copy.path = path;
    copy.finished_at = ctx->now + clock_monotonic_ms() - began_ms;
    *out_backup = copy;
    return OK;
}

void backups_repo_discard(struct ctx *ctx, const char *path)
{
    struct manifest manifest;

    if (!manifest_read(ctx, path, &manifest) || !manifest.kind ||
        strcmp(manifest.kind, kind_names[BACKUP_UPGRADE]) != 0)
        return;
    unlink(path);
    unlink(manifest_path(ctx, path));
}

bool backups_repo_folder_is_there(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 && S_ISDIR(information.st_mode);
}

bool backups_repo_file_is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* What the manifest beside it says; 0: it is no backup, or not whole. */
static int64_t made_at(struct ctx *ctx, const char *folder, const char *name)
{
    static const char ending[] = ".json";
    size_t length = strlen(name), shorter = sizeof ending - 1;
    struct manifest manifest;
    struct stat information;

    if (length <= shorter || strcmp(name + length - shorter, ending) != 0)
        return 0;
    const char *path = arena_printf(ctx->arena, "%s/%.*s", folder, (int)(length - shorter), name);
    if (!manifest_read(ctx, path, &manifest) || lstat(path, &information) != 0 ||
        information.st_size != manifest.bytes)
        return 0;
    return manifest.made_at;
}

int64_t backups_repo_oldest_in(struct ctx *ctx, const char *folder)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    int64_t oldest = 0;

    while (directory && (entry = readdir(directory))) {
        struct arena_mark mark = arena_mark(ctx->arena);
        int64_t instant = made_at(ctx, folder, entry->d_name);
        if (instant != 0 && (oldest == 0 || instant < oldest))
            oldest = instant;
        arena_reset_to(ctx->arena, mark);
    }
    if (directory)
        closedir(directory);
    return oldest;
}

enum error_kind backups_repo_make_folder(struct ctx *ctx, const char *path)
{
    if (mkdir(path, 0700) == 0 || (errno == EEXIST && backups_repo_folder_is_there(path)))
        return OK;
    return fail(ctx, BACKUP_FAILED, "The backup was not made: %s: %s. The library is unchanged.", path,
                strerror(errno));
}

const char *backups_repo_default_folder(struct ctx *ctx, const char *library)
{
    const char *folder = file_folder(ctx, library);

    return arena_printf(ctx->arena, "%s/backups", strcmp(folder, "/") == 0 ? "" : folder);
}

static bool is_as_made(struct ctx *ctx, const struct backup *backup, const struct stat *information)
{
    char hex[DIGEST_HEX_SIZE];

    return S_ISREG(information->st_mode) && information->st_size == backup->bytes &&
           manifest_digest(ctx, backup->path, hex) && strcmp(hex, backup->sha256) == 0;
}

enum backup_removal backups_repo_remove(struct ctx *ctx, const struct backup *backup)
{
    struct stat information;

    if (!backups_repo_folder_is_there(file_folder(ctx, backup->path)))
        return REMOVAL_AWAY;
    if (lstat(backup->path, &information) != 0)
        return REMOVAL_MISSING;
    if (!is_as_made(ctx, backup, &information))
        return REMOVAL_FOREIGN;
    if (unlink(backup->path) != 0)
        return REMOVAL_FAILED;
    unlink(manifest_path(ctx, backup->path));
    return REMOVAL_DONE;
}
