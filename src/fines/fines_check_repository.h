/*
 * fines_check_repository.h — where the sums of the ledger do not agree; for --check and --check --rebuild.
 */
#ifndef CARREL_FINES_FINES_CHECK_REPOSITORY_H
#define CARREL_FINES_FINES_CHECK_REPOSITORY_H

#include "base/ctx.h"
#include "base/id_index.h"

enum sum_of { SUM_OF_CHARGES, SUM_OF_PAYMENTS, SUM_OF_WAIVERS, SUM_OF_COUNT };

/* Charges, payments or waivers, by id. each() is false: that cannot be, the file is damaged. */
struct kept_sum {
    int64_t id, member_id; /* NO_NUMBER: of nobody */
    int64_t kept;          /* what it says its allocations are together */
    bool is_void;          /* a waiver that nobody approved: it has none */
    int64_t borrow_id;     /* of a charge for a loan; NO_NUMBER */
};

enum error_kind fines_check_repo_range(struct ctx *ctx, enum sum_of what,
                                       struct id_range *out_range) MUST_CHECK;
enum error_kind fines_check_repo_rows(struct ctx *ctx, enum sum_of what,
                                      bool (*each)(void *argument, const struct kept_sum *sum),
                                      void *argument) MUST_CHECK;

struct checked_allocation {
    int64_t of[SUM_OF_COUNT]; /* id of its charge, and of its payment or waiver; NO_NUMBER: of none */
    int64_t amount;
};

enum error_kind fines_check_repo_allocations(struct ctx *ctx,
                                             void (*each)(void *argument,
                                                          const struct checked_allocation *allocation),
                                             void *argument) MUST_CHECK;

/* A charge, payment or waiver whose sum is not that of its allocations. */
struct wrong_sum {
    const char *name; /* the member's */
    int64_t receipt;  /* of a payment; else 0 */
    int64_t amount, kept;
};

enum error_kind fines_check_repo_sum(struct ctx *ctx, enum sum_of what, int64_t id,
                                     struct wrong_sum *out_sum) MUST_CHECK;

/* Writes the sums anew where they are wrong and can be right: not more than the amount. */
enum error_kind fines_check_repo_rebuild(struct ctx *ctx, enum sum_of what) MUST_CHECK;

/* What the rest of the ledger is wrong in: how many of each. */
struct ledger_faults {
    int64_t idle;        /* members who have both an open charge and something to their credit */
    int64_t receipts;    /* payments */
    int64_t first, last; /* their lowest and highest number; 1 and 0 without payments */
    int64_t given;       /* the last number that was given out */
    int64_t lost;        /* of these, lost with a damaged file (counters_settle_receipts()) */
};

enum error_kind fines_check_repo_faults(struct ctx *ctx, struct ledger_faults *out_faults) MUST_CHECK;

#endif
