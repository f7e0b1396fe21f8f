/*
 * compact.c — `carrel --compact`: a resting library's file is written anew beside it, looked through, and given its
 * name. The old file goes only then: at every moment one of the two is there, whole.
 */
#include "db/compact.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "commands.h"
#include "db/restore.h"
#include "settings/settings_service.h"
#include "staging.h"

static enum error_kind stage_and_swap(struct ctx *ctx, const char *path, const char *staged,
                                      struct compact_report *report)
{
    const char *aside = NULL;

    TRY(compact_stage(ctx, path, staged, report));
    TRY(restore_swap(ctx, staged, path, &aside));
    if (aside && unlink(aside) != 0)
        printf("The old file could not be removed: %s\n", aside);
    return OK;
}

static enum error_kind lock_and_compact(struct app *app, struct compact_report *report)
{
    struct ctx *ctx = &app->ctx;
    struct stat information;
    const char *path;

    TRY(app_absolute_path(ctx, settings_process_text(SETTING_DB), &path));
    if (stat(path, &information) != 0 || information.st_size == 0)
        return fail(ctx, NOT_FOUND, "%s: there is no library. Name it with --db FILE.", path);
    enum error_kind locked = app_take_lock(app, path);
    if (locked != OK && ctx->error.code == ERR_LIBRARY_IN_USE) {
        error_clear(ctx);
        return fail(ctx, LIBRARY_IN_USE,
                    "%s is in use by a running Carrel. Stop that one, compact, and start it again.", path);
    }
    TRY(locked);
    const char *staged = arena_printf(ctx->arena, "%s.compacting", path);
    TRY(staging_begin(ctx, staged));
    enum error_kind kind = stage_and_swap(ctx, path, staged, report);
    staging_end();
    return kind;
}

int command_compact(const struct command_line *line)
{
    struct compact_report report;
    struct app app;
    int status = 0;

    (void)line;
    app_init(&app);
    if (lock_and_compact(&app, &report) != OK)
        status = complain(&app.ctx);
    else
        printf("Compacted: %.1f MB before, %.1f MB now.\n", (double)report.bytes_before / 1e6,
               (double)report.bytes_after / 1e6);
    app_close(&app);
    return status;
}
