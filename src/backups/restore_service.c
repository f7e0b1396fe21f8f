/*
 * restore_service.c — who may restore what, and how far the one restore is that there may be.
 */
#include "backups/restore_service.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit_service.h"
#include "backups/backups_service.h"
#include "backups/restore_repository.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "settings/settings_service.h"

#define DETAIL_BYTES 1024
#define UNTIL_BYTES (RESTORE_UNTIL_MAX * 4 + 1)
#define PASSPHRASE_BYTES (PASSPHRASE_MAX * 4 + 1)

static struct {
    pthread_mutex_t lock;
    enum restore_state state;
    void (*ready)(void);
    pthread_t thread;
    bool has_thread;
    int64_t started_at, finished_at;
    char library[PATH_MAX];
    char from[PATH_MAX];
    char aside[PATH_MAX]; /* "": there was no library */
    char detail[DETAIL_BYTES];
    char passphrase[PASSPHRASE_BYTES]; /* until it is not needed any more; "": none */
    char until[UNTIL_BYTES];           /* "": as the backup is */
    char actor[ACCOUNT_NAME_MAX * 4 + 1], address[64];
} the = {.lock = PTHREAD_MUTEX_INITIALIZER};

const char *restore_state_name(enum restore_state state)
{
    static const char *const names[] = {
        [RESTORE_NONE] = "none",         [RESTORE_STAGING] = "staging", [RESTORE_READY] = "ready",
        [RESTORE_SWAPPING] = "swapping", [RESTORE_FAILED] = "failed",   [RESTORE_DONE] = "done"};

    return names[state];
}

/* Opening and closing the library's own file would drop the locks that SQLite has on it. */
static enum error_kind check_other(struct ctx *ctx, const char *path, const char *library)
{
    return restore_repo_is_same(path, library)
               ? fail(ctx, CONFLICT, "%s is the library itself. Name a backup of it.", path)
               : OK;
}

/* ---- which ------------------------------------------------------------------------------------------------- */

static enum error_kind may_be_read(struct ctx *ctx, const char *path)
{
    struct backup_place place;

    if (ctx->actor.access == LOCAL_ADMIN)
        return OK;
    TRY(backups_place(ctx, &place));
    if (restore_repo_is_in(path, place.directory) ||
        (place.second && restore_repo_is_in(path, place.second)) ||
        restore_repo_is_aside(ctx, path, settings_process_text(SETTING_DB)))
        return OK;
    return fail(
        ctx, FORBIDDEN,
        "Only files in the folders for backups are restored from here. The machine's owner may restore any: "
        "carrel --restore FILE.");
}

static enum error_kind fail_not_found(struct ctx *ctx, const char *what)
{
    return fail(ctx, BACKUP_NOT_FOUND, "%s is not there. Its stick may be away, or it has been removed.",
                what);
}

static enum error_kind fail_until(struct ctx *ctx, const char *until)
{
    return fail(ctx, INVALID_PARAMETER,
                "%s is no moment. Give one such as \"2026-11-22 14:30\", 2026-11-22T14:30:00Z, or latest.",
                until);
}

enum error_kind restore_find(struct ctx *ctx, const struct restore_request *request,
                             struct restore_wish *out_wish)
{
    const char *path = request->path;
    int64_t started_at, until;

    if (uuid_is_given(&request->backup_id) == (path != NULL)) {
        error_field(ctx, "body", "backup_id", "missing", "name the backup by backup_id, or its file by path");
        return error_check_fields(ctx);
    }
    if (!path) {
        TRY(restore_repo_path(ctx, &request->backup_id, &path, &started_at));
        if (!path)
            return fail_not_found(ctx, "This backup");
    } else {
        TRY(may_be_read(ctx, path));
    }
    if (strlen(path) >= PATH_MAX || restore_repo_bytes(path) == 0)
        return fail_not_found(ctx, path);
    TRY(check_other(ctx, path, settings_process_text(SETTING_DB)));
    if (request->until && !restore_repo_parse_until(request->until, &until))
        return fail_until(ctx, request->until);
    *out_wish = (struct restore_wish){path, request->passphrase, request->until};
    return OK;
}

enum error_kind restore_preview(struct ctx *ctx, const char *path, struct restore_preview *out_preview)
{
    struct restore_preview preview = {0};

    TRY(restore_repo_preview(ctx, path, &preview));
    *out_preview = preview;
    return OK;
}

enum error_kind restore_files(struct ctx *ctx, struct restore_file **out_first)
{
    struct backup_place place;

    TRY(backups_place(ctx, &place));
    const char *const folders[] = {place.directory, place.second, NULL};
    return restore_repo_files(ctx, folders, settings_process_text(SETTING_DB), out_first);
}

enum error_kind restore_files_in(struct ctx *ctx, const char *const *folders, const char *library,
                                 struct restore_file **out_first)
{
    return restore_repo_files(ctx, folders, library, out_first);
}

/* ---- making it ready ----------------------------------------------------------------------------------------- */

struct note {
    const char *from, *aside;
};

