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

SQL(PERIOD_OF, "SELECT first_day, last_day, books FROM tally WHERE span = :span AND first_day <= :day"
               " ORDER BY first_day DESC LIMIT 1");
SQL(PUT_BOOKS, "UPDATE tally SET books = :books WHERE span = :span AND first_day = :first");

enum error_kind recount_repo_period(struct ctx *ctx, const char *span, int64_t day,
                                    struct packed_books *out_period, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &PERIOD_OF);
    bool found;

    bind_text(s, ":span", span);
    bind_int(s, ":day", day);
    TRY(db_row(s, &found));
    *out_found = found && column_int(s, 1) >= day;
    if (!*out_found)
        return OK;
    *out_period = (struct packed_books){.first_day = column_int(s, 0), .last_day = column_int(s, 1)};
    const void *bytes = column_bytes(s, 2, &out_period->length);
    out_period->bytes = arena_memdup(ctx->arena, bytes, out_period->length);
    return OK;
}

enum error_kind recount_repo_put_period(struct ctx *ctx, const char *span, const struct packed_books *period)
{
    struct stmt *s = db_statement(ctx, &PUT_BOOKS);

    bind_text(s, ":span", span);
    bind_int(s, ":first", period->first_day);
    bind_bytes(s, ":books", period->bytes, period->length);
    return db_run(s);
}
