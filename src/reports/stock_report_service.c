/*
 * stock_report_service.c — each of these looks at every copy once: 1.1 million of them take a few tenths of a second,
 * and nobody asks for it while a reader waits.
 */
#include "reports/stock_report_service.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/dimensions_repository.h"
#include "reports/lending_report_service.h"
#include "reports/stock_repository.h"

/* ---- inventory ------------------------------------------------------------------------------------------ */

struct stock_sum {
    int64_t titles, value;
    int64_t copies[STOCK_STATUS_COUNT];
};

struct stocks {
    struct ctx *ctx;
    const struct report_ids *of; /* by title; NULL: by shelf */
    const struct report_ids *live;
    struct report_groups *groups;
    struct stock_sum *sums; /* the last one: titles without a group */
    size_t nothing;
};

struct live_titles {
    struct report_ids ids; /* 1: not archived */
    const struct report_ids *of;
    struct stock_sum *sums;
    size_t nothing;
};

static void note_live(void *argument, int64_t id, int64_t created_at)
{
    struct live_titles *live = argument;
    uint32_t group = live->of ? report_ids_of(live->of, id) : NO_GROUP;

    (void)created_at;
    if (id < live->ids.end)
        live->ids.of[id] = 1;
    if (live->of)
        live->sums[group == NO_GROUP ? live->nothing : group].titles++;
}

static enum error_kind add_copy(void *argument, const struct stock_copy *copy)
{
    struct stocks *stocks = argument;
    uint32_t group = NO_GROUP;

    if (report_ids_of(stocks->live, copy->book_id) == NO_GROUP)
        return OK; /* of an archived title */
    if (stocks->of)
        group = report_ids_of(stocks->of, copy->book_id);
    else
        TRY(report_group(stocks->ctx, stocks->groups, copy->shelf, copy->shelf_length, &group));
    struct stock_sum *sum = &stocks->sums[group == NO_GROUP ? stocks->nothing : group];
    sum->copies[copy->status]++;
    if (copy->status != STOCK_LOST && copy->status != STOCK_WITHDRAWN && copy->price != NO_NUMBER)
        sum->value += copy->price;
    return OK;
}

static void add_stock(struct ctx *ctx, struct report_result *result, const char *name,
                      const struct stock_sum *sum)
{
    union report_cell cells[REPORT_COLUMNS_MAX];
    int64_t stock = 0;
    int64_t all = 0;
    size_t at = 0;

    for (int i = 0; i < STOCK_STATUS_COUNT; i++) {
        all += sum->copies[i];
        if (i != STOCK_LOST && i != STOCK_WITHDRAWN)
            stock += sum->copies[i];
    }
    if (all == 0 && sum->titles == 0)
        return;
    cells[at++].text = name && *name ? name : NULL;
    if (!report_is_by(result, "shelf"))
        cells[at++].number = sum->titles;
    cells[at++].number = stock;
    for (int i = 0; i < STOCK_STATUS_COUNT; i++)
        cells[at++].number = sum->copies[i];
    cells[at].number = sum->value;
    report_add_row(ctx, result, cells);
}

static enum error_kind make_inventory(struct ctx *ctx, struct report_result *result)
{
    enum report_dimension dimension = report_is_by(result, "category")   ? BY_CATEGORY
                                      : report_is_by(result, "language") ? BY_LANGUAGE
                                                                         : BY_ITEM_TYPE;
    bool by_shelf = report_is_by(result, "shelf");
    struct stocks stocks = {.ctx = ctx, .groups = report_groups_new(ctx)};
    struct live_titles live = {0};
    struct report_groups *of_titles = by_shelf ? report_groups_new(ctx) : stocks.groups;
    struct report_ids of;

    TRY(dimensions_repo_read(ctx, dimension, of_titles, &of));
    live.ids = report_ids_new(ctx, of.end - 1);
    stocks.nothing = by_shelf ? REPORT_GROUPS_MAX : stocks.groups->count;
    stocks.sums = arena_alloc_array(ctx->arena, stocks.nothing + 1, sizeof *stocks.sums);
    stocks.of = by_shelf ? NULL : &of;
    live.of = stocks.of;
    live.sums = stocks.sums;
    live.nothing = stocks.nothing;
    stocks.live = &live.ids;
    TRY(stock_repo_titles(ctx, note_live, &live));
    TRY(stock_repo_copies(ctx, result->deadline_ms, add_copy, &stocks));
    const uint32_t *order = report_groups_sorted(ctx, stocks.groups);
    for (size_t i = 0; i < stocks.groups->count; i++)
        add_stock(ctx, result, stocks.groups->names[order[i]], &stocks.sums[order[i]]);
    add_stock(ctx, result, NULL, &stocks.sums[stocks.nothing]);
    return OK;
}

