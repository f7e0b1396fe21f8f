/*
 * merged_reviews_service.h — reviews and reading lists of a merge: moved by their slices, and written down here so that
 * they find back.
 */
#ifndef CARREL_DUPLICATES_MERGED_REVIEWS_SERVICE_H
#define CARREL_DUPLICATES_MERGED_REVIEWS_SERVICE_H

#include "base/ctx.h"

enum error_kind merged_reviews_move(struct ctx *ctx, int64_t merge_id, int64_t gone_id,
                                    int64_t kept_id) MUST_CHECK;
enum error_kind merged_reviews_return(struct ctx *ctx, int64_t merge_id, int64_t gone_id,
                                      int64_t kept_id) MUST_CHECK;

#endif
