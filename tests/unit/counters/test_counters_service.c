/*
 * test_counters_service.c — what is kept equals what counting gives, and --check says so when it does not; long because one
 * small library serves all of that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "counters/counters_check_service.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "support/fixture.h"

#define BORROWED_AT 1772445600000 /* 2026-03-02T10:00:00Z, as the fixture's now */
#define BORROWED_DAY 20514

static int set_up(void **state)
{
    *state = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    clock_set_zone("UTC");
    fixture_free(*state);
    return 0;
}

static void run(struct fixture *fixture, const char *sql)
{
    assert_int_equal(db_exec(&fixture->ctx, sql), OK);
}

/* Book 1 with two copies, members 1 and 2; counters say so. */
static void add_library(struct fixture *fixture)
{
    struct ctx *ctx = &fixture->ctx;

    run(fixture, "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
                 " VALUES (1, randomblob(16), 'Dune', 'Herbert', 'dune', 'herbert', 1, 1);"
                 "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
                 " VALUES (1, randomblob(16), 1, 'c1', 1, 1), (2, randomblob(16), 1, 'c2', 1, 1);"
                 "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
                 " VALUES (1, randomblob(16), 'm1', 'Jane Roe', 'jane roe', 1, 1),"
                 " (2, randomblob(16), 'm2', 'John Doe', 'john doe', 1, 1)");
    assert_int_equal(counters_book_added(ctx, 1), OK);
    assert_int_equal(counters_members_added(ctx, 1, 2), OK);
    assert_int_equal(counters_book_copies(ctx, 1, 2, 2), OK);
}

static void lend(struct fixture *fixture, int copy, int64_t at)
{
    struct ctx *ctx = &fixture->ctx;
    const struct counted_borrow borrow = {
        .book_id = 1, .member_id = 1, .borrowed_at = at, .borrowed_day = clock_day_of(at)};

    run(fixture,
        arena_printf(ctx->arena,
                     "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at,"
                     " due_day, fine_per_day, grace_days, lent_by)"
                     " VALUES (randomblob(16), 1, %d, 1, 1, %lld, %lld, %d, 100, 0, 1);"
                     "UPDATE copy SET status = 'on_loan' WHERE id = %d",
                     copy, (long long)at, (long long)(at + MS_PER_DAY), clock_day_of(at + MS_PER_DAY), copy));
    assert_int_equal(counters_book_copies(ctx, 1, 0, -1), OK);
    assert_int_equal(counters_borrow_opened(ctx, &borrow), OK);
}

static void take_back(struct fixture *fixture, int copy, int64_t at, bool late)
{
    struct ctx *ctx = &fixture->ctx;
    const struct counted_borrow borrow = {
        .book_id = 1, .member_id = 1, .returned_day = clock_day_of(at), .late = late};

    run(fixture, arena_printf(ctx->arena,
                              "UPDATE borrow SET returned_at = %lld, returned_day = %d WHERE copy_id = %d AND"
                              " returned_at IS NULL; UPDATE copy SET status = 'available' WHERE id = %d",
                              (long long)at, clock_day_of(at), copy, copy));
    assert_int_equal(counters_book_copies(ctx, 1, 0, 1), OK);
    assert_int_equal(counters_borrow_closed(ctx, &borrow), OK);
}

static void charge(struct fixture *fixture, int64_t at)
{
    struct ctx *ctx = &fixture->ctx;

    run(fixture, arena_printf(ctx->arena,
                              "INSERT INTO charge (uuid, member_id, kind, amount, at, day, made_by) VALUES"
                              " (randomblob(16), 1, 'fee', 100, %lld, %d, 'test')",
                              (long long)at, clock_day_of(at)));
    assert_int_equal(counters_charge_made(ctx, at), OK);
    assert_int_equal(counters_balance(ctx, 1, 100), OK);
}

static void pay(struct fixture *fixture, int64_t at)
{
    struct ctx *ctx = &fixture->ctx;

    run(fixture,
        arena_printf(ctx->arena,
                     "INSERT INTO payment (uuid, receipt, member_id, method, amount, at, day, taken_by)"
                     " VALUES (randomblob(16), 1, 1, 'cash', 100, %lld, %d, 'test')",
                     (long long)at, clock_day_of(at)));
    assert_int_equal(counters_payment_taken(ctx, at), OK);
    assert_int_equal(counters_balance(ctx, 1, -100), OK);
}

