/*
 * loan_belt.h — loans drawn by a thread of its own, a batch ahead of whoever writes them.
 */
#ifndef CARREL_SEEDER_LOAN_BELT_H
#define CARREL_SEEDER_LOAN_BELT_H

#include "seeder/lending.h"

struct loan_belt;

/* A loan, and what its row says besides. */
struct belt_loan {
    struct planned_loan loan;
    int64_t due_at;
    uint32_t copy; /* its number among all copies, from 0 */
    uint8_t kind;  /* of the member, as in the plan */
};

/* What else is done with loans in the thread that draws them, batch after batch: `loan` is there, the rest is filled in. */
struct belt_work {
    void (*on)(void *argument, struct belt_loan *loans, size_t count);
    void *argument;
};

/* `arena`, plan and ledger belong to the belt until it is stopped, and what `work` writes to. */
struct loan_belt *loan_belt_start(struct arena *arena, const struct plan *plan, struct ledger *ledger,
                                  struct belt_work work);

/* As lending_next(); the loan is valid until the next call. NULL: there is none. */
const struct belt_loan *loan_belt_next(struct loan_belt *belt);

/* Also before all loans were taken. */
void loan_belt_stop(struct loan_belt *belt);

#endif
