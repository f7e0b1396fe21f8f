/*
 * import_row.h — one row of a file read into the facts of a title, with the reasons for all that was changed.
 *
 * Looks at nothing but the row: whether the catalogue has the title already is the service's question.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_ROW_H
#define CARREL_CATALOGUE_IO_IMPORT_ROW_H

#include "base/ctx.h"
#include "books/books.h"
#include "catalogue_io/csv_reader.h"
#include "catalogue_io/import_columns.h"
#include "catalogue_io/import_report.h"

/* A row on its way into the catalogue. */
struct import_title {
    int64_t row;
    enum import_outcome outcome;
    struct book_facts facts; /* checked against book_fields; the ISBN in stored form. Not of refused rows. */
    const char *barcode;     /* of the first copy; NULL: generated */
    struct import_reason *reasons;
    struct import_title *next;
};

/* Texts are copied into the arena. */
void import_row_read(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                     struct import_title *out_title);

/* Adds a reason; the outcome follows from it. `text` must live as long as the title. */
void import_row_repaired(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                         const char *text);
void import_row_refused(struct ctx *ctx, struct import_title *title, enum import_reason_code code,
                        const char *text);

#endif
