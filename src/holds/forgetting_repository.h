/*
 * forgetting_repository.h — the holds that a loan fulfilled, when that forgets its reader.
 */
#ifndef CARREL_HOLDS_FORGETTING_REPOSITORY_H
#define CARREL_HOLDS_FORGETTING_REPOSITORY_H

#include "base/ctx.h"

/* The hold of this member that the loan fulfilled. */
enum error_kind forgetting_repo_find(struct ctx *ctx, int64_t member_id, int64_t borrow_id,
                                     int64_t *out_hold_id, bool *out_found) MUST_CHECK;

enum error_kind forgetting_repo_forget(struct ctx *ctx, int64_t hold_id) MUST_CHECK;

/* `to` in place of `name` where that placed it. */
enum error_kind forgetting_repo_rename(struct ctx *ctx, int64_t hold_id, const char *name,
                                       const char *to) MUST_CHECK;

#endif
