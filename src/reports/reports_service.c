/*
 * reports_service.c — the table of reports, their parameters, and the one way in which each is made.
 */
#include "reports/reports_service.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "reports/lending_report_service.h"
#include "reports/money_report_service.h"
#include "reports/report_period.h"
#include "reports/report_rows.h"
#include "reports/stock_report_service.h"

const struct report *const reports_table[] = {
    &overdue_report,  &popular_report,     &circulation_report, &engagement_report,
    &patterns_report, &inventory_report,   &dead_stock_report,  &acquisitions_report,
    &fines_report,    &till_report_by_day, &annual_report,      NULL,
};

#define YEAR_MIN 1900
#define YEAR_MAX 2200
#define TEXT_MAX 200

/* clang-format off */
const struct field report_fields[] = {
    {"period", FIELD_CHOICE, OPTIONAL, 0, 0, AT(struct report_query, period), "Which days: last_month, this_year, school_year (from 1 September) …", report_periods},
    {"from", FIELD_DAY, OPTIONAL, 0, 0, AT(struct report_query, from), "First day, in place of a period"},
    {"to", FIELD_DAY, OPTIONAL, 0, 0, AT(struct report_query, to), "Last day; without it, today"},
    {"by", FIELD_TEXT, OPTIONAL, 1, TEXT_MAX, AT(struct report_query, by), "What each row is of"},
    {"sort", FIELD_TEXT, OPTIONAL, 1, TEXT_MAX, AT(struct report_query, sort), "In which order"},
    {"item_type", FIELD_TEXT, OPTIONAL, 1, TEXT_MAX, AT(struct report_query, item_type), "Titles of this item type: its code"},
    {"category", FIELD_TEXT, OPTIONAL, 1, TEXT_MAX, AT(struct report_query, category), "Titles of this category: its name"},
    {"member_type", FIELD_TEXT, OPTIONAL, 1, TEXT_MAX, AT(struct report_query, member_type), "Readers of this kind: its code"},
    {"group", FIELD_TEXT, OPTIONAL, 1, TEXT_MAX, AT(struct report_query, group), "Readers of this class, family or club"},
    {"days", FIELD_INTEGER, OPTIONAL, 1, 3650, AT(struct report_query, days), "Days late, at least"},
    {"steps", FIELD_INTEGER, OPTIONAL, 0, 100, AT(struct report_query, steps), "How often the reader was urged, at least"},
    {"years", FIELD_INTEGER, OPTIONAL, 1, 50, AT(struct report_query, years), "So many years without a loan; 3 without it"},
    {"never", FIELD_BOOL, OPTIONAL, 0, 0, AT(struct report_query, never), "true: only what was never lent"},
    {"year", FIELD_INTEGER, OPTIONAL, YEAR_MIN, YEAR_MAX, AT(struct report_query, year), "Which year; without it, the last one"},
    {"limit", FIELD_INTEGER, OPTIONAL, 1, REPORT_LIMIT_MAX, AT(struct report_query, limit), "So many rows at most"},
    {0},
};
/* clang-format on */

enum error_kind reports_find(struct ctx *ctx, const char *name, const struct report **out_report)
{
    for (size_t i = 0; reports_table[i]; i++) {
        if (strcmp(reports_table[i]->name, name) == 0) {
            *out_report = reports_table[i];
            return OK;
        }
    }
    return fail(ctx, REPORT_NOT_FOUND, "There is no report “%s”.", name);
}

/* ---- parameters ------------------------------------------------------------------------------------------- */