static enum error_kind note_restored(struct ctx *ctx, void *argument)
{
    const struct note *note = argument;
    struct field_change aside = {.name = "kept_aside", .after = note->aside};
    struct field_change from = {.name = "backup", .after = note->from, .next = note->aside ? &aside : NULL};

    return audit_edit(ctx, "library.restored", "library", NO_NUMBER, &from);
}

/* "14:30" is meant as the library's own clock shows it: its zone is in the copy. */
static enum error_kind follow_zone(struct ctx *ctx, const char *staged)
{
    const char *zone;

    TRY(restore_repo_open(ctx, staged));
    enum error_kind kind = settings_text(ctx, SETTING_TIME_ZONE, &zone);
    restore_repo_close(ctx);
    TRY(kind);
    if (zone && *zone && !clock_set_zone(zone))
        return fail(ctx, CONFLICT, "This machine knows no time zone %s. Give the time with its offset.",
                    zone);
    return OK;
}

static enum error_kind bring_forward(struct ctx *ctx, const struct restore_wish *wish, const char *staged,
                                     struct restore_journal *out_journal)
{
    int64_t until;

    if (!wish->until)
        return OK;
    if (!restore_repo_parse_until(wish->until, &until))
        return fail_until(ctx, wish->until);
    return restore_repo_bring_forward(ctx, wish, staged, until, out_journal);
}

static enum error_kind replace_resting(struct ctx *ctx, const char *library, const struct restore_wish *wish,
                                       restore_agree *agree, void *argument, struct restore_journal *journal,
                                       const char **out_aside)
{
    const char *staged = restore_repo_staged(ctx, library);
    struct note note = {.from = wish->path, .aside = restore_repo_name_aside(ctx, library)};
    struct restore_preview content = {0};

    TRY(restore_repo_copy(ctx, wish, staged, &content));
    TRY(agree(ctx, &content, argument));
    if (wish->until)
        TRY(follow_zone(ctx, staged));
    TRY(bring_forward(ctx, wish, staged, journal));
    TRY(restore_repo_make(ctx, staged, note_restored, &note));
    TRY(restore_repo_swap(ctx, library, note.aside));
    *out_aside = note.aside;
    return OK;
}

enum error_kind restore_resting(struct ctx *ctx, const char *library, const struct restore_wish *wish,
                                restore_agree *agree, void *argument, struct restore_journal *out_journal,
                                const char **out_aside)
{
    struct restore_journal journal = {0};

    TRY(check_other(ctx, wish->path, library));
    enum error_kind kind = replace_resting(ctx, library, wish, agree, argument, &journal, out_aside);
    if (kind != OK)
        restore_repo_clear(ctx, restore_repo_staged(ctx, library));
    else
        *out_journal = journal;
    return kind;
}

static enum error_kind stage(struct ctx *ctx)
{
    const struct restore_wish wish = {.path = the.from,
                                      .passphrase = *the.passphrase ? the.passphrase : NULL,
                                      .until = *the.until ? the.until : NULL};
    struct note note = {.from = the.from, .aside = *the.aside ? the.aside : NULL};
    const char *staged = restore_repo_staged(ctx, the.library);
    struct restore_preview content = {0};
    struct restore_journal journal = {0};

    TRY(restore_repo_check_room(ctx, wish.path, staged));
    TRY(restore_repo_copy(ctx, &wish, staged, &content));
    TRY(bring_forward(ctx, &wish, staged, &journal));
    return restore_repo_make(ctx, staged, note_restored, &note);
}

static void settle(enum restore_state state, const char *detail)
{
    pthread_mutex_lock(&the.lock);
    the.state = state;
    the.finished_at = clock_library_now(0);
    snprintf(the.detail, sizeof the.detail, "%s", detail ? detail : "");
    pthread_mutex_unlock(&the.lock);
}

static void *make_ready(void *unused)
{
    struct arena arena;
    struct ctx ctx = {
        .arena = &arena,
        .now = clock_now_ms(), /* not the present library's: its clock may be why it is put aside */
        .actor = {.access = ADMIN, .name = the.actor, .address = the.address}};

    (void)unused;
    arena_init(&arena, ARENA_IMPORT_MAX);
    enum error_kind kind = stage(&ctx);
    explicit_bzero(the.passphrase, sizeof the.passphrase);
    if (kind == OK) {
        pthread_mutex_lock(&the.lock);
        the.state = RESTORE_READY;
        pthread_mutex_unlock(&the.lock);
        the.ready();
    } else {
        restore_repo_clear(&ctx, restore_repo_staged(&ctx, the.library));
        LOG(WARN, "nothing was restored", LOG_TEXT("backup", the.from), LOG_TEXT("why", ctx.error.detail));
        settle(RESTORE_FAILED, ctx.error.detail);
    }
    arena_release(&arena);
    return NULL;
}

static bool is_under_way(void)
{
    return the.state == RESTORE_STAGING || the.state == RESTORE_READY || the.state == RESTORE_SWAPPING;
}

/* Holds the lock. */
static void join(void)
{
    if (the.has_thread)
        pthread_join(the.thread, NULL);
    the.has_thread = false;
}

