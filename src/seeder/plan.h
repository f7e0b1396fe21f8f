/*
 * plan.h — what there is in the invented library and since when, and (for a small one) every act in order:
 * decided before anything is written.
 *
 * Pure: no database, no clock of its own. Titles fall into tiers by how much they are wanted, members into
 * segments by how much they read; lending.h draws loans by both. The numbers stand in plan.c and lending.c.
 */
#ifndef CARREL_SEEDER_PLAN_H
#define CARREL_SEEDER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "policies/policies.h"
#include "seeder/dice.h"
#include "seeder/ledger.h"
#include "seeder/opening.h"

#define PLAN_TIERS 4    /* A wanted by all, B liked, C known to few, D never borrowed */
#define PLAN_SEGMENTS 4 /* heavy, regular, casual, inactive */
#define PLAN_KINDS 5    /* of members: adult, student, child, faculty, staff, by their codes in schema.sql */

/* Shares in a hundred and weights in the draw: the promises that the tests hold the plan to. */
struct plan_group {
    const char *name;
    uint32_t share;
    uint32_t weight;
};

extern const struct plan_group plan_tiers[PLAN_TIERS];
extern const struct plan_group plan_segments[PLAN_SEGMENTS];
extern const struct plan_group plan_kinds[PLAN_KINDS]; /* all read alike: no weights */

/* Promised of the loans and of what comes with them; most of them at any time, all of those that are over. */
#define PLAN_LATE_PERCENT 12
#define PLAN_RENEWED_ONCE_PERCENT 10
#define PLAN_RENEWED_TWICE_PERCENT 2
#define PLAN_HELD_PER_MILLE 20  /* loans that fulfil a hold */
#define PLAN_LOST_PER_100000 50 /* loans whose copy is lost */
#define PLAN_PAYING_PERCENT 88  /* of the members; the others never pay, and owe it all */
#define PLAN_WAIVED_PERCENT 3   /* of the charges */

struct plan_request {
    int64_t books, members, borrows, months;
    struct loan_rule rules[PLAN_KINDS];    /* that decide, for any kind of thing */
    const struct calendar_facts *calendar; /* NULL: open every day */
    bool closed_days_cost;
    int64_t stock_percent; /* how many copies there are, against an ordinary library: 100; 0 means that too */
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
    uint8_t kind;
    bool pays; /* what is charged; a few never do */
};

#define PLAN_COPIES_MAX 32 /* of one title */

struct planned_loan {
    uint32_t book, member;
    int64_t lent_at;
    int64_t returned_at;  /* INT64_MAX: not yet … */
    int32_t returned_day; /* … and this means nothing */
    int32_t lent_day;
    int32_t due_day;     /* after as many renewals as there were by now */
    uint32_t fine;       /* what lateness cost, once it is back */
    uint8_t renewals;    /* so far */
    uint8_t copy;        /* which of the title's copies: 0, 1, 2 …; mostly the first that is there */
    uint32_t lost_price; /* charged for the copy that was lost, which ended it; 0: it came back */
};

struct plan {
    struct planned_book *books;
    struct planned_member *members;
    struct planned_loan *loans;  /* in order of lent_at */
    struct act *acts;            /* in order of time */
    const struct ledger *ledger; /* what came with the loans */
    size_t book_count, member_count, loan_count, act_count;
    int64_t lending_from;         /* instant: the first day of lending */
    int32_t first_day;            /* the same as a day */
    const struct plan_days *days; /* from the founding on, as far as anything comes back */
    struct plan_request request;
    struct dice dice; /* as books and members left them: loans go on from here */
};

/* The day on which the library of such a request was founded: its stock was collected from then on. */
int32_t plan_founded(const struct plan_request *request);

/* The end of its due day. */
static inline int64_t plan_due_at(const struct plan *plan, const struct planned_loan *loan)
{
    return plan_day(plan->days, loan->due_day + 1)->starts - 1;
}

/* Books and members alone: 25 bytes each. The loans then come from lending.h, one at a time. In `arena`. */
struct plan *plan_stock(struct arena *arena, const struct plan_request *request);

/*
 * All of it, loans and acts included: 100 bytes a loan. Fewer loans than asked for where the rules leave no
 * room for more.
 */
const struct plan *plan_make(struct arena *arena, const struct plan_request *request);

#endif
