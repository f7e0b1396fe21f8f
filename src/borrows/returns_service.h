/*
 * returns_service.h — a copy comes back, is given up for lost, or is there again.
 *
 * Each act changes loan, copy, hold, money, counters, daily figures, audit log and outbox in one transaction, or
 * nothing. A copy that comes free goes to whoever's turn it is, and the desk is told in the same answer. What
 * lateness cost is reckoned for the day on which it happened (`occurred_at`, as in lending_service.h; not before the
 * copy was lent), kept in the loan, and posted to the member's account. Writer only.
 */
#ifndef CARREL_BORROWS_RETURNS_SERVICE_H
#define CARREL_BORROWS_RETURNS_SERVICE_H

#include "base/ctx.h"
#include "borrows/borrows.h"

/* Takes back a loan by its id: BORROW_RECORD_NOT_FOUND, ALREADY_RETURNED. */
enum error_kind borrows_receive(struct ctx *ctx, const struct uuid *uuid,
                                const struct return_request *request,
                                struct reception *out_reception) MUST_CHECK;

/*
 * Whatever a copy with this barcode means at the returns desk:
 *   - on loan: it is taken back;
 *   - lost: it is found. What was charged for it is taken back, when the setting refund_found is on;
 *   - available, and a reader waits for the title: it is pulled for that reader;
 *   - else there is nothing to do: ALREADY_RETURNED, with its status as the reason.
 * COPY_NOT_FOUND; BOOK_NOT_FOUND for a lost copy of an archived title.
 */
enum error_kind borrows_receive_barcode(struct ctx *ctx, const struct return_request *request,
                                        struct reception *out_reception) MUST_CHECK;

/*
 * The copy of a loan is lost: the loan ends, with its fine; the copy counts no more; the member is charged
 * report->amount, else its price, else the setting lost_price (0: nothing). BORROW_RECORD_NOT_FOUND,
 * ALREADY_RETURNED.
 */
enum error_kind borrows_declare_lost(struct ctx *ctx, const struct uuid *uuid,
                                     const struct lost_report *report,
                                     struct reception *out_reception) MUST_CHECK;

/* The same with a loan that is known to be out. */
enum error_kind borrows_lose(struct ctx *ctx, const struct borrow *borrow, const struct lost_report *report,
                             struct reception *out_reception) MUST_CHECK;

#endif
