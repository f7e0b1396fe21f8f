/*
 * restore_repository.h — the files of a restore, and the rows that say what it would cost.
 */
#ifndef CARREL_BACKUPS_RESTORE_REPOSITORY_H
#define CARREL_BACKUPS_RESTORE_REPOSITORY_H

#include "backups/restore.h"
#include "base/ctx.h"

/* The file of a backup that went well; *out_path NULL: there is no such row. */
enum error_kind restore_repo_path(struct ctx *ctx, const struct uuid *id, const char **out_path,
                                  int64_t *out_started_at) MUST_CHECK;

/* What ctx->db, the present library, has, and the backup has not. Fills all of `preview` but its `made_at`. */
enum error_kind restore_repo_preview(struct ctx *ctx, const char *path,
                                     struct restore_preview *preview) MUST_CHECK;

bool restore_repo_is_same(const char *one, const char *other);

/* Is it a file right in this folder? Links are followed in the folder's name only. */
bool restore_repo_is_in(const char *path, const char *folder);

/* Is it what a restore of this library has kept aside? */
bool restore_repo_is_aside(struct ctx *ctx, const char *path, const char *library);

/*
 * Backups in the `folders` (ends with NULL) that have a manifest and the size that stands there, and what restores of
 * `library` have kept beside it; newest first, at most RESTORE_FILES_MAX of each folder.
 */
enum error_kind restore_repo_files(struct ctx *ctx, const char *const *folders, const char *library,
                                   struct restore_file **out_first) MUST_CHECK;

/* Where a restore of this library is made ready. */
const char *restore_repo_staged(struct ctx *ctx, const char *library);

/*
 * A sound library out of a backup, at `staged`, in three steps. Nothing is cleared away when one fails.
 *
 * Copied and looked at all through: fills what *out_content says of the backup. Then, if that is wished for, brought
 * forward by the journal to `until`. Then brought to this program's schema, with `note` written into it in a
 * transaction. ctx->db is NULL before and after each.
 */
typedef enum error_kind restore_note(struct ctx *ctx, void *argument);

/* DISK_FULL where copying it to `staged` would leave nothing for those who go on working. */
enum error_kind restore_repo_check_room(struct ctx *ctx, const char *path, const char *staged) MUST_CHECK;
enum error_kind restore_repo_copy(struct ctx *ctx, const struct restore_wish *wish, const char *staged,
                                  struct restore_preview *out_content) MUST_CHECK;
enum error_kind restore_repo_bring_forward(struct ctx *ctx, const struct restore_wish *wish,
                                           const char *staged, int64_t until,
                                           struct restore_journal *out_journal) MUST_CHECK;
enum error_kind restore_repo_make(struct ctx *ctx, const char *staged, restore_note *note,
                                  void *argument) MUST_CHECK;

/* A connection to `staged`, to read its settings. */
enum error_kind restore_repo_open(struct ctx *ctx, const char *staged) MUST_CHECK;
void restore_repo_close(struct ctx *ctx);

/* False: no moment can be made of this text. In the zone that is in force. */
bool restore_repo_parse_until(const char *text, int64_t *out_instant);

/* db/restore.h, for the service. */
const char *restore_repo_name_aside(struct ctx *ctx, const char *library);
enum error_kind restore_repo_swap(struct ctx *ctx, const char *library, const char *aside) MUST_CHECK;
enum error_kind restore_repo_swap_back(struct ctx *ctx, const char *library, const char *aside) MUST_CHECK;
void restore_repo_clear(struct ctx *ctx, const char *staged);

/* 0: it is not there. */
int64_t restore_repo_bytes(const char *path);

#endif
