/*
 * recount_service.c — a title counted anew, and packed periods with one title's loans as another's.
 *
 * Periods are changed and not dropped: nobody packs a period of long ago again, and a dashboard over ten years
 * would count its loans one by one for ever.
 */
#include "counters/recount_service.h"

#include "counters/counters_repository.h"
#include "counters/counters_service.h"
#include "counters/recount_repository.h"
#include "counters/tally.h"

enum error_kind recount_book(struct ctx *ctx, int64_t book_id)
{
    struct book_stock before;
    struct book_stock after;

    TRY(counters_repo_stock(ctx, book_id, &before));
    TRY(recount_repo_book(ctx, book_id));
    TRY(counters_repo_stock(ctx, book_id, &after));
    if (!after.listed)
        return OK;
    TRY(counters_add(ctx, COUNTER_BOOKS_LOW, (after.available <= 1) - (before.available <= 1)));
    TRY(counters_add(ctx, COUNTER_BOOKS_OUT, (after.available == 0) - (before.available == 0)));
    return counters_add(ctx, COUNTER_BOOKS_UNLENT, (after.borrow_count == 0) - (before.borrow_count == 0));
}

/* All days of the list that lie in one period at once. */
static enum error_kind move_in_span(struct ctx *ctx, const char *span, const struct loans_of_day *days,
                                    size_t count, int64_t from_book, int64_t to_book)
{
    for (size_t i = 0; i < count;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct packed_books period;
        int64_t loans = 0;
        bool found;
        TRY(recount_repo_period(ctx, span, days[i].day, &period, &found));
        do
            loans += days[i++].loans;
        while (found && i < count && days[i].day <= period.last_day);
        if (found) {
            period.bytes = tally_move_packed(ctx->arena, period.bytes, period.length, from_book, to_book,
                                             (uint64_t)loans, &period.length);
            if (!period.bytes)
                return fail(
                    ctx, LIBRARY_DAMAGED,
                    "What is kept for the statistics is damaged. It can be made anew: --check --rebuild.");
            TRY(recount_repo_put_period(ctx, span, &period));
        }
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

enum error_kind recount_moved_loans(struct ctx *ctx, const struct loans_of_day *days, size_t count,
                                    int64_t from_book, int64_t to_book)
{
    TRY(move_in_span(ctx, "month", days, count, from_book, to_book));
    return move_in_span(ctx, "day", days, count, from_book, to_book);
}
