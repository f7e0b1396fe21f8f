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
#include "counters/tallies_repository.h"
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

/* One packed period, with `loans` of a title as another's. */
static enum error_kind move_in_period(struct ctx *ctx, enum tally_span span, const struct period *period,
                                      struct tallies *sums, const struct loans_of_day *of, int64_t from_book,
                                      int64_t to_book)
{
    struct tally *books = &sums->of[COUNTED_BOOKS];
    struct period packed;
    bool found;

    for (int i = 0; i < COUNTED_COUNT; i++)
        tally_clear(&sums->of[i]);
    TRY(tallies_repo_add_next(ctx, span, period, sums, &packed, &found));
    if (books->counts[from_book] < (uint64_t)of->loans)
        return fail(ctx, INTERNAL, "A packed period has fewer loans of a title than were moved.");
    books->counts[from_book] -= (uint32_t)of->loans;
    if (!tally_add(books, to_book, (uint32_t)of->loans))
        return fail(ctx, INTERNAL, "A loan was moved to a title that is not there.");
    return tallies_repo_put(ctx, span, period, sums);
}

/* All days of the list that lie in one period at once. */
static enum error_kind move_in_span(struct ctx *ctx, enum tally_span span, const struct loans_of_day *days,
                                    size_t count, int64_t from_book, int64_t to_book)
{
    struct tallies sums;

    TRY(tallies_repo_new(ctx, NULL, &sums));
    for (size_t i = 0; i < count;) {
        struct arena_mark mark = arena_mark(ctx->arena);
        struct loans_of_day sum = {days[i].day, 0};
        struct period period;
        bool found;
        TRY(tallies_repo_find(ctx, span, days[i].day, &period, &found));
        do
            sum.loans += days[i++].loans;
        while (found && i < count && days[i].day <= period.last_day);
        if (found)
            TRY(move_in_period(ctx, span, &period, &sums, &sum, from_book, to_book));
        arena_reset_to(ctx->arena, mark);
    }
    return OK;
}

enum error_kind recount_moved_loans(struct ctx *ctx, const struct loans_of_day *days, size_t count,
                                    int64_t from_book, int64_t to_book)
{
    struct arena_mark mark = arena_mark(ctx->arena);

    if (count == 0)
        return OK;
    for (enum tally_span span = SPAN_MONTH; span < SPAN_COUNT; span++)
        TRY(move_in_span(ctx, span, days, count, from_book, to_book));
    arena_reset_to(ctx->arena, mark);
    return OK;
}
