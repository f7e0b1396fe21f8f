/*
 * policies.c — what an edit of a rule may change.
 */
#include "policies/policies.h"

#include "base/money.h"

#define RULE(member) AT(struct loan_rule, member)
#define COUNT_MAX 1000
#define DAYS_MAX 3650

/* clang-format off */
const struct field loan_rule_fields[] = {
    {"max_loans", FIELD_INTEGER, REQUIRED, 0, COUNT_MAX, RULE(max_loans),
     "Loans a member may have at once; 0: none are lent"},
    {"loan_days", FIELD_INTEGER, REQUIRED, 0, DAYS_MAX, RULE(loan_days),
     "Days of a loan; 0: back on the same day"},
    {"max_renewals", FIELD_INTEGER, REQUIRED, 0, COUNT_MAX, RULE(max_renewals),
     "How often a loan may be renewed"},
    {"hold_limit", FIELD_INTEGER, REQUIRED, 0, COUNT_MAX, RULE(hold_limit),
     "Holds a member may have at once"},
    {"fine_per_day", FIELD_MONEY, REQUIRED, 0, MONEY_MAX, RULE(fine_per_day), "Fine for each day overdue"},
    {"fine_cap", FIELD_MONEY, OPTIONAL, 0, MONEY_MAX, RULE(fine_cap),
     "Most that one loan can cost; null: no cap"},
    {"grace_days", FIELD_INTEGER, REQUIRED, 0, DAYS_MAX, RULE(grace_days), "Overdue days that cost nothing"},
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"member_type", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"item_type", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"name", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {0},
};
/* clang-format on */
