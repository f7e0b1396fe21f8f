/*
 * webhooks_service.c — the rules of an administrator's list.
 */
#include "webhooks/webhooks_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/limits.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "net/url.h"
#include "webhooks/deliveries_repository.h"
#include "webhooks/deliveries_service.h"
#include "webhooks/webhook_message.h"
#include "webhooks/webhooks_repository.h"

#define DELETED_AT_ONCE 200

/* clang-format off */
#define EDITABLE \
    {"name", FIELD_TEXT, REQUIRED, 1, WEBHOOK_NAME_MAX, AT(struct webhook_facts, name), "What people read"}, \
    {"url", FIELD_TEXT, REQUIRED, 1, NET_URL_MAX, AT(struct webhook_facts, url), "Where events are posted: http or https"}, \
    {"events", FIELD_TEXTS, OPTIONAL, 1, 60, AT(struct webhook_facts, events), \
     "Types of events (GET /webhooks/event-types); [\"*\"], or left out: all", NULL, EVENT_TYPES_END}, \
    {"enabled", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct webhook_facts, enabled), "Is anything sent? (true)"}, \
    {"id", FIELD_UUID, SERVER_OWNED, 0, 0, 0, "Ignored"}, \
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored: say it in If-Match"}

const struct field webhook_fields[] = {EDITABLE, {0}};
const struct field webhook_edit_fields[] = {
    EDITABLE,
    {"failures", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"rest_until", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"last_ok_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"waiting", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"dead", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"created_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"updated_at", FIELD_INSTANT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {0},
};
/* clang-format on */

static const char *all_events[] = {WEBHOOK_ALL_EVENTS};

bool webhook_wants(const struct webhook *webhook, const char *type)
{
    const struct text_list *events = &webhook->facts.events;

    for (size_t i = 0; i < events->count; i++)
        if (strcmp(events->items[i], type) == 0 || strcmp(events->items[i], WEBHOOK_ALL_EVENTS) == 0)
            return true;
    return false;
}

enum error_kind webhooks_find(struct ctx *ctx, const struct uuid *uuid, struct webhook *out_webhook)
{
    bool found;

    TRY(webhooks_repo_find(ctx, uuid, out_webhook, &found));
    return found ? OK : fail(ctx, WEBHOOK_NOT_FOUND, "This webhook is not in the list.");
}

enum error_kind webhooks_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return webhooks_repo_list(ctx, query, sink);
}

enum error_kind webhooks_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return webhooks_repo_show(ctx, id, sink);
}

static bool stands_before(const struct text_list *list, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(list->items[i], list->items[at]) == 0)
            return true;
    return false;
}

static void check_events(struct ctx *ctx, const struct text_list *events)
{
    for (size_t i = 0; i < events->count; i++) {
        const char *type = events->items[i];
        bool is_all = strcmp(type, WEBHOOK_ALL_EVENTS) == 0;
        if (is_all && events->count > 1)
            error_field(ctx, "body", "events", "choice", "must name types, or * alone");
        else if (!is_all && event_type_of(type) == EVENT_NONE)
            error_field(ctx, "body", "events", "choice", "there is no event of the type %s", type);
        else if (stands_before(events, i))
            error_field(ctx, "body", "events", "duplicate", "names %s twice", type);
    }
}

/* `id`: of the one that is changed, 0 for a new one. */
static enum error_kind check_facts(struct ctx *ctx, int64_t id, struct webhook_facts *facts)
{
    struct net_url url;
    struct webhook holder;
    bool taken;

    if (facts->events.count == 0)
        facts->events = (struct text_list){.items = all_events, .count = 1};
    if (!net_url_parse(ctx->arena, facts->url, &url))
        error_field(ctx, "body", "url", "address", "must be a web address that begins with http or https");
    check_events(ctx, &facts->events);
    TRY(error_check_fields(ctx));
    TRY(webhooks_repo_find_name(ctx, facts->name, &holder, &taken));
    if (taken && holder.id != id)
        return fail(ctx, DUPLICATE_WEBHOOK, "There is a webhook “%s” in the list already.",
                    holder.facts.name);
    return OK;
}

