/*
 * recount_repository.c — one title counted anew. What counts as what: ledger.c; a meaning that changes there
 * changes here.
 */
#include "counters/recount_repository.h"

#include "db/engine.h"

#define COPIES_OF "(SELECT count(*) FROM copy WHERE book_id = :id AND status "
#define LOANS_OF(what) "(SELECT " what " FROM borrow WHERE book_id = :id"

SQL(RECOUNT_BOOK,
    "UPDATE book SET total_copies = " COPIES_OF "NOT IN ('withdrawn', 'lost')),"
    " available_copies = " COPIES_OF "= 'available'),"
    " open_borrows = " LOANS_OF(
        "count(*)") " AND returned_at IS NULL),"
                    " borrow_count = " LOANS_OF(
                        "count(*)") "),"
                                    " last_borrowed_at = " LOANS_OF(
                                        "max(borrowed_at)") "),"
                                                            " open_holds = (SELECT count(*) FROM hold WHERE book_id = :id AND ended_at IS NULL) WHERE id = :id");

enum error_kind recount_repo_book(struct ctx *ctx, int64_t book_id)
{
    struct stmt *s = db_statement(ctx, &RECOUNT_BOOK);

    bind_int(s, ":id", book_id);
    return db_run(s);
}