static char last_finding[256];

static void count_finding(void *argument, const char *finding)
{
    ++*(int *)argument;
    snprintf(last_finding, sizeof last_finding, "%s", finding);
}

static int findings_of(struct fixture *fixture)
{
    int count = 0;
    bool keys_hold = false;

    last_finding[0] = '\0';
    assert_int_equal(counters_check(&fixture->ctx, NULL, count_finding, &count, &keys_hold), OK);
    assert_true(keys_hold);
    return count;
}

static void assert_says(const char *finding, const char *part)
{
    if (!strstr(finding, part))
        print_error("%s\n", finding);
    assert_non_null(strstr(finding, part));
}

static void test_counters_service__counts_a_loan_everywhere(void **state)
{
    struct fixture *fixture = *state;

    add_library(fixture);
    lend(fixture, 1, BORROWED_AT);
    assert_int_equal(fixture_int(fixture, "SELECT available_copies FROM book"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT open_borrows * 10 + borrow_count FROM book"), 11);
    assert_int_equal(fixture_int(fixture, "SELECT open_borrows * 10 + borrow_count FROM member WHERE id = 1"),
                     11);
    assert_true(fixture_int(fixture, "SELECT last_borrowed_at FROM book") == BORROWED_AT);
    assert_int_equal(fixture_int(fixture, "SELECT borrows FROM daily_stat WHERE day = 20514"), 1);
    take_back(fixture, 1, BORROWED_AT + 2 * MS_PER_DAY, true);
    assert_int_equal(fixture_int(fixture, "SELECT open_borrows * 10 + borrow_count FROM book"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT overdue_count FROM member WHERE id = 1"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT returns FROM daily_stat WHERE day = 20516"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'borrows'"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'borrows_open'"),
                     0);
}

static void test_counters_service__agrees_with_the_facts_after_every_act(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(findings_of(fixture), 0);
    add_library(fixture);
    assert_int_equal(findings_of(fixture), 0);
    lend(fixture, 1, BORROWED_AT);
    assert_int_equal(findings_of(fixture), 0);
    take_back(fixture, 1, BORROWED_AT + 5 * MS_PER_DAY, true);
    assert_int_equal(findings_of(fixture), 0);
    lend(fixture, 2, BORROWED_AT + 6 * (int64_t)MS_PER_DAY);
    take_back(fixture, 2, BORROWED_AT + 6 * (int64_t)MS_PER_DAY, false);
    assert_int_equal(findings_of(fixture), 0);
    /* Due a day later: at that instant it is not late, a moment after it is. */
    lend(fixture, 1, BORROWED_AT + 8 * (int64_t)MS_PER_DAY);
    take_back(fixture, 1, BORROWED_AT + 9 * (int64_t)MS_PER_DAY, false);
    lend(fixture, 1, BORROWED_AT + 10 * (int64_t)MS_PER_DAY);
    take_back(fixture, 1, BORROWED_AT + 11 * (int64_t)MS_PER_DAY + 1, true);
    assert_int_equal(findings_of(fixture), 0);
}

static void test_counters_service__never_moves_the_last_loan_backwards(void **state)
{
    struct fixture *fixture = *state;

    add_library(fixture);
    lend(fixture, 1, BORROWED_AT);
    take_back(fixture, 1, BORROWED_AT, false);
    lend(fixture, 1, BORROWED_AT - 3 * MS_PER_DAY);
    assert_true(fixture_int(fixture, "SELECT last_borrowed_at FROM book") == BORROWED_AT);
    assert_true(fixture_int(fixture, "SELECT last_borrowed_at FROM member WHERE id = 1") == BORROWED_AT);
    assert_int_equal(findings_of(fixture), 0);
}

static void test_counters_service__reads_what_it_keeps(void **state)
{
    struct fixture *fixture = *state;
    int64_t value = -1;

    add_library(fixture);
    assert_int_equal(counters_get(&fixture->ctx, COUNTER_COPIES, &value), OK);
    assert_int_equal(value, 2);
    assert_int_equal(counters_get(&fixture->ctx, COUNTER_BOOKS_ARCHIVED, &value), OK);
    assert_int_equal(value, 0);
}

static void test_counters_service__fails_rather_than_count_below_zero(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(counters_add(&fixture->ctx, COUNTER_BOOKS, -1), ERROR_INTERNAL);
    assert_int_equal(fixture->ctx.error.code, ERR_INTERNAL);
}

static void test_counters_service__numbers_run_on_without_gaps(void **state)
{
    struct fixture *fixture = *state;
    int64_t card;
    int64_t barcode;

    for (int64_t expected = 1; expected <= 3; expected++) {
        assert_int_equal(counters_next_number(&fixture->ctx, SEQUENCE_MEMBER_CARD, &card), OK);
        assert_int_equal(card, expected);
    }
    assert_int_equal(counters_next_number(&fixture->ctx, SEQUENCE_COPY_BARCODE, &barcode), OK);
    assert_int_equal(barcode, 1);
}

/* Each line breaks one derived value; the finding must name what, what it is and what it should be. */
static void test_counters_service__says_what_is_wrong_in_plain_words(void **state)
{
    static const struct {
        const char *sql;
        const char *said[3];
    } damages[] = {
        {"UPDATE book SET total_copies = 3", {"book “Dune”", "copies kept as 3", "gives 2"}},
        {"UPDATE book SET borrow_count = 9", {"book “Dune”", "loans ever kept as 9", "gives 1"}},
        {"UPDATE book SET last_borrowed_at = NULL",
         {"last loan kept as none", "gives 2026-03-02T10:00:00.000Z", ""}},
        {"UPDATE member SET open_borrows = 3 WHERE id = 1",
         {"member “Jane Roe”", "open loans kept as 3", "gives 1"}},
        {"UPDATE member SET overdue_count = 2 WHERE id = 2",
         {"member “John Doe”", "returned late kept as 2", "gives 0"}},
        {"UPDATE library_counter SET value = 7 WHERE name = 'members'", {"members", "kept as 7", "gives 2"}},
        {"DELETE FROM library_counter WHERE name = 'copies'", {"copies", "missing", "gives 2"}},
        {"UPDATE daily_stat SET borrows = 5", {"2026-03-02", "5 loans by 1 members", "gives 1, 1 and 0"}},
        {"DELETE FROM daily_stat", {"2026-03-02", "0 loans", "gives 1, 1 and 0"}},
        {"INSERT INTO daily_stat (day, borrows, returns) VALUES (0, 0, 4)",
         {"1970-01-01", "4 returns", "gives 0, 0 and 0"}},
        {"UPDATE daily_stat SET members = 2", {"2026-03-02", "by 2 members", "gives 1, 1 and 0"}},
        {"UPDATE library_counter SET value = 0 WHERE name = 'books_low'",
         {"books_low", "kept as 0", "gives 1"}},
        {"INSERT INTO tally VALUES ('day', 20514, 20514, x'04', x'02')",
         {"2026-03-02", "in the day that begins then", "kept wrongly"}},
        {"INSERT INTO tally VALUES ('month', 20513, 20543, x'02', x'')",
         {"2026-03-01", "in the month that begins then", "kept wrongly"}},
        {"INSERT INTO tally VALUES ('day', 20000, 20000, x'02', x'02')",
         {"1 day(s) in which nothing was lent", "", ""}},
        {"INSERT INTO tally VALUES ('month', 20513, 20542, x'02', x'02')",
         {"1 month(s) in which nothing was lent", "", ""}}, /* March has 31 days */
        {"INSERT INTO tally VALUES ('day', 20514, 20514, x'02', x'80')",
         {"2026-03-02", "in the day that begins then", "kept wrongly"}},
        {"INSERT INTO tally VALUES ('day', 20514, 20514, x'02', x'0200')",
         {"2026-03-02", "in the day that begins then", "kept wrongly"}},
        {"UPDATE book SET available_copies = 0", {"book “Dune”", "available copies kept as 0", "gives 1"}},
        {"UPDATE book SET open_borrows = 0", {"book “Dune”", "open loans kept as 0", "gives 1"}},
        {"UPDATE member SET borrow_count = 0 WHERE id = 1",
         {"member “Jane Roe”", "loans ever kept as 0", "gives 1"}},
        {"UPDATE member SET last_borrowed_at = 5 WHERE id = 2",
         {"member “John Doe”", "last loan kept as 1970-01-01T00:00:00.005Z", "gives none"}},
        {"UPDATE daily_stat SET returns = 9", {"2026-03-02", "and 9 returns", "gives 1, 1 and 0"}},
        {"UPDATE daily_stat SET charges = 3", {"2026-03-02", "3 charges and 0 payments", "gives 0 and 0"}},
        {"UPDATE daily_stat SET payments = 4", {"2026-03-02", "0 charges and 4 payments", "gives 0 and 0"}},
        {"INSERT INTO daily_stat (day, payments) VALUES (0, 1)",
         {"1970-01-01", "0 charges and 1 payments", "gives 0 and 0"}},
        {"UPDATE member_type SET member_count = 0 WHERE id = 1",
         {"member type “adult”", "members kept as 0", "gives 2"}},
        {"UPDATE member_type SET member_count = 1 WHERE id = 2",
         {"member type “student”", "members kept as 1", "gives 0"}},
    };
    struct fixture *fixture = *state;

    add_library(fixture);
    lend(fixture, 1, BORROWED_AT);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        run(fixture, damages[i].sql);
        assert_int_equal(findings_of(fixture), 1);
        for (int j = 0; j < 3; j++)
            assert_says(last_finding, damages[i].said[j]);
        assert_int_equal(counters_rebuild(&fixture->ctx), OK);
        assert_int_equal(findings_of(fixture), 0);
    }
}

static void test_counters_service__names_each_number_of_the_library(void **state)
{
    struct fixture *fixture = *state;

    add_library(fixture);
    lend(fixture, 1, BORROWED_AT);
    for (int i = 0; i < COUNTER_COUNT; i++) {
        static const char *const names[] = {
#define X(id, name) name,
            LIBRARY_COUNTERS(X)
#undef X
        };
        run(fixture, arena_printf(fixture->ctx.arena,
                                  "UPDATE library_counter SET value = 90 WHERE name = '%s'", names[i]));
        assert_int_equal(findings_of(fixture), 1);
        assert_says(last_finding, arena_printf(fixture->ctx.arena, "number of %s is kept as 90", names[i]));
        assert_int_equal(counters_rebuild(&fixture->ctx), OK);
    }
    assert_int_equal(findings_of(fixture), 0);
}

/* 400 loans by two members on 40 days of two months and more, recorded in no order at all. */
static void lend_in_no_order(struct fixture *fixture)
{
    run(fixture,
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)"
        " INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by, returned_at, returned_day)"
        " SELECT randomblob(16), 1, 1, 1 + (i * 7 % 40 > 19 AND i % 3 = 0), 1,"
        " 1772445600000 + (i * 7 % 40) * 2 * 86400000 + i, 1999999999999, 20700, 0, 0, 1,"
        " 1772445600000 + (i * 7 % 40) * 2 * 86400000 + i, 20514 + (i * 7 % 40) * 2 FROM n");
    assert_int_equal(counters_rebuild(&fixture->ctx), OK);
}

