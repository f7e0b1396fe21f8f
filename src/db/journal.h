/*
 * journal.h — every committed transaction once more, in a second folder: what brings a backup forward to any moment.
 *
 * While a place is given (a folder on another disk), each transaction of the writer is recorded by SQLite's session
 * extension (https://www.sqlite.org/sessionintro.html). The row of table `journal` gets the next number inside the very
 * transaction, so that the library, each backup of it and the files agree about what comes next. After COMMIT the
 * changes wait in memory; a thread of the journal's own writes them to the folder (db/journal_file.h) and syncs it every
 * JOURNAL_SYNC_MS: a slow stick holds nobody up. A power cut costs the journal what it had not synced, a second or so;
 * the library itself has lost nothing.
 *
 * A *series* is numbered without a gap. Where one cannot go on, another one begins as soon as the folder is there, and
 * needs a backup of its own to stand on (jobs/journal_job):
 *
 *     the folder was away for longer than JOURNAL_QUEUE_MAX bytes of changes
 *     the program ended before all was synced: library and files disagree at the next start
 *     the library was restored, its schema changed, or a file from elsewhere took its place
 *     one transaction was larger than JOURNAL_TRANSACTION_MAX (all derived figures anew)
 *     another folder or another passphrase was chosen; the journal was off meanwhile
 *
 * Every table is recorded but `journal` itself and, while the files are not sealed, `secret`; what is derived as well:
 * what is done again is byte by byte what was.
 * The journal never makes a transaction fail that would have gone well without it: rather it ends its series.
 */
#ifndef CARREL_DB_JOURNAL_H
#define CARREL_DB_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"
#include "base/seal.h"

struct db;
struct journal;

/* Where to. */
struct journal_place {
    const char *folder;         /* NULL: nowhere, the journal is off */
    const struct seal_key *key; /* NULL: in the clear */
};

/*
 * For ctx->db, the writer's connection, before the writer starts. It ends with the connection: what waits is written
 * first, if the folder is there.
 */
enum error_kind journal_open(struct ctx *ctx, const struct journal_place *place,
                             struct journal **out_journal) MUST_CHECK;

/* Another place, or none. The same place again changes nothing. From any thread. */
void journal_move(struct journal *journal, const struct journal_place *place);

struct journal_status {
    bool on;                 /* a place is given */
    int64_t lag_ms;          /* since the oldest change that is not on the second disk was made; 0: all are */
    int64_t last_written_at; /* instant of the last change that is there; 0: none since the program started */
    int64_t gap_since;       /* instant of the first change that is not, and will not be, written; 0: none */
    int64_t series_from;     /* when the present series began; 0: there is none */
};

/* From any thread. */
void journal_look(struct journal *journal, struct journal_status *out_status);

/* A restored library has no journal yet: in the transaction on ctx->db. */
enum error_kind journal_forget(struct ctx *ctx) MUST_CHECK;

/* ---- for db/writer, on its thread; nothing happens on a connection without a journal ----------------------- */

void journal_begin(struct db *db);                                 /* after BEGIN */
enum error_kind journal_before_commit(struct ctx *ctx) MUST_CHECK; /* fails only as any statement can */
void journal_after_commit(struct db *db);
void journal_rolled_back(struct db *db);

/* For db/engine: while a statement runs, from time to time; at the end. */
void journal_watch_memory(struct journal *journal);
void journal_close(struct journal *journal);

#endif
