/*
 * saved_service.c — the rules of saved reports, and of never sending one twice.
 */
#include "reports/saved_service.h"

#include <string.h>

#include "audit/audit_service.h"
#include "base/clock.h"
#include "notifications/mail_service.h"
#include "reports/report_period.h"
#include "reports/reports_service.h"
#include "reports/saved_repository.h"

static const char unsure[] = "It is not known whether the e-mail was sent: the program ended meanwhile. "
                             "It is not sent a second time by itself.";

/* clang-format off */
const struct field saved_report_fields[] = {
    {"name", FIELD_TEXT, REQUIRED, 1, SAVED_REPORT_NAME_MAX, AT(struct saved_report_facts, name), "Name"},
    {"report", FIELD_TEXT, REQUIRED, 1, 50, AT(struct saved_report_facts, report), "Which report: its name in GET /reports"},
    {"parameters", FIELD_TEXT, OPTIONAL, 0, REPORT_PARAMETERS_MAX, AT(struct saved_report_facts, parameters), "As in the address: period=last_month&limit=50"},
    {"schedule", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct saved_report_facts, schedule), "When it is sent by itself: each morning, on Mondays, on the first of the month or year; none: never", report_schedules},
    {"recipients", FIELD_TEXT, OPTIONAL, 0, REPORT_RECIPIENTS_MAX, AT(struct saved_report_facts, recipients), "E-mail addresses, parted by commas"},
    {"id", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"next_on", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"last_at", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"problem", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"created_by", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"created_at", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"updated_at", FIELD_TEXT, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {"version", FIELD_INTEGER, SERVER_OWNED, 0, 0, 0, "Ignored"},
    {0},
};
/* clang-format on */

/* ---- reading ---------------------------------------------------------------------------------------------- */

enum error_kind saved_find(struct ctx *ctx, const struct uuid *uuid, struct saved_report *out_saved)
{
    bool found;

    TRY(saved_repo_find(ctx, uuid, out_saved, &found));
    return found ? OK : fail(ctx, REPORT_NOT_FOUND, "Saved report not found.");
}

enum error_kind saved_list(struct ctx *ctx, const struct list_query *query, struct row_sink *sink)
{
    return saved_repo_list(ctx, query, sink);
}

enum error_kind saved_show(struct ctx *ctx, int64_t id, struct row_sink *sink)
{
    return saved_repo_show(ctx, id, sink);
}

/* ---- changing --------------------------------------------------------------------------------------------- */

/* A refusal of the report becomes one of the field: what is asked of GET /reports/{name} is asked here. */
static void check_report(struct ctx *ctx, const struct saved_report_facts *facts)
{
    const struct report *report;
    struct report_query query;
    const char *field = "report";
    enum error_kind kind = reports_find(ctx, facts->report, &report);

    if (kind == OK) {
        field = "parameters";
        kind = reports_parse_query(ctx, report, facts->parameters, &query);
    }
    if (kind == OK)
        return;
    const char *detail = ctx->error.detail;
    error_clear(ctx);
    error_field(ctx, "body", field, "value", "cannot be taken: %s", detail);
}

static enum error_kind check(struct ctx *ctx, struct saved_report_facts *facts)
{
    const char *const *to;

    facts->parameters = facts->parameters ? facts->parameters : "";
    facts->schedule = facts->schedule ? facts->schedule : "none";
    facts->recipients = facts->recipients ? facts->recipients : "";
    check_report(ctx, facts);
    bool is_sent = strcmp(facts->schedule, "none") != 0;
    if (!*facts->recipients) {
        if (is_sent)
            error_field(ctx, "body", "recipients", "missing", "is required: to whom shall it be sent?");
    } else if (!mail_addresses(ctx->arena, facts->recipients, &to)) {
        error_field(ctx, "body", "recipients", "email", "must be up to %d e-mail addresses, parted by commas",
                    MAIL_RECIPIENTS_MAX);
    }
    return error_check_fields(ctx);
}

