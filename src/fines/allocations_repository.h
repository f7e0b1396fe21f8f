/*
 * allocations_repository.h — what is open, what is left, and which settled which.
 */
#ifndef CARREL_FINES_ALLOCATIONS_REPOSITORY_H
#define CARREL_FINES_ALLOCATIONS_REPOSITORY_H

#include "base/ctx.h"
#include "fines/fines.h"

/* A member's open charges, oldest first; NULL: none. */
enum error_kind allocations_repo_open(struct ctx *ctx, int64_t member_id,
                                      struct open_charge **out_first) MUST_CHECK;

/* A member's payments and approved waivers with something left, oldest first; NULL: none. */
enum error_kind allocations_repo_unused(struct ctx *ctx, int64_t member_id,
                                        struct credit **out_first) MUST_CHECK;

/* `amount` of the credit goes to the charge: the row, and the sums of both sides. */
enum error_kind allocations_repo_insert(struct ctx *ctx, int64_t charge_id, const struct credit *credit,
                                        int64_t amount) MUST_CHECK;

#endif
