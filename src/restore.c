/*
 * restore.c — `carrel --restore`: a backup takes the place of a library. Of one that rests, here; of one that is served,
 * by whoever serves it, asked on its socket, and nobody has to stop anything.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "backups/restore_service.h"
#include "base/clock.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "commands.h"
#include "db/engine.h"
#include "db/manifest.h"
#include "db/restore.h"
#include "db/sealed.h"
#include "http/local_client.h"
#include "settings/settings_service.h"
#include "staging.h"
#include "terminal.h"

#define STATUS "/api/v1/admin/restore"
#define RESCUE "/api/v1/rescue/restore"

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

static void show_content(const char *backup, int64_t bytes, const struct restore_counts *counts)
{
    char when[CLOCK_INSTANT_SIZE] = "never";

    if (counts->last_activity > 0)
        clock_format_instant(counts->last_activity, when);
    printf("Backup: %s\n", backup);
    printf("%" PRId64 " titles, %" PRId64 " copies, %" PRId64 " members, %" PRId64 " loans open; %.1f MB\n",
           counts->books, counts->copies, counts->members, counts->open_borrows, (double)bytes / 1e6);
    printf("Last activity: %s\n", when);
    fflush(stdout);
}

static enum error_kind may_replace(struct ctx *ctx, const char *path, const struct command_line *line)
{
    if (line->force || !holds_something(ctx, path))
        return OK;
    return fail(
        ctx, LIBRARY_NOT_EMPTY,
        "%s is not empty. The backup would take its place, and it would be kept beside it: add --force "
        "if you mean that.",
        path);
}

/* ---- a library that rests -------------------------------------------------------------------------------------- */

struct resting {
    const char *path;
    const struct command_line *line;
};

static enum error_kind show_and_ask(struct ctx *ctx, const struct restore_preview *content, void *argument)
{
    const struct resting *resting = argument;

    show_content(content->path, content->bytes, &content->backup);
    return may_replace(ctx, resting->path, resting->line);
}

static void show_journal(const struct restore_journal *journal)
{
    char when[CLOCK_INSTANT_SIZE];

    if (journal->entries == 0) {
        printf("Journal: nothing was done between the backup and that moment\n");
        return;
    }
    clock_format_instant(journal->last_at, when);
    printf("Journal: %" PRId64 " changes done again, until %s%s\n", journal->entries, when,
           journal->ends_early ? "; what came later is not in it" : "");
}

static enum error_kind restore_here(struct ctx *ctx, const char *path, const struct command_line *line,
                                    const struct restore_wish *wish, const char **out_aside)
{
    struct resting resting = {path, line};
    struct restore_journal journal;

    TRY(staging_begin(ctx, arena_printf(ctx->arena, "%s.restoring", path)));
    enum error_kind kind = restore_resting(ctx, path, wish, show_and_ask, &resting, &journal, out_aside);
    staging_end();
    TRY(kind);
    if (wish->until)
        show_journal(&journal);
    return OK;
}

/* ---- one that is served ---------------------------------------------------------------------------------------- */

static enum error_kind ask(struct ctx *ctx, const char *library, const char *method, const char *target,
                           const char *body, struct local_reply *out_reply)
{
    return local_client_send(ctx, app_socket_path(ctx, library), method, target,
                             body ? "application/json" : NULL, body, body ? strlen(body) : 0, RESTORE_ASK_MS,
                             out_reply);
}

static const char *text_of(struct ctx *ctx, const struct local_reply *reply, const char *name)
{
    const char *why;
    const char *text = json_get_text(
        ctx->arena, json_member(json_parse(ctx->arena, reply->body, reply->body_length, &why), name));

    return text ? text : "";
}

/* The server may have been started in another folder. */
static enum error_kind write_wish(struct ctx *ctx, const struct restore_wish *wish, bool confirm,
                                  const char **out_body)
{
    char absolute[PATH_MAX];
    struct text_buf body;
    struct json_writer json;

    if (!realpath(wish->path, absolute))
        return fail(ctx, NOT_FOUND, "%s: %s.", wish->path, strerror(errno));
    text_buf_init(&body, ctx->arena);
    json_writer_init(&json, &body);
    json_object_begin(&json);
    json_member_text(&json, "path", absolute);
    if (wish->passphrase)
        json_member_text(&json, "passphrase", wish->passphrase);
    if (wish->until)
        json_member_text(&json, "until", wish->until);
    if (confirm)
        json_member_bool(&json, "confirm", true);
    json_object_end(&json);
    *out_body = text_buf_string(&body);
    return OK;
}

