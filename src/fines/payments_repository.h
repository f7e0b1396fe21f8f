/*
 * payments_repository.h — payments and their receipts as SQL.
 */
#ifndef CARREL_FINES_PAYMENTS_REPOSITORY_H
#define CARREL_FINES_PAYMENTS_REPOSITORY_H

#include "base/ctx.h"
#include "fines/fines.h"

/* Now, by ctx->actor; `payment` says receipt, member, method, amount, reference, note and balance_after. */
enum error_kind payments_repo_insert(struct ctx *ctx, const struct payment *payment,
                                     int64_t *out_id) MUST_CHECK;

enum error_kind payments_repo_find(struct ctx *ctx, const struct uuid *uuid, struct payment *out_payment,
                                   bool *out_found) MUST_CHECK;
enum error_kind payments_repo_find_by_id(struct ctx *ctx, int64_t id, struct payment *out_payment,
                                         bool *out_found) MUST_CHECK;

/* What it settled, by loan, kind and note, oldest charge first; NULL: nothing. */
enum error_kind payments_repo_lines(struct ctx *ctx, int64_t payment_id,
                                    struct receipt_line **out_first) MUST_CHECK;

enum error_kind payments_repo_list(struct ctx *ctx, const struct list_query *query,
                                   struct row_sink *sink) MUST_CHECK;

#endif
