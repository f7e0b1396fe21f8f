/*
 * policies_service.h — which rule decides (docs/circulation.md, "Rules").
 *
 * The most specific rule wins: member type and item type, then member type alone, then item type alone,
 * then any × any, which is always there. Over that last one, and no other, lie the values given by flag or
 * environment: max_active_borrows, default_borrow_duration_days, daily_fine.
 */
#ifndef CARREL_POLICIES_POLICIES_SERVICE_H
#define CARREL_POLICIES_POLICIES_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "policies/policies.h"

/* The rule for a member of this type and a thing of that type (internal ids; 0: any). Never "none". */
enum error_kind policies_rule_for(struct ctx *ctx, int64_t member_type_id, int64_t item_type_id,
                                  struct loan_rule *out_rule) MUST_CHECK;

/*
 * The rule for all that a member of this type has, whatever it is: member type × any, else any × any. Its max_loans
 * bounds all open loans together, its hold_limit the open holds. When the rule of policies_rule_for() names an item
 * type, its max_loans bounds the open loans of that item type besides.
 */
enum error_kind policies_total_rule_for(struct ctx *ctx, int64_t member_type_id,
                                        struct loan_rule *out_rule) MUST_CHECK;

/* Internal ids of types by their codes; 0: no type has that code. */
enum error_kind policies_member_type_id(struct ctx *ctx, const char *code, int64_t *out_id) MUST_CHECK;
enum error_kind policies_item_type_id(struct ctx *ctx, const char *code, int64_t *out_id) MUST_CHECK;

/* "adult × book", "any × dvd", "any × any": for reasons and messages. In the arena. */
const char *loan_rule_name(struct ctx *ctx, const struct loan_rule *rule);

/* A rule as it is in force; NOT_FOUND. */
enum error_kind policies_find(struct ctx *ctx, const struct uuid *uuid,
                              struct loan_rule *out_rule) MUST_CHECK;

/*
 * `rule` is the rule found with the changes laid over it. CONFLICT for a value that a flag or the
 * environment decides: storing it would change nothing.
 */
enum error_kind policies_update(struct ctx *ctx, const struct uuid *uuid,
                                const struct loan_rule *rule) MUST_CHECK;

/*
 * A new rule: `rule` has the codes of its types (NULL: any) and its values; grace_days NO_NUMBER stands for 0.
 * VALIDATION_ERROR for a code that no type has; DUPLICATE_RULE when the two have one. Audited. Writer only.
 */
enum error_kind policies_add(struct ctx *ctx, const struct loan_rule *rule, int64_t *out_id) MUST_CHECK;

/*
 * The rule decides no more; loans it decided keep naming it. NOT_FOUND; RULE_IN_USE for any × any, which decides
 * whatever no other rule does. Audited. Writer only.
 */
enum error_kind policies_remove(struct ctx *ctx, const struct uuid *uuid) MUST_CHECK;

/* Pages of the two listings; rules are shown as they are in force. */
enum error_kind policies_list_rules(struct ctx *ctx, const struct list_query *query,
                                    struct row_sink *sink) MUST_CHECK;
enum error_kind policies_show_rule(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;
enum error_kind policies_list_item_types(struct ctx *ctx, const struct list_query *query,
                                         struct row_sink *sink) MUST_CHECK;

#endif
