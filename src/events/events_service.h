/*
 * events_service.h — telling what happened.
 *
 *     TRY(events_record(ctx, &(struct event_fact){.type = EVENT_BOOK_ISSUED, .book_id = book.id, …}));
 */
#ifndef CARREL_EVENTS_EVENTS_SERVICE_H
#define CARREL_EVENTS_EVENTS_SERVICE_H

#include <stdbool.h>

#include "base/ctx.h"
#include "events/events.h"

/* Writes the event, dated ctx->now. To be called in the transaction of the fact. */
enum error_kind events_record(struct ctx *ctx, const struct event_fact *fact) MUST_CHECK;

/* A title is about to go as if it had never been there: its events name it no more. Reads them all. */
enum error_kind events_forget_book(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/*
 * A review that was written at `since_ms` is taken back for good: what was told of the title's reviews from then on names the title no
 * more. Nothing else would show that there are events of a title that was never changed, and an undone import takes such a one away.
 */
enum error_kind events_forget_reviews(struct ctx *ctx, int64_t book_id, int64_t since_ms) MUST_CHECK;

/*
 * Removes at most `max_rows` events from before the instant `before_ms`, oldest first; *out_removed says
 * how many. Fewer than `max_rows` means that none are left. Audit rows stay for ever; events do not
 * (RUNTIME.md "Keys, replays, privacy": EVENT_KEEP_DAYS). What somebody has yet to act on stays, but not for more
 * than EVENT_KEEP_DAYS longer; so does the newest of all, whose number must not be given again.
 */
enum error_kind events_prune(struct ctx *ctx, int64_t before_ms, int max_rows,
                             int64_t *out_removed) MUST_CHECK;

/*
 * Privacy: takes the member off events whose loan, or whose hold, names nobody any more. Looks at `count` ids from
 * *from_id on, which starts at or before 0, and moves it past them; call it again while *out_more.
 */
enum error_kind events_forget_members(struct ctx *ctx, int64_t *from_id, int64_t count,
                                      bool *out_more) MUST_CHECK;

/*
 * Where one who listens stands: after the event that `last` names (its public id as text; NULL: after the newest).
 * *out_missed: there is no such event any more, or never was; what happened in between is not known, and the place is
 * after the newest.
 */
enum error_kind events_place(struct ctx *ctx, const char *last, int64_t *out_place,
                             bool *out_missed) MUST_CHECK;

/* What happened after that place, in its order, at most EVENTS_AT_ONCE; *place moves on. */
enum error_kind events_after(struct ctx *ctx, int64_t *place, event_taker *take, void *argument) MUST_CHECK;

/*
 * For those who act on what happened, in their own time: on the writer. Hands at most EVENT_CONSUMED_AT_ONCE events that
 * `name` has not dealt with to `take`, in their order, and no further one once WRITER_BULK_SLICE_MS are over. Its place
 * moves in the same transaction, so that each is dealt with at least once, and once as far as only this library is
 * concerned. A name that is new begins after the newest event. *out_more: there are more, call again, in a transaction of
 * its own. `take` NULL: there is nothing to act on them for, all are passed over. What was removed before its time
 * (events_prune) is passed over as well, and logged.
 */
enum error_kind events_consume(struct ctx *ctx, const char *name, event_consumer *take, void *argument,
                               bool *out_more) MUST_CHECK;

/* For readers: is there anything for `name`? True for a name that is new. */
enum error_kind events_has_more(struct ctx *ctx, const char *name, bool *out_more) MUST_CHECK;

/* One event as it is told, by its internal id. False: it is gone. */
enum error_kind events_told(struct ctx *ctx, int64_t id, struct told_event *out_event,
                            bool *out_found) MUST_CHECK;

/*
 * The greatest public id of an event; all zero when there is none. Every act leaves its event last, so ids that are
 * greater than this one are greater than all that were given.
 */
enum error_kind events_last_id(struct ctx *ctx, struct uuid *out_uuid) MUST_CHECK;

const char *event_type_name(enum event_type type); /* "BookAdded" */

/* EVENT_NONE: no such name. */
enum event_type event_type_of(const char *name);

#endif
