/*
 * members_service.c — who may be a member, who may borrow, and what must be told when that changes.
 */
#include "members/members_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/barcode.h"
#include "base/clock.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "members/members_repository.h"
#include "members/memberships_service.h"
#include "settings/settings_service.h"

#define FOR_THE_DESK "note"      /* the column of members_listing that its member does not see */
#define CARD_ATTEMPTS_MAX 100000 /* numbers passed over because cards from elsewhere have them already */

static int32_t today(const struct ctx *ctx)
{
    return clock_day_of(ctx->now);
}

/* ---- finding --------------------------------------------------------------------------------------- */

static enum error_kind find(struct ctx *ctx, const struct uuid *uuid, bool archived_too,
                            struct member *out_member)
{
    struct member member;
    bool found;

    TRY(members_repo_find(ctx, uuid, &member, &found));
    if (!found || (member.deleted_at != NO_NUMBER && !archived_too))
        return fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
    *out_member = member;
    return OK;
}

enum error_kind members_find(struct ctx *ctx, const struct uuid *uuid, struct member *out_member)
{
    return find(ctx, uuid, false, out_member);
}

enum error_kind members_find_any(struct ctx *ctx, const struct uuid *uuid, struct member *out_member)
{
    return find(ctx, uuid, true, out_member);
}

enum error_kind members_find_by_id(struct ctx *ctx, int64_t id, struct member *out_member)
{
    bool found;

    TRY(members_repo_find_by_id(ctx, id, out_member, &found));
    return found ? OK : fail(ctx, MEMBER_NOT_FOUND, "Member not found.");
}

enum error_kind members_find_by_card(struct ctx *ctx, const char *card, struct member *out_member,
                                     bool *out_found)
{
    struct member member;
    bool found;

    TRY(members_repo_find_by_card(ctx, card, &member, &found));
    *out_found = found && member.deleted_at == NO_NUMBER;
    if (*out_found)
        *out_member = member;
    return OK;
}

enum error_kind members_find_named(struct ctx *ctx, const struct uuid *uuid, const char *card,
                                   struct member *out_member)
{
    bool found;

    if (!card)
        return members_find(ctx, uuid, out_member);
    TRY(members_find_by_card(ctx, card, out_member, &found));
    return found ? OK : fail(ctx, MEMBER_NOT_FOUND, "Member not found. No card has the number %s.", card);
}

enum error_kind members_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return members_repo_list(ctx, query, sink);
}

/* Passes a row on without what only the desk may read. */
struct readers_sink {
    struct row_sink sink;
    struct arena *arena;
    struct row_sink *inner;
};

static void pass_on_to_reader(struct row_sink *sink, const struct column *columns,
                              const struct column_value *values)
{
    struct readers_sink *readers = (struct readers_sink *)sink;
    struct column_value *shown;
    size_t count = 0;

    while (columns[count].name)
        count++;
    shown = arena_alloc_array(readers->arena, count, sizeof *shown);
    for (size_t i = 0; i < count; i++)
        shown[i] =
            strcmp(columns[i].name, FOR_THE_DESK) == 0 ? (struct column_value){.is_null = true} : values[i];
    readers->inner->row(readers->inner, columns, shown);
}

enum error_kind members_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    struct readers_sink readers = {{.row = pass_on_to_reader}, ctx->arena, sink};

    return members_repo_show(ctx, id, ctx->actor.access < LIBRARIAN ? &readers.sink : sink);
}

enum error_kind members_audit(struct ctx *ctx, const struct uuid *uuid, const struct list_query *query,
                              struct row_sink *sink)
{
    struct member member = {0};

    TRY(members_find_any(ctx, uuid, &member));
    return audit_list_entity(ctx, "member", member.id, query, sink);
}

/* ---- what is written ------------------------------------------------------------------------------- */

static enum error_kind settle_type(struct ctx *ctx, struct member *member)
{
    const char *codes;
    bool found;

    if (!member->facts.member_type)
        member->facts.member_type = MEMBER_TYPE_DEFAULT;
    TRY(members_repo_find_type(ctx, member->facts.member_type, &member->member_type_id, &found));
    if (found)
        return OK;
    TRY(members_repo_list_types(ctx, &codes));
    error_field(ctx, "body", "member_type", "choice", "must be one of: %s", codes);
    return OK;
}

/* Brings facts into the form in which they are stored, or says what is wrong with them. */
static enum error_kind settle(struct ctx *ctx, struct member *member)
{
    const struct member_facts *facts = &member->facts;

    TRY(settle_type(ctx, member));
    if (facts->card && !barcode_acceptable(facts->card))
        error_field(ctx, "body", "card", "barcode",
                    "must be 1 to %d printable ASCII characters without a space at either end", BARCODE_MAX);
    if (facts->birth_date != NO_NUMBER && facts->birth_date > today(ctx))
        error_field(ctx, "body", "birth_date", "day", "must not be in the future");
    return error_check_fields(ctx);
}

