/*
 * money_report_service.c — sums of days, put together by month and kind. Money stays in minor units.
 */
#include "reports/money_report_service.h"

#include <string.h>

#include "reports/money_repository.h"
#include "reports/report_rows.h"

#define KINDS 4 /* of charges, and methods of payment */

static const char *const charge_kinds[KINDS] = {"overdue", "lost", "damage", "fee"};

struct money {
    int64_t charged[KINDS], charges[KINDS], open[KINDS];
    int64_t paid[KINDS], payments;
    int64_t waived[2];
};

struct moneys {
    enum money_side side;
    bool by_month;
    int64_t first; /* the first bin: a month or a day */
    struct money *bins;
};

static void add_money(void *argument, const struct money_row *row)
{
    const struct moneys *moneys = argument;
    int64_t place = moneys->by_month ? report_month_of(row->day) : row->day;
    struct money *bin = &moneys->bins[place - moneys->first];

    switch (moneys->side) {
    case MONEY_CHARGED:
        bin->charged[row->kind] += row->amount;
        bin->charges[row->kind] += row->count;
        break;
    case MONEY_PAID:
        bin->paid[row->kind] += row->amount;
        bin->payments += row->count;
        break;
    case MONEY_WAIVED: bin->waived[row->kind] += row->amount; break;
    case MONEY_OPEN: bin->open[row->kind] += row->amount; break;
    }
}

static enum error_kind read_side(struct ctx *ctx, const struct report_result *result, enum money_side side,
                                 struct moneys *moneys)
{
    moneys->side = side;
    return money_repo_rows(ctx, side, result->first, result->last, add_money, moneys);
}

static size_t lay_bins(struct ctx *ctx, const struct report_result *result, bool by_month,
                       struct moneys *out_moneys)
{
    int64_t last = by_month ? report_month_of(result->last) : result->last;

    *out_moneys = (struct moneys){.by_month = by_month};
    out_moneys->first = by_month ? report_month_of(result->first) : result->first;
    size_t count = (size_t)(last - out_moneys->first) + 1;
    out_moneys->bins = arena_alloc_array(ctx->arena, count, sizeof *out_moneys->bins);
    return count;
}

static int64_t sum_of(const int64_t *amounts)
{
    int64_t sum = 0;

    for (int i = 0; i < KINDS; i++)
        sum += amounts[i];
    return sum;
}

/* ---- fines ---------------------------------------------------------------------------------------------- */

static enum error_kind make_by_kind(struct ctx *ctx, struct report_result *result, struct moneys *moneys,
                                    size_t months)
{
    struct money all = {{0}};

    TRY(read_side(ctx, result, MONEY_OPEN, moneys));
    for (size_t m = 0; m < months; m++)
        for (int i = 0; i < KINDS; i++) {
            all.charges[i] += moneys->bins[m].charges[i];
            all.charged[i] += moneys->bins[m].charged[i];
            all.open[i] += moneys->bins[m].open[i];
        }
    for (int i = 0; i < KINDS; i++)
        report_add_row(ctx, result,
                       (union report_cell[]){{.text = charge_kinds[i]},
                                             {.number = all.charges[i]},
                                             {.number = all.charged[i]},
                                             {.number = all.charged[i] - all.open[i]},
                                             {.number = all.open[i]}});
    return OK;
}

static enum error_kind make_fines(struct ctx *ctx, struct report_result *result)
{
    struct moneys moneys;
    size_t months = lay_bins(ctx, result, true, &moneys);

    TRY(read_side(ctx, result, MONEY_CHARGED, &moneys));
    if (report_is_by(result, "kind"))
        return make_by_kind(ctx, result, &moneys, months);
    TRY(read_side(ctx, result, MONEY_PAID, &moneys));
    TRY(read_side(ctx, result, MONEY_WAIVED, &moneys));
    TRY(read_side(ctx, result, MONEY_OPEN, &moneys));
    for (size_t i = 0; i < months; i++) {
        const struct money *bin = &moneys.bins[i];
        report_add_row(ctx, result,
                       (union report_cell[]){{.text = report_month_name(ctx, moneys.first + (int64_t)i)},
                                             {.number = bin->charged[0]},
                                             {.number = bin->charged[1]},
                                             {.number = bin->charged[2]},
                                             {.number = bin->charged[3]},
                                             {.number = sum_of(bin->charged)},
                                             {.number = sum_of(bin->paid)},
                                             {.number = bin->waived[0]},
                                             {.number = bin->waived[1]},
                                             {.number = sum_of(bin->open)}});
    }
    return OK;
}

