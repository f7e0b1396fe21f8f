/*
 * tallies_service.c — which periods are packed and when, and what a range of days consists of.
 *
 * Nothing depends on a period being packed but time: whatever is not is counted from its loans.
 */
#include "counters/tallies_service.h"

#include "base/clock.h"
#include "base/limits.h"
#include "counters/counters_repository.h"
#include "counters/tallies_repository.h"

/* ---- summing ---------------------------------------------------------------------------------------------- */

/* The loans of a range by periods of this span and shorter ones; what is not packed, from the loans. */
static enum error_kind add_range(struct ctx *ctx, enum tally_span span, const struct period *range,
                                 struct tallies *sums)
{
    struct period rest = *range;
    bool found = true;

    if (span == SPAN_COUNT)
        return tallies_repo_add_loans(ctx, clock_day_start((int32_t)range->first_day),
                                      clock_day_end((int32_t)range->last_day), sums);
    while (rest.first_day <= rest.last_day) {
        struct period packed;
        TRY(tallies_repo_add_next(ctx, span, &rest, sums, &packed, &found));
        struct period gap = {rest.first_day, found ? packed.first_day - 1 : rest.last_day};
        if (gap.first_day <= gap.last_day)
            TRY(add_range(ctx, span + 1, &gap, sums));
        rest.first_day = found ? packed.last_day + 1 : rest.last_day + 1;
    }
    return OK;
}

enum error_kind tallies_top(struct ctx *ctx, enum counted what, int64_t from_day, int64_t to_day,
                            struct loan_rank *out_ranks, size_t max, size_t *out_count)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    const struct period range = {from_day, to_day};
    struct tallies sums;

    TRY(tallies_repo_new(ctx, &what, &sums));
    TRY(add_range(ctx, SPAN_MONTH, &range, &sums));
    *out_count = tally_top(&sums.of[what], out_ranks, max);
    arena_reset_to(ctx->arena, mark);
    return OK;
}

enum error_kind tallies_sum(struct ctx *ctx, enum counted what, int64_t from_day, int64_t to_day,
                            struct tally *out_tally)
{
    const struct period range = {from_day, to_day};
    struct tallies sums;

    TRY(tallies_repo_new(ctx, &what, &sums));
    TRY(add_range(ctx, SPAN_MONTH, &range, &sums));
    *out_tally = sums.of[what];
    return OK;
}

/* ---- packing ---------------------------------------------------------------------------------------------- */

static struct period month_of(int64_t day)
{
    int year;
    int month;
    int day_of_month;
    int32_t first = 0;
    int32_t next = 0;

    clock_civil_from_day((int32_t)day, &year, &month, &day_of_month);
    if (!clock_day_from_civil(year, month, 1, &first) ||
        !clock_day_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1, &next))
        return (struct period){day, day}; /* past the calendar's end */
    return (struct period){first, next - 1};
}

static void clear(struct tallies *sums)
{
    for (int i = 0; i < COUNTED_COUNT; i++)
        tally_clear(&sums->of[i]);
}

/* Packs a period from shorter ones, unless there was no loan in it. */
static enum error_kind pack(struct ctx *ctx, enum tally_span span, const struct period *period,
                            struct tallies *sums, bool *out_packed)
{
    clear(sums);
    TRY(add_range(ctx, span + 1, period, sums));
    *out_packed = tally_records(&sums->of[COUNTED_BOOKS]) > 0;
    return *out_packed ? tallies_repo_put(ctx, span, period, sums) : OK;
}

static enum error_kind pack_open_days(struct ctx *ctx, int64_t before, struct tallies *sums)
{
    int64_t days[TALLY_DAYS_AT_ONCE];
    size_t count;
    bool packed;

    TRY(tallies_repo_open_days(ctx, before - TALLY_DAYS_BACK, before, days, TALLY_DAYS_AT_ONCE, &count));
    for (size_t i = 0; i < count; i++)
        TRY(pack(ctx, SPAN_DAY, &(struct period){days[i], days[i]}, sums, &packed));
    return OK;
}

/* The last month that is over for certain; when that is packed or empty, one before it that was missed. */
static enum error_kind pack_open_month(struct ctx *ctx, int64_t before, struct tallies *sums)
{
    struct period month = month_of(month_of(before - OCCURRED_AT_PAST_DAYS).first_day - 1);
    bool done = false;

    for (int i = 0; i < TALLY_MONTHS_BACK && !done; i++) {
        struct period found;
        TRY(tallies_repo_find(ctx, SPAN_MONTH, month.first_day, &found, &done));
        if (!done)
            TRY(pack(ctx, SPAN_MONTH, &month, sums, &done));
        month = month_of(month.first_day - 1);
    }
    return OK;
}

