/*
 * deliveries_repository.c — deliveries as SQL: the queue of each webhook, and what became of it.
 */
#include "webhooks/deliveries_repository.h"

#include "base/limits.h"
#include "db/engine.h"
#include "db/list.h"

#define DELIVERY                                                                                      \
    "SELECT id, uuid, webhook_id, event_uuid, type, member_id, body, state, tries, next_try_at FROM " \
    "webhook_delivery "
SQL(FIND, DELIVERY "WHERE uuid = :uuid");
SQL(FIND_BY_ID, DELIVERY "WHERE id = :id");
SQL(NEXT, DELIVERY "WHERE webhook_id = :webhook AND state = 'waiting' AND next_try_at <= :now"
                   " ORDER BY next_try_at, id LIMIT 1");
SQL(INSERT,
    "INSERT INTO webhook_delivery (uuid, webhook_id, event_uuid, type, member_id, body, state, tries,"
    " next_try_at, status, problem, created_at, ended_at) VALUES (:uuid, :webhook, :event, :type, :member, :body,"
    " :state, :tries, :next, :status, :problem, :now, iif(:state = 'waiting', NULL, :now))");
SQL(UPDATE,
    "UPDATE webhook_delivery SET state = :state, tries = :tries, next_try_at = :next, status = :status,"
    " problem = :problem, ended_at = iif(:state = 'waiting', NULL, :now) WHERE id = :id");
/* As if they had not been tried: in the order in which they were made. */
SQL(HURRY, "UPDATE webhook_delivery SET next_try_at = created_at WHERE webhook_id = :webhook"
           " AND state = 'waiting' AND next_try_at > created_at");
SQL(GIVE_UP, "UPDATE webhook_delivery SET state = 'dead', problem = :problem, ended_at = :now WHERE id IN"
             " (SELECT id FROM webhook_delivery WHERE webhook_id = :webhook AND state = 'waiting'"
             " ORDER BY next_try_at DESC, id DESC LIMIT -1 OFFSET :keep)");
SQL(DELETE_BEFORE, "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery"
                   " WHERE created_at < :before ORDER BY created_at, id LIMIT :max)");
SQL(DELETE_OF, "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery"
               " WHERE webhook_id = :webhook LIMIT :max)");
SQL(ID_RANGE, "SELECT (SELECT min(id) FROM webhook_delivery), (SELECT max(id) FROM webhook_delivery)");

/* In a body, a quote within a text is escaped: these bytes stand there once. A UUID in its quotes has 38. */
#define MEMBER_AT "instr(body, '\"member_id\":\"')"
#define MEMBER_NAME_LENGTH "12"
#define MEMBER_LENGTH "50"
SQL(FORGET_MEMBERS,
    "UPDATE webhook_delivery SET member_id = NULL, body = iif(" MEMBER_AT
    " = 0, body, substr(body, 1, " MEMBER_AT " + " MEMBER_NAME_LENGTH
    " - 1) || 'null' || substr(body, " MEMBER_AT " + " MEMBER_LENGTH "))"
    " WHERE id >= :first AND id < :end AND member_id IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM event WHERE uuid = webhook_delivery.event_uuid AND member_id IS NOT NULL)");

const char *const delivery_states[] = {"waiting", "sent", "dead", NULL};

