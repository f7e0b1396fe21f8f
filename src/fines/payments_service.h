/*
 * payments_service.h — taking money, and the receipt for it.
 */
#ifndef CARREL_FINES_PAYMENTS_SERVICE_H
#define CARREL_FINES_PAYMENTS_SERVICE_H

#include "base/ctx.h"
#include "fines/fines.h"
#include "members/members.h"

/*
 * Takes a payment: it settles the charges that the request names, or all that are open, the oldest first, the last
 * one in part if it has to be. MEMBER_NOT_FOUND; CHARGE_NOT_FOUND for a charge that is not the member's; OVERPAYMENT
 * when it is more than is open of them: nothing is kept for later. Receipts are numbered from 1 without gaps. Event
 * FINE_PAID. Writer only.
 */
enum error_kind payments_take(struct ctx *ctx, const struct payment_request *request,
                              int64_t *out_id) MUST_CHECK;

/*
 * The receipt of a payment by its public id, today as on the day (but for the names of library and member).
 * PAYMENT_NOT_FOUND, for a reader also when it is somebody else's.
 */
enum error_kind payments_receipt(struct ctx *ctx, const struct uuid *payment,
                                 struct receipt *out_receipt) MUST_CHECK;
enum error_kind payments_receipt_by_id(struct ctx *ctx, int64_t id, struct receipt *out_receipt) MUST_CHECK;

enum error_kind payments_list(struct ctx *ctx, const struct list_query *query,
                              struct row_sink *sink) MUST_CHECK;

/* The last ACCOUNT_ROWS_MAX of a member. */
enum error_kind payments_list_last(struct ctx *ctx, const struct member *member,
                                   struct row_sink *sink) MUST_CHECK;

#endif
