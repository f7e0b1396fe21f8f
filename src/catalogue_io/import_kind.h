/*
 * import_kind.h — what the rows of an imported file can be: titles, copies, members, loans. Each is a table of functions;
 * the import (import_work_service.h) knows nothing else of them.
 *
 * A row becomes a record: read (from the row alone), looked at (against the library, on a read connection), and written
 * (on the writer's thread, in a slice's transaction). Reading and looking leave their findings as reasons on the record;
 * writing answers with an error code that becomes one. A record and all that hangs on it lives in ctx->arena, which the
 * import resets after each few rows: a file of a million rows takes no more memory than one of ten.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_KIND_H
#define CARREL_CATALOGUE_IO_IMPORT_KIND_H

#include "base/ctx.h"
#include "catalogue_io/csv_reader.h"
#include "catalogue_io/import_columns.h"
#include "catalogue_io/import_report.h"

#define IMPORT_KEYS_MAX 8 /* of one record: one for its identity, one for each barcode */

/* What is done with a row whose record the library has already. */
enum import_choice {
    IMPORT_SKIP,       /* refused, with what is there */
    IMPORT_ADD_COPIES, /* of a title: its copies are added to the one that is there; of others as IMPORT_MERGE */
    IMPORT_MERGE,      /* the same, and what the record there does not say is taken from the row */
};

struct import_record {
    int64_t row; /* as a spreadsheet counts: the header is 1; of MARC, the record's number */
    enum import_outcome outcome;
    struct import_reason *reasons;
    const char *name; /* for people: the title, the reader, the barcode; NULL: none */
    const char
        *keys[IMPORT_KEYS_MAX]; /* "isbn 9780…", "card 2000…": two rows with the same one are duplicates */
    size_t key_count;
    int64_t match_id; /* what the library has: NO_NUMBER: nothing. Set by look() */
    const char *match_name;
    void *facts; /* the kind's own: struct import_title … */
};

/* What a batch made and changed, kept with it in the same transaction (import_trail.h). */
struct import_trail;

struct import_kind {
    const char *name;                  /* "members" */
    const struct import_field *fields; /* what its columns can be (import_columns.h) */
    const char *const *needed;         /* names of fields, one of each "a|b" must be there; ends with NULL */

    /* One row of CSV into `record` (zeroed but for `row`): facts, name, keys, reasons. */
    void (*read)(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                 struct import_record *record);

    /* What the library says to it: wrong fields and unknown names as reasons, a record that is there as match_id. */
    enum error_kind (*look)(struct ctx *ctx, struct import_record *record) MUST_CHECK;

    /*
     * Writes it. With a match_id as `choice` says (never IMPORT_SKIP); the match is looked for again, as time has
     * passed. Any error but INTERNAL and BUSY leaves the library as it was and refuses the row alone. Each row that is
     * made or changed is told to the trail; *out_copies: copies made.
     */
    enum error_kind (*write)(struct ctx *ctx, const struct import_record *record, enum import_choice choice,
                             struct import_trail *trail, int64_t *out_copies) MUST_CHECK;
};

extern const struct import_kind import_titles;  /* import_title.c */
extern const struct import_kind import_copies;  /* import_copy.c */
extern const struct import_kind import_members; /* import_member.c */
extern const struct import_kind import_loans;   /* import_loan.c */

/* "members"; NULL: there is no such kind. */
const struct import_kind *import_kind_named(const char *name);

/* ---- for write(): what was done -------------------------------------------------------------------------- */

void import_made(struct import_trail *trail, const char *entity, int64_t id);
void import_changed(struct import_trail *trail, const char *entity, int64_t id, const char *field,
                    const char *before, const char *after); /* NULL: there is none */

#endif
