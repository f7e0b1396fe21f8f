/*
 * following_service.c — loans and the days on which they were made, moved together.
 */
#include "borrows/following_service.h"

#include "base/clock.h"
#include "borrows/following_repository.h"
#include "counters/recount_service.h"

/* How many on each day. */
static struct loans_of_day *count_days(struct ctx *ctx, const int64_t *at, size_t borrows, size_t *out_count)
{
    struct loans_of_day *days = arena_alloc_array(ctx->arena, borrows + 1, sizeof *days);
    size_t count = 0;

    for (size_t i = 0; i < borrows; i++) {
        int64_t day = clock_day_of(at[i]);
        if (count == 0 || days[count - 1].day != day)
            days[count++] = (struct loans_of_day){.day = day};
        days[count - 1].loans++;
    }
    *out_count = count;
    return days;
}

enum error_kind borrows_follow_copies(struct ctx *ctx, int64_t from_book, int64_t to_book)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    size_t count;
    int64_t *at;

    TRY(following_repo_borrows(ctx, from_book, to_book, &at, &count));
    const struct loans_of_day *days = count_days(ctx, at, count, &count);
    TRY(following_repo_move(ctx, from_book, to_book));
    TRY(recount_moved_loans(ctx, days, count, from_book, to_book));
    arena_reset_to(ctx->arena, mark);
    return OK;
}
