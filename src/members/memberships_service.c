/*
 * memberships_service.c — memberships go on, cards are lost, members belong together.
 */
#include "members/memberships_service.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "members/member_types_repository.h"
#include "members/members_repository.h"
#include "members/members_service.h"

/* clang-format off */
const struct field membership_renewal_fields[] = {
    {"months", FIELD_INTEGER, OPTIONAL, 1, MEMBERSHIP_MONTHS_MAX, AT(struct membership_renewal, months),
     "By how many months; left out: as long as a membership of the member's type runs"},
    {"until", FIELD_DAY, OPTIONAL, 0, 0, AT(struct membership_renewal, until), "Instead of months: the new last day"},
    {0},
};

const struct field card_fields[] = {
    {"card", FIELD_TEXT, OPTIONAL, 1, BARCODE_MAX, AT(struct card_facts, card),
     "Barcode of the new card; generated when it is left out"},
    {0},
};
/* clang-format on */

#define MONTHS_OF_A_YEAR 12

static const char *day_text(struct ctx *ctx, int64_t day)
{
    char text[CLOCK_DAY_SIZE];

    clock_format_day((int32_t)day, text);
    return arena_strdup(ctx->arena, text);
}

bool membership_add_months(int32_t day, int64_t months, int32_t *out_day)
{
    int year, month, of_month;

    clock_civil_from_day(day, &year, &month, &of_month);
    int64_t count = (int64_t)year * MONTHS_OF_A_YEAR + month - 1 + months;
    if (count / MONTHS_OF_A_YEAR > BOOK_YEAR_MAX)
        return false;
    year = (int)(count / MONTHS_OF_A_YEAR);
    month = (int)(count % MONTHS_OF_A_YEAR) + 1;
    while (!clock_day_from_civil(year, month, of_month, out_day))
        of_month--;
    return true;
}

enum error_kind memberships_first_end(struct ctx *ctx, const char *member_type, int64_t *out_day)
{
    struct member_type type;
    bool found;
    int32_t day;

    TRY(member_types_repo_find(ctx, member_type, &type, &found));
    if (found && type.membership_months != NO_NUMBER &&
        membership_add_months(clock_day_of(ctx->now), type.membership_months, &day))
        *out_day = day;
    return OK;
}

/* ---- renewing ------------------------------------------------------------------------------------------- */

static enum error_kind months_of(struct ctx *ctx, const struct member *member,
                                 const struct membership_renewal *renewal, int64_t *out_months)
{
    struct member_type type;
    bool found;

    *out_months = renewal->months;
    if (renewal->months != NO_NUMBER)
        return OK;
    TRY(member_types_repo_find(ctx, member->facts.member_type, &type, &found));
    *out_months = found ? type.membership_months : NO_NUMBER;
    if (*out_months != NO_NUMBER)
        return OK;
    error_field(ctx, "body", "months", "missing",
                "or until must be given: memberships of the type %s have no length of their own",
                member->facts.member_type);
    return error_check_fields(ctx);
}

static enum error_kind end_by_months(struct ctx *ctx, const struct member *member,
                                     const struct membership_renewal *renewal, int64_t *out_day)
{
    int32_t from = clock_day_of(ctx->now), day;
    int64_t months;

    if (member->facts.expires_on == NO_NUMBER)
        return fail(ctx, CONFLICT, "The membership of %s does not end. Say until when, if it shall.",
                    member->facts.name);
    TRY(months_of(ctx, member, renewal, &months));
    if (member->facts.expires_on > from)
        from = (int32_t)member->facts.expires_on;
    if (!membership_add_months(from, months, &day)) {
        error_field(ctx, "body", "months", "too_large", "must end before the year 10000");
        return error_check_fields(ctx);
    }
    *out_day = day;
    return OK;
}

static enum error_kind check_renewal(struct ctx *ctx, const struct member *member,
                                     const struct membership_renewal *renewal)
{
    if (renewal->until == NO_NUMBER)
        return OK;
    if (renewal->months != NO_NUMBER)
        error_field(ctx, "body", "until", "unexpected", "must not be given together with months");
    else if (renewal->until < clock_day_of(ctx->now))
        error_field(ctx, "body", "until", "too_small", "must not be in the past");
    else if (member->facts.expires_on != NO_NUMBER && renewal->until <= member->facts.expires_on)
        error_field(ctx, "body", "until", "too_small", "must be later than %s, when the membership ends now",
                    day_text(ctx, member->facts.expires_on));
    return error_check_fields(ctx);
}

enum error_kind memberships_renew(struct ctx *ctx, const struct member *before,
                                  const struct membership_renewal *renewal, int64_t expected_version)
{
    struct member_facts facts = before->facts;

    TRY(check_renewal(ctx, before, renewal));
    facts.expires_on = renewal->until;
    if (renewal->until == NO_NUMBER)
        TRY(end_by_months(ctx, before, renewal, &facts.expires_on));
    const struct member_telling as = {"member.renewed", EVENT_MEMBERSHIP_RENEWED,
                                      day_text(ctx, facts.expires_on)};
    return members_update_as(ctx, before, &facts, expected_version, &as);
}

/* ---- a new card ----------------------------------------------------------------------------------------- */

enum error_kind memberships_replace_card(struct ctx *ctx, const struct member *before,
                                         const struct card_facts *facts, int64_t expected_version)
{
    static const struct member_telling as = {"member.card_replaced", EVENT_MEMBER_UPDATED, "card"};
    struct member_facts after = before->facts;

    after.card = facts->card;
    if (!after.card)
        TRY(members_make_card(ctx, &after.card));
    if (strcmp(after.card, before->facts.card) == 0) {
        error_field(ctx, "body", "card", "same", "must be another than the card that %s has",
                    before->facts.name);
        return error_check_fields(ctx);
    }
    return members_update_as(ctx, before, &after, expected_version, &as);
}

/* ---- groups --------------------------------------------------------------------------------------------- */

enum error_kind memberships_groups(struct ctx *ctx, const char *after, int64_t limit,
                                   struct group_count **out_first, bool *out_more)
{
    struct group_count **last = out_first;
    const char *name = after ? after : "";

    *out_first = NULL;
    for (int64_t i = 0;; i++) {
        bool found;
        TRY(members_repo_next_group(ctx, name, &name, &found));
        *out_more = found && i == limit;
        if (!found || i == limit)
            return OK;
        struct group_count *group = arena_alloc(ctx->arena, sizeof *group);
        group->name = name;
        TRY(members_repo_count_group(ctx, name, &group->members));
        *last = group;
        last = &group->next;
    }
}
