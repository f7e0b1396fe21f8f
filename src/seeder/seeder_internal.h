/*
 * seeder_internal.h — what one slice of seeding leaves for the next: for seeder.c and seeder_acts.c.
 */
#ifndef CARREL_SEEDER_SEEDER_INTERNAL_H
#define CARREL_SEEDER_SEEDER_INTERNAL_H

#include <stdatomic.h>

#include "seeder/invent.h"
#include "seeder/seeder.h"

/* How far it got: acts of the plan, and how many of them the library's counters know of (not the refused). */
struct point {
    size_t acts;
    int64_t counted;
};

struct made_loan {
    struct uuid uuid;
    int64_t id;
    int64_t copy_id; /* 0: refused */
};

struct seeder {
    struct arena arena; /* what outlives a slice */
    const struct lexicon *lexicon;
    const struct scenario *scenario;
    uint64_t random_seed;
    int64_t now;
    const struct plan *plan;       /* NULL before the first slice */
    struct seeder_summary *filled; /* NULL: not by seeder_fill() */
    const struct invention *invention;
    struct uuid *books, *members; /* of plan->books, plan->members */
    struct made_loan *loans;
    struct uuid *holds;         /* of the ledger's; all zero: refused */
    uint32_t *first_copy;       /* of each title: its copies are numbered on from here, from 0 */
    struct point kept, reached; /* before and after the last slice */
    _Atomic(int64_t) done, total;
    _Atomic(const char *) phase;
};

/*
 * Does one act of the plan through the services. *out_counted: by how much count_acts() of seeder.c is higher then. What
 * the library's rules refuse, and all that follows from it, is left out: its right, they may have been changed.
 */
enum error_kind seeder_perform(struct ctx *ctx, struct seeder *seeder, const struct act *act,
                               int64_t *out_counted) MUST_CHECK;

#endif