/* ---- acquisitions --------------------------------------------------------------------------------------- */

struct added {
    int64_t titles, copies, priced, price;
};

struct additions {
    struct ctx *ctx;
    int32_t first, last;
    struct report_day_of day_of;
    struct added *sums;
    int64_t first_month;         /* NO_NUMBER: not by month */
    const struct report_ids *of; /* by title; NULL: not by item type */
    size_t nothing;
    const struct stock_import *imports; /* NULL: not by source */
    size_t import_count;
    struct report_groups *groups;
};

static int32_t day_added(struct report_day_of *at, const struct stock_copy *copy)
{
    return copy->acquired_on != NO_NUMBER ? (int32_t)copy->acquired_on : report_day_of(at, copy->created_at);
}

/* The import whose run of copies has this id. */
static const struct stock_import *import_of(const struct additions *additions, int64_t copy_id)
{
    size_t low = 0;
    size_t high = additions->import_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct stock_import *import = &additions->imports[middle];
        if (copy_id < import->first_id)
            high = middle;
        else if (copy_id > import->last_id)
            low = middle + 1;
        else
            return import;
    }
    return NULL;
}

static enum error_kind place_of(struct additions *additions, const struct stock_copy *copy, int32_t day,
                                size_t *out_place)
{
    uint32_t group;

    if (additions->first_month != NO_NUMBER) {
        *out_place = (size_t)(report_month_of(day) - additions->first_month);
        return OK;
    }
    if (additions->of) {
        group = report_ids_of(additions->of, copy->book_id);
        *out_place = group == NO_GROUP ? additions->nothing : group;
        return OK;
    }
    const struct stock_import *import = import_of(additions, copy->id);
    const char *name = import ? import->name : "";
    TRY(report_group(additions->ctx, additions->groups, name, strlen(name), &group));
    *out_place = group;
    return OK;
}

static enum error_kind add_added(void *argument, const struct stock_copy *copy)
{
    struct additions *additions = argument;
    int32_t day = day_added(&additions->day_of, copy);
    size_t place;

    if (day < additions->first || day > additions->last)
        return OK;
    TRY(place_of(additions, copy, day, &place));
    struct added *sum = &additions->sums[place];
    sum->copies++;
    if (copy->price != NO_NUMBER) {
        sum->priced++;
        sum->price += copy->price;
    }
    return OK;
}

static void add_new_title(void *argument, int64_t id, int64_t created_at)
{
    struct additions *additions = argument;
    int32_t day = report_day_of(&additions->day_of, created_at);

    if (day < additions->first || day > additions->last)
        return;
    size_t place = additions->nothing;
    if (additions->first_month != NO_NUMBER)
        place = (size_t)(report_month_of(day) - additions->first_month);
    else if (report_ids_of(additions->of, id) != NO_GROUP)
        place = report_ids_of(additions->of, id);
    additions->sums[place].titles++;
}

static void add_addition(struct ctx *ctx, struct report_result *result, const char *name,
                         const struct added *sum)
{
    union report_cell cells[5];
    size_t at = 0;

    cells[at++].text = name && *name ? name : NULL;
    if (!report_is_by(result, "source"))
        cells[at++].number = sum->titles;
    cells[at++].number = sum->copies;
    cells[at++].number = sum->priced;
    cells[at].number = sum->price;
    report_add_row(ctx, result, cells);
}

static enum error_kind make_by_source(struct ctx *ctx, struct report_result *result,
                                      struct additions *additions)
{
    struct stock_import *imports;

    TRY(stock_repo_imports(ctx, &imports, &additions->import_count));
    additions->imports = imports;
    additions->groups = report_groups_new(ctx);
    additions->sums = arena_alloc_array(ctx->arena, REPORT_GROUPS_MAX, sizeof *additions->sums);
    TRY(stock_repo_copies(ctx, result->deadline_ms, add_added, additions));
    const uint32_t *order = report_groups_sorted(ctx, additions->groups);
    for (size_t i = 0; i < additions->groups->count; i++)
        add_addition(ctx, result, additions->groups->names[order[i]], &additions->sums[order[i]]);
    return OK;
}

static enum error_kind make_by_item_type(struct ctx *ctx, struct report_result *result,
                                         struct additions *additions)
{
    struct report_groups *groups = report_groups_new(ctx);
    struct report_ids of;

    TRY(dimensions_repo_read(ctx, BY_ITEM_TYPE, groups, &of));
    additions->of = &of;
    additions->nothing = groups->count;
    additions->sums = arena_alloc_array(ctx->arena, groups->count + 1, sizeof *additions->sums);
    TRY(stock_repo_titles(ctx, add_new_title, additions));
    TRY(stock_repo_copies(ctx, result->deadline_ms, add_added, additions));
    const uint32_t *order = report_groups_sorted(ctx, groups);
    for (size_t i = 0; i < groups->count; i++)
        if (additions->sums[order[i]].copies > 0 || additions->sums[order[i]].titles > 0)
            add_addition(ctx, result, groups->names[order[i]], &additions->sums[order[i]]);
    return OK;
}

