/*
 * loan_belt.h — loans drawn by a thread of its own, a batch ahead of whoever writes them.
 */
#ifndef CARREL_SEEDER_LOAN_BELT_H
#define CARREL_SEEDER_LOAN_BELT_H

#include "seeder/lending.h"

struct loan_belt;

/* `arena`, plan and ledger belong to the belt until it is stopped. */
struct loan_belt *loan_belt_start(struct arena *arena, const struct plan *plan, struct ledger *ledger);

/* As lending_next(); the loan is valid until the next call. NULL: there is none. */
const struct planned_loan *loan_belt_next(struct loan_belt *belt);

/* One of the loans to come, so that what belongs to it can be fetched from memory meanwhile. NULL: not known yet. */
const struct planned_loan *loan_belt_ahead(const struct loan_belt *belt, size_t count);

/* Also before all loans were taken. */
void loan_belt_stop(struct loan_belt *belt);

#endif
