/*
 * tallies_service.h — who borrowed most and what was lent most, in any range of days.
 *
 * No index can answer that: it is a sum over all loans of the range. So each day that is over is packed when
 * the first loan of a later day is made, and each month once nobody can report a loan for it any more
 * (OCCURRED_AT_PAST_DAYS); a range is then its months, the days at its edges, and the loans of days that are
 * not packed yet. A loan that does reach a packed period (a clock that ran ahead) is added to it.
 */
#ifndef CARREL_COUNTERS_TALLIES_SERVICE_H
#define CARREL_COUNTERS_TALLIES_SERVICE_H

#include "base/ctx.h"
#include "counters/counters.h"

/*
 * The `max` most lent titles or most active members of a range of days, both included; of equals the one that
 * was registered first. Archived ones count. OK with *out_count < max: no more had a loan.
 */
enum error_kind tallies_top(struct ctx *ctx, enum counted what, int64_t from_day, int64_t to_day,
                            struct loan_rank *out_ranks, size_t max, size_t *out_count) MUST_CHECK;

/* How often each title was lent, or each member borrowed, in a range of days; memory as of tally_new(). */
struct tally;
enum error_kind tallies_sum(struct ctx *ctx, enum counted what, int64_t from_day, int64_t to_day,
                            struct tally *out_tally) MUST_CHECK;

/*
 * Packs some of the periods that are over and have no row, days before months, and moves *from_day, which starts as
 * the first day to look at (INT64_MIN: all): call it again while *out_more. Forgetting loans takes rows away.
 */
enum error_kind tallies_pack_missing(struct ctx *ctx, int64_t *from_day, bool *out_more) MUST_CHECK;

/* ---- for counters_service -------------------------------------------------------------------------------- */

/* A loan was made and stands in its table and in daily_stat; `first_of_day`: the first of that day. */
enum error_kind tallies_loan_made(struct ctx *ctx, const struct counted_borrow *borrow,
                                  bool first_of_day) MUST_CHECK;

/* A loan of that day names its member no more: what is packed of the day and its month would still do so. */
enum error_kind tallies_loan_forgotten(struct ctx *ctx, int64_t day) MUST_CHECK;

/*
 * Counts the loans of every day anew, in order, calls each() with it and packs all periods that are over. `walk` may be
 * NULL: nobody asks for the days.
 */
struct loan_day {
    int64_t day;
    int64_t borrows;
    int64_t members; /* whom these loans name */
};
struct day_walk {
    void (*each)(void *argument, const struct loan_day *day);
    void *argument;
};
enum error_kind tallies_count_days(struct ctx *ctx, const struct day_walk *walk) MUST_CHECK;

/*
 * Packs what tallies_count_days() would, of loans that are at hand and need not be read: next() tells them in order
 * of time, then false. `last`: of them all the last day and the largest ids, so that nothing but `tally` has to be there.
 */
struct tallied_loan {
    int64_t day, book_id, member_id;
};
typedef bool tally_next(void *argument, struct tallied_loan *out_loan);
enum error_kind tallies_pack_loans(struct ctx *ctx, const struct tallied_loan *last, tally_next *next,
                                   void *argument) MUST_CHECK;

/* Is it a day, or a whole month of the calendar? */
bool tallies_is_period(bool is_month, int64_t first_day, int64_t last_day);

#endif
