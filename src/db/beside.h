/*
 * beside.h — tables of a new library that are filled in a file of their own while the library's file is in other hands
 * (db/pack.h), by another thread, and then taken over: full-text tables and others that only SQLite can make.
 *
 *     TRY(beside_open(ctx, tables, &beside));       ctx->db, a DB_BUILD connection to the library
 *     …                                             another thread fills them through beside_db()
 *     TRY(beside_take_over(ctx, beside));           ctx->db is such a connection again, outside a transaction
 */
#ifndef CARREL_DB_BESIDE_H
#define CARREL_DB_BESIDE_H

#include "base/ctx.h"

#define BESIDE_SUFFIX "-beside" /* of the library's name */

struct beside;
struct db;

/*
 * Makes the file and these tables in it with their indexes, empty, as the library has them; `tables` ends with NULL. Closed and removed
 * with ctx->arena at the latest: whoever uses it has to have stopped by then.
 */
enum error_kind beside_open(struct ctx *ctx, const char *const *tables,
                            struct beside **out_beside) MUST_CHECK;

/* A DB_BUILD connection, for one thread at a time. */
struct db *beside_db(const struct beside *beside);

/* What the library has in these tables is replaced by what was filled in. Nobody uses beside_db() any more. */
enum error_kind beside_take_over(struct ctx *ctx, struct beside *beside) MUST_CHECK;

#endif
