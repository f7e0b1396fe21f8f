/*
 * import_profiles.h — how files of one origin are taken: what their columns mean, told once.
 *
 * Some come with the program (import_profiles.c): the exports of other systems, known by their headers. The others are
 * the library's own (table import_profile). Both have ids; those that come with the program are never changed.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_PROFILES_H
#define CARREL_CATALOGUE_IO_IMPORT_PROFILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/field.h"
#include "base/uuid.h"

struct arena;

struct import_profile {
    int64_t id; /* 0: it comes with the program */
    struct uuid uuid;
    const char *name;
    const char *kind;       /* "titles", "copies", "members", "loans" */
    const char *encoding;   /* NULL: recognised; so the next */
    const char *delimiter;  /* one of import_delimiters */
    const char *columns;    /* lines "header<TAB>field" for import_columns_by_header() */
    const char *duplicates; /* "skip", "add_copies", "merge" */
    bool built_in;
    int64_t created_at, updated_at, version;
    struct import_profile *next; /* in lists */
};

/* What a client says of one (import_profile_fields). */
struct import_profile_facts {
    const char *name, *kind, *encoding, *delimiter, *duplicates;
    const char *columns; /* as above; a line without a tab: left out */
};

extern const struct field import_profile_fields[];

/* The one that comes with the program at `index`; false past the last. */
bool import_profiles_built_in(size_t index, struct import_profile *out_profile);

/* The one that comes with the program for a file of these headers, of that kind; false: there is none. */
bool import_profiles_recognise(struct arena *arena, const char *kind, const char *const *headers,
                               size_t count, struct import_profile *out_profile);

/* A kind's fields; NULL: there is no such kind. */
const struct import_field *import_profiles_fields_of(const char *kind);

#endif
