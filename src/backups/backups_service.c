/*
 * backups_service.c — when a backup is due, where it goes, which one goes away.
 */
#include "backups/backups_service.h"

#include <stdatomic.h>
#include <string.h>

#include "audit/audit_service.h"
#include "backups/backups_repository.h"
#include "backups/sealing_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "events/events_service.h"
#include "settings/settings_service.h"

#define DAYS_A_WEEK 7

static atomic_flag is_under_way = ATOMIC_FLAG_INIT;

/* ---- settings ------------------------------------------------------------------------------------------ */

static enum error_kind read_keep(struct ctx *ctx, struct backup_place *place)
{
    TRY(settings_int(ctx, SETTING_BACKUP_HOURLY_KEEP, &place->keep[BACKUP_HOURLY]));
    TRY(settings_int(ctx, SETTING_BACKUP_DAILY_KEEP, &place->keep[BACKUP_DAILY]));
    TRY(settings_int(ctx, SETTING_BACKUP_WEEKLY_KEEP, &place->keep[BACKUP_WEEKLY]));
    return settings_int(ctx, SETTING_BACKUP_SECOND_KEEP, &place->keep[BACKUP_SECOND]);
}

enum error_kind backups_place(struct ctx *ctx, struct backup_place *out_place)
{
    struct backup_place place = {0};
    const char *schedule;

    TRY(settings_text(ctx, SETTING_BACKUP_SCHEDULE, &schedule));
    TRY(settings_text(ctx, SETTING_BACKUP_DIR, &place.directory));
    TRY(settings_text(ctx, SETTING_BACKUP_SECOND_DIR, &place.second));
    TRY(read_keep(ctx, &place));
    place.scheduled = strcmp(schedule, "on") == 0;
    place.is_default = !place.directory || !*place.directory;
    if (place.is_default)
        place.directory = backups_repo_default_folder(ctx, settings_process_text(SETTING_DB));
    if (place.second && !*place.second)
        place.second = NULL;
    TRY(sealing_look(ctx, &place));
    *out_place = place;
    return OK;
}

enum error_kind backups_place_of_old(struct ctx *ctx, const char *library, struct backup_place *out_place)
{
    struct backup_place place = {0};

    TRY(settings_text(ctx, SETTING_BACKUP_DIR, &place.directory));
    TRY(sealing_look_of_old(ctx, &place));
    place.is_default =
        !place.directory || !*place.directory || !backups_repo_folder_is_there(place.directory);
    if (place.is_default)
        place.directory = backups_repo_default_folder(ctx, library);
    *out_place = place;
    return OK;
}

/* ---- when ---------------------------------------------------------------------------------------------- */

enum backup_kind backups_due(const struct backup_history *history, const struct backup_place *place,
                             int64_t now)
{
    int32_t today = clock_day_of(now);
    int32_t since_weekly = today - clock_day_of(history->last_weekly);

    if (!place->scheduled)
        return BACKUP_NONE;
    /* One from a day to come was made while the clock was wrong: it is none. */
    if (place->keep[BACKUP_WEEKLY] > 0 && (since_weekly >= DAYS_A_WEEK || since_weekly < 0))
        return BACKUP_WEEKLY;
    if (clock_day_of(history->last_daily) != today)
        return BACKUP_DAILY;
    if (place->keep[BACKUP_HOURLY] > 0 && history->audit_id_in_last != history->audit_id_now)
        return BACKUP_HOURLY;
    return BACKUP_NONE;
}

enum error_kind backups_due_now(struct ctx *ctx, const struct backup_place *place, enum backup_kind *out_kind)
{
    struct backup_history history;

    TRY(backups_repo_history(ctx, &history));
    *out_kind = backups_due(&history, place, ctx->now);
    return OK;
}

enum error_kind backups_for_second(struct ctx *ctx, const struct backup_place *place,
                                   struct backup *out_backup)
{
    struct backup newest = {0};

    if (place->scheduled && place->second)
        TRY(backups_repo_newest_daily(ctx, &newest));
    *out_backup = newest;
    return OK;
}

bool backups_is_due_in_second(struct ctx *ctx, const struct backup_place *place, const struct backup *backup)
{
    if (backup->id == 0 || !backups_repo_folder_is_there(place->second) ||
        !backups_repo_file_is_there(backup->path))
        return false;
    /* By the file and not by the row: who has two sticks finds it on both. */
    return !backups_repo_file_is_there(
        backups_repo_path_in(ctx, place->second, backup, place->seal != SEAL_OFF));
}

/* ---- looking ------------------------------------------------------------------------------------------- */

enum error_kind backups_last_good(struct ctx *ctx, int64_t *out_at)
{
    return backups_repo_last_good(ctx, out_at);
}

bool backups_are_old(int64_t last_good_at, int64_t now)
{
    return last_good_at == 0 || now - last_good_at > BACKUP_OLD_DAYS * (int64_t)MS_PER_DAY;
}

enum error_kind backups_overview(struct ctx *ctx, struct backups_overview *out_overview)
{
    struct backups_overview overview = {0};

    TRY(backups_place(ctx, &overview.place));
    TRY(backups_last_good(ctx, &overview.last_good_at));
    TRY(backups_repo_list(ctx, &overview.first));
    overview.is_old = backups_are_old(overview.last_good_at, ctx->now);
    *out_overview = overview;
    return OK;
}

