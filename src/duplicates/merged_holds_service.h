/*
 * merged_holds_service.h — holds and watches of a merge: moved by src/holds, and written down here so that they find back.
 */
#ifndef CARREL_DUPLICATES_MERGED_HOLDS_SERVICE_H
#define CARREL_DUPLICATES_MERGED_HOLDS_SERVICE_H

#include "base/ctx.h"

enum error_kind merged_holds_move(struct ctx *ctx, int64_t merge_id, int64_t gone_id,
                                  int64_t kept_id) MUST_CHECK;
enum error_kind merged_holds_return(struct ctx *ctx, int64_t merge_id, int64_t gone_id,
                                    int64_t kept_id) MUST_CHECK;

#endif
