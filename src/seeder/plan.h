/*
 * plan.h — what will happen in the invented library, and when: decided before anything is written.
 *
 * Pure: no database, no clock of its own. The plan keeps the rules by construction: a copy is out once, a
 * member has a title once and never more loans than allowed, nothing is lent before it was catalogued or to
 * somebody who has not joined, nothing happens after `now`.
 *
 * Titles fall into tiers by how much they are wanted, members into segments by how much they read; a loan
 * draws both by weight. Winter is busy, summer is quiet, days differ along a bell curve. Loans are due after
 * the library's own loan days; 12 in 100 come back late. The numbers stand in plan.c.
 */
#ifndef CARREL_SEEDER_PLAN_H
#define CARREL_SEEDER_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define PLAN_TIERS 4    /* A wanted by all, B liked, C known to few, D never borrowed */
#define PLAN_SEGMENTS 4 /* heavy, regular, casual, inactive */

/* Shares in a hundred and weights in the draw: the promises that the tests hold the plan to. */
struct plan_group {
    const char *name;
    uint32_t share;
    uint32_t weight;
};

extern const struct plan_group plan_tiers[PLAN_TIERS];
extern const struct plan_group plan_segments[PLAN_SEGMENTS];

#define PLAN_LATE_PERCENT 12

struct plan_request {
    int64_t books, members, borrows, months;
    int64_t max_loans, loan_days; /* of the rule that will decide */
    int64_t now;
    uint64_t random_seed;
};

struct planned_book {
    int64_t at; /* catalogued; books and members are in order of time */
    uint8_t tier;
    uint8_t copies;
};

struct planned_member {
    int64_t at; /* joined */
    uint8_t segment;
};

struct planned_loan {
    uint32_t book, member;
    int64_t lent_at;
    int64_t returned_at; /* INT64_MAX: not yet */
};

/* One thing to do. The order of kinds is the order of acts of the same millisecond. */
enum act_kind { ACT_CATALOGUE, ACT_REGISTER, ACT_RETURN, ACT_LEND };

struct act {
    int64_t at;
    uint32_t index; /* of the book, the member, the loan */
    enum act_kind kind;
};

struct plan {
    struct planned_book *books;
    struct planned_member *members;
    struct planned_loan *loans; /* in order of lent_at */
    struct act *acts;           /* in order of time */
    size_t book_count, member_count, loan_count, act_count;
    int64_t lending_from; /* instant: the first day of lending */
};

/* Everything in `arena`. Fewer loans than asked for where the rules leave no room for more. */
const struct plan *plan_make(struct arena *arena, const struct plan_request *request);

#endif
