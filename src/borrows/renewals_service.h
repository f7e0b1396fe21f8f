/*
 * renewals_service.h — a loan goes on.
 *
 * The new due day is loan_days after the due day, or after today for what is overdue, and then the first open day;
 * the rule in force for this member and this thing decides, not the one of the day it was lent. What lateness has
 * cost so far stays with the loan and is posted; the amounts of later days are those of the loan.
 *
 * Refused, in this order:
 *   ALREADY_RETURNED
 *   MEMBER_SUSPENDED, MEMBER_EXPIRED, MEMBER_BLOCKED
 *   RENEWAL_NOT_ALLOWED      by a reader, when renew_by_reader is off; overdue, when renew_overdue is off
 *   RENEWAL_LIMIT_EXCEEDED   as often as max_renewals says
 *   HELD_FOR_ANOTHER         more readers wait than copies are available; not when renew_held is on, nor with an
 *                            override_reason, which the audit log keeps
 *   RENEWAL_NOT_ALLOWED      it would not be due any later
 */
#ifndef CARREL_BORROWS_RENEWALS_SERVICE_H
#define CARREL_BORROWS_RENEWALS_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "base/listing.h"
#include "borrows/borrows.h"
#include "borrows/renewals.h"

/* What became of one loan. */
struct renewed {
    int64_t borrow_id;
    struct uuid uuid;
    bool is_refused;
    enum error_code code; /* why; so `detail` */
    const char *detail;
};

struct renewed_list {
    struct renewed *items;
    size_t count;
};

/*
 * One loan: BORROW_RECORD_NOT_FOUND, also for a reader who asks for another's; else as above. Writer only, as are
 * the next two. Event BOOK_RENEWED, audit row borrow.renewed.
 */
enum error_kind borrows_renew(struct ctx *ctx, const struct uuid *uuid, const struct renew_request *request,
                              struct borrow *out_borrow) MUST_CHECK;

/*
 * Many: each that may be renewed is; why the others are not is part of the answer. A reader gets their own, whoever
 * is named; other readers' loans are BORROW_RECORD_NOT_FOUND. VALIDATION_ERROR where it is not said which, said
 * twice, or an id is none. At most RENEW_AT_ONCE_MAX.
 */
enum error_kind borrows_renew_all(struct ctx *ctx, const struct renew_all_request *request,
                                  struct renewed_list *out_renewed) MUST_CHECK;

/* The nightly walk over what is due today, when renew_automatically is on. All 0 to begin with. */
struct renewal_walk {
    int64_t after_due_at, after_id;
    int64_t renewed;
};
enum error_kind borrows_renew_due(struct ctx *ctx, struct renewal_walk *walk, size_t max,
                                  bool *out_more) MUST_CHECK;

/* The renewals of one loan, oldest first: rows of renewals_listing. BORROW_RECORD_NOT_FOUND. */
enum error_kind borrows_list_renewals(struct ctx *ctx, const struct uuid *borrow,
                                      const struct list_query *query, struct row_sink *sink) MUST_CHECK;

#endif
