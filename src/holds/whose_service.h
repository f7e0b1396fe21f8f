/*
 * whose_service.h — for which reader somebody acts, and whose hold they may touch. Within the slice.
 *
 * Readers act for themselves; the desk says for whom, by member or by card.
 */
#ifndef CARREL_HOLDS_WHOSE_SERVICE_H
#define CARREL_HOLDS_WHOSE_SERVICE_H

#include "base/ctx.h"
#include "holds/holds.h"
#include "members/members.h"

/*
 * `uuid` all zero and `card` NULL: the reader who asks. VALIDATION_ERROR (the desk names nobody, or both),
 * NO_MEMBER_RECORD (a reader's login without a record), FORBIDDEN (a reader names somebody else), MEMBER_NOT_FOUND.
 */
enum error_kind whose_member(struct ctx *ctx, const struct uuid *uuid, const char *card,
                             struct member *out_member) MUST_CHECK;

/* HOLD_NOT_FOUND: also for a reader who asks for another's, so that nothing is learnt. */
enum error_kind whose_hold(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold) MUST_CHECK;

#endif
