/*
 * lending_report_service.c — favourites, readers and lateness.
 */
#include "reports/lending_report_service.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "counters/tallies_service.h"
#include "counters/tally.h"
#include "reports/dimensions_repository.h"
#include "reports/lending_repository.h"

/* ---- parameters that name something ----------------------------------------------------------------------- */

static enum error_kind must_be(struct ctx *ctx, const char *parameter, const char *value, int64_t id)
{
    if (!value || id)
        return OK;
    return fail(ctx, INVALID_PARAMETER, "The parameter \"%s\": there is no “%s”.", parameter, value);
}

enum error_kind report_item_type(struct ctx *ctx, const struct report_query *query, int64_t *out_id)
{
    *out_id = 0;
    if (query->item_type)
        TRY(dimensions_repo_item_type(ctx, query->item_type, out_id));
    return must_be(ctx, "item_type", query->item_type, *out_id);
}

enum error_kind report_category(struct ctx *ctx, const struct report_query *query, int64_t *out_id)
{
    *out_id = 0;
    if (query->category)
        TRY(dimensions_repo_category(ctx, query->category, out_id));
    return must_be(ctx, "category", query->category, *out_id);
}

enum error_kind report_member_type(struct ctx *ctx, const struct report_query *query, int64_t *out_id)
{
    *out_id = 0;
    if (query->member_type)
        TRY(dimensions_repo_member_type(ctx, query->member_type, out_id));
    return must_be(ctx, "member_type", query->member_type, *out_id);
}

/* ---- popular -------------------------------------------------------------------------------------------- */

/* Only titles of the item type and category that were asked for keep their counts. */
static enum error_kind narrow(struct ctx *ctx, const struct report_query *query, struct tally *tally)
{
    int64_t item_type;
    int64_t category;
    struct row_set set;

    TRY(report_item_type(ctx, query, &item_type));
    TRY(report_category(ctx, query, &category));
    if (item_type == 0 && category == 0)
        return OK;
    TRY(dimensions_repo_titles(ctx, item_type, category, &set));
    for (size_t id = 0; id < tally->size; id++)
        if (!row_set_has(&set, (int64_t)id))
            tally->counts[id] = 0;
    return OK;
}

static enum error_kind add_title(struct ctx *ctx, struct report_result *result, const struct loan_rank *rank)
{
    struct title_facts title;

    TRY(lending_repo_title(ctx, rank->id, &title));
    report_add_row(ctx, result,
                   (union report_cell[]){{.number = (int64_t)result->row_count + 1},
                                         {.text = title.title},
                                         {.text = title.author},
                                         {.text = title.item_type},
                                         {.number = rank->count},
                                         {.number = title.copies},
                                         {.uuid = title.uuid}});
    return OK;
}

static enum error_kind make_titles(struct ctx *ctx, struct report_result *result, const struct tally *tally)
{
    size_t max = (size_t)result->query.limit;
    struct loan_rank *ranks = arena_alloc_array(ctx->arena, max, sizeof *ranks);
    size_t count = tally_top(tally, ranks, max);

    for (size_t i = 0; i < count; i++)
        TRY(add_title(ctx, result, &ranks[i]));
    return OK;
}

/* The most read authors so far, most first. */
struct ranking {
    struct author_sum *rows;
    size_t count, max;
};

static void rank_author(void *argument, const struct author_sum *author)
{
    struct ranking *ranking = argument;
    size_t at = ranking->count;

    if (at == ranking->max && author->loans <= ranking->rows[at - 1].loans)
        return;
    if (at < ranking->max)
        ranking->count++;
    else
        at--;
    while (at > 0 && ranking->rows[at - 1].loans < author->loans) {
        ranking->rows[at] = ranking->rows[at - 1];
        at--;
    }
    ranking->rows[at] = *author;
}

static enum error_kind make_authors(struct ctx *ctx, struct report_result *result, const struct tally *tally)
{
    struct ranking ranking = {.max = (size_t)result->query.limit};

    ranking.rows = arena_alloc_array(ctx->arena, ranking.max, sizeof *ranking.rows);
    TRY(lending_repo_authors(ctx, tally->counts, (int64_t)tally->size, rank_author, &ranking));
    for (size_t i = 0; i < ranking.count; i++) {
        struct title_facts title;
        TRY(lending_repo_title(ctx, ranking.rows[i].book_id, &title));
        report_add_row(ctx, result,
                       (union report_cell[]){{.number = (int64_t)i + 1},
                                             {.text = title.author},
                                             {.number = ranking.rows[i].loans},
                                             {.number = ranking.rows[i].titles}});
    }
    return OK;
}

