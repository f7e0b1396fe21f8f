/*
 * summary.h — what a seeded library holds, counted while it is made.
 */
#ifndef CARREL_SEEDER_SUMMARY_H
#define CARREL_SEEDER_SUMMARY_H

#include <stdint.h>

#include "base/arena.h"
#include "seeder/plan.h"

/* What was made. Tiers are A to D, segments heavy, regular, casual, inactive (plan.h). */
struct seeder_summary {
    const char *scenario;
    uint64_t random_seed;
    int64_t books, copies, members;
    int64_t borrows;                     /* all loans … */
    int64_t due;                         /* … of which should be back by now, */
    int64_t late;                        /* … of which came back late or are not back yet; */
    int64_t open;                        /* … are out now, */
    int64_t overdue;                     /* … and overdue */
    int64_t renewed_once, renewed_twice; /* loans */
    int64_t renewals;
    int64_t charges, payments, waivers;
    int64_t charged, paid, waived;    /* minor units */
    int64_t lost;                     /* copies */
    int64_t holds, holds_in_state[5]; /* enum hold_state */
    int64_t refused; /* loans that the library's rules did not allow: none under the usual ones */
    int64_t books_in_tier[PLAN_TIERS], borrows_in_tier[PLAN_TIERS];
    int64_t members_in_segment[PLAN_SEGMENTS], borrows_in_segment[PLAN_SEGMENTS];
    int64_t first_borrow_at, last_act_at; /* instants */
};

/* Counts titles and members; then each loan, in order. */
void summary_start(struct seeder_summary *summary, const struct plan *plan);
void summary_add(struct seeder_summary *summary, const struct plan *plan, const struct planned_loan *loan);

/* Once, while all its series are there. */
void summary_add_ledger(struct seeder_summary *summary, const struct ledger *ledger);

/* A few lines for people, with a newline after each but the last. */
const char *summary_report(struct arena *arena, const struct seeder_summary *summary);

/* 1234567 → "1,234,567". */
const char *summary_grouped(struct arena *arena, int64_t number);

#endif
