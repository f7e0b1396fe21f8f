/*
 * till_router.c — what came in, and reports. One piece of a reply, one function that writes it, one table that
 * documents it.
 */
#include "base/clock.h"
#include "fines/till_service.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"

static void write_day(struct json_writer *json, const char *name, int32_t day)
{
    json_key(json, name);
    json_day(json, day);
}

static void write_sum(struct json_writer *json, const struct money_sum *sum, int exponent)
{
    json_member_int(json, "count", sum->count);
    json_member_money(json, "amount", sum->amount, exponent);
}

static void write_sum_as(struct json_writer *json, const char *name, const struct money_sum *sum,
                         int exponent)
{
    json_key(json, name);
    json_object_begin(json);
    write_sum(json, sum, exponent);
    json_object_end(json);
}

static void write_methods(struct json_writer *json, const struct money_sum *methods, int exponent)
{
    json_key(json, "methods");
    json_array_begin(json);
    for (int i = 0; i < PAYMENT_METHOD_COUNT; i++) {
        json_object_begin(json);
        json_member_text(json, "method", payment_method_name((enum payment_method)i));
        write_sum(json, &methods[i], exponent);
        json_object_end(json);
    }
    json_array_end(json);
}

/* clang-format off */
#define SUM_SHAPE \
    {"count", COLUMN_INTEGER, false, "How many"}, \
    {"amount", COLUMN_MONEY, false, "How much"}

static const struct reply_field sum_shape[] = {SUM_SHAPE, {0}};
static const struct reply_field method_shape[] = {
    {"method", COLUMN_TEXT, false, "cash, card, mobile_money or other"}, SUM_SHAPE, {0}};
static const struct reply_field kind_shape[] = {{"kind", COLUMN_TEXT, false, "Of what kind"}, SUM_SHAPE, {0}};
/* clang-format on */

static enum error_kind read_query(struct request *req, struct till_query *out_query)
{
    *out_query = (struct till_query){NO_NUMBER, NO_NUMBER, NO_NUMBER};
    return request_query_fields(req, out_query);
}

/* ---- the till ------------------------------------------------------------------------------------------- */

