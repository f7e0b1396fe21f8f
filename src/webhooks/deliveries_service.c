/*
 * deliveries_service.c — who is told what, when again, and when no more.
 */
#include "webhooks/deliveries_service.h"

#include <inttypes.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "counters/counters_service.h"
#include "events/events_service.h"
#include "settings/settings_service.h"
#include "webhooks/deliveries_repository.h"
#include "webhooks/webhook_message.h"
#include "webhooks/webhooks_repository.h"
#include "webhooks/webhooks_service.h"

#define JITTER_PERCENT 20

/* ---- making -------------------------------------------------------------------------------------------- */

struct meeting {
    struct webhook *webhooks;
    const char *library;
};

static enum error_kind insert(struct ctx *ctx, struct delivery *delivery,
                              const struct delivery_outcome *outcome)
{
    TRY(counters_add(ctx, COUNTER_DELIVERIES, 1));
    return deliveries_repo_insert(ctx, delivery, outcome);
}

static enum error_kind make_delivery(struct ctx *ctx, const struct webhook *webhook, const char *library,
                                     const struct consumed_event *event, const struct told_event *told)
{
    struct delivery delivery = {.uuid = uuid_new(ctx->now),
                                .webhook_id = webhook->id,
                                .event = event->uuid,
                                .type = told->type,
                                .member_id = event->member_id,
                                .next_try_at = ctx->now};

    delivery.body = webhook_body(ctx->arena, told, library, &delivery.uuid, ctx->now);
    return insert(ctx, &delivery, NULL);
}

static enum error_kind meet(struct ctx *ctx, void *argument, const struct consumed_event *event)
{
    const struct meeting *meeting = argument;
    struct told_event told;
    bool found;

    TRY(events_told(ctx, event->id, &told, &found));
    if (!found)
        return OK;
    for (const struct webhook *webhook = meeting->webhooks; webhook; webhook = webhook->next)
        if (webhook_wants(webhook, told.type) && event->at >= webhook->created_at)
            TRY(make_delivery(ctx, webhook, meeting->library, event, &told));
    return OK;
}

enum error_kind webhooks_have_events(struct ctx *ctx, bool *out_have)
{
    int64_t count, enabled;

    TRY(webhooks_repo_count(ctx, &count, &enabled));
    *out_have = false;
    return enabled > 0 ? events_has_more(ctx, WEBHOOKS_CONSUMER, out_have) : OK;
}

enum error_kind webhooks_meet_events(struct ctx *ctx, bool *out_more)
{
    struct meeting meeting;

    TRY(webhooks_repo_enabled(ctx, &meeting.webhooks));
    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &meeting.library));
    TRY(events_consume(ctx, WEBHOOKS_CONSUMER, meeting.webhooks ? meet : NULL, &meeting, out_more));
    for (const struct webhook *webhook = meeting.webhooks; webhook; webhook = webhook->next)
        TRY(deliveries_repo_give_up(ctx, webhook->id, WEBHOOK_WAITING_MAX, "Too many waited."));
    return OK;
}

/* ---- sending ------------------------------------------------------------------------------------------- */

static bool rests(const struct ctx *ctx, const struct webhook *webhook)
{
    return webhook->rest_until != NO_NUMBER && webhook->rest_until > ctx->now;
}

enum error_kind webhooks_due(struct ctx *ctx, int64_t out_ids[], size_t *out_count)
{
    struct webhook *webhook;
    struct delivery next;
    size_t count = 0;
    bool found;

    TRY(webhooks_repo_enabled(ctx, &webhook));
    for (; webhook && count < WEBHOOKS_MAX; webhook = webhook->next) {
        if (rests(ctx, webhook))
            continue;
        TRY(deliveries_repo_next(ctx, webhook->id, &next, &found));
        if (found)
            out_ids[count++] = webhook->id;
    }
    *out_count = count;
    return OK;
}

