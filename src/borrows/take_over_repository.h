/*
 * take_over_repository.h — loans that came from another system: what has happened to one since; no rules.
 */
#ifndef CARREL_BORROWS_TAKE_OVER_REPOSITORY_H
#define CARREL_BORROWS_TAKE_OVER_REPOSITORY_H

#include <stdbool.h>

#include "base/ctx.h"
#include "borrows/borrows.h"

/* What names a loan, or was done for it. */
struct borrow_traces {
    bool renewed, moved, charged, urged, told;
};

enum error_kind take_over_repo_set_renewals(struct ctx *ctx, int64_t id, int64_t renewals) MUST_CHECK;
enum error_kind take_over_repo_find(struct ctx *ctx, int64_t id, struct borrow *out_borrow,
                                    struct borrow_traces *out_traces, bool *out_found) MUST_CHECK;

/* Its row; nothing may name it. */
enum error_kind take_over_repo_remove(struct ctx *ctx, int64_t id) MUST_CHECK;

#endif
