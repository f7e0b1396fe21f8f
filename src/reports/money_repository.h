/*
 * money_repository.h — charges, payments and waivers by day and kind, from indexes that hold just these.
 */
#ifndef CARREL_REPORTS_MONEY_REPOSITORY_H
#define CARREL_REPORTS_MONEY_REPOSITORY_H

#include "base/ctx.h"

enum money_side { MONEY_CHARGED, MONEY_PAID, MONEY_WAIVED, MONEY_OPEN };

/* Sums of one day and kind; of MONEY_OPEN: one charge that is not settled, with what is open of it. */
struct money_row {
    int32_t day;
    int kind; /* of a charge: overdue lost damage fee; a payment: cash card mobile_money other; a waiver: waiver,
                 or 1: a correction */
    int64_t count, amount;
};

enum error_kind money_repo_rows(struct ctx *ctx, enum money_side side, int32_t first, int32_t last,
                                void (*each)(void *argument, const struct money_row *row),
                                void *argument) MUST_CHECK;

#endif