/* Nobody was told until now, so nobody has looked at what happened: it begins here. */
static enum error_kind begin_here(struct ctx *ctx, int64_t enabled_before)
{
    bool more;

    return enabled_before == 0 ? events_consume(ctx, WEBHOOKS_CONSUMER, NULL, NULL, &more) : OK;
}

enum error_kind webhooks_add(struct ctx *ctx, const struct webhook_facts *facts, struct webhook *out_webhook,
                             const char **out_secret)
{
    static const struct webhook_facts none;
    struct webhook webhook = {.facts = *facts, .created_at = ctx->now, .rest_until = NO_NUMBER};
    int64_t count, enabled;

    TRY(check_facts(ctx, 0, &webhook.facts));
    TRY(webhooks_repo_count(ctx, &count, &enabled));
    if (count >= WEBHOOKS_MAX)
        return fail(ctx, CONFLICT, "There are %d webhooks in the list already. Remove one first.",
                    WEBHOOKS_MAX);
    TRY(begin_here(ctx, enabled));
    random_bytes(webhook.secret, sizeof webhook.secret);
    TRY(webhooks_repo_insert(ctx, &webhook));
    TRY(audit_edit(ctx, "webhook.added", "webhook", webhook.id,
                   fields_changes(ctx, webhook_fields, &none, &webhook.facts)));
    *out_secret = webhook_secret_text(ctx->arena, webhook.secret);
    *out_webhook = webhook;
    return OK;
}

enum error_kind webhooks_check_version(struct ctx *ctx, const struct webhook *webhook,
                                       int64_t expected_version)
{
    if (expected_version != NO_NUMBER && expected_version != webhook->version)
        return fail(ctx, PRECONDITION_FAILED,
                    "%s was changed by someone else since you read it. Read it again.", webhook->facts.name);
    return OK;
}

enum error_kind webhooks_update(struct ctx *ctx, const struct webhook *before,
                                const struct webhook_facts *facts, int64_t expected_version)
{
    struct webhook after = *before;
    int64_t count, enabled;

    TRY(webhooks_check_version(ctx, before, expected_version));
    after.facts = *facts;
    TRY(check_facts(ctx, before->id, &after.facts));
    const struct field_change *changes = fields_changes(ctx, webhook_fields, &before->facts, &after.facts);
    if (!changes && before->failures == 0)
        return OK;
    TRY(webhooks_repo_count(ctx, &count, &enabled));
    TRY(begin_here(ctx, enabled));
    TRY(webhooks_repo_update(ctx, &after));
    TRY(deliveries_repo_hurry(ctx, before->id));
    return changes ? audit_edit(ctx, "webhook.updated", "webhook", before->id, changes) : OK;
}

enum error_kind webhooks_renew_secret(struct ctx *ctx, const struct webhook *webhook, const char **out_secret)
{
    struct webhook after = *webhook;

    random_bytes(after.secret, sizeof after.secret);
    TRY(webhooks_repo_update(ctx, &after));
    TRY(deliveries_repo_hurry(ctx, webhook->id));
    *out_secret = webhook_secret_text(ctx->arena, after.secret);
    return audit_act(ctx, "webhook.secret_renewed", "webhook", webhook->id);
}

enum error_kind webhooks_delete_step(struct ctx *ctx, const struct webhook *webhook, bool *out_more)
{
    static const struct webhook_facts none;
    int64_t removed;

    TRY(webhooks_repo_disable(ctx, webhook->id)); /* it gets no new ones meanwhile */
    TRY(deliveries_repo_delete_of(ctx, webhook->id, DELETED_AT_ONCE, &removed));
    TRY(counters_add(ctx, COUNTER_DELIVERIES, -removed));
    *out_more = removed == DELETED_AT_ONCE;
    if (*out_more)
        return OK;
    TRY(webhooks_repo_delete(ctx, webhook->id));
    return audit_removal(ctx, "webhook.deleted", "webhook", webhook->id,
                         fields_changes(ctx, webhook_fields, &webhook->facts, &none));
}
