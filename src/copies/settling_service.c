/*
 * settling_service.c — the loan comes first: what is at somebody's home is not on a shelf.
 */
#include "copies/settling_service.h"

#include "copies/settling_repository.h"

enum error_kind copies_settle(struct ctx *ctx)
{
    TRY(copies_settling_repo_mark_lent(ctx));
    TRY(copies_settling_repo_mark_held(ctx));
    return copies_settling_repo_free_others(ctx);
}
