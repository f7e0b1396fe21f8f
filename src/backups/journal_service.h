/*
 * journal_service.h — when the journal is kept, what it stands on, how long its files stay.
 *
 * It is kept while the setting journal is on, backups are made by themselves and a second folder is set; where backups
 * are to be sealed, it is sealed with the same key, and without one not kept. Each series needs a backup made since it
 * began, in the second folder: its base. Files that no backup there needs are removed; so what has been forgotten is
 * gone from the journal when the oldest backup is.
 */
#ifndef CARREL_BACKUPS_JOURNAL_SERVICE_H
#define CARREL_BACKUPS_JOURNAL_SERVICE_H

#include "backups/backups.h"
#include "backups/journal.h"
#include "base/ctx.h"

/* For the writer's connection, on ctx->db, before the writer starts; and before it is closed. */
enum error_kind backups_journal_open(struct ctx *ctx) MUST_CHECK;
void backups_journal_close(void);

/* Follows the settings it rests on, inside the transaction that changes one; looks at all of them again. */
enum error_kind backups_journal_follow(struct ctx *ctx) MUST_CHECK;

/* `backups`: those there are, newest first. No connection is needed. */
void backups_journal_overview(struct ctx *ctx, const struct backup_place *place, const struct backup *backups,
                              struct journal_overview *out_overview);

/* What the journal's job has to do; looked at without a connection. */
struct journal_need {
    bool wants_base;
    const struct backup
        *base; /* one made since the series began, to be copied there; NULL: one is to be made first */
};
void backups_journal_need(struct ctx *ctx, const struct backup_place *place, const struct backup *backups,
                          struct journal_need *out_need);

/* Of which kind such a one is: one that rotation takes away soonest. */
enum backup_kind backups_journal_base_kind(const struct backup_place *place);

/*
 * Removes the files that no backup in the second folder needs, this library's or another's that uses the same folder; none
 * while this library has none there.
 */
void backups_journal_prune(struct ctx *ctx, const struct backup_place *place, const struct backup *backups,
                           int64_t *out_removed);

#endif
