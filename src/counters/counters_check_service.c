/*
 * counters_check_service.c — proving that every number follows from its facts, and writing what does not anew.
 *
 * Both share one definition, the ledger: a record is wrong when it says something else, and a rebuild writes what it
 * says.
 */
#include "counters/counters_check_service.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/money.h"
#include "base/text.h"
#include "counters/counters_repository.h"
#include "counters/ledger.h"
#include "counters/ledger_repository.h"
#include "counters/tallies_service.h"
#include "counters/tally.h"

/* Records held in memory at a time: 150 KB. */
#define MISCOUNTED_AT_ONCE 1000

struct reporter {
    struct ctx *ctx;
    void (*report)(void *argument, const char *finding);
    void *argument;
};

static void report(const struct reporter *reporter, const char *finding)
{
    reporter->report(reporter->argument, finding);
}

/* ---- check ----------------------------------------------------------------------------------------- */

static void check_library_counter(const struct reporter *reporter, const struct ledger *ledger, int i,
                                  bool found, int64_t shown)
{
    struct ctx *ctx = reporter->ctx;
    const char *name = counters_repo_name((enum library_counter)i);
    long long counted = (long long)ledger->library[i];

    if (!found)
        report(reporter,
               arena_printf(ctx->arena, "The library's number of %s is missing; counting gives %lld.", name,
                            counted));
    else if (shown != counted)
        report(reporter,
               arena_printf(ctx->arena, "The library's number of %s is kept as %lld; counting gives %lld.",
                            name, (long long)shown, counted));
}

static enum error_kind check_library_counters(const struct reporter *reporter, const struct ledger *ledger)
{
    for (int i = 0; i < COUNTER_COUNT; i++) {
        int64_t shown = 0;
        bool found;
        TRY(counters_repo_get(reporter->ctx, (enum library_counter)i, &shown, &found));
        check_library_counter(reporter, ledger, i, found, shown);
    }
    return OK;
}

/* One table of records: how it is read, written and spoken of. */
struct record_kind {
    const char *noun;
    enum error_kind (*set)(struct ctx *ctx, int64_t id, const int64_t *counted);
    int columns;
    int instant; /* the column that is a point in time */
    int money;   /* the one that is a sum of money; -1: none */
    const char *labels[RECORD_COUNTERS_MAX];
};

static const struct record_kind record_kinds[] = {
    [COUNTED_BOOKS] =
        {
            .noun = "book",
            .set = counters_repo_set_book,
            .columns = BOOK_COUNTERS,
            .instant = BOOK_LAST_BORROWED,
            .money = -1,
            .labels = {[BOOK_TOTAL_COPIES] = "copies",
                       [BOOK_AVAILABLE_COPIES] = "available copies",
                       [BOOK_OPEN_BORROWS] = "open loans",
                       [BOOK_BORROW_COUNT] = "loans ever",
                       [BOOK_LAST_BORROWED] = "last loan",
                       [BOOK_OPEN_HOLDS] = "open holds",
                       [BOOK_RATING_COUNT] = "reviews shown",
                       [BOOK_RATING_SUM] = "stars"},
        },
    [COUNTED_MEMBERS] =
        {
            .noun = "member",
            .set = counters_repo_set_member,
            .columns = MEMBER_COUNTERS,
            .instant = MEMBER_LAST_BORROWED,
            .money = MEMBER_BALANCE,
            .labels = {[MEMBER_OPEN_BORROWS] = "open loans",
                       [MEMBER_BORROW_COUNT] = "loans ever",
                       [MEMBER_OVERDUE_COUNT] = "loans returned late",
                       [MEMBER_BALANCE] = "balance",
                       [MEMBER_LAST_BORROWED] = "last loan",
                       [MEMBER_OPEN_HOLDS] = "open holds"},
        },
};

static const char *value_text(struct ctx *ctx, const struct record_kind *kind, int column, int64_t value)
{
    char text[CLOCK_INSTANT_SIZE > MONEY_TEXT_SIZE ? CLOCK_INSTANT_SIZE : MONEY_TEXT_SIZE];

    if (value == NO_NUMBER)
        return "none";
    if (column == kind->instant)
        clock_format_instant(value, text);
    else if (column == kind->money)
        money_format(value, ctx->currency_exponent, text);
    else
        return arena_printf(ctx->arena, "%lld", (long long)value);
    return arena_strdup(ctx->arena, text);
}

