/*
 * backups_repository.h — the only writer of `backup_run`, and of the files that it names.
 */
#ifndef CARREL_BACKUPS_BACKUPS_REPOSITORY_H
#define CARREL_BACKUPS_BACKUPS_REPOSITORY_H

#include "backups/backups.h"
#include "base/ctx.h"

/* ---- rows ---------------------------------------------------------------------------------------------- */

/* A failure replaces the last one of its kind; a copy in the second folder what had its path. */
enum error_kind backups_repo_insert(struct ctx *ctx, const struct backup *backup, int64_t *out_id) MUST_CHECK;
enum error_kind backups_repo_delete(struct ctx *ctx, int64_t id) MUST_CHECK;

enum error_kind backups_repo_list(struct ctx *ctx, struct backup **out_first) MUST_CHECK;
enum error_kind backups_repo_last_good(struct ctx *ctx, int64_t *out_at) MUST_CHECK; /* 0: none */
enum error_kind backups_repo_history(struct ctx *ctx, struct backup_history *out_history) MUST_CHECK;

/* The newest good daily or weekly one; id 0: there is none. */
enum error_kind backups_repo_newest_daily(struct ctx *ctx, struct backup *out_backup) MUST_CHECK;

/* Good ones of a kind but the `keep` newest, linked. */
enum error_kind backups_repo_surplus(struct ctx *ctx, enum backup_kind kind, int64_t keep,
                                     struct backup **out_first) MUST_CHECK;

/* Those made before an upgrade, and before this instant, linked. */
enum error_kind backups_repo_old_upgrades(struct ctx *ctx, int64_t before,
                                          struct backup **out_first) MUST_CHECK;

/* ---- files: without a connection ------------------------------------------------------------------------- */

/* Makes one and its manifest. out->kind, paths and figures are filled in. */
enum error_kind backups_repo_make(struct ctx *ctx, const struct backup_task *task,
                                  struct backup *out_backup) MUST_CHECK;

/*
 * Copies a backup with its manifest into another folder, reads it back; *out_backup is the copy. With a key, one that
 * is not sealed yet is sealed on its way.
 */
enum error_kind backups_repo_copy(struct ctx *ctx, const struct backup *backup, const char *folder,
                                  const struct seal_key *key, struct backup *out_backup) MUST_CHECK;

/* Removes a file and its manifest, when that says it was made before an upgrade. */
void backups_repo_discard(struct ctx *ctx, const char *path);

bool backups_repo_folder_is_there(const char *path);
bool backups_repo_file_is_there(const char *path);

/*
 * When the oldest backup in a folder was made, whichever library it is of; 0: there is none. By their manifests: what
 * another library, or this one before a restore, has put there is in no row.
 */
int64_t backups_repo_oldest_in(struct ctx *ctx, const char *folder);

/* A folder for its owner alone; one that is there is no error. */
enum error_kind backups_repo_make_folder(struct ctx *ctx, const char *path) MUST_CHECK;

/* The name of a backup's copy in another folder. `seal`: one that is not sealed yet will be. */
const char *backups_repo_path_in(struct ctx *ctx, const char *folder, const struct backup *backup, bool seal);

/* "backups" beside the library. */
const char *backups_repo_default_folder(struct ctx *ctx, const char *library);

enum backup_removal {
    REMOVAL_DONE,
    REMOVAL_MISSING, /* the folder is there, the file is not */
    REMOVAL_AWAY,    /* not even the folder is there */
    REMOVAL_FOREIGN, /* its size or its manifest is not that of the row: left alone */
    REMOVAL_FAILED,
};

/* Takes a file and its manifest away if they are what the row says. */
enum backup_removal backups_repo_remove(struct ctx *ctx, const struct backup *backup);

#endif
