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
 * Removes at most `max_rows` events from before the instant `before_ms`, oldest first; *out_removed says
 * how many. Fewer than `max_rows` means that none are left. Audit rows stay for ever; events do not
 * (RUNTIME.md "Idempotency, audit, privacy": EVENT_KEEP_DAYS).
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
 * The greatest public id of an event; all zero when there is none. Every act leaves its event last, so ids that are
 * greater than this one are greater than all that were given.
 */
enum error_kind events_last_id(struct ctx *ctx, struct uuid *out_uuid) MUST_CHECK;

const char *event_type_name(enum event_type type); /* "BookAdded" */

#endif
