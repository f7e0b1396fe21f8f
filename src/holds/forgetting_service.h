/*
 * forgetting_service.h — privacy: a hold goes the way of the loan that fulfilled it (borrows/privacy_service.h).
 */
#ifndef CARREL_HOLDS_FORGETTING_SERVICE_H
#define CARREL_HOLDS_FORGETTING_SERVICE_H

#include "base/ctx.h"

/*
 * The hold that this loan of the member fulfilled, if there was one, names them no more: it says who came for which
 * copy and at what moment, just as the loan did. `names` are those of the reader's own login, `count` of them: where
 * they placed the hold themself, neither it nor the audit log says so. The hold stays and counts; holds that ended
 * otherwise led to no loan and are left alone. Writer only.
 */
enum error_kind holds_forget_loan(struct ctx *ctx, int64_t member_id, int64_t borrow_id,
                                  const char *const *names, size_t count) MUST_CHECK;

#endif
