/*
 * import_undo.h — one record that an import made, as undoing the import sees it, by its entity: "borrow", "book", "copy",
 * "member". Which of them are taken back, and in which order, is import_undo_service.h's.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_UNDO_H
#define CARREL_CATALOGUE_IO_IMPORT_UNDO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctx.h"

/* Texts are the arena's, for people. */
struct import_made_record {
    const char *name;
    const char *tie; /* what hangs on it, so that it must stay: it was lent, charged …; NULL: nothing */
    bool is_edited;  /* somebody has changed it since */
};

struct import_undoer {
    const char *entity;

    /* The record with this id, which the batch made. ERROR_NOT_FOUND: somebody else has removed it already. Reads. */
    enum error_kind (*look)(struct ctx *ctx, int64_t batch_id, int64_t id,
                            struct import_made_record *out_record) MUST_CHECK;

    /* It goes, with all that only it had. Only where look() has found no tie. Writer only. */
    enum error_kind (*remove)(struct ctx *ctx, int64_t id) MUST_CHECK;
};

extern const struct import_undoer import_undo_borrows; /* import_loan.c */
extern const struct import_undoer import_undo_copies;  /* import_copy.c */
extern const struct import_undoer import_undo_members; /* import_member.c */

#endif
