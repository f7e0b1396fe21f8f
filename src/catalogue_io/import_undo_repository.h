/*
 * import_undo_repository.h — what hangs on a title that an import made; and how its undoing was asked for. Reads, but for
 * the batch's own row.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_UNDO_REPOSITORY_H
#define CARREL_CATALOGUE_IO_IMPORT_UNDO_REPOSITORY_H

#include "base/ctx.h"

struct title_ties {
    bool lent, held, watched, listed, reviewed, merged;
    bool more_copies; /* than those that came with it */
};

enum error_kind import_repo_title_ties(struct ctx *ctx, int64_t book_id,
                                       struct title_ties *out_ties) MUST_CHECK;

/* Has somebody, or another import, changed the title itself? Its copies aside. */
enum error_kind import_repo_title_edited(struct ctx *ctx, int64_t batch_id, int64_t book_id,
                                         bool *out_edited) MUST_CHECK;

/* The next copy of a title after an id, of those that came with it; 0: there are no more. */
enum error_kind import_repo_next_copy(struct ctx *ctx, int64_t book_id, int64_t after,
                                      int64_t *out_id) MUST_CHECK;

/* A record is gone for good: what any batch changed in it can no longer be taken back. */
enum error_kind import_repo_forget_changed(struct ctx *ctx, const char *entity, int64_t id) MUST_CHECK;

/* A stock-take is under way. */
enum error_kind import_repo_stocktake_open(struct ctx *ctx, bool *out_open) MUST_CHECK;

/* `undoing`, in the name of ctx's actor; whether edits go, too, is kept with the batch's summary. Writer only. */
enum error_kind import_repo_begin_undo(struct ctx *ctx, int64_t batch_id, bool edits_too) MUST_CHECK;
enum error_kind import_repo_undoes_edits(struct ctx *ctx, int64_t batch_id, bool *out_edits_too) MUST_CHECK;
enum error_kind import_repo_end_undo(struct ctx *ctx, int64_t batch_id) MUST_CHECK;

#endif
