/*
 * pack_cell.h — what the pages of a b-tree and the cells on them look like:
 * https://www.sqlite.org/fileformat2.html#b_tree_pages.
 */
#ifndef CARREL_DB_PACK_CELL_H
#define CARREL_DB_PACK_CELL_H

#include <stddef.h>

#include "db/pack_pages.h"

enum tree_kind {
    TREE_TABLE, /* rows by rowid, all in leaves */
    TREE_INDEX, /* keys, those that part two pages in the page above and nowhere else */
};

/* First byte of a page. */
enum { INTERIOR_INDEX = 2, INTERIOR_TABLE = 5, LEAF_INDEX = 10, LEAF_TABLE = 13 };

/* Places in a page's head, and the lengths of what is there. */
enum {
    AT_COUNT = 3,
    AT_CONTENT = 5,
    AT_RIGHT_CHILD = 8,
    LEAF_HEADER = 8,
    INTERIOR_HEADER = 12,
    CELL_POINTER = 2,
    CHILD = 4
};

/* An overflow page: the number of the next, then so many bytes of the record. A cell ends with the number of the first. */
#define OVERFLOW_NEXT 4
#define OVERFLOW_BYTES (PAGE_BYTES - OVERFLOW_NEXT)

/* How much of a record of this length stays in its cell: the document's X for the two kinds, and M. The rest overflows. */
static inline size_t cell_local_part(enum tree_kind kind, size_t length)
{
    size_t most = kind == TREE_TABLE ? PAGE_BYTES - 35 : (PAGE_BYTES - 12) * 64 / 255 - 23;
    size_t least = (PAGE_BYTES - 12) * 32 / 255 - 23;

    if (length <= most)
        return length;
    size_t some = least + (length - least) % OVERFLOW_BYTES;
    return some <= most ? some : least;
}

#endif
