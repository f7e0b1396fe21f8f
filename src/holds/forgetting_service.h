/*
 * forgetting_service.h — privacy: a hold goes the way of the loan that fulfilled it, or by itself, if it ended
 * without one (borrows/privacy_service.h).
 */
#ifndef CARREL_HOLDS_FORGETTING_SERVICE_H
#define CARREL_HOLDS_FORGETTING_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"

/*
 * The hold that this loan of the member fulfilled, if there was one, names them no more: it says who came for which
 * copy and at what moment, just as the loan did. `names` are those of the reader's own login, `count` of them: where
 * they placed the hold themself, neither it nor the audit log says so. The hold stays and counts. Writer only.
 */
enum error_kind holds_forget_borrow(struct ctx *ctx, int64_t member_id, int64_t borrow_id,
                                    const char *const *names, size_t count) MUST_CHECK;

/*
 * Holds that were cancelled or expired at or before this instant name their reader no more, nor does the audit log where
 * the reader's login stands there. One slice, bounded: looks at members from *from_id on, which starts at INT64_MIN, and
 * moves it; call it again while *out_more. Events follow by events_forget_members(). Writer only.
 */
enum error_kind holds_forget_old(struct ctx *ctx, int64_t ended_until, int64_t *from_id,
                                 int64_t *out_forgotten, bool *out_more) MUST_CHECK;

#endif
