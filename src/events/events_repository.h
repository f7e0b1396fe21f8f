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

enum error_kind events_repo_delete_before(struct ctx *ctx, int64_t before_ms, int64_t max_rows,
                                          int64_t *out_removed) MUST_CHECK;

/* Takes the member off those of `count` ids from `first_id` on whose loan, or whose hold, names nobody any more. */
enum error_kind events_repo_forget_members(struct ctx *ctx, int64_t first_id, int64_t count) MUST_CHECK;

/* Takes a title that is about to go off all of them. */
enum error_kind events_repo_forget_book(struct ctx *ctx, int64_t book_id) MUST_CHECK;

/* From which id to which; 0 and 0 when there are none. */
enum error_kind events_repo_id_range(struct ctx *ctx, int64_t *out_first, int64_t *out_last) MUST_CHECK;

#endif
