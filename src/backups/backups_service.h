/*
 * backups_service.h — making backups, and taking away those that are no longer needed.
 *
 * What needs a connection and what takes long stand apart: a copy of a gigabyte is made while no connection is in
 * hand, and recorded afterwards in a transaction of its own. One backup at a time (BUSY).
 */
#ifndef CARREL_BACKUPS_BACKUPS_SERVICE_H
#define CARREL_BACKUPS_BACKUPS_SERVICE_H

#include "backups/backups.h"
#include "base/ctx.h"

/* ---- with a connection ----------------------------------------------------------------------------------- */

/* The settings, and what follows from them. */
enum error_kind backups_place(struct ctx *ctx, struct backup_place *out_place) MUST_CHECK;

/*
 * The same of a library of an older version at `library`, as far as it can say: where a backup of it goes, and how it is
 * sealed. A folder that was chosen and is not there: the default one.
 */
enum error_kind backups_place_of_old(struct ctx *ctx, const char *library,
                                     struct backup_place *out_place) MUST_CHECK;

/* All there are, and whether that is enough; not yet whether the folders are there. */
enum error_kind backups_overview(struct ctx *ctx, struct backups_overview *out_overview) MUST_CHECK;

/* When the last good one was made; 0: there is none. */
enum error_kind backups_last_good(struct ctx *ctx, int64_t *out_at) MUST_CHECK;

/* Is it too long ago, or never? */
bool backups_are_old(int64_t last_good_at, int64_t now);

/* Which is due now. */
enum error_kind backups_due_now(struct ctx *ctx, const struct backup_place *place,
                                enum backup_kind *out_kind) MUST_CHECK;

/* The newest daily or weekly one, which belongs in the second folder; id 0: there is none, or no such folder. */
enum error_kind backups_for_second(struct ctx *ctx, const struct backup_place *place,
                                   struct backup *out_backup) MUST_CHECK;

/* Those that rotation takes away, linked. */
enum error_kind backups_surplus(struct ctx *ctx, const struct backup_place *place,
                                struct backup **out_first) MUST_CHECK;

/* On the writer. One that was asked for by somebody leaves an audit row, "backup.made". */
enum error_kind backups_record(struct ctx *ctx, struct backup *backup) MUST_CHECK;
enum error_kind backups_forget(struct ctx *ctx, int64_t id) MUST_CHECK;

/* ---- without one ------------------------------------------------------------------------------------------ */

/*
 * Looks at the folders. A disk that hangs, or a stick half pulled out, may hold up whoever looks for minutes: never on
 * the writer.
 */
void backups_look_at_folders(struct backups_overview *overview);

/* Is that one still to be copied to the second folder? Not while the folder is away. */
bool backups_is_due_in_second(struct ctx *ctx, const struct backup_place *place, const struct backup *backup);

/* The rule behind backups_due_now(), of one moment. */
enum backup_kind backups_due(const struct backup_history *history, const struct backup_place *place,
                             int64_t now);

/*
 * Into place->directory, or to `target` (a new file or a directory) when that is not NULL. Daily and weekly ones are
 * read back in full. BACKUP_FAILED, DISK_FULL, BUSY.
 */
enum error_kind backups_make(struct ctx *ctx, const struct backup_place *place, const char *target,
                             enum backup_kind kind, struct backup *out_backup) MUST_CHECK;

/* Of a library of an older version, before it is brought forward. */
enum error_kind backups_make_of_old(struct ctx *ctx, const struct backup_place *place, const char *library,
                                    int64_t version, struct backup *out_backup) MUST_CHECK;

/* Takes that one away again, with its manifest: it was made in vain. */
void backups_discard(struct ctx *ctx, const char *path);

/* Fills in what is recorded of one that failed: from ctx->error. */
void backups_failed(struct ctx *ctx, enum backup_kind kind, struct backup *out_backup);

enum error_kind backups_copy_second(struct ctx *ctx, const struct backup_place *place,
                                    const struct backup *backup, struct backup *out_copy) MUST_CHECK;

/* Takes a file away if it is what its row says. *out_forget: its row goes as well. */
void backups_remove(struct ctx *ctx, const struct backup *backup, bool *out_forget);

#endif