enum error_kind deliveries_next(struct ctx *ctx, int64_t webhook_id, struct webhook *out_webhook,
                                struct delivery *out_delivery, bool *out_found)
{
    TRY(webhooks_repo_find_by_id(ctx, webhook_id, out_webhook, out_found));
    if (!*out_found)
        return OK;
    *out_found = out_webhook->facts.enabled && !rests(ctx, out_webhook);
    return *out_found ? deliveries_repo_next(ctx, webhook_id, out_delivery, out_found) : OK;
}

int64_t webhook_retry_ms(int64_t failures, uint64_t dice)
{
    int64_t wait = WEBHOOK_RETRY_MS;

    for (int64_t i = 1; i < failures && wait < WEBHOOK_RETRY_MAX_MS; i++)
        wait *= 2;
    if (wait > WEBHOOK_RETRY_MAX_MS)
        wait = WEBHOOK_RETRY_MAX_MS;
    int64_t most = wait * JITTER_PERCENT / 100;
    return wait - most + (int64_t)(dice % (uint64_t)(2 * most + 1));
}

static int64_t retry_at(const struct ctx *ctx, int64_t failures)
{
    uint64_t dice;

    random_bytes(&dice, sizeof dice);
    return ctx->now + webhook_retry_ms(failures, dice);
}

static enum error_kind disable(struct ctx *ctx, const struct webhook *webhook)
{
    const struct field_change change = {.name = "enabled", .before = "true", .after = "false"};

    TRY(webhooks_repo_disable(ctx, webhook->id));
    TRY(audit_edit(ctx, "webhook.disabled", "webhook", webhook->id, &change));
    return events_record(ctx,
                         &(struct event_fact){.type = EVENT_WEBHOOK_DISABLED, .detail = webhook->facts.name});
}

/* What the webhook is like by this outcome. An answer that refuses one delivery says that somebody is there. */
static enum error_kind note_health(struct ctx *ctx, const struct webhook *webhook,
                                   const struct delivery_outcome *outcome)
{
    int64_t failures = webhook->failures + 1;

    if (outcome->is_gone && webhook->facts.enabled)
        TRY(disable(ctx, webhook));
    if (outcome->is_sent)
        return webhooks_repo_set_health(ctx, webhook->id, 0, NO_NUMBER, ctx->now);
    return webhooks_repo_set_health(ctx, webhook->id, failures,
                                    outcome->is_away ? retry_at(ctx, failures) : NO_NUMBER, NO_NUMBER);
}

enum error_kind deliveries_note(struct ctx *ctx, const struct delivery *delivery,
                                const struct delivery_outcome *outcome)
{
    struct delivery after;
    struct webhook webhook;
    bool found;

    TRY(deliveries_repo_find_by_id(ctx, delivery->id, &after, &found));
    if (!found || after.state != DELIVERY_WAITING)
        return OK;
    TRY(webhooks_repo_find_by_id(ctx, after.webhook_id, &webhook, &found));
    TRY(note_health(ctx, &webhook, outcome));
    after.tries++;
    if (outcome->is_sent)
        after.state = DELIVERY_SENT;
    else if (outcome->is_gone || after.tries >= WEBHOOK_TRIES)
        after.state = DELIVERY_DEAD;
    else
        after.next_try_at = retry_at(ctx, after.tries);
    return deliveries_repo_update(ctx, &after, outcome);
}

/* ---- by hand ------------------------------------------------------------------------------------------- */

enum error_kind deliveries_find(struct ctx *ctx, const struct uuid *uuid, struct delivery *out_delivery)
{
    bool found;

    TRY(deliveries_repo_find(ctx, uuid, out_delivery, &found));
    return found ? OK : fail(ctx, DELIVERY_NOT_FOUND, "There is no such delivery.");
}

enum error_kind deliveries_send_again(struct ctx *ctx, const struct delivery *delivery)
{
    static const struct delivery_outcome nothing = {.status = NO_NUMBER};
    struct delivery after = *delivery;
    struct webhook webhook;
    bool found;

