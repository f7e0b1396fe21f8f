/*
 * sharing_repository.h — titles in the order in which they were last changed; no rules.
 */
#ifndef CARREL_SHARING_SHARING_REPOSITORY_H
#define CARREL_SHARING_SHARING_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"

struct changed_title {
    int64_t id;
    int64_t updated_at;
};

/*
 * Titles, archived ones too, after the place (updated_at, id) and not changed later than `until`, at most `max`: how many,
 * in *out_count.
 */
enum error_kind sharing_repo_changed(struct ctx *ctx, int64_t after_at, int64_t after_id, int64_t until,
                                     size_t max, struct changed_title *out_titles,
                                     size_t *out_count) MUST_CHECK;

/* When the first of them was last changed; NO_NUMBER: there is none. */
enum error_kind sharing_repo_earliest(struct ctx *ctx, int64_t *out_at) MUST_CHECK;

#endif
