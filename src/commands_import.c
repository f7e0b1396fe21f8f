/*
 * commands_import.c — a file of titles, copies, members or loans into the library: brought whole, read as a dry run, and
 * written, as the import pages of the browser do it (catalogue_io/import_batch_router.c). Of any length: the file is
 * mapped, not read.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "base/clock.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/text.h"
#include "commands.h"
#include "net/url.h"

#define BATCH "/api/v1/imports/%s"
#define LOOK_MS 100                 /* how often it is asked how far it is */
#define TELL_MS (5 * INT64_C(1000)) /* and people are told, when it takes long */

struct import {
    struct app *app;
    const struct command_line *line;
    const char *bytes; /* mapped */
    size_t length;
    const char *id;
    int64_t told_ms;
    struct arena_mark mark; /* what is asked again and again takes no more room each time */
};

/* ---- the file ------------------------------------------------------------------------------------------- */

static enum error_kind map_file(struct ctx *ctx, const char *path, struct import *import)
{
    struct stat information;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is_file = file >= 0 && fstat(file, &information) == 0 && S_ISREG(information.st_mode);
    int reason = file < 0 ? errno : EISDIR;

    if (is_file && information.st_size > 0 && information.st_size <= IMPORT_FILE_MAX) {
        import->length = (size_t)information.st_size;
        import->bytes = mmap(NULL, import->length, PROT_READ, MAP_PRIVATE, file, 0);
        reason = errno;
    }
    if (file >= 0)
        close(file);
    if (is_file && information.st_size == 0)
        return fail(ctx, IMPORT_UNREADABLE, "%s is empty.", path);
    if (is_file && information.st_size > IMPORT_FILE_MAX)
        return fail(ctx, BODY_TOO_LARGE, "%s is larger than %d MB. Bring it in parts.", path,
                    (int)(IMPORT_FILE_MAX / (1024 * 1024)));
    if (!is_file || import->bytes == MAP_FAILED) {
        import->bytes = NULL;
        return fail(ctx, NOT_FOUND, "%s: %s.", path, strerror(reason));
    }
    return OK;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* ---- asking --------------------------------------------------------------------------------------------- */

static int64_t number_of(const struct json_value *object, const char *name)
{
    int64_t value = 0;

    json_get_int(json_member(object, name), &value);
    return value;
}

static const char *text_of(struct import *import, const struct json_value *object, const char *name)
{
    const char *text = json_get_text(import->app->ctx.arena, json_member(object, name));

    return text ? text : "";
}

static enum error_kind get(struct import *import, const char *target, const struct json_value **out_json)
{
    const struct question question = {.method = "GET", .target = target};

    return ask_and_keep(import->app, &question, false, out_json);
}

/* POST or DELETE, without a body worth telling of. */
static enum error_kind act(struct import *import, const char *method, const char *act,
                           const struct json_value **out_json)
{
    const struct question question = {
        .method = method,
        .target = arena_printf(import->app->ctx.arena, BATCH "%s", import->id, act),
        .content_type = "application/json",
        .body = strcmp(method, "POST") == 0 ? "{}" : NULL,
        .body_length = strcmp(method, "POST") == 0 ? 2 : 0,
    };

    return ask_and_keep(import->app, &question, false, out_json);
}

/* The profile of that name, in any case; "" for none asked for. */
static enum error_kind find_profile(struct import *import, const char **out_id)
{
    struct ctx *ctx = &import->app->ctx;
    const struct json_value *json;

    *out_id = "";
    if (!import->line->profile)
        return OK;
    TRY(get(import, "/api/v1/imports/profiles", &json));
    const struct json_value *profiles = json_member(json, "data");
    for (size_t i = 0; i < json_count(profiles); i++) {
        const struct json_value *profile = json_item(profiles, i);
        if (text_equals_ignoring_case(text_of(import, profile, "name"), import->line->profile)) {
            *out_id = text_of(import, profile, "id");
            return OK;
        }
    }
    return fail(ctx, PROFILE_NOT_FOUND, "There is no import profile “%s”. Settings has their names.",
                import->line->profile);
}

static enum error_kind bring(struct import *import)
{
    struct ctx *ctx = &import->app->ctx;
    const struct json_value *json;
    const char *profile;

