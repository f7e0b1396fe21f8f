/*
 * pack_schema.h — what the file's own schema says of its tables and indexes, as far as db/pack understands it: so a
 * new column or index costs no edit there.
 *
 * Understood are STRICT tables with rowid (no AUTOINCREMENT, no trigger, no generated or REAL or ANY column; defaults
 * that are literals; no COLLATE) and their indexes in ascending BINARY order: of UNIQUE and CREATE INDEX, on columns
 * or coalesce(column, literal), WHERE column IS [NOT] NULL, column = or <> integer, column = or <> 'text',
 * column NOT IN ('text', …) or column < column (numbers), joined by AND. All else says it is not understood and is left to SQLite.
 */
#ifndef CARREL_DB_PACK_SCHEMA_H
#define CARREL_DB_PACK_SCHEMA_H

#include "db/load.h"

#define PACK_COLUMNS_MAX 64 /* of a table */
#define PACK_KEYS_MAX 8     /* values of an index's key, with the rowid at its end */
#define PACK_CONDITIONS_MAX 4
#define PACK_TEXTS_MAX 8 /* of a condition */
#define PACK_ROWID (-1)

struct pack_column {
    const char *name;
    enum load_type type; /* of all that is not NULL */
    bool not_null;
    struct load_value standard; /* when none is given */
};

/* A value of an index's key: column, or coalesce(column, instead). */
struct pack_key {
    int column; /* of the table, or PACK_ROWID */
    bool has_instead;
    struct load_value instead;
};

struct pack_condition {
    int column;
    enum {
        IS_NULL,
        IS_NOT_NULL,
        IS_NUMBER, /* NULL is none of these */
        IS_NOT_NUMBER,
        IS_TEXT,
        IS_NONE_OF,
        IS_LESS,
    } is;
    int64_t number;
    int other; /* column, of IS_LESS: both have numbers */
    struct load_value texts[PACK_TEXTS_MAX];
    size_t text_count;
};

struct pack_index {
    const char *name;
    uint32_t root;
    bool understood; /* if not: name and root alone are told */
    bool unique;     /* has to be looked at: a key with the rowid in it repeats nowhere */
    struct pack_key keys[PACK_KEYS_MAX];
    size_t key_count; /* with the rowid */
    struct pack_condition conditions[PACK_CONDITIONS_MAX];
    size_t condition_count;
    struct pack_index *next;
};

struct pack_table {
    const char *name;
    uint32_t root;
    int rowid_column; /* INTEGER PRIMARY KEY: another name of the rowid. -1: none */
    struct pack_column columns[PACK_COLUMNS_MAX];
    size_t column_count;
    struct pack_index *indexes;
};

/* In the arena. NULL: there is no such table, or it is not understood. */
enum error_kind pack_schema_table(struct ctx *ctx, const char *name,
                                  struct pack_table **out_table) MUST_CHECK;

#endif
