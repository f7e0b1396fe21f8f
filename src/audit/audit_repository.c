/*
 * audit_repository.c — the log as rows; a change as two JSON objects that hold just the changed fields.
 */
#include "audit/audit_repository.h"

#include "base/json_write.h"
#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"

/* Never earlier than the row before, also when somebody sets the clock back: from and to rely on it. */
SQL(INSERT,
    "INSERT INTO audit_log (at, actor, action, entity, entity_id, before, after, address, correlation_id)"
    " VALUES (max(:at, coalesce((SELECT at FROM audit_log WHERE id = (SELECT max(id) FROM audit_log)), :at)),"
    " :actor, :action, :entity, :entity_id, :before, :after, :address, :correlation_id)");

SQL(FIND_ACTOR, "SELECT id FROM actor WHERE name = :name");
SQL(INSERT_ACTOR, "INSERT INTO actor (name) VALUES (:name)");

SQL(FORGET_REQUESTS, "UPDATE audit_log SET correlation_id = NULL WHERE entity = :entity"
                     " AND entity_id = :entity_id AND correlation_id IS NOT NULL");
SQL(FORGET_ACTOR, "UPDATE audit_log SET actor = '" AUDIT_A_READER "', address = NULL WHERE entity = :entity"
                  " AND entity_id = :entity_id AND actor = :actor");

SQL(FORGET_RECORD, "UPDATE audit_log SET entity_id = NULL WHERE entity = :entity AND entity_id = :entity_id");

SQL_SCANNING(CHECK_ORDER, "--check looks at every row",
             "SELECT coalesce(max(id) - min(id) + 1, 0) - count(*), coalesce(sum(at < before), 0)"
             " FROM (SELECT id, at, lag(at) OVER (ORDER BY id) AS before FROM audit_log)");

/*
 * After rows were lost. An id that a damaged page made so high that the log would be mostly gaps is none of it. Gaps
 * are filled, for lists count rows by their ids; a time that its neighbours do not agree with is that of the row before.
 */
SQL(DROP_FAR,
    "DELETE FROM audit_log WHERE id < 1 OR id > (SELECT min(id) + 3 * count(*) + 100000 FROM audit_log"
    " WHERE id > 0)");
SQL_SCANNING(MEND_ORDER, "a salvaged library is gone through once",
             "UPDATE audit_log SET at = w.before FROM"
             " (SELECT id, at, lag(at) OVER (ORDER BY id) AS before, lead(at) OVER (ORDER BY id) AS after"
             "  FROM audit_log) w"
             " WHERE w.id = audit_log.id AND (w.at < w.before OR w.at > w.after)"
             " AND w.before <= coalesce(w.after, w.before)");
SQL_SCANNING(
    FILL_GAPS, "a salvaged library is gone through once",
    "INSERT INTO audit_log (id, at, actor, action, entity)"
    " WITH RECURSIVE lost(id, until, at) AS ("
    "  SELECT g.id + 1, g.next - 1, g.at FROM"
    "   (SELECT id, at, lead(id) OVER (ORDER BY id) AS next FROM audit_log) g WHERE g.next > g.id + 1"
    "  UNION ALL SELECT id + 1, until, at FROM lost WHERE id < until)"
    " SELECT id, at, :actor, 'record.lost', 'library' FROM lost");

/* Internal ids stay inside: the record a row is about is named by its UUID. */
#define ENTITY_UUID                                                                        \
    "CASE a.entity"                                                                        \
    " WHEN 'book' THEN (SELECT uuid FROM book WHERE id = a.entity_id)"                     \
    " WHEN 'member' THEN (SELECT uuid FROM member WHERE id = a.entity_id)"                 \
    " WHEN 'borrow' THEN (SELECT uuid FROM borrow WHERE id = a.entity_id)"                 \
    " WHEN 'copy' THEN (SELECT uuid FROM copy WHERE id = a.entity_id)"                     \
    " WHEN 'account' THEN (SELECT uuid FROM account WHERE id = a.entity_id)"               \
    " WHEN 'api_key' THEN (SELECT uuid FROM api_key WHERE id = a.entity_id)"               \
    " WHEN 'loan_rule' THEN (SELECT uuid FROM loan_rule WHERE id = a.entity_id)"           \
    " WHEN 'hold' THEN (SELECT uuid FROM hold WHERE id = a.entity_id)"                     \
    " WHEN 'charge' THEN (SELECT uuid FROM charge WHERE id = a.entity_id)"                 \
    " WHEN 'payment' THEN (SELECT uuid FROM payment WHERE id = a.entity_id)"               \
    " WHEN 'waiver' THEN (SELECT uuid FROM waiver WHERE id = a.entity_id)"                 \
    " WHEN 'closed_day' THEN (SELECT uuid FROM closed_day WHERE id = a.entity_id)"         \
    " WHEN 'stocktake' THEN (SELECT uuid FROM stocktake WHERE id = a.entity_id)"           \
    " WHEN 'roll_over' THEN (SELECT uuid FROM roll_over WHERE id = a.entity_id)"           \
    " WHEN 'reading_list' THEN (SELECT uuid FROM reading_list WHERE id = a.entity_id)"     \
    " WHEN 'notification' THEN (SELECT uuid FROM notification WHERE id = a.entity_id)"     \
    " WHEN 'saved_report' THEN (SELECT uuid FROM saved_report WHERE id = a.entity_id)"     \
    " WHEN 'review' THEN (SELECT uuid FROM review WHERE id = a.entity_id)"                 \
    " WHEN 'lookup_target' THEN (SELECT uuid FROM lookup_target WHERE id = a.entity_id)"   \
    " WHEN 'import_profile' THEN (SELECT uuid FROM import_profile WHERE id = a.entity_id)" \
    " WHEN 'webhook' THEN (SELECT uuid FROM webhook WHERE id = a.entity_id)"               \
    " WHEN 'backup' THEN (SELECT uuid FROM backup_run WHERE id = a.entity_id) END"