static enum error_kind make_acquisitions(struct ctx *ctx, struct report_result *result)
{
    struct additions additions = {
        .ctx = ctx, .first = result->first, .last = result->last, .first_month = NO_NUMBER};

    if (report_is_by(result, "source"))
        return make_by_source(ctx, result, &additions);
    if (report_is_by(result, "item_type"))
        return make_by_item_type(ctx, result, &additions);
    additions.first_month = report_month_of(result->first);
    size_t months = (size_t)(report_month_of(result->last) - additions.first_month) + 1;
    additions.sums = arena_alloc_array(ctx->arena, months, sizeof *additions.sums);
    TRY(stock_repo_titles(ctx, add_new_title, &additions));
    TRY(stock_repo_copies(ctx, result->deadline_ms, add_added, &additions));
    for (size_t i = 0; i < months; i++)
        add_addition(ctx, result, report_month_name(ctx, additions.first_month + (int64_t)i),
                     &additions.sums[i]);
    return OK;
}

enum error_kind stock_added(struct ctx *ctx, int32_t first, int32_t last, int64_t deadline_ms,
                            int64_t *out_copies)
{
    struct added sum = {0};
    struct additions additions = {.ctx = ctx, .first = first, .last = last, .first_month = NO_NUMBER};
    struct report_ids nothing = {0};

    additions.of = &nothing;
    additions.sums = &sum;
    TRY(stock_repo_copies(ctx, deadline_ms, add_added, &additions));
    *out_copies = sum.copies;
    return OK;
}

/* ---- dead stock ----------------------------------------------------------------------------------------- */

struct dead_sum {
    struct ctx *ctx;
    struct report_result *result;
    int64_t copies;
};

static void add_dead(void *argument, int64_t id, int64_t copies)
{
    struct dead_sum *sum = argument;

    report_add_id(sum->ctx, sum->result, id);
    sum->copies += copies;
}

/* The same day so many years ago; of 29 February the last one of the month. */
static int64_t years_ago(int64_t now, int64_t years)
{
    int32_t then = 0;
    int year;
    int month;
    int day;

    clock_civil_from_day(clock_day_of(now), &year, &month, &day);
    if (!clock_day_from_civil(year - (int)years, month, day, &then))
        (void)clock_day_from_civil(year - (int)years, month, day - 1, &then);
    return clock_day_start(then);
}

static enum error_kind make_dead_stock(struct ctx *ctx, struct report_result *result)
{
    struct dead_sum sum = {.ctx = ctx, .result = result};
    const struct report_query *query = &result->query;
    struct dead_filter filter = {.never = query->never, .sort = DEAD_BY_LAST_LOAN};

    TRY(report_item_type(ctx, query, &filter.item_type_id));
    TRY(report_category(ctx, query, &filter.category_id));
    filter.before = years_ago(ctx->now, query->years == NO_NUMBER ? REPORT_YEARS : query->years);
    if (report_is_sorted_by(result, "title"))
        filter.sort = DEAD_BY_TITLE;
    else if (report_is_sorted_by(result, "shelf"))
        filter.sort = DEAD_BY_SHELF;
    TRY(stock_repo_dead(ctx, &filter, add_dead, &sum));
    report_set_total(result, "copies", sum.copies);
    return OK;
}

static enum error_kind fetch_dead(struct ctx *ctx, const struct report_result *result, int64_t id,
                                  union report_cell *out_cells, bool *out_found)
{
    struct dead_row row;

    (void)result;
    TRY(stock_repo_dead_row(ctx, id, &row, out_found));
    if (!*out_found)
        return OK;
    int64_t lent = row.last_borrowed_at == NO_NUMBER ? NO_NUMBER : clock_day_of(row.last_borrowed_at);
    const union report_cell cells[] = {
        {.text = row.shelf},    {.text = row.title},     {.text = row.author},
        {.number = row.year},   {.text = row.item_type}, {.number = row.copies},
        {.number = row.loans},  {.number = lent},        {.number = clock_day_of(row.created_at)},
        {.text = row.barcodes}, {.uuid = row.uuid}};
    memcpy(out_cells, cells, sizeof cells);
    return OK;
}

/* ---- the tables ----------------------------------------------------------------------------------------- */

