/*
 * policies.c — what a rule says, and what an edit of it may change.
 */
#include "policies/policies.h"

#include "base/money.h"

#define RULE(member) AT(struct loan_rule, member)
#define COUNT_MAX 1000
#define DAYS_MAX 3650
#define CODE_MAX 40

/* clang-format off */
#define VALUES(grace_flags) \
    {"max_loans", FIELD_INTEGER, REQUIRED, 0, COUNT_MAX, RULE(max_loans), \
     "Loans a member may have at once, of the item type if the rule names one; 0: none are lent"}, \
    {"loan_days", FIELD_INTEGER, REQUIRED, 0, DAYS_MAX, RULE(loan_days), \
     "Days of a loan; 0: back on the same day"}, \
    {"max_renewals", FIELD_INTEGER, REQUIRED, 0, COUNT_MAX, RULE(max_renewals), \
     "How often a loan may be renewed"}, \
    {"hold_limit", FIELD_INTEGER, REQUIRED, 0, COUNT_MAX, RULE(hold_limit), \
     "Holds a member may have at once; of a rule with an item type it decides nothing"}, \
    {"fine_per_day", FIELD_MONEY, REQUIRED, 0, MONEY_MAX, RULE(fine_per_day), "Fine for each day overdue"}, \
    {"fine_cap", FIELD_MONEY, OPTIONAL, 0, MONEY_MAX, RULE(fine_cap), \
     "Most that one loan can cost; null: no cap"}, \
    {"grace_days", FIELD_INTEGER, grace_flags, 0, DAYS_MAX, RULE(grace_days), "Overdue days that cost nothing"}, \
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"name", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"}

const struct field loan_rule_fields[] = {
    VALUES(REQUIRED),
    {"member_type", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"item_type", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {0},
};

const struct field new_loan_rule_fields[] = {
    {"member_type", FIELD_TEXT, OPTIONAL, 1, CODE_MAX, RULE(member_type), "Code of the member type; null: any"},
    {"item_type", FIELD_TEXT, OPTIONAL, 1, CODE_MAX, RULE(item_type), "Code of the item type; null: any"},
    VALUES(OPTIONAL),
    {0},
};
/* clang-format on */
