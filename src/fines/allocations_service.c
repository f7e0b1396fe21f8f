/*
 * allocations_service.c — one loop moves all the money there is, so that there is one place to be right.
 */
#include "fines/allocations_service.h"

#include "counters/counters_service.h"
#include "fines/allocations_repository.h"

enum error_kind allocations_open(struct ctx *ctx, int64_t member_id, struct open_charge **out_first)
{
    return allocations_repo_open(ctx, member_id, out_first);
}

int64_t allocations_sum(const struct open_charge *charges)
{
    int64_t sum = 0;

    for (; charges; charges = charges->next)
        sum += charges->open;
    return sum;
}

enum error_kind allocations_settle(struct ctx *ctx, struct credit *credit, struct open_charge *charges)
{
    for (; charges && credit->left > 0; charges = charges->next) {
        int64_t amount = charges->open < credit->left ? charges->open : credit->left;
        if (amount == 0)
            continue;
        TRY(allocations_repo_insert(ctx, charges->id, credit, amount));
        credit->left -= amount;
        charges->open -= amount;
        if (charges->open == 0)
            TRY(counters_add(ctx, COUNTER_CHARGES_OPEN, -1));
    }
    return OK;
}

enum error_kind allocations_use_credit(struct ctx *ctx, int64_t member_id, struct open_charge *charges)
{
    struct credit *credit;

    TRY(allocations_repo_unused(ctx, member_id, &credit));
    for (; credit; credit = credit->next)
        TRY(allocations_settle(ctx, credit, charges));
    return OK;
}
