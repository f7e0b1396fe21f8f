/*
 * privacy_repository.h — the loans that may forget who had them; no rules.
 */
#ifndef CARREL_BORROWS_PRIVACY_REPOSITORY_H
#define CARREL_BORROWS_PRIVACY_REPOSITORY_H

#include <stddef.h>

#include "base/ctx.h"

/* A loan that is over. */
struct old_borrow {
    int64_t id, book_id, member_id;
    int64_t borrowed_at;
    bool late; /* it came back late */
};

/* What makes a loan old enough. */
struct old_when {
    int32_t returned_day;   /* it came back on this day or earlier */
    int64_t borrowed_until; /* an instant past the end of that day in any zone: bounds the search */
    int64_t settled_until;  /* an instant: nothing was done about it since */
};

/* The first member from `from_id` on with a loan that names them. */
enum error_kind privacy_repo_next_member(struct ctx *ctx, int64_t from_id, int64_t *out_id,
                                         bool *out_found) MUST_CHECK;

/* Of one member, those old enough without an open charge, oldest first, at most `max`. */
enum error_kind privacy_repo_old_borrows(struct ctx *ctx, int64_t member_id, const struct old_when *when,
                                         struct old_borrow *out_borrows, size_t max,
                                         size_t *out_count) MUST_CHECK;

/* Under what names the reader acted on the loan: their login's, and those that its renewals tell. In the arena. */
enum error_kind privacy_repo_names(struct ctx *ctx, const struct old_borrow *borrow,
                                   const char *const **out_names, size_t *out_count) MUST_CHECK;

enum error_kind privacy_repo_forget(struct ctx *ctx, int64_t id) MUST_CHECK;

/* `to` in place of `name` where the loan's renewals say who did it; the loan itself never names its reader's own login. */
enum error_kind privacy_repo_rename(struct ctx *ctx, int64_t id, const char *name, const char *to) MUST_CHECK;

#endif