/* The loan happened in a period that was thought to be over. */
static enum error_kind add_to_packed(struct ctx *ctx, enum tally_span span,
                                     const struct counted_borrow *borrow)
{
    struct tallies sums;
    struct period period;
    bool found;

    TRY(tallies_repo_find(ctx, span, borrow->borrowed_day, &period, &found));
    if (!found)
        return OK;
    TRY(tallies_repo_new(ctx, NULL, &sums));
    TRY(tallies_repo_add_next(ctx, span, &period, &sums, &period, &found));
    if (!tally_add(&sums.of[COUNTED_BOOKS], borrow->book_id, 1) ||
        !tally_add(&sums.of[COUNTED_MEMBERS], borrow->member_id, 1))
        return fail(ctx, INTERNAL, "A loan was counted of a title or a member that is not there.");
    return tallies_repo_put(ctx, span, &period, &sums);
}

enum error_kind tallies_loan_made(struct ctx *ctx, const struct counted_borrow *borrow, bool first_of_day)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct tallies sums;

    for (enum tally_span span = SPAN_MONTH; span < SPAN_COUNT; span++)
        TRY(add_to_packed(ctx, span, borrow));
    if (first_of_day) {
        TRY(tallies_repo_new(ctx, NULL, &sums));
        TRY(pack_open_days(ctx, borrow->borrowed_day, &sums));
        TRY(pack_open_month(ctx, borrow->borrowed_day, &sums));
    }
    arena_reset_to(ctx->arena, mark);
    return OK;
}

enum error_kind tallies_loan_forgotten(struct ctx *ctx, int64_t day)
{
    for (enum tally_span span = SPAN_MONTH; span < SPAN_COUNT; span++) {
        struct period period;
        bool found;
        TRY(tallies_repo_find(ctx, span, day, &period, &found));
        if (found)
            TRY(tallies_repo_remove(ctx, span, period.first_day));
    }
    return OK;
}

static enum error_kind pack_missing_days(struct ctx *ctx, int64_t before, bool *out_more)
{
    int64_t days[TALLY_DAYS_A_SLICE];
    struct tallies sums;
    size_t count;
    bool packed;

    TRY(tallies_repo_open_days(ctx, INT64_MIN, before, days, TALLY_DAYS_A_SLICE, &count));
    *out_more = count == TALLY_DAYS_A_SLICE;
    if (count == 0)
        return OK;
    TRY(tallies_repo_new(ctx, NULL, &sums));
    for (size_t i = 0; i < count; i++)
        TRY(pack(ctx, SPAN_DAY, &(struct period){days[i], days[i]}, &sums, &packed));
    return OK;
}

/* One month, the next without a row; *from_day moves past it. */
static enum error_kind pack_missing_month(struct ctx *ctx, int64_t *from_day, int64_t before, bool *out_more)
{
    struct tallies sums;
    bool packed = false;

    while (month_of(*from_day).last_day < before && !packed) {
        struct period month = month_of(*from_day);
        struct period kept;
        bool found;
        *from_day = month.last_day + 1;
        TRY(tallies_repo_find(ctx, SPAN_MONTH, month.first_day, &kept, &found));
        if (found)
            continue;
        TRY(tallies_repo_new(ctx, NULL, &sums));
        TRY(pack(ctx, SPAN_MONTH, &month, &sums, &packed));
    }
    *out_more = packed;
    return OK;
}

enum error_kind tallies_pack_missing(struct ctx *ctx, int64_t *from_day, bool *out_more)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct period days;
    bool found;

    *out_more = false;
    TRY(tallies_repo_loan_days(ctx, &days, &found));
    if (!found)
        return OK;
    TRY(pack_missing_days(ctx, days.last_day, out_more));
    if (!*out_more) {
        *from_day = *from_day < days.first_day ? days.first_day : *from_day;
        TRY(pack_missing_month(ctx, from_day, days.last_day - OCCURRED_AT_PAST_DAYS, out_more));
    }
    arena_reset_to(ctx->arena, mark);
    return OK;
}

/* ---- all days anew ---------------------------------------------------------------------------------------- */

struct recount {
    struct ctx *ctx;
    const struct day_walk *walk; /* NULL: nobody asks */
    struct tallies of_day;
    struct tallies of_month;
    struct period month; /* of the day before; from INT64_MAX on: none yet */
    int64_t last_day;    /* of any loan: what lies before it is over */
};

static enum error_kind put_day(struct recount *recount, int64_t number)
{
    const struct period period = {number, number};

    return number < recount->last_day ? tallies_repo_put(recount->ctx, SPAN_DAY, &period, &recount->of_day)
                                      : OK;
}

