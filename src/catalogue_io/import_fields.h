/*
 * import_fields.h — what the columns of a file can be, one table for each kind of file, with the headers that people
 * and programs write above them in English, German, French, Spanish, Italian, Portuguese and Dutch.
 *
 * A table's index is the field's number; the enums below name the numbers. Several columns may become one member of the
 * record (author and authors; isbn and isbn13): they share a name.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_FIELDS_H
#define CARREL_CATALOGUE_IO_IMPORT_FIELDS_H

#include <stdbool.h>

struct import_field {
    const char *name;    /* "title"; NULL ends the table */
    const char *meaning; /* for people, in English */
    const char *headers; /* words of folded text (base/text.h), parted by bars, best first */
    bool gives_way;      /* left out where another field of the same name stands */
};

#define IMPORT_FIELDS_MAX 24 /* of one kind */

/* clang-format off */
#define IMPORT_TITLE_FIELDS(X) \
    X(TITLE) X(SUBTITLE) \
    X(AUTHOR)  /* one name, or several parted by semicolons */ \
    X(AUTHORS) /* several, perhaps parted by commas */ \
    X(ISBN) X(ISBN13) X(PUBLISHER) X(EDITION) X(YEAR) X(LANGUAGE) X(DESCRIPTION) X(ITEM_TYPE) X(CATEGORIES) X(COPIES) \
    X(COPIES_APART) /* a file of copies follows: none are made with the titles, whatever the cell says */ \
    X(BARCODE)

#define IMPORT_COPY_FIELDS(X) \
    X(BARCODE) X(BOOK_ID) X(ISBN) X(ISBN13) X(TITLE) X(AUTHOR) X(AUTHORS) X(YEAR) \
    X(SHELF) X(STATUS) X(ACQUIRED_ON) X(PRICE) X(NOTE)

#define IMPORT_MEMBER_FIELDS(X) \
    X(CARD) X(NAME) X(FIRST_NAME) X(LAST_NAME) X(EMAIL) X(PHONE) X(TYPE) X(GROUP) X(BIRTH_DATE) X(EXPIRES_ON) \
    X(STATUS) X(STATUS_REASON) X(SUSPENDED_UNTIL) X(NOTE)

#define IMPORT_LOAN_FIELDS(X) \
    X(CARD) X(EMAIL) X(MEMBER) X(BARCODE) X(ISBN) X(BORROWED_ON) X(DUE_ON) X(RENEWALS)
/* clang-format on */

#define X(id) COLUMN_OF_##id,
enum import_column {
    COLUMN_LEFT_OUT = -1, /* of every kind */
    IMPORT_TITLE_FIELDS(X) IMPORT_COLUMN_COUNT,
};
#undef X

#define X(id) COPY_COLUMN_##id,
enum import_copy_column { IMPORT_COPY_FIELDS(X) COPY_COLUMN_COUNT };
#undef X

#define X(id) MEMBER_COLUMN_##id,
enum import_member_column { IMPORT_MEMBER_FIELDS(X) MEMBER_COLUMN_COUNT };
#undef X

#define X(id) LOAN_COLUMN_##id,
enum import_loan_column { IMPORT_LOAN_FIELDS(X) LOAN_COLUMN_COUNT };
#undef X

extern const struct import_field import_title_fields[];
extern const struct import_field import_copy_fields[];
extern const struct import_field import_member_fields[];
extern const struct import_field import_loan_fields[];

#endif