/* clang-format off */
#define TITLES {"titles", COLUMN_INTEGER, .meaning = "Titles"}
#define COPIES \
    {"copies", COLUMN_INTEGER, .meaning = "Copies"}, {"available", COLUMN_INTEGER, .meaning = "Available"}, \
    {"on_loan", COLUMN_INTEGER, .meaning = "On loan"}, {"on_hold_shelf", COLUMN_INTEGER, .meaning = "On hold shelf"}, \
    {"in_repair", COLUMN_INTEGER, .meaning = "In repair"}, {"lost", COLUMN_INTEGER, .meaning = "Lost"}, \
    {"withdrawn", COLUMN_INTEGER, .meaning = "Withdrawn"}, {"value", COLUMN_MONEY, .meaning = "Value"}, {0}
#define STOCK_SUMS "copies available on_loan on_hold_shelf in_repair lost withdrawn value"
static const struct column inventory_types[] = {{"item_type", COLUMN_TEXT, true, .meaning = "Item type"}, TITLES, COPIES};
static const struct column inventory_categories[] = {
    {"category", COLUMN_TEXT, true, .meaning = "First category"}, TITLES, COPIES};
static const struct column inventory_languages[] = {{"language", COLUMN_TEXT, true, .meaning = "Language"}, TITLES, COPIES};
static const struct column inventory_shelves[] = {{"shelf", COLUMN_TEXT, true, .meaning = "Shelf"}, COPIES};
static const struct report_view inventory_views[] = {
    {"item_type", inventory_types, "titles " STOCK_SUMS, {"bars", "item_type", "copies"}},
    {"category", inventory_categories, "titles " STOCK_SUMS, {"bars", "category", "copies"}},
    {"language", inventory_languages, "titles " STOCK_SUMS, {"bars", "language", "copies"}},
    {"shelf", inventory_shelves, STOCK_SUMS, {"bars", "shelf", "copies"}},
    {0}};
const struct report inventory_report = {
    .name = "inventory", .title = "Inventory", .summary = "What there is now, by item type, category, language or shelf",
    .takes = "by", .views = inventory_views, .make = make_inventory};

#define NEW_TITLES {"titles", COLUMN_INTEGER, .meaning = "New titles"}
#define NEW_COPIES \
    {"copies", COLUMN_INTEGER, .meaning = "New copies"}, {"priced", COLUMN_INTEGER, .meaning = "With a price"}, \
    {"price", COLUMN_MONEY, .meaning = "Price"}, {0}
static const struct column acquisitions_months[] = {{"month", COLUMN_TEXT, .meaning = "Month"}, NEW_TITLES, NEW_COPIES};
static const struct column acquisitions_types[] = {{"item_type", COLUMN_TEXT, true, .meaning = "Item type"}, NEW_TITLES, NEW_COPIES};
static const struct column acquisitions_sources[] = {{"source", COLUMN_TEXT, true, .meaning = "Imported file"}, NEW_COPIES};
static const struct report_view acquisitions_views[] = {
    {"month", acquisitions_months, "titles copies priced price", {"bars", "month", "copies"}},
    {"item_type", acquisitions_types, "titles copies priced price", {"bars", "item_type", "copies"}},
    {"source", acquisitions_sources, "copies priced price", {"bars", "source", "copies"}},
    {0}};
const struct report acquisitions_report = {
    .name = "acquisitions", .title = "Acquisitions", .summary = "New titles and copies, and what they cost",
    .takes = "period from to by", .period = "this_year", .views = acquisitions_views, .make = make_acquisitions};

static const struct column dead_columns[] = {
    {"shelf", COLUMN_TEXT, true, .meaning = "Shelf"}, {"title", COLUMN_TEXT, .meaning = "Title"}, {"author", COLUMN_TEXT, .meaning = "Author"},
    {"year", COLUMN_INTEGER, true, .meaning = "Year"}, {"item_type", COLUMN_TEXT, .meaning = "Item type"},
    {"copies", COLUMN_INTEGER, .meaning = "Copies"}, {"loans", COLUMN_INTEGER, .meaning = "Loans"},
    {"last_lent", COLUMN_DAY, true, .meaning = "Last lent"}, {"catalogued", COLUMN_DAY, .meaning = "Catalogued"},
    {"barcodes", COLUMN_TEXT, true, .meaning = "Barcodes"}, {"book_id", COLUMN_UUID, .meaning = "The title", .only_json = true}, {0}};
static const char *const dead_sorts[] = {"last_lent", "title", "shelf", NULL};
static const struct report_view dead_views[] = {{NULL, dead_columns, "copies", {0}}, {0}};
const struct report dead_stock_report = {
    .name = "dead_stock", .title = "Not lent for years", .summary = "Titles that nobody borrowed for so many years, or ever: for weeding",
    .takes = "years never item_type category sort", .sorts = dead_sorts, .views = dead_views,
    .make = make_dead_stock, .fetch = fetch_dead};
/* clang-format on */
