/*
 * merging_service.c — interleaving two queues, and taking them apart again.
 *
 * Places stay apart in all of this: those of an interleaved queue lie above all that either title had, so that what
 * is placed later never gets in the way of those that return.
 */
#include "holds/merging_service.h"

#include "audit/audit_service.h"
#include "counters/counters_service.h"
#include "holds/holds_repository.h"
#include "holds/merging_repository.h"

#define REASON "two records of the title became one" /* stored with the hold; part of how it is known again */

struct holds {
    struct merging_hold *items;
    size_t count;
};

static struct moved_hold **note(struct ctx *ctx, struct moved_hold **last, const struct merging_hold *hold,
                                bool was_gone)
{
    struct moved_hold *moved = arena_alloc(ctx->arena, sizeof *moved);

    *moved = (struct moved_hold){.id = hold->id, .place = hold->place, .was_gone = was_gone};
    *last = moved;
    return &moved->next;
}

/* ---- one queue of two ----------------------------------------------------------------------------------- */

static enum error_kind cancel(struct ctx *ctx, const struct merging_hold *hold, struct moved_hold *noted)
{
    for (; noted; noted = noted->next)
        noted->cancelled = noted->cancelled || noted->id == hold->id;
    TRY(holds_repo_end(ctx, hold->id, HOLD_CANCELLED, 0, ctx->now, REASON));
    TRY(counters_hold_closed(ctx, hold->book_id, hold->member_id, COUNTER_HOLDS_CANCELLED));
    return audit_act(ctx, "hold.cancelled", "hold", hold->id);
}

static enum error_kind cancel_doubled(struct ctx *ctx, int64_t gone, int64_t kept, struct moved_hold *noted)
{
    struct holds of_kept;
    struct holds of_gone;

    TRY(merging_repo_doubled(ctx, kept, gone, &of_kept.items, &of_kept.count));
    TRY(merging_repo_doubled(ctx, gone, kept, &of_gone.items, &of_gone.count));
    for (size_t i = 0; i < of_kept.count; i++)
        TRY(cancel(ctx, &of_kept.items[i], noted));
    for (size_t i = 0; i < of_gone.count; i++)
        TRY(cancel(ctx, &of_gone.items[i], noted));
    return OK;
}

static int64_t last_place(const struct holds *holds)
{
    return holds->count ? holds->items[holds->count - 1].place : 0;
}

static bool comes_first(const struct merging_hold *a, const struct merging_hold *b)
{
    return a->placed_at != b->placed_at ? a->placed_at < b->placed_at : a->id < b->id;
}

static enum error_kind interleave(struct ctx *ctx, int64_t gone, int64_t kept)
{
    struct holds a;
    struct holds b;
    size_t i = 0;
    size_t j = 0;

    TRY(merging_repo_open(ctx, kept, &a.items, &a.count));
    TRY(merging_repo_open(ctx, gone, &b.items, &b.count));
    if (a.count == 0 || b.count == 0)
        return OK;
    int64_t place = last_place(&a) > last_place(&b) ? last_place(&a) : last_place(&b);
    while (i < a.count || j < b.count) {
        bool from_a = j == b.count || (i < a.count && comes_first(&a.items[i], &b.items[j]));
        TRY(holds_repo_set_place(ctx, from_a ? a.items[i++].id : b.items[j++].id, ++place));
    }
    return OK;
}

enum error_kind holds_merge_titles(struct ctx *ctx, int64_t gone, int64_t kept, struct moved_hold **out_holds)
{
    struct moved_hold **last = out_holds;
    struct holds holds;

    *out_holds = NULL;
    TRY(merging_repo_all(ctx, gone, &holds.items, &holds.count));
    for (size_t i = 0; i < holds.count; i++)
        last = note(ctx, last, &holds.items[i], true);
    TRY(merging_repo_open(ctx, kept, &holds.items, &holds.count));
    for (size_t i = 0; i < holds.count; i++)
        last = note(ctx, last, &holds.items[i], false);
    TRY(cancel_doubled(ctx, gone, kept, *out_holds));
    TRY(interleave(ctx, gone, kept));
    return merging_repo_move_all(ctx, gone, kept);
}

/* ---- two of one ----------------------------------------------------------------------------------------- */