/* Holds the lock; no thread looks at any of this. */
static enum error_kind start(struct ctx *ctx, const struct restore_wish *wish)
{
    const char *aside = restore_repo_name_aside(ctx, the.library);

    TRY(check_other(ctx, wish->path, the.library));
    join();
    snprintf(the.from, sizeof the.from, "%s", wish->path);
    snprintf(the.until, sizeof the.until, "%s", wish->until ? wish->until : "");
    snprintf(the.aside, sizeof the.aside, "%s", aside ? aside : "");
    snprintf(the.passphrase, sizeof the.passphrase, "%s", wish->passphrase ? wish->passphrase : "");
    snprintf(the.actor, sizeof the.actor, "%s", ctx->actor.name);
    snprintf(the.address, sizeof the.address, "%s", ctx->actor.address);
    the.detail[0] = '\0';
    the.started_at = ctx->now;
    the.finished_at = 0;
    the.state = RESTORE_STAGING;
    int failed = pthread_create(&the.thread, NULL, make_ready, NULL);
    the.has_thread = failed == 0;
    if (the.has_thread)
        return OK;
    the.state = RESTORE_NONE;
    return fail(ctx, BUSY, "Nothing was restored: no thread could be started (%s). Try again.",
                strerror(failed));
}

enum error_kind restore_begin(struct ctx *ctx, const struct restore_wish *wish)
{
    enum error_kind kind;

    pthread_mutex_lock(&the.lock);
    if (!the.ready)
        kind = fail(ctx, CONFLICT, "This library is not served: carrel --restore FILE restores it.");
    else if (is_under_way())
        kind = fail(ctx, RESTORE_UNDER_WAY, "Another backup is being restored. Wait until it is done.");
    else
        kind = start(ctx, wish);
    pthread_mutex_unlock(&the.lock);
    return kind;
}

void restore_status(struct ctx *ctx, struct restore_status *out_status)
{
    pthread_mutex_lock(&the.lock);
    *out_status = (struct restore_status){
        .state = the.state, .started_at = the.started_at, .finished_at = the.finished_at};
    if (the.state != RESTORE_NONE) {
        out_status->detail = the.state == RESTORE_FAILED ? arena_strdup(ctx->arena, the.detail) : NULL;
        out_status->from = arena_strdup(ctx->arena, the.from);
        out_status->aside =
            *the.aside && the.state != RESTORE_FAILED ? arena_strdup(ctx->arena, the.aside) : NULL;
        out_status->bytes = restore_repo_bytes(the.from);
        out_status->bytes_done = the.state == RESTORE_STAGING
                                     ? restore_repo_bytes(restore_repo_staged(ctx, the.library))
                                     : out_status->bytes;
    }
    pthread_mutex_unlock(&the.lock);
}

/* ---- whoever serves ------------------------------------------------------------------------------------------ */

void restore_serve(struct ctx *ctx, const char *library, void (*ready)(void))
{
    snprintf(the.library, sizeof the.library, "%s", library);
    the.ready = ready;
    restore_repo_clear(ctx, restore_repo_staged(ctx, library));
}

bool restore_claim(void)
{
    pthread_mutex_lock(&the.lock);
    bool claimed = the.state == RESTORE_READY;
    if (claimed)
        the.state = RESTORE_SWAPPING;
    pthread_mutex_unlock(&the.lock);
    return claimed;
}

static const char *aside_or_null(void)
{
    return *the.aside ? the.aside : NULL;
}

enum error_kind restore_swap_claimed(struct ctx *ctx)
{
    enum error_kind kind = restore_repo_swap(ctx, the.library, aside_or_null());

    if (kind == OK) {
        LOG(INFO, "a backup has taken the library's place", LOG_TEXT("backup", the.from),
            LOG_TEXT("kept_aside", the.aside));
        return OK;
    }
    LOG(ERROR, "nothing was restored", LOG_TEXT("backup", the.from), LOG_TEXT("why", ctx->error.detail));
    restore_repo_clear(ctx, restore_repo_staged(ctx, the.library));
    settle(RESTORE_FAILED, ctx->error.detail);
    return kind;
}

enum error_kind restore_end(struct ctx *ctx, const char *why)
{
    if (!why) {
        settle(RESTORE_DONE, NULL);
        return OK;
    }
    LOG(ERROR, "a restored library could not be opened; the old one is put back",
        LOG_TEXT("backup", the.from), LOG_TEXT("why", why));
    settle(RESTORE_FAILED, why);
    return restore_repo_swap_back(ctx, the.library, aside_or_null());
}

/* Nobody begins one any more: the server has stopped. */
void restore_stop(void)
{
    struct arena arena;
    struct ctx ctx = {.arena = &arena};

    join();
    if (the.state != RESTORE_READY)
        return;
    arena_init(&arena, ARENA_REQUEST_MAX);
    restore_repo_clear(&ctx, restore_repo_staged(&ctx, the.library));
    settle(RESTORE_FAILED, "Nothing was restored: Carrel was stopped before. The library is unchanged.");
    arena_release(&arena);
}