static enum error_kind make_popular(struct ctx *ctx, struct report_result *result)
{
    struct tally tally;

    TRY(tallies_sum(ctx, COUNTED_BOOKS, result->first, result->last, &tally));
    TRY(narrow(ctx, &result->query, &tally));
    return report_is_by(result, "author") ? make_authors(ctx, result, &tally)
                                          : make_titles(ctx, result, &tally);
}

/* ---- engagement ----------------------------------------------------------------------------------------- */

/* The first number of loans of each band; the last one has no end. */
static const struct {
    uint32_t from;
    const char *name;
} bands[] = {{0, "0"}, {1, "1"}, {2, "2–4"}, {5, "5–9"}, {10, "10–24"}, {25, "25–49"}, {50, "50+"}};
#define BAND_COUNT (sizeof bands / sizeof bands[0])

struct readers {
    int64_t members, active, joined, lapsed, never, loans;
};

struct engagement {
    int64_t from; /* instant of the first day */
    const struct tally *tally;
    const struct report_ids *groups; /* NULL: by band */
    struct readers *sums;
};

static size_t band_of(uint32_t loans)
{
    size_t band = BAND_COUNT - 1;

    while (bands[band].from > loans)
        band--;
    return band;
}

static void add_reader(void *argument, const struct lending_member *member)
{
    struct engagement *engagement = argument;
    bool known = member->id < (int64_t)engagement->tally->size;
    uint32_t loans = known ? engagement->tally->counts[member->id] : 0;
    size_t at = engagement->groups ? report_ids_of(engagement->groups, member->id) : band_of(loans);
    struct readers *sum = &engagement->sums[at];

    sum->members++;
    sum->loans += loans;
    sum->active += loans > 0;
    sum->joined += member->created_at >= engagement->from;
    sum->lapsed += loans == 0 && member->has_borrowed;
    sum->never += loans == 0 && !member->has_borrowed;
}

static void add_readers(struct ctx *ctx, struct report_result *result, const char *name,
                        const struct readers *sum)
{
    double each = sum->active ? (double)sum->loans / (double)sum->active : NAN;

    report_add_row(ctx, result,
                   (union report_cell[]){{.text = name && *name ? name : NULL},
                                         {.number = sum->members},
                                         {.number = sum->active},
                                         {.number = sum->joined},
                                         {.number = sum->lapsed},
                                         {.number = sum->never},
                                         {.number = sum->loans},
                                         {.real = each}});
}

static enum error_kind make_bands(struct ctx *ctx, struct report_result *result,
                                  struct engagement *engagement, int64_t until)
{
    struct readers sums[BAND_COUNT] = {{0}};

    engagement->sums = sums;
    TRY(lending_repo_members(ctx, until, add_reader, engagement));
    for (size_t i = 0; i < BAND_COUNT; i++)
        report_add_row(ctx, result,
                       (union report_cell[]){
                           {.text = bands[i].name}, {.number = sums[i].members}, {.number = sums[i].loans}});
    return OK;
}

static enum error_kind make_engagement(struct ctx *ctx, struct report_result *result)
{
    struct engagement engagement = {.from = clock_day_start(result->first)};
    enum report_dimension dimension = report_is_by(result, "group") ? BY_GROUP : BY_MEMBER_TYPE;
    struct report_groups *groups = report_groups_new(ctx);
    int64_t until = clock_day_end(result->last);
    struct report_ids of;
    struct tally tally;

    TRY(tallies_sum(ctx, COUNTED_MEMBERS, result->first, result->last, &tally));
    engagement.tally = &tally;
    if (report_is_by(result, "loans"))
        return make_bands(ctx, result, &engagement, until);
    TRY(dimensions_repo_read(ctx, dimension, groups, &of));
    engagement.groups = &of;
    engagement.sums = arena_alloc_array(ctx->arena, groups->count + 1, sizeof *engagement.sums);
    TRY(lending_repo_members(ctx, until, add_reader, &engagement));
    const uint32_t *order = report_groups_sorted(ctx, groups);
    for (size_t i = 0; i < groups->count; i++)
        if (engagement.sums[order[i]].members > 0)
            add_readers(ctx, result, groups->names[order[i]], &engagement.sums[order[i]]);
    return OK;
}

