/*
 * till_repository.h — sums of days, each read from an index that has all that is summed.
 */
#ifndef CARREL_FINES_TILL_REPOSITORY_H
#define CARREL_FINES_TILL_REPOSITORY_H

#include "base/ctx.h"
#include "fines/till.h"

/* What there was of one kind (or method) on one day. */
struct day_sum {
    int32_t day;
    int kind; /* enum charge_kind, payment_method or waiver_kind */
    struct money_sum sum;
};

/* Calls each() for the days from one to another, in order. */
enum error_kind till_repo_days(struct ctx *ctx, enum till_source source, int32_t from, int32_t to,
                               void (*each)(void *argument, const struct day_sum *sum),
                               void *argument) MUST_CHECK;

/* Who owes (or is owed: as a positive amount), and how much. */
enum error_kind till_repo_balances(struct ctx *ctx, bool owed_to_them, struct money_sum *out_sum) MUST_CHECK;

/* Fills `debtors` and `debtor_count`. */
enum error_kind till_repo_debtors(struct ctx *ctx, struct fines_report *report) MUST_CHECK;

#endif
