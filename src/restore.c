/*
 * restore.c — `carrel --restore`: a backup takes the place of a library that nobody has open. It is opened as a
 * library beside that place first, so that what does not open, or cannot be brought forward, changes nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "audit/audit_service.h"
#include "backups/journal_repository.h"
#include "base/clock.h"
#include "commands.h"
#include "db/engine.h"
#include "db/journal.h"
#include "db/restore.h"
#include "db/sealed.h"
#include "db/writer.h"
#include "settings/settings_service.h"
#include "staging.h"
#include "terminal.h"

static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;

    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Also when it cannot be read: whoever restores over a damaged library says so. */
static bool holds_something(struct ctx *ctx, const char *path)
{
    int64_t records = 1;

    if (access(path, F_OK) != 0)
        return false;
    if (db_open(ctx, path, DB_READ, &ctx->db) == OK) {
        if (db_pragma_int(ctx,
                          "SELECT (SELECT count(*) FROM book) + (SELECT count(*) FROM member)"
                          " + (SELECT count(*) FROM setting) + (SELECT count(*) FROM account)",
                          &records) != OK)
            records = 1;
        db_close(ctx->db);
        ctx->db = NULL;
    }
    error_clear(ctx);
    return records > 0;
}

static void show_content(const char *backup, const struct restore_content *content)
{
    char when[CLOCK_INSTANT_SIZE] = "never";

    if (content->last_activity > 0)
        clock_format_instant(content->last_activity, when);
    printf("Backup: %s\n", backup);
    printf("%" PRId64 " titles, %" PRId64 " copies, %" PRId64 " members, %" PRId64 " loans open; %.1f MB\n",
           content->books, content->copies, content->members, content->open_borrows,
           (double)content->bytes / 1e6);
    printf("Last activity: %s\n", when);
    fflush(stdout);
}

static enum write_result note_restored(struct ctx *ctx, void *argument)
{
    (void)argument;
    return audit_act(ctx, "library.restored", "library", NO_NUMBER) == OK && journal_forget(ctx) == OK
               ? WRITE_DONE
               : WRITE_FAILED;
}

/* "14:30" is meant as the library's own clock shows it: its zone is in the copy, and so is its second folder. */
static enum error_kind read_wishes(struct ctx *ctx, const char *text, int64_t *out_until,
                                   const char **out_second)
{
    const char *zone;

    TRY(settings_text(ctx, SETTING_BACKUP_SECOND_DIR, out_second));
    TRY(settings_text(ctx, SETTING_TIME_ZONE, &zone));
    if (zone && *zone && !clock_set_zone(zone))
        return fail(ctx, CONFLICT, "This machine knows no time zone %s. Give the time with its offset.",
                    zone);
    if (!journal_parse_until(text, out_until))
        return fail(
            ctx, INVALID_PARAMETER,
            "%s is no moment. Give one such as \"2026-11-22 14:30\", 2026-11-22T14:30:00Z, or latest.", text);
    return OK;
}

static void show_journal(const struct journal_reach *reach, int64_t until)
{
    char when[CLOCK_INSTANT_SIZE];

    if (reach->entries == 0) {
        printf("Journal: nothing was done between the backup and that moment\n");
        return;
    }
    clock_format_instant(reach->last_at, when);
    printf("Journal: %" PRId64 " changes done again, until %s%s\n", reach->entries, when,
           reach->ends_early && until == JOURNAL_LATEST ? "; what came later is not in it" : "");
}

static enum error_kind bring_forward(struct ctx *ctx, const char *staged, const struct command_line *line,
                                     const char *passphrase)
{
    struct journal_reach reach;
    const char *second = NULL;
    int64_t until = 0;

    TRY(db_open(ctx, staged, DB_CHECK, &ctx->db));
    enum error_kind kind = read_wishes(ctx, line->until, &until, &second);
    db_close(ctx->db);
    ctx->db = NULL;
    TRY(kind);
    TRY(journal_repo_bring_forward(ctx, line->argument, passphrase, staged, second, until, &reach));
    show_journal(&reach, until);
    return OK;
}

static enum error_kind open_and_note(struct app *app, const char *staged)
{
    TRY(app_open(app, staged));
    return writer_run(app->writer, &app->ctx, note_restored, NULL);
}

/* An older one is brought forward here; closing it leaves all of it in its file. */
static enum error_kind make_library(struct ctx *ctx, const char *staged)
{
    struct app inner;

    app_init(&inner);
    inner.staged = true;
    enum error_kind kind = open_and_note(&inner, staged);
    if (kind != OK)
        kind = fail(ctx, CONFLICT, "%s Nothing was changed.", inner.ctx.error.detail);
    app_close(&inner);
    return kind;
}

static enum error_kind stage_and_swap(struct ctx *ctx, const char *path, const char *staged,
                                      const struct command_line *line, const char **out_aside)
{
    struct restore_content content;
    const char *passphrase = NULL;

    if (sealed_is(line->argument))
        TRY(terminal_read_secret(ctx, "passphrase", "Passphrase of the backup", NULL, &passphrase));
    TRY(restore_stage(ctx, line->argument, passphrase, staged, &content));
    show_content(line->argument, &content);
    if (!line->force && holds_something(ctx, path))
        return fail(
            ctx, LIBRARY_NOT_EMPTY,
            "%s is not empty. The backup would take its place, and it would be kept beside it: add --force "
            "if you mean that.",
            path);
    if (line->until)
        TRY(bring_forward(ctx, staged, line, passphrase));
    TRY(make_library(ctx, staged));
    return restore_swap(ctx, staged, path, out_aside);
}

static enum error_kind lock_and_restore(struct app *app, const struct command_line *line,
                                        const char **out_path, const char **out_aside)
{
    struct ctx *ctx = &app->ctx;

    TRY(app_absolute_path(ctx, settings_process_text(SETTING_DB), out_path));
    enum error_kind locked = app_take_lock(app, *out_path);
    if (locked != OK && ctx->error.code == ERR_LIBRARY_IN_USE) {
        error_clear(ctx);
        return fail(ctx, LIBRARY_IN_USE,
                    "%s is in use by a running Carrel. Stop that one, restore, and start it again.",
                    *out_path);
    }
    TRY(locked);
    if (is_same_file(line->argument, *out_path))
        return fail(ctx, CONFLICT, "%s is the library itself. Name a backup of it.", line->argument);
    const char *staged = arena_printf(ctx->arena, "%s.restoring", *out_path);
    TRY(staging_begin(ctx, staged));
    enum error_kind kind = stage_and_swap(ctx, *out_path, staged, line, out_aside);
    staging_end();
    return kind;
}

int command_restore(const struct command_line *line)
{
    struct app app;
    const char *path, *aside = NULL;
    int status = 0;

    app_init(&app);
    if (lock_and_restore(&app, line, &path, &aside) != OK) {
        status = complain(&app.ctx);
    } else {
        if (aside)
            printf("The library as it was: %s\n", aside);
        printf("Restored. Start the library with: carrel --db %s\n", settings_process_text(SETTING_DB));
    }
    app_close(&app);
    return status;
}
