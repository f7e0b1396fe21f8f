/*
 * plan_rules.h — rules for plans that no library stands behind: the same for everybody.
 */
#ifndef CARREL_TESTS_SEEDER_PLAN_RULES_H
#define CARREL_TESTS_SEEDER_PLAN_RULES_H

#include "base/ctx.h"
#include "seeder/plan.h"

static inline void give_rules(struct plan_request *request, int64_t max_loans, int64_t loan_days)
{
    for (size_t i = 0; i < PLAN_KINDS; i++)
        request->rules[i] = (struct loan_rule){.id = 1,
                                               .max_loans = max_loans,
                                               .loan_days = loan_days,
                                               .max_renewals = 2,
                                               .hold_limit = 5,
                                               .fine_per_day = 100,
                                               .fine_cap = NO_NUMBER};
}

#endif
