/*
 * import_run.h — a file gone through from its beginning, some rows at a time: read, held against the rows before them
 * and against the library. It is gone through twice, once to look and once to write, and takes no more memory for a
 * million rows than for ten, but for what import_seen.h keeps.
 *
 *     struct import_run *run;
 *     TRY(import_run_open(ctx, kind, &source, &taking, &run));
 *     do
 *         TRY(import_run_next(ctx, run, IMPORT_AT_ONCE_ROWS, &rows));
 *     while (rows.count > 0);
 *     import_run_close(run);
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_RUN_H
#define CARREL_CATALOGUE_IO_IMPORT_RUN_H

#include "base/ctx.h"
#include "catalogue_io/import_batch.h"
#include "catalogue_io/import_kind.h"
#include "catalogue_io/import_source.h"

struct import_run;

/* What the file is. Texts are the run's. */
struct import_file_facts {
    const char *format;   /* "csv", "iso2709", "marcxml" */
    const char *encoding; /* of CSV; "": each record has its own */
    char delimiter[2];
    const char *profile;                  /* by whose headers it was known; NULL: nobody's, or it was said */
    const struct import_columns *columns; /* NULL: of MARC, which has none */
};

/*
 * Stands before the first row; `source` is copied, and its bytes or descriptor must be there as long as the run.
 * IMPORT_UNREADABLE with a sentence for people: no text, no MARC record, MARC for another kind than titles; of CSV, no
 * header row with what the kind needs (the reason has what there is, so that somebody can tell). INVALID_PARAMETER: the
 * columns that were named are not those of the file.
 */
enum error_kind import_run_open(struct ctx *ctx, const struct import_kind *kind,
                                const struct import_source *source, const struct import_taking *taking,
                                struct import_run **out_run) MUST_CHECK;

/* NULL is allowed. */
void import_run_close(struct import_run *run);

const struct import_file_facts *import_run_file(const struct import_run *run);

struct import_rows {
    struct import_record *records; /* the run's, until it is asked for the next */
    char *const *cells; /* of each its row as a line of CSV where it was refused; NULL: no row of CSV */
    size_t count;       /* 0: there are no more */
};

/*
 * The next rows, `max` of them, fewer where their texts are long. `looks`: against the library too, which ctx->db
 * reads; else only what other rows need to know of them. IMPORT_UNREADABLE: more than IMPORT_ROWS_MAX rows, the disk.
 */
enum error_kind import_run_next(struct ctx *ctx, struct import_run *run, size_t max, bool looks,
                                struct import_rows *out_rows) MUST_CHECK;

#endif
