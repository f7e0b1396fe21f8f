/*
 * lending.h — who borrows what, when, and when it comes back: one loan after the other, in order of time.
 *
 * Keeps the rules by construction, at every moment: a copy is out once, a member has a title once and never
 * more loans than allowed, nothing is lent before it was catalogued or to somebody who has not joined,
 * nothing happens after `now`. Winter is busy, summer is quiet, days differ along a bell curve. Loans are due
 * after the library's own loan days; 12 in 100 come back late. The numbers stand in lending.c.
 *
 * It remembers what is out and nothing else: four million loans take as much memory as the ten thousand
 * that are out at a time, and five bytes for each title and member.
 */
#ifndef CARREL_SEEDER_LENDING_H
#define CARREL_SEEDER_LENDING_H

#include <stdbool.h>

#include "seeder/plan.h"

struct lending;

/* Goes on with the plan's dice, so it gives the same loans each time. In `arena`; the plan must stay. */
struct lending *lending_start(struct arena *arena, const struct plan *plan);

/*
 * The next loan, with its end. False after the last one: when the days are over, or earlier loans leave no
 * room for so many (then there were fewer than asked for).
 */
bool lending_next(struct lending *lending, struct planned_loan *out_loan);

/* A moment of the opening hours on the day that starts then. */
int64_t lending_moment(struct dice *dice, int64_t day_start);

#endif
