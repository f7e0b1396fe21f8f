/*
 * import_row.h — one row of a CSV file read into the facts of a title, with the reasons for all that was changed.
 *
 * Looks at nothing but the row: whether the catalogue has the title already is the service's question.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_ROW_H
#define CARREL_CATALOGUE_IO_IMPORT_ROW_H

#include "base/ctx.h"
#include "catalogue_io/csv_reader.h"
#include "catalogue_io/import_columns.h"
#include "catalogue_io/import_facts.h"

/* Texts are copied into the arena. */
void import_row_read(struct ctx *ctx, const struct import_columns *columns, const struct csv_row *row,
                     struct import_title *out_title);

#endif