/* ---- overdue_patterns ----------------------------------------------------------------------------------- */

struct lateness {
    int64_t due, late, days, longest;
};

struct patterns {
    int32_t today;
    const struct report_ids *groups; /* NULL: by time */
    int64_t first_month;             /* NO_NUMBER: by weekday */
    struct lateness *sums;
    size_t nobody; /* the place of loans without a reader */
};

static size_t place_of(const struct patterns *patterns, const struct due_loan *loan)
{
    if (patterns->groups) {
        uint32_t group = report_ids_of(patterns->groups, loan->member_id);
        return loan->member_id == 0 || group == NO_GROUP ? patterns->nobody : group;
    }
    if (patterns->first_month == NO_NUMBER)
        return (size_t)clock_weekday_of(loan->due_day);
    return (size_t)(report_month_of(loan->due_day) - patterns->first_month);
}

/* Late is what came back after its day, and what is out past it. */
static void add_due(void *argument, const struct due_loan *loan)
{
    const struct patterns *patterns = argument;
    int64_t back = loan->returned_day == NO_NUMBER ? patterns->today : loan->returned_day;

    if (loan->returned_day == NO_NUMBER && loan->due_day >= patterns->today)
        return; /* it may still come back in time */
    struct lateness *sum = &patterns->sums[place_of(patterns, loan)];
    sum->due++;
    if (back <= loan->due_day)
        return;
    sum->late++;
    sum->days += back - loan->due_day;
    if (back - loan->due_day > sum->longest)
        sum->longest = back - loan->due_day;
}

static void add_lateness(struct ctx *ctx, struct report_result *result, const char *name,
                         const struct lateness *sum)
{
    double share = sum->due ? 100.0 * (double)sum->late / (double)sum->due : NAN;
    double mean = sum->late ? (double)sum->days / (double)sum->late : NAN;

    report_add_row(ctx, result,
                   (union report_cell[]){{.text = name},
                                         {.number = sum->due},
                                         {.number = sum->late},
                                         {.real = share},
                                         {.real = mean},
                                         {.number = sum->longest}});
}

static enum error_kind walk_due(struct ctx *ctx, const struct report_result *result,
                                struct patterns *patterns)
{
    patterns->today = clock_day_of(ctx->now);
    return lending_repo_due(ctx, result->first, result->last, result->deadline_ms, add_due, patterns);
}

static enum error_kind make_patterns_by_type(struct ctx *ctx, struct report_result *result)
{
    struct report_groups *groups = report_groups_new(ctx);
    struct patterns patterns = {0};
    struct report_ids of;

    TRY(dimensions_repo_read(ctx, BY_MEMBER_TYPE, groups, &of));
    patterns.groups = &of;
    patterns.nobody = groups->count;
    patterns.sums = arena_alloc_array(ctx->arena, groups->count + 1, sizeof *patterns.sums);
    TRY(walk_due(ctx, result, &patterns));
    const uint32_t *order = report_groups_sorted(ctx, groups);
    for (size_t i = 0; i < groups->count; i++)
        if (patterns.sums[order[i]].due > 0)
            add_lateness(ctx, result, groups->names[order[i]], &patterns.sums[order[i]]);
    if (patterns.sums[groups->count].due > 0)
        add_lateness(ctx, result, NULL, &patterns.sums[groups->count]);
    return OK;
}

static enum error_kind make_patterns(struct ctx *ctx, struct report_result *result)
{
    struct patterns patterns = {.first_month = NO_NUMBER};
    size_t count = REPORT_WEEKDAYS;

    if (report_is_by(result, "member_type"))
        return make_patterns_by_type(ctx, result);
    if (report_is_by(result, "month")) {
        patterns.first_month = report_month_of(result->first);
        count = (size_t)(report_month_of(result->last) - patterns.first_month) + 1;
    }
    patterns.sums = arena_alloc_array(ctx->arena, count, sizeof *patterns.sums);
    TRY(walk_due(ctx, result, &patterns));
    for (size_t i = 0; i < count; i++)
        add_lateness(ctx, result,
                     patterns.first_month == NO_NUMBER
                         ? report_weekdays[i]
                         : report_month_name(ctx, patterns.first_month + (int64_t)i),
                     &patterns.sums[i]);
    return OK;
}

