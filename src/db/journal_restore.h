/*
 * journal_restore.h — a backup, brought forward by the journal.
 *
 * A backup says in its table `journal` which transaction is the last in it. The segments (db/journal_file.h) of that
 * series that lie beside it, in FOLDER/journal, or in the second folder, go on from there. What is found is used in the
 * order of the numbers; nothing is left out, or the rest is not used.
 */
#ifndef CARREL_DB_JOURNAL_RESTORE_H
#define CARREL_DB_JOURNAL_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/seal.h"

/* As far as the journal goes. */
#define JOURNAL_LATEST INT64_MAX

/* Where segments are looked for. */
struct journal_sources {
    const char *folder; /* of the backup */
    const char *second; /* another; NULL: the second folder that is stored in the backup's own settings */
    const struct seal_key *key; /* NULL: sealed segments cannot be read */
};

/* How far a backup can be brought. */
struct journal_reach {
    bool is_there;             /* segments go on from this backup */
    int64_t first_at, last_at; /* instants of the first and the last change after it; 0: there is none */
    int64_t entries;           /* transactions in between */
    bool ends_early;           /* more may have been done after last_at that cannot be reached */
    const char *folder;        /* where they lie */
};

/* `backup` is a library's file that nobody has open; it is only read. Segments are read, but not opened. */
enum error_kind journal_reach(struct ctx *ctx, const char *backup, const struct journal_sources *sources,
                              struct journal_reach *out_reach) MUST_CHECK;

/*
 * Does again in `staged`, a copy that nobody has open, all that was committed up to and including the instant `until`;
 * *out_reach is what was done again. JOURNAL_GAP when that moment is not reached, with the reason "reachable_until" when
 * there is one that is; LIBRARY_DAMAGED when a change is not what was written, or does not fit; PASSPHRASE_REQUIRED,
 * WRONG_PASSPHRASE. After a failure `staged` is worth nothing.
 *
 * Before the copy is brought to a newer schema. Each change is held against the row that it found, and the foreign keys
 * of the result are looked at; nothing is to be made anew afterwards.
 */
enum error_kind journal_bring_forward(struct ctx *ctx, const char *staged,
                                      const struct journal_sources *sources, int64_t until,
                                      struct journal_reach *out_reach) MUST_CHECK;

/*
 * A moment as people give it: RFC 3339, "2026-11-22 14:30" or "2026-11-22 14:30:15" in the library's zone, or "latest"
 * (JOURNAL_LATEST).
 */
bool journal_parse_until(const char *text, int64_t *out_instant);

#endif