    TRY(webhooks_repo_find_by_id(ctx, delivery->webhook_id, &webhook, &found));
    if (!webhook.facts.enabled)
        return fail(ctx, CONFLICT, "The webhook “%s” is switched off. Switch it on first.",
                    webhook.facts.name);
    after.state = DELIVERY_WAITING;
    after.tries = 0;
    after.next_try_at = ctx->now;
    TRY(deliveries_repo_update(ctx, &after, &nothing));
    TRY(webhooks_repo_set_health(ctx, webhook.id, webhook.failures, NO_NUMBER, NO_NUMBER));
    return audit_act(ctx, "webhook.delivery_sent_again", "webhook", webhook.id);
}

enum error_kind deliveries_make_test(struct ctx *ctx, const struct webhook *webhook,
                                     struct delivery *out_delivery)
{
    struct delivery delivery = {.uuid = uuid_new(ctx->now),
                                .webhook_id = webhook->id,
                                .is_test = true,
                                .type = WEBHOOK_TEST_TYPE,
                                .next_try_at = ctx->now};
    const char *library;

    TRY(settings_text(ctx, SETTING_LIBRARY_NAME, &library));
    delivery.body = webhook_body(ctx->arena, NULL, library, &delivery.uuid, ctx->now);
    *out_delivery = delivery;
    return OK;
}

enum error_kind deliveries_keep_test(struct ctx *ctx, const struct webhook *webhook,
                                     struct delivery *delivery, const struct delivery_outcome *outcome)
{
    struct webhook now;

    TRY(webhooks_find(ctx, &webhook->uuid, &now));
    delivery->state = outcome->is_sent ? DELIVERY_SENT : DELIVERY_DEAD;
    delivery->tries = 1;
    TRY(insert(ctx, delivery, outcome));
    /* Somebody is there again: what waits need not wait longer. That nobody is says nothing new. */
    if (outcome->is_sent) {
        TRY(webhooks_repo_set_health(ctx, now.id, 0, NO_NUMBER, ctx->now));
        TRY(deliveries_repo_hurry(ctx, now.id));
    }
    return audit_act(ctx, "webhook.tested", "webhook", now.id);
}

enum error_kind deliveries_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return deliveries_repo_list(ctx, query, sink);
}

enum error_kind deliveries_list_of(struct ctx *ctx, const struct uuid *webhook,
                                   const struct list_query *query, struct row_sink *sink)
{
    char *text = arena_alloc(ctx->arena, UUID_TEXT_SIZE);
    struct list_query narrowed;

    uuid_format(webhook, text);
    narrowed = list_query_with(ctx->arena, query, "webhook_id", text);
    return deliveries_repo_list(ctx, &narrowed, sink);
}

enum error_kind deliveries_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return deliveries_repo_show(ctx, id, sink);
}

/* ---- their end ----------------------------------------------------------------------------------------- */

enum error_kind deliveries_prune(struct ctx *ctx, int max_rows, int64_t *out_removed)
{
    int64_t count, enabled;
    bool more;

    /* Nobody is told: nothing of what happened is kept for them. */
    TRY(webhooks_repo_count(ctx, &count, &enabled));
    if (enabled == 0)
        TRY(events_consume(ctx, WEBHOOKS_CONSUMER, NULL, NULL, &more));
    TRY(deliveries_repo_delete_before(ctx, ctx->now - (int64_t)WEBHOOK_KEEP_DAYS * MS_PER_DAY, max_rows,
                                      out_removed));
    return counters_add(ctx, COUNTER_DELIVERIES, -*out_removed);
}

enum error_kind deliveries_forget_members(struct ctx *ctx, int64_t *from_id, int64_t count, bool *out_more)
{
    int64_t first, last;

    TRY(deliveries_repo_id_range(ctx, &first, &last));
    if (*from_id < first)
        *from_id = first;
    TRY(deliveries_repo_forget_members(ctx, *from_id, count));
    *from_id += count;
    *out_more = *from_id <= last;
    return OK;
}
