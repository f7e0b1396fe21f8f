/*
 * counters_service.c — which numbers follow from which fact.
 */
#include "counters/counters_service.h"

#include <assert.h>

#include "base/clock.h"
#include "counters/counters_repository.h"
#include "counters/tallies_service.h"

enum error_kind counters_add(struct ctx *ctx, enum library_counter counter, int64_t delta)
{
    return delta == 0 ? OK : counters_repo_add(ctx, counter, delta);
}

enum error_kind counters_get(struct ctx *ctx, enum library_counter counter, int64_t *out_value)
{
    int64_t value = 0;
    bool found;

    TRY(counters_repo_get(ctx, counter, &value, &found));
    *out_value = value;
    return OK;
}

enum error_kind counters_next_number(struct ctx *ctx, enum sequence sequence, int64_t *out_number)
{
    return counters_repo_next_number(ctx, sequence, 1, out_number);
}

enum error_kind counters_leap(struct ctx *ctx, enum sequence sequence, int64_t step, int64_t *out_number)
{
    return counters_repo_next_number(ctx, sequence, step, out_number);
}

/* ---- titles ---------------------------------------------------------------------------------------- */

/* `sign`: +1 when a title comes among those that are not archived, -1 when it goes. */
static enum error_kind list_book(struct ctx *ctx, int64_t book_id, int64_t sign)
{
    struct book_stock stock;

    TRY(counters_repo_stock(ctx, book_id, &stock));
    TRY(counters_add(ctx, COUNTER_BOOKS, sign));
    TRY(counters_add(ctx, COUNTER_BOOKS_UNLENT, stock.borrow_count == 0 ? sign : 0));
    TRY(counters_add(ctx, COUNTER_BOOKS_LOW, stock.available <= 1 ? sign : 0));
    return counters_add(ctx, COUNTER_BOOKS_OUT, stock.available == 0 ? sign : 0);
}

enum error_kind counters_book_added(struct ctx *ctx, int64_t book_id)
{
    return list_book(ctx, book_id, 1);
}

enum error_kind counters_book_removed(struct ctx *ctx, int64_t book_id)
{
    struct book_stock stock;

    TRY(counters_repo_stock(ctx, book_id, &stock));
    return stock.listed ? list_book(ctx, book_id, -1) : counters_add(ctx, COUNTER_BOOKS_ARCHIVED, -1);
}

enum error_kind counters_book_archived(struct ctx *ctx, int64_t book_id)
{
    TRY(list_book(ctx, book_id, -1));
    return counters_add(ctx, COUNTER_BOOKS_ARCHIVED, 1);
}

enum error_kind counters_book_restored(struct ctx *ctx, int64_t book_id)
{
    TRY(list_book(ctx, book_id, 1));
    return counters_add(ctx, COUNTER_BOOKS_ARCHIVED, -1);
}

enum error_kind counters_book_copies(struct ctx *ctx, int64_t book_id, int64_t total_delta,
                                     int64_t available_delta)
{
    struct book_stock stock;

    if (total_delta == 0 && available_delta == 0)
        return OK;
    TRY(counters_repo_stock(ctx, book_id, &stock));
    TRY(counters_repo_add_copies(ctx, book_id, total_delta, available_delta));
    if (stock.listed) {
        int64_t after = stock.available + available_delta;
        TRY(counters_add(ctx, COUNTER_BOOKS_LOW, (after <= 1) - (stock.available <= 1)));
        TRY(counters_add(ctx, COUNTER_BOOKS_OUT, (after == 0) - (stock.available == 0)));
    }
    return counters_add(ctx, COUNTER_COPIES, total_delta);
}

/* ---- loans ----------------------------------------------------------------------------------------- */

static enum error_kind count_loan_of_day(struct ctx *ctx, const struct counted_borrow *borrow)
{
    int32_t day = (int32_t)borrow->borrowed_day;
    int64_t loans;

    TRY(counters_repo_loans_of_member(ctx, borrow->member_id, clock_day_start(day), clock_day_end(day),
                                      &loans));
    const struct day_count count = {.day = day, .borrows = 1, .members = loans == 1};
    TRY(counters_repo_add_day(ctx, &count));
    TRY(counters_repo_borrows_of_day(ctx, day, &loans));
    return tallies_loan_made(ctx, borrow, loans == 1);
}

enum error_kind counters_borrow_opened(struct ctx *ctx, const struct counted_borrow *borrow)
{
    struct book_stock stock;

    TRY(counters_repo_book_lent(ctx, borrow->book_id, borrow->borrowed_at));
    TRY(counters_repo_stock(ctx, borrow->book_id, &stock));
    if (stock.listed && stock.borrow_count == 1)
        TRY(counters_add(ctx, COUNTER_BOOKS_UNLENT, -1));
    TRY(counters_repo_member_lent(ctx, borrow->member_id, borrow->borrowed_at));
    TRY(counters_add(ctx, COUNTER_BORROWS, 1));
    TRY(counters_add(ctx, COUNTER_BORROWS_OPEN, 1));
    return count_loan_of_day(ctx, borrow);
}

enum error_kind counters_borrow_closed(struct ctx *ctx, const struct counted_borrow *borrow)
{
    const struct day_count count = {.day = borrow->returned_day, .returns = 1};

    TRY(counters_repo_book_returned(ctx, borrow->book_id));
    TRY(counters_repo_member_returned(ctx, borrow->member_id, borrow->late));
    TRY(counters_add(ctx, COUNTER_BORROWS_OPEN, -1));
    return counters_repo_add_day(ctx, &count);
}

