/*
 * snapshots.h — who is reading an old state of the library, and how the writer makes them stop.
 *
 * While somebody reads a snapshot, the WAL cannot be begun anew: one reader that never ends would fill the
 * disk. So every read transaction on a library that is being served stands in a list, and db/checkpoint cuts
 * those that have had their time when the WAL has grown past its limits (RUNTIME.md). A cut one's statements
 * end with BUSY; its owner closes it as always.
 *
 * One list for the process: it serves one library. A reader in another process is not in it and cannot be cut.
 */
#ifndef CARREL_DB_SNAPSHOTS_H
#define CARREL_DB_SNAPSHOTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

struct sqlite3;

enum snapshot_kind {
    SNAPSHOT_REQUEST, /* of one request: the first to be cut */
    SNAPSHOT_WHOLE,   /* of a backup or a check, which reads the whole file: the last */
};

/* Lives in its owner; between enlist and delist it stands in the list and may not move. */
struct snapshot {
    enum snapshot_kind kind;
    int64_t since_ms; /* monotonic */
    struct sqlite3 *handle;
    atomic_bool cut;
    bool listed;
    struct snapshot *before, *next;
};

/* Begins a read transaction on ctx->db; nothing is enlisted when it fails. */
enum error_kind snapshot_begin(struct ctx *ctx, enum snapshot_kind kind) MUST_CHECK;

/* Ends it. When even that fails, the connection is not to be used again. */
enum error_kind snapshot_end(struct ctx *ctx) MUST_CHECK;

/* The list itself, for connections that are not a struct db. Enlist before BEGIN; delist before closing. */
void snapshot_enlist(struct snapshot *snapshot, struct sqlite3 *handle, enum snapshot_kind kind);
void snapshot_delist(struct snapshot *snapshot);

/* Asked on the owner's thread before each step. */
static inline bool snapshot_is_cut(const struct snapshot *snapshot)
{
    return atomic_load_explicit(&snapshot->cut, memory_order_relaxed);
}

/* Cuts those of this kind that were begun before `began_ms`; how many. For the writer's thread. */
int snapshots_cut(enum snapshot_kind kind, int64_t began_ms);

/* Is there one of this kind that has not been cut? */
bool snapshots_have(enum snapshot_kind kind);

#endif