/* Where the library is damaged, the server has another address for it (src/rescue.h). */
static enum error_kind begin_there(struct ctx *ctx, const char *library, const struct restore_wish *wish)
{
    struct local_reply reply;
    const char *body = NULL;

    TRY(write_wish(ctx, wish, true, &body));
    TRY(ask(ctx, library, "POST", STATUS, body, &reply));
    if (strcmp(text_of(ctx, &reply, "error_code"), "LIBRARY_CLOSED") == 0) {
        TRY(write_wish(ctx, wish, false, &body));
        TRY(ask(ctx, library, "POST", RESCUE, body, &reply));
    }
    return reply.status == 202 ? OK : fail(ctx, CONFLICT, "%s", text_of(ctx, &reply, "detail"));
}

/* While one library makes way for the other nobody answers. */
static enum error_kind wait_there(struct ctx *ctx, const char *library, const char **out_aside)
{
    int64_t until_ms = clock_monotonic_ms() + RESTORE_SILENCE_MS;
    struct local_reply reply;

    while (clock_monotonic_ms() < until_ms) {
        if (ask(ctx, library, "GET", STATUS, NULL, &reply) == OK && reply.status == 200) {
            const char *state = text_of(ctx, &reply, "state");
            until_ms = clock_monotonic_ms() + RESTORE_SILENCE_MS;
            if (strcmp(state, "failed") == 0)
                return fail(ctx, CONFLICT, "%s", text_of(ctx, &reply, "detail"));
            if (strcmp(state, "none") == 0) /* it knows of no restore: it is not the one that was asked */
                return fail(
                    ctx, CONFLICT,
                    "Carrel was started anew meanwhile. Its log says whether the backup was restored.");
            if (strcmp(state, "done") == 0) {
                *out_aside = text_of(ctx, &reply, "kept_aside");
                return OK;
            }
        }
        error_clear(ctx);
        clock_sleep_ms(RESTORE_ASK_AGAIN_MS);
    }
    return fail(ctx, BUSY, "The running Carrel does not answer any more. Its log says why.");
}

/* What a sealed one holds, only the server finds out. */
static enum error_kind restore_there(struct ctx *ctx, const char *path, const struct command_line *line,
                                     const struct restore_wish *wish, const char **out_aside)
{
    struct restore_content content;

    if (!sealed_is(wish->path)) {
        TRY(restore_look(ctx, wish->path, &content));
        const struct restore_counts counts = {.books = content.books,
                                              .copies = content.copies,
                                              .members = content.members,
                                              .open_borrows = content.open_borrows,
                                              .last_activity = content.last_activity};
        show_content(wish->path, content.bytes, &counts);
    }
    TRY(may_replace(ctx, path, line));
    TRY(begin_there(ctx, path, wish));
    return wait_there(ctx, path, out_aside);
}

/* ---------------------------------------------------------------------------------------------------------------- */

static enum error_kind restore(struct app *app, const struct command_line *line, bool *out_served,
                               const char **out_aside)
{
    struct restore_wish wish = {.path = line->argument, .until = line->until};
    struct ctx *ctx = &app->ctx;
    const char *path;

    TRY(app_absolute_path(ctx, settings_process_text(SETTING_DB), &path));
    enum error_kind locked = app_take_lock(app, path);
    *out_served = locked != OK && ctx->error.code == ERR_LIBRARY_IN_USE;
    if (*out_served)
        error_clear(ctx);
    else
        TRY(locked);
    if (sealed_is(line->argument))
        TRY(terminal_read_secret(ctx, "passphrase", "Passphrase of the backup", NULL, &wish.passphrase));
    return *out_served ? restore_there(ctx, path, line, &wish, out_aside)
                       : restore_here(ctx, path, line, &wish, out_aside);
}

int command_restore(const struct command_line *line)
{
    struct app app;
    const char *aside = NULL;
    bool is_served = false;
    int status = 0;

    app_init(&app);
    if (restore(&app, line, &is_served, &aside) != OK) {
        status = complain(&app.ctx);
    } else {
        if (aside && *aside)
            printf("The library as it was: %s\n", aside);
        if (is_served)
            printf("Restored. It is being served; everybody signs in again.\n");
        else
            printf("Restored. Start the library with: carrel --db %s\n", settings_process_text(SETTING_DB));
    }
    app_close(&app);
    return status;
}
