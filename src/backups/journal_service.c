/*
 * journal_service.c — settings, backups and the journal, brought together.
 */
#include "backups/journal_service.h"

#include <string.h>

#include "backups/backups_repository.h"
#include "backups/backups_service.h"
#include "backups/journal_repository.h"
#include "settings/settings_service.h"

struct target {
    const char *folder;         /* NULL: none is to be kept */
    const struct seal_key *key; /* in the place */
};

static enum error_kind find_target(struct ctx *ctx, struct backup_place *place, struct target *out_target)
{
    const char *journal;

    TRY(backups_place(ctx, place));
    TRY(settings_text(ctx, SETTING_JOURNAL, &journal));
    bool is_open = place->seal == SEAL_OFF;
    bool is_wanted = strcmp(journal, "on") == 0 && place->scheduled && (is_open || place->has_key);
    out_target->folder = is_wanted ? place->second : NULL;
    out_target->key = is_open ? NULL : &place->key;
    return OK;
}

enum error_kind backups_journal_open(struct ctx *ctx)
{
    struct backup_place place;
    struct target target;

    TRY(find_target(ctx, &place, &target));
    return journal_repo_open(ctx, target.folder, target.key);
}

void backups_journal_close(void)
{
    journal_repo_close();
}

enum error_kind backups_journal_follow(struct ctx *ctx)
{
    struct backup_place place;
    struct target target;

    TRY(find_target(ctx, &place, &target));
    journal_repo_move(target.folder, target.key);
    return OK;
}

static bool is_second(const struct backup *backup)
{
    return strcmp(backup->kind, backup_kind_name(BACKUP_SECOND)) == 0;
}

static bool is_good(const struct backup *backup)
{
    return !backup->error && backup->path;
}

/* Does it lie in the folder that is the second one now? */
static bool lies_there(struct ctx *ctx, const struct backup_place *place, const struct backup *backup)
{
    return place->second &&
           strcmp(backups_repo_path_in(ctx, place->second, backup, false), backup->path) == 0 &&
           backups_repo_file_is_there(backup->path);
}

/* The newest made since then, there or on this disk. */
static const struct backup *find_since(struct ctx *ctx, const struct backup_place *place,
                                       const struct backup *backups, int64_t since, bool in_second)
{
    for (const struct backup *backup = backups; backup; backup = backup->next) {
        if (!is_good(backup) || backup->started_at <= since || is_second(backup) != in_second)
            continue;
        if (in_second ? lies_there(ctx, place, backup) : backups_repo_file_is_there(backup->path))
            return backup;
    }
    return NULL;
}

void backups_journal_overview(struct ctx *ctx, const struct backup_place *place, const struct backup *backups,
                              struct journal_overview *out_overview)
{
    journal_repo_look(out_overview);
    out_overview->folder_is_there = place->second && backups_repo_folder_is_there(place->second);
    out_overview->has_base = out_overview->series_from != 0 &&
                             find_since(ctx, place, backups, out_overview->series_from, true) != NULL;
}

void backups_journal_need(struct ctx *ctx, const struct backup_place *place, const struct backup *backups,
                          struct journal_need *out_need)
{
    struct journal_overview overview;

    backups_journal_overview(ctx, place, backups, &overview);
    *out_need = (struct journal_need){0};
    if (overview.series_from == 0 || !overview.folder_is_there || overview.has_base)
        return;
    out_need->wants_base = true;
    out_need->base = find_since(ctx, place, backups, overview.series_from, false);
}

enum backup_kind backups_journal_base_kind(const struct backup_place *place)
{
    return place->keep[BACKUP_HOURLY] > 0 ? BACKUP_HOURLY : BACKUP_DAILY;
}

void backups_journal_prune(struct ctx *ctx, const struct backup_place *place, const struct backup *backups,
                           int64_t *out_removed)
{
    int64_t oldest = 0;

    *out_removed = 0;
    for (const struct backup *backup = backups; backup; backup = backup->next)
        if (is_good(backup) && is_second(backup))
            oldest = oldest == 0 || backup->started_at < oldest ? backup->started_at : oldest;
    if (!place->second || oldest == 0)
        return;
    /* Two libraries may share a stick: the files of the other are as old as its backups there want them. */
    int64_t there = backups_repo_oldest_in(ctx, place->second);
    if (there != 0 && there < oldest)
        oldest = there;
    journal_repo_prune(ctx, place->second, oldest, out_removed);
}
