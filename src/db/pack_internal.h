/*
 * pack_internal.h — what db/pack keeps of the tables and indexes it lays down: for pack.c and pack_index.c.
 */
#ifndef CARREL_DB_PACK_INTERNAL_H
#define CARREL_DB_PACK_INTERNAL_H

#include "db/pack_column.h"
#include "db/pack_schema.h"
#include "db/pack_tree.h"

struct packed_index {
    const struct pack_index *schema;
    struct packed_table *table;
    struct tree tree;
    bool in_order;      /* so far; the tree grows */
    bool repeats;       /* a UNIQUE one has a key twice */
    struct record last; /* the key before */
    bool is_begun;      /* a key came */
    struct packed_index *next;
};

struct packed_table {
    const struct pack_table *schema;
    struct tree tree;
    struct kept_column columns[PACK_COLUMNS_MAX]; /* those that an index has */
    uint8_t indexed[PACK_COLUMNS_MAX];            /* which these are */
    size_t indexed_count;
    int64_t rows;
    _Atomic(size_t) needed; /* the columns are, by so many indexes and others */
    struct packed_index *indexes;
};

/* A row as the table has it: all columns. */
struct packed_row {
    int64_t rowid;
    struct load_value values[PACK_COLUMNS_MAX];
};

/* Which columns of the table its keys and its conditions look at, a bit for each. */
uint64_t packed_columns(const struct pack_index *index);

/* Is the row in the index? */
bool packed_meets(const struct pack_index *index, const struct packed_row *row);

/* And with what values? */
bool packed_key(const struct pack_index *index, const struct packed_row *row, struct load_value *out_values);

/*
 * Gathers the keys, sorts them, lays them down: from the table's columns where these were kept, else by reading the table
 * again. Whether a key repeats stands in the index afterwards.
 */
void pack_sorted(struct page_file *file, struct packed_index *index);

#endif
