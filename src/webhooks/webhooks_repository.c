/*
 * webhooks_repository.c — webhooks as SQL: a handful of rows.
 */
#include "webhooks/webhooks_repository.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"

#define WEBHOOK                                                                                            \
    "SELECT id, uuid, name, url, events, enabled, secret, failures, rest_until, created_at, version FROM " \
    "webhook "
SQL(FIND, WEBHOOK "WHERE uuid = :uuid");
SQL(FIND_BY_ID, WEBHOOK "WHERE id = :id");
SQL(FIND_NAME, WEBHOOK "WHERE name_key = :key");
SQL(ENABLED, WEBHOOK "WHERE enabled = 1 ORDER BY id LIMIT :max");
SQL(COUNT, "SELECT count(*), coalesce(sum(enabled), 0) FROM webhook");
SQL(INSERT, "INSERT INTO webhook (uuid, name, name_key, url, events, secret, enabled, created_at, updated_at)"
            " VALUES (:uuid, :name, :key, :url, :events, :secret, :enabled, :now, :now)");
SQL(UPDATE,
    "UPDATE webhook SET name = :name, name_key = :key, url = :url, events = :events, secret = :secret,"
    " enabled = :enabled, failures = 0, rest_until = NULL, updated_at = :now, version = version + 1"
    " WHERE id = :id");
SQL(DISABLE, "UPDATE webhook SET enabled = 0, updated_at = :now, version = version + 1 WHERE id = :id");
SQL(SET_HEALTH, "UPDATE webhook SET failures = :failures, rest_until = :rest,"
                " last_ok_at = coalesce(:ok, last_ok_at) WHERE id = :id");
SQL(DELETE_WEBHOOK, "DELETE FROM webhook WHERE id = :id");

#define OF_STATE(state, index)                                   \
    "(SELECT count(*) FROM webhook_delivery d INDEXED BY " index \
    " WHERE d.webhook_id = w.id AND d.state = '" state "')"

/* clang-format off */
static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "w.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "w.name", "What people read"},
    {"url", COLUMN_TEXT, false, "w.url", "Where events are sent"},
    {"events", COLUMN_TEXTS, false, "'[\"' || replace(w.events, ',', '\",\"') || '\"]'", "Types that are sent; * for all"},
    {"enabled", COLUMN_BOOL, false, "w.enabled", "Is anything sent?"},
    {"failures", COLUMN_INTEGER, false, "w.failures", "Tries that failed, one after the other; 0: it answers"},
    {"rest_until", COLUMN_INSTANT, true, "w.rest_until", "It does not answer and is left alone until then"},
    {"last_ok_at", COLUMN_INSTANT, true, "w.last_ok_at", "When it last took a delivery"},
    {"waiting", COLUMN_INTEGER, false, OF_STATE("waiting", "webhook_delivery_due"), "Deliveries that wait"},
    {"dead", COLUMN_INTEGER, false, OF_STATE("dead", "webhook_delivery_by_state"), "Deliveries that were given up"},
    {"created_at", COLUMN_INSTANT, false, "w.created_at", "When it was entered"},
    {"updated_at", COLUMN_INSTANT, false, "w.updated_at", "When it was last changed"},
    {"version", COLUMN_INTEGER, false, "w.version", "For If-Match"},
    {0},
};
/* clang-format on */

static const struct list_sort sorts[] = {{"age", "w.id", false, false}, {0}};

const struct listing webhooks_listing = {
    .name = "Webhook",
    .columns = columns,
    .from = "webhook w",
    .id = "w.id",
    .uuid = "w.uuid",
    .sorts = sorts,
};

static const char *join(struct arena *arena, const struct text_list *events)
{
    struct text_buf buf;

    text_buf_init(&buf, arena);
    for (size_t i = 0; i < events->count; i++)
        text_buf_printf(&buf, "%s%s", i ? "," : "", events->items[i]);
    return text_buf_string(&buf);
}

static struct text_list split(struct arena *arena, const char *events)
{
    struct text_list list = {.items = arena_alloc_array(arena, strlen(events) / 2 + 1, sizeof *list.items)};

    for (const char *at = events; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        list.items[list.count++] = arena_strndup(arena, at, length);
        at += length;
    }
    return list;
}