static const struct column columns[] = {
    {"at", COLUMN_INSTANT, false, "a.at", "When"},
    {"actor", COLUMN_TEXT, false, "a.actor",
     "Who: an account's name, \"anonymous\", \"local administrator\""},
    {"action", COLUMN_TEXT, false, "a.action", "What was done: \"book.updated\""},
    {"entity", COLUMN_TEXT, false, "a.entity", "To what kind of record: book, member, borrow, library …"},
    {"entity_id", COLUMN_UUID, true, ENTITY_UUID, "To which; null when the whole library is meant"},
    {"before", COLUMN_TEXT, true, "a.before", "The changed fields as they were: a JSON object"},
    {"after", COLUMN_TEXT, true, "a.after", "The changed fields as they became: a JSON object"},
    {"address", COLUMN_TEXT, true, "a.address", "Where the request came from"},
    {"correlation_id", COLUMN_TEXT, true, "a.correlation_id",
     "The request, as in X-Correlation-ID and the server's log"},
    {0},
};

/*
 * The id of the last row that is earlier than an instant, 0 if none is. Rows stand in the order of time and, as
 * the log is only ever added to, their ids have no gaps: it is found by halving steps, without an index by time.
 */
#define LAST_BEFORE(instant)                                                                                    \
    "(WITH RECURSIVE half (low, step, top) AS (SELECT 0, 1 << 40, coalesce((SELECT max(id) FROM audit_log), 0)" \
    " UNION ALL SELECT low + iif(low + step > top, 0, step * coalesce("                                         \
    "(SELECT at FROM audit_log WHERE id = low + step) < " instant ", 1)), step >> 1, top"                       \
    " FROM half WHERE step > 0) SELECT max(low) FROM half)"

/* For the same reason a range of ids says how many rows it has. The oldest may have been taken away. */
#define LAST_ID "coalesce((SELECT max(id) FROM audit_log), 0)"
#define LAST_OLD_ID "coalesce((SELECT min(id) - 1 FROM audit_log), 0)"

/* Ids only grow, as time does: one order serves both, and every list of one record is an index range. */
static const struct list_sort sorts[] = {
    {"at", "a.id", .descending = true},
    {0},
};

/* Nearly all rows are of loans; partial indexes hold the others. */
static const char *const common_entities[] = {"borrow", NULL};
static const char *const common_entity_wheres[] = {"a.entity = 'borrow'"};
static const char *const common_actions[] = {"borrow.lent", "borrow.returned", NULL};
static const char *const common_action_wheres[] = {"a.action = 'borrow.lent'",
                                                   "a.action = 'borrow.returned'"};

static const struct list_filter filters[] = {
    {"entity", FILTER_TEXT, "a.entity = :entity AND a.entity <> 'borrow'", .choices = common_entities,
     .wheres = common_entity_wheres, .meaning = "Kind of record: book, member, borrow, copy, library"},
    {".entity_id", FILTER_INTEGER, "a.entity_id = :entity_id"},
    {"action", FILTER_TEXT, "a.action = :action AND a.action NOT IN ('borrow.lent', 'borrow.returned')",
     .choices = common_actions, .wheres = common_action_wheres, .meaning = "What was done: book.updated"},
    {"actor", FILTER_TEXT, "a.actor = :actor", .meaning = "Who did it"},
    {"from", FILTER_FROM_DAY, "a.id > " LAST_BEFORE(":from"), .meaning = "From this day or instant on"},
    {"to", FILTER_TO_DAY, "a.id <= " LAST_BEFORE(":to + 1"),
     .meaning = "Up to this day (included) or instant"},
    {0},
};

#define BY_ID "two ids: the log has no gaps"