/* ---- overdue -------------------------------------------------------------------------------------------- */

struct overdue_sum {
    struct ctx *ctx;
    struct report_result *result;
    int64_t fine;
};

static void add_overdue(void *argument, int64_t id, int64_t fine)
{
    struct overdue_sum *sum = argument;

    report_add_id(sum->ctx, sum->result, id);
    sum->fine += fine;
}

static enum error_kind make_overdue(struct ctx *ctx, struct report_result *result)
{
    struct overdue_sum sum = {.ctx = ctx, .result = result};
    const struct report_query *query = &result->query;
    struct overdue_filter filter = {.today = clock_day_of(ctx->now), .group = query->group};

    TRY(report_member_type(ctx, query, &filter.member_type_id));
    filter.due_before = filter.today - (query->days == NO_NUMBER ? 1 : query->days) + 1;
    filter.steps = query->steps == NO_NUMBER ? 0 : query->steps;
    filter.by_name = report_is_sorted_by(result, "name");
    TRY(lending_repo_overdue(ctx, &filter, add_overdue, &sum));
    report_set_total(result, "fine", sum.fine);
    return OK;
}

static enum error_kind fetch_overdue(struct ctx *ctx, const struct report_result *result, int64_t id,
                                     union report_cell *out_cells, bool *out_found)
{
    int32_t today = clock_day_of(result->made_at);
    struct overdue_row row;

    TRY(lending_repo_overdue_row(ctx, id, today, &row, out_found));
    if (!*out_found)
        return OK;
    const union report_cell cells[] = {
        {.text = row.name},        {.text = row.card},        {.text = row.phone},
        {.text = row.email},       {.text = row.member_type}, {.text = row.group},
        {.text = row.title},       {.text = row.author},      {.text = row.barcode},
        {.text = row.shelf},       {.number = row.due_day},   {.number = today - row.due_day},
        {.number = row.steps},     {.number = row.fine},      {.number = row.balance},
        {.uuid = row.member_uuid}, {.uuid = row.book_uuid}};
    memcpy(out_cells, cells, sizeof cells);
    return OK;
}

