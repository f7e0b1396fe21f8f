/*
 * serve.c — `carrel` without a command: serves a library until it is told to stop.
 */
#include "app.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "commands.h"
#include "http/server.h"
#include "settings/settings_service.h"

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