static void report_record(const struct reporter *reporter, const struct record_kind *kind,
                          const struct miscounted *row)
{
    struct ctx *ctx = reporter->ctx;

    for (int i = 0; i < kind->columns; i++) {
        if (row->shown[i] == row->counted[i])
            continue;
        report(reporter,
               arena_printf(ctx->arena, "The %s “%s”: %s kept as %s; counting gives %s.", kind->noun,
                            row->name, kind->labels[i], value_text(ctx, kind, i, row->shown[i]),
                            value_text(ctx, kind, i, row->counted[i])));
    }
}

/* Goes through all miscounted records of a kind: reports them, or sets them right when `reporter` is NULL. */
static enum error_kind walk_records(struct ctx *ctx, const struct ledger *ledger, enum counted what,
                                    const struct reporter *reporter)
{
    const struct record_kind *kind = &record_kinds[what];
    struct arena_mark before = arena_mark(ctx->arena);
    struct miscounted *rows = arena_alloc_array(ctx->arena, MISCOUNTED_AT_ONCE, sizeof *rows);
    int64_t after_id = INT64_MIN;
    size_t count = MISCOUNTED_AT_ONCE;

    while (count == MISCOUNTED_AT_ONCE) {
        struct arena_mark mark = arena_mark(ctx->arena);
        TRY(ledger_repo_miscounted(ctx, ledger, what, after_id, rows, MISCOUNTED_AT_ONCE, &count));
        for (size_t i = 0; i < count; i++) {
            if (reporter)
                report_record(reporter, kind, &rows[i]);
            else
                TRY(kind->set(ctx, rows[i].id, rows[i].counted));
            after_id = rows[i].id;
        }
        arena_reset_to(ctx->arena, mark);
    }
    arena_reset_to(ctx->arena, before);
    return OK;
}

/* ---- member types ---------------------------------------------------------------------------------- */

static void check_type(void *argument, const struct counted_type *type)
{
    const struct reporter *reporter = argument;

    if (type->shown != type->counted)
        report(reporter, arena_printf(reporter->ctx->arena,
                                      "The member type “%s”: members kept as %lld; counting gives %lld.",
                                      type->code, (long long)type->shown, (long long)type->counted));
}

/* ---- the days -------------------------------------------------------------------------------------- */

struct packed_check {
    const struct reporter *reporter;
    const struct ledger *ledger;
    int64_t strays[2]; /* days, months */
};

static void check_packed(void *argument, const struct packed_period *period)
{
    struct packed_check *check = argument;
    struct ctx *ctx = check->reporter->ctx;
    const struct ledger_day sum = ledger_sum(check->ledger, period->first_day, period->last_day);
    int64_t records = 0;
    bool same = true;
    char text[CLOCK_DAY_SIZE];

    if (sum.borrows == 0 || !tallies_is_period(period->is_month, period->first_day, period->last_day)) {
        check->strays[period->is_month]++;
        return;
    }
    for (int i = 0; i < COUNTED_COUNT; i++) {
        uint64_t print;
        same = same && tally_print_packed(period->bytes[i], period->lengths[i], &print, &records) &&
               print == sum.prints[i];
    }
    if (same) {
        if (!period->is_month)
            ledger_find(check->ledger, period->first_day)->members =
                records; /* COUNTED_MEMBERS is the last */
        return;
    }
    clock_format_day((int32_t)period->first_day, text);
    report(check->reporter,
           arena_printf(ctx->arena, "%s: who borrowed how often in the %s that begins then is kept wrongly.",
                        text, period->is_month ? "month" : "day"));
}

static enum error_kind check_packed_periods(const struct reporter *reporter, const struct ledger *ledger)
{
    static const char *const nouns[] = {"day", "month"};
    struct packed_check check = {.reporter = reporter, .ledger = ledger};

    TRY(ledger_repo_packed(reporter->ctx, check_packed, &check));
    for (size_t i = 0; i < 2; i++)
        if (check.strays[i] > 0)
            report(reporter,
                   arena_printf(reporter->ctx->arena,
                                "Who borrowed how often is kept for %lld %s(s) in which nothing was lent.",
                                (long long)check.strays[i], nouns[i]));
    return OK;
}