    TRY(find_profile(import, &profile));
    struct text_buf target;
    text_buf_init(&target, ctx->arena);
    text_buf_append(&target, "/api/v1/imports?kind=");
    net_url_encode(&target, import->line->kind ? import->line->kind : "titles");
    text_buf_append(&target, "&name=");
    net_url_encode(&target, name_of(import->line->argument));
    text_buf_printf(&target, "%s%s", *profile ? "&profile=" : "", profile);
    const struct question question = {.method = "POST",
                                      .target = text_buf_string(&target),
                                      .content_type = "application/octet-stream",
                                      .body = import->bytes,
                                      .body_length = import->length};
    TRY(ask_and_keep(import->app, &question, true, &json));
    import->id = text_of(import, json, "id");
    /* A resting library is ours: nobody else reads what has been brought. */
    return import->app->server ? app_start_imports(import->app) : OK;
}

/* ---- waiting ------------------------------------------------------------------------------------------------ */

static void tell(struct import *import, const struct json_value *batch, const char *status)
{
    int64_t now = clock_monotonic_ms();

    if (import->told_ms == 0)
        import->told_ms = now;
    if (now - import->told_ms < TELL_MS)
        return;
    import->told_ms = now;
    if (strcmp(status, "writing") == 0)
        fprintf(stderr, "row %" PRId64 " of %" PRId64 " is written\n", number_of(batch, "rows_done"),
                number_of(batch, "rows_read"));
    else
        fprintf(stderr, "%" PRId64 " rows are read\n", number_of(batch, "rows_read"));
}

/* Until it is `until`; *out_batch is as it is then. */
static enum error_kind wait_until(struct import *import, const char *until,
                                  const struct json_value **out_batch)
{
    struct ctx *ctx = &import->app->ctx;
    const char *target = arena_printf(ctx->arena, BATCH, import->id);
    const char *at_work = strcmp(until, "ready") == 0 ? "reading" : "writing";
    struct arena_mark mark = arena_mark(ctx->arena);

    for (;;) {
        TRY(get(import, target, out_batch));
        const char *status = text_of(import, *out_batch, "status");
        if (strcmp(status, until) == 0)
            return OK;
        if (strcmp(status, at_work) != 0) {
            const char *why = text_of(import, *out_batch, "error");
            return fail(ctx, IMPORT_UNREADABLE, "%s", *why ? why : "The import was stopped.");
        }
        tell(import, *out_batch, status);
        arena_reset_to(ctx->arena, mark);
        clock_sleep_ms(LOOK_MS);
    }
}

/* ---- telling -------------------------------------------------------------------------------------------------- */

static void print_row(struct import *import, const struct json_value *row)
{
    const struct json_value *reasons = json_member(row, "reasons");

    printf("row %" PRId64 ": %s: %s", number_of(row, "row"), text_of(import, row, "outcome"),
           text_of(import, row, "name"));
    for (size_t i = 0; i < json_count(reasons); i++)
        printf("%s%s", i ? "; " : ": ", json_get_text(import->app->ctx.arena, json_item(reasons, i)));
    printf("\n");
}

/* The rows worth a look, in the file's order, as many as a report tells. */
static enum error_kind print_rows(struct import *import)
{
    struct ctx *ctx = &import->app->ctx;
    const char *cursor = "";
    int64_t told = 0, all = 0;

    while (cursor && told < IMPORT_REPORT_ROWS_MAX) {
        const struct json_value *page;
        TRY(get(import,
                arena_printf(ctx->arena, BATCH "/rows?limit=%d%s%s", import->id, LIST_LIMIT_MAX,
                             *cursor ? "&cursor=" : "", cursor),
                &page));
        const struct json_value *rows = json_member(page, "data");
        const struct json_value *meta = json_member(page, "meta");
        for (size_t i = 0; i < json_count(rows); i++, told++)
            print_row(import, json_item(rows, i));
        all = number_of(meta, "total");
        cursor = json_get_text(ctx->arena, json_member(meta, "next_cursor"));
    }
    if (all > told)
        printf("… and %" PRId64 " more rows like these\n", all - told);
    return OK;
}

static void print_figures(const struct import *import, const struct json_value *batch)
{
    int64_t merged = number_of(batch, "merged");

    printf("%s%" PRId64 " rows read, %" PRId64 " imported, of them %" PRId64 " repaired; ",
           import->line->dry_run ? "Dry run, nothing was written: " : "", number_of(batch, "rows_read"),
           number_of(batch, "imported"), number_of(batch, "repaired"));
    if (merged > 0)
        printf("%" PRId64 " merged; ", merged);
    printf("%" PRId64 " refused; %" PRId64 " copies\n", number_of(batch, "refused"),
           number_of(batch, "copies"));
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

static enum error_kind run(struct import *import)
{
    struct ctx *ctx = &import->app->ctx;
    const struct json_value *batch, *none;

    TRY(map_file(ctx, import->line->argument, import));
    TRY(bring(import));
    enum error_kind kind = wait_until(import, "ready", &batch);
    if (kind == OK && !import->line->dry_run) {
        TRY(act(import, "POST", "/start", &none));
        TRY(wait_until(import, "done", &batch));
    }
    if (kind == OK) {
        TRY(print_rows(import));
        print_figures(import, batch);
    }
    /* Nothing of it was written: it leaves nothing behind. What went wrong with it is what people should read. */
    if (kind != OK || import->line->dry_run) {
        struct error why = ctx->error;
        error_clear(ctx);
        if (act(import, "DELETE", "", &none) == OK || kind != OK)
            ctx->error = why;
    }
    return ctx->error.code == ERR_NONE ? OK : error_code_kind(ctx->error.code);
}

int command_import(const struct command_line *line)
{
    struct app app;
    struct import import = {.app = &app, .line = line};

    app_init(&app);
    int status = run(&import) == OK ? 0 : complain(&app.ctx);
    if (import.bytes)
        munmap((void *)(uintptr_t)import.bytes, import.length);
    app_close(&app);
    return status;
}
