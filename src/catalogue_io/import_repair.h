/*
 * import_repair.h — what spreadsheets and old programs did to the data, undone where that can be proven.
 *
 * The rule: a value is repaired only when the result verifies itself (a check digit) or nothing could be lost
 * (2008.0 is 2008); otherwise it is dropped and said so. A number that a spreadsheet has rounded is never
 * trusted: 9.78043902348e+12 stands for a thousand ISBNs. Pure functions; texts are clean UTF-8.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_REPAIR_H
#define CARREL_CATALOGUE_IO_IMPORT_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

struct arena;

/* A cell's text in storable form: cleaned, ="0123" and 'leading apostrophes of spreadsheets taken off. */
const char *import_clean_cell(struct arena *arena, const char *cell);

/* The same on one line, with single spaces. */
const char *import_one_line(struct arena *arena, const char *text);

enum isbn_outcome {
    ISBN_ABSENT,         /* nothing there, nothing to say */
    ISBN_TAKEN,          /* as given, in either form */
    ISBN_ZEROS_RESTORED, /* an ISBN-10 that had lost its leading zeros: with them its check digit holds */
    ISBN_NOT_VALID,      /* given, but wrong: left out */
    ISBN_ROUNDED,        /* a number in scientific notation or with decimals: left out */
};

/*
 * One ISBN out of a row's two columns (either may be ""). A valid ISBN-13 goes before the other column, which
 * also may hold a local identifier. `out` is set for ISBN_TAKEN and ISBN_ZEROS_RESTORED, in stored form.
 */
enum isbn_outcome import_repair_isbn(const char *isbn, const char *isbn13, char out[ISBN_TEXT_MAX + 1]);

/*
 * Authors parted by "; ". With `commas` (a column named authors) "J.K. Rowling, Mary GrandPré" is two people;
 * "Tolkien, J.R.R." stays one: commas part only what looks like first name and surname.
 */
const char *import_split_authors(struct arena *arena, const char *text, bool commas);

/* Whole names as far as they fit into `max` characters; a first name that is longer is cut at a word. */
const char *import_cut_authors(struct arena *arena, const char *authors, size_t max);

/* At most `max` characters, cut between words where there is a place for it. */
const char *import_cut_text(struct arena *arena, const char *text, size_t max);

/* "2008", "2008.0", "-750", "c1987", "2008-09-14", "[1954]"; false for what holds no single year. */
bool import_read_year(const char *text, int64_t *out_year);

/* "12", "12.0"; false for anything else. */
bool import_read_count(const char *text, int64_t *out_count);

/* Parted by "; ", whatever parted them: semicolons, bars, line ends, or else commas. */
const char *import_split_categories(struct arena *arena, const char *text);

#endif