/* clang-format off */
static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "d.uuid", "The delivery: its webhook-id"},
    {"webhook.id", COLUMN_UUID, false, "w.uuid", "Where it is sent"},
    {"webhook.name", COLUMN_TEXT, false, "w.name", "Name of the webhook"},
    {"event_id", COLUMN_UUID, true, "d.event_uuid", "The event it tells; null: a test"},
    {"type", COLUMN_TEXT, false, "d.type", "What happened; Test: nothing"},
    {"state", COLUMN_TEXT, false, "d.state", "waiting, sent or dead: given up"},
    {"tries", COLUMN_INTEGER, false, "d.tries", "How often it was tried"},
    {"next_try_at", COLUMN_INSTANT, true, "iif(d.state = 'waiting', d.next_try_at, NULL)", "When it is tried next; null: it is over"},
    {"status", COLUMN_INTEGER, true, "d.status", "Status of the last answer; null: there was none"},
    {"problem", COLUMN_TEXT, true, "d.problem", "What was wrong with the last try, with the beginning of the answer"},
    {"body", COLUMN_TEXT, false, "d.body", "What is sent: JSON"},
    {"created_at", COLUMN_INSTANT, false, "d.created_at", "When it was made"},
    {"ended_at", COLUMN_INSTANT, true, "d.ended_at", "When it arrived, or was given up"},
    {0},
};

static const struct list_sort sorts[] = {{"created_at", "d.created_at", .descending = true}, {0}};

static const char *const state_wheres[] = {
    [DELIVERY_WAITING] = "d.state = 'waiting'",
    [DELIVERY_SENT] = "d.state = 'sent'",
    [DELIVERY_DEAD] = "d.state = 'dead'",
};

static const struct list_filter filters[] = {
    {"state", FILTER_CHOICE, .choices = delivery_states, .wheres = state_wheres, .meaning = "State of the delivery"},
    {"webhook_id", FILTER_UUID, "d.webhook_id = (SELECT id FROM webhook WHERE uuid = :webhook_id)",
     .meaning = "Deliveries to this webhook"},
    {0},
};

#define OF_STATE(name) {"state=" name, .known = "the deliveries of that state in an index", .index = "webhook_delivery_by_state"}

static const struct list_served served[] = {
    {""},
    OF_STATE("waiting"),
    OF_STATE("sent"),
    OF_STATE("dead"),
    {"webhook_id", .known = "the webhook's deliveries in an index", .index = "webhook_delivery_by_hook"},
    {0},
};
/* clang-format on */

/* LEFT, though the webhook is always there: the delivery is looked at first. */
const struct listing deliveries_listing = {
    .name = "WebhookDelivery",
    .columns = columns,
    .from = "webhook_delivery d LEFT JOIN webhook w ON w.id = d.webhook_id",
    .count_from = "webhook_delivery d",
    .id = "d.id",
    .uuid = "d.uuid",
    .sorts = sorts,
    .filters = filters,
    .total = "webhook_deliveries",
    .served = served,
};

static enum delivery_state state_of(struct stmt *s, int index)
{
    return column_is(s, index, "waiting") ? DELIVERY_WAITING
           : column_is(s, index, "sent")  ? DELIVERY_SENT
                                          : DELIVERY_DEAD;
}

static enum error_kind find_one(struct stmt *s, struct delivery *out_delivery, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_delivery = (struct delivery){.id = column_int(s, 0),
                                          .uuid = column_uuid(s, 1),
                                          .webhook_id = column_int(s, 2),
                                          .is_test = column_is_null(s, 3),
                                          .event = column_uuid(s, 3),
                                          .type = column_text(s, 4),
                                          .member_id = column_int(s, 5),
                                          .body = column_text(s, 6),
                                          .state = state_of(s, 7),
                                          .tries = column_int(s, 8),
                                          .next_try_at = column_int(s, 9)};
    return OK;
}

enum error_kind deliveries_repo_find(struct ctx *ctx, const struct uuid *uuid, struct delivery *out_delivery,
                                     bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    return find_one(s, out_delivery, out_found);
}

enum error_kind deliveries_repo_find_by_id(struct ctx *ctx, int64_t id, struct delivery *out_delivery,
                                           bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_BY_ID);

    bind_int(s, ":id", id);
    return find_one(s, out_delivery, out_found);
}

enum error_kind deliveries_repo_next(struct ctx *ctx, int64_t webhook_id, struct delivery *out_delivery,
                                     bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT);

    bind_int(s, ":webhook", webhook_id);
    bind_int(s, ":now", ctx->now);
    return find_one(s, out_delivery, out_found);
}

