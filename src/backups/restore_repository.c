/*
 * restore_repository.c — backups as files that can be found, looked into and made ready.
 */
#include "backups/restore_repository.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backups/sealing_repository.h"
#include "base/clock.h"
#include "base/limits.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/journal.h"
#include "db/journal_restore.h"
#include "db/manifest.h"
#include "db/migrate.h"
#include "db/restore.h"
#include "db/sealed.h"

#define ONCE "once, while somebody decides whether to restore"
#define ASIDE "-before-restore-"

SQL(FIND_PATH, "SELECT path, started_at FROM backup_run WHERE uuid = :uuid AND error IS NULL");
SQL(FIND_ACT, "SELECT at FROM audit_log WHERE id = :id");
SQL(COUNT_AFTER_ID, "SELECT count(*) FROM audit_log WHERE id > :after");
SQL_SCANNING(COUNT_AFTER_TIME, ONCE, "SELECT count(*) FROM audit_log WHERE at > :after");
SQL_SCANNING(KINDS_AFTER_ID, ONCE,
             "SELECT action, count(*) FROM audit_log WHERE id > :after GROUP BY action"
             " ORDER BY 2 DESC, 1 LIMIT :max");
SQL_SCANNING(KINDS_AFTER_TIME, ONCE,
             "SELECT action, count(*) FROM audit_log WHERE at > :after GROUP BY action"
             " ORDER BY 2 DESC, 1 LIMIT :max");

/* ---- what it would mean ------------------------------------------------------------------------------------ */

enum error_kind restore_repo_path(struct ctx *ctx, const struct uuid *id, const char **out_path,
                                  int64_t *out_started_at)
{
    struct stmt *s = db_statement(ctx, &FIND_PATH);
    bool found;

    bind_uuid(s, ":uuid", id);
    TRY(db_row(s, &found));
    *out_path = found ? column_text(s, 0) : NULL;
    *out_started_at = found ? column_int(s, 1) : 0;
    return OK;
}

static struct restore_counts counts_of(const struct restore_content *content)
{
    return (struct restore_counts){.books = content->books,
                                   .copies = content->copies,
                                   .members = content->members,
                                   .borrows = content->borrows,
                                   .open_borrows = content->open_borrows,
                                   .last_activity = content->last_activity};
}

static struct restore_counts counts_in(const struct manifest *manifest)
{
    return (struct restore_counts){.books = manifest->books,
                                   .copies = manifest->copies,
                                   .members = manifest->members,
                                   .borrows = manifest->borrows,
                                   .open_borrows = manifest->open_borrows,
                                   .last_activity = manifest->made_at};
}

static struct restore_journal journal_of(const struct journal_reach *reach)
{
    return (struct restore_journal){.is_there = reach->is_there,
                                    .ends_early = reach->ends_early,
                                    .entries = reach->entries,
                                    .first_at = reach->first_at,
                                    .last_at = reach->last_at};
}

/*
 * Has the present library the backup's last act, under its number? Then what came after has higher numbers. A library
 * that has been restored since has other acts under them: there the time decides.
 */
static enum error_kind is_of_this_line(struct ctx *ctx, const struct restore_content *backup, bool *out_is)
{
    struct stmt *s = db_statement(ctx, &FIND_ACT);
    bool found;

    bind_int(s, ":id", backup->last_audit_id);
    TRY(db_row(s, &found));
    *out_is = backup->last_audit_id != 0 && found && column_int(s, 0) == backup->last_activity;
    return OK;
}

static enum error_kind count_losses(struct ctx *ctx, const struct restore_content *backup,
                                    struct restore_preview *preview)
{
    struct restore_loss **end = &preview->lost;
    bool by_number, found;

    TRY(is_of_this_line(ctx, backup, &by_number));
    int64_t after = by_number ? backup->last_audit_id : backup->last_activity;
    struct stmt *s = db_statement(ctx, by_number ? &COUNT_AFTER_ID : &COUNT_AFTER_TIME);
    bind_int(s, ":after", after);
    TRY(db_row(s, &found));
    preview->lost_acts = column_int(s, 0);
    s = db_statement(ctx, by_number ? &KINDS_AFTER_ID : &KINDS_AFTER_TIME);
    bind_int(s, ":after", after);
    bind_int(s, ":max", RESTORE_LOSSES_MAX);
    for (;;) {
        TRY(db_row(s, &found));
        if (!found)
            return OK;
        *end = arena_alloc(ctx->arena, sizeof **end);
        **end = (struct restore_loss){.action = column_text(s, 0), .count = column_int(s, 1)};
        end = &(*end)->next;
    }
}

