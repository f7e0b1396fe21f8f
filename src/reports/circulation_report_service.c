/*
 * circulation_report_service.c — how much was lent, by whatever one likes: by day and month from what is counted each
 * day, by kind of title and reader from the packed months, by hour from the loans of the range.
 */
#include "base/clock.h"
#include "counters/tallies_service.h"
#include "counters/tally.h"
#include "reports/dimensions_repository.h"
#include "reports/lending_report_service.h"
#include "reports/lending_repository.h"

#define HOURS 24
#define QUARTER_MS (15 * 60 * 1000) /* no zone's hour begins within one */

/* ---- by time -------------------------------------------------------------------------------------------- */

struct bin {
    int64_t loans, returns, renewals, members;
};

struct bins {
    struct report_day_of day_of;
    int64_t (*place)(int32_t day);
    int64_t first; /* place of the first bin */
    struct bin *bins;
};

static int64_t place_of_day(int32_t day)
{
    return day;
}

static int64_t place_of_weekday(int32_t day)
{
    return clock_weekday_of(day);
}

static struct bin *bin_of(const struct bins *bins, int32_t day)
{
    return &bins->bins[bins->place(day) - bins->first];
}

static void add_day(void *argument, const struct lending_day *day)
{
    struct bin *bin = bin_of(argument, day->day);

    bin->loans += day->loans;
    bin->returns += day->returns;
    bin->members += day->members;
}

static void add_renewal(void *argument, int64_t at)
{
    struct bins *bins = argument;

    bin_of(bins, report_day_of(&bins->day_of, at))->renewals++;
}

static void add_bin(struct ctx *ctx, struct report_result *result, union report_cell name,
                    const struct bin *bin)
{
    const union report_cell cells[] = {name,
                                       {.number = bin->loans},
                                       {.number = bin->returns},
                                       {.number = bin->renewals},
                                       {.number = bin->members}};

    report_add_row(ctx, result, cells);
}

static union report_cell name_of(struct ctx *ctx, const struct report_result *result, int64_t place)
{
    if (report_is_by(result, "day"))
        return (union report_cell){.number = place};
    if (report_is_by(result, "weekday"))
        return (union report_cell){.text = report_weekdays[place]};
    return (union report_cell){.text = report_month_name(ctx, place)};
}

static enum error_kind make_by_time(struct ctx *ctx, struct report_result *result)
{
    struct bins bins = {0};
    int64_t count = REPORT_WEEKDAYS;

    bins.place = report_is_by(result, "day")       ? place_of_day
                 : report_is_by(result, "weekday") ? place_of_weekday
                                                   : report_month_of;
    if (!report_is_by(result, "weekday")) {
        bins.first = bins.place(result->first);
        count = bins.place(result->last) - bins.first + 1;
    }
    bins.bins = arena_alloc_array(ctx->arena, (size_t)count, sizeof *bins.bins);
    TRY(lending_repo_days(ctx, result->first, result->last, add_day, &bins));
    TRY(lending_repo_renewals(ctx, clock_day_start(result->first), clock_day_end(result->last),
                              result->deadline_ms, add_renewal, &bins));
    for (int64_t i = 0; i < count; i++)
        add_bin(ctx, result, name_of(ctx, result, bins.first + i), &bins.bins[i]);
    return OK;
}

struct hours {
    int64_t loans[HOURS];
    int64_t quarter;
    int hour;
};

static void add_hour(void *argument, int64_t at)
{
    struct hours *hours = argument;

    if (at / QUARTER_MS != hours->quarter) {
        hours->quarter = at / QUARTER_MS;
        hours->hour = clock_hour_of(at);
    }
    hours->loans[hours->hour]++;
}

static enum error_kind make_by_hour(struct ctx *ctx, struct report_result *result)
{
    struct hours *hours = arena_alloc(ctx->arena, sizeof *hours);

    hours->quarter = INT64_MIN;
    TRY(lending_repo_loans(ctx, clock_day_start(result->first), clock_day_end(result->last),
                           result->deadline_ms, add_hour, hours));
    for (int i = 0; i < HOURS; i++)
        report_add_row(ctx, result, (union report_cell[]){{.number = i}, {.number = hours->loans[i]}});
    return OK;
}

/* ---- by kind -------------------------------------------------------------------------------------------- */

/* Counts by id, gathered by group: loans, and records that have any. */
static enum error_kind make_by_kind(struct ctx *ctx, struct report_result *result,
                                    enum report_dimension dimension, enum counted what)
{
    struct report_groups *groups = report_groups_new(ctx);
    struct report_ids of;
    struct tally tally;

