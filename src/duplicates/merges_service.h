/*
 * merges_service.h — two records of one title become one, and can become two again.
 *
 * All that hangs on the one that goes hangs on the one that is kept from then on: copies and with them their loans,
 * holds, who watches it, reviews with their stars, places on reading lists, categories; the picture and the original record, where the kept one has none; and of the
 * values that describe the title those that were chosen. The one that goes is archived, and whoever asks for it is told
 * where it went. Counters of both are right in the same transaction.
 *
 * Undoing gives back what moved: a copy with its loans, those made since included; a hold unless a copy of the other
 * title lies ready for it; a value unless it was edited since.
 */
#ifndef CARREL_DUPLICATES_MERGES_SERVICE_H
#define CARREL_DUPLICATES_MERGES_SERVICE_H

#include "base/ctx.h"
#include "base/row_sink.h"
#include "duplicates/duplicates.h"

/* What would move, and what stands in the way. Both titles must be live; VALIDATION_ERROR when they are one. */
enum error_kind merges_preview(struct ctx *ctx, const struct uuid *kept, const struct uuid *gone,
                               struct merge_preview *out_preview) MUST_CHECK;

/*
 * Makes one of two. `expected_version` is of the kept one (NO_NUMBER: any). MERGE_NOT_POSSIBLE when a reader has both
 * at home, both ready on the hold shelf, or the one at home and the other ready; when more than MERGE_MOVES_MAX things
 * would move, or more than HOLD_QUEUE_MAX readers would wait. Writer only.
 */
enum error_kind merges_make(struct ctx *ctx, const struct uuid *kept, const struct merge_facts *facts,
                            int64_t expected_version, int64_t *out_id) MUST_CHECK;

/*
 * MERGE_NOT_FOUND; ALREADY_UNDONE; MERGE_NOT_POSSIBLE while the kept title is itself gone into another: that merge is
 * to be undone first. Writer only.
 */
enum error_kind merges_undo(struct ctx *ctx, const struct uuid *uuid, int64_t *out_id) MUST_CHECK;

enum error_kind merges_list(struct ctx *ctx, const struct list_query *query,
                            struct row_sink *sink) MUST_CHECK;
enum error_kind merges_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
