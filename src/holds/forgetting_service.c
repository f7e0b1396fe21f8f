/*
 * forgetting_service.c — without it a forgotten loan could be read off the hold: same copy, same moment.
 */
#include "holds/forgetting_service.h"

#include "audit/audit_service.h"
#include "holds/forgetting_repository.h"

enum error_kind holds_forget_loan(struct ctx *ctx, int64_t member_id, int64_t borrow_id,
                                  const char *const *names, size_t count)
{
    int64_t hold_id;
    bool found;

    TRY(forgetting_repo_find(ctx, member_id, borrow_id, &hold_id, &found));
    if (!found)
        return OK;
    TRY(forgetting_repo_forget(ctx, hold_id));
    TRY(audit_forget_requests(ctx, "hold", hold_id));
    for (size_t i = 0; i < count; i++) {
        TRY(forgetting_repo_rename(ctx, hold_id, names[i], AUDIT_A_READER));
        TRY(audit_forget_actor(ctx, "hold", hold_id, names[i]));
    }
    return OK;
}
