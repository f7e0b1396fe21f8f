/*
 * standing_service.h — how a member stands with the library today. Nothing is written here; any connection.
 */
#ifndef CARREL_MEMBERS_STANDING_SERVICE_H
#define CARREL_MEMBERS_STANDING_SERVICE_H

#include "base/ctx.h"
#include "members/members.h"

/* OK, MEMBER_EXPIRED (since when) or MEMBER_SUSPENDED (until when, why). Limits: see policies/. */
enum error_kind members_check_may_borrow(struct ctx *ctx, const struct member *member) MUST_CHECK;

/* OK, HAS_ACTIVE_BORROWS, HAS_HOLDS (how many) or HAS_BALANCE (how much). */
enum error_kind members_check_may_leave(struct ctx *ctx, const struct member *member) MUST_CHECK;

/*
 * Would this change of status do anything today? VALIDATION_ERROR where it would look done and change nothing: an end
 * of a suspension that has passed, "active" for a membership whose last day is over. *out_status: what it says.
 */
enum error_kind standing_check_change(struct ctx *ctx, const struct member *before,
                                      const struct member_status_change *change,
                                      enum member_status *out_status) MUST_CHECK;

void members_summarise(const struct ctx *ctx, const struct member *member,
                       struct member_summary *out_summary);

#endif