static enum error_kind end_day(struct recount *recount, int64_t number)
{
    for (int i = 0; i < COUNTED_COUNT; i++)
        tally_merge(&recount->of_month.of[i], &recount->of_day.of[i]);
    if (recount->walk) {
        const struct loan_day day = {.day = number,
                                     .borrows = tally_total(&recount->of_day.of[COUNTED_BOOKS]),
                                     .members = tally_records(&recount->of_day.of[COUNTED_MEMBERS])};
        recount->walk->each(recount->walk->argument, &day);
    }
    return put_day(recount, number);
}

/* Once its days are merged. */
static enum error_kind recount_month(struct recount *recount)
{
    if (recount->month.last_day < recount->last_day - OCCURRED_AT_PAST_DAYS)
        TRY(tallies_repo_put(recount->ctx, SPAN_MONTH, &recount->month, &recount->of_month));
    clear(&recount->of_month);
    return OK;
}

/* Goes on to a day later than those before: the month before it is over when that was another. */
static enum error_kind begin_day(struct recount *recount, int64_t day)
{
    if (day > recount->month.last_day)
        TRY(recount_month(recount));
    recount->month = month_of(day);
    clear(&recount->of_day);
    return OK;
}

static enum error_kind end_walk(struct recount *recount)
{
    return recount->month.first_day == INT64_MAX ? OK : recount_month(recount);
}

/* From loan day to loan day along the index. */
static enum error_kind walk_days(struct recount *recount)
{
    int64_t from = INT64_MIN;
    int64_t at;
    bool found;

    for (;;) {
        TRY(counters_repo_next_borrow(recount->ctx, from, &at, &found));
        if (!found)
            return end_walk(recount);
        int32_t day = clock_day_of(at);
        const struct period period = {day, day};
        TRY(begin_day(recount, day));
        TRY(add_range(recount->ctx, SPAN_COUNT, &period, &recount->of_day));
        TRY(end_day(recount, day));
        from = clock_day_end(day) + 1;
    }
}

static struct recount recount_from(struct ctx *ctx, const struct day_walk *walk, int64_t last_day)
{
    return (struct recount){.ctx = ctx, .walk = walk, .month = {INT64_MAX, INT64_MAX}, .last_day = last_day};
}

enum error_kind tallies_count_days(struct ctx *ctx, const struct day_walk *walk)
{
    int64_t at;
    bool found;

    TRY(tallies_repo_last_borrow(ctx, &at, &found));
    struct recount recount = recount_from(ctx, walk, found ? clock_day_of(at) : 0);
    TRY(tallies_repo_new(ctx, NULL, &recount.of_day));
    TRY(tallies_repo_new(ctx, NULL, &recount.of_month));
    TRY(tallies_repo_clear(ctx));
    return walk_days(&recount);
}

static bool count_loan(struct tallies *sums, const struct tallied_loan *loan)
{
    return tally_add(&sums->of[COUNTED_BOOKS], loan->book_id, 1) &&
           tally_add(&sums->of[COUNTED_MEMBERS], loan->member_id, 1);
}

enum error_kind tallies_pack_loans(struct ctx *ctx, const struct tallied_loan *last, tally_next *next,
                                   void *argument)
{
    const int64_t largest[] = {[COUNTED_BOOKS] = last->book_id, [COUNTED_MEMBERS] = last->member_id};
    struct recount recount = recount_from(ctx, NULL, last->day);
    struct tallied_loan loan;
    int64_t day = INT64_MIN;

    for (int i = 0; i < COUNTED_COUNT; i++) {
        recount.of_day.of[i] = tally_new(ctx->arena, largest[i]);
        recount.of_month.of[i] = tally_new(ctx->arena, largest[i]);
    }
    TRY(tallies_repo_clear(ctx));
    while (next(argument, &loan)) {
        if (loan.day != day) {
            if (day != INT64_MIN)
                TRY(put_day(&recount, day));
            TRY(begin_day(&recount, loan.day));
            day = loan.day;
        }
        if (!count_loan(&recount.of_day, &loan) || !count_loan(&recount.of_month, &loan))
            return fail(ctx, INTERNAL, "A loan was counted of a title or a member that is not there.");
    }
    if (day != INT64_MIN)
        TRY(put_day(&recount, day));
    return end_walk(&recount);
}

bool tallies_is_period(bool is_month, int64_t first_day, int64_t last_day)
{
    if (!is_month)
        return first_day == last_day;
    if (first_day < INT32_MIN || first_day > INT32_MAX)
        return false;
    struct period month = month_of(first_day);
    return month.first_day == first_day && month.last_day == last_day;
}
