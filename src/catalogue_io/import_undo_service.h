/*
 * import_undo_service.h — taking back what an import made: records go wholly, as if they had never been there, unless
 * something hangs on them that must not be lost; values go back where they are still as the import left them.
 *
 * What a title needs to stay: a loan, past or present, a hold, a reader who watches it, a reading list, a review, another
 * title that it was compared or merged with, copies that came later. Copies that came with a
 * title go and stay with it. Undoing takes its time, in slices, and goes on after a stop of the server.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_UNDO_SERVICE_H
#define CARREL_CATALOGUE_IO_IMPORT_UNDO_SERVICE_H

#include "base/ctx.h"
#include "base/uuid.h"
#include "catalogue_io/import_kind.h"

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

/* import_titles.undo */
enum error_kind import_undo_title(struct ctx *ctx, const char *entity, int64_t id, bool edits_too,
                                  bool only_look, enum import_undo_outcome *out_outcome,
                                  const char **out_name, const char **out_why) MUST_CHECK;

#endif
