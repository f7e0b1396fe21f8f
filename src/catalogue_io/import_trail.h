/*
 * import_trail.h — what a slice of an import made and changed, gathered while it writes, and written with it: ids as
 * ranges, since the rows of one slice follow each other.
 */
#ifndef CARREL_CATALOGUE_IO_IMPORT_TRAIL_H
#define CARREL_CATALOGUE_IO_IMPORT_TRAIL_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct import_range {
    const char *entity;
    int64_t first_id, last_id;
    struct import_range *next;
};

struct import_value {
    const char *entity;
    int64_t entity_id;
    const char *field, *before, *after; /* NULL: there is none */
    struct import_value *next;
};

/* Begins with an arena that lives as long, and nothing. */
struct import_trail {
    struct arena *arena;
    struct import_range *ranges; /* the last one first */
    struct import_value *values;
};

#endif