enum error_kind members_check_facts(struct ctx *ctx, const struct member_facts *facts)
{
    struct member member = {.facts = *facts};

    return settle(ctx, &member);
}

static enum error_kind fail_taken(struct ctx *ctx, enum error_code code, const char *what,
                                  const struct member *holder)
{
    bool archived = holder->deleted_at != NO_NUMBER;
    char uuid[UUID_TEXT_SIZE];

    uuid_format(&holder->uuid, uuid);
    error_reason_text(ctx, "member_id", uuid);
    error_reason_text(ctx, "name", holder->facts.name);
    error_reason_text(ctx, "state", archived ? "archived" : "live");
    if (archived)
        return error_set(ctx, code,
                         "%s belongs to %s, who is archived: restore that record, or change it first.", what,
                         holder->facts.name);
    return error_set(ctx, code, "%s belongs to %s already.", what, holder->facts.name);
}

/* `member->id` is 0 for one that does not exist yet. */
static enum error_kind claim_email(struct ctx *ctx, const struct member *member)
{
    struct member holder;
    bool found;

    if (!member->facts.email)
        return OK;
    TRY(members_repo_find_by_email(ctx, member->facts.email, &holder, &found));
    if (!found || holder.id == member->id)
        return OK;
    const char *what = arena_printf(ctx->arena, "The e-mail address %s", member->facts.email);
    return fail_taken(ctx, ERR_DUPLICATE_EMAIL, what, &holder);
}

static enum error_kind claim_card(struct ctx *ctx, const struct member *member)
{
    struct member holder;
    bool found;

    TRY(members_repo_find_by_card(ctx, member->facts.card, &holder, &found));
    if (!found || holder.id == member->id)
        return OK;
    const char *what = arena_printf(ctx->arena, "Card %s", member->facts.card);
    return fail_taken(ctx, ERR_DUPLICATE_CARD, what, &holder);
}

/* The next number of the library's own cards that nobody has. */
enum error_kind members_make_card(struct ctx *ctx, const char **out_card)
{
    const char *prefix;

    TRY(settings_text(ctx, SETTING_CARD_PREFIX, &prefix));
    for (int attempt = 0; attempt < CARD_ATTEMPTS_MAX; attempt++) {
        char card[BARCODE_MAX + 1];
        struct member holder;
        int64_t number;
        bool taken;
        TRY(counters_next_number(ctx, SEQUENCE_MEMBER_CARD, &number));
        if (!barcode_make(card, prefix, number))
            break;
        TRY(members_repo_find_by_card(ctx, card, &holder, &taken));
        if (!taken) {
            *out_card = arena_strdup(ctx->arena, card);
            return OK;
        }
    }
    error_reason_text(ctx, "card_prefix", prefix);
    return fail(ctx, CONFLICT, "No card number is left below the prefix %s: set another card_prefix.",
                prefix);
}

static enum error_kind tell(struct ctx *ctx, const char *action, enum event_type event,
                            const struct member *member, const struct field_change *changes,
                            const char *detail)
{
    TRY(audit_edit(ctx, action, "member", member->id, changes));
    return events_record(ctx, &(struct event_fact){.type = event, .member_id = member->id, .detail = detail});
}

static enum error_kind check_version(struct ctx *ctx, const struct member *member, int64_t expected_version)
{
    if (expected_version == NO_NUMBER || expected_version == member->version)
        return OK;
    error_reason_int(ctx, "version", member->version);
    return fail(ctx, PRECONDITION_FAILED, "%s was changed by someone else since you read it. Read it again.",
                member->facts.name);
}

/* ---- changing -------------------------------------------------------------------------------------- */

enum error_kind members_create_in_batch(struct ctx *ctx, const struct member_facts *facts,
                                        const struct member_status_change *status, struct member *out_member)
{
    struct member member = {
        .facts = *facts,
        .status = MEMBER_STATUS_ACTIVE,
        .suspended_until = NO_NUMBER,
        .last_borrowed_at = NO_NUMBER,
        .created_at = ctx->now,
        .updated_at = ctx->now,
        .deleted_at = NO_NUMBER,
        .version = 1,
    };

    TRY(settle(ctx, &member));
    if (member.facts.expires_on == NO_NUMBER)
        TRY(memberships_first_end(ctx, member.facts.member_type, &member.facts.expires_on));
    TRY(claim_email(ctx, &member));
    if (member.facts.card)
        TRY(claim_card(ctx, &member));
    else
        TRY(members_make_card(ctx, &member.facts.card));
    if (status) {
        TRY(standing_check_change(ctx, &member, status, &member.status));
        member.status_reason = status->reason;
        member.suspended_until = status->suspended_until;
    }
    member.uuid = uuid_new(ctx->now);
    TRY(members_repo_insert(ctx, &member));
    TRY(counters_members_added(ctx, member.member_type_id, 1));
    *out_member = member;
    return OK;
}

