/*
 * search_rows_service.c — the rows by which members are found, against the members.
 */
#include "members/search_rows_service.h"

#include <inttypes.h>

#include "members/members_repository.h"

enum error_kind members_check_search(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                     void *argument)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct member_search_walk walk = {0};
    struct member member;
    bool as_due;
    bool found;

    for (;;) {
        TRY(members_repo_check_member(ctx, &walk, &member, &as_due, &found));
        if (!found)
            break;
        if (!as_due)
            report(argument,
                   arena_printf(ctx->arena, "The member “%s” is not in the full-text index as it should be.",
                                member.facts.name));
        arena_reset_to(ctx->arena, mark);
    }
    if (walk.strays > 0)
        report(argument, arena_printf(ctx->arena, "The full-text index has %" PRId64 " entr%s of no member.",
                                      walk.strays, walk.strays == 1 ? "y" : "ies"));
    return OK;
}

enum error_kind members_rebuild_search(struct ctx *ctx)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct member_search_walk walk = {0};
    struct member_search_row due;
    struct member member;
    bool found;

    TRY(members_repo_clear_search(ctx));
    for (;;) {
        TRY(members_repo_next_member(ctx, &walk, &member, &due, &found));
        if (!found)
            return OK;
        TRY(members_repo_put_search_row(ctx, member.id, &due));
        arena_reset_to(ctx->arena, mark);
    }
}

enum error_kind members_check_words(struct ctx *ctx, void (*report)(void *argument, const char *finding),
                                    void *argument)
{
    bool agree;

    TRY(members_repo_compare_words(ctx, &agree));
    if (!agree)
        report(argument, "The words by which members are found do not agree with the members.");
    return OK;
}

enum error_kind members_remake_words(struct ctx *ctx)
{
    return members_repo_remake_words(ctx);
}
