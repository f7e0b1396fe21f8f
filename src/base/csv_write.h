/*
 * csv_write.h — rows as CSV (RFC 4180) that a spreadsheet program may open without harm.
 *
 * Lines end with CR LF; the header row has the columns' names with '_' for '.';
 * columns that are `only_json` are left out. A text that a spreadsheet
 * would run as a formula (it begins with = + - @, tab or CR) gets an apostrophe before it.
 */
#ifndef CARREL_BASE_CSV_WRITE_H
#define CARREL_BASE_CSV_WRITE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "base/text.h"

/* One cell that holds a text; `arena` is needed only where an apostrophe goes before it. */
void csv_write_text(struct text_buf *out, struct arena *arena, const char *text);

void csv_write_header(struct text_buf *out, const struct column *columns);
void csv_write_row(struct text_buf *out, struct ctx *ctx, const struct column *columns,
                   const struct column_value *values);

#endif
