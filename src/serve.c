/*
 * serve.c — `carrel` without a command: serves a library until it is told to stop.
 *
 * It does so in rounds. A round opens the library and serves it; where it cannot be opened, src/rescue.h is served
 * instead. A round ends with a signal, and then the program does; or with a backup that is ready to take the library's
 * place, and then the next round serves that, at the same address. The library's lock is held from the first round to
 * the end of the last, so nobody slips in between.
 */
#include "app.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "admin/admin_service.h"
#include "auth/setup_code.h"
#include "auth/setup_service.h"
#include "backups/restore_service.h"
#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "db/pool.h"
#include "http/server.h"
#include "rescue.h"
#include "service_manager.h"
#include "settings/settings_service.h"
#include "tls/tls_service.h"

#define LISTEN_WITHOUT_AUTH "127.0.0.1:8000"
#define LISTEN_BYTES 128
#define WHY_BYTES 1024
#define NS_PER_MS 1000000
#define WAKING SIGUSR1 /* from a thread of ours: look whether the round is over */

/* What outlives a round. */
struct serving {
    char path[PATH_MAX]; /* of the library, absolute */
    char listen[LISTEN_BYTES];
    struct lockfile lock;
    bool is_announced;
    bool is_restored;    /* the library to be opened has just been put there */
    bool may_begin_anew; /* somebody has said so */
    sigset_t signals;
    int status; /* of the program's end */
};

static pthread_t main_thread;

static void wake(void)
{
    pthread_kill(main_thread, WAKING);
}

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

/* The first line is the URL, for scripts; the others are for people. Once: the address stays the same. */
static void announce_address(const struct app *app, const char *listen)
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
}

static void announce(struct serving *serving, struct app *app)
{
    if (!serving->is_announced)
        announce_address(app, serving->listen);
    if (!serving->is_announced && tls_is_automatic())
        printf("Other devices must install /ca.crt first. Its SHA-256 fingerprint: %s\n",
               tls_fingerprint(&app->arena));
    if (app->router.closed)
        printf("This library cannot be opened. %s\n", rescue_state()->detail);
    fflush(stdout);
    serving->is_announced = true;
    if (settings_auth_is_off())
        return;
    if (app->router.closed)
        setup_code_start(app->path, "whoever enters it may restore a backup");
    else if (setup_is_needed())
        setup_code_start(app->path, "this library has no administrator yet");
}

/* Port 0 is any that is free: in the first round. */
static void keep_port(struct serving *serving, const struct app *app)
{
    char *port = strrchr(serving->listen, ':') + 1;
    size_t room = sizeof serving->listen - (size_t)(port - serving->listen);

    snprintf(port, room, "%d", server_port(app->server));
}

/* ---- rounds -------------------------------------------------------------------------------------------------- */

static enum error_kind open_library(struct serving *serving, struct app *app)
{
    settings_found_library(serving->path);
    enum error_kind kind = app_open(app, serving->path);

    if (serving->is_restored && kind == OK)
        return restore_end(&app->ctx, NULL);
    /* Not the fault of how it is to be served: that is as it was. */
    if (serving->is_restored || kind == OK || !app->is_unreadable)
        return kind;
    return rescue_open(app, wake);
}

static enum error_kind open_and_listen(struct serving *serving, struct app *app)
{
    TRY(open_library(serving, app));
    serving->is_restored = false;
    TRY(app_listen(app, serving->listen));
    keep_port(serving, app);
    return app->router.closed ? OK : app_start_jobs(app);
}

/* Does the library answer? Whoever watches the process starts it anew when it does not for long. */
static bool is_alive(struct app *app)
{
    if (app->router.closed)
        return true;
    if (pool_take(app->pool, &app->ctx) != OK)
        return false;
    bool answers = admin_ping(&app->ctx) == OK;
    pool_give(app->pool, &app->ctx);
    return answers;
}

/* The next signal. Between them the service manager hears that all is well, if it wants to. */
static int next_signal(const struct serving *serving, struct app *app)
{
    int64_t watch_ms = service_manager_watch_ms();
    struct timespec wait = {.tv_sec = watch_ms / MS_PER_SECOND,
                            .tv_nsec = (long)(watch_ms % MS_PER_SECOND * NS_PER_MS)};
    int received;

    if (watch_ms == 0) {
        sigwait(&serving->signals, &received);
        return received;
    }
    while ((received = sigtimedwait(&serving->signals, NULL, &wait)) < 0) {
        struct arena_mark mark = arena_mark(&app->arena);
        error_clear(&app->ctx);
        if (is_alive(app))
            service_manager_alive();
        arena_reset_to(&app->arena, mark);
    }
    return received;
}

