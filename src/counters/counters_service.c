/*
 * counters_service.c — which numbers follow from which fact, and proving that they do.
 *
 * --check and --rebuild share one definition: a record is wrong when counting gives something else, and a
 * rebuild writes what counting gives. Days are counted by tallies_service rather than in SQL because
 * only base/clock knows where the library's days begin and end.
 */
#include "counters/counters_service.h"

#include "base/clock.h"
#include "base/text.h"
#include "counters/counters_repository.h"
#include "counters/tallies_service.h"

/* Records held in memory at a time: 1.5 MB. Each batch counts open and late loans anew, so not too few. */
#define MISCOUNTED_AT_ONCE 10000

struct reporter {
    struct ctx *ctx;
    void (*report)(void *argument, const char *finding);
    void *argument;
};

static void report(const struct reporter *reporter, const char *finding)
{
    reporter->report(reporter->argument, finding);
}

enum error_kind counters_add(struct ctx *ctx, enum library_counter counter, int64_t delta)
{
    return delta == 0 ? OK : counters_repo_add(ctx, counter, delta);
}

enum error_kind counters_get(struct ctx *ctx, enum library_counter counter, int64_t *out_value)
{
    int64_t value = 0;
    bool found;

    TRY(counters_repo_get(ctx, counter, &value, &found));
    *out_value = value;
    return OK;
}

enum error_kind counters_next_number(struct ctx *ctx, enum sequence sequence, int64_t *out_number)
{
    return counters_repo_next_number(ctx, sequence, out_number);
}

/* ---- titles ---------------------------------------------------------------------------------------- */

/* `sign`: +1 when a title comes among those that are not archived, -1 when it goes. */
static enum error_kind list_book(struct ctx *ctx, int64_t book_id, int64_t sign)
{
    struct book_stock stock;

    TRY(counters_repo_stock(ctx, book_id, &stock));
    TRY(counters_add(ctx, COUNTER_BOOKS, sign));
    TRY(counters_add(ctx, COUNTER_BOOKS_UNLENT, stock.borrow_count == 0 ? sign : 0));
    TRY(counters_add(ctx, COUNTER_BOOKS_LOW, stock.available <= 1 ? sign : 0));
    return counters_add(ctx, COUNTER_BOOKS_OUT, stock.available == 0 ? sign : 0);
}

enum error_kind counters_book_added(struct ctx *ctx, int64_t book_id)
{
    return list_book(ctx, book_id, 1);
}

enum error_kind counters_book_archived(struct ctx *ctx, int64_t book_id)
{
    TRY(list_book(ctx, book_id, -1));
    return counters_add(ctx, COUNTER_BOOKS_ARCHIVED, 1);
}

enum error_kind counters_book_restored(struct ctx *ctx, int64_t book_id)
{
    TRY(list_book(ctx, book_id, 1));
    return counters_add(ctx, COUNTER_BOOKS_ARCHIVED, -1);
}

enum error_kind counters_book_copies(struct ctx *ctx, int64_t book_id, int64_t total_delta,
                                     int64_t available_delta)
{
    struct book_stock stock;

    if (total_delta == 0 && available_delta == 0)
        return OK;
    TRY(counters_repo_stock(ctx, book_id, &stock));
    TRY(counters_repo_add_copies(ctx, book_id, total_delta, available_delta));
    if (stock.listed) {
        int64_t after = stock.available + available_delta;
        TRY(counters_add(ctx, COUNTER_BOOKS_LOW, (after <= 1) - (stock.available <= 1)));
        TRY(counters_add(ctx, COUNTER_BOOKS_OUT, (after == 0) - (stock.available == 0)));
    }
    return counters_add(ctx, COUNTER_COPIES, total_delta);
}

/* ---- loans ----------------------------------------------------------------------------------------- */

static enum error_kind count_loan_of_day(struct ctx *ctx, const struct counted_borrow *borrow)
{
    int32_t day = (int32_t)borrow->borrowed_day;
    int64_t loans;

    TRY(counters_repo_loans_of_member(ctx, borrow->member_id, clock_day_start(day), clock_day_end(day),
                                      &loans));
    const struct day_count count = {.day = day, .borrows = 1, .members = loans == 1};
    TRY(counters_repo_add_day(ctx, &count));
    TRY(counters_repo_borrows_of_day(ctx, day, &loans));
    return tallies_loan_made(ctx, borrow, loans == 1);
}

enum error_kind counters_borrow_opened(struct ctx *ctx, const struct counted_borrow *borrow)
{
    struct book_stock stock;

    TRY(counters_repo_book_lent(ctx, borrow->book_id, borrow->borrowed_at));
    TRY(counters_repo_stock(ctx, borrow->book_id, &stock));
    if (stock.listed && stock.borrow_count == 1)
        TRY(counters_add(ctx, COUNTER_BOOKS_UNLENT, -1));
    TRY(counters_repo_member_lent(ctx, borrow->member_id, borrow->borrowed_at));
    TRY(counters_add(ctx, COUNTER_BORROWS, 1));
    TRY(counters_add(ctx, COUNTER_BORROWS_OPEN, 1));
    return count_loan_of_day(ctx, borrow);
}

