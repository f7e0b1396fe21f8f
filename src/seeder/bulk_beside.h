/*
 * bulk_beside.h — what a thread does while loans are drawn and tables are packed: first it settles titles and names,
 * and when all loans are there it writes, into a file beside the library (db/beside.h), the words that titles and members
 * are found by, what titles are about, and how often each was lent in every day and month; that goes into the library. Then it helps with sorting.
 */
#ifndef CARREL_SEEDER_BULK_BESIDE_H
#define CARREL_SEEDER_BULK_BESIDE_H

#include "db/beside.h"
#include "seeder/bulk_internal.h"

/*
 * Writes into `file`, which has the tables for it; NULL: settles names alone. What could be done by no other thread is
 * done where it is waited for. Ended by bulk_beside_end() or bulk_beside_give_up(); what `bulk` points to must be there until then.
 */
void bulk_beside_begin(struct ctx *ctx, struct bulk *bulk, struct beside *file);

/* Waits for titles and names: bulk->invention. */
void bulk_beside_await_names(struct bulk *bulk);

/* All loans are packed, and counted in bulk->days. */
void bulk_beside_lent(struct bulk *bulk);

/* Waits for all of it. */
enum error_kind bulk_beside_end(struct ctx *ctx, struct bulk *bulk) MUST_CHECK;

/* Something else has failed: waits until the thread has stopped. Also when it has never begun, or is over. */
void bulk_beside_give_up(struct bulk *bulk);

#endif
