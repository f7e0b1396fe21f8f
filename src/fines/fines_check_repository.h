/*
 * fines_check_repository.h — where the sums of the ledger do not agree; for --check and --check --rebuild.
 */
#ifndef CARREL_FINES_FINES_CHECK_REPOSITORY_H
#define CARREL_FINES_FINES_CHECK_REPOSITORY_H

#include "base/ctx.h"

/* A charge, payment or waiver whose sum is not that of its allocations. */
struct wrong_sum {
    const char *name; /* the member's */
    int64_t receipt;  /* of a payment; else 0 */
    int64_t amount, kept, counted;
};

enum sum_of { SUM_OF_CHARGES, SUM_OF_PAYMENTS, SUM_OF_WAIVERS, SUM_OF_COUNT };

/* Calls each() for every one; a row is valid while each() runs. */
enum error_kind fines_check_repo_sums(struct ctx *ctx, enum sum_of what,
                                      void (*each)(void *argument, const struct wrong_sum *wrong),
                                      void *argument) MUST_CHECK;

/* Writes the sums anew where they are wrong and can be right: not more than the amount. */
enum error_kind fines_check_repo_rebuild(struct ctx *ctx, enum sum_of what) MUST_CHECK;

/* What the rest of the ledger is wrong in: how many of each. */
struct ledger_faults {
    int64_t strays;      /* allocations between two members, or of a waiver that is not approved */
    int64_t misborrows;  /* charges for a loan that is not, or no longer, their member's */
    int64_t idle;        /* members who have both an open charge and something to their credit */
    int64_t receipts;    /* payments */
    int64_t first, last; /* their lowest and highest number; 1 and 0 without payments */
    int64_t given;       /* the last number that was given out */
    int64_t lost;        /* of these, lost with a damaged file (counters_settle_receipts()) */
};

enum error_kind fines_check_repo_faults(struct ctx *ctx, struct ledger_faults *out_faults) MUST_CHECK;

#endif
