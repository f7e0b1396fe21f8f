/*
 * take_over_service.h — loans that were made in another system and are still open: taken over as they are.
 */
#ifndef CARREL_BORROWS_TAKE_OVER_SERVICE_H
#define CARREL_BORROWS_TAKE_OVER_SERVICE_H

#include "base/ctx.h"
#include "borrows/borrows.h"

struct borrow_taken_over {
    int64_t member_id, copy_id; /* internal */
    int64_t borrowed_at;
    int32_t due_day; /* may be past */
    int64_t renewals;
};

/*
 * What the rules would say (limits, blocks, holds) is not asked: the copy is at that reader's home. What must hold is:
 * the copy stands on its shelf (COPY_NOT_AVAILABLE, with why), the reader has not this title already
 * (ACTIVE_BORROW_EXISTS), title and reader are not archived (BOOK_NOT_FOUND, MEMBER_NOT_FOUND), it was lent before now,
 * not before the copy last came back, and is due no earlier than it was lent (VALIDATION_ERROR). A due day past what a
 * loan may have is VALIDATION_ERROR, too. What lateness costs follows the rule of today.
 */
enum error_kind borrows_check_take_over(struct ctx *ctx, const struct borrow_taken_over *taken) MUST_CHECK;

/*
 * The same, then loan, copy, counters and the figures of the day on which it was lent. No audit row and no event: the
 * batch writes one for all. Writer only.
 */
enum error_kind borrows_take_over(struct ctx *ctx, const struct borrow_taken_over *taken,
                                  struct borrow *out_borrow) MUST_CHECK;

/*
 * Is the loan as it was taken over? *out_why, for people, when something has happened to it since: "it came back";
 * NULL: nothing. BORROW_RECORD_NOT_FOUND: it is gone.
 */
enum error_kind borrows_find_taken_over(struct ctx *ctx, int64_t id, struct borrow *out_borrow,
                                        const char **out_why) MUST_CHECK;

/* Takes such a loan back as if it had never been; the copy stands on its shelf again. ALREADY_RETURNED with why. */
enum error_kind borrows_take_over_undo(struct ctx *ctx, int64_t id) MUST_CHECK;

#endif
