/*
 * journal_apply.h — one changeset, done again.
 *
 * Not by sqlite3changeset_apply(): that changes row by row, and two rows that have exchanged a unique value within one
 * transaction (the times of opening, two barcodes) can never follow each other. Here the old rows of a transaction are
 * taken away first, each looked at whether it is what it was, and then the new ones are put in.
 */
#ifndef CARREL_DB_JOURNAL_APPLY_H
#define CARREL_DB_JOURNAL_APPLY_H

#include <stdint.h>

#include "base/ctx.h"
#include "db/journal_file.h"

struct journal_apply;

/* For as many changes as there are; freed before the transaction and its connection end. */
struct journal_apply *journal_apply_new(void);
void journal_apply_free(struct journal_apply *apply);

/* On ctx->db, in a transaction, without foreign keys. LIBRARY_DAMAGED when a row is not as the change found it: then all is to be rolled back. */
enum error_kind journal_apply_change(struct ctx *ctx, struct journal_apply *apply,
                                     const struct journal_change *change) MUST_CHECK;

#endif
