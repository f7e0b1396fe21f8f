/*
 * borrow_row_repository.h — rows of `borrow` as structs, for the repositories of this slice.
 */
#ifndef CARREL_BORROWS_BORROW_ROW_REPOSITORY_H
#define CARREL_BORROWS_BORROW_ROW_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "borrows/borrows.h"
#include "db/engine.h"

/* What a statement selects that is read here: of `borrow`, and of `borrow w` beside other tables. */
#define BORROW_COLUMNS                                                                            \
    "id, uuid, book_id, copy_id, member_id, borrowed_at, due_at, returned_at, due_day, renewals," \
    " fine_per_day, fine_cap, grace_days, fine_before, overdue_step"
#define BORROW_COLUMNS_W                                                                                  \
    "w.id, w.uuid, w.book_id, w.copy_id, w.member_id, w.borrowed_at, w.due_at, w.returned_at, w.due_day," \
    " w.renewals, w.fine_per_day, w.fine_cap, w.grace_days, w.fine_before, w.overdue_step"
#define BORROW_COLUMN_COUNT 15 /* what a statement selects besides comes after these */

/* The next row, if there is one. */
enum error_kind borrow_row(struct stmt *s, struct borrow *out_borrow, bool *out_found) MUST_CHECK;

/* All rows, at most `max`. */
enum error_kind borrow_rows(struct stmt *s, size_t max, struct borrow *out_borrows,
                            size_t *out_count) MUST_CHECK;

#endif
