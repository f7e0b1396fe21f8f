/*
 * fines_service.h — what other slices ask of the ledger. What the desk does with it: charges_service.h,
 * payments_service.h, waivers_service.h, till_service.h.
 *
 * All functions but the checks run on the writer, in the transaction of the act that they follow from; each leaves
 * its audit row, its event and its counters (member.balance, charges, charges_open, waivers) in it. Amounts are minor
 * units, ids are internal.
 */
#ifndef CARREL_FINES_FINES_SERVICE_H
#define CARREL_FINES_FINES_SERVICE_H

#include "base/ctx.h"
#include "fines/fines.h"
#include "members/members.h"

/*
 * The member owes `charge->amount` more; a credit that they have settles it at once, as far as it goes. *out_id is
 * the charge's, 0 when the amount is 0 and nothing was written. Event FINE_CALCULATED. No balance passes MONEY_MAX,
 * so that no sum overflows: of what would, only what fits is charged (the desk is told: fines_check_room()).
 */
enum error_kind fines_charge(struct ctx *ctx, const struct new_charge *charge, int64_t *out_id) MUST_CHECK;

/* OK, or CONFLICT when `amount` (at most MONEY_MAX) more would bring what the member owes past MONEY_MAX. */
enum error_kind fines_check_room(struct ctx *ctx, const struct member *member, int64_t amount) MUST_CHECK;

/*
 * Being late has cost this loan `loan->amount` in all by now: posts what that is more or less than was posted for it
 * so far (its overdue charges less their corrections). More: a charge. Less: a correction, an approved waiver that
 * the program makes itself; it settles what is open of the loan's overdue charges, then the member's other charges,
 * oldest first, and what is left is a credit. The same: nothing. What an administrator has waived of the loan's
 * overdue charges is not given back a second time: a correction goes down to it and no further, so the loan costs
 * max(amount, waived) before and max(0, amount - waived) after waivers.
 */
enum error_kind fines_post_overdue(struct ctx *ctx, const struct overdue_borrow *borrow,
                                   int64_t at) MUST_CHECK;

/*
 * The copy that this loan lost is there again: what was charged for it as lost is taken back, less what was waived
 * of it. *out_amount says how much: 0 when nothing was charged, or when it was taken back before. What the member
 * had paid becomes a credit. Whether the library does so (setting refund_found) the caller asks.
 */
enum error_kind fines_refund_found(struct ctx *ctx, int64_t borrow_id, int64_t *out_amount) MUST_CHECK;

/*
 * OK, or MEMBER_BLOCKED when the member owes more than the setting block_balance (0: nobody is blocked); `accruing`
 * is what being late costs by now and has not been posted. The reason says balance and limit, as amounts.
 */
enum error_kind fines_check_block(struct ctx *ctx, const struct member *member, int64_t accruing) MUST_CHECK;

/* Charges of this loan no longer say for what loan and what copy: for when a loan forgets who had it. */
enum error_kind fines_forget_borrow(struct ctx *ctx, int64_t borrow_id) MUST_CHECK;

#endif
