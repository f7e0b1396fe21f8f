/*
 * overdue_repository.h — overdue loans as SQL.
 */
#ifndef CARREL_BORROWS_OVERDUE_REPOSITORY_H
#define CARREL_BORROWS_OVERDUE_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"
#include "borrows/borrows.h"

/* At most `max` overdue loans past this one, of one member or (0) of all, the longest overdue first. */
enum error_kind overdue_repo_next(struct ctx *ctx, int64_t member_id, int64_t after_due_at, int64_t after_id,
                                  size_t max, struct borrow *out_borrows, size_t *out_count) MUST_CHECK;

/* What a member's loans that are out cost by a day, as far as it has not been posted. */
enum error_kind overdue_repo_accruing(struct ctx *ctx, int64_t member_id, int32_t day,
                                      int64_t *out_amount) MUST_CHECK;

enum error_kind overdue_repo_set_step(struct ctx *ctx, int64_t id, int64_t step) MUST_CHECK;

#endif
