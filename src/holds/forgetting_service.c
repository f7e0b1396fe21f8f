/*
 * forgetting_service.c — without it a forgotten loan could be read off the hold: same copy, same moment.
 */
#include "holds/forgetting_service.h"

#include "audit/audit_service.h"
#include "base/limits.h"
#include "holds/forgetting_repository.h"
#include "notifications/forgetting_service.h"

static enum error_kind forget(struct ctx *ctx, int64_t hold_id, const char *const *names, size_t count)
{
    TRY(forgetting_repo_forget(ctx, hold_id));
    TRY(notifications_forget_hold(ctx, hold_id));
    TRY(audit_forget_requests(ctx, "hold", hold_id));
    for (size_t i = 0; i < count; i++) {
        TRY(forgetting_repo_rename(ctx, hold_id, names[i], AUDIT_A_READER));
        TRY(audit_forget_actor(ctx, "hold", hold_id, names[i]));
    }
    return OK;
}

enum error_kind holds_forget_borrow(struct ctx *ctx, int64_t member_id, int64_t borrow_id,
                                    const char *const *names, size_t count)
{
    int64_t hold_id;
    bool found;

    TRY(forgetting_repo_find(ctx, member_id, borrow_id, &hold_id, &found));
    return found ? forget(ctx, hold_id, names, count) : OK;
}

/* Of one member as many as there is room for; *room becomes what is left of it. */
static enum error_kind forget_of_member(struct ctx *ctx, int64_t member_id, int64_t ended_until, size_t *room)
{
    int64_t hold_ids[FORGET_HOLDS_A_SLICE];
    const char *name;
    size_t count;

    TRY(forgetting_repo_old(ctx, member_id, ended_until, hold_ids, *room, &count));
    if (count == 0)
        return OK;
    TRY(forgetting_repo_login(ctx, member_id, &name));
    for (size_t i = 0; i < count; i++)
        TRY(forget(ctx, hold_ids[i], &name, name ? 1 : 0));
    *room -= count;
    return OK;
}

enum error_kind holds_forget_old(struct ctx *ctx, int64_t ended_until, int64_t *from_id,
                                 int64_t *out_forgotten, bool *out_more)
{
    size_t room = FORGET_HOLDS_A_SLICE;
    int64_t member_id;
    bool found = true;

    for (int i = 0; i < FORGET_MEMBERS_A_SLICE && room > 0; i++) {
        TRY(forgetting_repo_next_member(ctx, *from_id, &member_id, &found));
        if (!found)
            break;
        TRY(forget_of_member(ctx, member_id, ended_until, &room));
        *from_id = room > 0 ? member_id + 1 : member_id; /* they may have more */
    }
    *out_forgotten = (int64_t)(FORGET_HOLDS_A_SLICE - room);
    *out_more = found;
    return OK;
}
