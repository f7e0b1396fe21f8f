/*
 * lending_service.h — lending: the act. What it is decided on: decision_service.h.
 */
#ifndef CARREL_BORROWS_LENDING_SERVICE_H
#define CARREL_BORROWS_LENDING_SERVICE_H

#include "base/ctx.h"
#include "borrows/borrows.h"
#include "counters/counters.h"

/*
 * Lends, on the writer: loan, copy, hold, counters, daily figures, audit row and event together, or nothing.
 * Refusals and their order: decision_service.h. Due at the end of the loan_days'th day, or of the first open day
 * after it. `occurred_at` says when it really happened (book drop, offline desk): at most OCCURRED_AT_PAST_DAYS
 * ago, not in the future, not before the copy last came back; else VALIDATION_ERROR. Due dates, fines and
 * statistics follow it. A title that is asked for by book_id gives the copy that lies on the hold shelf for this
 * member, else the available one that has been there longest.
 */
enum error_kind borrows_lend(struct ctx *ctx, const struct lend_request *request,
                             struct borrow *out_borrow) MUST_CHECK;

/* What counters want to know of a loan. */
struct counted_borrow borrows_counted(const struct borrow *borrow);

#endif