/* ---- the tables ----------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct column popular_titles[] = {
    {"rank", COLUMN_INTEGER, .meaning = "Rank"}, {"title", COLUMN_TEXT, .meaning = "Title"}, {"author", COLUMN_TEXT, .meaning = "Author"},
    {"item_type", COLUMN_TEXT, .meaning = "Item type"}, {"loans", COLUMN_INTEGER, .meaning = "Loans"},
    {"copies", COLUMN_INTEGER, .meaning = "Copies now"},
    {"book_id", COLUMN_UUID, .meaning = "The title", .only_json = true}, {0}};
static const struct column popular_authors[] = {
    {"rank", COLUMN_INTEGER, .meaning = "Rank"}, {"author", COLUMN_TEXT, .meaning = "Author"}, {"loans", COLUMN_INTEGER, .meaning = "Loans"},
    {"titles", COLUMN_INTEGER, .meaning = "Titles lent"}, {0}};
static const struct report_view popular_views[] = {
    {"title", popular_titles, "loans", {"bars", "title", "loans"}},
    {"author", popular_authors, "loans", {"bars", "author", "loans"}},
    {0}};
const struct report popular_report = {
    .name = "popular", .title = "Popular titles and authors", .summary = "What was lent most",
    .takes = "period from to by item_type category limit", .period = "last_12_months", .limit = 50,
    .views = popular_views, .make = make_popular};

#define READERS {"members", COLUMN_INTEGER, .meaning = "Readers"}
#define STANDING READERS, \
    {"active", COLUMN_INTEGER, .meaning = "Active"}, {"new", COLUMN_INTEGER, .meaning = "New"}, \
    {"lapsed", COLUMN_INTEGER, .meaning = "Lapsed"}, {"never", COLUMN_INTEGER, .meaning = "Never borrowed"}, \
    {"loans", COLUMN_INTEGER, .meaning = "Loans"}, {"loans_each", COLUMN_REAL, true, .meaning = "Loans each"}, {0}
static const struct column engagement_bands[] = {
    {"loans_made", COLUMN_TEXT, .meaning = "Loans made"}, READERS, {"loans", COLUMN_INTEGER, .meaning = "Loans"}, {0}};
static const struct column engagement_types[] = {{"member_type", COLUMN_TEXT, true, .meaning = "Kind of reader"}, STANDING};
static const struct column engagement_groups[] = {{"group", COLUMN_TEXT, true, .meaning = "Group"}, STANDING};
static const struct report_view engagement_views[] = {
    {"loans", engagement_bands, "members loans", {"bars", "loans_made", "members"}},
    {"member_type", engagement_types, "members active new lapsed never loans", {"bars", "member_type", "active"}},
    {"group", engagement_groups, "members active new lapsed never loans", {"bars", "group", "active"}},
    {0}};
const struct report engagement_report = {
    .name = "engagement", .title = "Readers by how much they borrow", .summary = "How often readers borrowed; who is active, new, gone",
    .takes = "period from to by", .period = "last_12_months", .views = engagement_views, .make = make_engagement};

#define LATENESS \
    {"due", COLUMN_INTEGER, .meaning = "Loans due"}, {"late", COLUMN_INTEGER, .meaning = "Late"}, \
    {"late_percent", COLUMN_REAL, true, .meaning = "Late, per cent"}, {"days_late", COLUMN_REAL, true, .meaning = "Days late, mean"}, \
    {"longest", COLUMN_INTEGER, .meaning = "Days late, longest"}, {0}
static const struct column patterns_months[] = {{"month", COLUMN_TEXT, .meaning = "Month"}, LATENESS};
static const struct column patterns_weekdays[] = {{"weekday", COLUMN_TEXT, .meaning = "Weekday"}, LATENESS};
static const struct column patterns_types[] = {
    {"member_type", COLUMN_TEXT, true, .meaning = "Kind of reader"}, LATENESS};
static const struct report_view patterns_views[] = {
    {"month", patterns_months, "due late", {"bars", "month", "late_percent"}},
    {"weekday", patterns_weekdays, "due late", {"bars", "weekday", "late_percent"}},
    {"member_type", patterns_types, "due late", {"bars", "member_type", "late_percent"}},
    {0}};
const struct report patterns_report = {
    .name = "overdue_patterns", .title = "Lateness", .summary = "How much came back late and by how much, by the day it was due",
    .takes = "period from to by", .period = "last_12_months", .views = patterns_views, .make = make_patterns};

static const struct column overdue_columns[] = {
    {"name", COLUMN_TEXT, .meaning = "Reader"}, {"card", COLUMN_TEXT, .meaning = "Card number"}, {"phone", COLUMN_TEXT, true, .meaning = "Phone"},
    {"email", COLUMN_TEXT, true, .meaning = "E-mail"}, {"member_type", COLUMN_TEXT, .meaning = "Kind of reader"},
    {"group", COLUMN_TEXT, true, .meaning = "Group"}, {"title", COLUMN_TEXT, .meaning = "Title"},
    {"author", COLUMN_TEXT, .meaning = "Author"}, {"barcode", COLUMN_TEXT, .meaning = "Barcode"}, {"shelf", COLUMN_TEXT, true, .meaning = "Shelf"},
    {"due", COLUMN_DAY, .meaning = "Due"}, {"days_late", COLUMN_INTEGER, .meaning = "Days late"},
    {"urged", COLUMN_INTEGER, .meaning = "Urged"}, {"fine", COLUMN_MONEY, .meaning = "Fine by now"},
    {"balance", COLUMN_MONEY, .meaning = "Owes"},
    {"member_id", COLUMN_UUID, .meaning = "The reader", .only_json = true}, {"book_id", COLUMN_UUID, .meaning = "The title", .only_json = true}, {0}};
static const char *const overdue_sorts[] = {"name", "days_late", NULL};
static const struct report_view overdue_views[] = {{NULL, overdue_columns, "fine", {0}}, {0}};
const struct report overdue_report = {
    .name = "overdue", .title = "Overdue, a phone list", .summary = "Who has what for too long, with how to reach them",
    .takes = "sort group member_type days steps", .sorts = overdue_sorts, .views = overdue_views,
    .make = make_overdue, .fetch = fetch_overdue};
/* clang-format on */
