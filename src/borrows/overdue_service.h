/*
 * overdue_service.h — what being late costs, and what follows from it.
 *
 * A loan costs fine_per_day for each day after its due day that counts (open days; all days, when the setting
 * fines_on_closed_days is on), less the grace days, never more than the cap; what it cost up to its last renewal
 * stays. The amounts are those of the rule when it was lent. While the loan is out, the amount is reckoned anew each
 * time it is asked for; once it is back, it stands in the loan. Each night what has come to it is posted to the
 * member's account, so that screen, account and return say the same.
 *
 * Once a day too, readers are urged: overdue_steps says on which days late (calendar days). From lost_after_days
 * days late on, a copy counts as lost.
 */
#ifndef CARREL_BORROWS_OVERDUE_SERVICE_H
#define CARREL_BORROWS_OVERDUE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "borrows/borrows.h"
#include "members/members.h"

/* What the loan would cost if it came back on that day. Any connection. */
enum error_kind borrows_fine(struct ctx *ctx, const struct borrow *borrow, int32_t back_day,
                             int64_t *out_fine) MUST_CHECK;

/* What the member's overdue loans cost by now and has not been posted. Any connection. */
enum error_kind borrows_accruing(struct ctx *ctx, const struct member *member,
                                 int64_t *out_amount) MUST_CHECK;

/* Posts what being late costs this loan by now, while it is out. *out_fine: in all. Writer only. */
enum error_kind borrows_post_fine(struct ctx *ctx, const struct borrow *borrow, int64_t *out_fine) MUST_CHECK;

/* A walk over the overdue loans in slices, the longest overdue first, and what it has done so far. */
struct accrual {
    int64_t member_id; /* of this member alone; 0: of all */
    bool escalate;     /* urge readers and give up what is lost, besides */
    /* where it goes on: all 0 to begin with */
    int64_t after_due_at, after_id;
    /* its account of itself */
    int64_t borrows; /* overdue */
    int64_t fines;   /* what they cost in all, minor units */
    int64_t urged;
    int64_t lost;
};

/* The next `max` of them; *out_more: there are others. In a transaction of its own each time. Writer only. */
enum error_kind borrows_accrue(struct ctx *ctx, struct accrual *accrual, size_t max,
                               bool *out_more) MUST_CHECK;

/* The body of POST /fines/calculate. */
struct calculate_request {
    struct uuid member_id; /* all zero: of all members, unless a card is given */
    const char *card;
};
extern const struct field calculate_fields[]; /* over struct calculate_request */

/* Begins a walk that posts fines and does nothing else. MEMBER_NOT_FOUND; VALIDATION_ERROR for id and card. */
enum error_kind borrows_plan_accrual(struct ctx *ctx, const struct calculate_request *request,
                                     struct accrual *out_accrual) MUST_CHECK;

#endif
