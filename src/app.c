/*
 * app.c — builds the parts and wires them.
 */
#include "app.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/auth_router.h"
#include "auth/known.h"
#include "auth/known_repository.h"
#include "auth/seen.h"
#include "auth/sessions_service.h"
#include "auth/setup_service.h"
#include "backups/journal_service.h"
#include "backups/restore_service.h"
#include "backups/sealing_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/money.h"
#include "base/uuid.h"
#include "books/index_repository.h"
#include "catalogue_io/import_file.h"
#include "counters/counters_check_service.h"
#include "db/backup.h"
#include "db/engine.h"
#include "db/files.h"
#include "db/migrate.h"
#include "db/pool.h"
#include "db/writer.h"
#include "events/events_service.h"
#include "http/openapi.h"
#include "http/rate_limit.h"
#include "http/server.h"
#include "idempotency/idempotency_service.h"
#include "jobs/import_thread.h"
#include "jobs/notice_thread.h"
#include "jobs/report_job.h"
#include "jobs/scheduler.h"
#include "jobs/webhook_thread.h"
#include "policies/calendar_service.h"
#include "routes.h"
#include "search/terms.h"
#include "settings/settings_service.h"
#include "tls/own_names.h"
#include "tls/tls_service.h"
#include "upgrade.h"
#include "watching.h"

void app_init(struct app *app)
{
    *app = (struct app){.lock = LOCKFILE_NONE};
    arena_init(&app->arena, ARENA_IMPORT_MAX);
    app->ctx =
        (struct ctx){.arena = &app->arena,
                     .now = clock_now_ms(),
                     .currency_exponent = 2,
                     .actor = {.access = LOCAL_ADMIN, .name = "local administrator", .address = "local"}};
}

enum error_kind app_absolute_path(struct ctx *ctx, const char *path, const char **out_absolute)
{
    char *directory = arena_strdup(ctx->arena, path);
    char *slash = strrchr(directory, '/');
    const char *name = slash ? arena_strdup(ctx->arena, slash + 1) : path;
    char absolute[PATH_MAX];

    if (slash)
        slash[slash == directory ? 1 : 0] = '\0';
    if (*name == '\0')
        return fail(ctx, NOT_A_LIBRARY, "%s is a directory. Name a file in it: %slibrary.db.", path, path);
    if (!realpath(slash ? directory : ".", absolute))
        return fail(ctx, NOT_FOUND, "%s: %s. Make the directory first.", slash ? directory : ".",
                    strerror(errno));
    *out_absolute = arena_printf(ctx->arena, "%s/%s", strcmp(absolute, "/") == 0 ? "" : absolute, name);
    /* One library, one name: its lock, socket and WAL stand beside the file itself, not beside a link to it. */
    if (realpath(*out_absolute, absolute))
        *out_absolute = arena_strdup(ctx->arena, absolute);
    return OK;
}

enum error_kind app_follow_test_clock(struct ctx *ctx)
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

const char *app_socket_path(struct ctx *ctx, const char *library_path)
{
    return arena_printf(ctx->arena, "%s.sock", library_path);
}

static enum error_kind tell_lock(struct app *app, const char *path, enum lock_result result)
{
    switch (result) {
    case LOCK_TAKEN: return OK;
    case LOCK_HELD_BY_ANOTHER:
        return fail(&app->ctx, LIBRARY_IN_USE, "%s is in use by another Carrel. Stop that one first.", path);
    case LOCK_NETWORK_FILE_SYSTEM:
        return fail(&app->ctx, NOT_A_LIBRARY,
                    "%s lies on a network file system, where a library would be damaged. Use a local disk.",
                    path);
    case LOCK_FAILED: break;
    }
    return fail(&app->ctx, NOT_A_LIBRARY, "%s.lock: %s. The library's directory must be writable.", path,
                strerror(errno));
}

enum error_kind app_take_lock(struct app *app, const char *path)
{
    return tell_lock(app, path, lockfile_take(path, &app->lock));
}

#define LATEST_OF_ROWS "1000"

/* What was last recorded: the library's time never runs behind it. */
static enum error_kind start_clock(struct ctx *ctx)
{
    struct uuid last_id;
    int64_t last = 0;

