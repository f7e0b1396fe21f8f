/*
 * restore.h — a backup put in a library's place, in three steps of which each can be the last one.
 *
 *     TRY(restore_stage(ctx, backup, NULL, staged, &content));    a copy beside the library, looked at all through
 *     …                                                     open `staged` as a library: an older one is migrated
 *     TRY(restore_swap(ctx, staged, library, &aside));      the old one is kept, the new one gets the name
 *
 * At every moment, also when the power fails, the library's name is that of the old library or of the new one,
 * whole. The old one keeps nothing in its WAL when the new one comes, so that neither ever meets a WAL that is not
 * its own. Nobody may have the library open: the caller holds its lock (db/lockfile.h).
 */
#ifndef CARREL_DB_RESTORE_H
#define CARREL_DB_RESTORE_H

#include <stdint.h>

#include "base/ctx.h"

/* What a backup holds. */
struct restore_content {
    int64_t bytes;
    int64_t version; /* of its schema; at most ours */
    int64_t books, copies, members, borrows, open_borrows;
    int64_t last_audit_id; /* of the last audit row; 0: there is none */
    int64_t last_activity; /* its instant; 0: there is none */
};

/*
 * What is in `backup`, read where it lies and no further than that takes: whether all of it is sound, restore_stage()
 * finds out. NOT_FOUND, NOT_A_LIBRARY, LIBRARY_TOO_NEW, LIBRARY_DAMAGED.
 */
enum error_kind restore_look(struct ctx *ctx, const char *backup,
                             struct restore_content *out_content) MUST_CHECK;

/* The same counts of the library that ctx->db is a connection to; its bytes stay 0. */
enum error_kind restore_count(struct ctx *ctx, struct restore_content *out_content) MUST_CHECK;

/*
 * Copies `backup` to `staged` (a new name beside the library) and checks the copy: application id, version,
 * the SHA-256 of a manifest beside it, quick_check, foreign keys. The backup itself is only read. NOT_FOUND, NOT_A_LIBRARY, LIBRARY_TOO_NEW (before
 * anything is copied), LIBRARY_DAMAGED, DISK_FULL. One that is sealed (db/sealed.h) is opened with `passphrase`:
 * PASSPHRASE_REQUIRED when that is NULL, WRONG_PASSPHRASE; else it is not looked at. What a failure leaves at `staged` is the caller's to remove.
 */
enum error_kind restore_stage(struct ctx *ctx, const char *backup, const char *passphrase, const char *staged,
                              struct restore_content *out_content) MUST_CHECK;

/*
 * Keeps what stands at `library` under a dated name beside it (*out_aside; NULL: nothing stood there), then gives
 * `staged` its name. `staged` must be closed and have nothing left in a WAL.
 *
 * A kill before the last step may leave the copy of the backup under the dated name; the library is then the old one.
 * What a library too damaged to be opened has in its WAL is kept as the dated name with ".wal": to look into, and
 * where SQLite lays it over nothing.
 */
enum error_kind restore_swap(struct ctx *ctx, const char *staged, const char *library,
                             const char **out_aside) MUST_CHECK;

/*
 * The same in two steps, for whoever writes into the new library where the old one is: first the name, NULL when
 * nothing stands at `library`; then the swap.
 */
const char *restore_name_aside(struct ctx *ctx, const char *library);
enum error_kind restore_swap_as(struct ctx *ctx, const char *staged, const char *library,
                                const char *aside) MUST_CHECK;

/*
 * Undoes a swap whose new library turned out not to open: what stands at `aside` gets its name back, and the new one,
 * which nobody has worked with, goes. `aside` NULL: nothing stood there.
 */
enum error_kind restore_swap_back(struct ctx *ctx, const char *library, const char *aside) MUST_CHECK;

/* Removes `staged` and what SQLite keeps beside it: after a failure, and what an earlier attempt has left. */
void restore_clear(struct ctx *ctx, const char *staged);

#endif
