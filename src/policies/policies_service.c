/*
 * policies_service.c — which rule decides, and what lies over the last one.
 */
#include "policies/policies_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "events/events_service.h"
#include "policies/policies_repository.h"
#include "settings/settings_service.h"

/* The settings that stand in for a value of the any × any rule, and for which. */
static const struct overlay {
    enum setting setting;
    const char *field;
    size_t offset;
} overlays[] = {
    {SETTING_MAX_ACTIVE_BORROWS, "max_loans", AT(struct loan_rule, max_loans)},
    {SETTING_DEFAULT_BORROW_DURATION_DAYS, "loan_days", AT(struct loan_rule, loan_days)},
    {SETTING_DAILY_FINE, "fine_per_day", AT(struct loan_rule, fine_per_day)},
};

#define OVERLAYS (sizeof overlays / sizeof overlays[0])

static int64_t *value_of(struct loan_rule *rule, const struct overlay *overlay)
{
    return (int64_t *)(void *)((char *)rule + overlay->offset);
}

static bool is_general(const struct loan_rule *rule)
{
    return !rule->member_type && !rule->item_type;
}

static enum error_kind overlay_rule(struct ctx *ctx, struct loan_rule *rule)
{
    for (size_t i = 0; is_general(rule) && i < OVERLAYS; i++)
        if (settings_given(overlays[i].setting))
            TRY(settings_int(ctx, overlays[i].setting, value_of(rule, &overlays[i])));
    return OK;
}

enum error_kind policies_rule_for(struct ctx *ctx, int64_t member_type_id, int64_t item_type_id,
                                  struct loan_rule *out_rule)
{
    struct loan_rule rule;
    bool found;

    TRY(policies_repo_find_for(ctx, member_type_id, item_type_id, &rule, &found));
    if (!found)
        return fail(ctx, INTERNAL, "The loan rule for any member and any thing is missing.");
    TRY(overlay_rule(ctx, &rule));
    *out_rule = rule;
    return OK;
}

enum error_kind policies_total_rule_for(struct ctx *ctx, int64_t member_type_id, struct loan_rule *out_rule)
{
    return policies_rule_for(ctx, member_type_id, 0, out_rule);
}

enum error_kind policies_member_type_id(struct ctx *ctx, const char *code, int64_t *out_id)
{
    return policies_repo_member_type_id(ctx, code, out_id);
}

enum error_kind policies_item_type_id(struct ctx *ctx, const char *code, int64_t *out_id)
{
    return policies_repo_item_type_id(ctx, code, out_id);
}

const char *loan_rule_name(struct ctx *ctx, const struct loan_rule *rule)
{
    return arena_printf(ctx->arena, "%s × %s", rule->member_type ? rule->member_type : "any",
                        rule->item_type ? rule->item_type : "any");
}

enum error_kind policies_find(struct ctx *ctx, const struct uuid *uuid, struct loan_rule *out_rule)
{
    struct loan_rule rule;
    bool found;

    TRY(policies_repo_find(ctx, uuid, &rule, &found));
    if (!found)
        return fail(ctx, NOT_FOUND, "Loan rule not found.");
    TRY(overlay_rule(ctx, &rule));
    *out_rule = rule;
    return OK;
}

/*
 * Overlaid values never reach the row: each is refused when it was changed, and otherwise goes back to what
 * is stored, so that the rule is whole again on the day the flag is taken away.
 */
static enum error_kind set_overlaid_aside(struct ctx *ctx, const struct loan_rule *stored,
                                          struct loan_rule *rule)
{
    struct loan_rule in_force = *stored;
    struct loan_rule kept = *stored;

    TRY(overlay_rule(ctx, &in_force));
    for (size_t i = 0; is_general(stored) && i < OVERLAYS; i++) {
        const struct overlay *overlay = &overlays[i];
        if (!settings_given(overlay->setting))
            continue;
        if (*value_of(rule, overlay) != *value_of(&in_force, overlay)) {
            const char *by = settings_given_by(ctx, overlay->setting);
            error_reason_text(ctx, "field", overlay->field);
            error_reason_text(ctx, "given_by", by);
            return fail(ctx, CONFLICT, "%s is decided by %s: storing another value would change nothing.",
                        overlay->field, by);
        }
        *value_of(rule, overlay) = *value_of(&kept, overlay);
    }
    return OK;
}

enum error_kind policies_update(struct ctx *ctx, const struct uuid *uuid, const struct loan_rule *rule)
{
    struct loan_rule stored;
    struct loan_rule changed = *rule;
    bool found;

    TRY(policies_repo_find(ctx, uuid, &stored, &found));
    if (!found)
        return fail(ctx, NOT_FOUND, "Loan rule not found.");
    TRY(set_overlaid_aside(ctx, &stored, &changed));
    changed.id = stored.id;
    const struct field_change *changes = fields_changes(ctx, loan_rule_fields, &stored, &changed);
    if (!changes)
        return OK;
    TRY(policies_repo_update(ctx, &changed));
    TRY(audit_edit(ctx, "loan_rule.updated", "loan_rule", stored.id, changes));
    return events_record(ctx, &(struct event_fact){.type = EVENT_RULES_CHANGED});
}

/* ---- rules come and go ----------------------------------------------------------------------------- */

static enum error_kind find_pair(struct ctx *ctx, const struct loan_rule *rule, struct rule_pair *out_pair)
{
    struct rule_pair pair = {0, 0};

