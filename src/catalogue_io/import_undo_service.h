/*
 * import_undo_service.h — taking back what an import made: records go wholly, as if they had never been there, unless
 * something hangs on them that must not be lost; values go back where they are still as the import left them.
 *
 * What a title needs to stay: a loan, past or present, a hold, a reader who watches it, a reading list, a review, another
 * title that it was compared or merged with, copies that came later. Copies that came with a title go and stay with it.
 * Whether somebody has changed a title is asked of the audit log and of other imports: that another import has brought it
 * copies, and was undone, is no change. A name that was changed in all titles that have it may be any title's.
 *
 * Undoing takes its time, in slices, and goes on after a stop of the server.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_UNDO_SERVICE_H
#define CARREL_CATALOGUE_IO_IMPORT_UNDO_SERVICE_H

#include "base/ctx.h"
#include "base/uuid.h"

#define IMPORT_UNDO_ENTITIES 4
#define IMPORT_UNDO_EXAMPLES 50

struct import_undo_counts {
    const char *entity;
    int64_t removed, restored, kept, edited; /* restored: values */
};

struct import_undo_example {
    const char *entity, *name, *why;
};

struct import_undo_preview {
    bool complete; /* false: there was no time to look at all of them */
    struct import_undo_counts counts[IMPORT_UNDO_ENTITIES];
    size_t entity_count;
    struct import_undo_example examples[IMPORT_UNDO_EXAMPLES];
    size_t example_count;
};

/* IMPORT_NOT_FOUND; IMPORT_NOT_READY, IMPORT_UNDER_WAY, ALREADY_UNDONE. */
enum error_kind import_undo_preview(struct ctx *ctx, const struct uuid *uuid,
                                    struct import_undo_preview **out_preview) MUST_CHECK;

/* The same errors; CONFLICT while a stock-take is under way. Leaves the audit row. Writer only. */
enum error_kind import_undo_begin(struct ctx *ctx, const struct uuid *uuid, bool edits_too,
                                  int64_t *out_id) MUST_CHECK;

/*
 * Undoes for about `budget_ms`; *out_goes_on is false at the end. Writer only, and where SQLite need not look for rows
 * that name what goes (writer_run_bulk_settled()): that there are none has been asked.
 */
enum error_kind import_undo_step(struct ctx *ctx, int64_t batch_id, int64_t budget_ms,
                                 bool *out_goes_on) MUST_CHECK;

/* What undoing one record would mean, or meant. */
enum import_undo_outcome {
    IMPORT_UNDO_REMOVED, /* the record goes, and all that only it had */
    IMPORT_UNDO_KEPT,    /* it stays: `why` says why, for people */
    IMPORT_UNDO_GONE,    /* somebody else has removed it already */
};

struct import_undone {
    enum import_undo_outcome outcome;
    const char *name, *why; /* in the arena; NULL: none */
};

/*
 * One record that the batch made, as a step does it. `edits_too`: also what somebody has changed since; never what
 * something hangs on. `only_look`: nothing is changed.
 */
enum error_kind import_undo_record(struct ctx *ctx, int64_t batch_id, const char *entity, int64_t id,
                                   bool edits_too, bool only_look,
                                   struct import_undone *out_undone) MUST_CHECK;

#endif