static struct webhook read_webhook(struct ctx *ctx, struct stmt *s)
{
    struct webhook webhook = {
        .id = column_int(s, 0),
        .uuid = column_uuid(s, 1),
        .facts = {.name = column_text(s, 2),
                  .url = column_text(s, 3),
                  .events = split(ctx->arena, column_text(s, 4)),
                  .enabled = column_int(s, 5) != 0},
        .failures = column_int(s, 7),
        .rest_until = column_number(s, 8),
        .created_at = column_int(s, 9),
        .version = column_int(s, 10),
    };
    size_t length;
    const void *secret = column_bytes(s, 6, &length);

    memcpy(webhook.secret, secret, length < sizeof webhook.secret ? length : sizeof webhook.secret);
    return webhook;
}

static enum error_kind find_one(struct ctx *ctx, struct stmt *s, struct webhook *out_webhook, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_webhook = read_webhook(ctx, s);
    return OK;
}

enum error_kind webhooks_repo_find(struct ctx *ctx, const struct uuid *uuid, struct webhook *out_webhook,
                                   bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    return find_one(ctx, s, out_webhook, out_found);
}

enum error_kind webhooks_repo_find_by_id(struct ctx *ctx, int64_t id, struct webhook *out_webhook,
                                         bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BY_ID);

    bind_int(s, ":id", id);
    return find_one(ctx, s, out_webhook, out_found);
}

enum error_kind webhooks_repo_find_name(struct ctx *ctx, const char *name, struct webhook *out_webhook,
                                        bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_NAME);

    bind_text(s, ":key", text_name_key(ctx->arena, name));
    return find_one(ctx, s, out_webhook, out_found);
}

enum error_kind webhooks_repo_enabled(struct ctx *ctx, struct webhook **out_first)
{
    struct stmt *s = db_statement(ctx, &ENABLED);
    struct webhook *first = NULL;
    struct webhook **last = &first;
    bool found;

    bind_int(s, ":max", WEBHOOKS_MAX);
    TRY(db_row(s, &found));
    while (found) {
        struct webhook *webhook = arena_alloc(ctx->arena, sizeof *webhook);
        *webhook = read_webhook(ctx, s);
        *last = webhook;
        last = &webhook->next;
        TRY(db_row(s, &found));
    }
    *out_first = first;
    return OK;
}

enum error_kind webhooks_repo_count(struct ctx *ctx, int64_t *out_all, int64_t *out_enabled)
{
    struct stmt *s = db_statement(ctx, &COUNT);
    bool found;

    TRY(db_row(s, &found));
    *out_all = column_int(s, 0);
    *out_enabled = column_int(s, 1);
    return OK;
}

static void bind_facts(struct ctx *ctx, struct stmt *s, const struct webhook *webhook)
{
    bind_text(s, ":name", webhook->facts.name);
    bind_text(s, ":key", text_name_key(ctx->arena, webhook->facts.name));
    bind_text(s, ":url", webhook->facts.url);
    bind_text(s, ":events", join(ctx->arena, &webhook->facts.events));
    bind_bytes(s, ":secret", webhook->secret, sizeof webhook->secret);
    bind_bool(s, ":enabled", webhook->facts.enabled);
    bind_int(s, ":now", ctx->now);
}

enum error_kind webhooks_repo_insert(struct ctx *ctx, struct webhook *webhook)
{
    struct stmt *s = db_statement(ctx, &INSERT);

    webhook->uuid = uuid_new(ctx->now);
    webhook->version = 1;
    bind_uuid(s, ":uuid", &webhook->uuid);
    bind_facts(ctx, s, webhook);
    TRY(db_run(s));
    webhook->id = db_last_id(ctx);
    return OK;
}

enum error_kind webhooks_repo_update(struct ctx *ctx, const struct webhook *webhook)
{
    struct stmt *s = db_statement(ctx, &UPDATE);

    bind_int(s, ":id", webhook->id);
    bind_facts(ctx, s, webhook);
    return db_run(s);
}

enum error_kind webhooks_repo_disable(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DISABLE);

    bind_int(s, ":id", id);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind webhooks_repo_set_health(struct ctx *ctx, int64_t id, int64_t failures, int64_t rest_until,
                                         int64_t ok_at)
{
    struct stmt *s = db_statement(ctx, &SET_HEALTH);

    bind_int(s, ":id", id);
    bind_int(s, ":failures", failures);
    bind_number(s, ":rest", rest_until);
    bind_number(s, ":ok", ok_at);
    return db_run(s);
}

enum error_kind webhooks_repo_delete(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &DELETE_WEBHOOK);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind webhooks_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &webhooks_listing, query, sink);
}

enum error_kind webhooks_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &webhooks_listing, id, sink);
}