    /* A job that takes long writes with the time at which it began: the last row is not always the latest. */
    TRY(db_pragma_int(ctx,
                      "SELECT coalesce(max(at), 0) FROM"
                      " (SELECT at FROM audit_log ORDER BY id DESC LIMIT " LATEST_OF_ROWS ")",
                      &last));
    ctx->now = clock_library_begin(last);
    TRY(events_last_id(ctx, &last_id));
    uuid_start_after(&last_id);
    if (clock_behind_ms() > MS_PER_SECOND)
        LOG(WARN, "the machine's clock is behind the library's last record",
            LOG_INT("ms", clock_behind_ms()));
    return OK;
}

static enum error_kind apply_settings(struct ctx *ctx)
{
    const char *zone;
    const char *currency;

    TRY(settings_text(ctx, SETTING_TIME_ZONE, &zone));
    if (!clock_set_zone(zone && *zone ? zone : NULL) && zone && *zone)
        LOG(WARN, "no such time zone on this machine; days follow UTC", LOG_TEXT("zone", zone));
    TRY(settings_text(ctx, SETTING_CURRENCY, &currency));
    ctx->currency_exponent = money_exponent(currency);
    if (ctx->currency_exponent < 0)
        ctx->currency_exponent = 2;
    TRY(settings_remember(ctx));
    TRY(watching_begin(ctx));
    return settings_check_given(ctx);
}

/* Whatever fails after the lock, fails because of the file. */
static enum error_kind open_library(struct app *app)
{
    struct ctx *ctx = &app->ctx;

    enum error_kind kind = upgrade_library(ctx, app->path);
    if (kind == OK)
        kind = db_open(ctx, app->path, DB_WRITE, &ctx->db);
    if (kind == OK)
        TRY(tell_lock(app, app->path, lockfile_claim(app->path, &app->lock))); /* it may be new */
    if (kind == OK)
        kind = migrate_library(ctx);
    if (kind == OK)
        kind = start_clock(ctx);
    /* A folder of that name, or a file of somebody else's, is a mistake in how Carrel was started. */
    app->is_unreadable = kind != OK && file_is_ours(app->path);
    return kind;
}

/* The writer's connection does its first work here, on the main thread, before there are others. */
static enum error_kind prepare_library(struct app *app)
{
    struct ctx *ctx = &app->ctx;

    TRY(open_library(app));
    TRY(apply_settings(ctx));
    TRY(sessions_prepare(ctx));
    TRY(setup_look(ctx));
    TRY(backups_journal_open(ctx));
    db_reset_statements(ctx->db);
    return OK;
}

/* Never an empty library in place of a full one: a file that has gone, or was emptied, and left its backups behind. */
static enum error_kind check_not_lost(struct app *app)
{
    const char *slash = strrchr(app->path, '/');
    const char *const folders[] = {
        arena_printf(&app->arena, "%.*s/backups", (int)(slash - app->path), app->path), NULL};
    struct restore_file *file;

    if (app->may_begin_anew || !file_is_missing(app->path))
        return OK;
    TRY(restore_files_in(&app->ctx, folders, app->path, &file));
    while (file && (!file->library || strcmp(file->library, slash + 1) != 0))
        file = file->next;
    app->is_unreadable = file != NULL;
    if (!file)
        return OK;
    return fail(&app->ctx, LIBRARY_DAMAGED,
                "%s is %s, but there are backups of it: the newest is %s. Restore it: carrel --restore FILE. "
                "To begin with an empty library all the same, put them elsewhere.",
                app->path, access(app->path, F_OK) == 0 ? "empty" : "not there", file->path);
}

