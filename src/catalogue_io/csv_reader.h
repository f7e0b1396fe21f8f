/*
 * csv_reader.h — CSV as spreadsheet programs and old library systems really write it (RFC 4180 and beyond).
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

struct arena;

/* "UTF-8", "Windows-1252", "UTF-16LE", "UTF-16BE" and NULL. */
extern const char *const csv_encodings[];

/* A file that has been recognised. */
struct csv_file {
    const char *bytes; /* UTF-8; the caller's own bytes or the arena's */
    size_t length;
    const char *encoding; /* as it was: one of csv_encodings */
    char delimiter;
    int64_t first_row; /* number of the first row in `bytes`: 2 after a "sep=" line, else 1 */
};

/* What somebody knows better than the file tells. */
struct csv_told {
    const char *encoding; /* one of csv_encodings; NULL: to be recognised */
    char delimiter;       /* 0: to be recognised */
};

/*
 * False, with a sentence for people in *out_problem, for what is no text at all (a spreadsheet's own format,
 * NUL bytes, nothing), and for what is not in the encoding that was told. `bytes` must live as long as the file is
 * read.
 */
bool csv_recognise(struct arena *arena, const char *bytes, size_t length, const struct csv_told *told,
                   struct csv_file *out_file, const char **out_problem);

/* One row; the cells (UTF-8, as they are) are valid until the next one. */
struct csv_row {
    int64_t number; /* as a spreadsheet counts: the first is 1, blank lines count, a cell may span lines */
    const char *const *cells;
    size_t count; /* at most IMPORT_COLUMNS_MAX, further cells are dropped; 0: a blank line (not told) */
};

enum csv_end {
    CSV_READ_TO_END,
    CSV_STOPPED,    /* the caller's function said so */
    CSV_OPEN_QUOTE, /* a quote that is never closed: what follows it was no row */
};

/*
 * Calls `row` for every row that is not blank, until it returns false. *out_last_row is the number of the row
 * at which reading ended: for CSV_OPEN_QUOTE, the one in which the quote was opened.
 */
enum csv_end csv_read_rows(struct arena *arena, const struct csv_file *file,
                           bool (*row)(void *argument, const struct csv_row *row), void *argument,
                           int64_t *out_last_row);

#endif