    TRY(tallies_sum(ctx, what, result->first, result->last, &tally));
    TRY(dimensions_repo_read(ctx, dimension, groups, &of));
    int64_t *sums = arena_alloc_array(ctx->arena, 2 * (groups->count + 1), sizeof *sums);
    for (size_t id = 0; id < tally.size; id++) {
        if (tally.counts[id] == 0)
            continue;
        uint32_t group = report_ids_of(&of, (int64_t)id);
        size_t at = group == NO_GROUP ? groups->count : group; /* the last one: in no category */
        sums[2 * at] += tally.counts[id];
        sums[2 * at + 1]++;
    }
    const uint32_t *order = report_groups_sorted(ctx, groups);
    for (size_t i = 0; i <= groups->count; i++) {
        size_t at = i < groups->count ? order[i] : i;
        const char *name = i < groups->count && groups->names[at][0] ? groups->names[at] : NULL;
        if (sums[2 * at] > 0)
            report_add_row(ctx, result,
                           (union report_cell[]){
                               {.text = name}, {.number = sums[2 * at]}, {.number = sums[2 * at + 1]}});
    }
    return OK;
}

static void add_loans(void *argument, const struct lending_day *day)
{
    *(int64_t *)argument += day->loans;
}

/* Loans that name no reader any more have a row of their own. */
static enum error_kind make_by_member_type(struct ctx *ctx, struct report_result *result)
{
    int64_t loans = 0;

    TRY(make_by_kind(ctx, result, BY_MEMBER_TYPE, COUNTED_MEMBERS));
    TRY(lending_repo_days(ctx, result->first, result->last, add_loans, &loans));
    loans -= result->totals[1].number;
    if (loans > 0)
        report_add_row(ctx, result, (union report_cell[]){{.text = NULL}, {.number = loans}, {.number = 0}});
    return OK;
}

static enum error_kind make_circulation(struct ctx *ctx, struct report_result *result)
{
    if (report_is_by(result, "hour"))
        return make_by_hour(ctx, result);
    if (report_is_by(result, "member_type"))
        return make_by_member_type(ctx, result);
    if (report_is_by(result, "item_type"))
        return make_by_kind(ctx, result, BY_ITEM_TYPE, COUNTED_BOOKS);
    if (report_is_by(result, "category"))
        return make_by_kind(ctx, result, BY_CATEGORY, COUNTED_BOOKS);
    return make_by_time(ctx, result);
}

/* ---- the table ------------------------------------------------------------------------------------------ */

/* clang-format off */
#define LOANS {"loans", COLUMN_INTEGER, .meaning = "Loans"}
#define IN_TIME \
    LOANS, {"returns", COLUMN_INTEGER, .meaning = "Returns"}, {"renewals", COLUMN_INTEGER, .meaning = "Renewals"}, \
    {"visitors", COLUMN_INTEGER, .meaning = "Readers a day"}, {0}
static const struct column by_month[] = {{"month", COLUMN_TEXT, .meaning = "Month"}, IN_TIME};
static const struct column by_day[] = {{"day", COLUMN_DAY, .meaning = "Day"}, IN_TIME};
static const struct column by_weekday[] = {{"weekday", COLUMN_TEXT, .meaning = "Weekday"}, IN_TIME};
static const struct column by_hour[] = {{"hour", COLUMN_INTEGER, .meaning = "Hour"}, LOANS, {0}};
static const struct column by_member_type[] = {
    {"member_type", COLUMN_TEXT, true, .meaning = "Kind of reader"}, LOANS,
    {"readers", COLUMN_INTEGER, .meaning = "Readers who borrowed"}, {0}};
static const struct column by_item_type[] = {
    {"item_type", COLUMN_TEXT, true, .meaning = "Item type"}, LOANS, {"titles", COLUMN_INTEGER, .meaning = "Titles lent"}, {0}};
static const struct column by_category[] = {
    {"category", COLUMN_TEXT, true, .meaning = "First category"}, LOANS,
    {"titles", COLUMN_INTEGER, .meaning = "Titles lent"}, {0}};

static const struct report_view views[] = {
    {"month", by_month, "loans returns renewals visitors", {"bars", "month", "loans"}},
    {"day", by_day, "loans returns renewals visitors", {"bars", "day", "loans"}},
    {"weekday", by_weekday, "loans returns renewals visitors", {"bars", "weekday", "loans"}},
    {"hour", by_hour, "loans", {"bars", "hour", "loans"}},
    {"member_type", by_member_type, "loans readers", {"bars", "member_type", "loans"}},
    {"item_type", by_item_type, "loans titles", {"bars", "item_type", "loans"}},
    {"category", by_category, "loans titles", {"bars", "category", "loans"}},
    {0},
};

const struct report circulation_report = {
    .name = "circulation", .title = "Circulation",
    .summary = "Loans, returns and renewals by month, day, weekday, hour, kind of reader or of title",
    .takes = "period from to by", .period = "this_year", .views = views, .make = make_circulation,
};
/* clang-format on */