/* What other slices derive from settings is brought up to date, should a flag have decided otherwise so far. */
static enum write_result follow_settings(struct ctx *ctx, void *argument)
{
    (void)argument;
    return calendar_follow_setting(ctx) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum write_result follow_zone(struct ctx *ctx, void *argument)
{
    (void)argument;
    return counters_follow_zone(ctx) == OK ? WRITE_DONE : WRITE_FAILED;
}

static enum write_result leave_zone(struct ctx *ctx, void *argument)
{
    (void)argument;
    return counters_leave_zone(ctx) == OK ? WRITE_DONE : WRITE_FAILED;
}

/* A library whose days cannot be counted anew is served with the figures by day that it has; the next start tries again. */
static void count_days(struct app *app)
{
    struct arena_mark mark = arena_mark(&app->arena);

    if (writer_run(app->writer, &app->ctx, follow_zone, NULL) != OK) {
        LOG(WARN,
            "figures by day could not be counted anew: start in the library's own zone, or --check --rebuild",
            LOG_TEXT("reason", app->ctx.error.detail));
        error_clear(&app->ctx);
        if (writer_run(app->writer, &app->ctx, leave_zone, NULL) != OK)
            error_clear(&app->ctx); /* nothing can be written, so nothing is counted by other days either */
    }
    arena_reset_to(&app->arena, mark);
}

enum error_kind app_open(struct app *app, const char *path)
{
    app->path = path;
    backup_break_off(false);
    if (app->lock.descriptor < 0)
        TRY(app_take_lock(app, path));
    TRY(check_not_lost(app));
    enum error_kind kind = prepare_library(app);
    struct db *db = app->ctx.db;
    app->ctx.db = NULL;
    if (kind != OK) {
        db_abandon(db);
        return kind;
    }
    books_index_open(db);
    known_repo_follow(db);
    settings_follow(SETTING_SESSION_IDLE_MINUTES, known_repo_follow_setting);
    TRY(writer_start(&app->ctx, db, &app->writer));
    settings_follow(SETTING_FINES_ON_CLOSED_DAYS, calendar_follow_setting);
    settings_follow(SETTING_BACKUP_SEAL, sealing_follow_setting);
    settings_follow(SETTING_BACKUP_SCHEDULE, backups_journal_follow);
    settings_follow(SETTING_BACKUP_SECOND_DIR, backups_journal_follow);
    settings_follow(SETTING_JOURNAL, backups_journal_follow);
    watching_follow();
    TRY(writer_run(app->writer, &app->ctx, follow_settings, NULL));
    count_days(app);
    TRY(pool_open(&app->ctx, path, &app->pool));
    static const struct reply_store replies = {idempotency_find, idempotency_keep};
    if (!router_init(&app->router, route_tables, app->pool, app->writer))
        return fail(&app->ctx, INTERNAL, "The route tables are wrong; see the log.");
    import_files_open(path);
    TRY(import_files_tidy(&app->ctx, app->pool));
    app->router.spool_folder = import_files_folder();
    app->router.replies = &replies;
    app->router.streams_max = (int)settings_process_int(SETTING_THREADS) / EVENT_STREAMS_PART;
    return OK;
}

static const struct door door = {.identify = auth_identify,
                                 .recall = auth_recall,
                                 .needs_setup = setup_is_needed,
                                 .catalogue_is_public = settings_catalogue_is_public,
                                 .metrics_are_open = settings_metrics_are_open};

/* "carrel.local library.lan" → a list that ends with NULL. */
static const char *const *list_names(struct arena *arena, const char *text)
{
    static const char between[] = ", ";
    const char **names = arena_alloc_array(arena, strlen(text) / 2 + 2, sizeof *names);
    size_t count = 0;

    for (const char *at = text + strspn(text, between); *at; at += strspn(at, between)) {
        size_t length = strcspn(at, between);
        names[count++] = arena_strndup(arena, at, length);
        at += length;
    }
    return names;
}

/* And the machine's own: http://NAME:8000 and http://NAME.local:8000 need no setting. */
static const char *const *with_own_names(struct app *app, const char *const *configured)
{
    struct tls_names own;
    size_t count = 0;

    own_names_list(&app->ctx, NULL, &own);
    while (configured[count])
        count++;
    const char **names = arena_alloc_array(&app->arena, count + own.dns_count + 1, sizeof *names);
    memcpy(names, configured, count * sizeof *names);
    memcpy(names + count, own.dns, own.dns_count * sizeof *names);
    return names;
}

static enum error_kind start_tls(struct app *app, const char *const *names)
{
    struct ctx *ctx = &app->ctx;
    bool automatic = strcmp(settings_process_text(SETTING_TLS), "auto") == 0;
    struct tls_options options = {.certificate_path = settings_process_text(SETTING_TLS_CERT),
                                  .key_path = settings_process_text(SETTING_TLS_KEY),
                                  .names = names};

