/*
 * pack.h — fills the empty tables of a new file by laying down full pages, tables and indexes alike, an order of
 * magnitude faster than SQL: SQLite makes the schema before and everything small after, and judges the result
 * (integrity_check in the tests, row by row against db/load.h). Never used on a library that anybody has.
 *
 *     TRY(pack_begin(ctx, tables, &packer));         ctx->db, a DB_BUILD connection outside a transaction, is closed
 *     if (packer) {                                  NULL: the schema holds what is not understood; use db/load.h
 *         TRY(pack_table(ctx, packer, "borrow", borrow_columns, next_borrow, &generator));
 *         TRY(pack_indexes(ctx, packer));
 *         TRY(pack_end(ctx, packer));                ctx->db is open again
 *     }
 *
 * How. A table's rows come in order of their rowid, so its leaves are written as they fill. On the way every index
 * is offered each row's key: while keys come in order (uuids, times) its leaves are written as well. One whose keys
 * do not is dropped at the first of them and made afterwards: its columns were kept in memory (pack_column.h; or else the
 * table is read again), the keys are sorted, and written. What tables and indexes there are is read from the file
 * (pack_schema.h); an index that is not understood is left to SQLite's REINDEX.
 *
 * Checked: NOT NULL, the type of each column, UNIQUE. Not checked: CHECK and foreign keys, as in a DB_BUILD
 * connection.
 *
 * Memory: a buffer of 1 MiB a tree, and some on their way to the file (pack_disk.h); of columns that indexes have, what
 * their values span, from a table's first row until its last index is sorted (18 bytes a loan, 72 MB for four million);
 * and while indexes are sorted for each thread 8 bytes a key (32 MB for four million) where what decides its order are
 * numbers, or few short words, that have room beside the row's number in 64 bits, else 32 bytes and the key.
 */
#ifndef CARREL_DB_PACK_H
#define CARREL_DB_PACK_H

#include "db/load.h"
#include "db/pack_move.h"

struct packer;

/* `tables` ends with NULL. The packer goes with ctx->arena; who helps has to have stopped by then. */
enum error_kind pack_begin(struct ctx *ctx, const char *const *tables, struct packer **out_packer) MUST_CHECK;

/*
 * As db_load(); the ids are 1, 2, 3 … and there are at most 2^32 - 1. Tables may be packed side by side by several
 * threads, each with a ctx of its own.
 */
enum error_kind pack_table(struct ctx *ctx, struct packer *packer, const char *table,
                           const char *const *columns, load_next *next, void *argument) MUST_CHECK;

/*
 * The values of a column that an index has, of a table that is packed: valid until pack_let_go(), for which pack_hold() was
 * called before pack_table(). By any thread.
 */
struct kept_column;
void pack_hold(struct packer *packer, const char *table);
const struct kept_column *pack_column(struct packer *packer, const char *table, const char *column);
void pack_let_go(struct packer *packer, const char *table);

/*
 * The trees of another library's tables (db/pack_move.h), for tables that are not packed. `path` is its file: whole, without
 * a journal, nobody else's. By any thread, each with a ctx of its own.
 */
enum error_kind pack_take_over(struct ctx *ctx, struct packer *packer, const char *path,
                               const struct moved_tree *trees, size_t count) MUST_CHECK;

/*
 * What is still to be sorted, beside whoever helps. Here UNIQUE is looked at. No table is packed after this.
 */
enum error_kind pack_indexes(struct ctx *ctx, struct packer *packer) MUST_CHECK;

/* Another thread sorts indexes as they come, until pack_indexes() has none left. */
void pack_help(struct packer *packer);

/* After a failure: nothing more is sorted, and whoever helps returns. */
void pack_stop(struct packer *packer);

/* After a failure, in place of pack_end(), when nobody helps any more: no thread and no file is left. */
void pack_give_up(struct packer *packer);

/* Opens the connection again, and has SQLite make the indexes that were not understood. */
enum error_kind pack_end(struct ctx *ctx, struct packer *packer) MUST_CHECK;

#endif