static void test_counters_service__days_are_counted_in_whatever_order_loans_were_recorded(void **state)
{
    static const char *const damages[] = {
        "UPDATE daily_stat SET members = members + 1 WHERE day = 20514", /* packed */
        "DELETE FROM tally WHERE first_day = 20516; UPDATE daily_stat SET members = members + 1 WHERE day = 20516",
        "UPDATE daily_stat SET members = members + 1 WHERE day = 20592", /* the last: not packed */
        "UPDATE tally SET members = x'020301' WHERE span = 'day' AND first_day = 20514", /* 10 loans, one a second member's */
        "UPDATE tally SET books = x'0502' WHERE span = 'month' AND first_day = 20513", /* of book 2 */
    };
    struct fixture *fixture = *state;

    add_library(fixture);
    lend_in_no_order(fixture);
    assert_int_equal(findings_of(fixture), 0);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM tally WHERE span = 'day'"), 39);
    assert_true(fixture_int(fixture, "SELECT count(*) FROM tally WHERE span = 'month'") >= 1);
    assert_int_equal(fixture_int(fixture,
                                 "SELECT count(*) FROM daily_stat s WHERE s.members <> (SELECT"
                                 " count(DISTINCT member_id) FROM borrow WHERE returned_day = s.day)"),
                     0);
    assert_true(fixture_int(fixture, "SELECT count(DISTINCT members) FROM daily_stat") == 2);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        run(fixture, damages[i]);
        assert_int_equal(findings_of(fixture), 1);
        assert_int_equal(counters_rebuild(&fixture->ctx), OK);
        assert_int_equal(findings_of(fixture), 0);
    }
}

