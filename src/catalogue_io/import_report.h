/*
 * import_report.h — what an import did, or would do, told row by row: the reply of the API, what the command
 * line prints.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_REPORT_H
#define CARREL_CATALOGUE_IO_IMPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every reason to repair or to refuse a row: a name for programs, and what is counted under it. */
#define IMPORT_REASONS(X)                                                                                   \
    X(ISBN_ZEROS_RESTORED, "isbn_zeros_restored",                                                           \
      "ISBN-10 given its leading zeros back; the check digit holds")                                        \
    X(ISBN_DROPPED, "isbn_dropped", "ISBN left out: its check digit is wrong")                              \
    X(ISBN_ROUNDED, "isbn_rounded", "ISBN left out: a spreadsheet has rounded it")                          \
    X(TITLE_CUT, "title_cut", "Title cut to its maximum length")                                            \
    X(AUTHOR_CUT, "author_cut", "Author cut after whole names")                                             \
    X(YEAR_DROPPED, "year_dropped", "Year left out: it is none")                                            \
    X(FIELD_CUT, "field_cut", "A field cut to its maximum length")                                          \
    X(FIELD_DROPPED, "field_dropped", "A field left out: it cannot be read")                                \
    X(NO_TITLE, "no_title", "No title")                                                                     \
    X(NO_AUTHOR, "no_author", "No author")                                                                  \
    X(BAD_COPIES, "bad_copies", "Number of copies out of bounds")                                           \
    X(BAD_BARCODE, "bad_barcode", "A barcode that no scanner reads")                                        \
    X(NOT_VALID, "not_valid", "A field is not valid")                                                       \
    X(DUPLICATE_IN_FILE, "duplicate_in_file", "The same title stands earlier in the file")                  \
    X(DUPLICATE_IN_CATALOGUE, "duplicate_in_catalogue", "The title is in the catalogue already")            \
    X(BARCODE_TAKEN, "barcode_taken", "The barcode is taken already")                                       \
    X(AUTHOR_UNKNOWN, "author_unknown", "The record names no author")                                       \
    X(COPIES_CUT, "copies_cut", "More copies than a title can have")                                        \
    X(CHARSET_CORRECTED, "charset_corrected", "The record names another character set than its text is in") \
    X(LENGTHS_CORRECTED, "lengths_corrected",                                                               \
      "The record's lengths are wrong; its separators were believed")                                       \
    X(CHARACTERS_LOST, "characters_lost", "Bytes that are no characters")                                   \
    X(MARC_FIELDS_LOST, "marc_fields_lost", "Fields of the record that could not be made out")              \
    X(MARC_UNREADABLE, "marc_unreadable", "A record that could not be read")                                \
    X(TOO_MANY_CELLS, "too_many_cells", "More cells than the header has columns")                           \
    X(NO_BOOK, "no_book", "The library has no such title")                                                  \
    X(BOOK_UNCLEAR, "book_unclear", "Several titles could be meant")                                        \
    X(NO_COPY, "no_copy", "The library has no such copy")                                                   \
    X(COPY_AWAY, "copy_away", "The copy is not on its shelf")                                               \
    X(NO_NAME, "no_name", "No name")                                                                        \
    X(NO_MEMBER, "no_member", "The library has no such reader")                                             \
    X(MEMBER_UNCLEAR, "member_unclear", "Several readers could be meant")                                   \
    X(DUPLICATE_MEMBER, "duplicate_member", "Another reader has the card or the e-mail address")            \
    X(LOAN_NOT_POSSIBLE, "loan_not_possible", "A loan that contradicts what the library knows")             \
    X(DATE_UNCLEAR, "date_unclear", "A date whose day and month could change places")                       \
    X(DATE_UNREADABLE, "date_unreadable", "What should be a date is none")                                  \
    X(OPEN_QUOTE, "open_quote", "A quote is opened and never closed: the rest of the file could not be read")

enum import_reason_code {
#define X(id, name, meaning) IMPORT_##id,
    IMPORT_REASONS(X)
#undef X
        IMPORT_REASON_COUNT,
};

struct import_reason {
    enum import_reason_code code;
    const char *text; /* for people */
    struct import_reason *next;
};

enum import_outcome {
    IMPORT_AS_IT_IS,
    IMPORT_REPAIRED, /* imported, with something changed or left out: the reasons say what */
    IMPORT_REFUSED,
};

struct import_report_row {
    int64_t row; /* as a spreadsheet counts, the header being 1 */
    enum import_outcome outcome;
    const char *title; /* NULL: none */
    const struct import_reason *reasons;
};

struct import_report {
    bool dry_run;
    const char *format;   /* "csv", "iso2709", "marcxml" */
    const char *encoding; /* of CSV; "": each record has its own */
    char delimiter[2];
    size_t column_count;
    const char *const *headers;
    const char *const *fields; /* what each column became; NULL: left out */
    int64_t rows_read;         /* without the header and blank lines; = imported + refused */
    int64_t imported;          /* titles, repaired ones included */
    int64_t repaired;
    int64_t refused;
    int64_t copies_created;
    int64_t reasons[IMPORT_REASON_COUNT]; /* how many rows each concerns */
    const struct import_report_row
        *rows;        /* repaired and refused ones in order; refused ones have precedence */
    size_t row_count; /* at most IMPORT_REPORT_ROWS_MAX */
    int64_t rows_omitted;
};

const char *import_outcome_name(enum import_outcome outcome); /* "repaired" */
const char *import_reason_name(enum import_reason_code code); /* "isbn_dropped" */
const char *import_reason_meaning(enum import_reason_code code);

#endif
