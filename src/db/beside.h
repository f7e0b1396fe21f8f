/*
 * beside.h — tables of a new library that are filled in a file of their own while the library's file is in other hands
 * (db/pack.h), by another thread, and then taken over: full-text tables and others that only SQLite can make.
 *
 *     TRY(beside_open(ctx, tables, &beside));            ctx->db, a DB_BUILD connection to the library
 *     TRY(pack_begin(ctx, other_tables, &packer));
 *     …                                                  another thread fills them through beside_db()
 *     TRY(beside_take_over(ctx, beside, packer));        by that thread, while others pack
 */
#ifndef CARREL_DB_BESIDE_H
#define CARREL_DB_BESIDE_H

#include "base/ctx.h"

#define BESIDE_SUFFIX "-beside" /* of the library's name */

struct beside;
struct db;
struct packer;

/*
 * Makes the file and these tables in it with their indexes, empty, as the library has them; `tables` ends with NULL.
 * Closed and removed with ctx->arena at the latest: whoever uses it has to have stopped by then.
 */
enum error_kind beside_open(struct ctx *ctx, const char *const *tables,
                            struct beside **out_beside) MUST_CHECK;

/* A DB_BUILD connection, for one thread at a time. */
struct db *beside_db(const struct beside *beside);

/*
 * What the library has in these tables (a few rows each: what full-text tables begin with) is replaced by what was filled in.
 * beside_db() is closed; the file is gone. `ctx` is the calling thread's.
 */
enum error_kind beside_take_over(struct ctx *ctx, struct beside *beside, struct packer *packer) MUST_CHECK;

#endif