static void bind_outcome(struct ctx *ctx, struct stmt *s, const struct delivery *delivery,
                         const struct delivery_outcome *outcome)
{
    bind_text(s, ":state", delivery_states[delivery->state]);
    bind_int(s, ":tries", delivery->tries);
    bind_int(s, ":next", delivery->next_try_at);
    bind_number(s, ":status", outcome ? outcome->status : NO_NUMBER);
    bind_text(s, ":problem", outcome ? outcome->problem : NULL);
    bind_int(s, ":now", ctx->now);
}

enum error_kind deliveries_repo_insert(struct ctx *ctx, struct delivery *delivery,
                                       const struct delivery_outcome *outcome)
{
    struct stmt *s = db_statement(ctx, &INSERT);

    bind_uuid(s, ":uuid", &delivery->uuid);
    bind_int(s, ":webhook", delivery->webhook_id);
    if (delivery->is_test)
        bind_text(s, ":event", NULL);
    else
        bind_uuid(s, ":event", &delivery->event);
    bind_text(s, ":type", delivery->type);
    bind_number(s, ":member", delivery->member_id ? delivery->member_id : NO_NUMBER);
    bind_text(s, ":body", delivery->body);
    bind_outcome(ctx, s, delivery, outcome);
    TRY(db_run(s));
    delivery->id = db_last_id(ctx);
    return OK;
}

enum error_kind deliveries_repo_update(struct ctx *ctx, const struct delivery *delivery,
                                       const struct delivery_outcome *outcome)
{
    struct stmt *s = db_statement(ctx, &UPDATE);

    bind_int(s, ":id", delivery->id);
    bind_outcome(ctx, s, delivery, outcome);
    return db_run(s);
}

enum error_kind deliveries_repo_hurry(struct ctx *ctx, int64_t webhook_id)
{
    struct stmt *s = db_statement(ctx, &HURRY);

    bind_int(s, ":webhook", webhook_id);
    return db_run(s);
}

enum error_kind deliveries_repo_give_up(struct ctx *ctx, int64_t webhook_id, int64_t keep,
                                        const char *problem)
{
    struct stmt *s = db_statement(ctx, &GIVE_UP);

    bind_int(s, ":webhook", webhook_id);
    bind_int(s, ":keep", keep);
    bind_text(s, ":problem", problem);
    bind_int(s, ":now", ctx->now);
    return db_run(s);
}

enum error_kind deliveries_repo_delete_before(struct ctx *ctx, int64_t before_ms, int64_t max,
                                              int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_BEFORE);

    bind_int(s, ":before", before_ms);
    bind_int(s, ":max", max);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}

enum error_kind deliveries_repo_delete_of(struct ctx *ctx, int64_t webhook_id, int64_t max,
                                          int64_t *out_removed)
{
    struct stmt *s = db_statement(ctx, &DELETE_OF);

    bind_int(s, ":webhook", webhook_id);
    bind_int(s, ":max", max);
    TRY(db_run(s));
    *out_removed = db_changes(ctx);
    return OK;
}

enum error_kind deliveries_repo_forget_members(struct ctx *ctx, int64_t first_id, int64_t count)
{
    struct stmt *s = db_statement(ctx, &FORGET_MEMBERS);

    bind_int(s, ":first", first_id);
    bind_int(s, ":end", first_id + count);
    return db_run(s);
}

enum error_kind deliveries_repo_id_range(struct ctx *ctx, int64_t *out_first, int64_t *out_last)
{
    struct stmt *s = db_statement(ctx, &ID_RANGE);
    bool found;

    TRY(db_row(s, &found));
    *out_first = column_int(s, 0);
    *out_last = column_int(s, 1);
    return OK;
}

enum error_kind deliveries_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &deliveries_listing, query, sink);
}

enum error_kind deliveries_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &deliveries_listing, id, sink);
}