static void write_days(struct json_writer *json, const struct till_day *day, int exponent)
{
    json_key(json, "days");
    json_array_begin(json);
    for (; day; day = day->next) {
        json_object_begin(json);
        write_day(json, "day", day->day);
        write_sum(json, &day->total, exponent);
        write_methods(json, day->methods, exponent);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum error_kind get_till(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    int exponent = req->ctx->currency_exponent;
    struct till_query query;
    struct till till;

    TRY(read_query(req, &query));
    TRY(till_days(req->ctx, &query, &till));
    json_object_begin(json);
    write_day(json, "from", till.from);
    write_day(json, "to", till.to);
    write_sum(json, &till.total, exponent);
    write_methods(json, till.methods, exponent);
    write_days(json, till.days, exponent);
    json_object_end(json);
    return OK;
}

static const struct reply_field day_shape[] = {
    {"day", COLUMN_DAY, false, "The day"},
    {"count", COLUMN_INTEGER, false, "Payments taken"},
    {"amount", COLUMN_MONEY, false, "What they come to"},
    {"methods", .meaning = "By how it was paid", .fields = method_shape, .many = true},
    {0},
};

static const struct reply_field till_shape[] = {
    {"from", COLUMN_DAY, false, "First day"},
    {"to", COLUMN_DAY, false, "Last day"},
    {"count", COLUMN_INTEGER, false, "Payments taken"},
    {"amount", COLUMN_MONEY, false, "What they come to"},
    {"methods", .meaning = "By how it was paid", .fields = method_shape, .many = true},
    {"days", .meaning = "Days on which something was taken", .fields = day_shape, .many = true},
    {0},
};

static const struct reply till_reply = {"Till", till_shape};

/* clang-format off */
static const struct field till_parameters[] = {
    {"day", FIELD_DAY, OPTIONAL, 0, 0, AT(struct till_query, day), "This day; without any, today"},
    {"from", FIELD_DAY, OPTIONAL, 0, 0, AT(struct till_query, from), "First day, in place of a day"},
    {"to", FIELD_DAY, OPTIONAL, 0, 0, AT(struct till_query, to), "Last day; without it, today"},
    {0},
};
/* clang-format on */

/* ---- the report ----------------------------------------------------------------------------------------- */

static void write_kinds(struct json_writer *json, const struct money_sum *sums, int count,
                        const char *(*name_of)(int kind), int exponent)
{
    json_key(json, "kinds");
    json_array_begin(json);
    for (int i = 0; i < count; i++) {
        json_object_begin(json);
        json_member_text(json, "kind", name_of(i));
        write_sum(json, &sums[i], exponent);
        json_object_end(json);
    }
    json_array_end(json);
}

static const char *charge_word(int kind)
{
    return charge_kind_name((enum charge_kind)kind);
}

static const char *waiver_word(int kind)
{
    return waiver_kind_name((enum waiver_kind)kind);
}

static void write_sides(struct json_writer *json, const struct fines_report *report, int exponent)
{
    json_key(json, "charged");
    json_object_begin(json);
    write_sum(json, &report->totals[TILL_CHARGES], exponent);
    write_kinds(json, report->charged_as, CHARGE_KIND_COUNT, charge_word, exponent);
    json_object_end(json);
    json_key(json, "paid");
    json_object_begin(json);
    write_sum(json, &report->totals[TILL_PAYMENTS], exponent);
    write_methods(json, report->paid_by, exponent);
    json_object_end(json);
    json_key(json, "waived");
    json_object_begin(json);
    write_sum(json, &report->totals[TILL_WAIVERS], exponent);
    write_kinds(json, report->waived_as, WAIVER_KIND_COUNT, waiver_word, exponent);
    json_object_end(json);
}

static void write_months(struct ctx *ctx, struct json_writer *json, const struct fines_report *report)
{
    json_key(json, "months");
    json_array_begin(json);
    for (size_t i = 0; i < report->month_count; i++) {
        const struct report_month *month = &report->months[i];
        char day[CLOCK_DAY_SIZE];
        clock_format_day(month->first_day, day);
        json_object_begin(json);
        json_member_text(json, "month", arena_strndup(ctx->arena, day, sizeof "2026-11" - 1));
        json_member_money(json, "charged", month->amounts[TILL_CHARGES], ctx->currency_exponent);
        json_member_money(json, "paid", month->amounts[TILL_PAYMENTS], ctx->currency_exponent);
        json_member_money(json, "waived", month->amounts[TILL_WAIVERS], ctx->currency_exponent);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_debtors(struct json_writer *json, const struct fines_report *report, int exponent)
{
    json_key(json, "top_debtors");
    json_array_begin(json);
    for (size_t i = 0; i < report->debtor_count; i++) {
        const struct debtor *debtor = &report->debtors[i];
        json_object_begin(json);
        json_member_uuid(json, "member_id", &debtor->uuid);
        json_member_text(json, "name", debtor->name);
        json_member_text(json, "card", debtor->card);
        json_member_money(json, "balance", debtor->balance, exponent);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum error_kind get_report(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);
    int exponent = req->ctx->currency_exponent;
    struct fines_report report;
    struct till_query query;

    TRY(read_query(req, &query));
    TRY(till_report(req->ctx, &query, &report));
    json_object_begin(json);
    write_day(json, "from", report.from);
    write_day(json, "to", report.to);
    write_sides(json, &report, exponent);
    write_months(req->ctx, json, &report);
    json_member_int(json, "open_charges", report.open_charges);
    write_sum_as(json, "outstanding", &report.outstanding, exponent);
    write_sum_as(json, "credit", &report.credit, exponent);
    write_debtors(json, &report, exponent);
    json_object_end(json);
    return OK;
}

static const struct reply_field by_kind_shape[] = {
    {"count", COLUMN_INTEGER, false, "How many"},
    {"amount", COLUMN_MONEY, false, "How much"},
    {"kinds", .meaning = "By what it was for", .fields = kind_shape, .many = true},
    {0},
};

static const struct reply_field by_method_shape[] = {
    {"count", COLUMN_INTEGER, false, "How many"},
    {"amount", COLUMN_MONEY, false, "How much"},
    {"methods", .meaning = "By how it was paid", .fields = method_shape, .many = true},
    {0},
};

static const struct reply_field month_shape[] = {
    {"month", COLUMN_TEXT, false, "YYYY-MM"},
    {"charged", COLUMN_MONEY, false, "Charged in it"},
    {"paid", COLUMN_MONEY, false, "Paid in it"},
    {"waived", COLUMN_MONEY, false, "Waived and corrected in it"},
    {0},
};

static const struct reply_field debtor_shape[] = {
    {"member_id", COLUMN_UUID, false, "Who"},
    {"name", COLUMN_TEXT, false, "The member's name"},
    {"card", COLUMN_TEXT, false, "Card number"},
    {"balance", COLUMN_MONEY, false, "Owes so much"},
    {0},
};

static const struct reply_field report_shape[] = {
    {"from", COLUMN_DAY, false, "First day"},
    {"to", COLUMN_DAY, false, "Last day"},
    {"charged", .meaning = "Charged in these days", .fields = by_kind_shape},
    {"paid", .meaning = "Paid in these days", .fields = by_method_shape},
    {"waived", .meaning = "Waived and corrected in these days", .fields = by_kind_shape},
    {"months", .meaning = "The same by month", .fields = month_shape, .many = true},
    {"open_charges", COLUMN_INTEGER, false, "Charges that are not wholly settled now"},
    {"outstanding", .meaning = "Members who owe now, and how much", .fields = sum_shape},
    {"credit", .meaning = "Members whom the library owes now, and how much", .fields = sum_shape},
    {"top_debtors", .meaning = "Who owes most now, at most ten", .fields = debtor_shape, .many = true},
    {0},
};

static const struct reply report_reply = {"FinesReport", report_shape};

/* clang-format off */
static const struct field report_parameters[] = {
    {"from", FIELD_DAY, OPTIONAL, 0, 0, AT(struct till_query, from), "First day; without it, 30 days up to `to`"},
    {"to", FIELD_DAY, OPTIONAL, 0, 0, AT(struct till_query, to), "Last day; without it, today"},
    {0},
};

const struct route till_routes[] = {
    {GET, "/fines/till", LIBRARIAN, READS, LIMIT_SEARCH, get_till, "What was taken, by day and method",
     .reply = &till_reply, .query = till_parameters},
    {GET, "/fines/reports", LIBRARIAN, READS, LIMIT_SEARCH, get_report,
     "What was charged, paid and waived, and what is owed", .reply = &report_reply, .query = report_parameters},
    {0},
};
/* clang-format on */
