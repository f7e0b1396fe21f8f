/*
 * merged_reviews_service.c — the ids of what went over, review by review and list by list.
 */
#include "duplicates/merged_reviews_service.h"

#include "duplicates/merges_repository.h"
#include "reading_lists/reading_lists_service.h"
#include "reviews/reviews_service.h"

struct moved_ids {
    struct ctx *ctx;
    struct merge_move *first;
};

static void keep_id(void *argument, int64_t id)
{
    struct moved_ids *ids = argument;
    struct merge_move *move = arena_alloc(ids->ctx->arena, sizeof *move);

    *move = (struct merge_move){.entity_id = id, .next = ids->first};
    ids->first = move;
}

static enum error_kind note_all(struct moved_ids *ids, int64_t merge_id, enum merge_entity entity)
{
    for (; ids->first; ids->first = ids->first->next)
        TRY(merges_repo_note(ids->ctx, merge_id, entity, ids->first->entity_id, NULL));
    return OK;
}

enum error_kind merged_reviews_move(struct ctx *ctx, int64_t merge_id, int64_t gone_id, int64_t kept_id)
{
    struct moved_ids ids = {.ctx = ctx};

    TRY(reviews_move_title(ctx, gone_id, kept_id, keep_id, &ids));
    TRY(note_all(&ids, merge_id, MERGED_REVIEW));
    TRY(reading_lists_move_title(ctx, gone_id, kept_id, keep_id, &ids));
    return note_all(&ids, merge_id, MERGED_READING_LIST);
}

enum error_kind merged_reviews_return(struct ctx *ctx, int64_t merge_id, int64_t gone_id, int64_t kept_id)
{
    struct merge_move *move;

    TRY(merges_repo_moves(ctx, merge_id, MERGED_REVIEW, &move));
    for (; move; move = move->next)
        TRY(reviews_move_back(ctx, move->entity_id, kept_id, gone_id));
    TRY(merges_repo_moves(ctx, merge_id, MERGED_READING_LIST, &move));
    for (; move; move = move->next)
        TRY(reading_lists_move_back(ctx, move->entity_id, kept_id, gone_id));
    return OK;
}
