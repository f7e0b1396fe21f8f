/*
 * simulator_router.c — what would the desk say, and why?
 */
#include "borrows/simulator_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static void write_rule(struct ctx *ctx, struct json_writer *json, const char *key, const char *name,
                       const struct loan_rule *rule)
{
    json_key(json, key);
    json_object_begin(json);
    json_member_uuid(json, "id", &rule->uuid);
    json_member_text(json, "name", name);
    json_member_int(json, "max_loans", rule->max_loans);
    json_member_int(json, "loan_days", rule->loan_days);
    json_member_int(json, "max_renewals", rule->max_renewals);
    json_member_int(json, "hold_limit", rule->hold_limit);
    json_member_money(json, "fine_per_day", rule->fine_per_day, ctx->currency_exponent);
    json_key(json, "fine_cap");
    if (rule->fine_cap == NO_NUMBER)
        json_null(json);
    else
        json_money(json, rule->fine_cap, ctx->currency_exponent);
    json_member_int(json, "grace_days", rule->grace_days);
    json_object_end(json);
}

static void write_reason(struct json_writer *json, const struct error_reason *reason)
{
    json_key(json, "reason");
    json_object_begin(json);
    for (; reason; reason = reason->next) {
        if (reason->text)
            json_member_text(json, reason->key, reason->text);
        else
            json_member_int(json, reason->key, reason->number);
    }
    json_object_end(json);
}

static void write_refusals(struct json_writer *json, const struct lending_refusal *refusal)
{
    json_key(json, "refusals");
    json_array_begin(json);
    for (; refusal; refusal = refusal->next) {
        json_object_begin(json);
        json_member_text(json, "error_code", error_code_name(refusal->code));
        json_member_text(json, "detail", refusal->detail);
        write_reason(json, refusal->reasons);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum error_kind simulate(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    struct simulation_request request = {0};
    struct simulation simulation;

    TRY(request_query_fields(req, &request));
    TRY(borrows_simulate(req->ctx, &request, &simulation));
    json_object_begin(json);
    json_member_bool(json, "allowed", !simulation.refusals);
    json_member_instant(json, "due_date", simulation.due_at);
    json_member_int(json, "renewals_allowed", simulation.rule.max_renewals);
    write_rule(req->ctx, json, "rule", simulation.rule_name, &simulation.rule);
    write_rule(req->ctx, json, "total_rule", simulation.total_name, &simulation.total);
    write_refusals(json, simulation.refusals);
    json_object_end(json);
    return OK;
}

static const struct reply_field rule_shape[] = {
    {"id", COLUMN_UUID, false, "The rule"},
    {"name", COLUMN_TEXT, false, "As member type × item type"},
    {"max_loans", COLUMN_INTEGER, false, "Loans a member may have at once, of its item type or altogether"},
    {"loan_days", COLUMN_INTEGER, false, "Days of a loan"},
    {"max_renewals", COLUMN_INTEGER, false, "How often a loan may be renewed"},
    {"hold_limit", COLUMN_INTEGER, false, "Holds a member may have at once"},
    {"fine_per_day", COLUMN_MONEY, false, "Fine for each day overdue"},
    {"fine_cap", COLUMN_MONEY, true, "Most that one loan can cost; null: no cap"},
    {"grace_days", COLUMN_INTEGER, false, "Overdue days that cost nothing"},
    {0},
};

static const struct reply_field refusal_shape[] = {
    {"error_code", COLUMN_TEXT, false, "As lending would answer"},
    {"detail", COLUMN_TEXT, false, "For people"},
    {"reason", .open = true, .meaning = "Which rule, limit or hold decided"},
    {0},
};

static const struct reply_field simulation_shape[] = {
    {"allowed", COLUMN_BOOL, false, "It would be lent"},
    {"due_date", COLUMN_INSTANT, false, "Until then, if it were lent now: closed days are counted in"},
    {"renewals_allowed", COLUMN_INTEGER, false, "How often it could be renewed"},
    {"rule", .fields = rule_shape, .meaning = "The rule for this member and this thing"},
    {"total_rule", .fields = rule_shape,
     .meaning = "The rule that says how many loans altogether, and holds"},
    {"refusals", .fields = refusal_shape, .many = true,
     .meaning = "Every reason not to; lending names the first"},
    {0},
};

static const struct reply simulation_reply = {"Simulation", simulation_shape};

const struct route simulator_routes[] = {
    {GET, "/policies/loan-rules/simulate", LIBRARIAN, READS, LIMIT_READ, simulate,
     "Say whether something could be lent now, until when, and every reason not to",
     .query = simulation_fields, .reply = &simulation_reply,
     .errors = ERRORS(ERR_VALIDATION_ERROR, ERR_BOOK_NOT_FOUND, ERR_COPY_NOT_FOUND, ERR_MEMBER_NOT_FOUND)},
    {0},
};
