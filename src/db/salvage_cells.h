/*
 * salvage_cells.h — b-tree pages and the records on them, when any byte may be wrong.
 *
 * SQLite's own ext/recover was looked at and not used: its reader (3.40.1) believes a record's length, up to 4 GB of
 * memory for one flipped bit; it fills what a lost overflow page held with zeros, so that a torn record passes for a
 * whole one; and it writes with INSERT OR IGNORE, so that nobody can say what was left out. Format:
 * https://www.sqlite.org/fileformat2.html, 1.6 (b-tree pages), 2.1 (records).
 */
#ifndef CARREL_DB_SALVAGE_CELLS_H
#define CARREL_DB_SALVAGE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/limits.h"
#include "db/salvage_pages.h"

enum page_kind { PAGE_OTHER, PAGE_TABLE_INNER, PAGE_TABLE_LEAF, PAGE_INDEX_INNER, PAGE_INDEX_LEAF };

struct cells {
    uint8_t bytes[DB_PAGE_BYTES];
    uint32_t number;
    enum page_kind kind;
    int count;
    int first;      /* where the array of their places begins */
    uint32_t right; /* of inner pages: the child after the last cell */
};

enum salvage_type { SALVAGE_NULL, SALVAGE_INT, SALVAGE_REAL, SALVAGE_TEXT, SALVAGE_BLOB };

struct salvage_value {
    enum salvage_type type;
    size_t length;
    union {
        int64_t number;
        double real;
        const uint8_t *bytes; /* in the arena */
    } as;
};

struct salvage_record {
    int64_t rowid; /* of a table's leaf */
    int count;
    struct salvage_value values[SALVAGE_COLUMNS_MAX];
};

/* False: the page cannot be read, or is none of a b-tree. */
bool cells_load(const struct salvage_pages *pages, uint32_t number, struct cells *out_cells);

/* The child to the left of a cell of an inner page; 0: there is none that could be one. */
uint32_t cells_child(const struct cells *cells, int index);

/*
 * The record of a cell, its overflow pages followed. False: it cannot be read, or part of it lies on a page that cannot.
 * Inner pages of tables have none.
 */
bool cells_record(const struct salvage_pages *pages, const struct cells *cells, int index,
                  struct arena *arena, struct salvage_record *out_record);

#endif
