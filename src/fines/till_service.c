/*
 * till_service.c — adding up days.
 */
#include "fines/till_service.h"

#include "base/clock.h"
#include "counters/counters_service.h"
#include "fines/till_repository.h"

#define REPORT_DAYS_DEFAULT 30

static enum error_kind check_range(struct ctx *ctx, int64_t first, int64_t last, int64_t most)
{
    if (first > last)
        return fail(ctx, INVALID_PARAMETER, "Start date cannot be after end date.");
    if (last - first >= most)
        return fail(ctx, INVALID_PARAMETER, "A range can be %lld days long at most; this one has %lld.",
                    (long long)most, (long long)(last - first + 1));
    return OK;
}

static void add(struct money_sum *to, const struct money_sum *sum)
{
    to->count += sum->count;
    to->amount += sum->amount;
}

/* ---- the till ------------------------------------------------------------------------------------------- */

struct till_filling {
    struct ctx *ctx;
    struct till *till;
    struct till_day *last;
};

static void take_payments(void *argument, const struct day_sum *sum)
{
    struct till_filling *filling = argument;
    struct till *till = filling->till;

    if (!filling->last || filling->last->day != sum->day) {
        struct till_day *day = arena_alloc(filling->ctx->arena, sizeof *day);
        *day = (struct till_day){.day = sum->day};
        *(filling->last ? &filling->last->next : &till->days) = day;
        filling->last = day;
    }
    add(&filling->last->total, &sum->sum);
    add(&filling->last->methods[sum->kind], &sum->sum);
    add(&till->total, &sum->sum);
    add(&till->methods[sum->kind], &sum->sum);
}

enum error_kind till_days(struct ctx *ctx, const struct till_query *query, struct till *out_till)
{
    int64_t today = clock_day_of(ctx->now);
    bool has_range = query->from != NO_NUMBER || query->to != NO_NUMBER;

    if (query->day != NO_NUMBER && has_range)
        return fail(ctx, INVALID_PARAMETER, "Ask for a day, or from one day to another, not for both.");
    int64_t last = query->day != NO_NUMBER ? query->day : query->to != NO_NUMBER ? query->to : today;
    int64_t first = query->from != NO_NUMBER ? query->from : last;
    TRY(check_range(ctx, first, last, TILL_DAYS_MAX));
    struct till till = {.from = (int32_t)first, .to = (int32_t)last};
    struct till_filling filling = {.ctx = ctx, .till = &till};
    TRY(till_repo_days(ctx, TILL_PAYMENTS, till.from, till.to, take_payments, &filling));
    *out_till = till;
    return OK;
}

/* ---- the report ----------------------------------------------------------------------------------------- */

struct report_filling {
    struct fines_report *report;
    enum till_source source;
    struct money_sum *kinds;
    size_t at; /* the month of the day before */
};

static void take_day(void *argument, const struct day_sum *sum)
{
    struct report_filling *filling = argument;
    struct fines_report *report = filling->report;

    while (filling->at + 1 < report->month_count && report->months[filling->at + 1].first_day <= sum->day)
        filling->at++;
    add(&report->totals[filling->source], &sum->sum);
    add(&filling->kinds[sum->kind], &sum->sum);
    report->months[filling->at].amounts[filling->source] += sum->sum.amount;
}

static int32_t next_month(int32_t day)
{
    int year, month, day_of_month;
    int32_t next = day;

    clock_civil_from_day(day, &year, &month, &day_of_month);
    bool is_december = month == 12;
    if (!clock_day_from_civil(year + is_december, is_december ? 1 : month + 1, 1, &next))
        next = INT32_MAX;
    return next;
}

static void lay_out_months(struct ctx *ctx, struct fines_report *report)
{
    size_t count = 0;

    for (int32_t day = report->from; day <= report->to; day = next_month(day))
        count++;
    report->months = arena_alloc_array(ctx->arena, count, sizeof *report->months);
    for (int32_t day = report->from; day <= report->to; day = next_month(day))
        report->months[report->month_count++] = (struct report_month){.first_day = day};
}

static enum error_kind sum_up(struct ctx *ctx, struct fines_report *report)
{
    struct money_sum *kinds[] = {[TILL_CHARGES] = report->charged_as,
                                 [TILL_PAYMENTS] = report->paid_by,
                                 [TILL_WAIVERS] = report->waived_as};

    for (int i = 0; i < TILL_SOURCE_COUNT; i++) {
        struct report_filling filling = {.report = report, .source = (enum till_source)i, .kinds = kinds[i]};
        TRY(till_repo_days(ctx, filling.source, report->from, report->to, take_day, &filling));
    }
    return OK;
}

enum error_kind till_report(struct ctx *ctx, const struct till_query *query, struct fines_report *out_report)
{
    int64_t last = query->to != NO_NUMBER ? query->to : clock_day_of(ctx->now);
    int64_t first = query->from != NO_NUMBER ? query->from : last - REPORT_DAYS_DEFAULT + 1;
    struct fines_report report = {.from = (int32_t)first, .to = (int32_t)last};

    TRY(check_range(ctx, first, last, ANALYTICS_DAYS_MAX));
    lay_out_months(ctx, &report);
    TRY(sum_up(ctx, &report));
    TRY(till_repo_balances(ctx, false, &report.outstanding));
    TRY(till_repo_balances(ctx, true, &report.credit));
    TRY(counters_get(ctx, COUNTER_CHARGES_OPEN, &report.open_charges));
    TRY(till_repo_debtors(ctx, &report));
    *out_report = report;
    return OK;
}
