/*
 * seed.c — `carrel --seed`: a demonstration library, made beside the place it is meant for and put there whole.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "base/clock.h"
#include "commands.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/writer.h"
#include "seeder/seeder.h"
#include "settings/settings_service.h"
#include "staging.h"

#define SEED_AS_EVER 1 /* the same demonstration each time, as --seed makes it */

static enum error_kind refuse_unless_empty(struct app *app, const char *path, bool force)
{
    int64_t records = 0;

    if (access(path, F_OK) != 0)
        return OK;
    TRY(db_open(&app->ctx, path, DB_READ, &app->ctx.db));
    enum error_kind kind = db_pragma_int(&app->ctx,
                                         "SELECT (SELECT count(*) FROM book) + (SELECT count(*) FROM member)"
                                         " + (SELECT count(*) FROM setting) + (SELECT count(*) FROM account)",
                                         &records);
    db_close(app->ctx.db);
    app->ctx.db = NULL;
    TRY(kind);
    if (records > 0 && !force)
        return fail(&app->ctx, LIBRARY_NOT_EMPTY,
                    "%s is not empty. A demonstration would replace it: add --force if you mean that.", path);
    return OK;
}

struct seeding {
    struct seeder *seeder;
    int64_t shown;
};

/* Every tenth of the work gets a line. */
static void show_progress(void *argument)
{
    struct seeding *seeding = argument;
    struct seeder_progress progress;

    seeder_progress(seeding->seeder, &progress);
    int64_t tenth = progress.total ? progress.done * 10 / progress.total : 0;
    if (tenth == seeding->shown)
        return;
    seeding->shown = tenth;
    printf("%3d %%  %s\n", (int)tenth * 10, progress.phase);
    fflush(stdout);
}

static enum write_result seed_slice(struct ctx *ctx, void *argument)
{
    struct seeding *seeding = argument;
    enum write_result result = seeder_step(ctx, seeding->seeder);

    show_progress(seeding);
    return result;
}

/* ---- making it ------------------------------------------------------------------------------------------ */

static enum error_kind carry_over(struct ctx *ctx, const struct app *inner, enum error_kind kind)
{
    return kind == OK ? OK : fail(ctx, INTERNAL, "%s", inner->ctx.error.detail);
}

static enum error_kind step_into(struct app *app, const char *made, struct seeding *seeding)
{
    TRY(app_open(app, made));
    return seeder_is_large(seeding->seeder) ? OK
                                            : writer_run_bulk(app->writer, &app->ctx, seed_slice, seeding);
}

/* Opens it as a library: an empty one to begin with, or one just filled (which makes it a WAL file). */
static enum error_kind open_and_step(struct ctx *ctx, const char *made, struct seeding *seeding)
{
    struct app inner;

    app_init(&inner);
    enum error_kind kind = carry_over(ctx, &inner, step_into(&inner, made, seeding));
    app_close(&inner);
    return kind;
}

static enum error_kind fill_file(struct ctx *ctx, const char *made, struct seeding *seeding)
{
    TRY(db_open(ctx, made, DB_BUILD, &ctx->db));
    enum error_kind kind = seeder_fill(ctx, seeding->seeder, BULK_PACKED, show_progress, seeding);
    db_close(ctx->db);
    ctx->db = NULL;
    TRY(kind);
    TRY(file_sync(ctx, made));
    return open_and_step(ctx, made, seeding);
}

static void report_time(struct ctx *ctx, const struct seeding *seeding, const char *made, int64_t ms)
{
    struct seeder_summary summary;
    struct stat status = {0};

    seeder_summary(seeding->seeder, &summary);
    stat(made, &status);
    printf("  made in  %.1f s: %s loans a second; the file has %.1f MB\n", (double)ms / MS_PER_SECOND,
           summary_grouped(ctx->arena, ms ? summary.borrows * MS_PER_SECOND / ms : summary.borrows),
           (double)status.st_size / 1e6);
}

static enum error_kind make(struct ctx *ctx, const char *made, const struct command_line *line)
{
    struct seeding seeding = {0};
    int64_t started = clock_monotonic_ms();

    TRY(seeder_new(ctx, line->argument, line->random_seed, &seeding.seeder));
    TRY(open_and_step(ctx, made, &seeding));
    if (seeder_is_large(seeding.seeder))
        TRY(fill_file(ctx, made, &seeding));
    int64_t ms = clock_monotonic_ms() - started;
    printf("%s\n", seeder_report(ctx->arena, seeding.seeder));
    if (seeder_is_large(seeding.seeder))
        report_time(ctx, &seeding, made, ms);
    return OK;
}