/* Of a hold that still waits or is ready where it was: its place. */
static enum error_kind find_displaced(struct ctx *ctx, const struct moved_hold *moved, int64_t home,
                                      struct merging_hold *out_hold, bool *out_displaced)
{
    bool found;

    TRY(merging_repo_find(ctx, moved->id, out_hold, &found));
    *out_displaced = found && out_hold->open && out_hold->book_id == home && out_hold->place != moved->place;
    return OK;
}

static enum error_kind next_place(struct ctx *ctx, int64_t gone, int64_t kept, int64_t *out_place)
{
    int64_t of_gone;
    int64_t of_kept;

    TRY(holds_repo_last_place(ctx, gone, &of_gone));
    TRY(holds_repo_last_place(ctx, kept, &of_kept));
    *out_place = (of_gone > of_kept ? of_gone : of_kept) + 1;
    return OK;
}

/* All step out of the way first: each may stand where another one belongs. */
static enum error_kind restore_places(struct ctx *ctx, int64_t gone, int64_t kept,
                                      const struct moved_hold *holds)
{
    struct merging_hold hold;
    int64_t place;
    bool displaced;
    bool taken;

    TRY(next_place(ctx, gone, kept, &place));
    for (const struct moved_hold *moved = holds; moved; moved = moved->next) {
        TRY(find_displaced(ctx, moved, moved->was_gone ? gone : kept, &hold, &displaced));
        if (displaced)
            TRY(holds_repo_set_place(ctx, hold.id, place++));
    }
    for (const struct moved_hold *moved = holds; moved; moved = moved->next) {
        TRY(find_displaced(ctx, moved, moved->was_gone ? gone : kept, &hold, &displaced));
        if (!displaced)
            continue;
        TRY(merging_repo_place_taken(ctx, &hold, moved->place, &taken));
        if (!taken)
            TRY(holds_repo_set_place(ctx, hold.id, moved->place));
    }
    return OK;
}

static enum error_kind reopen(struct ctx *ctx, int64_t gone, int64_t kept, const struct moved_hold *moved)
{
    struct merging_hold hold;
    int64_t place;
    bool reopened;
    bool taken;

    TRY(merging_repo_reopen(ctx, moved->id, REASON, &reopened));
    if (!reopened)
        return OK;
    TRY(merging_repo_find(ctx, moved->id, &hold, &reopened));
    TRY(merging_repo_place_taken(ctx, &hold, hold.place, &taken));
    if (taken) {
        TRY(next_place(ctx, gone, kept, &place));
        TRY(holds_repo_set_place(ctx, hold.id, place));
    }
    TRY(counters_hold_reopened(ctx, hold.book_id, hold.member_id));
    return audit_act(ctx, "hold.reopened", "hold", hold.id);
}

enum error_kind holds_part_titles(struct ctx *ctx, int64_t gone, int64_t kept, const struct moved_hold *holds)
{
    TRY(merging_repo_follow_copies(ctx, kept, gone));
    for (const struct moved_hold *moved = holds; moved; moved = moved->next)
        if (moved->was_gone)
            TRY(merging_repo_move_one(ctx, moved->id, kept, gone));
    TRY(restore_places(ctx, gone, kept, holds));
    for (const struct moved_hold *moved = holds; moved; moved = moved->next)
        if (moved->cancelled)
            TRY(reopen(ctx, gone, kept, moved));
    return OK;
}

/* ---- watches -------------------------------------------------------------------------------------------- */

enum error_kind watches_merge_titles(struct ctx *ctx, int64_t gone, int64_t kept,
                                     struct moved_watch **out_watches)
{
    TRY(merging_repo_watches(ctx, gone, kept, out_watches));
    for (const struct moved_watch *watch = *out_watches; watch; watch = watch->next)
        TRY(merging_repo_move_watch(ctx, watch->member_id, gone, kept));
    return OK;
}

enum error_kind watches_part_titles(struct ctx *ctx, int64_t gone, int64_t kept,
                                    const struct moved_watch *watches)
{
    for (const struct moved_watch *watch = watches; watch; watch = watch->next) {
        if (watch->doubled)
            TRY(merging_repo_add_watch(ctx, gone, watch));
        else
            TRY(merging_repo_move_watch(ctx, watch->member_id, kept, gone));
    }
    return OK;
}