enum error_kind counters_borrow_closed(struct ctx *ctx, const struct counted_borrow *borrow)
{
    const struct day_count count = {.day = borrow->returned_day, .returns = 1};

    TRY(counters_repo_book_returned(ctx, borrow->book_id));
    TRY(counters_repo_member_returned(ctx, borrow->member_id, borrow->late));
    TRY(counters_add(ctx, COUNTER_BORROWS_OPEN, -1));
    return counters_repo_add_day(ctx, &count);
}

/* ---- what the daily counts should be --------------------------------------------------------------- */

struct loan_days {
    struct ctx *ctx;
    struct day_count *first;
    struct day_count **end;
    const struct reporter *reporter;
};

static void take_loan_day(void *argument, const struct loan_day *day)
{
    struct loan_days *days = argument;
    struct day_count *count = arena_alloc(days->ctx->arena, sizeof *count);

    *count = (struct day_count){.day = day->day, .borrows = day->borrows, .members = day->members};
    *days->end = count;
    days->end = &count->next;
}

static void report_tally(void *argument, const char *finding)
{
    const struct loan_days *days = argument;

    report(days->reporter, finding);
}

/* Two lists by day become one; the lists are taken apart. */
static struct day_count *merge_days(struct day_count *loans, struct day_count *returns)
{
    struct day_count *first = NULL;
    struct day_count **end = &first;

    while (loans || returns) {
        struct day_count **source = !returns || (loans && loans->day <= returns->day) ? &loans : &returns;
        struct day_count *day = *source;
        *source = day->next;
        if (returns && source == &loans && returns->day == day->day) {
            day->returns = returns->returns;
            returns = returns->next;
        }
        *end = day;
        end = &day->next;
    }
    *end = NULL;
    return first;
}

/* With a reporter the packed periods are compared on the way, without one they are packed anew. */
static enum error_kind count_days(struct ctx *ctx, const struct reporter *reporter,
                                  struct day_count **out_days)
{
    struct loan_days loans = {.ctx = ctx, .reporter = reporter};
    const struct day_walk walk = {take_loan_day, reporter ? report_tally : NULL, &loans};
    struct day_count *returns;

    loans.end = &loans.first;
    TRY(tallies_count_days(ctx, &walk));
    TRY(counters_repo_returns_by_day(ctx, &returns));
    *out_days = merge_days(loans.first, returns);
    return OK;
}

/* ---- check ----------------------------------------------------------------------------------------- */

static enum error_kind check_library(const struct reporter *reporter)
{
    struct ctx *ctx = reporter->ctx;
    int64_t counted[COUNTER_COUNT];

    TRY(counters_repo_count_library(ctx, counted));
    for (int i = 0; i < COUNTER_COUNT; i++) {
        const char *name = counters_repo_name((enum library_counter)i);
        int64_t shown = 0;
        bool found;
        TRY(counters_repo_get(ctx, (enum library_counter)i, &shown, &found));
        if (!found)
            report(reporter,
                   arena_printf(ctx->arena, "The library's number of %s is missing; counting gives %lld.",
                                name, (long long)counted[i]));
        else if (shown != counted[i])
            report(reporter, arena_printf(ctx->arena,
                                          "The library's number of %s is kept as %lld; counting gives %lld.",
                                          name, (long long)shown, (long long)counted[i]));
    }
    return OK;
}

/* One table of records: how it is read, written and spoken of. */
struct record_kind {
    const char *noun;
    enum error_kind (*find)(struct ctx *ctx, int64_t after_id, struct miscounted *out_rows, size_t max,
                            size_t *out_count);
    enum error_kind (*set)(struct ctx *ctx, const struct miscounted *row);
    int columns;
    int instant; /* the column that is a point in time */
    const char *labels[RECORD_COUNTERS_MAX];
};

static const struct record_kind record_kinds[] = {
    {
        .noun = "book",
        .find = counters_repo_miscounted_books,
        .set = counters_repo_set_book,
        .columns = BOOK_COUNTERS,
        .instant = BOOK_LAST_BORROWED,
        .labels = {[BOOK_TOTAL_COPIES] = "copies",
                   [BOOK_AVAILABLE_COPIES] = "available copies",
                   [BOOK_OPEN_BORROWS] = "open loans",
                   [BOOK_BORROW_COUNT] = "loans ever",
                   [BOOK_LAST_BORROWED] = "last loan"},
    },
    {
        .noun = "member",
        .find = counters_repo_miscounted_members,
        .set = counters_repo_set_member,
        .columns = MEMBER_COUNTERS,
        .instant = MEMBER_LAST_BORROWED,
        .labels = {[MEMBER_OPEN_BORROWS] = "open loans",
                   [MEMBER_BORROW_COUNT] = "loans ever",
                   [MEMBER_OVERDUE_COUNT] = "loans returned late",
                   [MEMBER_LAST_BORROWED] = "last loan"},
    },
};

