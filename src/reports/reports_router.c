/*
 * reports_router.c — which reports there are, a report as JSON or CSV, and the visits that somebody counted.
 */
#include <string.h>

#include "base/clock.h"
#include "base/csv_write.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "reports/report_rows.h"
#include "reports/reports_service.h"
#include "reports/visits_service.h"

#define CSV_PIECE_ROWS 500

/* ---- what there is -------------------------------------------------------------------------------------- */

static const char *type_name(enum column_type type)
{
    static const char *const names[] = {
        [COLUMN_TEXT] = "text", [COLUMN_INTEGER] = "integer", [COLUMN_REAL] = "real",
        [COLUMN_BOOL] = "bool", [COLUMN_UUID] = "id",         [COLUMN_INSTANT] = "instant",
        [COLUMN_DAY] = "day",   [COLUMN_MONEY] = "money",
    };

    return names[type];
}

static void write_columns(struct json_writer *json, const struct report_view *view, const char *summed)
{
    json_key(json, "columns");
    json_array_begin(json);
    for (const struct column *column = view->columns; column->type != COLUMN_END; column++) {
        json_object_begin(json);
        json_member_text(json, "name", column->name);
        json_member_text(json, "type", type_name(column->type));
        json_member_text(json, "title", column->meaning);
        json_member_bool(json, "summed", summed && report_is_summed(view, column->name));
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_chart(struct json_writer *json, const struct report_chart *chart)
{
    json_key(json, "chart");
    if (!chart->kind) {
        json_null(json);
        return;
    }
    json_object_begin(json);
    json_member_text(json, "kind", chart->kind);
    json_member_text(json, "x", chart->x);
    json_member_text(json, "y", chart->y);
    json_object_end(json);
}

/* The values that a parameter may have; none for those that are free. */
static void write_choices(struct json_writer *json, const struct report *report, const struct field *field)
{
    const char *const *choices = strcmp(field->name, "sort") == 0 ? report->sorts : field->choices;

    json_key(json, "choices");
    json_array_begin(json);
    if (strcmp(field->name, "by") == 0)
        for (const struct report_view *view = report->views; view->columns; view++)
            json_text(json, view->name);
    for (; choices && *choices; choices++)
        json_text(json, *choices);
    json_array_end(json);
}

static const char *default_of(const struct ctx *ctx, const struct report *report, const char *parameter)
{
    if (strcmp(parameter, "period") == 0)
        return report->period;
    if (strcmp(parameter, "by") == 0)
        return report->views[0].name;
    if (strcmp(parameter, "sort") == 0)
        return report->sorts ? report->sorts[0] : NULL;
    if (strcmp(parameter, "limit") == 0)
        return arena_printf(ctx->arena, "%lld", (long long)report->limit);
    return strcmp(parameter, "years") == 0 ? arena_printf(ctx->arena, "%d", REPORT_YEARS) : NULL;
}

static void write_parameter(const struct ctx *ctx, struct json_writer *json, const struct report *report,
                            const struct field *field)
{
    const char *type = field->type == FIELD_INTEGER ? "integer"
                       : field->type == FIELD_DAY   ? "day"
                       : field->type == FIELD_BOOL  ? "bool"
                                                    : "text";

    json_object_begin(json);
    json_member_text(json, "name", field->name);
    json_member_text(json, "type", type);
    json_member_text(json, "meaning", field->meaning);
    json_member_int(json, "min", field->type == FIELD_INTEGER ? field->min : 0);
    json_member_int(json, "max", field->type == FIELD_INTEGER ? field->max : 0);
    json_member_text(json, "default", default_of(ctx, report, field->name));
    write_choices(json, report, field);
    json_object_end(json);
}

static void write_report(const struct ctx *ctx, struct json_writer *json, const struct report *report)
{
    json_object_begin(json);
    json_member_text(json, "name", report->name);
    json_member_text(json, "title", report->title);
    json_member_text(json, "summary", report->summary);
    json_key(json, "parameters");
    json_array_begin(json);
    for (const struct field *field = report_fields; field->type != FIELD_NONE; field++)
        if (report_takes(report, field->name))
            write_parameter(ctx, json, report, field);
    json_array_end(json);
    json_key(json, "views");
    json_array_begin(json);
    for (const struct report_view *view = report->views; view->columns; view++) {
        json_object_begin(json);
        json_member_text(json, "by", view->name);
        write_columns(json, view, view->summed);
        write_chart(json, &view->chart);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static enum error_kind list_reports(struct request *req, struct response *res)
{
    struct json_writer *json = response_json(res);

    json_object_begin(json);
    json_key(json, "reports");
    json_array_begin(json);
    for (size_t i = 0; reports_table[i]; i++)
        write_report(req->ctx, json, reports_table[i]);
    json_array_end(json);
    json_object_end(json);
    return OK;
}

/* ---- one report ----------------------------------------------------------------------------------------- */

static bool wants_csv(const struct request *req)
{
    const char *accept = request_header(req, "Accept");
    const char *csv = accept ? strstr(accept, "text/csv") : NULL;
    const char *json = accept ? strstr(accept, "application/json") : NULL;

    return req->route->content_type || (csv && (!json || csv < json));
}

static enum error_kind make_report(struct request *req, struct response *res)
{
    struct list_parameter given[HTTP_QUERY_PARAMS_MAX];
    const struct report *report;
    struct report_query query;
    struct report_result *result;

    (void)res;
    for (size_t i = 0; i < req->query_count; i++)
        given[i] = (struct list_parameter){req->query[i].name, req->query[i].value};
    TRY(reports_find(req->ctx, request_path(req, "name"), &report));
    TRY(reports_read_query(req->ctx, report, given, req->query_count, &query));
    TRY(reports_make(req->ctx, report, &query, &result));
    req->state = result;
    return OK;
}

struct csv_sink {
    struct row_sink sink;
    struct response *res;
};

static void write_csv_row(struct row_sink *sink, const struct column *columns,
                          const struct column_value *values)
{
    struct response *res = ((struct csv_sink *)(void *)sink)->res;

    csv_write_row(&res->body, res->ctx, columns, values);
}

static enum error_kind write_csv(struct request *req, struct response *res)
{
    const struct report_result *result = req->state;
    struct csv_sink sink = {{.row = write_csv_row}, res};
    size_t first = (size_t)req->followed;

    res->content_type = "text/csv; charset=utf-8";
    response_header(res, "Content-Disposition",
                    arena_printf(req->ctx->arena, "attachment; filename=\"%s.csv\"", result->report->name));
    if (first == 0)
        csv_write_header(&res->body, result->view->columns);
    TRY(reports_rows(req->ctx, result, first, CSV_PIECE_ROWS, &sink.sink));
    req->followed += CSV_PIECE_ROWS;
    res->more = (size_t)req->followed < result->row_count;
    return OK;
}

static void write_days(struct json_writer *json, const struct report_result *result)
{
    bool has_days = result->first <= result->last;

    json_member_text(json, "period", result->query.period);
    json_key(json, "from");
    if (has_days)
        json_day(json, result->first);
    else
        json_null(json);
    json_key(json, "to");
    if (has_days)
        json_day(json, result->last);
    else
        json_null(json);
}

static enum error_kind write_rows(struct request *req, struct response *res)
{
    const struct report_result *result = req->state;
    struct json_writer *json = response_json(res);

    json_key(json, "rows");
    TRY(reports_rows(req->ctx, result, 0, REPORT_ROWS_MAX, response_array(res)));
    response_array_end(res);
    json_key(json, "totals");
    if (reports_has_totals(result)) {
        reports_totals(result, response_row(res));
    } else {
        json_object_begin(json);
        json_object_end(json);
    }
    json_member_int(json, "row_count", (int64_t)result->row_count);
    json_member_bool(json, "cut", result->row_count > REPORT_ROWS_MAX);
    return OK;
}

static enum error_kind show_report(struct request *req, struct response *res)
{
    const struct report_result *result = req->state;
    struct json_writer *json = response_json(res);

    if (wants_csv(req))
        return write_csv(req, res);
    json_object_begin(json);
    json_member_text(json, "report", result->report->name);
    json_member_text(json, "title", result->report->title);
    json_member_text(json, "by", result->view->name);
    json_member_text(json, "sort", result->query.sort);
    write_days(json, result);
    json_member_instant(json, "generated_at", result->made_at);
    write_columns(json, result->view, result->view->summed);
    TRY(write_rows(req, res));
    write_chart(json, &result->view->chart);
    json_object_end(json);
    return OK;
}

/* ---- visits --------------------------------------------------------------------------------------------- */

struct visits_written {
    struct json_writer *json;
    int64_t total;
};

static void write_visits(void *argument, int32_t day, int64_t visits)
{
    struct visits_written *written = argument;

    json_object_begin(written->json);
    json_key(written->json, "day");
    json_day(written->json, day);
    json_member_int(written->json, "visits", visits);
    json_object_end(written->json);
    written->total += visits;
}

static enum error_kind list_visits(struct request *req, struct response *res)
{
    struct visits_written written = {.json = response_json(res)};
    struct visit_range range = {NO_NUMBER, NO_NUMBER};

    TRY(request_query_fields(req, &range));
    json_object_begin(written.json);
    json_key(written.json, "days");
    json_array_begin(written.json);
    TRY(visits_list(req->ctx, &range, write_visits, &written));
    json_array_end(written.json);
    json_member_int(written.json, "total", written.total);
    json_object_end(written.json);
    return OK;
}

static enum error_kind put_visits(struct request *req, struct response *res)
{
    struct visit_facts facts = {0};
    struct json_writer *json = response_json(res);
    int32_t day;

    if (!clock_parse_day(request_path(req, "day"), &day))
        error_field(req->ctx, "path", "day", "day", "must be a day: YYYY-MM-DD");
    TRY(error_check_fields(req->ctx));
    request_body(req, &facts);
    TRY(visits_put(req->ctx, day, facts.visits));
    json_object_begin(json);
    json_key(json, "day");
    json_day(json, day);
    json_member_int(json, "visits", facts.visits);
    json_object_end(json);
    return OK;
}

/* ---- shapes --------------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct reply_field column_fields[] = {
    {"name", COLUMN_TEXT, .meaning = "Of the column: the member of each row"},
    {"type", COLUMN_TEXT, .meaning = "text, integer, real, day, money or id"},
    {"title", COLUMN_TEXT, .meaning = "What it says"},
    {"summed", COLUMN_BOOL, .meaning = "totals has its sum"},
    {0},
};
static const struct reply_field chart_fields[] = {
    {"kind", COLUMN_TEXT, .meaning = "bars"}, {"x", COLUMN_TEXT, .meaning = "Column"}, {"y", COLUMN_TEXT, .meaning = "Column"}, {0},
};
static const struct reply_field parameter_fields[] = {
    {"name", COLUMN_TEXT, .meaning = "Of the query parameter"},
    {"type", COLUMN_TEXT, .meaning = "text, integer, day or bool"},
    {"meaning", COLUMN_TEXT, .meaning = "What it says"},
    {"min", COLUMN_INTEGER, .meaning = "Of integers: the smallest"},
    {"max", COLUMN_INTEGER, .meaning = "Of integers: the largest; 0 of others"},
    {"default", COLUMN_TEXT, .nullable = true, .meaning = "What counts without it"},
    {"choices", COLUMN_TEXTS, .meaning = "The values there are; none: any"},
    {0},
};
static const struct reply_field view_fields[] = {
    {"by", COLUMN_TEXT, .nullable = true, .meaning = "What `by` says; null: the report has this view alone"},
    {"columns", .meaning = "Of each row", .fields = column_fields, .many = true},
    {"chart", .nullable = true, .meaning = "How a picture of it is drawn", .fields = chart_fields},
    {0},
};
static const struct reply_field one_report_fields[] = {
    {"name", COLUMN_TEXT, .meaning = "For GET /reports/{name}"},
    {"title", COLUMN_TEXT, .meaning = "For people"},
    {"summary", COLUMN_TEXT, .meaning = "What it tells"},
    {"parameters", .meaning = "What it takes", .fields = parameter_fields, .many = true},
    {"views", .meaning = "The first when nobody says `by`", .fields = view_fields, .many = true},
    {0},
};
static const struct reply_field reports_fields[] = {
    {"reports", .meaning = "All of them", .fields = one_report_fields, .many = true}, {0},
};
static const struct reply_field result_fields[] = {
    {"report", COLUMN_TEXT, .meaning = "Its name"},
    {"title", COLUMN_TEXT, .meaning = "For people"},
    {"by", COLUMN_TEXT, .nullable = true, .meaning = "What each row is of; null: there is one view"},
    {"sort", COLUMN_TEXT, .nullable = true, .meaning = "The order; null: there is one"},
    {"period", COLUMN_TEXT, .nullable = true, .meaning = "Which days; null: those from … to, or none"},
    {"from", COLUMN_DAY, .nullable = true, .meaning = "First day; null: it is of now"},
    {"to", COLUMN_DAY, .nullable = true, .meaning = "Last day"},
    {"generated_at", COLUMN_INSTANT, .meaning = "When it was made"},
    {"columns", .meaning = "Of each row", .fields = column_fields, .many = true},
    {"rows", .meaning = "The first 1000", .open = true, .many = true},
    {"totals", .meaning = "Sums over all rows, by column; without members: none says anything", .open = true},
    {"row_count", COLUMN_INTEGER, .meaning = "Rows in all"},
    {"cut", COLUMN_BOOL, .meaning = "There are more rows than these; the CSV has all"},
    {"chart", .nullable = true, .meaning = "How a picture of it is drawn", .fields = chart_fields},
    {0},
};
static const struct reply_field visit_day_fields[] = {
    {"day", COLUMN_DAY, .meaning = "Day"}, {"visits", COLUMN_INTEGER, .meaning = "People who came"}, {0},
};
static const struct reply_field visits_fields[] = {
    {"days", .meaning = "Days with a number, in order", .fields = visit_day_fields, .many = true},
    {"total", COLUMN_INTEGER, .meaning = "Of these days"}, {0},
};
static const struct reply reports_reply = {"Reports", reports_fields};
static const struct reply result_reply = {"Report", result_fields};
static const struct reply visits_reply = {"Visits", visits_fields};
static const struct reply visit_reply = {"VisitsOfDay", visit_day_fields};

const struct route reports_routes[] = {
    {GET, "/reports", LIBRARIAN, READS, LIMIT_READ, list_reports, "Which reports there are, and what each takes",
     .reply = &reports_reply},
    {GET, "/reports/{name}", LIBRARIAN, READS, LIMIT_SEARCH, show_report, "A report; all of its rows as CSV where Accept says text/csv",
     .reply = &result_reply, .query = report_fields, .prepare = make_report, .in_pieces = true,
     .errors = ERRORS(ERR_REPORT_NOT_FOUND)},
    {GET, "/reports/{name}/csv", LIBRARIAN, READS, LIMIT_SEARCH, show_report, "All rows of a report as CSV",
     .content_type = "text/csv", .query = report_fields, .prepare = make_report, .in_pieces = true,
     .errors = ERRORS(ERR_REPORT_NOT_FOUND)},
    {GET, "/visits", LIBRARIAN, READS, LIMIT_READ, list_visits, "People who came, by day", .reply = &visits_reply,
     .query = visit_range_fields},
    {PUT, "/visits/{day}", LIBRARIAN, WRITES, LIMIT_WRITE, put_visits, "Note how many people came on a day", .body = visit_fields,
     .reply = &visit_reply},
    {0},
};
/* clang-format on */
