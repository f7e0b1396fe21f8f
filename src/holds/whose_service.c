/*
 * whose_service.c — the one place that tells a reader's own from another's, for rows whose path names no member.
 */
#include "holds/whose_service.h"

#include <string.h>

#include "holds/holds_repository.h"
#include "members/members_service.h"

static enum error_kind find_self(struct ctx *ctx, const struct uuid *uuid, const char *card,
                                 struct member *out_member)
{
    struct member self;

    if (ctx->actor.member_id == 0)
        return fail(ctx, NO_MEMBER_RECORD, "Your account has no reader's record. Ask at the desk for one.");
    TRY(members_find_by_id(ctx, ctx->actor.member_id, &self));
    if ((uuid_is_given(uuid) && memcmp(uuid, &self.uuid, sizeof *uuid) != 0) ||
        (card && strcmp(card, self.facts.card) != 0))
        return fail(ctx, FORBIDDEN, "Your account lets you act for yourself only.");
    if (self.deleted_at != NO_NUMBER)
        return fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
    *out_member = self;
    return OK;
}

enum error_kind whose_member(struct ctx *ctx, const struct uuid *uuid, const char *card,
                             struct member *out_member)
{
    if (uuid_is_given(uuid) && card)
        error_field(ctx, "body", "card", "ambiguous", "cannot be given together with member_id");
    TRY(error_check_fields(ctx));
    if (ctx->actor.access < LIBRARIAN)
        return find_self(ctx, uuid, card, out_member);
    if (!uuid_is_given(uuid) && !card)
        error_field(ctx, "body", "member_id", "missing", "is required, or a card");
    TRY(error_check_fields(ctx));
    return members_find_named(ctx, uuid, card, out_member);
}

/* Who is no reader has member 0, and so has a hold that is forgotten. */
static bool is_own(const struct ctx *ctx, const struct hold *hold)
{
    return hold->member_id != 0 && hold->member_id == ctx->actor.member_id;
}

enum error_kind whose_hold(struct ctx *ctx, const struct uuid *uuid, struct hold *out_hold)
{
    struct hold hold;
    bool found;

    TRY(holds_repo_find(ctx, uuid, &hold, &found));
    if (!found || (ctx->actor.access < LIBRARIAN && !is_own(ctx, &hold)))
        return fail(ctx, HOLD_NOT_FOUND, "Hold not found.");
    *out_hold = hold;
    return OK;
}