enum error_kind members_create(struct ctx *ctx, const struct member_facts *facts, struct member *out_member)
{
    struct member member;

    TRY(members_create_in_batch(ctx, facts, NULL, &member));
    TRY(tell(ctx, "member.registered", EVENT_MEMBER_REGISTERED, &member, NULL, NULL));
    *out_member = member;
    return OK;
}

/* A membership that goes on is no longer over, whatever was set by hand while it was. */
static bool goes_on_again(struct ctx *ctx, const struct member *before, const struct member *after)
{
    int64_t last_day = after->facts.expires_on;

    return before->status == MEMBER_STATUS_EXPIRED && last_day != before->facts.expires_on &&
           (last_day == NO_NUMBER || last_day >= today(ctx));
}

static enum error_kind make_active(struct ctx *ctx, struct member *member, struct field_change *changes)
{
    struct field_change *change = arena_alloc(ctx->arena, sizeof *change);

    *change = (struct field_change){"status", member_status_name(member->status), "active", NULL};
    while (changes->next)
        changes = changes->next;
    changes->next = change;
    member->status = MEMBER_STATUS_ACTIVE;
    member->status_reason = NULL;
    return events_record(ctx, &(struct event_fact){.type = EVENT_MEMBER_STATUS_CHANGED,
                                                   .member_id = member->id,
                                                   .detail = "active"});
}

static enum error_kind write_changed(struct ctx *ctx, const struct member *before,
                                     const struct member *member)
{
    TRY(members_repo_update(ctx, member));
    return counters_member_moved(ctx, before->member_type_id, member->member_type_id,
                                 before->deleted_at != NO_NUMBER);
}

enum error_kind members_update_as(struct ctx *ctx, const struct member *before,
                                  const struct member_facts *facts, int64_t expected_version,
                                  const struct member_telling *as)
{
    struct member member = *before;

    TRY(check_version(ctx, before, expected_version));
    member.facts = *facts;
    if (!member.facts.card)
        member.facts.card = before->facts.card;
    TRY(settle(ctx, &member));
    struct field_change *changes = fields_changes(ctx, member_fields, &before->facts, &member.facts);
    if (!changes)
        return OK;
    TRY(claim_email(ctx, &member));
    TRY(claim_card(ctx, &member));
    if (goes_on_again(ctx, before, &member))
        TRY(make_active(ctx, &member, changes));
    TRY(write_changed(ctx, before, &member));
    return tell(ctx, as->action, as->event, &member, changes, as->detail);
}

enum error_kind members_update_in_batch(struct ctx *ctx, const struct member *before,
                                        const struct member_facts *facts)
{
    struct member member = *before;

    member.facts = *facts;
    TRY(settle(ctx, &member));
    if (!fields_changes(ctx, member_fields, &before->facts, &member.facts))
        return OK;
    TRY(claim_email(ctx, &member));
    TRY(claim_card(ctx, &member));
    return write_changed(ctx, before, &member);
}

enum error_kind members_update(struct ctx *ctx, const struct member *before, const struct member_facts *facts,
                               int64_t expected_version)
{
    static const struct member_telling as = {"member.updated", EVENT_MEMBER_UPDATED, NULL};

    return members_update_as(ctx, before, facts, expected_version, &as);
}

enum error_kind members_change_status(struct ctx *ctx, const struct member *before,
                                      const struct member_status_change *change, int64_t expected_version)
{
    const struct member_status_change was = {member_status_name(before->status), before->status_reason,
                                             before->suspended_until};
    struct member member = *before;

    TRY(check_version(ctx, before, expected_version));
    TRY(standing_check_change(ctx, before, change, &member.status));
    const struct field_change *changes = fields_changes(ctx, member_status_fields, &was, change);
    if (!changes)
        return OK;
    member.status_reason = change->reason;
    member.suspended_until = change->suspended_until;
    TRY(members_repo_update(ctx, &member));
    return tell(ctx, "member.status_changed", EVENT_MEMBER_STATUS_CHANGED, &member, changes, change->status);
}

enum error_kind members_archive(struct ctx *ctx, const struct member *member, int64_t expected_version)
{
    TRY(check_version(ctx, member, expected_version));
    TRY(members_check_may_leave(ctx, member));
    TRY(members_repo_set_archived(ctx, member->id, ctx->now));
    TRY(counters_member_archived(ctx, member->member_type_id));
    return tell(ctx, "member.archived", EVENT_MEMBER_ARCHIVED, member, NULL, NULL);
}

enum error_kind members_restore(struct ctx *ctx, const struct member *member)
{
    if (member->deleted_at == NO_NUMBER)
        return OK;
    TRY(members_repo_set_archived(ctx, member->id, NO_NUMBER));
    TRY(counters_member_restored(ctx, member->member_type_id));
    return tell(ctx, "member.restored", EVENT_MEMBER_RESTORED, member, NULL, NULL);
}
