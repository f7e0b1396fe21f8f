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

enum error_kind events_repo_delete_before(struct ctx *ctx, int64_t before_ms, int64_t max_rows,
                                          int64_t *out_removed) MUST_CHECK;

/* Takes the member off those of `count` ids from `first_id` on whose loan, or whose hold, names nobody any more. */
enum error_kind events_repo_forget_members(struct ctx *ctx, int64_t first_id, int64_t count) MUST_CHECK;

/* From which id to which; 0 and 0 when there are none. */
enum error_kind events_repo_id_range(struct ctx *ctx, int64_t *out_first, int64_t *out_last) MUST_CHECK;

#endif
