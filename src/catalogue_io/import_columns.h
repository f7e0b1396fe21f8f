/*
 * import_columns.h — what the columns of somebody's file mean, told from their headers.
 *
 * Case, accents, underscores and punctuation of a header do not matter; headers in English, German, French,
 * Spanish, Italian, Portuguese and Dutch are known. Where several columns could be the same thing, the
 * one whose header says it best is taken (`title` before `original_title`) and the others are left out.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_COLUMNS_H
#define CARREL_CATALOGUE_IO_IMPORT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

struct arena;

/* What a column can hold, and the field of a title or copy that it becomes. */
#define IMPORT_COLUMNS(X)                                                \
    X(TITLE, "title")                                                    \
    X(SUBTITLE, "subtitle")                                              \
    X(AUTHOR, "author")  /* one name, or several parted by semicolons */ \
    X(AUTHORS, "author") /* several, perhaps parted by commas */         \
    X(ISBN, "isbn")                                                      \
    X(ISBN13, "isbn")                                                    \
    X(PUBLISHER, "publisher")                                            \
    X(EDITION, "edition")                                                \
    X(YEAR, "year")                                                      \
    X(LANGUAGE, "language")                                              \
    X(DESCRIPTION, "description")                                        \
    X(ITEM_TYPE, "item_type")                                            \
    X(CATEGORIES, "categories")                                          \
    X(COPIES, "total_copies")                                            \
    X(BARCODE, "barcode")

enum import_column {
    COLUMN_LEFT_OUT = 0,
#define X(id, field) COLUMN_OF_##id,
    IMPORT_COLUMNS(X)
#undef X
        IMPORT_COLUMN_COUNT,
};

struct import_columns {
    size_t count;                                 /* columns of the file */
    const char *headers[IMPORT_COLUMNS_MAX];      /* as they were, cleaned */
    enum import_column means[IMPORT_COLUMNS_MAX]; /* COLUMN_LEFT_OUT: not taken */
    int at[IMPORT_COLUMN_COUNT];                  /* where a thing stands; -1: nowhere */
};

/* Headers are UTF-8; kept in the arena. At most IMPORT_COLUMNS_MAX. */
void import_columns_match(struct arena *arena, const char *const *headers, size_t count,
                          struct import_columns *out_columns);

/*
 * The same, as somebody says it: `told` names the fields of the file's columns from the first on, parted by commas
 * ("title,author,,isbn"); an empty one, and every column after the last, is left out. NULL, or what is wrong with it:
 * a field that no title has, one that stands there twice, more of them than columns.
 */
const char *import_columns_tell(struct arena *arena, const char *told, struct import_columns *columns);

bool import_columns_have(const struct import_columns *columns, enum import_column column);

/* "author"; NULL for a column that is left out. */
const char *import_column_field(enum import_column column);

#endif
