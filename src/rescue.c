/*
 * rescue.c — what is the matter with a library that cannot be opened, and where its backups may be.
 */
#include "rescue.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "db/engine.h"
#include "db/files.h"
#include "routes.h"
#include "settings/settings_service.h"

#define FOLDERS_MAX 4

static struct {
    struct rescue_state state;
    const char *folders[FOLDERS_MAX + 1];
    void (*wake)(void);
    atomic_bool wants_anew;
} rescue;

static const struct route *const tables[] = {rescue_routes, restore_status_routes, openapi_routes, NULL};

static const char *reason_of(const struct error *error, bool is_gone)
{
    if (is_gone)
        return "gone";
    switch (error->code) {
    case ERR_NOT_A_LIBRARY: return "foreign";
    case ERR_LIBRARY_TOO_NEW: return "too_new";
    default: return "damaged";
    }
}

static void add_folder(const char *folder)
{
    size_t i = 0;

    if (!folder || !*folder)
        return;
    while (rescue.folders[i] && strcmp(rescue.folders[i], folder) != 0)
        i++;
    if (i < FOLDERS_MAX)
        rescue.folders[i] = folder;
}

/* What the file says of itself, as far as it can be read: it may say nothing, and what it says is looked at as text. */
static void ask_the_file(struct app *app)
{
    struct ctx *ctx = &app->ctx;
    const char *text;

    if (db_open(ctx, app->path, DB_LOOK, &ctx->db) == OK) {
        if (settings_text(ctx, SETTING_LIBRARY_NAME, &text) == OK)
            rescue.state.library_name = text;
        if (settings_text(ctx, SETTING_BACKUP_DIR, &text) == OK)
            add_folder(text);
        if (settings_text(ctx, SETTING_BACKUP_SECOND_DIR, &text) == OK)
            add_folder(text);
        db_close(ctx->db);
        ctx->db = NULL;
    }
    error_clear(ctx);
}

enum error_kind rescue_open(struct app *app, void (*wake)(void))
{
    const char *folder = file_folder(&app->ctx, app->path);
    bool is_gone = file_is_missing(app->path);

    rescue.state = (struct rescue_state){.reason = reason_of(&app->ctx.error, is_gone),
                                         .detail = app->ctx.error.detail,
                                         .library = app->path,
                                         .folders = rescue.folders,
                                         .may_begin_anew = is_gone};
    LOG(ERROR, "the library cannot be opened; its pages say what can be done", LOG_TEXT("library", app->path),
        LOG_TEXT("why", app->ctx.error.detail));
    error_clear(&app->ctx);
    memset(rescue.folders, 0, sizeof rescue.folders);
    rescue.wake = wake;
    atomic_store(&rescue.wants_anew, false);
    add_folder(settings_process_text(SETTING_BACKUP_DIR));
    add_folder(settings_process_text(SETTING_BACKUP_SECOND_DIR));
    add_folder(arena_printf(&app->arena, "%s/backups", strcmp(folder, "/") == 0 ? "" : folder));
    if (!is_gone)
        ask_the_file(app);
    return app_open_closed(app, tables);
}

const struct rescue_state *rescue_state(void)
{
    return &rescue.state;
}

void rescue_begin_anew(void)
{
    LOG(WARN, "a new library is begun where one has gone", LOG_TEXT("library", rescue.state.library));
    atomic_store(&rescue.wants_anew, true);
    rescue.wake();
}

bool rescue_wants_anew(void)
{
    return atomic_load(&rescue.wants_anew);
}