static void remove_beside(const char *path, const char *suffix)
{
    char name[PATH_MAX];

    if (snprintf(name, sizeof name, "%s%s", path, suffix) < (int)sizeof name)
        unlink(name);
}

/* What a crash has left in its WAL is copied back. */
static enum error_kind empty_wal(struct ctx *ctx, const char *path)
{
    struct stat information;
    bool whole;

    TRY(db_open(ctx, path, DB_WRITE, &ctx->db));
    enum error_kind kind = db_checkpoint(ctx, CHECKPOINT_TRUNCATE, 0, &whole);
    db_close(ctx->db);
    ctx->db = NULL;
    TRY(kind);
    if (stat(arena_printf(ctx->arena, "%s-wal", path), &information) == 0 && information.st_size > 0)
        return fail(ctx, CONFLICT, "%s is being read by another program. Close that one first.", path);
    return OK;
}

/*
 * At every moment the file is one library or the other, whole: the old one needs nothing of its WAL any more
 * when that goes, and the new one never meets it.
 */
static enum error_kind put_in_place(struct ctx *ctx, const char *made, const char *path)
{
    if (access(path, F_OK) == 0)
        TRY(empty_wal(ctx, path));
    remove_beside(path, "-wal");
    remove_beside(path, "-shm");
    if (rename(made, path) != 0)
        return fail(ctx, INTERNAL, "%s: %s.", path, strerror(errno));
    return file_sync_folder(ctx, path);
}

/* Into a file of its own first: a library is there whole or not at all, and the old one until then. */
static enum error_kind seed(struct app *app, const char *path, const struct command_line *line)
{
    struct ctx *ctx = &app->ctx;
    const char *made = arena_printf(ctx->arena, "%s.seeding", path);

    TRY(refuse_unless_empty(app, path, line->force));
    TRY(staging_begin(ctx, made));
    enum error_kind kind = make(ctx, made, line);
    if (kind == OK)
        kind = put_in_place(ctx, made, path);
    staging_end();
    return kind;
}

static enum error_kind lock_and_seed(struct app *app, const struct command_line *line)
{
    const char *path;

    if (strcmp(settings_process_text(SETTING_ENVIRONMENT), "production") == 0)
        return fail(
            &app->ctx, FORBIDDEN,
            "CARREL_ENVIRONMENT is production: a library in use is never filled with demonstration data.");
    TRY(app_follow_test_clock(&app->ctx));
    TRY(app_absolute_path(&app->ctx, settings_process_text(SETTING_DB), &path));
    TRY(app_take_lock(app, path));
    return seed(app, path, line);
}

int command_seed(const struct command_line *line)
{
    struct app app;
    int status = 0;

    app_init(&app);
    if (lock_and_seed(&app, line) != OK)
        status = complain(&app.ctx);
    else
        printf("Done. Start the library with: carrel --db %s\n", settings_process_text(SETTING_DB));
    app_close(&app);
    return status;
}

/* ---- in a container ---------------------------------------------------------------------------------------- */

static bool is_true(enum setting id)
{
    return strcmp(settings_process_text(id), "true") == 0;
}

/* Is there nothing that could be lost? What cannot be opened is not for seeding: serving says what is wrong with it. */
static bool is_empty(void)
{
    struct app app;
    const char *path;

    app_init(&app);
    bool empty = app_absolute_path(&app.ctx, settings_process_text(SETTING_DB), &path) == OK &&
                 refuse_unless_empty(&app, path, false) == OK;
    app_close(&app);
    return empty;
}

/* The first line of standard output is the server's address: what is said before goes elsewhere. */
static int seed_aloud_elsewhere(const struct command_line *line)
{
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    if (kept < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        return 1;
    int status = command_seed(line);
    fflush(stdout);
    bool is_back = dup2(kept, STDOUT_FILENO) >= 0;
    close(kept);
    return is_back ? status : 1;
}

int seed_as_set(void)
{
    struct command_line line = {.argument = settings_process_text(SETTING_SEED_SCENARIO),
                                .force = is_true(SETTING_FORCE_SEED),
                                .random_seed = SEED_AS_EVER};

    return is_true(SETTING_SEED_DATA) && (line.force || is_empty()) ? seed_aloud_elsewhere(&line) : 0;
}