static const struct list_served served[] = {
    {"", .total = LAST_ID " - " LAST_OLD_ID, .known = BY_ID},
    {"from", .total = LAST_ID " - max(" LAST_BEFORE(":from") ", " LAST_OLD_ID ")", .known = BY_ID},
    {"to", .total = LAST_BEFORE(":to + 1") " - min(" LAST_BEFORE(":to + 1") ", " LAST_OLD_ID ")",
     .known = BY_ID},
    {"from to", .known = BY_ID,
     .total = "max(0, " LAST_BEFORE(":to + 1") " - max(" LAST_BEFORE(":from") ", " LAST_OLD_ID "))"},
    {"entity .entity_id from? to?", .known = "the record's rows in an index", .index = "audit_log_by_entity"},
    {"entity=borrow .entity_id from? to?", .known = "the loan's rows in an index",
     .index = "audit_log_by_entity"},
    {"entity from? to?", .known = "the rows of that kind in an index without loans"},
    {"action from? to?", .known = "the rows of that action in an index without loans"},
    {0},
};

const struct listing audit_listing = {
    .name = "AuditEntry",
    .columns = columns,
    .from = "audit_log a",
    .id = "a.id",
    .sorts = sorts,
    .filters = filters,
    .served = served,
};

static const char *side_of(struct ctx *ctx, const struct field_change *changes, bool after)
{
    struct text_buf buf;
    struct json_writer writer;

    if (!changes)
        return NULL;
    text_buf_init(&buf, ctx->arena);
    json_writer_init(&writer, &buf);
    json_object_begin(&writer);
    for (; changes; changes = changes->next)
        json_member_text(&writer, changes->name, after ? changes->after : changes->before);
    json_object_end(&writer);
    return text_buf_string(&buf);
}

enum error_kind audit_repo_insert(struct ctx *ctx, const char *action, const char *entity, int64_t entity_id,
                                  const struct field_change *changes)
{
    struct stmt *s = db_statement(ctx, &INSERT);

    bind_int(s, ":at", ctx->now);
    bind_text(s, ":actor", ctx->actor.name ? ctx->actor.name : "anonymous");
    bind_text(s, ":action", action);
    bind_text(s, ":entity", entity);
    bind_number(s, ":entity_id", entity_id);
    bind_text(s, ":before", side_of(ctx, changes, false));
    bind_text(s, ":after", side_of(ctx, changes, true));
    bind_text(s, ":address", ctx->actor.address);
    bind_text(s, ":correlation_id", ctx->actor.correlation_id);
    return db_run(s);
}

enum error_kind audit_repo_find_actor(struct ctx *ctx, const char *name, int64_t *out_id, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND_ACTOR);

    bind_text(s, ":name", name);
    TRY(db_row(s, out_found));
    *out_id = *out_found ? column_int(s, 0) : NO_NUMBER;
    return OK;
}

enum error_kind audit_repo_insert_actor(struct ctx *ctx, const char *name, int64_t *out_id)
{
    struct stmt *s = db_statement(ctx, &INSERT_ACTOR);

    bind_text(s, ":name", name);
    TRY(db_run(s));
    *out_id = db_last_id(ctx);
    return OK;
}

enum error_kind audit_repo_forget_record(struct ctx *ctx, const char *entity, int64_t entity_id)
{
    struct stmt *s = db_statement(ctx, &FORGET_RECORD);

    bind_text(s, ":entity", entity);
    bind_int(s, ":entity_id", entity_id);
    return db_run(s);
}

enum error_kind audit_repo_forget_requests(struct ctx *ctx, const char *entity, int64_t entity_id)
{
    struct stmt *s = db_statement(ctx, &FORGET_REQUESTS);

    bind_text(s, ":entity", entity);
    bind_int(s, ":entity_id", entity_id);
    return db_run(s);
}

enum error_kind audit_repo_forget_actor(struct ctx *ctx, const char *entity, int64_t entity_id,
                                        const char *actor)
{
    struct stmt *s = db_statement(ctx, &FORGET_ACTOR);

    bind_text(s, ":entity", entity);
    bind_int(s, ":entity_id", entity_id);
    bind_text(s, ":actor", actor);
    return db_run(s);
}

enum error_kind audit_repo_check(struct ctx *ctx, int64_t *out_gaps, int64_t *out_backward)
{
    struct stmt *s = db_statement(ctx, &CHECK_ORDER);
    bool found;

    TRY(db_row(s, &found));
    *out_gaps = found ? column_int(s, 0) : 0;
    *out_backward = found ? column_int(s, 1) : 0;
    return OK;
}

enum error_kind audit_repo_settle(struct ctx *ctx)
{
    TRY(db_run(db_statement(ctx, &DROP_FAR)));
    TRY(db_run(db_statement(ctx, &MEND_ORDER)));
    struct stmt *s = db_statement(ctx, &FILL_GAPS);
    bind_text(s, ":actor", ctx->actor.name);
    return db_run(s);
}

enum error_kind audit_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &audit_listing, query, sink);
}
