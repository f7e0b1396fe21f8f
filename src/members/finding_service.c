/*
 * finding_service.c — who is meant, and who may go as if never registered.
 */
#include "members/finding_service.h"

#include "counters/counters_service.h"
#include "members/members_repository.h"
#include "notifications/forgetting_service.h"

enum error_kind members_find_holder_of_card(struct ctx *ctx, const char *card, struct member *out_member,
                                            bool *out_found)
{
    return members_repo_find_by_card(ctx, card, out_member, out_found);
}

enum error_kind members_find_holder_of_email(struct ctx *ctx, const char *email, struct member *out_member,
                                             bool *out_found)
{
    return members_repo_find_by_email(ctx, email, out_member, out_found);
}

enum error_kind members_find_called(struct ctx *ctx, const char *name, int64_t birth_date,
                                    struct member *out_member, size_t *out_count)
{
    return members_repo_find_named(ctx, name, birth_date, out_member, out_count);
}

enum error_kind member_types_find_called(struct ctx *ctx, const char *words, const char **out_code,
                                         bool *out_found)
{
    return members_repo_find_type_called(ctx, words, out_code, out_found);
}

enum error_kind members_ties(struct ctx *ctx, const struct member *member, const char **out_why)
{
    struct member_uses uses;

    TRY(members_repo_uses(ctx, member->id, &uses));
    *out_why = uses.lent          ? "they have borrowed"
               : uses.held        ? "they have waited for a title"
               : uses.money       ? "there are charges or payments"
               : uses.login       ? "they have a login"
               : uses.watching    ? "they want to be told of a title"
               : uses.reading     ? "they have a reading list"
               : uses.reviewed    ? "they have written a review"
               : uses.rolled_over ? "a school-year roll-over has changed the record"
               : uses.told        ? "an event of the last weeks names them"
                                  : NULL;
    return OK;
}

enum error_kind members_remove(struct ctx *ctx, const struct member *member)
{
    const char *why;

    TRY(members_ties(ctx, member, &why));
    if (why)
        return fail(ctx, CONFLICT, "%s cannot be removed: %s.", member->facts.name, why);
    TRY(notifications_member_removed(ctx, member->id));
    TRY(members_repo_remove(ctx, member->id));
    return counters_member_removed(ctx, member->member_type_id, member->deleted_at != NO_NUMBER);
}

enum error_kind members_add_search_row(struct ctx *ctx, int64_t id, const struct member_facts *facts)
{
    struct member_search_row row = members_repo_search_row(ctx, facts);

    return members_repo_put_search_row(ctx, id, &row);
}
