/*
 * csv_reader.h — CSV as spreadsheet programs and old library systems really write it (RFC 4180 and beyond), row by row,
 * from a file of any length.
 *
 * Recognised without being told: the encoding (byte order marks of UTF-8 and UTF-16, valid UTF-8, else
 * Windows-1252) and the delimiter (comma, semicolon, tab, bar; Excel's "sep=;" line). Rows come from libcsv,
 * which takes quotes and line ends of every kind. Where that goes wrong (a file of ten rows in a small encoding), both
 * can be told.
 */
#ifndef CARREL_CATALOGUE_IO_CSV_READER_H
#define CARREL_CATALOGUE_IO_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalogue_io/csv_decode.h"
#include "catalogue_io/import_source.h"

#define CSV_ROW_BYTES_MAX (1024 * 1024) /* a longer row is none: a quote was opened and never closed */

struct arena;
struct csv_reader;

/* What somebody knows better than the file tells. */
struct csv_told {
    const char *encoding; /* one of csv_encodings; NULL: to be recognised */
    char delimiter;       /* 0: to be recognised */
};

/*
 * Looks through the whole file once, and stands before its first row. False, with a sentence for people in
 * *out_problem, for what is no text at all (a spreadsheet's own format, NUL bytes, nothing), and for what is not in the
 * encoding that was told. `source` is copied; its bytes must be there as long as the reader. The reader goes with the
 * arena.
 */
bool csv_open(struct arena *arena, const struct import_source *source, const struct csv_told *told,
              struct csv_reader **out_reader, const char **out_problem);

const char *csv_encoding(const struct csv_reader *reader); /* as it was: one of csv_encodings */
char csv_delimiter(const struct csv_reader *reader);

/* One row; the cells (UTF-8, as they are) are valid until the next one. */
struct csv_row {
    int64_t number; /* as a spreadsheet counts: the first is 1, blank lines count, a cell may span lines */
    const char *const *cells;
    size_t count; /* at most IMPORT_COLUMNS_MAX, further cells are dropped; 0: a blank line (not told) */
};

enum csv_step {
    CSV_ROW,
    CSV_END,
    CSV_OPEN_QUOTE, /* a quote that is never closed: what follows it was no row */
    CSV_UNREADABLE, /* the disk */
};

/* The next row that is not blank. After anything but CSV_ROW the same again. */
enum csv_step csv_next(struct csv_reader *reader, struct csv_row *out_row);

/* The number of the row at which reading stands: after CSV_OPEN_QUOTE, the one in which the quote was opened. */
int64_t csv_row_number(const struct csv_reader *reader);

#endif
