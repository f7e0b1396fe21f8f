/*
 * member_types_service.c — kinds of readers come, change their name, and go when nobody needs them.
 */
#include "members/member_types_service.h"

#include <inttypes.h>
#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "events/events_service.h"
#include "members/member_types_repository.h"
#include "members/members.h"

/* clang-format off */
#define EDITABLE \
    {"name", FIELD_TEXT, REQUIRED, 1, MEMBER_NAME_MAX, AT(struct member_type, name), "What people read"}, \
    {"membership_months", FIELD_INTEGER, OPTIONAL, 1, MEMBERSHIP_MONTHS_MAX, \
     AT(struct member_type, membership_months), "How long a membership runs; null: for ever"}, \
    {"members", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"}

const struct field member_type_fields[] = {
    {"code", FIELD_TEXT, REQUIRED, 1, MEMBER_TYPE_CODE_MAX, AT(struct member_type, code),
     "What the API and imports say: small letters, digits, - and _"},
    EDITABLE,
    {0},
};

const struct field member_type_edit_fields[] = {
    EDITABLE,
    {"code", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored: a code stays what it is"},
    {0},
};
/* clang-format on */

enum error_kind member_types_find(struct ctx *ctx, const char *code, struct member_type *out_type)
{
    bool found;

    TRY(member_types_repo_find(ctx, code, out_type, &found));
    return found ? OK : fail(ctx, MEMBER_TYPE_NOT_FOUND, "Member type not found.");
}

enum error_kind member_types_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return member_types_repo_list(ctx, query, sink);
}

enum error_kind member_types_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return member_types_repo_show(ctx, id, sink);
}

static enum error_kind tell(struct ctx *ctx, const char *action, const struct member_type *type,
                            const struct field_change *changes)
{
    TRY(audit_edit(ctx, action, "member_type", type->id, changes));
    return events_record(ctx, &(struct event_fact){.type = EVENT_RULES_CHANGED});
}

enum error_kind member_types_add(struct ctx *ctx, struct member_type *type)
{
    struct member_type none = {.membership_months = NO_NUMBER}, holder;
    bool taken;

    if (strspn(type->code, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(type->code))
        error_field(ctx, "body", "code", "code", "must be small letters, digits, - and _");
    TRY(error_check_fields(ctx));
    TRY(member_types_repo_find(ctx, type->code, &holder, &taken));
    if (taken) {
        error_reason_text(ctx, "name", holder.name);
        return fail(ctx, DUPLICATE_MEMBER_TYPE, "There is a member type %s already: “%s”.", type->code,
                    holder.name);
    }
    TRY(member_types_repo_insert(ctx, type));
    return tell(ctx, "member_type.added", type, fields_changes(ctx, member_type_fields, &none, type));
}

enum error_kind member_types_update(struct ctx *ctx, const struct member_type *before,
                                    const struct member_type *after)
{
    const struct field_change *changes = fields_changes(ctx, member_type_edit_fields, before, after);

    if (!changes)
        return OK;
    TRY(member_types_repo_update(ctx, after));
    return tell(ctx, "member_type.updated", after, changes);
}

enum error_kind member_types_delete(struct ctx *ctx, const struct member_type *type)
{
    struct member_type none = {.membership_months = NO_NUMBER};
    int64_t members, rules;

    if (strcmp(type->code, MEMBER_TYPE_DEFAULT) == 0)
        return fail(ctx, MEMBER_TYPE_IN_USE, "“%s” stays: new members get this type.", type->name);
    TRY(member_types_repo_uses(ctx, type->id, &members, &rules));
    if (members > 0 || rules > 0) {
        error_reason_int(ctx, "members", members);
        error_reason_int(ctx, "loan_rules", rules);
        return fail(ctx, MEMBER_TYPE_IN_USE,
                    "“%s” is the type of %" PRId64 " member%s and %" PRId64
                    " loan rule%s, archived and removed ones"
                    " included.",
                    type->name, members, members == 1 ? "" : "s", rules, rules == 1 ? "" : "s");
    }
    TRY(member_types_repo_delete(ctx, type->id));
    return tell(ctx, "member_type.deleted", type, fields_changes(ctx, member_type_fields, type, &none));
}
