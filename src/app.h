/*
 * app.h — a whole Carrel: the parts, wired. The only place that knows them all.
 *
 *     struct app app;
 *     if (app_open(&app, path) == OK && app_listen(&app, "127.0.0.1:8000") == OK)
 *         …
 *     app_close(&app);
 *
 * Errors stand in app.ctx.error as one line for the console. app_close() may be called after any of them.
 */
#ifndef CARREL_APP_H
#define CARREL_APP_H

#include "base/ctx.h"
#include "db/lockfile.h"
#include "http/router.h"

struct jobs;
struct pool;
struct rate_limit;
struct server;
struct writer;

struct app {
    struct ctx ctx; /* of the main thread: "local administrator" */
    struct arena arena;
    const char *path;     /* of the library, absolute */
    struct lockfile lock; /* may be held before app_open(): then it stays that one */
    bool
        is_unreadable; /* app_open() failed for what the library's file is, not for how it was to be served */
    bool
        may_begin_anew; /* a library that is not there any more, though there are backups of it, is made new */
    struct writer *writer;
    struct pool *pool;
    struct router router;
    struct rate_limit *rate_limit; /* NULL: switched off */
    struct server *server;
    struct jobs *jobs;
    struct import_thread *imports;
    struct webhook_thread *webhooks;
    struct notice_thread *notices;
};

/* A ctx without a library, for commands that need none. */
void app_init(struct app *app);

/*
 * From here on the time is that of the file which the setting test_clock names, if it names one. FORBIDDEN unless the
 * environment is `test`: a library whose time a file decides would have false dates for ever.
 */
enum error_kind app_follow_test_clock(struct ctx *ctx) MUST_CHECK;

/* The file's absolute path, links followed; fails when its directory is not there. */
enum error_kind app_absolute_path(struct ctx *ctx, const char *path, const char **out_absolute) MUST_CHECK;

/* Where the owner of a library answers the command line. */
const char *app_socket_path(struct ctx *ctx, const char *library_path);

/* Becomes the owner of a library without opening it. LIBRARY_IN_USE when another has it. */
enum error_kind app_take_lock(struct app *app, const char *path) MUST_CHECK;

/* Locks, opens (or makes), migrates; starts the writer. `path` is absolute. */
enum error_kind app_open(struct app *app, const char *path) MUST_CHECK;

/* After app_open() has failed for the file's sake: there are these routes and no library. */
enum error_kind app_open_closed(struct app *app, const struct route *const *tables) MUST_CHECK;

/* Serves: on `listen` and the local socket, or on the socket alone (NULL). */
enum error_kind app_listen(struct app *app, const char *listen) MUST_CHECK;

/* Starts what reads and writes imported files; a second time nothing. */
enum error_kind app_start_imports(struct app *app) MUST_CHECK;

/* Starts the background jobs, and the above. */
enum error_kind app_start_jobs(struct app *app) MUST_CHECK;

/*
 * Finishes what is under way, empties the WAL, gives the library free. Who wants to keep its lock takes app->lock out
 * before.
 */
void app_close(struct app *app);

#endif
