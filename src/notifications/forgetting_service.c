/*
 * forgetting_service.c — what readers were told must not outlive what they did.
 */
#include "notifications/forgetting_service.h"

#include "counters/counters_service.h"
#include "notifications/forgetting_repository.h"
#include "notifications/preferences_repository.h"

enum error_kind notifications_forget_borrow(struct ctx *ctx, int64_t borrow_id)
{
    return forgetting_repo_borrow(ctx, borrow_id);
}

enum error_kind notifications_forget_hold(struct ctx *ctx, int64_t hold_id)
{
    return forgetting_repo_hold(ctx, hold_id);
}

enum error_kind notifications_book_removed(struct ctx *ctx, int64_t book_id)
{
    return forgetting_repo_book_removed(ctx, book_id);
}

enum error_kind notifications_borrow_removed(struct ctx *ctx, int64_t borrow_id)
{
    return forgetting_repo_borrow_removed(ctx, borrow_id);
}

enum error_kind notifications_member_removed(struct ctx *ctx, int64_t member_id)
{
    int64_t removed;

    TRY(preferences_repo_forget(ctx, member_id));
    TRY(forgetting_repo_member_removed(ctx, member_id, &removed));
    return counters_add(ctx, COUNTER_NOTIFICATIONS, -removed);
}
