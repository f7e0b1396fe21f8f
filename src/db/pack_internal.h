/*
 * pack_internal.h — what db/pack keeps of the tables and indexes it lays down: for pack.c and pack_index.c.
 */
#ifndef CARREL_DB_PACK_INTERNAL_H
#define CARREL_DB_PACK_INTERNAL_H

#include "db/pack_schema.h"
#include "db/pack_span.h"
#include "db/pack_tree.h"

struct packed_index {
    const struct pack_index *schema;
    const struct packed_table *table;
    struct tree tree;
    bool in_order;      /* so far; the tree grows */
    bool repeats;       /* a UNIQUE one has a key twice */
    struct record last; /* the key before */
    size_t count;       /* keys */
    struct packed_index *next;
};

struct packed_table {
    const struct pack_table *schema;
    struct tree tree;
    struct column_span spans[PACK_COLUMNS_MAX]; /* of those that an index has */
    uint64_t indexed;                           /* which these are, a bit for each */
    int64_t rows;
    struct packed_index *indexes;
};

/* A row as the table has it: all columns. */
struct packed_row {
    int64_t rowid;
    struct load_value values[PACK_COLUMNS_MAX];
};

/* Is the row in the index? */
bool packed_meets(const struct pack_index *index, const struct packed_row *row);

/* And with what values? */
bool packed_key(const struct pack_index *index, const struct packed_row *row, struct load_value *out_values);

/* Reads the table again, sorts, lays down. Whether a key repeats stands in the index afterwards. */
void pack_sorted(struct page_file *file, struct packed_index *index);

#endif
