/*
 * policies.h — circulation rules: who may have how many of what for how long.
 */
#ifndef CARREL_POLICIES_POLICIES_H
#define CARREL_POLICIES_POLICIES_H

#include <stdint.h>

#include "base/field.h"
#include "base/listing.h"
#include "base/uuid.h"

/* One rule: member type × item type, either of them "any". Days are civil days, money minor units. */
struct loan_rule {
    int64_t id;
    struct uuid uuid;
    const char *member_type; /* its code; NULL: any */
    const char *item_type;   /* its code; NULL: any */
    int64_t max_loans;       /* open loans of a member at once (docs/circulation.md, "Rules"); 0: none */
    int64_t loan_days;       /* 0: due at the end of the day it is lent */
    int64_t max_renewals;
    int64_t hold_limit;
    int64_t fine_per_day;
    int64_t fine_cap;   /* of one loan; NO_NUMBER: none */
    int64_t grace_days; /* overdue days that cost nothing */
};

extern const struct field loan_rule_fields[];     /* what an edit may change, over struct loan_rule */
extern const struct field new_loan_rule_fields[]; /* the same with its two types: a whole rule */
extern const struct listing loan_rules_listing;
extern const struct listing item_types_listing;

#endif
