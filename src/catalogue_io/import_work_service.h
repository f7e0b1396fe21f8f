/*
 * import_work_service.h — a batch being read or written, step by step: what the thread, the old routes and the command
 * line have in common. It is read where nobody waits, and written on the writer's thread in slices.
 *
 *     TRY(import_work_begin(ctx, &batch, &source, &work));
 *     reading:  do { TRY(import_work_look(ctx, work, &more)); import_work_keep() on the writer } while (more)
 *     writing:  do { TRY(import_work_prepare(ctx, work, &more)); import_work_write() on the writer } while (more)
 *
 * Each slice of writing begins with what the batch's row says has been done: after a rollback, a stop or a power cut it
 * goes on exactly there. A work that is to go on in the middle passes over what is done (import_work_prepare()).
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_WORK_SERVICE_H
#define CARREL_CATALOGUE_IO_IMPORT_WORK_SERVICE_H

#include "base/ctx.h"
#include "catalogue_io/import_batch.h"
#include "catalogue_io/import_run.h"

struct import_work;

/* Errors of import_run_open(). `source` must be there as long. A batch that has no row yet has id 0. */
enum error_kind import_work_begin(struct ctx *ctx, const struct import_batch *batch,
                                  const struct import_source *source,
                                  struct import_work **out_work) MUST_CHECK;
void import_work_end(struct import_work *work); /* NULL is allowed */

const struct import_file_facts *import_work_file(const struct import_work *work);
const struct import_tally *import_work_tally(const struct import_work *work);

/* ---- reading: a dry run ------------------------------------------------------------------------------------- */

/* The next rows, on a read connection. IMPORT_UNREADABLE: nothing at all below the header, and what it says. */
enum error_kind import_work_look(struct ctx *ctx, struct import_work *work, bool *out_more) MUST_CHECK;

/* Rows of the last look that are worth keeping; NULL at their end. They live until the next look. */
struct import_kept_row;
const struct import_kept_row *import_work_kept(const struct import_work *work, size_t i);

/*
 * Keeps them, and how far it is. Writer only. *out_goes_on is false when the batch is not being read any more:
 * somebody has given it up.
 */
enum error_kind import_work_keep(struct ctx *ctx, struct import_work *work, bool *out_goes_on) MUST_CHECK;

/* The batch is ready, with what its columns are. Writer only. */
enum error_kind import_work_ready(struct ctx *ctx, struct import_work *work) MUST_CHECK;

/* ---- writing -------------------------------------------------------------------------------------------------- */

/* From `ready` to `writing`, with the audit row that says what is planned (batch->tally). Writer only. */
enum error_kind import_work_start(struct ctx *ctx, struct import_batch *batch) MUST_CHECK;

/* The same for one that has no row yet, after a look at all of its file: makes the row. The same once more after a
   rollback. Writer only. */
enum error_kind import_work_adopt(struct ctx *ctx, struct import_work *work,
                                  struct uuid *out_uuid) MUST_CHECK;

/* Begins the file anew, to be written. */
enum error_kind import_work_rewind(struct ctx *ctx, struct import_work *work) MUST_CHECK;

/* The next rows, unless there are some left. *out_more: there are any. */
enum error_kind import_work_prepare(struct ctx *ctx, struct import_work *work, bool *out_more) MUST_CHECK;

/*
 * Writes prepared rows for about `budget_ms`, in the transaction at hand; with none left, ends the batch. *out_goes_on
 * is false when that is done, or the batch is not being written any more: somebody has stopped it. Writer only.
 */
enum error_kind import_work_write(struct ctx *ctx, struct import_work *work, int64_t budget_ms,
                                  bool *out_goes_on) MUST_CHECK;

#endif
