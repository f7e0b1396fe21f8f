/*
 * pack_tree.h — a b-tree laid down from its cells in order, each page full before the next is begun:
 * https://www.sqlite.org/fileformat2.html#b_tree_pages.
 *
 * Leaves are written as they fill; of each only its number and what parts it from the next are kept in memory.
 * From those the pages above are made at the end, level by level, and the root goes last, where SQLite has put
 * it. An interior page has at least one cell: the last page of a level never comes to one child alone.
 */
#ifndef CARREL_DB_PACK_TREE_H
#define CARREL_DB_PACK_TREE_H

#include "db/pack_cell.h"
#include "db/pack_record.h"

/* The pages of one level, and between each two what parts them: the bytes of an interior cell after the child. */
struct tree_level {
    uint32_t *pages;
    uint32_t *ends; /* of each cell in `cells`; one fewer than pages */
    uint8_t *cells;
    size_t count, room, cells_length, cells_room;
};

struct tree {
    enum tree_kind kind;
    uint32_t root;
    struct page_writer writer;   /* of leaves, and of what is above them */
    struct page_writer overflow; /* apart: the leaf is being filled where it is written from */
    uint8_t *leaf;               /* the page being filled */
    size_t cell_count, content;  /* its cells begin at `content` */
    struct record parting; /* of an index: the cell that did not fit the leaf; it goes up when one follows */
    int64_t last_rowid;
    struct tree_level leaves;
};

/* `root` is the root page of an empty tree. */
void tree_begin(struct tree *tree, struct page_file *file, enum tree_kind kind, uint32_t root);

/* In ascending order of rowid, or of keys: whoever calls sees to that. */
void tree_add_row(struct tree *tree, int64_t rowid, const uint8_t *record, size_t length);
void tree_add_key(struct tree *tree, const uint8_t *record, size_t length);

/* Writes what is left and the root. What the tree keeps are `leaves`: for tree_scan(), until tree_release(). */
void tree_end(struct tree *tree);

/* Frees what is kept. Of a tree that was not ended the pages go to others, and it stays empty. May be called again. */
void tree_release(struct tree *tree);

/* Every row of an ended TREE_TABLE in order; the record is valid during the call. False stops, and is the result. */
typedef bool tree_row(void *argument, int64_t rowid, const uint8_t *record, size_t length);
bool tree_scan(const struct tree *tree, tree_row *each, void *argument);

#endif