/* A packed day that is right says how many members there were; of the others they are counted. */
static enum error_kind count_members(struct ctx *ctx, const struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->days.count; i++) {
        struct ledger_day *day = &ledger->days.slots[i];
        if (day->borrows == 0)
            day->members = 0;
        else if (day->members == NO_NUMBER)
            TRY(ledger_repo_count_members(ctx, clock_day_start((int32_t)day->day),
                                          clock_day_end((int32_t)day->day), &day->members));
    }
    return OK;
}

static void check_loans_of_day(const struct reporter *reporter, const char *text,
                               const struct day_count *shown, const struct ledger_day *counted)
{
    if (shown->forgotten > counted->unlinked)
        report(reporter, arena_printf(reporter->ctx->arena,
                                      "%s: kept as %lld forgotten members; %lld of its loans name nobody.",
                                      text, (long long)shown->forgotten, (long long)counted->unlinked));
    int64_t members = counted->members + shown->forgotten;
    if (shown->borrows == counted->borrows && shown->returns == counted->returns && shown->members == members)
        return;
    report(
        reporter,
        arena_printf(reporter->ctx->arena,
                     "%s: kept as %lld loans by %lld members and %lld returns; counting gives %lld, %lld and"
                     " %lld.",
                     text, (long long)shown->borrows, (long long)shown->members, (long long)shown->returns,
                     (long long)counted->borrows, (long long)members, (long long)counted->returns));
}

static void check_money_of_day(const struct reporter *reporter, const char *text,
                               const struct day_count *shown, const struct ledger_day *counted)
{
    if (shown->charges == counted->charges && shown->payments == counted->payments)
        return;
    report(reporter, arena_printf(reporter->ctx->arena,
                                  "%s: kept as %lld charges and %lld payments; counting gives %lld and %lld.",
                                  text, (long long)shown->charges, (long long)shown->payments,
                                  (long long)counted->charges, (long long)counted->payments));
}

static void check_day(const struct reporter *reporter, const struct day_count *shown,
                      const struct ledger_day *counted)
{
    struct arena_mark mark = arena_mark(reporter->ctx->arena);
    char text[CLOCK_DAY_SIZE];

    clock_format_day((int32_t)counted->day, text);
    check_loans_of_day(reporter, text, shown, counted);
    check_money_of_day(reporter, text, shown, counted);
    arena_reset_to(reporter->ctx->arena, mark);
}

static enum error_kind check_days(const struct reporter *reporter, const struct ledger *ledger)
{
    const struct ledger_day *counted = ledger->days.slots;
    const struct ledger_day *end = counted + ledger->days.count;
    struct day_count *shown;

    TRY(check_packed_periods(reporter, ledger));
    TRY(count_members(reporter->ctx, ledger));
    TRY(counters_repo_days(reporter->ctx, &shown));
    while (shown || counted < end) {
        struct day_count no_row = {0};
        struct ledger_day nothing = {.day = shown ? shown->day : 0};
        bool has_shown = shown && (counted == end || shown->day <= counted->day);
        bool has_counted = counted < end && (!shown || counted->day <= shown->day);
        check_day(reporter, has_shown ? shown : &no_row, has_counted ? counted : &nothing);
        shown = has_shown ? shown->next : shown;
        counted += has_counted;
    }
    return OK;
}

static enum error_kind check_all(struct reporter *reporter, struct ledger *ledger,
                                 const struct loan_watch *also)
{
    TRY(ledger_repo_read(reporter->ctx, ledger, also));
    TRY(check_library_counters(reporter, ledger));
    for (int i = 0; i < COUNTED_COUNT; i++)
        TRY(walk_records(reporter->ctx, ledger, (enum counted)i, reporter));
    TRY(ledger_repo_types(reporter->ctx, check_type, reporter));
    return check_days(reporter, ledger);
}

enum error_kind counters_check(struct ctx *ctx, const struct loan_watch *also,
                               void (*report_finding)(void *argument, const char *finding), void *argument,
                               bool *out_keys_hold)
{
    struct reporter reporter = {ctx, report_finding, argument};
    struct ledger ledger;

    ledger_init(&ledger);
    enum error_kind kind = check_all(&reporter, &ledger, also);
    if (kind == OK)
        *out_keys_hold = ledger.keys_hold;
    ledger_release(&ledger);
    return kind;
}

