/*
 * lending_repository.c — what the desk asks of the loans. Open loans are found through partial unique indexes, so that
 * "is it out?" costs the same after four million loans as after four.
 */
#include "borrows/lending_repository.h"

#include "borrows/borrow_row_repository.h"
#include "db/engine.h"

SQL(INSERT_BORROW,
    "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day, fine_per_day,"
    " fine_cap, grace_days, lent_by)"
    " VALUES (:uuid, :book, :copy, :member, :rule, :borrowed_at, :due_at, :due_day, :fine_per_day, :fine_cap,"
    " :grace_days, :lent_by)");

SQL(CLOSE_BORROW,
    "UPDATE borrow SET returned_at = :returned_at, returned_day = :returned_day, taken_by = :taken_by, fine = :fine,"
    " lost = :lost WHERE id = :id AND returned_at IS NULL");

SQL(FIND_OPEN_OF_COPY, "SELECT " BORROW_COLUMNS " FROM borrow WHERE copy_id = :copy AND returned_at IS NULL");

/* Through the book's index: a copy's own loans need no index of their own for this. */
SQL(FIND_LAST_OF_COPY,
    "SELECT " BORROW_COLUMNS_W ", w.lost FROM copy c JOIN borrow w ON w.book_id = c.book_id"
    " WHERE c.id = :copy AND w.copy_id = c.id ORDER BY w.borrowed_at DESC, w.id DESC LIMIT 1");

SQL(HAS_OPEN_OF_BOOK,
    "SELECT 1 FROM borrow WHERE member_id = :member AND book_id = :book AND returned_at IS NULL");

SQL(COUNT_OPEN_OF_TYPE,
    "SELECT count(*) FROM borrow w INDEXED BY borrow_open_pair JOIN book b ON b.id = w.book_id"
    " WHERE w.member_id = :member AND w.returned_at IS NULL AND b.item_type_id = :type");

SQL(OPEN_OF_MEMBER, "SELECT " BORROW_COLUMNS " FROM borrow INDEXED BY borrow_open_pair"
                    " WHERE member_id = :member AND returned_at IS NULL ORDER BY due_at, id LIMIT :max");

/* As FIND_LAST_OF_COPY. */
SQL(LAST_RETURN, "SELECT max(w.returned_at) FROM copy c JOIN borrow w ON w.book_id = c.book_id"
                 " WHERE c.id = :copy AND w.copy_id = c.id");

enum error_kind lending_repo_insert(struct ctx *ctx, const struct new_borrow *borrow, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_BORROW);

    bind_uuid(s, ":uuid", &borrow->uuid);
    bind_int(s, ":book", borrow->book_id);
    bind_int(s, ":copy", borrow->copy_id);
    bind_int(s, ":member", borrow->member_id);
    bind_int(s, ":rule", borrow->rule_id);
    bind_int(s, ":borrowed_at", borrow->borrowed_at);
    bind_int(s, ":due_at", borrow->due_at);
    bind_int(s, ":due_day", borrow->due_day);
    bind_int(s, ":fine_per_day", borrow->fine_per_day);
    bind_number(s, ":fine_cap", borrow->fine_cap);
    bind_int(s, ":grace_days", borrow->grace_days);
    bind_int(s, ":lent_by", borrow->lent_by);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind lending_repo_close(struct ctx *ctx, int64_t id, const struct borrow_end *end)
{
    struct stmt *s = db_statement(ctx, &CLOSE_BORROW);

    bind_int(s, ":id", id);
    bind_int(s, ":returned_at", end->at);
    bind_int(s, ":returned_day", end->day);
    bind_int(s, ":fine", end->fine);
    bind_bool(s, ":lost", end->lost);
    bind_int(s, ":taken_by", end->taken_by);
    return db_run(s);
}

enum error_kind lending_repo_find_open_of_copy(struct ctx *ctx, int64_t copy_id, struct borrow *out_borrow,
                                               bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_OPEN_OF_COPY);

    bind_int(s, ":copy", copy_id);
    return borrow_row(s, out_borrow, out_found);
}

enum error_kind lending_repo_has_open_of_book(struct ctx *ctx, int64_t member_id, int64_t book_id,
                                              bool *out_found)
{
    struct stmt *s = db_statement(ctx, &HAS_OPEN_OF_BOOK);

    bind_int(s, ":member", member_id);
    bind_int(s, ":book", book_id);
    return db_row(s, out_found);
}

enum error_kind lending_repo_find_lost_of_copy(struct ctx *ctx, int64_t copy_id, struct borrow *out_borrow,
                                               bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_LAST_OF_COPY);
    struct borrow last;

    bind_int(s, ":copy", copy_id);
    TRY(borrow_row(s, &last, out_found));
    *out_found = *out_found && column_bool(s, BORROW_COLUMN_COUNT);
    if (*out_found)
        *out_borrow = last;
    return OK;
}

enum error_kind lending_repo_count_open_of_type(struct ctx *ctx, int64_t member_id, int64_t item_type_id,
                                                int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT_OPEN_OF_TYPE);
    bool found;

    bind_int(s, ":member", member_id);
    bind_int(s, ":type", item_type_id);
    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind lending_repo_open_of_member(struct ctx *ctx, int64_t member_id, size_t max,
                                            struct borrow *out_borrows, size_t *out_count)
{
    struct stmt *s = db_statement(ctx, &OPEN_OF_MEMBER);

    bind_int(s, ":member", member_id);
    bind_int(s, ":max", (int64_t)max);
    return borrow_rows(s, max, out_borrows, out_count);
}

enum error_kind lending_repo_last_return(struct ctx *ctx, int64_t copy_id, int64_t *out_returned_at)
{
    struct stmt *s = db_statement(ctx, &LAST_RETURN);
    bool found;

    bind_int(s, ":copy", copy_id);
    TRY(db_row(s, &found));
    *out_returned_at = found ? column_number(s, 0) : NO_NUMBER;
    return OK;
}
