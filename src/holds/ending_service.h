/*
 * ending_service.h — how a hold ends, and what becomes of the copy that lay there for it. Within the slice.
 *
 * `hold` is open, as it was before. Each keeps the counters and leaves audit row and event. Writer only.
 */
#ifndef CARREL_HOLDS_ENDING_SERVICE_H
#define CARREL_HOLDS_ENDING_SERVICE_H

#include "base/ctx.h"
#include "holds/holds.h"

/* By a loan. The copy of a ready hold is left as it is: the caller knows which one was lent. */
enum error_kind ending_fulfil(struct ctx *ctx, const struct hold *hold, int64_t borrow_id) MUST_CHECK;

/*
 * By a person; `reason` is kept, and told in the event (EVENT_BY_READER: nobody tells the reader). The copy of a ready
 * hold passes on.
 */
enum error_kind ending_cancel(struct ctx *ctx, const struct hold *hold, const char *reason) MUST_CHECK;

/* It was not fetched in time: a ready hold, whose copy passes on. */
enum error_kind ending_expire(struct ctx *ctx, int64_t hold_id) MUST_CHECK;

/* A copy that lies on the hold shelf for nobody any more: to the next, or back to its shelf. */
enum error_kind ending_pass_on(struct ctx *ctx, int64_t copy_id) MUST_CHECK;

#endif
