/*
 * counters_service.h — keeping derived numbers right: one call per fact, in the fact's transaction.
 *
 * Nothing here refuses anything for a library's reason. A counter that would fall below zero means that a
 * caller reported something that never happened; SQLite's CHECK then makes it INTERNAL and the whole act
 * is rolled back.
 */
#ifndef CARREL_COUNTERS_COUNTERS_SERVICE_H
#define CARREL_COUNTERS_COUNTERS_SERVICE_H

#include "base/ctx.h"
#include "counters/counters.h"

/* Adds `delta` (may be negative) to one number of the library. */
enum error_kind counters_add(struct ctx *ctx, enum library_counter counter, int64_t delta) MUST_CHECK;
enum error_kind counters_get(struct ctx *ctx, enum library_counter counter, int64_t *out_value) MUST_CHECK;

/*
 * A title came into the catalogue (without copies or loans yet), went to the archive, came back from there:
 * COUNTER_BOOKS(_ARCHIVED), and _LOW, _OUT, _UNLENT. After its row was written.
 */
enum error_kind counters_book_added(struct ctx *ctx, int64_t book_id) MUST_CHECK;
enum error_kind counters_book_archived(struct ctx *ctx, int64_t book_id) MUST_CHECK;
enum error_kind counters_book_restored(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/* A title without copies or loans goes as if it had never been there. Before its row goes. */
enum error_kind counters_book_removed(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/*
 * Copies of a book came, went or changed their status: adds to book.total_copies (neither withdrawn nor
 * lost), to book.available_copies (status available) and to COUNTER_COPIES, and
 * keeps COUNTER_BOOKS_LOW and _OUT. Both columns in one statement, since available ≤ total always holds.
 */
enum error_kind counters_book_copies(struct ctx *ctx, int64_t book_id, int64_t total_delta,
                                     int64_t available_delta) MUST_CHECK;

/*
 * A copy was lent or came back: the book's and the member's counters, COUNTER_BORROWS(_OPEN), daily_stat,
 * COUNTER_BOOKS_UNLENT, the packed periods (tallies_service.h). To be called after the loan's row was written.
 * The copy's change of status is a matter of counters_book_copies(). A loan that is recorded later than it
 * happened (`occurred_at`) never moves last_borrowed_at backwards.
 */
enum error_kind counters_borrow_opened(struct ctx *ctx, const struct counted_borrow *borrow) MUST_CHECK;
enum error_kind counters_borrow_closed(struct ctx *ctx, const struct counted_borrow *borrow) MUST_CHECK;

/*
 * A loan that never happened (an import that is undone) was deleted from its table while it was open: all that
 * counters_borrow_opened() did is taken back.
 */
enum error_kind counters_borrow_undone(struct ctx *ctx, const struct counted_borrow *borrow) MUST_CHECK;

/*
 * A loan that is over names its member no more (table borrow says so already): the member's counters are what
 * counting their remaining loans gives, the packed periods of its day go until tallies_pack_missing() makes them
 * anew, and of the day's members one more counts as forgotten when none of its loans names them now. Numbers of
 * the library, of the title and of the day stay as they are. `late`: as when it came back.
 *
 * A reader who is forgotten for a day and borrows once more on that very day (a loan reported late) is counted
 * twice: nobody can know any longer.
 */
enum error_kind counters_loan_forgotten(struct ctx *ctx, const struct counted_borrow *borrow) MUST_CHECK;

/*
 * A hold was placed, or came to its end: COUNTER_HOLDS, _HOLDS_OPEN and open_holds of the book and of the member.
 * `ending`: COUNTER_HOLDS_FULFILLED, _CANCELLED or _EXPIRED, which is one more.
 */
enum error_kind counters_hold_opened(struct ctx *ctx, int64_t book_id, int64_t member_id) MUST_CHECK;
enum error_kind counters_hold_closed(struct ctx *ctx, int64_t book_id, int64_t member_id,
                                     enum library_counter ending) MUST_CHECK;

/* One that was cancelled waits again: what cancelled it was undone. */
enum error_kind counters_hold_reopened(struct ctx *ctx, int64_t book_id, int64_t member_id) MUST_CHECK;

/*
 * Some became members, one was archived, came back from there, is of another type now, or is removed as if they had
 * never been there: COUNTER_MEMBERS(_ARCHIVED) and the type's member_count.
 */
enum error_kind counters_members_added(struct ctx *ctx, int64_t member_type_id, int64_t count) MUST_CHECK;
enum error_kind counters_member_archived(struct ctx *ctx, int64_t member_type_id) MUST_CHECK;
enum error_kind counters_member_restored(struct ctx *ctx, int64_t member_type_id) MUST_CHECK;
enum error_kind counters_member_moved(struct ctx *ctx, int64_t from_type_id, int64_t to_type_id,
                                      bool archived) MUST_CHECK;
enum error_kind counters_member_removed(struct ctx *ctx, int64_t member_type_id, bool archived) MUST_CHECK;

/*
 * Reviews of a title that are shown became `count` more (or less, when it is negative), with so many stars in all:
 * rating_count and rating_sum of the book.
 */
enum error_kind counters_rating(struct ctx *ctx, int64_t book_id, int64_t count, int64_t stars) MUST_CHECK;

/*
 * A member owes `delta` minor units more (less, when it is negative): after the charge, the payment or the
 * approved waiver was written. Below zero the library owes.
 */
enum error_kind counters_balance(struct ctx *ctx, int64_t member_id, int64_t delta) MUST_CHECK;

/* A charge came about, a payment was taken, at that instant: COUNTER_CHARGES(_OPEN), _PAYMENTS, daily_stat. */
enum error_kind counters_charge_made(struct ctx *ctx, int64_t at) MUST_CHECK;
enum error_kind counters_payment_taken(struct ctx *ctx, int64_t at) MUST_CHECK;

/* The next running number: 1, 2, 3 …; given back when the act is rolled back. */
enum error_kind counters_next_number(struct ctx *ctx, enum sequence sequence, int64_t *out_number) MUST_CHECK;

/* The one `step` further on; those between are passed over. */
enum error_kind counters_leap(struct ctx *ctx, enum sequence sequence, int64_t step,
                              int64_t *out_number) MUST_CHECK;

#endif
