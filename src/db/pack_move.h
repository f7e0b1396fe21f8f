/*
 * pack_move.h — trees of another file, laid into one that is being packed: each page is copied, and where it names others
 * (children, overflow) their new numbers are put. For what only SQLite can fill and has filled elsewhere meanwhile
 * (db/beside.h): to copy its rows by SQL takes ten times as long, and has to wait until the file is SQLite's again.
 */
#ifndef CARREL_DB_PACK_MOVE_H
#define CARREL_DB_PACK_MOVE_H

#include "db/pack_pages.h"

/* Root pages. That of the library is a leaf whose rows all lie on it; they are replaced. */
struct moved_tree {
    uint32_t from, to;
};

/* `from` is read only. By any thread. INTERNAL when something is not a tree, or that of the library is larger. */
enum error_kind pack_move_trees(struct ctx *ctx, struct page_file *from, struct page_file *to,
                                const struct moved_tree *trees, size_t count) MUST_CHECK;

#endif
