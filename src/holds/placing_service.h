/*
 * placing_service.h — what readers and the desk do with holds: place, cancel, suspend, move, pull, look.
 *
 * Readers see and touch their own only: another's is HOLD_NOT_FOUND, as one that does not exist. Functions that
 * change something need the writer, keep counters, and leave audit row and event. Who gets a copy: holds_service.h.
 */
#ifndef CARREL_HOLDS_PLACING_SERVICE_H
#define CARREL_HOLDS_PLACING_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "holds/holds.h"

/*
 * Puts a reader at the end of a title's queue. Checked in this order: who it is for (VALIDATION_ERROR,
 * NO_MEMBER_RECORD, FORBIDDEN, MEMBER_NOT_FOUND); may borrow (MEMBER_EXPIRED, MEMBER_SUSPENDED); the title
 * (BOOK_NOT_FOUND; INVENTORY_UNAVAILABLE when it has no copy that could ever come); HOLD_EXISTS;
 * ACTIVE_BORROW_EXISTS, who has it at home; HOLD_LIMIT_EXCEEDED: the limit of the rule for all loans of the
 * member's type, or HOLD_QUEUE_MAX of the title. What the reader owes is not asked: that is for lending.
 * A hold may be placed while copies are available: it then stands on the pull list. EVENT_BOOK_RESERVED.
 */
enum error_kind placing_add(struct ctx *ctx, const struct hold_request *request,
                            struct hold *out_hold) MUST_CHECK;

/* HOLD_NOT_FOUND, HOLD_OVER. The copy of a ready hold passes on. EVENT_HOLD_CANCELLED. */
enum error_kind placing_cancel(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold) MUST_CHECK;

/*
 * Passed over until lifted, or until a day: it keeps its place. A ready hold waits again, suspended, and its copy
 * passes on. Lifting what is not suspended changes nothing. HOLD_NOT_FOUND, HOLD_OVER; VALIDATION_ERROR on a day
 * that is not in the future, or on one given for lifting.
 */
enum error_kind placing_suspend(struct ctx *ctx, const struct uuid *uuid,
                                const struct hold_suspension *suspension, struct hold *out_hold) MUST_CHECK;

/*
 * To this position among all that wait, from 1; past the end is the end. The others keep their order.
 * HOLD_NOT_FOUND, HOLD_OVER; CONFLICT for a ready one, which has no position.
 */
enum error_kind placing_move(struct ctx *ctx, const struct uuid *uuid, const struct hold_move *move,
                             struct hold *out_hold) MUST_CHECK;

/*
 * An available copy is taken from its shelf to the hold shelf, for the first hold that counts. COPY_NOT_FOUND,
 * COPY_NOT_AVAILABLE; HOLD_NOT_FOUND when nobody waits for its title.
 */
enum error_kind placing_pull(struct ctx *ctx, const struct hold_pull *pull, struct hold *out_hold) MUST_CHECK;

/*
 * The copy that lies on the hold shelf for a ready hold is lost, has to be mended or is withdrawn: it gets that status,
 * and the hold waits again, in its place. HOLD_NOT_FOUND, HOLD_OVER; CONFLICT when no copy lies there for it.
 */
enum error_kind placing_copy_gone(struct ctx *ctx, const struct uuid *uuid, const struct hold_copy_gone *gone,
                                  struct hold *out_hold) MUST_CHECK;

/* ---- looking ------------------------------------------------------------------------------------------ */

/* HOLD_NOT_FOUND. */
enum error_kind placing_find(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold) MUST_CHECK;

/* Pages of holds_listing; BOOK_NOT_FOUND, MEMBER_NOT_FOUND (archived ones are found). One as a row of it. */
enum error_kind placing_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;
enum error_kind placing_list_of_book(struct ctx *ctx, const struct uuid *book, const struct list_query *query,
                                     struct row_sink *sink) MUST_CHECK;
enum error_kind placing_list_of_member(struct ctx *ctx, const struct uuid *member,
                                       const struct list_query *query, struct row_sink *sink) MUST_CHECK;
enum error_kind placing_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
