/*
 * borrow_row_repository.c — one order of columns for all who read loans.
 */
#include "borrows/borrow_row_repository.h"

enum error_kind borrow_row(struct stmt *s, struct borrow *out_borrow, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_borrow = (struct borrow){.id = column_int(s, 0),
                                      .uuid = column_uuid(s, 1),
                                      .book_id = column_int(s, 2),
                                      .copy_id = column_int(s, 3),
                                      .member_id = column_int(s, 4),
                                      .borrowed_at = column_int(s, 5),
                                      .due_at = column_int(s, 6),
                                      .returned_at = column_number(s, 7),
                                      .due_day = (int32_t)column_int(s, 8),
                                      .renewals = column_int(s, 9),
                                      .fine_per_day = column_int(s, 10),
                                      .fine_cap = column_number(s, 11),
                                      .grace_days = column_int(s, 12),
                                      .fine_before = column_int(s, 13),
                                      .overdue_step = column_int(s, 14)};
    return OK;
}

enum error_kind borrow_rows(struct stmt *s, size_t max, struct borrow *out_borrows, size_t *out_count)
{
    size_t count = 0;
    bool found = true;

    while (count < max) {
        TRY(borrow_row(s, &out_borrows[count], &found));
        if (!found)
            break;
        count++;
    }
    *out_count = count;
    return OK;
}
