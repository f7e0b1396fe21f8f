/*
 * members_service.h — members are found, made, changed and archived.
 *
 * Who may borrow: standing_service.h. Renewals, cards, groups: memberships_service.h. For imports: finding_service.h. For
 * --check: search_rows_service.h.
 *
 * Texts of a struct member live in the arena. Functions that change something leave the audit row, the
 * event and the counters of that change in the same transaction. `expected_version` is the version the
 * caller has read, NO_NUMBER when any will do; another one → PRECONDITION_FAILED.
 */
#ifndef CARREL_MEMBERS_MEMBERS_SERVICE_H
#define CARREL_MEMBERS_MEMBERS_SERVICE_H

#include <stdbool.h>

#include "audit/audit.h"
#include "base/ctx.h"
#include "base/row_sink.h"
#include "base/uuid.h"
#include "events/events.h"
#include "members/members.h"
#include "members/standing_service.h"

/* ---- finding --------------------------------------------------------------------------------------- */

/* A live member, or MEMBER_NOT_FOUND "Member not found."; members_find_any() finds archived ones too. */
enum error_kind members_find(struct ctx *ctx, const struct uuid *uuid, struct member *out_member) MUST_CHECK;
enum error_kind members_find_any(struct ctx *ctx, const struct uuid *uuid,
                                 struct member *out_member) MUST_CHECK;
enum error_kind members_find_by_id(struct ctx *ctx, int64_t id,
                                   struct member *out_member) MUST_CHECK; /* archived too */

/* A live member by the card, exactly as the scanner reads it. That there is none is no error. */
enum error_kind members_find_by_card(struct ctx *ctx, const char *card, struct member *out_member,
                                     bool *out_found) MUST_CHECK;

/* A live member by card when one is given, else by id, as desks name them: MEMBER_NOT_FOUND. */
enum error_kind members_find_named(struct ctx *ctx, const struct uuid *uuid, const char *card,
                                   struct member *out_member) MUST_CHECK;

/* A page of members_listing; the one row of a member, archived or not: without the desk's note, when a reader asks. */
enum error_kind members_list(struct ctx *ctx, const struct list_query *query,
                             struct row_sink *sink) MUST_CHECK;
enum error_kind members_show(struct ctx *ctx, int64_t id, struct row_sink *sink) MUST_CHECK;

/* The member's audit log, archived members included: a page of audit_listing. */
enum error_kind members_audit(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                              struct row_sink *sink) MUST_CHECK;

/* ---- changing -------------------------------------------------------------------------------------- */

/* Are these facts good, apart from what other records say? Wrong fields are added to those in ctx->error. */
enum error_kind members_check_facts(struct ctx *ctx, const struct member_facts *facts) MUST_CHECK;

/*
 * A member of a type with membership_months gets a last day, when none is given.
 * DUPLICATE_EMAIL and DUPLICATE_CARD name the holder. VALIDATION_ERROR on an unknown member type, a card
 * with other than printable ASCII characters, a birth date in the future.
 */
enum error_kind members_create(struct ctx *ctx, const struct member_facts *facts,
                               struct member *out_member) MUST_CHECK;

/*
 * The same two as part of a batch, which writes one audit row and one event for all. A new member has this status from
 * the first (NULL: active; what has no effect today is refused as in members_change_status()). An edit leaves the
 * status as it is. Refusals leave the database as it was.
 */
enum error_kind members_create_in_batch(struct ctx *ctx, const struct member_facts *facts,
                                        const struct member_status_change *status,
                                        struct member *out_member) MUST_CHECK;
enum error_kind members_update_in_batch(struct ctx *ctx, const struct member *before,
                                        const struct member_facts *facts) MUST_CHECK;

/*
 * `facts` are the member's own with the changes laid over them; the same errors as above. When nothing
 * differs nothing is written. A card that is NULL stays what it was. A last day that is not over makes a
 * member whose status is "expired" active again.
 */
enum error_kind members_update(struct ctx *ctx, const struct member *before, const struct member_facts *facts,
                               int64_t expected_version) MUST_CHECK;

/* The same under another name in the audit log, with an event of its own. */
struct member_telling {
    const char *action; /* "member.renewed" */
    enum event_type event;
    const char *detail; /* of the event; NULL: none */
};
enum error_kind members_update_as(struct ctx *ctx, const struct member *before,
                                  const struct member_facts *facts, int64_t expected_version,
                                  const struct member_telling *as) MUST_CHECK;

/* The next number of the library's own cards that nobody has. CONFLICT when the prefix leaves none. */
enum error_kind members_make_card(struct ctx *ctx, const char **out_card) MUST_CHECK;

/*
 * Suspends, lifts, ends a membership. VALIDATION_ERROR where the change would have no effect today: an end
 * of a suspension that has passed, "active" for a membership whose last day is over.
 */
enum error_kind members_change_status(struct ctx *ctx, const struct member *before,
                                      const struct member_status_change *change,
                                      int64_t expected_version) MUST_CHECK;

/* Refusals as members_check_may_leave(). The card and the email stay taken. */
enum error_kind members_archive(struct ctx *ctx, const struct member *member,
                                int64_t expected_version) MUST_CHECK;

/* Back from the archive; a live member is left as it is. */
enum error_kind members_restore(struct ctx *ctx, const struct member *member) MUST_CHECK;

#endif