enum error_kind counters_borrow_undone(struct ctx *ctx, const struct counted_borrow *borrow)
{
    int32_t day = (int32_t)borrow->borrowed_day;
    struct book_stock stock;
    int64_t loans;

    TRY(counters_repo_book_unlent(ctx, borrow->book_id));
    TRY(counters_repo_stock(ctx, borrow->book_id, &stock));
    if (stock.listed && stock.borrow_count == 0)
        TRY(counters_add(ctx, COUNTER_BOOKS_UNLENT, 1));
    TRY(counters_repo_member_unlent(ctx, borrow->member_id));
    TRY(counters_add(ctx, COUNTER_BORROWS, -1));
    TRY(counters_add(ctx, COUNTER_BORROWS_OPEN, -1));
    TRY(counters_repo_loans_of_member(ctx, borrow->member_id, clock_day_start(day), clock_day_end(day),
                                      &loans));
    TRY(counters_repo_take_from_day(ctx, day, loans == 0));
    return tallies_loan_forgotten(ctx, day);
}

enum error_kind counters_loan_forgotten(struct ctx *ctx, const struct counted_borrow *borrow)
{
    int32_t day = (int32_t)borrow->borrowed_day;
    int64_t loans;

    TRY(counters_repo_member_forgotten(ctx, borrow->member_id, borrow->late));
    TRY(counters_repo_loans_of_member(ctx, borrow->member_id, clock_day_start(day), clock_day_end(day),
                                      &loans));
    if (loans == 0)
        TRY(counters_repo_day_forgot(ctx, day));
    return tallies_loan_forgotten(ctx, day);
}

/* ---- holds ----------------------------------------------------------------------------------------- */

enum error_kind counters_hold_opened(struct ctx *ctx, int64_t book_id, int64_t member_id)
{
    TRY(counters_repo_add_holds(ctx, book_id, member_id, 1));
    TRY(counters_add(ctx, COUNTER_HOLDS, 1));
    return counters_add(ctx, COUNTER_HOLDS_OPEN, 1);
}

enum error_kind counters_hold_closed(struct ctx *ctx, int64_t book_id, int64_t member_id,
                                     enum library_counter ending)
{
    assert(ending == COUNTER_HOLDS_FULFILLED || ending == COUNTER_HOLDS_CANCELLED ||
           ending == COUNTER_HOLDS_EXPIRED);
    TRY(counters_repo_add_holds(ctx, book_id, member_id, -1));
    TRY(counters_add(ctx, ending, 1));
    return counters_add(ctx, COUNTER_HOLDS_OPEN, -1);
}

enum error_kind counters_hold_reopened(struct ctx *ctx, int64_t book_id, int64_t member_id)
{
    TRY(counters_repo_add_holds(ctx, book_id, member_id, 1));
    TRY(counters_add(ctx, COUNTER_HOLDS_CANCELLED, -1));
    return counters_add(ctx, COUNTER_HOLDS_OPEN, 1);
}

/* ---- members --------------------------------------------------------------------------------------- */

/* `delta`: so many more of that type among those that are not archived. */
static enum error_kind list_members(struct ctx *ctx, int64_t member_type_id, int64_t delta)
{
    TRY(counters_repo_add_members(ctx, member_type_id, delta));
    return counters_add(ctx, COUNTER_MEMBERS, delta);
}

enum error_kind counters_members_added(struct ctx *ctx, int64_t member_type_id, int64_t count)
{
    return count == 0 ? OK : list_members(ctx, member_type_id, count);
}

enum error_kind counters_member_archived(struct ctx *ctx, int64_t member_type_id)
{
    TRY(list_members(ctx, member_type_id, -1));
    return counters_add(ctx, COUNTER_MEMBERS_ARCHIVED, 1);
}

enum error_kind counters_member_restored(struct ctx *ctx, int64_t member_type_id)
{
    TRY(list_members(ctx, member_type_id, 1));
    return counters_add(ctx, COUNTER_MEMBERS_ARCHIVED, -1);
}

enum error_kind counters_member_moved(struct ctx *ctx, int64_t from_type_id, int64_t to_type_id,
                                      bool archived)
{
    if (from_type_id == to_type_id || archived)
        return OK;
    TRY(counters_repo_add_members(ctx, from_type_id, -1));
    return counters_repo_add_members(ctx, to_type_id, 1);
}

enum error_kind counters_member_removed(struct ctx *ctx, int64_t member_type_id, bool archived)
{
    return archived ? counters_add(ctx, COUNTER_MEMBERS_ARCHIVED, -1) : list_members(ctx, member_type_id, -1);
}

/* ---- reviews --------------------------------------------------------------------------------------- */

enum error_kind counters_rating(struct ctx *ctx, int64_t book_id, int64_t count, int64_t stars)
{
    return counters_repo_add_rating(ctx, book_id, count, stars);
}

/* ---- money ----------------------------------------------------------------------------------------- */

enum error_kind counters_charge_made(struct ctx *ctx, int64_t at)
{
    const struct day_count count = {.day = clock_day_of(at), .charges = 1};

    TRY(counters_add(ctx, COUNTER_CHARGES, 1));
    TRY(counters_add(ctx, COUNTER_CHARGES_OPEN, 1));
    return counters_repo_add_day(ctx, &count);
}

enum error_kind counters_payment_taken(struct ctx *ctx, int64_t at)
{
    const struct day_count count = {.day = clock_day_of(at), .payments = 1};

    TRY(counters_add(ctx, COUNTER_PAYMENTS, 1));
    return counters_repo_add_day(ctx, &count);
}

enum error_kind counters_balance(struct ctx *ctx, int64_t member_id, int64_t delta)
{
    return delta == 0 ? OK : counters_repo_add_balance(ctx, member_id, delta);
}
