/*
 * serve.c — the two commands that hold a library for longer: serving it, and filling it with a demonstration.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "base/log.h"
#include "commands.h"
#include "db/engine.h"
#include "db/writer.h"
#include "http/server.h"
#include "seeder/seeder.h"
#include "settings/settings_service.h"

/* ---- serving ------------------------------------------------------------------------------------------------ */

/* There are no accounts yet: whoever can reach the server may do everything, so only this machine may. */
static enum error_kind check_listen(struct ctx *ctx, const char *listen)
{
    if (strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]:", 6) == 0)
        return OK;
    return fail(ctx, FORBIDDEN,
                "Cannot listen on %s: this version has no accounts and serves this machine only. "
                "Use --listen 127.0.0.1:8000 or [::1]:8000.",
                listen);
}

/* The first line is the URL, for scripts; the others are for people. */
static void announce(const struct app *app, const char *listen)
{
    size_t address_length = (size_t)(strrchr(listen, ':') - listen);
    int port = server_port(app->server);

    printf("http://%.*s:%d/\n", (int)address_length, listen, port);
    /* The other addresses of this machine, 127.0.0.2 say, have no name. */
    if (strncmp(listen, "127.0.0.1:", 10) == 0 || listen[0] == '[')
        printf("http://localhost:%d/\n", port);
    printf("Library: %s\n", app->path);
    fflush(stdout);
}

static enum error_kind start_serving(struct app *app, const char *listen)
{
    const char *path;

    TRY(check_listen(&app->ctx, listen));
    TRY(app_absolute_path(&app->ctx, settings_process_text(SETTING_DB), &path));
    TRY(app_open(app, path));
    TRY(app_listen(app, listen));
    return app_start_jobs(app);
}

int command_serve(const struct command_line *line)
{
    const char *listen = settings_process_text(SETTING_LISTEN);
    struct app app;
    sigset_t ending;
    int received;
    int status = 0;

    (void)line;
    /* Before any thread starts, so that all inherit it: a signal only ever arrives at sigwait() below. */
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    app_init(&app);
    if (start_serving(&app, listen) != OK) {
        status = complain(&app.ctx);
    } else {
        announce(&app, listen);
        sigwait(&ending, &received);
        LOG(INFO, "stopping", LOG_INT("signal", received));
    }
    app_close(&app);
    return status;
}

/* ---- seeding ------------------------------------------------------------------------------------------------ */

static enum error_kind refuse_unless_empty(struct app *app, const char *path, bool force)
{
    int64_t records = 0;

    if (access(path, F_OK) != 0)
        return OK;
    TRY(db_open(&app->ctx, path, DB_READ, &app->ctx.db));
    enum error_kind kind = db_pragma_int(&app->ctx,
                                         "SELECT (SELECT count(*) FROM book) + (SELECT count(*) FROM member)"
                                         " + (SELECT count(*) FROM setting)",
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
static void show_progress(struct seeding *seeding)
{
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

static enum error_kind seed_into(struct app *app, const char *path, const struct command_line *line)
{
    struct seeding seeding = {0};

    TRY(app_open(app, path));
    TRY(seeder_new(&app->ctx, line->argument, line->random_seed, &seeding.seeder));
    TRY(writer_run_bulk(app->writer, &app->ctx, seed_slice, &seeding));
    printf("%s\n", seeder_report(&app->arena, seeding.seeder));
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
    int64_t left;

    TRY(db_open(ctx, path, DB_WRITE, &ctx->db));
    enum error_kind kind = db_checkpoint(ctx, true, &left);
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
    char *directory = arena_strdup(ctx->arena, path);
    *strrchr(directory, '/') = '\0';
    int descriptor = open(*directory ? directory : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
    return OK;
}

/* Into a file of its own first: a library is there whole or not at all, and the old one until then. */
static enum error_kind seed(struct app *outer, const char *path, const struct command_line *line)
{
    struct ctx *ctx = &outer->ctx;
    const char *made = arena_printf(ctx->arena, "%s.seeding", path);
    struct app inner;

    TRY(refuse_unless_empty(outer, path, line->force));
    remove_beside(made, "");
    remove_beside(made, "-wal");
    remove_beside(made, "-shm");
    app_init(&inner);
    enum error_kind kind = seed_into(&inner, made, line);
    if (kind != OK)
        kind = fail(ctx, INTERNAL, "%s", inner.ctx.error.detail);
    app_close(&inner);
    remove_beside(made, ".lock");
    if (kind == OK)
        kind = put_in_place(ctx, made, path);
    if (kind != OK) {
        remove_beside(made, "");
        remove_beside(made, "-wal");
        remove_beside(made, "-shm");
    }
    return kind;
}

static enum error_kind lock_and_seed(struct app *app, const struct command_line *line)
{
    const char *path;

    if (strcmp(settings_process_text(SETTING_ENVIRONMENT), "production") == 0)
        return fail(
            &app->ctx, FORBIDDEN,
            "CARREL_ENVIRONMENT is production: a library in use is never filled with demonstration data.");
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
