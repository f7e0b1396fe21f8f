/*
 * settling_repository.h — the ledger after rows of it were lost; for a salvaged library.
 */
#ifndef CARREL_FINES_SETTLING_REPOSITORY_H
#define CARREL_FINES_SETTLING_REPOSITORY_H

#include "base/ctx.h"

/* Allocations between two members, or of a waiver that nobody approved, go. */
enum error_kind fines_settling_repo_drop_strays(struct ctx *ctx) MUST_CHECK;

/* A charge no longer names a loan that is not its member's. */
enum error_kind fines_settling_repo_part_borrows(struct ctx *ctx) MUST_CHECK;

/* The next member after `member_id` who has a credit and an open charge; *out_found: there is one. */
enum error_kind fines_settling_repo_next_idle(struct ctx *ctx, int64_t member_id, int64_t *out_member_id,
                                              bool *out_found) MUST_CHECK;

#endif
