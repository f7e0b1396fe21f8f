/*
 * terms_repository.h — what the catalogue is asked for, and how often. Within the slice.
 */
#ifndef CARREL_SEARCH_TERMS_REPOSITORY_H
#define CARREL_SEARCH_TERMS_REPOSITORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

struct popular_query {
    const char *term; /* as it was typed last */
    int64_t asked;
};

/* One time more, on this day. */
enum error_kind terms_repo_add(struct ctx *ctx, const char *key, const char *term, int32_t day) MUST_CHECK;

/* Those asked at least `least` times, most often first. */
enum error_kind terms_repo_list(struct ctx *ctx, int64_t least, size_t max, struct popular_query *out_queries,
                                size_t *out_count) MUST_CHECK;

/* Removes at most `max` whose last day is before `day` … */
enum error_kind terms_repo_remove_before(struct ctx *ctx, int32_t day, int64_t max,
                                         int64_t *out_removed) MUST_CHECK;

/* … or of those past the first `kept`: asked least, and among these longest ago. */
enum error_kind terms_repo_remove_past(struct ctx *ctx, int64_t kept, int64_t max,
                                       int64_t *out_removed) MUST_CHECK;

#endif
