/*
 * test_analytics_service.c — every figure against plain SQL over all loans, after a long random history.
 *
 * The history moves through more than a year, day by day, with loans that are reported late and a clock that once
 * ran far ahead, so that days and months are packed, reopened and asked for at every kind of edge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "analytics/analytics_service.h"
#include "base/clock.h"
#include "borrows/borrows_service.h"
#include "borrows/privacy_service.h"
#include "copies/copies_service.h"
#include "counters/counters_check_service.h"
#include "counters/tallies_service.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

#define BOOKS 40
#define MEMBERS 25
#define HISTORY_DAYS 430
#define ACTS_PER_DAY 6
#define RANGES 60

static struct fixture *fixture;
static struct ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    settings_forget();
    fixture = fixture_new();
    ctx = &fixture->ctx;
    srandom(20260302);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clock_set_zone("UTC");
    fixture_free(fixture);
    return 0;
}

/* ---- a history ---------------------------------------------------------------------------------------------- */

static struct uuid books[BOOKS];
static struct uuid members[MEMBERS];

static int64_t below(int64_t limit)
{
    return random() % limit;
}

static void fill_library(void)
{
    for (int i = 0; i < BOOKS; i++) {
        struct book_facts facts = BOOK_FACTS_NONE;
        struct book book;
        facts.title = arena_printf(ctx->arena, "Volume %d", i);
        facts.author = arena_printf(ctx->arena, "Author %d", i % 7);
        facts.total_copies = 1 + i % 3;
        assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
        books[i] = book.uuid;
    }
    for (int i = 0; i < MEMBERS; i++) {
        struct member_facts facts = MEMBER_FACTS_NONE;
        struct member member;
        facts.name = arena_printf(ctx->arena, "Member %d", i);
        assert_int_equal(members_create(ctx, &facts, &member), OK);
        members[i] = member.uuid;
    }
}

/* Fewer for the later ones: there must be favourites, and titles that nobody asks for. */
static size_t pick(int count)
{
    return (size_t)(below(count - 2) * below(count) / count);
}

static void lend_something(void)
{
    struct lend_request request = {.book_id = books[pick(BOOKS)], .member_id = members[pick(MEMBERS)]};
    struct borrow borrow;

    request.occurred_at = below(9) == 0 ? ctx->now - below(13 * (int64_t)MS_PER_DAY) : NO_NUMBER;
    fixture_next(fixture);
    enum error_kind kind = borrows_lend(ctx, &request, &borrow);
    assert_true(kind == OK || kind == ERROR_CONFLICT || kind == ERROR_INVALID);
    if (kind != OK)
        fixture_next(fixture);
}

static void take_something_back(void)
{
    struct return_request request = {.occurred_at = NO_NUMBER};
    struct reception reception;
    struct uuid uuid;
    int64_t open = fixture_int(fixture, "SELECT count(*) FROM borrow WHERE returned_at IS NULL");

    if (open == 0)
        return;
    char *sql = arena_printf(ctx->arena,
                             "SELECT id FROM borrow WHERE returned_at IS NULL ORDER BY id LIMIT 1 OFFSET %d",
                             (int)below(open));
    int64_t id = fixture_int(fixture, sql);
    for (int i = 0; i < UUID_BYTES; i++)
        uuid.bytes[i] = (uint8_t)fixture_int(
            fixture,
            arena_printf(
                ctx->arena,
                "SELECT (instr('0123456789ABCDEF', substr(hex(uuid), %d, 1)) - 1) * 16"
                " + instr('0123456789ABCDEF', substr(hex(uuid), %d, 1)) - 1 FROM borrow WHERE id = %lld",
                2 * i + 1, 2 * i + 2, (long long)id));
    fixture_next(fixture);
    assert_int_equal(borrows_receive(ctx, &uuid, &request, &reception), OK);
}