/* ---- till ----------------------------------------------------------------------------------------------- */

static enum error_kind make_till(struct ctx *ctx, struct report_result *result)
{
    bool by_month = report_is_by(result, "month");
    struct moneys moneys;
    size_t count = lay_bins(ctx, result, by_month, &moneys);

    TRY(read_side(ctx, result, MONEY_PAID, &moneys));
    for (size_t i = 0; i < count; i++) {
        const struct money *bin = &moneys.bins[i];
        union report_cell name = {.number = moneys.first + (int64_t)i};
        if (bin->payments == 0)
            continue;
        if (by_month)
            name.text = report_month_name(ctx, name.number);
        report_add_row(ctx, result,
                       (union report_cell[]){name,
                                             {.number = bin->payments},
                                             {.number = bin->paid[0]},
                                             {.number = bin->paid[1]},
                                             {.number = bin->paid[2]},
                                             {.number = bin->paid[3]},
                                             {.number = sum_of(bin->paid)}});
    }
    return OK;
}

/* ---- the tables ----------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column fines_months[] = {
    {"month", COLUMN_TEXT, .meaning = "Month"}, {"overdue", COLUMN_MONEY, .meaning = "For days overdue"},
    {"lost", COLUMN_MONEY, .meaning = "For lost things"}, {"damage", COLUMN_MONEY, .meaning = "For damage"},
    {"fee", COLUMN_MONEY, .meaning = "Fees"}, {"charged", COLUMN_MONEY, .meaning = "Charged"},
    {"paid", COLUMN_MONEY, .meaning = "Paid"}, {"waived", COLUMN_MONEY, .meaning = "Waived"},
    {"corrected", COLUMN_MONEY, .meaning = "Taken back"},
    {"open", COLUMN_MONEY, .meaning = "Still open"}, {0}};
static const struct column fines_kinds[] = {
    {"kind", COLUMN_TEXT, .meaning = "What for"}, {"charges", COLUMN_INTEGER, .meaning = "Charges"}, {"charged", COLUMN_MONEY, .meaning = "Charged"},
    {"settled", COLUMN_MONEY, .meaning = "Settled"}, {"open", COLUMN_MONEY, .meaning = "Still open"}, {0}};
static const struct report_view fines_views[] = {
    {"month", fines_months, "overdue lost damage fee charged paid waived corrected open", {"bars", "month", "charged"}},
    {"kind", fines_kinds, "charges charged settled open", {"bars", "kind", "charged"}},
    {0}};
const struct report fines_report = {
    .name = "fines", .title = "Fines and fees", .summary = "What was charged, paid, waived and is open",
    .takes = "period from to by", .period = "this_year", .views = fines_views, .make = make_fines};

#define TAKEN \
    {"payments", COLUMN_INTEGER, .meaning = "Payments"}, {"cash", COLUMN_MONEY, .meaning = "Cash"}, {"card_payments", COLUMN_MONEY, .meaning = "By card"}, \
    {"mobile_money", COLUMN_MONEY, .meaning = "Mobile money"}, {"other", COLUMN_MONEY, .meaning = "Otherwise"}, {"total", COLUMN_MONEY, .meaning = "In all"}, {0}
static const struct column till_days_columns[] = {{"day", COLUMN_DAY, .meaning = "Day"}, TAKEN};
static const struct column till_months[] = {{"month", COLUMN_TEXT, .meaning = "Month"}, TAKEN};
static const struct report_view till_views[] = {
    {"day", till_days_columns, "payments cash card_payments mobile_money other total", {"bars", "day", "total"}},
    {"month", till_months, "payments cash card_payments mobile_money other total", {"bars", "month", "total"}},
    {0}};
const struct report till_report_by_day = {
    .name = "till", .title = "Till", .summary = "What was paid, by day and method",
    .takes = "period from to by", .period = "this_month", .views = till_views, .make = make_till};
/* clang-format on */