/* What a strange file may say about time must not end the program. */
static void test_counters_service__looks_at_loans_beyond_the_calendar(void **state)
{
    struct fixture *fixture = *state;

    add_library(fixture);
    run(fixture,
        "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by, returned_at, returned_day)"
        " VALUES (randomblob(16), 1, 1, 1, 1, 9000000000000000000, 9000000000000000000, 1, 0, 0, 1,"
        " 9000000000000000000, 9000000000000000000), (randomblob(16), 1, 1, 1, 1, -9000000000000000000, 0, 1,"
        " 0, 0, 1, 0, -9000000000000000000)");
    assert_true(findings_of(fixture) > 0);
}

static int64_t counter(struct fixture *fixture, enum library_counter which)
{
    int64_t value = -1;

    assert_int_equal(counters_get(&fixture->ctx, which, &value), OK);
    return value;
}

static void assert_stock(struct fixture *fixture, int low, int out, int unlent)
{
    assert_int_equal(counter(fixture, COUNTER_BOOKS_LOW), low);
    assert_int_equal(counter(fixture, COUNTER_BOOKS_OUT), out);
    assert_int_equal(counter(fixture, COUNTER_BOOKS_UNLENT), unlent);
    assert_int_equal(findings_of(fixture), 0);
}

static void test_counters_service__knows_which_titles_are_scarce_or_never_lent(void **state)
{
    struct fixture *fixture = *state;

    add_library(fixture);
    assert_stock(fixture, 0, 0, 1);
    lend(fixture, 1, BORROWED_AT);
    assert_stock(fixture, 1, 0, 0);
    run(fixture, "UPDATE copy SET status = 'in_repair' WHERE id = 2");
    assert_int_equal(counters_book_copies(&fixture->ctx, 1, 0, -1), OK);
    assert_stock(fixture, 1, 1, 0);
    take_back(fixture, 1, BORROWED_AT, false);
    assert_stock(fixture, 1, 0, 0);
    run(fixture, "UPDATE copy SET status = 'available' WHERE id = 2");
    assert_int_equal(counters_book_copies(&fixture->ctx, 1, 0, 1), OK);
    assert_stock(fixture, 0, 0, 0);
}

