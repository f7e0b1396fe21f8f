/*
 * lending.h — who borrows what, when, and when it comes back: one loan after the other, in order of time. What comes
 * with it (renewals, holds, fines and who pays them) is kept in a ledger.
 *
 * Keeps the rules by construction, at every moment: a copy is out once, a member has a title once and never
 * more loans than the rule of their kind allows, nothing is lent before it was catalogued or to somebody who has not
 * joined, nothing happens after `now` or while the library is closed. Whoever waits is served in turn: nobody takes
 * a copy, or keeps it by renewing, that somebody else waits for. Winter is busy, summer is quiet, days differ along a
 * bell curve. Loans are due after the days of their rule; 12 in 100 come back late. The numbers stand in plan.h and
 * in lending*.c.
 *
 * It remembers what is out and who waits, the ledger, and twelve bytes for each title and member.
 */
#ifndef CARREL_SEEDER_LENDING_H
#define CARREL_SEEDER_LENDING_H

#include <stdbool.h>

#include "seeder/ledger.h"
#include "seeder/plan.h"

struct lending;

/* Goes on with the plan's dice, so it gives the same loans each time. In `arena`; plan and ledger must stay. */
struct lending *lending_start(struct arena *arena, const struct plan *plan, struct ledger *ledger);

/*
 * The next loan, with its end. False after the last one, when all up to `now` has happened and stands in the ledger:
 * when the days are over, or earlier loans leave no room for so many (then there were fewer than asked for).
 */
bool lending_next(struct lending *lending, struct planned_loan *out_loan);

/* A moment of the opening hours of an open day. */
int64_t lending_moment(struct dice *dice, const struct plan_day *day);

#endif