/* True: another round. */
static bool wait_for_end(struct serving *serving, struct app *app)
{
    for (;;) {
        int received = next_signal(serving, app);
        if (received != WAKING) {
            LOG(INFO, "stopping", LOG_INT("signal", received));
            service_manager_stopping();
            return false;
        }
        if (restore_claim()) {
            serving->is_restored = true;
            return true;
        }
        if (rescue_wants_anew()) {
            serving->may_begin_anew = true;
            return true;
        }
    }
}

/* The restored library cannot be opened, and is closed: the next round has the old one, and says why. */
static bool put_back(struct serving *serving, const char *why)
{
    struct app scratch;

    serving->is_restored = false;
    app_init(&scratch);
    bool again = restore_end(&scratch.ctx, why) == OK;
    if (!again)
        serving->status = complain(&scratch.ctx);
    arena_release(&scratch.arena);
    return again;
}

/* One that is claimed: nobody has the library open any more. What fails leaves the old one, to be served again. */
static void swap(struct serving *serving)
{
    struct app scratch;

    app_init(&scratch);
    serving->is_restored = restore_swap_claimed(&scratch.ctx) == OK;
    arena_release(&scratch.arena);
}

/* True: another round. */
static bool serve_round(struct serving *serving)
{
    char why[WHY_BYTES] = ""; /* the old library is to be put back */
    struct app app;
    bool again = false;

    app_init(&app);
    app.lock = serving->lock;
    app.may_begin_anew = serving->may_begin_anew;
    if (open_and_listen(serving, &app) == OK) {
        announce(serving, &app);
        service_manager_ready(app.router.closed ? "The library cannot be opened" : "Serving");
        again = wait_for_end(serving, &app);
        if (again)
            service_manager_opening();
        setup_code_end();
    } else if (serving->is_restored) {
        snprintf(why, sizeof why, "%s The library is as it was.", app.ctx.error.detail);
    } else {
        serving->status = complain(&app.ctx);
    }
    serving->lock = app.lock; /* it may have come to be of another file */
    app.lock = (struct lockfile)LOCKFILE_NONE;
    app_close(&app);
    if (*why)
        return put_back(serving, why);
    if (again && serving->is_restored)
        swap(serving);
    return again;
}

/* Everything that can be wrong with how it is to be served, and the lock. */
static enum error_kind prepare(struct serving *serving, struct app *app)
{
    struct ctx *ctx = &app->ctx;
    const char *listen = listen_address();
    const char *path;

    TRY(check_listen(ctx, listen));
    TRY(app_follow_test_clock(ctx));
    TRY(app_absolute_path(ctx, settings_process_text(SETTING_DB), &path));
    TRY(app_take_lock(app, path));
    serving->lock = app->lock;
    app->lock = (struct lockfile)LOCKFILE_NONE;
    if (strlen(path) >= sizeof serving->path || strlen(listen) >= sizeof serving->listen)
        return fail(ctx, NOT_A_LIBRARY, "%s or %s: this name is too long.", path, listen);
    memcpy(serving->path, path, strlen(path) + 1);
    memcpy(serving->listen, listen, strlen(listen) + 1);
    restore_serve(ctx, path, wake);
    return OK;
}

int command_serve(const struct command_line *line)
{
    struct serving serving = {.lock = LOCKFILE_NONE};
    struct app scratch;

    (void)line;
    serving.status = seed_as_set();
    if (serving.status != 0)
        return serving.status;
    /* Before any thread starts, so that all inherit it: a signal only ever arrives at sigwait() above. */
    main_thread = pthread_self();
    sigemptyset(&serving.signals);
    sigaddset(&serving.signals, SIGINT);
    sigaddset(&serving.signals, SIGTERM);
    sigaddset(&serving.signals, WAKING);
    pthread_sigmask(SIG_BLOCK, &serving.signals, NULL);
    app_init(&scratch);
    if (prepare(&serving, &scratch) != OK)
        serving.status = complain(&scratch.ctx);
    arena_release(&scratch.arena);
    if (serving.status == 0)
        while (serve_round(&serving))
            continue;
    lockfile_release(&serving.lock);
    return serving.status;
}