    if (automatic && (options.certificate_path || options.key_path))
        return fail(ctx, CONFLICT, "Choose one: --tls auto, or --tls-cert and --tls-key.");
    if (options.key_path && !options.certificate_path)
        return fail(ctx, CONFLICT, "--tls-key goes with --tls-cert, the file of its certificate.");
    if (!automatic && !options.certificate_path) {
        if (settings_process_text(SETTING_REDIRECT_LISTEN))
            return fail(ctx, CONFLICT,
                        "--redirect-listen leads to https: it needs --tls auto or --tls-cert.");
        return OK;
    }
    if (automatic)
        options.folder = arena_printf(&app->arena, "%s.tls", app->path);
    else if (!options.key_path)
        options.key_path = options.certificate_path;
    return tls_start(ctx, &options);
}

enum error_kind app_open_closed(struct app *app, const struct route *const *tables)
{
    if (!router_init(&app->router, tables, NULL, NULL))
        return fail(&app->ctx, INTERNAL, "The route tables are wrong; see the log.");
    app->router.closed = true;
    return OK;
}

enum error_kind app_listen(struct app *app, const char *listen)
{
    bool auth_is_off = settings_auth_is_off();
    struct server_options options = {.listen = listen,
                                     .socket_path = app_socket_path(&app->ctx, app->path),
                                     .threads = (int)settings_process_int(SETTING_THREADS),
                                     .tcp_access = auth_is_off ? ADMIN : ANYONE,
                                     .currency_exponent = app->ctx.currency_exponent,
                                     .router = &app->router};

    options.host_names = list_names(&app->arena, settings_process_text(SETTING_HOST_NAMES));
    TRY(address_read_list(&app->ctx, settings_process_text(SETTING_TRUSTED_PROXIES), &options.proxies));
    int64_t per_minute = settings_process_int(SETTING_RATE_LIMIT_PER_MINUTE);
    if (listen) {
        TRY(start_tls(app, options.host_names));
        options.tls = tls_context();
        options.hsts_s = tls_is_automatic() ? 0 : TLS_HSTS_S;
        options.redirect = settings_process_text(SETTING_REDIRECT_LISTEN);
        /* Without accounts only this machine is served: a name that a stranger in the house may claim has no place there. */
        if (!auth_is_off)
            options.host_names = with_own_names(app, options.host_names);
        options.host_names = tls_host_names(&app->arena, options.host_names);
    }
    if (app->router.closed)
        return server_start(&app->ctx, &options, &app->server);
    app->router.door = auth_is_off ? NULL : &door;
    if (per_minute > 0)
        app->router.rate_limit = app->rate_limit = rate_limit_new((int)per_minute, NULL);
    /* A command that serves nobody but itself searches nothing. */
    if (!listen)
        return server_start(&app->ctx, &options, &app->server);
    books_index_expect();
    TRY(server_start(&app->ctx, &options, &app->server));
    return books_index_fill(&app->ctx, app->path);
}

enum error_kind app_start_imports(struct app *app)
{
    return app->imports ? OK : import_thread_start(&app->ctx, app->pool, app->writer, &app->imports);
}

enum error_kind app_start_jobs(struct app *app)
{
    TRY(app_start_imports(app));
    TRY(webhook_thread_start(&app->ctx, app->pool, app->writer, &app->webhooks));
    TRY(notice_thread_start(&app->ctx, app->pool, app->writer, &app->notices));
    report_job_open(app->pool);
    return jobs_start(&app->ctx, app->writer, &app->jobs);
}

/* All before anybody is waited for: those who talk to other servers end side by side, not one after the other. */
static void ask_all_to_stop(struct app *app)
{
    import_thread_ask_to_stop(app->imports);
    webhook_thread_ask_to_stop(app->webhooks);
    notice_thread_ask_to_stop(app->notices);
    jobs_ask_to_stop(app->jobs);
}

void app_close(struct app *app)
{
    backup_break_off(true); /* the server and the jobs wait for what they have begun */
    ask_all_to_stop(app);
    if (app->server)
        server_stop(app->server);
    import_thread_stop(app->imports);
    webhook_thread_stop(app->webhooks);
    notice_thread_stop(app->notices);
    jobs_stop(app->jobs);
    restore_stop();
    books_index_stop();
    pool_close(app->pool);
    backups_journal_close();
    known_forget(); /* before nobody follows what changes */
    seen_forget();
    terms_forget();
    writer_stop(app->writer);
    watching_end();
    books_index_close();
    router_release(&app->router);
    import_files_open(NULL);
    rate_limit_free(app->rate_limit);
    tls_stop();
    lockfile_release(&app->lock);
    arena_release(&app->arena);
}