/* Segments are counted, not opened: no key is needed. */
static enum error_kind look_for_journal(struct ctx *ctx, const char *path,
                                        struct restore_journal *out_journal)
{
    const struct journal_sources sources = {.folder = file_folder(ctx, path)};
    struct db *kept = ctx->db;
    struct journal_reach reach;

    ctx->db = NULL;
    enum error_kind kind = journal_reach(ctx, path, &sources, &reach);
    ctx->db = kept;
    TRY(kind);
    *out_journal = journal_of(&reach);
    return OK;
}

enum error_kind restore_repo_preview(struct ctx *ctx, const char *path, struct restore_preview *preview)
{
    struct restore_content backup = {0}, present = {0};
    struct manifest manifest = {0};

    preview->path = path;
    (void)manifest_read(ctx, path, &manifest); /* without it a sealed one tells nothing of itself */
    preview->made_at = manifest.made_at;
    preview->sealed = sealed_is(path);
    if (preview->sealed) {
        preview->bytes = manifest.bytes;
        preview->version = manifest.version;
        preview->backup = counts_in(&manifest);
        backup.last_activity = manifest.made_at;
    } else {
        TRY(restore_look(ctx, path, &backup));
        preview->bytes = backup.bytes;
        preview->version = backup.version;
        preview->backup = counts_of(&backup);
        TRY(look_for_journal(ctx, path, &preview->journal));
    }
    TRY(restore_count(ctx, &present));
    preview->present = counts_of(&present);
    return count_losses(ctx, &backup, preview);
}

/* ---- finding files ------------------------------------------------------------------------------------------- */

bool restore_repo_is_same(const char *one, const char *other)
{
    struct stat a, b;

    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool restore_repo_is_in(const char *path, const char *folder)
{
    char real_folder[PATH_MAX], real_path[PATH_MAX];
    struct stat information;
    const char *slash = strrchr(path, '/');

    if (!slash || !realpath(folder, real_folder) || !realpath(path, real_path) ||
        lstat(path, &information) != 0 || !S_ISREG(information.st_mode))
        return false;
    char *end = strrchr(real_path, '/');
    *end = '\0';
    return strcmp(end == real_path ? "/" : real_path, real_folder) == 0;
}

/* "/srv/library.db" → "library-before-restore-": what db/restore.c begins such names with. */
static const char *aside_prefix(struct ctx *ctx, const char *library)
{
    const char *slash = strrchr(library, '/');
    const char *name = slash ? slash + 1 : library;
    const char *dot = strrchr(name, '.');

    return arena_printf(ctx->arena, "%.*s" ASIDE,
                        (int)(dot && dot > name ? dot - name : (ptrdiff_t)strlen(name)), name);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), wanted = strlen(ending);

    return length > wanted && strcmp(name + length - wanted, ending) == 0;
}

bool restore_repo_is_aside(struct ctx *ctx, const char *path, const char *library)
{
    const char *prefix = aside_prefix(ctx, library);
    const char *slash = strrchr(path, '/');

    return slash && strncmp(slash + 1, prefix, strlen(prefix)) == 0 && has_ending(path, ".db") &&
           restore_repo_is_in(path, file_folder(ctx, library));
}

/* Newest first. A handful of files: the list is short. */
static void put(struct restore_file **first, struct restore_file *file)
{
    while (*first && (*first)->made_at >= file->made_at)
        first = &(*first)->next;
    file->next = *first;
    *first = file;
}

/* A manifest whose backup has gone, or is not of its size, says nothing. */
static struct restore_file *look_at_backup(struct ctx *ctx, const char *path)
{
    struct restore_file *file;
    struct manifest manifest;

    if (!manifest_read(ctx, path, &manifest) || restore_repo_bytes(path) != manifest.bytes)
        return NULL;
    file = arena_alloc(ctx->arena, sizeof *file);
    *file = (struct restore_file){.path = path,
                                  .library = manifest.library,
                                  .kind = manifest.kind,
                                  .verified = manifest.verified,
                                  .made_at = manifest.made_at,
                                  .bytes = manifest.bytes,
                                  .sealed = manifest.sealed,
                                  .counted = true,
                                  .counts = counts_in(&manifest)};
    return file;
}

