/*
 * commands.c — backup, import, check and their like: one request to whoever owns the library, and its answer
 * in words.
 */
#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/version.h"
#include "db/engine.h"
#include "http/local_client.h"
#include "http/openapi.h"
#include "http/request.h"
#include "routes.h"
#include "settings/settings_service.h"
#include "terminal.h"

#define LONG_WORK_MS (30 * 60 * 1000) /* an import or backup may take this long */
#define HEALTH_MS 3000

int complain(const struct ctx *ctx)
{
    fprintf(stderr, "carrel: %s\n", ctx->error.detail ? ctx->error.detail : "An unexpected error occurred");
    return 1;
}

/* ---- asking the owner ------------------------------------------------------------------------------------- */

static enum error_kind send_question(struct ctx *ctx, const char *socket_path,
                                     const struct question *question, struct local_reply *out_reply)
{
    if (question->taker)
        return local_client_receive(ctx, socket_path, question->target, LONG_WORK_MS, question->taker,
                                    out_reply);
    return local_client_send(ctx, socket_path, question->method, question->target, question->content_type,
                             question->body, question->body_length, LONG_WORK_MS, out_reply);
}

/* A failure the server has told us becomes our own: its sentence is what people should read. */
static enum error_kind take_failure(struct ctx *ctx, const struct local_reply *reply)
{
    const char *why;
    const struct json_value *json = json_parse(ctx->arena, reply->body, reply->body_length, &why);
    const char *detail = json_get_text(ctx->arena, json_member(json, "detail"));
    const struct json_value *wrong = json_item(json_member(json, "validation_errors"), 0);
    const char *message = json_get_text(ctx->arena, json_member(wrong, "msg"));

    return fail(ctx, CONFLICT, "%s%s%s", detail ? detail : "The library gave no answer that can be read.",
                message ? " It " : "", message ? message : "");
}

/* Opens the resting library and asks ourselves: one way for all, and the rules are the server's. */
static enum error_kind ask_resting(struct app *app, const char *path, const struct question *question,
                                   struct local_reply *out_reply)
{
    settings_found_library(path);
    TRY(app_open(app, path));
    TRY(app_listen(app, NULL));
    return send_question(&app->ctx, app_socket_path(&app->ctx, path), question, out_reply);
}

static enum error_kind ask_owner(struct app *app, const struct question *question, bool may_make,
                                 struct local_reply *out_reply)
{
    struct ctx *ctx = &app->ctx;
    const char *path;
    struct stat information;

    TRY(app_absolute_path(ctx, settings_process_text(SETTING_DB), &path));
    if (!may_make && stat(path, &information) != 0)
        return fail(ctx, NOT_FOUND, "%s: %s. Name the library with --db FILE.", path, strerror(errno));
    enum error_kind kind = send_question(ctx, app_socket_path(ctx, path), question, out_reply);
    if (kind == ERROR_BUSY) {
        error_clear(ctx);
        kind = ask_resting(app, path, question, out_reply);
    }
    TRY(kind);
    if (out_reply->status >= 400)
        return take_failure(ctx, out_reply);
    return OK;
}

/* One without a body is NULL. What cannot be read says nothing, least of all that all is well. */
static enum error_kind read_reply(struct ctx *ctx, const struct local_reply *reply,
                                  const struct json_value **out_json)
{
    const char *why;
    const struct json_value *json = json_parse(ctx->arena, reply->body, reply->body_length, &why);

    if (!json && reply->body_length > 0)
        return fail(ctx, CONFLICT, "The library gave no answer that can be read.");
    *out_json = json;
    return OK;
}

enum error_kind ask_and_keep(struct app *app, const struct question *question, bool may_make,
                             const struct json_value **out_json)
{
    struct local_reply reply;

    TRY(ask_owner(app, question, may_make, &reply));
    return read_reply(&app->ctx, &reply, out_json);
}

int ask_and_take(const struct question *question, bool may_make,
                 int (*take)(struct ctx *ctx, const struct json_value *reply, void *argument), void *argument)
{
    struct app app;
    const struct json_value *json;
    int status;

    app_init(&app);
    if (ask_and_keep(&app, question, may_make, &json) != OK)
        status = complain(&app.ctx);
    else
        status = take(&app.ctx, json, argument);
    app_close(&app);
    return status;
}

int ask_and_receive(const struct question *question)
{
    struct local_reply reply;
    struct app app;

    app_init(&app);
    int status = ask_owner(&app, question, false, &reply) == OK ? 0 : complain(&app.ctx);
    app_close(&app);
    return status;
}

struct printer {
    int (*print)(struct ctx *ctx, const struct json_value *reply);
};

static int hand_to_printer(struct ctx *ctx, const struct json_value *reply, void *argument)
{
    const struct printer *printer = argument;

    return printer->print(ctx, reply);
}

int ask_and_print(const struct question *question, bool may_make,
                  int (*print)(struct ctx *ctx, const struct json_value *reply))
{
    struct printer printer = {print};

    return ask_and_take(question, may_make, hand_to_printer, &printer);
}

static int64_t number_of(const struct json_value *object, const char *name)
{
    int64_t value = 0;

    json_get_int(json_member(object, name), &value);
    return value;
}

static const char *text_of(struct ctx *ctx, const struct json_value *object, const char *name)
{
    const char *text = json_get_text(ctx->arena, json_member(object, name));

    return text ? text : "";
}

