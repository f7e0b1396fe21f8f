/*
 * holds_service.h — whose turn it is: what lending, returning and the calendar ask of the queue.
 *
 * A title has one queue; the lower `place` comes first. A hold *counts* when it waits, is not suspended or its
 * suspension has ended by today, and its reader may borrow today (member_status_on()). With A copies of a title
 * available, the first A holds that count have a claim on one each, whether a copy has been put aside for them yet or
 * not.
 *
 * A copy on the hold shelf belongs to one ready hold, and a ready hold has one such copy: always, and within the
 * act that changes either. Who a copy goes to is decided when it comes free (holds_take_in()), never later by
 * itself: a hold placed while copies stand on the shelf waits until one is pulled for it (the pull list).
 *
 * All functions that change something need the writer, keep counters, and leave audit row and event. Copies
 * change their status here only between available and on_hold_shelf; lent, lost and withdrawn is the caller's.
 * Placing, cancelling, suspending and moving: placing_service.h. Watches: watches_service.h.
 */
#ifndef CARREL_HOLDS_HOLDS_SERVICE_H
#define CARREL_HOLDS_HOLDS_SERVICE_H

#include <stddef.h>

#include "base/ctx.h"
#include "books/books.h"
#include "copies/copies.h"
#include "holds/holds.h"
#include "members/members.h"

/* The member's own open hold of a title, if any: for choosing its copy before another. */
enum error_kind holds_own(struct ctx *ctx, int64_t member_id, int64_t book_id,
                          struct hold_claim *out_claim) MUST_CHECK;

/*
 * May this member take this copy, or (copy NULL) any that is available? `book` and `copy` as they are now. Writes
 * nothing. *out_claim as from holds_own(), also when it is allowed only by override. HELD_FOR_ANOTHER:
 *   - a copy on the hold shelf is for its own ready hold only;
 *   - an available one for who stands among the first A that count, for who has a ready hold (that copy passes
 *     on in its place), and for anybody when more are available than readers who count.
 * Whether the copy can be lent at all (on loan, lost …) is not asked here. A non-empty override_reason of a
 * librarian lets it through; the queue stays. The reason of the refusal: hold_position (of who is first: 1, or
 * 0 when a copy is ready), holds_waiting, available_copies, placed_at; own_position when the member waits too.
 * The detail names who is first, but never to a reader.
 */
enum error_kind holds_check_lend(struct ctx *ctx, const struct member *member, const struct book *book,
                                 const struct copy *copy, const char *override_reason,
                                 struct hold_claim *out_claim) MUST_CHECK;

/*
 * After the loan's row was written: fulfils the member's own hold; if another copy lay on the hold shelf for it,
 * that one passes on. If the lent copy lay there for somebody else (override), their hold waits again, in its
 * place. `copy` is the lent one; its status is the caller's to set, before or after.
 */
enum error_kind holds_lent(struct ctx *ctx, const struct hold_claim *claim, int64_t borrow_id,
                           const struct copy *copy, int64_t member_id) MUST_CHECK;

/*
 * A copy has come free (returned, found, repaired, pulled from its shelf, not fetched): it goes to the hold
 * shelf for the first hold that counts, else it becomes available, and then those are told who watch the title
 * if none was. `copy` as it is in the library; its status is set here either way. EVENT_HOLD_READY. A copy is ready from
 * the moment the desk has it in its hands, whenever it came back.
 */
enum error_kind holds_take_in(struct ctx *ctx, const struct copy *copy,
                              struct hold_turn *out_turn) MUST_CHECK;

/* How many holds of a title count, without those of one member (0: of all). For renewals. */
enum error_kind holds_wait_count(struct ctx *ctx, int64_t book_id, int64_t except_member_id,
                                 int64_t *out_waiting) MUST_CHECK;

/*
 * The copy leaves the hold shelf for no reader's sake (lost, withdrawn, in repair): its ready hold, if any, waits
 * again, in its place, and is told so (EVENT_HOLD_WAITS_AGAIN): it was ready. The status is the caller's to set.
 */
enum error_kind holds_copy_gone(struct ctx *ctx, int64_t copy_id) MUST_CHECK;

/*
 * For the nightly job, on the bulk queue: at most `max` ready holds whose last day is over expire, and their
 * copies pass on. *out_rows fewer than `max`: none is left.
 */
enum error_kind holds_expire(struct ctx *ctx, size_t max, int64_t *out_rows) MUST_CHECK;

/*
 * For closures: the ready holds whose last day lies in a range, by day and id, at most `max` past the one `after`: begin
 * with {0, INT32_MIN}. And one of them moved, if its last day is still `from_day` (*out_moved): to be told and kept by
 * who closes and reopens.
 */
enum error_kind holds_pickups(struct ctx *ctx, int32_t first_day, int32_t last_day,
                              const struct hold_pickup *after, size_t max, struct hold_pickup *out_pickups,
                              size_t *out_count) MUST_CHECK;
enum error_kind holds_move_pickup(struct ctx *ctx, int64_t hold_id, int32_t from_day, int32_t to_day,
                                  bool *out_moved) MUST_CHECK;

/* The name and card of who has a copy waiting on the hold shelf; hold_id 0: nobody. For scanning a copy. */
enum error_kind holds_of_copy(struct ctx *ctx, int64_t copy_id, struct hold_turn *out_turn) MUST_CHECK;

#endif
