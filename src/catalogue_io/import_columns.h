/*
 * import_columns.h — what the columns of somebody's file mean, told from their headers, by somebody, or by a profile.
 *
 * Case, accents, underscores and punctuation of a header do not matter. Where several columns could be the same thing,
 * the one whose header says it best is taken (`title` before `original_title`) and the others are left out. What there
 * is to mean is the kind's table of fields (import_fields.h).
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_COLUMNS_H
#define CARREL_CATALOGUE_IO_IMPORT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "catalogue_io/import_fields.h"

struct arena;

struct import_columns {
    const struct import_field *fields;       /* the kind's */
    size_t count;                            /* columns of the file */
    const char *headers[IMPORT_COLUMNS_MAX]; /* as they were, cleaned */
    int means[IMPORT_COLUMNS_MAX];           /* a field's number; COLUMN_LEFT_OUT: not taken */
    int at[IMPORT_FIELDS_MAX];               /* by field: where it stands; -1: nowhere */
};

/* Headers are UTF-8; kept in the arena. At most IMPORT_COLUMNS_MAX. */
void import_columns_match(struct arena *arena, const struct import_field *fields, const char *const *headers,
                          size_t count, struct import_columns *out_columns);

/*
 * The same, as somebody says it: `told` names the fields of the file's columns from the first on, parted by commas
 * ("title,author,,isbn"); an empty one, and every column after the last, is left out. NULL, or what is wrong with it:
 * a field that this kind of file does not have, one that stands there twice, more of them than columns.
 */
const char *import_columns_tell(struct arena *arena, const char *told, struct import_columns *columns);

/*
 * The same by headers, whatever their order: `told` are lines "header<TAB>field", as a profile keeps them; no field:
 * left out. Headers are compared as they are matched. A header that `told` does not name keeps what it was matched to,
 * unless another column has been given that; a line whose header the file does not have says nothing. NULL, or what is
 * wrong: a line without a tab, a field that this kind of file does not have, one that two columns are given.
 */
const char *import_columns_by_header(struct arena *arena, const char *told, struct import_columns *columns);

bool import_columns_have(const struct import_columns *columns, int field);

/* What the i-th column of the file becomes: "author"; NULL: it is left out. */
const char *import_columns_field(const struct import_columns *columns, size_t i);

/*
 * NULL when of each of `needed` ("card|email", ends with NULL) at least one field of these names has a column; else the
 * first that has none, its first name alone: "card".
 */
const char *import_columns_lack(struct arena *arena, const struct import_columns *columns,
                                const char *const *needed);

/* A header as it is compared: "Original_Publication-Year" → "original publication year". */
const char *import_header_words(struct arena *arena, const char *header);

#endif
