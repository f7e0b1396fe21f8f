/*
 * import_service.h — a whole file of titles into the catalogue: planned first, written in slices.
 *
 *     struct import_plan *plan;
 *     bool more = true;
 *     TRY(import_plan_make(ctx, bytes, length, &options, &plan));    reading only
 *     while (more)
 *         TRY(import_plan_step(ctx, plan, WRITER_BULK_SLICE_MS, &more));    each in a transaction of its own
 *     const struct import_report *report = import_plan_report(ctx, plan);
 *
 * Making the plan reads the file, repairs what can be repaired, and asks the catalogue about duplicates; it
 * writes nothing and so may run on a read connection. A dry run ends there. A row that is refused never keeps
 * the others out.
 *
 * One audit row ("catalogue.imported", with the numbers planned) stands in the transaction of the first title,
 * so that no title is ever there without it; one event (CatalogueImported) in that of the last slice. If the
 * import ends early, importing the file again goes on where it ended: what is there already is refused as a
 * duplicate.
 *
 * A plan lives in ctx->arena and remembers how far it is: a slice whose transaction was rolled back ends it.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_SERVICE_H
#define CARREL_CATALOGUE_IO_IMPORT_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "catalogue_io/import_report.h"

struct import_plan;

/* How a file is to be taken. All zero: as it tells of itself, and for good. */
struct import_options {
    bool dry_run;
    const char *encoding;  /* one of csv_encodings (csv_reader.h); NULL: recognised; so below */
    const char *delimiter; /* one of import_delimiters */
    const char *columns;   /* as import_columns_tell() takes it */
};

/* "comma", "semicolon", "tab", "bar" and NULL. */
extern const char *const import_delimiters[];

/*
 * `bytes` are CSV (csv_reader.h) or MARC records (marc_file.h), told by how they begin, and live as long as the
 * plan. IMPORT_UNREADABLE with a sentence for people: no text, no MARC record; of CSV, no header row with a title and
 * an author (the reason has what there is, so that somebody can tell), nothing below it, more than IMPORT_ROWS_MAX
 * rows. INVALID_PARAMETER: the columns
 * that were named are not those of the file.
 */
enum error_kind import_plan_make(struct ctx *ctx, const char *bytes, size_t length,
                                 const struct import_options *options,
                                 struct import_plan **out_plan) MUST_CHECK;

/*
 * Writes titles for about `budget_ms`; *out_more says whether any are left. What others have catalogued since
 * the plan was made is refused now.
 */
enum error_kind import_plan_step(struct ctx *ctx, struct import_plan *plan, int64_t budget_ms,
                                 bool *out_more) MUST_CHECK;

/* How it stands: complete after the last step, or after import_plan_make() of a dry run. */
const struct import_report *import_plan_report(struct ctx *ctx, struct import_plan *plan);

#endif