#define RECORD_KINDS (sizeof record_kinds / sizeof record_kinds[0])

static const char *value_text(struct ctx *ctx, int64_t value, bool instant)
{
    char text[CLOCK_INSTANT_SIZE];

    if (value == NO_NUMBER)
        return "none";
    if (!instant)
        return arena_printf(ctx->arena, "%lld", (long long)value);
    clock_format_instant(value, text);
    return arena_strdup(ctx->arena, text);
}

static void report_record(const struct reporter *reporter, const struct record_kind *kind,
                          const struct miscounted *row)
{
    struct ctx *ctx = reporter->ctx;

    for (int i = 0; i < kind->columns; i++) {
        if (row->shown[i] == row->counted[i])
            continue;
        bool instant = i == kind->instant;
        report(reporter,
               arena_printf(ctx->arena, "The %s “%s”: %s kept as %s; counting gives %s.", kind->noun,
                            row->name, kind->labels[i], value_text(ctx, row->shown[i], instant),
                            value_text(ctx, row->counted[i], instant)));
    }
}

/* Goes through all miscounted records of a kind: reports them, or sets them right when `reporter` is NULL. */
static enum error_kind walk_records(struct ctx *ctx, const struct record_kind *kind,
                                    const struct reporter *reporter)
{
    struct arena_mark before = arena_mark(ctx->arena);
    struct miscounted *rows = arena_alloc_array(ctx->arena, MISCOUNTED_AT_ONCE, sizeof *rows);
    int64_t after_id = 0;
    size_t count = MISCOUNTED_AT_ONCE;

    while (count == MISCOUNTED_AT_ONCE) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(kind->find(ctx, after_id, rows, MISCOUNTED_AT_ONCE, &count));
        for (size_t i = 0; i < count; i++) {
            if (reporter)
                report_record(reporter, kind, &rows[i]);
            else
                TRY(kind->set(ctx, &rows[i]));
            after_id = rows[i].id;
        }
        arena_reset_to(ctx->arena, mark);
    }
    arena_reset_to(ctx->arena, before);
    return OK;
}

static void report_day(const struct reporter *reporter, int64_t day, const struct day_count *shown,
                       const struct day_count *counted)
{
    static const struct day_count nothing = {0};
    char text[CLOCK_DAY_SIZE];

    shown = shown ? shown : &nothing;
    counted = counted ? counted : &nothing;
    clock_format_day((int32_t)day, text);
    report(
        reporter,
        arena_printf(reporter->ctx->arena,
                     "%s: kept as %lld loans by %lld members and %lld returns; counting gives %lld, %lld and"
                     " %lld.",
                     text, (long long)shown->borrows, (long long)shown->members, (long long)shown->returns,
                     (long long)counted->borrows, (long long)counted->members, (long long)counted->returns));
}

static enum error_kind check_days(const struct reporter *reporter)
{
    struct day_count *shown;
    struct day_count *counted;

    TRY(counters_repo_days(reporter->ctx, &shown));
    TRY(count_days(reporter->ctx, reporter, &counted));
    while (shown || counted) {
        bool has_shown = shown && (!counted || shown->day <= counted->day);
        bool has_counted = counted && (!shown || counted->day <= shown->day);
        bool same = has_shown && has_counted && shown->borrows == counted->borrows &&
                    shown->returns == counted->returns && shown->members == counted->members;
        if (!same)
            report_day(reporter, has_shown ? shown->day : counted->day, has_shown ? shown : NULL,
                       has_counted ? counted : NULL);
        shown = has_shown ? shown->next : shown;
        counted = has_counted ? counted->next : counted;
    }
    return OK;
}

/* member.balance stays out until there are charges and payments that it could be compared with. */
enum error_kind counters_check(struct ctx *ctx, void (*report_finding)(void *argument, const char *finding),
                               void *argument)
{
    const struct reporter reporter = {ctx, report_finding, argument};

    TRY(check_library(&reporter));
    for (size_t i = 0; i < RECORD_KINDS; i++)
        TRY(walk_records(ctx, &record_kinds[i], &reporter));
    return check_days(&reporter);
}

/* ---- rebuild --------------------------------------------------------------------------------------- */

static enum error_kind rebuild_days(struct ctx *ctx)
{
    struct day_count *days;

    TRY(count_days(ctx, NULL, &days));
    TRY(counters_repo_clear_days(ctx));
    for (; days; days = days->next)
        TRY(counters_repo_add_day(ctx, days));
    return OK;
}

enum error_kind counters_rebuild(struct ctx *ctx)
{
    int64_t counted[COUNTER_COUNT];

    for (size_t i = 0; i < RECORD_KINDS; i++)
        TRY(walk_records(ctx, &record_kinds[i], NULL));
    TRY(counters_repo_count_library(ctx, counted));
    for (int i = 0; i < COUNTER_COUNT; i++)
        TRY(counters_repo_set(ctx, (enum library_counter)i, counted[i]));
    return rebuild_days(ctx);
}
