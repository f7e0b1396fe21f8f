/*
 * events_repository.h — the only writer of `event`.
 */
#ifndef CARREL_EVENTS_EVENTS_REPOSITORY_H
#define CARREL_EVENTS_EVENTS_REPOSITORY_H

#include "base/ctx.h"
#include "events/events.h"

/* `type` is the name that is stored. */
enum error_kind events_repo_insert(struct ctx *ctx, const char *type,
                                   const struct event_fact *fact) MUST_CHECK;

/* The id of the newest event, 0 when there is none. */
enum error_kind events_repo_newest(struct ctx *ctx, int64_t *out_id) MUST_CHECK;

/* The greatest public id; all zero when there is none. */
enum error_kind events_repo_last_uuid(struct ctx *ctx, struct uuid *out_uuid) MUST_CHECK;

/* By its public id, as rows count them. */
enum error_kind events_repo_find(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id,
                                 bool *out_found) MUST_CHECK;

/* Those after the row `after`, in their order, at most `max`; *out_last: the row of the last, else `after`. */
enum error_kind events_repo_after(struct ctx *ctx, int64_t after, int max, event_taker *take, void *argument,
                                  int64_t *out_last) MUST_CHECK;

/* The event itself. */
enum error_kind events_repo_told(struct ctx *ctx, int64_t id, struct told_event *out_event,
                                 bool *out_found) MUST_CHECK;

/* Older than `before_ms`, and passed by all consumers or older than `anyway_ms`; never the newest. */
enum error_kind events_repo_delete_before(struct ctx *ctx, int64_t before_ms, int64_t anyway_ms,
                                          int64_t max_rows, int64_t *out_removed) MUST_CHECK;

/* ---- those who act on events: the only writer of `event_consumer` ----------------------------------------- */

enum error_kind events_repo_consumer(struct ctx *ctx, const char *name, int64_t *out_event_id,
                                     bool *out_found) MUST_CHECK;

enum error_kind events_repo_put_consumer(struct ctx *ctx, const char *name, int64_t event_id) MUST_CHECK;

/* Those after the row `after`, in their order, at most `max`; types that this program does not know are EVENT_NONE. */
enum error_kind events_repo_consumed(struct ctx *ctx, int64_t after, int max,
                                     struct consumed_event **out_first) MUST_CHECK;

/* Takes the member off those of `count` ids from `first_id` on whose loan, or whose hold, names nobody any more. */
enum error_kind events_repo_forget_members(struct ctx *ctx, int64_t first_id, int64_t count) MUST_CHECK;

/* Takes a title that is about to go off all of them. */
enum error_kind events_repo_forget_book(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/* The same off those that tell of its reviews, from an instant on. */
enum error_kind events_repo_forget_reviews(struct ctx *ctx, int64_t book_id, int64_t since_ms) MUST_CHECK;

/* From which id to which; 0 and 0 when there are none. */
enum error_kind events_repo_id_range(struct ctx *ctx, int64_t *out_first, int64_t *out_last) MUST_CHECK;

#endif