static void live_through_a_day(void)
{
    struct arena_mark mark = arena_mark(ctx->arena);

    for (int64_t acts = below(ACTS_PER_DAY); acts > 0; acts--) {
        ctx->now += below(MS_PER_DAY / 4 / ACTS_PER_DAY);
        if (below(100) < 55)
            lend_something();
        else
            take_something_back();
    }
    db_reset_statements(ctx->db);
    arena_reset_to(ctx->arena, mark);
    ctx->now = clock_day_start(clock_day_of(ctx->now) + 1) + 8 * 3600 * MS_PER_SECOND;
}

static void make_history(void)
{
    fill_library();
    for (int day = 0; day < HISTORY_DAYS; day++) {
        live_through_a_day();
        if (day == HISTORY_DAYS / 2) { /* the clock runs ahead for an hour, and is put right */
            int64_t now = ctx->now;
            ctx->now += 40 * (int64_t)MS_PER_DAY;
            live_through_a_day();
            ctx->now = now;
        }
    }
}

/* ---- the same by plain SQL ---------------------------------------------------------------------------------- */

static int64_t ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int64_t ask(const char *format, ...)
{
    char sql[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    return fixture_int(fixture, sql);
}

static int64_t id_of(const char *table, const struct uuid *uuid)
{
    char hex[2 * UUID_BYTES + 1];

    for (int i = 0; i < UUID_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", uuid->bytes[i]);
    return ask("SELECT id FROM %s WHERE uuid = x'%s'", table, hex);
}

#define IN_RANGE "borrowed_at BETWEEN %lld AND %lld"

static void check_favourite(const char *column, const struct day_range *range, size_t place, int64_t id,
                            int64_t count)
{
    long long from = clock_day_start(range->from);
    long long to = clock_day_end(range->to);

    assert_int_equal(id, ask("SELECT %s FROM borrow WHERE " IN_RANGE
                             " AND %s IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
                             " OFFSET %d",
                             column, from, to, column, (int)place));
    assert_int_equal(count, ask("SELECT count(*) FROM borrow WHERE " IN_RANGE " AND %s = %lld", from, to,
                                column, (long long)id));
}

static void check_favourites(const struct summary *summary, const struct day_range *range)
{
    long long from = clock_day_start(range->from);
    long long to = clock_day_end(range->to);
    int64_t borrowers = ask("SELECT count(DISTINCT member_id) FROM borrow WHERE " IN_RANGE, from, to);
    int64_t titles = ask("SELECT count(DISTINCT book_id) FROM borrow WHERE " IN_RANGE, from, to);

    assert_int_equal(summary->members.count, borrowers < SUMMARY_TOP ? borrowers : SUMMARY_TOP);
    assert_int_equal(summary->books.count, titles < SUMMARY_TOP ? titles : SUMMARY_TOP);
    for (size_t i = 0; i < summary->members.count; i++)
        check_favourite("member_id", range, i, id_of("member", &summary->members.rows[i].uuid),
                        summary->members.rows[i].borrow_count);
    for (size_t i = 0; i < summary->books.count; i++)
        check_favourite("book_id", range, i, id_of("book", &summary->books.rows[i].uuid),
                        summary->books.rows[i].borrow_count);
}

/* Where it stands who borrowed when. */
static const char *readers = "borrow";

static void check_days(const struct trends *trends)
{
    for (int32_t day = trends->range.from; day <= trends->range.to; day++) {
        int i = day - trends->range.from;
        long long from = clock_day_start(day);
        long long to = clock_day_end(day);
        assert_int_equal(trends->borrows[i], ask("SELECT count(*) FROM borrow WHERE " IN_RANGE, from, to));
        assert_int_equal(
            trends->returns[i],
            ask("SELECT count(*) FROM borrow WHERE returned_at BETWEEN %lld AND %lld", from, to));
        assert_int_equal(trends->active_members[i],
                         ask("SELECT count(DISTINCT member_id) FROM %s WHERE " IN_RANGE, readers, from, to));
    }
}

static int64_t overdue_by(int from, int to)
{
    return ask("SELECT count(*) FROM borrow WHERE returned_at IS NULL AND %d - due_day BETWEEN %d AND %d",
               (int)clock_day_of(ctx->now), from, to);
}

static void check_now(const struct summary *summary)
{
    int64_t active = ask("SELECT count(*) FROM borrow WHERE returned_at IS NULL");
    int64_t copies = ask("SELECT count(*) FROM copy");
    int64_t late = overdue_by(1, 99999);

    assert_int_equal(summary->overview.total_books, BOOKS);
    assert_int_equal(summary->overview.active_borrows, active);
    assert_int_equal(summary->overview.overdue_borrows, late);
    assert_float_equal(summary->overview.utilization_rate, 100.0 * (double)active / (double)copies, 1e-9);
    assert_int_equal(summary->overdue.days_1_3, overdue_by(1, 3));
    assert_int_equal(summary->overdue.days_4_7, overdue_by(4, 7));
    assert_int_equal(summary->overdue.days_7_plus, overdue_by(8, 99999));
    assert_int_equal(summary->inventory.low_stock,
                     ask("SELECT count(*) FROM book b WHERE (SELECT count(*) FROM copy WHERE book_id = b.id"
                         " AND status = 'available') <= 1"));
    assert_int_equal(
        summary->inventory.unavailable,
        ask("SELECT count(*) FROM book b WHERE NOT EXISTS (SELECT 1 FROM copy WHERE book_id = b.id"
            " AND status = 'available')"));
    assert_int_equal(summary->inventory.never_borrowed,
                     ask("SELECT count(*) FROM book WHERE id NOT IN (SELECT book_id FROM borrow)"));
    int32_t today = clock_day_of(ctx->now);
    int64_t week = ask("SELECT count(*) FROM borrow WHERE " IN_RANGE, (long long)clock_day_start(today - 6),
                       (long long)clock_day_end(today));
    assert_int_equal(summary->forecast.daily, (int64_t)((double)week / 7 + 0.5));
    assert_int_equal(summary->forecast.next_7_days, 7 * summary->forecast.daily);
    for (size_t i = 0; i < summary->activity.count; i++) {
        assert_int_equal(
            summary->activity.rows[i].at,
            ask("SELECT at FROM (SELECT borrowed_at AS at FROM borrow UNION ALL SELECT returned_at FROM"
                " borrow WHERE returned_at IS NOT NULL) ORDER BY at DESC LIMIT 1 OFFSET %d",
                (int)i));
    }
}

static void summarise_and_check(int32_t from, int32_t to)
{
    struct arena_mark mark = arena_mark(ctx->arena);
    struct summary *summary = arena_alloc(ctx->arena, sizeof *summary);
    const struct day_range range = {from, to};

    fixture_next(fixture);
    assert_int_equal(analytics_summary(ctx, &range, summary), OK);
    check_favourites(summary, &range);
    check_days(&summary->trends);
    check_now(summary);
    assert_int_equal(summary->activity.count, SUMMARY_ACTIVITY);
    db_reset_statements(ctx->db);
    arena_reset_to(ctx->arena, mark);
}

static void check_random_ranges(void)
{
    int32_t last = clock_day_of(ctx->now) + 50;

    for (int i = 0; i < RANGES; i++) {
        int32_t from = last - (int32_t)below(HISTORY_DAYS + 60);
        summarise_and_check(from, from + (int32_t)below(1 + below(HISTORY_DAYS)));
    }
    summarise_and_check(last - HISTORY_DAYS - 100, last);
}

static void check_titles(void)
{
    for (int i = 0; i < BOOKS; i++) {
        long long id = id_of("book", &books[i]);
        int64_t lent = ask("SELECT count(*) FROM borrow WHERE book_id = %lld", id);
        struct book_details details;
        fixture_next(fixture);
        assert_int_equal(analytics_details_of_book(ctx, &books[i], &details), OK);
        assert_int_equal(details.borrows.book_id, id);
        assert_int_equal(details.analytics.borrow_count, lent);
        assert_int_equal(details.analytics.popularity_rank,
                         1 + ask("SELECT count(*) FROM (SELECT book_id FROM borrow GROUP BY book_id"
                                 " HAVING count(*) > %lld)",
                                 (long long)lent));
        assert_int_equal(
            details.analytics.durations.late,
            ask("SELECT count(*) FROM borrow WHERE book_id = %lld AND returned_at > due_at", id));
    }
}

static void count_finding(void *argument, const char *finding)
{
    print_error("%s\n", finding);
    ++*(int *)argument;
}

static void assert_no_findings(void)
{
    int count = 0;
    bool keys_hold;

    fixture_next(fixture);
    assert_int_equal(counters_check(ctx, NULL, count_finding, &count, &keys_hold), OK);
    assert_int_equal(count, 0);
}

static void test_analytics_service__equals_a_full_recomputation_in_any_range(void **state)
{
    (void)state;
    make_history();
    assert_true(ask("SELECT count(*) FROM borrow") > 400);
    assert_true(ask("SELECT count(*) FROM tally WHERE span = 'month'") >= 12);
    assert_true(ask("SELECT count(*) FROM tally WHERE span = 'day'") >= 200);
    check_random_ranges();
    check_titles();
    assert_no_findings();
}

static void test_analytics_service__says_the_same_when_nothing_is_packed(void **state)
{
    (void)state;
    make_history();
    assert_int_equal(db_exec(ctx, "DELETE FROM tally WHERE random() % 3 = 0"), OK);
    check_random_ranges();
    assert_no_findings();
    assert_int_equal(db_exec(ctx, "DELETE FROM tally"), OK);
    check_random_ranges();
    assert_no_findings();
    assert_int_equal(counters_rebuild(ctx), OK);
    assert_true(ask("SELECT count(*) FROM tally WHERE span = 'month'") >= 12);
    check_random_ranges();
    assert_no_findings();
}

static void forget_after(int days)
{
    struct forgetting forgetting = {0};

    assert_int_equal(
        db_exec(ctx, arena_printf(ctx->arena,
                                  "INSERT INTO setting VALUES ('forget_loans_after_days', '%d', 0)"
                                  " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                  days)),
        OK);
    while (forgetting.step != FORGETTING_ENDED) {
        fixture_next(fixture);
        assert_int_equal(privacy_forget_slice(ctx, &forgetting), OK);
    }
    assert_true(forgetting.forgotten > 50);
}

/* Titles, days and their readers are as if nothing was forgotten; favourites are those of the loans that are left. */
static void test_analytics_service__forgotten_loans_count_but_for_no_reader(void **state)
{
    (void)state;
    make_history();
    assert_int_equal(db_exec(ctx, "CREATE TABLE remembered AS SELECT borrowed_at, member_id FROM borrow"),
                     OK);
    readers = "remembered";
    for (int days = 300; days > 0; days -= 140) {
        int64_t packed = ask("SELECT count(*) FROM tally");
        forget_after(days);
        assert_true(ask("SELECT count(*) FROM tally") >= packed);
        check_random_ranges();
        assert_no_findings();
    }
    assert_int_equal(counters_rebuild(ctx), OK);
    check_random_ranges();
    assert_no_findings();
    readers = "borrow";
}

static void test_analytics_service__days_and_months_are_those_of_the_librarys_zone(void **state)
{
    (void)state;
    if (!clock_set_zone("Pacific/Auckland"))
        skip();
    make_history();
    check_random_ranges();
    assert_no_findings();
}

static void test_analytics_service__a_damaged_tally_is_an_error_not_a_wrong_figure(void **state)
{
    struct summary *summary = arena_alloc(ctx->arena, sizeof *summary);
    const struct day_range range = {0, 10};

    (void)state;
    assert_int_equal(db_exec(ctx, "INSERT INTO tally VALUES ('day', 5, 5, x'80', x'')"), OK);
    assert_int_equal(analytics_summary(ctx, &range, summary), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_LIBRARY_DAMAGED);
}

/* ---- formulas ----------------------------------------------------------------------------------------------- */

static void insert_loan(int book, int copy, int due_days_ago)
{
    int32_t due = clock_day_of(ctx->now) - due_days_ago;

    assert_int_equal(
        db_exec(ctx,
                arena_printf(
                    ctx->arena,
                    "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at,"
                    " due_day, fine_per_day, grace_days, lent_by) VALUES (randomblob(16), %d, %d, %d, 1,"
                    " %lld, %lld, %d, 100, 0, 1)",
                    book, copy, book, (long long)clock_day_start(due - 14), (long long)clock_day_end(due),
                    due)),
        OK);
}

static void test_analytics_service__grades_lateness_by_days(void **state)
{
    static const int lateness[] = {-3, 0, 1, 3, 4, 7, 8, 30};
    struct overdue_figures overdue;
    struct overview overview;

    (void)state;
    fill_library();
    assert_int_equal(db_exec(ctx, "PRAGMA defer_foreign_keys = 1"), OK);
    for (int i = 0; i < 8; i++)
        insert_loan(i + 1, i + 1, lateness[i]);
    assert_int_equal(counters_rebuild(ctx), OK);
    assert_int_equal(analytics_overview(ctx, &overview, &overdue), OK);
    assert_int_equal(overdue.total, 6);
    assert_int_equal(overdue.days_1_3, 2);
    assert_int_equal(overdue.days_4_7, 2);
    assert_int_equal(overdue.days_7_plus, 2);
    assert_int_equal(overdue.longest_days, 30);
    int64_t total = 0;
    for (int i = 0; i < DAYS_OF_WEEK; i++)
        total += overdue.by_weekday[i];
    assert_int_equal(total, 6);
    assert_int_equal(overdue.by_weekday[clock_weekday_of(clock_day_of(ctx->now) - 30)] > 0, 1);
    /* 8 of 79 copies are out: within 5 and 95 per cent; 6 of 8 are late. */
    assert_float_equal(overview.utilization_rate, 100.0 * 8 / 79, 1e-9);
    assert_float_equal(overview.health_score, 100 - 0.5 * 75, 1e-9);
}

static void test_analytics_service__an_idle_library_loses_ten_points(void **state)
{
    struct overdue_figures overdue;
    struct overview overview;

    (void)state;
    assert_int_equal(analytics_overview(ctx, &overview, &overdue), OK);
    assert_float_equal(overview.health_score, 90, 1e-9);
    assert_float_equal(overview.utilization_rate, 0, 1e-9);
    assert_int_equal(overdue.total, 0);
}

static void test_analytics_service__a_range_is_thirty_days_unless_said(void **state)
{
    int32_t today = clock_day_of(ctx->now);
    struct day_range range = {0};

    (void)state;
    assert_int_equal(analytics_range(ctx, NO_NUMBER, NO_NUMBER, &range), OK);
    assert_int_equal(range.from, today - 29);
    assert_int_equal(range.to, today);
    assert_int_equal(analytics_range(ctx, NO_NUMBER, 100, &range), OK);
    assert_int_equal(range.from, 71);
    assert_int_equal(analytics_range(ctx, 5, 5, &range), OK);
    assert_int_equal(range.from, range.to);
    assert_int_equal(analytics_range(ctx, 0, ANALYTICS_DAYS_MAX - 1, &range), OK);
    assert_int_equal(analytics_range(ctx, 0, ANALYTICS_DAYS_MAX, &range), ERROR_MALFORMED);
    fixture_next(fixture);
    assert_int_equal(analytics_range(ctx, 6, 5, &range), ERROR_MALFORMED);
    assert_string_equal(ctx->error.detail, "Start date cannot be after end date.");
    assert_int_equal(range.to, ANALYTICS_DAYS_MAX - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_analytics_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(equals_a_full_recomputation_in_any_range),
        TEST(says_the_same_when_nothing_is_packed),
        TEST(forgotten_loans_count_but_for_no_reader),
        TEST(days_and_months_are_those_of_the_librarys_zone),
        TEST(a_damaged_tally_is_an_error_not_a_wrong_figure),
        TEST(grades_lateness_by_days),
        TEST(an_idle_library_loses_ten_points),
        TEST(a_range_is_thirty_days_unless_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