    if (rule->member_type) {
        TRY(policies_repo_member_type_id(ctx, rule->member_type, &pair.member_type_id));
        if (pair.member_type_id == 0)
            error_field(ctx, "body", "member_type", "choice", "must be the code of a member type");
    }
    if (rule->item_type) {
        TRY(policies_repo_item_type_id(ctx, rule->item_type, &pair.item_type_id));
        if (pair.item_type_id == 0)
            error_field(ctx, "body", "item_type", "choice", "must be the code of an item type");
    }
    TRY(error_check_fields(ctx));
    *out_pair = pair;
    return OK;
}

static enum error_kind audit_whole(struct ctx *ctx, const char *action, int64_t id,
                                   const struct loan_rule *before, const struct loan_rule *after)
{
    static const struct loan_rule nothing = {
        .max_loans = NO_NUMBER,
        .loan_days = NO_NUMBER,
        .max_renewals = NO_NUMBER,
        .hold_limit = NO_NUMBER,
        .fine_per_day = NO_NUMBER,
        .fine_cap = NO_NUMBER,
        .grace_days = NO_NUMBER,
    };
    const struct field_change *changes =
        fields_changes(ctx, new_loan_rule_fields, before ? before : &nothing, after ? after : &nothing);

    TRY(audit_edit(ctx, action, "loan_rule", id, changes));
    return events_record(ctx, &(struct event_fact){.type = EVENT_RULES_CHANGED});
}

enum error_kind policies_add(struct ctx *ctx, const struct loan_rule *rule, int64_t *out_id)
{
    struct loan_rule added = *rule;
    struct loan_rule present;
    struct rule_pair pair;
    int64_t id;
    bool found;

    TRY(find_pair(ctx, rule, &pair));
    TRY(policies_repo_find_pair(ctx, &pair, &present, &found));
    if (found) {
        const char *name = loan_rule_name(ctx, &present);
        error_reason_text(ctx, "rule", name);
        return fail(ctx, DUPLICATE_RULE, "There is a rule %s already. Change that one.", name);
    }
    if (added.grace_days == NO_NUMBER)
        added.grace_days = 0;
    TRY(policies_repo_insert(ctx, &pair, &added, &id));
    TRY(audit_whole(ctx, "loan_rule.added", id, NULL, &added));
    *out_id = id;
    return OK;
}

enum error_kind policies_remove(struct ctx *ctx, const struct uuid *uuid)
{
    struct loan_rule rule;
    bool found;

    TRY(policies_repo_find(ctx, uuid, &rule, &found));
    if (!found)
        return fail(ctx, NOT_FOUND, "Loan rule not found.");
    if (is_general(&rule)) {
        error_reason_text(ctx, "rule", loan_rule_name(ctx, &rule));
        return fail(ctx, RULE_IN_USE,
                    "The rule any × any decides whatever no other rule does: it stays. Change it instead.");
    }
    TRY(policies_repo_delete(ctx, rule.id));
    return audit_whole(ctx, "loan_rule.removed", rule.id, &rule, NULL);
}

/* ---- listings: the any × any rule is shown as it is in force --------------------------------------- */

struct overlay_sink {
    struct row_sink sink;
    struct row_sink *next;
    struct ctx *ctx;
    struct loan_rule in_force; /* the any × any rule */
};

static struct overlay_sink *as_overlay(struct row_sink *sink)
{
    return (struct overlay_sink *)(void *)sink;
}

static void put_in_force(struct loan_rule *in_force, const struct column *column, struct column_value *value)
{
    for (size_t i = 0; i < OVERLAYS; i++)
        if (strcmp(column->name, overlays[i].field) == 0)
            value->number = *value_of(in_force, &overlays[i]);
}

static void push_rule(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct overlay_sink *overlay = as_overlay(sink);
    bool general = true;
    size_t count = 0;

    for (; columns[count].name; count++)
        if (strcmp(columns[count].name, "member_type") == 0 || strcmp(columns[count].name, "item_type") == 0)
            general = general && values[count].is_null;
    struct column_value *shown = arena_memdup(overlay->ctx->arena, values, count * sizeof *values);
    for (size_t i = 0; general && i < count; i++)
        put_in_force(&overlay->in_force, &columns[i], &shown[i]);
    overlay->next->row(overlay->next, columns, shown);
}

static void pass_page(struct row_sink *sink, const struct page_meta *meta)
{
    struct row_sink *next = as_overlay(sink)->next;

    next->page(next, meta);
}

static enum error_kind overlay_sink_init(struct overlay_sink *overlay, struct ctx *ctx, struct row_sink *next)
{
    *overlay = (struct overlay_sink){
        .sink = {.row = push_rule, .page = next->page ? pass_page : NULL}, .next = next, .ctx = ctx};
    return policies_rule_for(ctx, 0, 0, &overlay->in_force);
}

enum error_kind policies_list_rules(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    struct overlay_sink overlay;

    TRY(overlay_sink_init(&overlay, ctx, sink));
    return policies_repo_list_rules(ctx, query, &overlay.sink);
}

enum error_kind policies_show_rule(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    struct overlay_sink overlay;

    TRY(overlay_sink_init(&overlay, ctx, sink));
    return policies_repo_show_rule(ctx, id, &overlay.sink);
}

enum error_kind policies_list_item_types(struct ctx *ctx, const struct list_query *query,
                                         struct row_sink *sink)
{
    return policies_repo_list_item_types(ctx, query, sink);
}
