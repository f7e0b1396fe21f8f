/*
 * salvage.c — `carrel --salvage FILE`: what can be read of a damaged library, made a library again in FILE, looked at
 * like any other. The damaged one is not touched; nobody else may have it open meanwhile.
 */
#include "db/salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin_service.h"
#include "app.h"
#include "base/clock.h"
#include "commands.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/journal.h"
#include "db/migrate.h"
#include "settings/settings_service.h"
#include "staging.h"

struct salvaging {
    const char *library, *target, *staged, *report_path;
    FILE *report;
    struct salvage_summary summary;
    struct check_report check;
};

/* ---- words ---------------------------------------------------------------------------------------------- */

static void tell_file(FILE *to, const struct salvage_summary *summary)
{
    if (summary->header_was_damaged)
        fprintf(to, "The beginning of the file is damaged; it was read all the same.\n");
    if (summary->ended_short)
        fprintf(to, "The file ends in the middle of a page: its end is missing.\n");
    if (summary->wal_frames > 0)
        fprintf(to, "The newest changes were taken from the -wal file beside it.\n");
}

static void tell_table(FILE *to, const struct salvage_counts *counts)
{
    fprintf(to, "%-18s %10" PRId64 " read %10" PRId64 " kept", counts->table, counts->read, counts->kept);
    if (counts->left_out > 0)
        fprintf(to, "  %" PRId64 " left out", counts->left_out);
    if (counts->torn > 0)
        fprintf(to, "  %" PRId64 " torn", counts->torn);
    if (counts->mended > 0)
        fprintf(to, "  %" PRId64 " with letters replaced", counts->mended);
    if (counts->holes > 0)
        fprintf(to, "  %" PRId64 " damaged page%s", counts->holes, counts->holes == 1 ? "" : "s");
    if (counts->announced > counts->kept)
        fprintf(to, "  (the library had counted %" PRId64 ")", counts->announced);
    fprintf(to, "\n");
}

static void tell_summary(FILE *to, const struct salvaging *work)
{
    tell_file(to, &work->summary);
    for (const struct salvage_counts *counts = work->summary.tables; counts; counts = counts->next)
        tell_table(to, counts);
    fprintf(to, "%" PRId64 " rows kept, %" PRId64 " left out, %" PRId64 " torn.\n", work->summary.kept,
            work->summary.left_out, work->summary.torn);
    if (work->summary.stand_ins > 0)
        fprintf(to, "%" PRId64 " records are lost while others point at them: look for “Lost record”.\n",
                work->summary.stand_ins);
    for (const struct finding *finding = work->check.findings; finding; finding = finding->next)
        fprintf(to, "%s\n", finding->text);
    if (work->check.finding_count == 0)
        fprintf(to, "All that is kept agrees.\n");
    else
        fprintf(to, "%" PRId64 " finding%s left, above. The file can be served.\n", work->check.finding_count,
                work->check.finding_count == 1 ? "" : "s");
}

/* ---- work ----------------------------------------------------------------------------------------------- */

/* Of a card that can only be read any more nobody can be the owner, and nobody can change it either. */
static enum error_kind lock_library(struct app *app, const char *path)
{
    enum error_kind kind = app_take_lock(app, path);

    if (kind == OK || app->ctx.error.code != ERR_LIBRARY_IN_USE) {
        error_clear(&app->ctx);
        return OK;
    }
    error_clear(&app->ctx);
    return fail(&app->ctx, LIBRARY_IN_USE, "%s is in use by a running Carrel. Stop that one first.", path);
}

/* Days are counted in the library's own zone, and nothing is recorded before what was recorded last. */
static enum error_kind take_its_time(struct ctx *ctx)
{
    const char *zone;
    int64_t last = 0;

    TRY(settings_text(ctx, SETTING_TIME_ZONE, &zone));
    if (!clock_set_zone(zone && *zone ? zone : NULL))
        printf("This machine does not know the time zone %s: days follow UTC.\n", zone);
    TRY(db_pragma_int(ctx, "SELECT coalesce((SELECT max(at) FROM audit_log), 0)", &last));
    ctx->now = clock_library_now(last);
    return OK;
}

