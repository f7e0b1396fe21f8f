/*
 * merging_repository.h — holds and watches of two titles that become one. Queries and nothing else.
 */
#ifndef CARREL_HOLDS_MERGING_REPOSITORY_H
#define CARREL_HOLDS_MERGING_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "holds/merging.h"

/* A hold as far as it is moved. member_id 0: forgotten. */
struct merging_hold {
    int64_t id, book_id, member_id, place, placed_at;
    bool open;
};

/* Open ones by place, or all, in the arena. */
enum error_kind merging_repo_open(struct ctx *ctx, int64_t book_id, struct merging_hold **out_holds,
                                  size_t *out_count) MUST_CHECK;
enum error_kind merging_repo_all(struct ctx *ctx, int64_t book_id, struct merging_hold **out_holds,
                                 size_t *out_count) MUST_CHECK;

/* Those of `book_id` that wait and are one too many once both titles are one. */
enum error_kind merging_repo_doubled(struct ctx *ctx, int64_t book_id, int64_t other_id,
                                     struct merging_hold **out_holds, size_t *out_count) MUST_CHECK;

enum error_kind merging_repo_find(struct ctx *ctx, int64_t id, struct merging_hold *out_hold,
                                  bool *out_found) MUST_CHECK;

/* All holds of a title to another; those whose copy belongs to the other; one that has no copy. */
enum error_kind merging_repo_move_all(struct ctx *ctx, int64_t from, int64_t to) MUST_CHECK;
enum error_kind merging_repo_follow_copies(struct ctx *ctx, int64_t from, int64_t to) MUST_CHECK;
enum error_kind merging_repo_move_one(struct ctx *ctx, int64_t id, int64_t from, int64_t to) MUST_CHECK;

/* Has another open hold of the title this place? */
enum error_kind merging_repo_place_taken(struct ctx *ctx, const struct merging_hold *hold, int64_t place,
                                         bool *out_taken) MUST_CHECK;

/* Waits again, if it was cancelled for `reason` and nothing speaks against it. */
enum error_kind merging_repo_reopen(struct ctx *ctx, int64_t id, const char *reason,
                                    bool *out_reopened) MUST_CHECK;

enum error_kind merging_repo_watches(struct ctx *ctx, int64_t gone, int64_t kept,
                                     struct moved_watch **out_watches) MUST_CHECK;
enum error_kind merging_repo_move_watch(struct ctx *ctx, int64_t member_id, int64_t from,
                                        int64_t to) MUST_CHECK;
enum error_kind merging_repo_add_watch(struct ctx *ctx, int64_t book_id,
                                       const struct moved_watch *watch) MUST_CHECK;

#endif