static int64_t next_day(const struct ctx *ctx, const char *schedule)
{
    int32_t next;

    return report_next_day(schedule, clock_day_of(ctx->now), &next) ? next : NO_NUMBER;
}

enum error_kind saved_add(struct ctx *ctx, const struct saved_report_facts *facts,
                          struct saved_report *out_saved)
{
    struct saved_report saved = {.facts = *facts, .claimed_on = NO_NUMBER, .last_at = NO_NUMBER};
    int64_t count;

    TRY(check(ctx, &saved.facts));
    TRY(saved_repo_count(ctx, &count));
    if (count >= SAVED_REPORTS_MAX)
        return fail(ctx, CONFLICT, "There are %d saved reports already. Delete one first.",
                    SAVED_REPORTS_MAX);
    saved.uuid = uuid_new(ctx->now);
    saved.next_on = next_day(ctx, saved.facts.schedule);
    TRY(saved_repo_insert(ctx, &saved));
    TRY(audit_act(ctx, "report.saved", "saved_report", saved.id));
    *out_saved = saved;
    return OK;
}

static enum error_kind check_version(struct ctx *ctx, const struct saved_report *saved, int64_t expected)
{
    if (expected == NO_NUMBER || expected == saved->version)
        return OK;
    return fail(ctx, PRECONDITION_FAILED,
                "“%s” was changed by someone else since you read it. Read it again.", saved->facts.name);
}

enum error_kind saved_update(struct ctx *ctx, struct saved_report *saved,
                             const struct saved_report_facts *facts, int64_t expected)
{
    struct saved_report_facts wanted = *facts;
    struct field_change *changes;

    TRY(check_version(ctx, saved, expected));
    TRY(check(ctx, &wanted));
    changes = fields_changes(ctx, saved_report_fields, &saved->facts, &wanted);
    if (!changes)
        return OK;
    if (strcmp(saved->facts.schedule, wanted.schedule) != 0)
        saved->next_on = next_day(ctx, wanted.schedule);
    saved->facts = wanted;
    TRY(saved_repo_update(ctx, saved));
    return audit_edit(ctx, "report.edited", "saved_report", saved->id, changes);
}

enum error_kind saved_remove(struct ctx *ctx, const struct saved_report *saved, int64_t expected)
{
    TRY(check_version(ctx, saved, expected));
    TRY(audit_removal(ctx, "report.deleted", "saved_report", saved->id, NULL));
    return saved_repo_delete(ctx, saved->id);
}

/* ---- sending by itself ------------------------------------------------------------------------------------ */

enum error_kind saved_claim(struct ctx *ctx, int64_t after_id, struct saved_report *out_saved,
                            bool *out_found)
{
    int32_t today = clock_day_of(ctx->now);
    struct saved_report saved;

    TRY(saved_repo_next_due(ctx, today, after_id, &saved, out_found));
    if (!*out_found)
        return OK;
    saved.claimed_on = today;
    saved.next_on = next_day(ctx, saved.facts.schedule);
    saved.problem = unsure;
    TRY(saved_repo_note(ctx, &saved));
    *out_saved = saved;
    return OK;
}

/* Somebody may have edited or deleted it meanwhile: what is written is about what stands there now. */
enum error_kind saved_ended(struct ctx *ctx, const struct saved_report *saved, const struct saved_end *end)
{
    struct saved_report now;
    bool found;

    TRY(saved_repo_find(ctx, &saved->uuid, &now, &found));
    if (!found)
        return OK;
    bool claimed = now.claimed_on != NO_NUMBER && now.claimed_on == saved->claimed_on;
    now.problem = end->problem;
    if (end->sent)
        now.last_at = ctx->now;
    if (claimed && !end->sent && !end->may_have_gone && !end->for_good && now.next_on != NO_NUMBER) {
        now.claimed_on = NO_NUMBER; /* due again: the next hour tries it */
        now.next_on = saved->claimed_on;
    }
    TRY(saved_repo_note(ctx, &now));
    return end->sent ? audit_act(ctx, "report.sent", "saved_report", now.id) : OK;
}
