/*
 * import_service.h — a whole file of titles that is in memory, in one request: looked at by who brings it, written on
 * the writer's thread in slices. It leaves a batch behind (import_batch.h), which can be undone as any other.
 *
 *     struct import_plan *plan;
 *     bool more = true;
 *     TRY(import_plan_make(ctx, bytes, length, &options, &plan));    reading only
 *     while (more)
 *         TRY(import_plan_step(ctx, plan, WRITER_BULK_SLICE_MS, &more));    each in a transaction of its own
 *     TRY(import_plan_report(ctx, plan, &report));
 *
 * A dry run ends after import_plan_make() and leaves nothing. A row that is refused never keeps the others out. One audit
 * row ("catalogue.imported", with the numbers planned) stands in the transaction of the first slice; one event
 * (CatalogueImported) in that of the last.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_SERVICE_H
#define CARREL_CATALOGUE_IO_IMPORT_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "catalogue_io/import_batch.h"
#include "catalogue_io/import_report.h"

struct import_plan;

/* How a file is to be taken. All zero: as it tells of itself, and for good. */
struct import_options {
    bool dry_run;
    const char *encoding;  /* one of csv_encodings (csv_reader.h); NULL: recognised; so below */
    const char *delimiter; /* one of import_delimiters */
    const char *columns;   /* as import_columns_tell() takes it */
};

/*
 * `bytes` are CSV (csv_reader.h) or MARC records (marc_file.h), told by how they begin, and live as long as the
 * plan, which goes with ctx->arena. IMPORT_UNREADABLE, INVALID_PARAMETER: as import_run_open(); nothing below the
 * header, more than IMPORT_ROWS_MAX rows.
 */
enum error_kind import_plan_make(struct ctx *ctx, const char *bytes, size_t length,
                                 const struct import_options *options,
                                 struct import_plan **out_plan) MUST_CHECK;

/*
 * Writes titles for about `budget_ms`; *out_more says whether any are left. What others have catalogued since
 * the plan was made is refused now. Goes on rightly when the transaction of the last step was rolled back.
 */
enum error_kind import_plan_step(struct ctx *ctx, struct import_plan *plan, int64_t budget_ms,
                                 bool *out_more) MUST_CHECK;

/* How it stands: complete after the last step, or after import_plan_make() of a dry run. */
enum error_kind import_plan_report(struct ctx *ctx, struct import_plan *plan,
                                   const struct import_report **out_report) MUST_CHECK;

#endif
