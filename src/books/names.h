/*
 * names.h — the names by which titles are sorted into drawers: authors, one of several within a title, and categories.
 */
#ifndef CARREL_BOOKS_NAMES_H
#define CARREL_BOOKS_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"

#define AUTHORS_PART ';' /* between the authors of a title; written with a space after it */

/* A name and how many titles have it, archived ones included. */
struct used_name {
    int64_t id; /* of a category */
    const char *name;
    int64_t titles;
};

/* The body of POST /authors/rename. */
struct author_rename {
    const char *from, *to;
};
extern const struct field author_rename_fields[];

/* The body of PUT /categories. */
struct category_rename {
    const char *name, *new_name;
    bool join; /* … with the category that has the new name already */
};
extern const struct field category_rename_fields[];

#endif
