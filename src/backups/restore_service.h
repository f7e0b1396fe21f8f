/*
 * restore_service.h — a backup put in the place of the library that is being served.
 *
 * Three parties. A *request* asks (restore_begin) and comes back at once. A *thread* of its own makes the backup ready
 * beside the library (copied, looked at all through, brought forward) while everybody goes on working, and calls whoever
 * serves. *Whoever serves* (src/serve.c) claims it, stops serving, swaps, serves again, and says how it ended. How far
 * it is can be asked at any time, also by the library that comes after.
 *
 * What was done between the backup and the swap is in the library that is kept aside; the log of the restored one says
 * under which name ("library.restored").
 */
#ifndef CARREL_BACKUPS_RESTORE_SERVICE_H
#define CARREL_BACKUPS_RESTORE_SERVICE_H

#include "backups/restore.h"
#include "base/ctx.h"

/* ---- with a connection to the present library ---------------------------------------------------------------- */

/*
 * What is asked for. BACKUP_NOT_FOUND. By its path the machine's owner may name any file; others only one in the
 * folders for backups, or one that a restore has kept aside: FORBIDDEN. VALIDATION_ERROR for a moment that is none.
 */
enum error_kind restore_find(struct ctx *ctx, const struct restore_request *request,
                             struct restore_wish *out_wish) MUST_CHECK;

/* What is in it, what the present library has, and what would be lost. */
enum error_kind restore_preview(struct ctx *ctx, const char *path,
                                struct restore_preview *out_preview) MUST_CHECK;

/* All that may be restored, newest first: also what no row of the present library knows of. */
enum error_kind restore_files(struct ctx *ctx, struct restore_file **out_first) MUST_CHECK;

/* ---- without one --------------------------------------------------------------------------------------------- */

/* The same in `folders` (ends with NULL) and beside `library`. */
enum error_kind restore_files_in(struct ctx *ctx, const char *const *folders, const char *library,
                                 struct restore_file **out_first) MUST_CHECK;

/* RESTORE_UNDER_WAY while another is; CONFLICT where nobody serves. Who acts is kept for the log. */
enum error_kind restore_begin(struct ctx *ctx, const struct restore_wish *wish) MUST_CHECK;

void restore_status(struct ctx *ctx, struct restore_status *out_status);

/*
 * The steps of restore_begin() at once, where the library rests and its lock is held: `library` is then the backup's.
 * `agree` is shown what is in it, once that is known to be sound, and may refuse; what it fails with is what this fails
 * with. A moment such as "14:30" is one of the backup's own time zone.
 */
typedef enum error_kind restore_agree(struct ctx *ctx, const struct restore_preview *content, void *argument);
enum error_kind restore_resting(struct ctx *ctx, const char *library, const struct restore_wish *wish,
                                restore_agree *agree, void *argument, struct restore_journal *out_journal,
                                const char **out_aside) MUST_CHECK;

/* ---- for whoever serves -------------------------------------------------------------------------------------- */

/*
 * Before there are threads. `library` is absolute; `ready()` is called on the restore's thread when one is to be
 * claimed. What a restore that was killed has left is removed: the library's lock is held.
 */
void restore_serve(struct ctx *ctx, const char *library, void (*ready)(void));

/* Is one ready? It is under way from here on: restore_swap() and restore_end() have to follow. */
bool restore_claim(void);

/* Nobody has the library open. When it fails, the library is the old one and the restore has failed. */
enum error_kind restore_swap_claimed(struct ctx *ctx) MUST_CHECK;

/* The new library is served; or, `why` not NULL, it could not be opened: the old one gets its place back. */
enum error_kind restore_end(struct ctx *ctx, const char *why) MUST_CHECK;

/* Waits for the thread. One that is not claimed is given up; break backups off first (db/backup.h). */
void restore_stop(void);

#endif