static void test_counters_service__the_archive_is_not_scarce(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;

    add_library(fixture);
    run(fixture, "UPDATE book SET deleted_at = 2");
    assert_int_equal(counters_book_archived(ctx, 1), OK);
    assert_stock(fixture, 0, 0, 0);
    run(fixture, "UPDATE copy SET status = 'lost'");
    assert_int_equal(counters_book_copies(ctx, 1, -2, -2), OK);
    assert_stock(fixture, 0, 0, 0);
    run(fixture, "UPDATE book SET deleted_at = NULL");
    assert_int_equal(counters_book_restored(ctx, 1), OK);
    assert_stock(fixture, 1, 1, 1);
    assert_int_equal(counter(fixture, COUNTER_BOOKS), 1);
}

static void test_counters_service__rebuilds_many_records(void **state)
{
    struct fixture *fixture = *state;

    run(fixture, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10050)"
                 " INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at,"
                 " borrow_count) SELECT i, randomblob(16), 'b', 'a', 'b', 'a', 1, 1, 3 FROM n");
    assert_int_equal(findings_of(fixture),
                     10054); /* each book; how many there are, with one copy, with none, never lent */
    assert_int_equal(counters_rebuild(&fixture->ctx), OK);
    assert_int_equal(findings_of(fixture), 0);
    assert_int_equal(fixture_int(fixture, "SELECT sum(borrow_count) FROM book"), 0);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'books'"), 10050);
}

static void test_counters_service__days_are_those_of_the_librarys_zone(void **state)
{
    struct fixture *fixture = *state;

    if (!clock_set_zone("Pacific/Auckland"))
        skip();
    add_library(fixture);
    lend(fixture, 1, BORROWED_AT + 2 * 3600 * MS_PER_SECOND); /* 12:00 UTC: 01:00 of the next day there */
    assert_int_equal(fixture_int(fixture, "SELECT day FROM daily_stat"), BORROWED_DAY + 1);
    assert_int_equal(findings_of(fixture), 0);
    run(fixture, "DELETE FROM daily_stat");
    assert_int_equal(counters_rebuild(&fixture->ctx), OK);
    assert_int_equal(fixture_int(fixture, "SELECT day FROM daily_stat"), BORROWED_DAY + 1);
}