static struct restore_file *look_at_aside(struct ctx *ctx, const char *path, const char *library)
{
    const char *slash = strrchr(library, '/');
    struct stat information;
    struct restore_file *file;

    if (lstat(path, &information) != 0 || !S_ISREG(information.st_mode) || information.st_size == 0)
        return NULL;
    file = arena_alloc(ctx->arena, sizeof *file);
    /* When it was kept: renaming a file leaves the time of its contents alone. */
    *file = (struct restore_file){.path = path,
                                  .library = slash ? slash + 1 : library,
                                  .kind = "aside",
                                  .made_at = (int64_t)information.st_mtim.tv_sec * MS_PER_SECOND,
                                  .bytes = information.st_size};
    return file;
}

/* `library` NULL: its backups, by their manifests; else what was kept aside of it. NULL: `name` is no such file. */
static struct restore_file *look_at(struct ctx *ctx, const char *folder, const char *library,
                                    const char *name)
{
    static const char manifest_ending[] = ".json";
    const char *prefix = library ? aside_prefix(ctx, library) : "";

    if (strncmp(name, prefix, strlen(prefix)) != 0 || !has_ending(name, library ? ".db" : manifest_ending))
        return NULL;
    int length = (int)(strlen(name) - (library ? 0 : sizeof manifest_ending - 1));
    const char *path =
        arena_printf(ctx->arena, "%s/%.*s", strcmp(folder, "/") == 0 ? "" : folder, length, name);
    return library ? look_at_aside(ctx, path, library) : look_at_backup(ctx, path);
}

/* The instants of the newest files of a folder, newest first: as many as are listed. */
struct newest {
    int64_t at[RESTORE_FILES_MAX];
    int count;
};

static void note_instant(struct newest *newest, int64_t at)
{
    int place = newest->count;

    while (place > 0 && newest->at[place - 1] < at)
        place--;
    if (place == RESTORE_FILES_MAX)
        return;
    newest->count += newest->count < RESTORE_FILES_MAX;
    memmove(&newest->at[place + 1], &newest->at[place],
            (size_t)(newest->count - place - 1) * sizeof newest->at[0]);
    newest->at[place] = at;
}

/* Looked through twice: a folder names its files in no order, and those of years need not all be kept in mind. */
static void read_folder(struct ctx *ctx, const char *folder, const char *library, struct restore_file **first)
{
    struct newest *newest = arena_alloc(ctx->arena, sizeof *newest);
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    int count = 0;

    newest->count = 0;
    while (directory && (entry = readdir(directory))) {
        struct arena_mark mark = arena_mark(ctx->arena);
        const struct restore_file *file = look_at(ctx, folder, library, entry->d_name);
        if (file)
            note_instant(newest, file->made_at);
        arena_reset_to(ctx->arena, mark);
    }
    if (directory)
        rewinddir(directory);
    while (directory && count < newest->count && (entry = readdir(directory))) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct restore_file *file = look_at(ctx, folder, library, entry->d_name);
        if (!file || file->made_at < newest->at[newest->count - 1]) {
            arena_reset_to(ctx->arena, mark);
            continue;
        }
        put(first, file);
        count++;
    }
    if (directory)
        closedir(directory);
}

enum error_kind restore_repo_files(struct ctx *ctx, const char *const *folders, const char *library,
                                   struct restore_file **out_first)
{
    struct restore_file *first = NULL;

    for (; *folders; folders++)
        read_folder(ctx, *folders, NULL, &first);
    read_folder(ctx, file_folder(ctx, library), library, &first);
    *out_first = first;
    return arena_exhausted(ctx->arena) ? fail(ctx, OUT_OF_MEMORY, "There are too many files to look at.")
                                       : OK;
}

/* ---- making it ready ----------------------------------------------------------------------------------------- */

const char *restore_repo_staged(struct ctx *ctx, const char *library)
{
    return arena_printf(ctx->arena, "%s.restoring", library);
}

bool restore_repo_parse_until(const char *text, int64_t *out_instant)
{
    return journal_parse_until(text, out_instant);
}

enum error_kind restore_repo_check_room(struct ctx *ctx, const char *path, const char *staged)
{
    int64_t wanted = restore_repo_bytes(path) + RESTORE_MARGIN_BYTES;
    int64_t room;

