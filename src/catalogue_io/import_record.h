/*
 * import_record.h — what every kind does with a record (import_kind.h): its reasons and keys, and the cells that it is
 * read from.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_RECORD_H
#define CARREL_CATALOGUE_IO_IMPORT_RECORD_H

#include "catalogue_io/import_kind.h"

/* Adds a reason; the outcome follows from it, and a refusal makes what was repaired not matter. */
void import_record_repaired(struct ctx *ctx, struct import_record *record, enum import_reason_code code,
                            const char *text);
void import_record_refused(struct ctx *ctx, struct import_record *record, enum import_reason_code code,
                           const char *text);

/* One of the keys by which rows of a file are the same: "card", "2000…". What does not fit any more is left out. */
void import_record_key(struct ctx *ctx, struct import_record *record, const char *what, const char *value);

/* ctx->error, which is cleared, as a refusal: the first wrong field, or its sentence. */
void import_record_refuse_for_error(struct ctx *ctx, struct import_record *record,
                                    enum import_reason_code code);

/* The cell of a field, cleaned and on one line; "" where the row or the file has none. */
const char *import_cell(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                        int field);

/* The same, NULL for "", cut to `max` characters with a reason. */
const char *import_cell_text(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                             int field, size_t max, struct import_record *record);

/* A day; NO_NUMBER where there is none. What cannot be read refuses the record. */
int64_t import_cell_day(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                        int field, struct import_record *record);

/* Refuses a row with more cells than the header has columns: all that follows stands in the wrong ones. */
void import_check_width(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                        struct import_record *record);

#endif