/* ---- rebuild --------------------------------------------------------------------------------------- */

static void take_loan_day(void *argument, const struct loan_day *loan_day)
{
    struct ledger_day *day = ledger_find(argument, loan_day->day);

    if (day)
        day->members = loan_day->members;
}

/* Of the members whom no loan of a day names, as many as are kept; both go on in the order of days. */
static int64_t forgotten_of(const struct ledger_day *day, const struct day_count **kept)
{
    while (*kept && (*kept)->day < day->day)
        *kept = (*kept)->next;
    int64_t forgotten = *kept && (*kept)->day == day->day ? (*kept)->forgotten : 0;
    return forgotten < day->unlinked ? forgotten : day->unlinked;
}

/* *out_lost: so many forgotten members as were kept for days that now have no loans of theirs. */
static enum error_kind rebuild_days(struct ctx *ctx, struct ledger *ledger, int64_t *out_lost)
{
    struct day_count *days;

    TRY(tallies_count_days(ctx, &(struct day_walk){take_loan_day, ledger}));
    TRY(count_members(ctx, ledger));
    TRY(counters_repo_days(ctx, &days));
    TRY(counters_repo_clear_days(ctx));
    *out_lost = 0;
    for (const struct day_count *day = days; day; day = day->next)
        *out_lost += day->forgotten;
    const struct day_count *kept = days;
    for (size_t i = 0; i < ledger->days.count; i++) {
        const struct ledger_day *day = &ledger->days.slots[i];
        int64_t forgotten = forgotten_of(day, &kept);
        *out_lost -= forgotten;
        TRY(counters_repo_add_day(ctx, &(struct day_count){.day = day->day,
                                                           .borrows = day->borrows,
                                                           .returns = day->returns,
                                                           .members = day->members + forgotten,
                                                           .forgotten = forgotten,
                                                           .charges = day->charges,
                                                           .payments = day->payments}));
    }
    return counters_repo_set_zone(ctx, clock_zone_print());
}

static enum error_kind rebuild_all(struct ctx *ctx, struct ledger *ledger)
{
    int64_t lost;

    for (int i = 0; i < COUNTED_COUNT; i++)
        TRY(walk_records(ctx, ledger, (enum counted)i, NULL));
    for (int i = 0; i < COUNTER_COUNT; i++)
        TRY(counters_repo_set(ctx, (enum library_counter)i, ledger->library[i]));
    TRY(counters_repo_settle_types(ctx));
    return rebuild_days(ctx, ledger, &lost);
}

static enum error_kind rebuild(struct ctx *ctx,
                               enum error_kind (*write)(struct ctx *ctx, struct ledger *ledger))
{
    struct ledger ledger;

    ledger_init(&ledger);
    enum error_kind kind = ledger_repo_read(ctx, &ledger, NULL);
    if (kind == OK)
        kind = write(ctx, &ledger);
    ledger_release(&ledger);
    return kind;
}

enum error_kind counters_rebuild(struct ctx *ctx)
{
    return rebuild(ctx, rebuild_all);
}

/* Loans without a member lie on other days in another zone; how many readers they were, nothing could tell again. */
static enum error_kind follow_days(struct ctx *ctx, struct ledger *ledger)
{
    int64_t lost;

    TRY(rebuild_days(ctx, ledger, &lost));
    if (lost > 0)
        return fail(
            ctx, CONFLICT,
            "In this time zone the numbers of readers whose loans are forgotten do not fit their days.");
    return OK;
}

enum error_kind counters_follow_zone(struct ctx *ctx)
{
    int64_t print;
    bool found;

    TRY(counters_repo_zone(ctx, &print, &found));
    if (found && print == clock_zone_print())
        return OK;
    if (found)
        LOG(INFO, "days begin at other times than those that were counted: they are counted anew");
    return rebuild(ctx, follow_days);
}

enum error_kind counters_leave_zone(struct ctx *ctx)
{
    return counters_repo_clear_zone(ctx);
}

enum error_kind counters_settle_receipts(struct ctx *ctx)
{
    return counters_repo_settle_receipts(ctx);
}