/* A name the server can follow wherever it was started. */
static enum error_kind absolute_name(struct ctx *ctx, const char *path, const char **out_path)
{
    char directory[PATH_MAX];

    if (path[0] != '/' && !getcwd(directory, sizeof directory))
        return fail(ctx, NOT_FOUND, "%s: %s.", path, strerror(errno));
    *out_path = path[0] == '/' ? path : arena_printf(ctx->arena, "%s/%s", directory, path);
    return OK;
}

/* ---- backup ------------------------------------------------------------------------------------------------ */

static int print_backup(struct ctx *ctx, const struct json_value *reply)
{
    printf("Backup: %s\n", text_of(ctx, reply, "path"));
    printf("%" PRId64 " titles, %" PRId64 " members, %" PRId64 " borrows; %.1f MB; copied in %" PRId64
           " ms, read back and checked in %" PRId64 " ms\n",
           number_of(reply, "books"), number_of(reply, "members"), number_of(reply, "borrows"),
           (double)number_of(reply, "bytes") / 1e6, number_of(reply, "copy_ms"),
           number_of(reply, "verify_ms"));
    return 0;
}

static enum error_kind write_order(struct ctx *ctx, const struct command_line *line, const char **out_json)
{
    const char *path, *passphrase = NULL;
    struct text_buf body;
    struct json_writer json;

    TRY(absolute_name(ctx, line->argument, &path));
    if (line->seal) {
        TRY(terminal_read_secret(ctx, "passphrase", "Passphrase (if it is lost, nobody can open the backup)",
                                 "The same again", &passphrase));
        if (text_length(passphrase) < PASSPHRASE_MIN)
            return fail(ctx, BAD_REQUEST, "A passphrase has %d characters or more. Nothing was made.",
                        PASSPHRASE_MIN);
    }
    text_buf_init(&body, ctx->arena);
    json_writer_init(&json, &body);
    json_object_begin(&json);
    json_member_text(&json, "to", path);
    if (passphrase)
        json_member_text(&json, "passphrase", passphrase);
    json_object_end(&json);
    *out_json = text_buf_string(&body);
    return OK;
}

int command_backup(const struct command_line *line)
{
    struct app scratch;
    struct question question = {
        .method = "POST", .target = "/api/v1/admin/backups", .content_type = "application/json"};
    int status;

    app_init(&scratch);
    if (write_order(&scratch.ctx, line, &question.body) != OK) {
        status = complain(&scratch.ctx);
    } else {
        question.body_length = strlen(question.body);
        status = ask_and_print(&question, false, print_backup);
    }
    app_close(&scratch);
    return status;
}

/* ---- health --------------------------------------------------------------------------------------------------------- */

int command_health(const struct command_line *line)
{
    struct app app;
    struct local_reply reply;
    const char *path;
    int status = 1;

    (void)line;
    app_init(&app);
    if (app_absolute_path(&app.ctx, settings_process_text(SETTING_DB), &path) != OK ||
        local_client_send(&app.ctx, app_socket_path(&app.ctx, path), "GET", "/health", NULL, NULL, 0,
                          HEALTH_MS, &reply) != OK) {
        complain(&app.ctx);
    } else {
        printf("%s\n", reply.body);
        status = reply.status == 200 ? 0 : 1;
    }
    app_close(&app);
    return status;
}

/* ---- config and routes --------------------------------------------------------------------------------------- */

static int print_settings(struct ctx *ctx)
{
    struct setting_state state;

    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (settings_describe(ctx, i, &state) != OK)
            return complain(ctx);
        printf("%-30s %-28s %-12s %s\n", state.name, state.value ? state.value : "-", state.source_name,
               state.meaning);
    }
    return 0;
}

int command_config(const struct command_line *line)
{
    struct app app;
    const char *path;
    int status;

    (void)line;
    app_init(&app);
    if (app_absolute_path(&app.ctx, settings_process_text(SETTING_DB), &path) != OK) {
        status = complain(&app.ctx);
    } else if (access(path, F_OK) == 0 && db_open(&app.ctx, path, DB_READ, &app.ctx.db) != OK) {
        status = complain(&app.ctx);
    } else {
        status = print_settings(&app.ctx);
        db_close(app.ctx.db);
    }
    app_close(&app);
    return status;
}

static const char *access_name(enum access access)
{
    static const char *const names[] = {[ANYONE] = "anyone",
                                        [MEMBER] = "member",
                                        [LIBRARIAN] = "librarian",
                                        [ADMIN] = "admin",
                                        [LOCAL_ADMIN] = "local"};

    return names[access];
}

int command_routes(const struct command_line *line)
{
    (void)line;
    for (const struct route *const *table = route_tables; *table; table++)
        for (const struct route *route = *table; route->path; route++)
            printf("%-6s %s%-42s %-9s %s\n", http_method_name(route->method), route->root ? "" : "/api/v1",
                   route->path, access_name(route->access), route->summary);
    return 0;
}

int command_openapi(const struct command_line *line)
{
    struct app app;
    struct text_buf document;
    int status = 0;

    (void)line;
    app_init(&app);
    text_buf_init(&document, &app.arena);
    if (app_open_closed(&app, route_tables) != OK) {
        status = complain(&app.ctx);
    } else {
        openapi_write(&app.router, CARREL_VERSION, &document);
        printf("%s\n", text_buf_string(&document));
    }
    app_close(&app);
    return status;
}
