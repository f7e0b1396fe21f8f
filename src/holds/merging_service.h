/*
 * merging_service.h — two titles become one, or two again: their queues and those who watch them.
 *
 * The queues interleave by the time at which holds were placed, each in its own order. A reader who waits for both
 * keeps the hold that is ready, else the earlier one; who has the one at home waits for the other no more. The hold
 * that is too many is cancelled, without a message: the reader has what was wanted.
 *
 * What moved is handed out as lists in the arena, for the caller to keep and to hand in again: nothing here knows of
 * merges. Counters of members and of the library are kept; the titles' are to be recounted (recount_service.h).
 */
#ifndef CARREL_HOLDS_MERGING_SERVICE_H
#define CARREL_HOLDS_MERGING_SERVICE_H

#include "base/ctx.h"
#include "holds/merging.h"

/*
 * All holds and watches of `gone` become those of `kept`; copies and loans are as they were. The caller has seen to it
 * that no reader has both ready, or one ready and the other at home, and that the queues together have room.
 */
enum error_kind holds_merge_titles(struct ctx *ctx, int64_t gone, int64_t kept,
                                   struct moved_hold **out_holds) MUST_CHECK;
enum error_kind watches_merge_titles(struct ctx *ctx, int64_t gone, int64_t kept,
                                     struct moved_watch **out_watches) MUST_CHECK;

/*
 * The way back, once copies and loans have gone theirs: a hold with a copy follows that, the others return to their
 * title and, if they still wait, to their place. What was cancelled waits again unless the reader has meanwhile got
 * the title, waits for it, or is archived.
 */
enum error_kind holds_part_titles(struct ctx *ctx, int64_t gone, int64_t kept,
                                  const struct moved_hold *holds) MUST_CHECK;
enum error_kind watches_part_titles(struct ctx *ctx, int64_t gone, int64_t kept,
                                    const struct moved_watch *watches) MUST_CHECK;

#endif