void backups_look_at_folders(struct backups_overview *overview)
{
    const struct backup_place *place = &overview->place;

    overview->folder_is_there = place->is_default || backups_repo_folder_is_there(place->directory);
    overview->second_is_there = place->second && backups_repo_folder_is_there(place->second);
}

/* ---- making -------------------------------------------------------------------------------------------- */

static enum error_kind make(struct ctx *ctx, const struct backup_place *place, struct backup_task *task,
                            struct backup *out_backup)
{
    task->library = settings_process_text(SETTING_DB);
    task->in_full = task->kind == BACKUP_DAILY || task->kind == BACKUP_WEEKLY;
    TRY(sealing_key_for(ctx, place, task->kind, &task->seal));
    if (!task->target) {
        task->target = place->directory;
        if (place->is_default)
            TRY(backups_repo_make_folder(ctx, task->target));
        else if (!backups_repo_folder_is_there(task->target))
            return fail(ctx, BACKUP_FAILED,
                        "The backup was not made: the folder %s is not there. The library is unchanged.",
                        task->target);
    }
    return backups_repo_make(ctx, task, out_backup);
}

enum error_kind backups_make(struct ctx *ctx, const struct backup_place *place, const char *target,
                             enum backup_kind kind, struct backup *out_backup)
{
    struct backup_task task = {.target = target, .kind = kind};

    if (atomic_flag_test_and_set(&is_under_way))
        return fail(ctx, BUSY, "Another backup is being made. Wait until it is there.");
    enum error_kind result = make(ctx, place, &task, out_backup);
    atomic_flag_clear(&is_under_way);
    return result;
}

enum error_kind backups_make_of_old(struct ctx *ctx, const struct backup_place *place, const char *library,
                                    int64_t version, struct backup *out_backup)
{
    struct backup_task task = {.library = library,
                               .target = place->directory,
                               .kind = BACKUP_UPGRADE,
                               .note = arena_printf(ctx->arena, "from-version-%d", (int)version)};

    TRY(sealing_key_for(ctx, place, BACKUP_UPGRADE, &task.seal));
    if (place->is_default)
        TRY(backups_repo_make_folder(ctx, place->directory));
    return backups_repo_make(ctx, &task, out_backup);
}

void backups_discard(struct ctx *ctx, const char *path)
{
    backups_repo_discard(ctx, path);
}

void backups_failed(struct ctx *ctx, enum backup_kind kind, struct backup *out_backup)
{
    *out_backup = (struct backup){.uuid = uuid_new(ctx->now),
                                  .kind = backup_kind_name(kind),
                                  .started_at = ctx->now,
                                  .finished_at = ctx->now,
                                  .error = ctx->error.detail};
}

enum error_kind backups_copy_second(struct ctx *ctx, const struct backup_place *place,
                                    const struct backup *backup, struct backup *out_copy)
{
    const struct seal_key *key;

    TRY(sealing_key_for(ctx, place, BACKUP_SECOND, &key));
    return backups_repo_copy(ctx, backup, place->second, key, out_copy);
}

enum error_kind backups_record(struct ctx *ctx, struct backup *backup)
{
    TRY(backups_repo_insert(ctx, backup, &backup->id));
    if (strcmp(backup->kind, backup_kind_name(BACKUP_MANUAL)) == 0)
        TRY(audit_act(ctx, "backup.made", "backup", backup->id));
    return events_record(ctx,
                         &(struct event_fact){.type = backup->error ? EVENT_BACKUP_FAILED : EVENT_BACKUP_MADE,
                                              .detail = backup->kind});
}

/* ---- rotation ------------------------------------------------------------------------------------------ */

enum error_kind backups_surplus(struct ctx *ctx, const struct backup_place *place, struct backup **out_first)
{
    struct backup *first = NULL, **end = &first;

    for (enum backup_kind kind = BACKUP_HOURLY; kind < BACKUP_KINDS; kind++) {
        if (kind == BACKUP_UPGRADE)
            TRY(backups_repo_old_upgrades(ctx, ctx->now - BACKUP_UPGRADE_DAYS * (int64_t)MS_PER_DAY, end));
        else
            TRY(backups_repo_surplus(ctx, kind, place->keep[kind], end));
        while (*end)
            end = &(*end)->next;
    }
    *out_first = first;
    return OK;
}

void backups_remove(struct ctx *ctx, const struct backup *backup, bool *out_forget)
{
    bool is_second = strcmp(backup->kind, backup_kind_name(BACKUP_SECOND)) == 0;
    bool is_ancient = ctx->now - backup->started_at > BACKUP_MISSING_DAYS * (int64_t)MS_PER_DAY;

    switch (backups_repo_remove(ctx, backup)) {
    case REMOVAL_DONE: *out_forget = true; return;
    /* On another stick, perhaps, which will come back. */
    case REMOVAL_MISSING: *out_forget = !is_second || is_ancient; return;
    case REMOVAL_AWAY: *out_forget = is_ancient; return;
    case REMOVAL_FOREIGN:
        LOG(WARN, "a backup is not as it was made; it is left alone", LOG_TEXT("path", backup->path));
        *out_forget = true;
        return;
    case REMOVAL_FAILED:
        LOG(WARN, "an old backup could not be removed", LOG_TEXT("path", backup->path));
        *out_forget = false;
        return;
    }
}

enum error_kind backups_forget(struct ctx *ctx, int64_t id)
{
    return backups_repo_delete(ctx, id);
}
