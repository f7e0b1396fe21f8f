/*
 * forgetting_repository.h — the holds that may forget whose they were; no rules.
 */
#ifndef CARREL_HOLDS_FORGETTING_REPOSITORY_H
#define CARREL_HOLDS_FORGETTING_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"

/* The hold of this member that the loan fulfilled. */
enum error_kind forgetting_repo_find(struct ctx *ctx, int64_t member_id, int64_t borrow_id,
                                     int64_t *out_hold_id, bool *out_found) MUST_CHECK;

/* The first member from `from_id` on with a hold that names them. */
enum error_kind forgetting_repo_next_member(struct ctx *ctx, int64_t from_id, int64_t *out_id,
                                            bool *out_found) MUST_CHECK;

/* Of one member, those that ended without a loan by this instant, oldest first, at most `max`. */
enum error_kind forgetting_repo_old(struct ctx *ctx, int64_t member_id, int64_t ended_until,
                                    int64_t *out_hold_ids, size_t max, size_t *out_count) MUST_CHECK;

/* The name of the member's own login, in the arena; NULL: none. */
enum error_kind forgetting_repo_login(struct ctx *ctx, int64_t member_id, const char **out_name) MUST_CHECK;

enum error_kind forgetting_repo_forget(struct ctx *ctx, int64_t hold_id) MUST_CHECK;

/* `to` in place of `name` where that placed it. */
enum error_kind forgetting_repo_rename(struct ctx *ctx, int64_t hold_id, const char *name,
                                       const char *to) MUST_CHECK;

#endif
