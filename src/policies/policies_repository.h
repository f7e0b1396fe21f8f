/*
 * policies_repository.h — the only writer of `loan_rule`.
 */
#ifndef CARREL_POLICIES_POLICIES_REPOSITORY_H
#define CARREL_POLICIES_POLICIES_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "policies/policies.h"

/* Internal ids of a rule's two types; 0: any. */
struct rule_pair {
    int64_t member_type_id, item_type_id;
};

/* The most specific stored rule that covers both types (0: any). */
enum error_kind policies_repo_find_for(struct ctx *ctx, int64_t member_type_id, int64_t item_type_id,
                                       struct loan_rule *out_rule, bool *out_found) MUST_CHECK;
enum error_kind policies_repo_find(struct ctx *ctx, const struct uuid *uuid, struct loan_rule *out_rule,
                                   bool *out_found) MUST_CHECK;
/* The rule for these two and no others. */
enum error_kind policies_repo_find_pair(struct ctx *ctx, const struct rule_pair *pair,
                                        struct loan_rule *out_rule, bool *out_found) MUST_CHECK;
/* 0: no type has that code. */
enum error_kind policies_repo_member_type_id(struct ctx *ctx, const char *code, int64_t *out_id) MUST_CHECK;
enum error_kind policies_repo_item_type_id(struct ctx *ctx, const char *code, int64_t *out_id) MUST_CHECK;
enum error_kind policies_repo_insert(struct ctx *ctx, const struct rule_pair *pair,
                                     const struct loan_rule *rule, int64_t *out_id) MUST_CHECK;
/* It decides no more; the row stays. */
enum error_kind policies_repo_delete(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind policies_repo_update(struct ctx *ctx, const struct loan_rule *rule) MUST_CHECK;

enum error_kind policies_repo_list_rules(struct ctx *ctx, const struct list_query *query,
                                         struct row_sink *sink) MUST_CHECK;
enum error_kind policies_repo_show_rule(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;
enum error_kind policies_repo_list_item_types(struct ctx *ctx, const struct list_query *query,
                                              struct row_sink *sink) MUST_CHECK;

#endif
