/*
 * merged_holds_service.c — what is kept of a hold: "gone 5", "kept 7 cancelled": whose it was, its place, and whether the
 * merge ended it. Of a watch nothing, or when it began if the reader watched both titles.
 */
#include "duplicates/merged_holds_service.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "duplicates/merges_repository.h"
#include "holds/merging_service.h"

#define GONE "gone "
#define KEPT "kept "
#define CANCELLED " cancelled"

static const char *write_hold(struct ctx *ctx, const struct moved_hold *hold)
{
    return arena_printf(ctx->arena, "%s%" PRId64 "%s", hold->was_gone ? GONE : KEPT, hold->place,
                        hold->cancelled ? CANCELLED : "");
}

static struct moved_hold read_hold(struct ctx *ctx, const struct merge_move *move)
{
    struct moved_hold hold = {.id = move->entity_id, .was_gone = text_starts_with(move->before, GONE)};
    char *place = arena_strdup(ctx->arena, move->before + sizeof GONE - 1);
    char *end = strchr(place, ' ');

    hold.cancelled = end != NULL;
    if (end)
        *end = '\0';
    (void)text_to_int64(place, &hold.place);
    return hold;
}

enum error_kind merged_holds_move(struct ctx *ctx, int64_t merge_id, int64_t gone_id, int64_t kept_id)
{
    struct moved_hold *hold;
    struct moved_watch *watch;

    TRY(holds_merge_titles(ctx, gone_id, kept_id, &hold));
    for (; hold; hold = hold->next)
        TRY(merges_repo_note(ctx, merge_id, MERGED_HOLD, hold->id, write_hold(ctx, hold)));
    TRY(watches_merge_titles(ctx, gone_id, kept_id, &watch));
    for (; watch; watch = watch->next)
        TRY(merges_repo_note(ctx, merge_id, MERGED_WATCH, watch->member_id,
                             watch->doubled ? arena_printf(ctx->arena, "%" PRId64, watch->created_at)
                                            : NULL));
    return OK;
}

enum error_kind merged_holds_return(struct ctx *ctx, int64_t merge_id, int64_t gone_id, int64_t kept_id)
{
    struct moved_hold *holds = NULL;
    struct moved_hold **last_hold = &holds;
    struct moved_watch *watches = NULL;
    struct moved_watch **last_watch = &watches;
    struct merge_move *move;

    TRY(merges_repo_moves(ctx, merge_id, MERGED_HOLD, &move));
    for (; move; move = move->next) {
        if (!move->before || strlen(move->before) < sizeof GONE)
            continue; /* of a damaged file */
        *last_hold = arena_alloc(ctx->arena, sizeof **last_hold);
        **last_hold = read_hold(ctx, move);
        last_hold = &(*last_hold)->next;
    }
    TRY(holds_part_titles(ctx, gone_id, kept_id, holds));
    TRY(merges_repo_moves(ctx, merge_id, MERGED_WATCH, &move));
    for (; move; move = move->next) {
        *last_watch = arena_alloc(ctx->arena, sizeof **last_watch);
        **last_watch = (struct moved_watch){.member_id = move->entity_id, .doubled = move->before != NULL};
        if (move->before)
            (void)text_to_int64(move->before, &(*last_watch)->created_at);
        last_watch = &(*last_watch)->next;
    }
    return watches_part_titles(ctx, gone_id, kept_id, watches);
}
