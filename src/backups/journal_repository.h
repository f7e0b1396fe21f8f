/*
 * journal_repository.h — the journal of the library that is open (db/journal.h), and its files.
 */
#ifndef CARREL_BACKUPS_JOURNAL_REPOSITORY_H
#define CARREL_BACKUPS_JOURNAL_REPOSITORY_H

#include "backups/journal.h"
#include "base/ctx.h"
#include "base/seal.h"
#include "db/journal_restore.h"

/* On the writer's connection, before the writer starts: ends with that connection. `folder` NULL: off. */
enum error_kind journal_repo_open(struct ctx *ctx, const char *folder, const struct seal_key *key) MUST_CHECK;

/* Nobody asks it any more: before its connection is closed. */
void journal_repo_close(void);

/* Another place; nothing when no journal is open. */
void journal_repo_move(const char *folder, const struct seal_key *key);

/* All but folder_is_there and has_base; all zero when no journal is open. */
void journal_repo_look(struct journal_overview *out_overview);

/* Files with nothing in them from `needed_from` on, removed. *out_removed: how many. */
void journal_repo_prune(struct ctx *ctx, const char *folder, int64_t needed_from, int64_t *out_removed);

/*
 * `staged`, the opened copy of the backup `from`, brought to the instant `until` (JOURNAL_LATEST: as far as it goes) by
 * the journal beside that backup or in the second folder (`second` NULL: the one that the backup knows of). `passphrase`
 * as for the backup. Errors as in db/journal_restore.h.
 */
enum error_kind journal_repo_bring_forward(struct ctx *ctx, const char *from, const char *passphrase,
                                           const char *staged, const char *second, int64_t until,
                                           struct journal_reach *out_reach) MUST_CHECK;

#endif