static bool names(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; length > 0 && at && (at = strstr(at, name)) != NULL; at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

bool report_takes(const struct report *report, const char *parameter)
{
    return names(report->takes, parameter);
}

static const struct report_view *find_view(const struct report *report, const char *by)
{
    for (const struct report_view *view = report->views; view->columns; view++)
        if (!by || (view->name && strcmp(view->name, by) == 0))
            return view;
    return NULL;
}

static bool has_sort(const struct report *report, const char *sort)
{
    for (size_t i = 0; report->sorts && report->sorts[i]; i++)
        if (strcmp(report->sorts[i], sort) == 0)
            return true;
    return false;
}

static enum error_kind check_names(struct ctx *ctx, const struct report *report, struct report_query *query)
{
    if (query->by && !find_view(report, query->by))
        return fail(ctx, INVALID_PARAMETER, "The parameter \"by\": this report is not made by “%s”.",
                    query->by);
    if (query->sort && !has_sort(report, query->sort))
        return fail(ctx, INVALID_PARAMETER, "The parameter \"sort\": this report is not sorted by “%s”.",
                    query->sort);
    if (!query->sort && report->sorts)
        query->sort = report->sorts[0];
    if (query->limit == NO_NUMBER)
        query->limit = report->limit;
    return OK;
}

static void begin_query(struct report_query *query)
{
    *query = (struct report_query){.from = NO_NUMBER,
                                   .to = NO_NUMBER,
                                   .limit = NO_NUMBER,
                                   .days = NO_NUMBER,
                                   .steps = NO_NUMBER,
                                   .years = NO_NUMBER,
                                   .year = NO_NUMBER};
}

static enum error_kind store(struct ctx *ctx, const struct list_parameter *given, struct report_query *query)
{
    const struct field *field = field_find(report_fields, given->name);
    const char *problem = NULL;

    if (field_store_text(ctx, field, given->value, query, &problem))
        return OK;
    return fail(ctx, INVALID_PARAMETER, "The parameter \"%s\" %s.", given->name, problem);
}

enum error_kind reports_read_query(struct ctx *ctx, const struct report *report,
                                   const struct list_parameter *given, size_t count,
                                   struct report_query *out_query)
{
    begin_query(out_query);
    for (size_t i = 0; i < count; i++)
        if (report_takes(report, given[i].name) && given[i].value && *given[i].value)
            TRY(store(ctx, &given[i], out_query));
    return check_names(ctx, report, out_query);
}

static enum error_kind check_days(struct ctx *ctx, int64_t first, int64_t last)
{
    if (first > last)
        return fail(ctx, INVALID_PARAMETER, "Start date cannot be after end date.");
    if (last - first >= REPORT_DAYS_MAX)
        return fail(ctx, INVALID_PARAMETER, "A report can cover %d days at most; this one has %lld.",
                    REPORT_DAYS_MAX, (long long)(last - first + 1));
    return OK;
}

static int hex_of(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit ? strchr(digits, digit | ' ') : NULL;

    return at ? (int)(at - digits) : -1;
}

/* As in an address: + is a blank, %C3%A4 is ä. */
static const char *unescape(struct arena *arena, const char *text, size_t length)
{
    char *plain = arena_alloc(arena, length + 1);
    char *to = plain;

    for (size_t i = 0; i < length; i++) {
        bool escaped =
            text[i] == '%' && i + 2 < length && hex_of(text[i + 1]) >= 0 && hex_of(text[i + 2]) >= 0;
        *to++ = escaped          ? (char)(hex_of(text[i + 1]) * 16 + hex_of(text[i + 2]))
                : text[i] == '+' ? ' '
                                 : text[i];
        i += escaped ? 2 : 0;
    }
    return text_clean(arena, plain, (size_t)(to - plain));
}

static enum error_kind parse_one(struct ctx *ctx, const struct report *report, const char *text,
                                 size_t length, struct report_query *query)
{
    const char *equals = memchr(text, '=', length);

    if (!equals)
        return fail(ctx, INVALID_PARAMETER, "Parameters are written as name=value, joined by &.");
    const char *name = arena_strndup(ctx->arena, text, (size_t)(equals - text));
    const char *value = unescape(ctx->arena, equals + 1, length - (size_t)(equals - text) - 1);
    if (!report_takes(report, name))
        return fail(ctx, INVALID_PARAMETER, "This report has no parameter “%s”.", name);
    if (!value)
        return fail(ctx, INVALID_PARAMETER, "The parameter \"%s\" %s.", name, "must be text in UTF-8");
    return *value ? store(ctx, &(struct list_parameter){name, value}, query) : OK;
}

enum error_kind reports_parse_query(struct ctx *ctx, const struct report *report, const char *text,
                                    struct report_query *out_query)
{
    begin_query(out_query);
    while (*text) {
        size_t length = strcspn(text, "&");
        if (length > 0)
            TRY(parse_one(ctx, report, text, length, out_query));
        text += length + (text[length] == '&');
    }
    TRY(check_names(ctx, report, out_query));
    return out_query->from == NO_NUMBER || out_query->to == NO_NUMBER
               ? OK
               : check_days(ctx, out_query->from, out_query->to);
}

/* ---- days --------------------------------------------------------------------------------------------------- */

static enum error_kind set_days(struct ctx *ctx, struct report_result *result)
{
    const struct report_query *query = &result->query;
    int32_t today = clock_day_of(ctx->now);

    if (!result->report->period)
        return OK;
    if (query->from == NO_NUMBER && query->to == NO_NUMBER) {
        const char *period = query->period ? query->period : result->report->period;
        result->query.period = period;
        if (!report_period(period, today, &result->first, &result->last))
            return fail(ctx, INTERNAL, "A report has a period that there is not.");
        return OK;
    }
    int64_t last = query->to == NO_NUMBER ? today : query->to;
    int64_t first = query->from;
    int32_t year_ago = 0;
    int32_t unused = 0;
    if (first == NO_NUMBER) {
        (void)report_period("last_12_months", (int32_t)last, &year_ago, &unused);
        first = year_ago;
    }
    TRY(check_days(ctx, first, last));
    result->first = (int32_t)first;
    result->last = (int32_t)last;
    result->query.period = NULL;
    return OK;
}

/* ---- making --------------------------------------------------------------------------------------------------- */

static atomic_int under_way;

enum error_kind reports_make(struct ctx *ctx, const struct report *report, const struct report_query *query,
                             struct report_result **out_result)
{
    struct report_result *result = report_result_new(ctx, report, find_view(report, query->by), query);

    result->query.by = result->view->name;
    TRY(set_days(ctx, result));
    if (atomic_fetch_add(&under_way, 1) >= REPORTS_AT_ONCE) {
        atomic_fetch_sub(&under_way, 1);
        return fail(ctx, BUSY, "Other reports are being made. Try again in a moment.");
    }
    enum error_kind kind = report->make(ctx, result);
    atomic_fetch_sub(&under_way, 1);
    TRY(kind);
    *out_result = result;
    return OK;
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

static struct column_value value_of(enum column_type type, const union report_cell *cell)
{
    switch (type) {
    case COLUMN_TEXT: return (struct column_value){.is_null = !cell->text, .text = cell->text};
    case COLUMN_REAL: return (struct column_value){.is_null = isnan(cell->real), .real = cell->real};
    case COLUMN_UUID: return (struct column_value){.is_null = !cell->uuid, .blob = cell->uuid};
    default: return (struct column_value){.is_null = cell->number == NO_NUMBER, .number = cell->number};
    }
}

static void push(const struct report_result *result, const union report_cell *cells, struct row_sink *sink)
{
    struct column_value values[REPORT_COLUMNS_MAX] = {{0}};

    for (size_t i = 0; i < result->column_count; i++)
        values[i] = value_of(result->view->columns[i].type, &cells[i]);
    sink->row(sink, result->view->columns, values);
}

static enum error_kind push_fetched(struct ctx *ctx, const struct report_result *result, int64_t id,
                                    struct row_sink *sink)
{
    union report_cell cells[REPORT_COLUMNS_MAX];
    bool found;

    TRY(result->report->fetch(ctx, result, id, cells, &found));
    if (found)
        push(result, cells, sink);
    return OK;
}

enum error_kind reports_rows(struct ctx *ctx, const struct report_result *result, size_t first, size_t max,
                             struct row_sink *sink)
{
    for (size_t i = first; i < result->row_count && i - first < max; i++) {
        if (result->ids)
            TRY(push_fetched(ctx, result, result->ids[i], sink));
        else
            push(result, &result->cells[i * result->column_count], sink);
    }
    return OK;
}

bool reports_has_totals(const struct report_result *result)
{
    return result->view->summed != NULL;
}

void reports_totals(const struct report_result *result, struct row_sink *sink)
{
    struct column_value values[REPORT_COLUMNS_MAX] = {{0}};

    for (size_t i = 0; i < result->column_count; i++) {
        const struct column *column = &result->view->columns[i];
        values[i] = report_is_summed(result->view, column->name) ? value_of(column->type, &result->totals[i])
                                                                 : (struct column_value){.is_null = true};
    }
    sink->row(sink, result->view->columns, values);
}
