/*
 * merges_repository.h — what a merge would do, what it did, and the original record that goes along. Queries and
 * nothing else. Texts and lists that come out live in the arena.
 */
#ifndef CARREL_DUPLICATES_MERGES_REPOSITORY_H
#define CARREL_DUPLICATES_MERGES_REPOSITORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctx.h"
#include "base/row_sink.h"
#include "duplicates/duplicates.h"

/* What moves, as title_merge_move has it. */
enum merge_entity {
    MERGED_COPY,
    MERGED_HOLD,
    MERGED_WATCH,
    MERGED_REVIEW,
    MERGED_READING_LIST,
    MERGED_CATEGORY,
    MERGED_COVER,
    MERGED_MARC,
    MERGED_FIELD,
};

struct merge_move {
    int64_t entity_id;
    const char *before; /* NULL: nothing */
    struct merge_move *next;
};

/* preview->kept_id and gone_id say of which; all else is filled in but `obstacle`. */
enum error_kind merges_repo_preview(struct ctx *ctx, struct merge_preview *preview) MUST_CHECK;

enum error_kind merges_repo_insert(struct ctx *ctx, const struct uuid *uuid, int64_t kept_id, int64_t gone_id,
                                   int64_t *out_id) MUST_CHECK;
enum error_kind merges_repo_set_undone(struct ctx *ctx, int64_t id) MUST_CHECK;
enum error_kind merges_repo_find(struct ctx *ctx, const struct uuid *uuid, struct title_merge *out_merge,
                                 bool *out_found) MUST_CHECK;

/* The merge by which a title went and is still gone. */
enum error_kind merges_repo_find_of_gone(struct ctx *ctx, int64_t gone_id, struct title_merge *out_merge,
                                         bool *out_found) MUST_CHECK;

enum error_kind merges_repo_note(struct ctx *ctx, int64_t merge_id, enum merge_entity entity,
                                 int64_t entity_id, const char *before) MUST_CHECK;
enum error_kind merges_repo_moves(struct ctx *ctx, int64_t merge_id, enum merge_entity entity,
                                  struct merge_move **out_first) MUST_CHECK;

/* The copies of a title; its categories that another lacks, as `entity_id` and name. */
enum error_kind merges_repo_copies(struct ctx *ctx, int64_t book_id,
                                   struct merge_move **out_first) MUST_CHECK;
enum error_kind merges_repo_categories(struct ctx *ctx, int64_t gone_id, int64_t kept_id,
                                       struct merge_move **out_first) MUST_CHECK;
/* Of the moves of a merge, with their names. */
enum error_kind merges_repo_moved_categories(struct ctx *ctx, int64_t merge_id,
                                             struct merge_move **out_first) MUST_CHECK;

/* The original record becomes another title's, if that has none. */
enum error_kind merges_repo_move_marc(struct ctx *ctx, int64_t from, int64_t to, bool *out_moved) MUST_CHECK;

enum error_kind merges_repo_list(struct ctx *ctx, const struct list_query *query,
                                 struct row_sink *sink) MUST_CHECK;
enum error_kind merges_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

#endif
