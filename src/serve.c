/*
 * serve.c — `carrel` without a command: serves a library until it is told to stop.
 */
#include "app.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "auth/setup_code.h"
#include "auth/setup_service.h"
#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "http/server.h"
#include "settings/settings_service.h"
#include "tls/tls_service.h"

#define LISTEN_WITHOUT_AUTH "127.0.0.1:8000"

static bool is_this_machine(const char *listen)
{
    return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]:", 6) == 0;
}

static const char *listen_address(void)
{
    if (settings_auth_is_off() && !settings_given(SETTING_LISTEN))
        return LISTEN_WITHOUT_AUTH;
    return settings_process_text(SETTING_LISTEN);
}

/* Without accounts whoever can reach the server may do everything, so only this machine may. */
static enum error_kind check_listen(struct ctx *ctx, const char *listen)
{
    if (!settings_auth_is_off() || is_this_machine(listen))
        return OK;
    return fail(ctx, FORBIDDEN,
                "Cannot listen on %s with --auth off: everyone who reaches it would be an administrator. "
                "Use --listen 127.0.0.1:8000 or [::1]:8000, or leave --auth off out.",
                listen);
}

/* A library whose time a file decides would write false dates for ever: a test's library is the only one that may. */
static enum error_kind follow_test_clock(struct ctx *ctx)
{
    const char *environment = settings_process_text(SETTING_ENVIRONMENT);
    const char *path = settings_process_text(SETTING_TEST_CLOCK);

    if (!path)
        return OK;
    if (strcmp(environment, "test") != 0)
        return fail(
            ctx, FORBIDDEN,
            "The time is not taken from %s: CARREL_TEST_CLOCK is for CARREL_ENVIRONMENT=test, and this is "
            "%s. Take it away.",
            path, environment);
    if (!clock_follow_file(path))
        return fail(ctx, CONFLICT,
                    "The test's clock %s must be a file that begins with an instant such as "
                    "2026-11-22T09:30:00.000Z.",
                    path);
    ctx->now = clock_now_ms();
    LOG(WARN, "the time is a test's, not the machine's", LOG_TEXT("clock", path));
    return OK;
}

/* "0.0.0.0" and "[::]" are all addresses of this machine: nobody can go there, but to the first of them. */
static const char *reachable(const char *listen, int *out_length)
{
    static const char *const all[][2] = {{"0.0.0.0:", "127.0.0.1"}, {"[::]:", "[::1]"}};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strncmp(listen, all[i][0], strlen(all[i][0])) == 0) {
            *out_length = (int)strlen(all[i][1]);
            return all[i][1];
        }
    }
    *out_length = (int)(strrchr(listen, ':') - listen);
    return listen;
}

/* The first line is the URL, for scripts; the others are for people. */
static void announce(struct app *app, const char *listen)
{
    const char *scheme = tls_context() ? "https" : "http";
    int port = server_port(app->server);
    int length;
    const char *address = reachable(listen, &length);

    printf("%s://%.*s:%d/\n", scheme, length, address, port);
    /* The other addresses of this machine, 127.0.0.2 say, have no name. */
    if (strncmp(address, "127.0.0.1", 9) == 0 || address[0] == '[')
        printf("%s://localhost:%d/\n", scheme, port);
    printf("Library: %s\n", app->path);
    if (tls_is_automatic())
        printf("Other devices must install /ca.crt first. Its SHA-256 fingerprint: %s\n",
               tls_fingerprint(&app->arena));
    fflush(stdout);
    if (setup_is_needed() && !settings_auth_is_off())
        setup_code_start(app->path);
}

static enum error_kind start_serving(struct app *app, const char *listen)
{
    const char *path;

    TRY(check_listen(&app->ctx, listen));
    TRY(follow_test_clock(&app->ctx));
    TRY(app_absolute_path(&app->ctx, settings_process_text(SETTING_DB), &path));
    TRY(app_open(app, path));
    TRY(app_listen(app, listen));
    return app_start_jobs(app);
}

int command_serve(const struct command_line *line)
{
    const char *listen = listen_address();
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
        setup_code_end();
    }
    app_close(&app);
    return status;
}