static void test_counters_service__a_day_with_loans_and_returns_is_one_row(void **state)
{
    struct fixture *fixture = *state;

    add_library(fixture);
    lend(fixture, 1, BORROWED_AT);
    take_back(fixture, 1, BORROWED_AT + 1000, false);
    lend(fixture, 1, BORROWED_AT + 2000);
    take_back(fixture, 1, BORROWED_AT + MS_PER_DAY, false);
    lend(fixture, 2, BORROWED_AT + 4 * (int64_t)MS_PER_DAY);
    run(fixture, "DELETE FROM daily_stat");
    assert_int_equal(counters_rebuild(&fixture->ctx), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM daily_stat"), 3);
    assert_int_equal(fixture_int(fixture, "SELECT borrows * 10 + returns FROM daily_stat WHERE day = 20514"),
                     21);
    assert_int_equal(fixture_int(fixture, "SELECT borrows * 10 + returns FROM daily_stat WHERE day = 20515"),
                     1);
    assert_int_equal(fixture_int(fixture, "SELECT borrows * 10 + returns FROM daily_stat WHERE day = 20518"),
                     10);
}

static void test_counters_service__money_is_counted_by_its_day(void **state)
{
    struct fixture *fixture = *state;

    add_library(fixture);
    charge(fixture, BORROWED_AT);
    charge(fixture, BORROWED_AT + 1);
    charge(fixture, BORROWED_AT - 3 * MS_PER_DAY); /* told later than it came about */
    pay(fixture, BORROWED_AT + MS_PER_DAY);
    assert_int_equal(findings_of(fixture), 0);
    assert_int_equal(fixture_int(fixture, "SELECT charges * 10 + payments FROM daily_stat WHERE day = 20514"),
                     20);
    assert_int_equal(fixture_int(fixture, "SELECT charges * 10 + payments FROM daily_stat WHERE day = 20511"),
                     10);
    assert_int_equal(fixture_int(fixture, "SELECT charges * 10 + payments FROM daily_stat WHERE day = 20515"),
                     1);
    run(fixture, "DELETE FROM daily_stat");
    assert_int_equal(counters_rebuild(&fixture->ctx), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM daily_stat"), 3);
    assert_int_equal(fixture_int(fixture, "SELECT sum(charges * 10 + payments) FROM daily_stat"), 31);
}

/* A loan that is undone leaves its day, but not when something was charged on it. */
static void test_counters_service__a_day_of_charges_stays_without_its_loan(void **state)
{
    struct fixture *fixture = *state;
    const struct counted_borrow borrow = {
        .book_id = 1, .member_id = 1, .borrowed_at = BORROWED_AT, .borrowed_day = BORROWED_DAY};

    add_library(fixture);
    lend(fixture, 1, BORROWED_AT);
    charge(fixture, BORROWED_AT);
    run(fixture, "DELETE FROM borrow; UPDATE copy SET status = 'available'");
    assert_int_equal(counters_book_copies(&fixture->ctx, 1, 0, 1), OK);
    assert_int_equal(counters_borrow_undone(&fixture->ctx, &borrow), OK);
    assert_int_equal(findings_of(fixture), 0);
    assert_int_equal(fixture_int(fixture, "SELECT borrows * 10 + charges FROM daily_stat"), 1);
}

static void test_counters_service__members_are_counted_by_their_type(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;

    add_library(fixture);
    run(fixture, "UPDATE member SET member_type_id = 3 WHERE id = 2");
    assert_int_equal(counters_member_moved(ctx, 1, 3, false), OK);
    assert_int_equal(findings_of(fixture), 0);
    run(fixture, "UPDATE member SET deleted_at = 5 WHERE id = 2");
    assert_int_equal(counters_member_archived(ctx, 3), OK);
    assert_int_equal(findings_of(fixture), 0);
    run(fixture, "UPDATE member SET deleted_at = NULL WHERE id = 2");
    assert_int_equal(counters_member_restored(ctx, 3), OK);
    assert_int_equal(findings_of(fixture), 0);
    assert_int_equal(fixture_int(fixture, "SELECT member_count FROM member_type WHERE id = 3"), 1);
    run(fixture, "DELETE FROM member WHERE id = 2");
    assert_int_equal(counters_member_removed(ctx, 3, false), OK);
    assert_int_equal(findings_of(fixture), 0);
    run(fixture, "UPDATE member SET deleted_at = 5");
    assert_int_equal(counters_member_archived(ctx, 1), OK);
    run(fixture, "DELETE FROM member");
    assert_int_equal(counters_member_removed(ctx, 1, true), OK);
    assert_int_equal(findings_of(fixture), 0);
    assert_int_equal(counter(fixture, COUNTER_MEMBERS) + counter(fixture, COUNTER_MEMBERS_ARCHIVED), 0);
}

static void test_counters_service__days_follow_another_zone(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;

    add_library(fixture);
    assert_int_equal(counters_follow_zone(ctx), OK);
    lend(fixture, 1, BORROWED_AT + 2 * 3600 * MS_PER_SECOND); /* 12:00 UTC: 01:00 of the next day there */
    charge(fixture, BORROWED_AT + 3 * 3600 * MS_PER_SECOND);
    run(fixture,
        "UPDATE daily_stat SET returns = 7; UPDATE library_counter SET value = 70 WHERE name = 'books'");
    assert_int_equal(counters_follow_zone(ctx), OK);
    assert_int_equal(findings_of(fixture), 2); /* it is the same zone: nothing was touched */
    if (!clock_set_zone("Pacific/Auckland"))
        skip();
    assert_int_equal(counters_follow_zone(ctx), OK);
    assert_int_equal(findings_of(fixture), 1);
    assert_says(last_finding, "number of books is kept as 70"); /* that is for --check to find */
    assert_int_equal(fixture_int(fixture, "SELECT day FROM daily_stat WHERE borrows = 1 AND charges = 1"),
                     BORROWED_DAY + 1);
    clock_set_zone("UTC");
    assert_int_equal(counters_follow_zone(ctx), OK);
    assert_int_equal(fixture_int(fixture, "SELECT day FROM daily_stat"), BORROWED_DAY);
}

/* In Auckland the loan lies on the day after, where the number that is kept would not go with it. */
static void test_counters_service__another_zone_loses_no_forgotten_reader(void **state)
{
    struct fixture *fixture = *state;
    struct ctx *ctx = &fixture->ctx;

    add_library(fixture);
    lend(fixture, 1, BORROWED_AT + 2 * 3600 * MS_PER_SECOND);
    take_back(fixture, 1, BORROWED_AT + 3 * 3600 * MS_PER_SECOND, false);
    run(fixture, "UPDATE borrow SET member_id = NULL; UPDATE daily_stat SET forgotten = 1 WHERE borrows = 1;"
                 "UPDATE member SET borrow_count = 0, last_borrowed_at = NULL; DELETE FROM tally");
    assert_int_equal(counters_follow_zone(ctx), OK);
    assert_int_equal(findings_of(fixture), 0);
    fixture_commit(fixture);
    if (!clock_set_zone("Pacific/Auckland"))
        skip();
    assert_int_equal(counters_follow_zone(ctx), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_CONFLICT);
    run(fixture, "ROLLBACK; BEGIN IMMEDIATE");
    assert_int_equal(counters_leave_zone(ctx), OK);
    lend(fixture, 2, BORROWED_AT + 2 * 3600 * MS_PER_SECOND); /* is counted on the day after */
    clock_set_zone("UTC");
    assert_int_equal(counters_follow_zone(ctx), OK);
    assert_int_equal(fixture_int(fixture, "SELECT borrows * 100 + members * 10 + forgotten FROM daily_stat"),
                     221);
    assert_int_equal(findings_of(fixture), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_counters_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counts_a_loan_everywhere),
        TEST(agrees_with_the_facts_after_every_act),
        TEST(never_moves_the_last_loan_backwards),
        TEST(reads_what_it_keeps),
        TEST(fails_rather_than_count_below_zero),
        TEST(numbers_run_on_without_gaps),
        TEST(says_what_is_wrong_in_plain_words),
        TEST(names_each_number_of_the_library),
        TEST(days_are_counted_in_whatever_order_loans_were_recorded),
        TEST(looks_at_loans_beyond_the_calendar),
        TEST(knows_which_titles_are_scarce_or_never_lent),
        TEST(the_archive_is_not_scarce),
        TEST(rebuilds_many_records),
        TEST(days_are_those_of_the_librarys_zone),
        TEST(a_day_with_loans_and_returns_is_one_row),
        TEST(money_is_counted_by_its_day),
        TEST(a_day_of_charges_stays_without_its_loan),
        TEST(members_are_counted_by_their_type),
        TEST(days_follow_another_zone),
        TEST(another_zone_loses_no_forgotten_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
