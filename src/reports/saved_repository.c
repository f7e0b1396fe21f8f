/*
 * saved_repository.c — saved reports as SQL.
 */
#include "reports/saved_repository.h"

#include "base/text.h"
#include "db/engine.h"
#include "db/list.h"

#define SAVED                                                                                                 \
    "SELECT id, uuid, name, report, parameters, schedule, recipients, next_on, claimed_on, last_at, problem," \
    " version FROM saved_report "

SQL(FIND, SAVED "WHERE uuid = :uuid");
SQL(COUNT, "SELECT count(*) FROM saved_report");
SQL(NEXT_DUE,
    SAVED "WHERE next_on IS NOT NULL AND next_on <= :today AND coalesce(claimed_on, -1000000) < :today"
          " AND id > :after ORDER BY id LIMIT 1");
SQL(INSERT,
    "INSERT INTO saved_report (uuid, name, name_key, report, parameters, schedule, recipients, next_on,"
    " created_by, created_at, updated_at) VALUES (:uuid, :name, :key, :report, :parameters, :schedule,"
    " :recipients, :next, :by, :now, :now)");
SQL(UPDATE,
    "UPDATE saved_report SET name = :name, name_key = :key, report = :report, parameters = :parameters,"
    " schedule = :schedule, recipients = :recipients, next_on = :next, updated_at = :now,"
    " version = version + 1 WHERE id = :id");
SQL(REMOVE, "DELETE FROM saved_report WHERE id = :id");
SQL(NOTE,
    "UPDATE saved_report SET next_on = :next, claimed_on = :claimed, last_at = :last, problem = :problem"
    " WHERE id = :id");

/* clang-format off */
static const struct column columns[] = {
    {"id", COLUMN_UUID, false, "s.uuid", "Id"},
    {"name", COLUMN_TEXT, false, "s.name", "Name"},
    {"report", COLUMN_TEXT, false, "s.report", "Which report: its name in GET /reports"},
    {"parameters", COLUMN_TEXT, false, "s.parameters", "As in the address: period=last_month&limit=50"},
    {"schedule", COLUMN_TEXT, false, "s.schedule", "none, daily, weekly, monthly or yearly"},
    {"recipients", COLUMN_TEXT, false, "s.recipients", "E-mail addresses, parted by commas"},
    {"next_on", COLUMN_DAY, true, "s.next_on", "The day it is sent next; null: never by itself"},
    {"last_at", COLUMN_INSTANT, true, "s.last_at", "When it was last sent; null: never"},
    {"problem", COLUMN_TEXT, true, "s.problem", "Why it was not sent the last time, or that nobody knows; null: it was"},
    {"created_by", COLUMN_TEXT, false, "s.created_by", "Who saved it"},
    {"created_at", COLUMN_INSTANT, false, "s.created_at", "When it was saved"},
    {"updated_at", COLUMN_INSTANT, false, "s.updated_at", "When it was last changed"},
    {"version", COLUMN_INTEGER, false, "s.version", "For If-Match"},
    {0},
};

static const struct list_sort sorts[] = {{"name", "s.name_key", .text = true}, {0}};
/* clang-format on */

const struct listing saved_reports_listing = {
    .name = "SavedReport",
    .columns = columns,
    .from = "saved_report s",
    .id = "s.id",
    .uuid = "s.uuid",
    .sorts = sorts,
};

static enum error_kind read_saved(struct stmt *s, struct saved_report *out_saved, bool *out_found)
{
    TRY(db_row(s, out_found));
    if (*out_found)
        *out_saved = (struct saved_report){.id = column_int(s, 0),
                                           .uuid = column_uuid(s, 1),
                                           .facts = {.name = column_text(s, 2),
                                                     .report = column_text(s, 3),
                                                     .parameters = column_text(s, 4),
                                                     .schedule = column_text(s, 5),
                                                     .recipients = column_text(s, 6)},
                                           .next_on = column_number(s, 7),
                                           .claimed_on = column_number(s, 8),
                                           .last_at = column_number(s, 9),
                                           .problem = column_text(s, 10),
                                           .version = column_int(s, 11)};
    return OK;
}

enum error_kind saved_repo_find(struct ctx *ctx, const struct uuid *uuid, struct saved_report *out_saved,
                                bool *out_found)
{
    struct stmt *s = db_statement(ctx, &FIND);

    bind_uuid(s, ":uuid", uuid);
    return read_saved(s, out_saved, out_found);
}

enum error_kind saved_repo_count(struct ctx *ctx, int64_t *out_count)
{
    struct stmt *s = db_statement(ctx, &COUNT);
    bool found;

    TRY(db_row(s, &found));
    *out_count = column_int(s, 0);
    return OK;
}

enum error_kind saved_repo_next_due(struct ctx *ctx, int32_t today, int64_t after_id,
                                    struct saved_report *out_saved, bool *out_found)
{
    struct stmt *s = db_statement(ctx, &NEXT_DUE);

    bind_int(s, ":today", today);
    bind_int(s, ":after", after_id);
    return read_saved(s, out_saved, out_found);
}

static void bind_facts(struct ctx *ctx, struct stmt *s, const struct saved_report *saved)
{
    bind_text(s, ":name", saved->facts.name);
    bind_text(s, ":key", text_name_key(ctx->arena, saved->facts.name));
    bind_text(s, ":report", saved->facts.report);
    bind_text(s, ":parameters", saved->facts.parameters);
    bind_text(s, ":schedule", saved->facts.schedule);
    bind_text(s, ":recipients", saved->facts.recipients);
    bind_number(s, ":next", saved->next_on);
    bind_int(s, ":now", ctx->now);
}

enum error_kind saved_repo_insert(struct ctx *ctx, struct saved_report *saved)
{
    struct stmt *s = db_statement(ctx, &INSERT);

    bind_facts(ctx, s, saved);
    bind_uuid(s, ":uuid", &saved->uuid);
    bind_text(s, ":by", ctx->actor.name ? ctx->actor.name : "anonymous");
    TRY(db_run(s));
    saved->id = db_last_id(ctx);
    return OK;
}

enum error_kind saved_repo_update(struct ctx *ctx, const struct saved_report *saved)
{
    struct stmt *s = db_statement(ctx, &UPDATE);

    bind_facts(ctx, s, saved);
    bind_int(s, ":id", saved->id);
    return db_run(s);
}

enum error_kind saved_repo_delete(struct ctx *ctx, int64_t id)
{
    struct stmt *s = db_statement(ctx, &REMOVE);

    bind_int(s, ":id", id);
    return db_run(s);
}

enum error_kind saved_repo_note(struct ctx *ctx, const struct saved_report *saved)
{
    struct stmt *s = db_statement(ctx, &NOTE);

    bind_number(s, ":next", saved->next_on);
    bind_number(s, ":claimed", saved->claimed_on);
    bind_number(s, ":last", saved->last_at);
    bind_text(s, ":problem", saved->problem);
    bind_int(s, ":id", saved->id);
    return db_run(s);
}

enum error_kind saved_repo_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return list_run(ctx, &saved_reports_listing, query, sink);
}

enum error_kind saved_repo_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return list_one(ctx, &saved_reports_listing, id, sink);
}