    TRY(file_room(ctx, staged, &room));
    if (room >= wanted)
        return OK;
    return fail(ctx, DISK_FULL,
                "The backup needs %" PRId64 " MB free on the library's disk; %" PRId64
                " MB are. The library is unchanged. Make room and try again.",
                wanted / 1000000 + 1, room / 1000000);
}

enum error_kind restore_repo_copy(struct ctx *ctx, const struct restore_wish *wish, const char *staged,
                                  struct restore_preview *out_content)
{
    struct restore_content content;

    restore_clear(ctx, staged);
    TRY(restore_stage(ctx, wish->path, wish->passphrase, staged, &content));
    out_content->path = wish->path;
    out_content->bytes = content.bytes;
    out_content->version = content.version;
    out_content->backup = counts_of(&content);
    return OK;
}

/* Of a sealed backup from its passphrase. One in the clear holds it itself, where only the second folder is sealed. */
static enum error_kind find_journal_key(struct ctx *ctx, const struct restore_wish *wish, const char *staged,
                                        struct seal_key *out_key, bool *out_found)
{
    int64_t has_secrets;

    *out_found = wish->passphrase && sealed_is(wish->path);
    if (*out_found)
        return sealed_key(ctx, wish->path, wish->passphrase, out_key);
    TRY(restore_repo_open(ctx, staged));
    enum error_kind kind =
        db_pragma_int(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'secret'", &has_secrets);
    if (kind == OK && has_secrets)
        kind = sealing_repo_find(ctx, out_key, out_found);
    restore_repo_close(ctx);
    return kind;
}

enum error_kind restore_repo_bring_forward(struct ctx *ctx, const struct restore_wish *wish,
                                           const char *staged, int64_t until,
                                           struct restore_journal *out_journal)
{
    struct journal_sources sources = {.folder = file_folder(ctx, wish->path)};
    struct journal_reach reach;
    struct seal_key key;
    bool found;

    TRY(find_journal_key(ctx, wish, staged, &key, &found));
    if (found)
        sources.key = &key;
    enum error_kind kind = journal_bring_forward(ctx, staged, &sources, until, &reach);
    explicit_bzero(&key, sizeof key);
    TRY(kind);
    *out_journal = journal_of(&reach);
    return OK;
}

enum error_kind restore_repo_open(struct ctx *ctx, const char *staged)
{
    return db_open(ctx, staged, DB_CHECK, &ctx->db);
}

void restore_repo_close(struct ctx *ctx)
{
    db_close(ctx->db);
    ctx->db = NULL;
}

static enum error_kind write_note(struct ctx *ctx, restore_note *note, void *argument)
{
    int64_t last;
    bool whole;

    TRY(db_pragma_int(ctx, "SELECT coalesce((SELECT at FROM audit_log ORDER BY id DESC LIMIT 1), 0)", &last));
    if (ctx->now < last)
        ctx->now = last; /* the log's times never go back */
    TRY(db_exec(ctx, "BEGIN IMMEDIATE"));
    TRY(note(ctx, argument));
    TRY(journal_forget(ctx));
    TRY(db_exec(ctx, "COMMIT"));
    return db_checkpoint(ctx, CHECKPOINT_TRUNCATE, 0, &whole);
}

/* Closing it leaves all of it in its file. */
enum error_kind restore_repo_make(struct ctx *ctx, const char *staged, restore_note *note, void *argument)
{
    TRY(db_open(ctx, staged, DB_WRITE, &ctx->db));
    enum error_kind kind = migrate_library(ctx);
    if (kind == OK)
        kind = write_note(ctx, note, argument);
    restore_repo_close(ctx);
    return kind;
}

const char *restore_repo_name_aside(struct ctx *ctx, const char *library)
{
    return restore_name_aside(ctx, library);
}

enum error_kind restore_repo_swap(struct ctx *ctx, const char *library, const char *aside)
{
    return restore_swap_as(ctx, restore_repo_staged(ctx, library), library, aside);
}

enum error_kind restore_repo_swap_back(struct ctx *ctx, const char *library, const char *aside)
{
    return restore_swap_back(ctx, library, aside);
}

void restore_repo_clear(struct ctx *ctx, const char *staged)
{
    restore_clear(ctx, staged);
}

int64_t restore_repo_bytes(const char *path)
{
    struct stat information;

    return stat(path, &information) == 0 ? information.st_size : 0;
}
