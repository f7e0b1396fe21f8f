/*
 * settling_service.c — first what cannot stay, then what follows from it.
 */
#include "fines/settling_service.h"

#include "counters/counters_check_service.h"
#include "fines/allocations_service.h"
#include "fines/fines_check_service.h"
#include "fines/settling_repository.h"

enum error_kind fines_settle(struct ctx *ctx)
{
    TRY(fines_settling_repo_part_borrows(ctx));
    TRY(fines_settling_repo_drop_strays(ctx));
    TRY(fines_rebuild(ctx));
    return counters_settle_receipts(ctx);
}

enum error_kind fines_use_credits(struct ctx *ctx)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct open_charge *charges;
    int64_t member_id = 0;
    bool found;

    for (;;) {
        TRY(fines_settling_repo_next_idle(ctx, member_id, &member_id, &found));
        if (!found)
            return OK;
        TRY(allocations_open(ctx, member_id, &charges));
        TRY(allocations_use_credit(ctx, member_id, charges));
        arena_reset_to(ctx->arena, mark);
    }
}
