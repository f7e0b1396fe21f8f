/*
 * visits_repository.h — the only writer of visit_count.
 */
#ifndef CARREL_REPORTS_VISITS_REPOSITORY_H
#define CARREL_REPORTS_VISITS_REPOSITORY_H

#include "base/ctx.h"

enum error_kind visits_repo_put(struct ctx *ctx, int32_t day, int64_t visits) MUST_CHECK;
enum error_kind visits_repo_list(struct ctx *ctx, int32_t first, int32_t last,
                                 void (*each)(void *argument, int32_t day, int64_t visits),
                                 void *argument) MUST_CHECK;
enum error_kind visits_repo_sum(struct ctx *ctx, int32_t first, int32_t last, int64_t *out_visits) MUST_CHECK;

#endif