static enum error_kind settle(struct ctx *ctx)
{
    TRY(migrate_library(ctx)); /* it is of this version: from here on closing it leaves all in its file */
    TRY(take_its_time(ctx));
    TRY(db_exec(ctx, "BEGIN IMMEDIATE"));
    TRY(admin_settle(ctx));
    TRY(journal_forget(ctx)); /* what follows in the journal does not follow from this */
    db_reset_statements(ctx->db);
    return db_exec(ctx, "COMMIT");
}

/* As the writer would do it; nobody else has the file yet. */
static enum error_kind settle_and_close(struct ctx *ctx, const char *staged)
{
    TRY(db_open(ctx, staged, DB_WRITE, &ctx->db));
    enum error_kind kind = settle(ctx);
    db_close(ctx->db);
    ctx->db = NULL;
    if (kind == OK)
        return OK;
    const char *reason = ctx->error.detail;
    error_clear(ctx);
    return fail(ctx, CONFLICT, "What could be read does not make a library. %s", reason);
}

static enum error_kind salvage_into_staged(struct ctx *ctx, struct salvaging *work)
{
    TRY(salvage_library(ctx, work->library, work->staged, work->report, &work->summary));
    TRY(settle_and_close(ctx, work->staged));
    TRY(admin_check_library(ctx, work->staged, CHECK_FULL, &work->check));
    TRY(file_sync(ctx, work->staged));
    if (rename(work->staged, work->target) != 0)
        return fail(ctx, CONFLICT, "%s: %s.", work->target, strerror(errno));
    return file_sync_folder(ctx, work->target);
}

/* Its owner's alone, like a library: names are in it. */
static enum error_kind open_report(struct ctx *ctx, struct salvaging *work)
{
    int descriptor = open(work->report_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (descriptor < 0)
        return fail(ctx, CONFLICT, "%s: %s. Choose another name.", work->report_path, strerror(errno));
    work->report = fdopen(descriptor, "w");
    if (!work->report) {
        close(descriptor);
        return fail(ctx, OUT_OF_MEMORY, "Not enough memory for this. Nothing was changed.");
    }
    fprintf(work->report, "What could not be saved of %s as it was:\n\n", work->library);
    return OK;
}

static enum error_kind close_report(struct ctx *ctx, struct salvaging *work, enum error_kind kind)
{
    if (kind == OK) {
        fprintf(work->report, "\n");
        tell_summary(work->report, work);
    } else {
        unlink(work->report_path);
    }
    bool is_written = !ferror(work->report);
    is_written &= fclose(work->report) == 0;
    return kind != OK || is_written
               ? kind
               : fail(ctx, DISK_FULL, "The library is saved in %s, but its report could not be written.",
                      work->target);
}

static enum error_kind choose_names(struct app *app, const char *argument, struct salvaging *work)
{
    struct ctx *ctx = &app->ctx;
    struct stat information;

    TRY(app_absolute_path(ctx, settings_process_text(SETTING_DB), &work->library));
    TRY(app_absolute_path(ctx, argument, &work->target));
    if (lstat(work->target, &information) == 0)
        return fail(ctx, CONFLICT, "There is a %s already. Name a new file.", work->target);
    if (stat(work->library, &information) != 0)
        return fail(ctx, NOT_FOUND, "%s: %s. Name the library with --db FILE.", work->library,
                    strerror(errno));
    work->staged = arena_printf(ctx->arena, "%s.salvaging", work->target);
    work->report_path = arena_printf(ctx->arena, "%s.report.txt", work->target);
    return OK;
}

static enum error_kind salvage(struct app *app, const char *argument, struct salvaging *work)
{
    struct ctx *ctx = &app->ctx;

    TRY(choose_names(app, argument, work));
    TRY(lock_library(app, work->library));
    TRY(open_report(ctx, work));
    enum error_kind kind = staging_begin(ctx, work->staged);
    if (kind == OK) {
        kind = salvage_into_staged(ctx, work);
        staging_end();
    }
    return close_report(ctx, work, kind);
}

int command_salvage(const struct command_line *line)
{
    struct salvaging work = {0};
    struct app app;
    int status = 0;

    app_init(&app);
    if (salvage(&app, line->argument, &work) != OK) {
        status = complain(&app.ctx);
    } else {
        tell_summary(stdout, &work);
        printf("Saved in %s; what could not be saved is listed in %s.\n", work.target, work.report_path);
        printf(
            "Look at it before you use it. A letter that was changed cannot be told: a backup is better.\n");
        status = work.check.finding_count == 0 ? 0 : 1;
    }
    app_close(&app);
    return status;
}
