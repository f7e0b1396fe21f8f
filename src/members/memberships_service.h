/*
 * memberships_service.h — how long a membership runs, its next card, and the groups that members belong to.
 */
#ifndef CARREL_MEMBERS_MEMBERSHIPS_SERVICE_H
#define CARREL_MEMBERS_MEMBERSHIPS_SERVICE_H

#include "base/ctx.h"
#include "members/members.h"

/* The day so many months later; the last day of its month where there is no such day. False: past the year 9999. */
bool membership_add_months(int32_t day, int64_t months, int32_t *out_day);

/* The last day of a membership that begins today, NO_NUMBER when the type's never ends or there is no such type. */
enum error_kind memberships_first_end(struct ctx *ctx, const char *member_type, int64_t *out_day) MUST_CHECK;

/* ---- renewing ------------------------------------------------------------------------------------------- */

/* The body of POST /members/{id}/renew (renewal_fields): one of them, or neither. */
struct membership_renewal {
    int64_t months; /* NO_NUMBER: as the member's type says */
    int64_t until;  /* the new last day; NO_NUMBER: by months */
};

extern const struct field membership_renewal_fields[];

/*
 * Months count from the last day of the membership, or from today when that is over. A membership whose status is
 * "expired" is active again. VALIDATION_ERROR: both are given; neither is and the type has no months; the new last day
 * is past or not later than the present one. CONFLICT: the membership does not end, and no `until` is given.
 * PRECONDITION_FAILED as everywhere. Leaves MEMBERSHIP_RENEWED.
 */
enum error_kind memberships_renew(struct ctx *ctx, const struct member *before,
                                  const struct membership_renewal *renewal,
                                  int64_t expected_version) MUST_CHECK;

/* ---- a new card ----------------------------------------------------------------------------------------- */

/* The body of POST /members/{id}/card (card_fields). */
struct card_facts {
    const char *card; /* NULL: one is generated */
};

extern const struct field card_fields[];

/* From now on the old card finds nobody. VALIDATION_ERROR: it is the card that the member has; DUPLICATE_CARD. */
enum error_kind memberships_replace_card(struct ctx *ctx, const struct member *before,
                                         const struct card_facts *facts, int64_t expected_version) MUST_CHECK;

/* ---- groups --------------------------------------------------------------------------------------------- */

struct group_count {
    const char *name;
    int64_t members; /* that are not archived */
    struct group_count *next;
};

/* Groups by name, after `after` (NULL: from the first), `limit` at most; *out_more: there are more. */
enum error_kind memberships_groups(struct ctx *ctx, const char *after, int64_t limit,
                                   struct group_count **out_first, bool *out_more) MUST_CHECK;

#endif
