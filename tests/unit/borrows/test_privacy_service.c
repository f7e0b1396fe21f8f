/*
 * test_privacy_service.c — which loans forget their reader and when, what goes with that, and that every number that
 * is kept stays one that counting gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "borrows/borrows_check_service.h"
#include "borrows/borrows_service.h"
#include "borrows/privacy_service.h"
#include "copies/copies_service.h"
#include "counters/counters_service.h"
#include "counters/tallies_service.h"
#include "db/backup.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

static int set_up(void **state)
{
    (void)state;
    settings_forget();
    fixture = fixture_new();
    ctx = &fixture->ctx;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

/* ---- helpers ------------------------------------------------------------------------------------------ */

static struct book catalogue(const char *title, int64_t copies)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book = {0};

    facts.title = title;
    facts.author = "Anonymous";
    facts.total_copies = copies;
    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
    return book;
}

static struct member register_member(const char *name)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member = {0};

    facts.name = name;
    assert_int_equal(members_create(ctx, &facts, &member), OK);
    return member;
}

static struct borrow lend(const struct book *book, const struct member *member)
{
    struct lend_request request = {
        .book_id = book->uuid, .member_id = member->uuid, .occurred_at = NO_NUMBER};
    struct borrow borrow = {0};

    fixture_next(fixture);
    enum error_kind kind = borrows_lend(ctx, &request, &borrow);
    if (kind != OK)
        print_error("%s\n", ctx->error.detail);
    assert_int_equal(kind, OK);
    return borrow;
}

static void take_back_at(const struct borrow *borrow, int64_t occurred_at)
{
    struct copy copy = {0};
    struct borrow back;

    fixture_next(fixture);
    assert_int_equal(copies_find_by_id(ctx, borrow->copy_id, &copy), OK);
    const struct return_request request = {.barcode = copy.facts.barcode, .occurred_at = occurred_at};
    assert_int_equal(borrows_return_barcode(ctx, &request, &back), OK);
}

static void take_back(const struct borrow *borrow)
{
    take_back_at(borrow, NO_NUMBER);
}

static void pass_days(int64_t days)
{
    ctx->now += days * MS_PER_DAY;
}

static void run(const char *sql)
{
    fixture_next(fixture);
    assert_int_equal(db_exec(ctx, sql), OK);
}

static int64_t count(const char *sql)
{
    fixture_next(fixture);
    return fixture_int(fixture, sql);
}

static void forget_after(int days)
{
    run(arena_printf(ctx->arena,
                     "INSERT INTO setting VALUES ('forget_loans_after_days', '%d', 0)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     days));
}

static int64_t slices; /* of the last run */

/* A whole run; how many loans it made forget. */
static int64_t forget(void)
{
    struct forgetting forgetting = {0};

    for (slices = 0; forgetting.step != FORGETTING_ENDED; slices++) {
        assert_true(slices < 10000);
        fixture_next(fixture);
        enum error_kind kind = privacy_forget_slice(ctx, &forgetting);
        if (kind != OK)
            print_error("%s\n", ctx->error.detail);
        assert_int_equal(kind, OK);
    }
    return forgetting.forgotten;
}

static void fail_on_finding(void *argument, const char *finding)
{
    (void)argument;
    print_error("%s\n", finding);
    assert_true(false);
}

/* Whatever a test did, the library must still be true. */
static void assert_library_true(void)
{
    bool keys_hold;

    fixture_next(fixture);
    assert_int_equal(borrows_check(ctx, fail_on_finding, NULL, &keys_hold), OK);
    assert_true(keys_hold);
}

/* A loan of one day that came back today. */
static struct borrow old_loan(const struct book *book, const struct member *member)
{
    struct borrow borrow = lend(book, member);

    pass_days(1);
    take_back(&borrow);
    return borrow;
}

#define LINKED "SELECT count(*) FROM borrow WHERE member_id IS NOT NULL"

/* ---- when --------------------------------------------------------------------------------------------- */

static void test_privacy_service__forgets_nothing_unless_it_is_told_to(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");

    old_loan(&book, &member);
    pass_days(20000);
    assert_int_equal(forget(), 0);
    forget_after(0);
    assert_int_equal(forget(), 0);
    assert_int_equal(count(LINKED), 1);
}

static void test_privacy_service__forgets_so_many_days_after_the_return_and_not_a_day_before(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend(&book, &member);

    forget_after(30);
    pass_days(100); /* out for long */
    assert_int_equal(forget(), 0);
    take_back(&borrow);
    pass_days(29);
    ctx->now = clock_day_end(clock_day_of(ctx->now));
    assert_int_equal(forget(), 0);
    ctx->now++;
    assert_int_equal(forget(), 1);
    assert_int_equal(count(LINKED), 0);
    assert_int_equal(forget(), 0);
    assert_library_true();
}

static void test_privacy_service__an_open_charge_keeps_the_loan_until_it_is_settled(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member member = register_member("Amina Okafor");
    struct member other = register_member("Ben Ito");

    old_loan(&book, &member);
    old_loan(&book, &other);
    run("INSERT INTO charge (id, uuid, member_id, kind, amount, borrow_id, at, day, made_by)"
        " VALUES (1, randomblob(16), 1, 'damage', 300, 1, 0, 0, 'test');");
    forget_after(7);
    pass_days(400);
    assert_int_equal(forget(), 1);
    assert_int_equal(count("SELECT member_id FROM borrow WHERE id = 1"), member.id);
    run("UPDATE charge SET settled = 299");
    assert_int_equal(forget(), 0);
    run("UPDATE charge SET settled = 300, copy_id = 1");
    assert_int_equal(forget(), 1);
    assert_int_equal(count(LINKED), 0);
    assert_int_equal(
        count("SELECT count(*) FROM charge WHERE member_id = 1 AND borrow_id IS NULL AND copy_id IS NULL"),
        1);
}

/* Kept answers to requests name the loan for IDEMPOTENCY_KEEP_MS: so long it waits. */
static void test_privacy_service__waits_a_day_after_whatever_was_done_about_the_loan(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend(&book, &member);
    int64_t back_at = ctx->now + 60000;

    pass_days(10);
    take_back_at(&borrow, back_at); /* said ten days later: the answer is kept from now on */
    forget_after(1);
    run("INSERT INTO idempotency_key (scope, route, key, body_hash, status, headers, created_at, expires_at)"
        " VALUES ('local', 'POST /borrows/return', 'k', zeroblob(32), 200, '', 0,"
        " (SELECT max(at) FROM audit_log) + 86400000)");
    ctx->now += IDEMPOTENCY_KEEP_MS - 1;
    assert_int_equal(forget(), 0);
    assert_int_equal(count("SELECT count(*) FROM idempotency_key"), 1);
    ctx->now += 1;
    assert_int_equal(forget(), 1);
    assert_int_equal(count("SELECT count(*) FROM idempotency_key"), 0);
}

static void test_privacy_service__waits_a_day_after_the_payment_that_settled_its_charge(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");

    old_loan(&book, &member);
    pass_days(100);
    forget_after(7);
    run(arena_printf(
        ctx->arena,
        "INSERT INTO charge (id, uuid, member_id, kind, amount, settled, borrow_id, at, day, made_by)"
        " VALUES (1, randomblob(16), 1, 'damage', 300, 300, 1, 0, 0, 'test');"
        "INSERT INTO payment (id, uuid, receipt, member_id, method, amount, allocated, at, day, taken_by)"
        " VALUES (1, randomblob(16), 1, 1, 'cash', 300, 300, %lld, 0, 'test');"
        "INSERT INTO allocation (charge_id, payment_id, amount) VALUES (1, 1, 300)",
        (long long)ctx->now));
    assert_int_equal(forget(), 0);
    pass_days(1);
    assert_int_equal(forget(), 1);
}

/* The waiver may be for whatever is oldest: then only its allocation says what it settled. */
static void test_privacy_service__waits_a_day_after_a_waiver_of_its_charge(void **state)
{
    static const char *const charge_ids[] = {"1", "NULL"};
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");

    forget_after(7);
    for (int i = 0; i < 2; i++) {
        int64_t id = old_loan(&book, &member).id;
        pass_days(100);
        run(arena_printf(
            ctx->arena,
            "DELETE FROM allocation; DELETE FROM waiver; DELETE FROM charge;"
            "INSERT INTO charge (id, uuid, member_id, kind, amount, settled, borrow_id, at, day, made_by)"
            " VALUES (1, randomblob(16), 1, 'damage', 300, 300, %lld, 0, 0, 'test');"
            "INSERT INTO waiver (id, uuid, member_id, charge_id, kind, status, amount, allocated, reason,"
            " asked_by, asked_at, decided_by, decided_at) VALUES (1, randomblob(16), 1, %s, 'waiver',"
            " 'approved', 300, 300, 'r', 'test', 0, 'test', %lld);"
            "INSERT INTO allocation (charge_id, waiver_id, amount) VALUES (1, 1, 300)",
            (long long)id, charge_ids[i], (long long)ctx->now));
        assert_int_equal(forget(), 0);
        pass_days(1);
        assert_int_equal(forget(), 1);
    }
}

/* ---- what --------------------------------------------------------------------------------------------- */

/* Amina renewed her own loan under an older login name, and came for it because of a hold. */
static void add_acts_of_the_reader(void)
{
    run("INSERT INTO account (uuid, name, name_key, role, member_id, created_at, updated_at)"
        " VALUES (randomblob(16), 'amina', 'amina', 'member', 1, 1, 1);"
        "INSERT INTO renewal (borrow_id, at, due_day_before, due_day_after, way, renewed_by) VALUES"
        " (1, 1, 1, 2, 'reader', 'amina'), (1, 1, 2, 3, 'reader', 'amina.old'), (1, 1, 3, 4, 'desk', 'test');"
        "INSERT INTO hold (id, uuid, book_id, member_id, status, place, copy_id, borrow_id, ready_at, ended_at,"
        " placed_at, placed_by) VALUES (1, randomblob(16), 1, 1, 'fulfilled', 1, 1, 1, 3, 4, 1, 'amina'),"
        " (2, randomblob(16), 1, 1, 'cancelled', 1, NULL, NULL, NULL, 6, 5, 'amina'),"
        " (3, randomblob(16), 1, 1, 'waiting', 1, NULL, NULL, NULL, NULL, 7, 'amina');"
        "INSERT INTO event (uuid, at, type, book_id, member_id) VALUES (randomblob(16), 1, 'BookReserved', 1, 1),"
        " (randomblob(16), 3, 'HoldReady', 1, 1), (randomblob(16), 5, 'BookReserved', 1, 1),"
        " (randomblob(16), 7, 'BookReserved', 1, 1);"
        "UPDATE library_counter SET value = 3 WHERE name = 'holds';"
        "INSERT INTO audit_log (at, actor, action, entity, entity_id, address, correlation_id) SELECT"
        " max(at), column1, column2, column3, column4, '10.0.0.9', 'c-1' FROM audit_log, (VALUES"
        " ('amina', 'borrow.renewed', 'borrow', 1), ('amina.old', 'borrow.renewed', 'borrow', 1),"
        " ('test', 'borrow.renewed', 'borrow', 1), ('amina', 'hold.placed', 'hold', 1),"
        " ('amina', 'hold.placed', 'hold', 2), ('amina', 'borrow.renewed', 'borrow', 2),"
        " ('amina', 'login.succeeded', 'account', 1)) GROUP BY column1, column2, column3, column4");
}

static void test_privacy_service__nothing_leads_from_the_loan_to_its_reader(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member member = register_member("Amina Okafor");
    struct member other = register_member("Ben Ito");

    old_loan(&book, &member);
    add_acts_of_the_reader();
    pass_days(20);
    lend(&book, &other);
    forget_after(7);
    assert_int_equal(forget(), 1);
    assert_int_equal(
        count("SELECT count(*) FROM borrow WHERE id = 1 AND member_id IS NULL AND lent_by = 'test'"), 1);
    assert_int_equal(count("SELECT count(*) FROM renewal WHERE renewed_by = 'a reader'"), 2);
    assert_int_equal(count("SELECT count(*) FROM renewal WHERE renewed_by = 'test'"), 1);
    assert_int_equal(count("SELECT count(*) FROM hold WHERE member_id IS NULL AND placed_by = 'a reader'"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM hold WHERE member_id = 1 AND placed_by = 'amina'"), 2);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id = 1"), 2);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id = 1 AND member_id IS NOT NULL"), 0);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id = 2 AND member_id IS NOT NULL"), 1);
    assert_int_equal(
        count("SELECT sum(at) FROM event WHERE type IN ('BookReserved', 'HoldReady') AND member_id = 1"), 12);
}

static void test_privacy_service__the_log_keeps_what_the_staff_did(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member member = register_member("Amina Okafor");

    old_loan(&book, &member);
    add_acts_of_the_reader();
    int64_t rows = count("SELECT count(*) FROM audit_log");
    pass_days(20);
    forget_after(7);
    assert_int_equal(forget(), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), rows + 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'borrow' AND entity_id = 1"
                           " AND correlation_id IS NOT NULL"),
                     0);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'borrow' AND entity_id = 1"
                           " AND actor = 'a reader' AND address IS NULL"),
                     2);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'borrow' AND entity_id = 1"
                           " AND actor = 'test' AND address IS NOT NULL"),
                     3);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE actor = 'a reader' AND entity = 'hold'"), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE actor = 'amina' AND correlation_id = 'c-1'"),
                     3);
}

static void test_privacy_service__a_run_says_how_many(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");

    for (int i = 0; i < 3; i++)
        old_loan(&book, &member);
    pass_days(20);
    forget_after(7);
    assert_int_equal(forget(), 3);
    assert_int_equal(forget(), 0);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'loans.forgotten'"), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE after = '{\"loans\":\"3\"}'"), 1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'LoansForgotten' AND detail = '3'"), 1);
}

static void test_privacy_service__goes_on_in_slices(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct member other = register_member("Ben Ito");

    for (int i = 0; i < FORGET_LOANS_A_SLICE + 7; i++)
        old_loan(&book, i % 8 == 3 ? &other : &member);
    run("INSERT INTO charge (uuid, member_id, kind, amount, borrow_id, at, day, made_by)"
        " SELECT randomblob(16), 1, 'damage', 300, id, 0, 0, 'test' FROM borrow WHERE id < 3;"
        "UPDATE member SET balance = 600 WHERE id = 1;"
        "UPDATE library_counter SET value = 2 WHERE name IN ('charges', 'charges_open')");
    pass_days(20);
    forget_after(7);
    assert_int_equal(forget(), FORGET_LOANS_A_SLICE + 5);
    assert_true(slices >= 6);
    assert_int_equal(count(LINKED), 2);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id > 2 AND member_id IS NOT NULL"), 0);
    assert_library_true();
}

/* ---- the numbers -------------------------------------------------------------------------------------- */

static void test_privacy_service__a_members_numbers_are_those_of_the_loans_that_are_left(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");
    struct borrow late = lend(&book, &member);

    pass_days(40);
    take_back(&late);
    old_loan(&book, &member);
    struct borrow last = lend(&book, &member);
    pass_days(1);
    assert_int_equal(count("SELECT borrow_count * 10 + overdue_count FROM member"), 31);
    forget_after(1);
    assert_int_equal(forget(), 2);
    assert_int_equal(count("SELECT borrow_count * 100 + overdue_count * 10 + open_borrows FROM member"), 101);
    assert_true(count("SELECT last_borrowed_at FROM member") == last.borrowed_at);
    assert_int_equal(count("SELECT borrow_count FROM book"), 3);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'borrows'"), 3);
    take_back(&last);
    pass_days(2);
    assert_int_equal(forget(), 1);
    assert_int_equal(count("SELECT borrow_count + coalesce(last_borrowed_at, 0) FROM member"), 0);
    assert_library_true();
}

/* Two readers on one day, one with two loans: the day keeps its two, whoever is forgotten first. */
static void test_privacy_service__a_day_keeps_the_number_of_its_readers(void **state)
{
    (void)state;
    struct book books[] = {catalogue("Dune", 2), catalogue("Emma", 2)};
    struct member member = register_member("Amina Okafor");
    struct member other = register_member("Ben Ito");
    struct borrow first = lend(&books[0], &member);
    struct borrow second = lend(&books[1], &member);
    struct borrow third = lend(&books[1], &other);

    take_back(&first);
    pass_days(2);
    take_back(&third);
    forget_after(1);
    assert_int_equal(forget(), 1);
    assert_int_equal(count("SELECT members * 10 + forgotten FROM daily_stat WHERE borrows > 0"), 20);
    assert_library_true();
    take_back(&second);
    pass_days(2);
    assert_int_equal(forget(), 2);
    assert_int_equal(count("SELECT members * 10 + forgotten FROM daily_stat WHERE borrows > 0"), 22);
    assert_library_true();
}

/* Everything that is derived, as one text. */
static const char *derived(void)
{
    static const char *const parts[] = {
        "SELECT id || ' ' || borrow_count || ' ' || overdue_count || ' ' || coalesce(last_borrowed_at, '-') AS t"
        " FROM member ORDER BY id",
        "SELECT day || ' ' || borrows || ' ' || returns || ' ' || members || ' ' || forgotten AS t FROM daily_stat"
        " ORDER BY day",
        "SELECT span || first_day || ' ' || hex(books) || ' ' || hex(members) AS t FROM tally ORDER BY span, first_day",
    };
    const char *text = "";

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        run("DROP TABLE IF EXISTS gathered; CREATE TABLE gathered (t TEXT)");
        run(arena_printf(ctx->arena, "INSERT INTO gathered SELECT group_concat(t, ';') FROM (%s)", parts[i]));
        fixture_next(fixture);
        static const struct sql *gathered;
        SQL(GATHERED, "SELECT t FROM gathered");
        gathered = &GATHERED;
        struct stmt *s = db_statement(ctx, gathered);
        bool found;
        assert_int_equal(db_row(s, &found), OK);
        const char *part = column_text(s, 0);
        text = arena_printf(ctx->arena, "%s\n%s", text, part ? part : "");
    }
    return text;
}

/* A hundred days with a loan each and more, by three readers; days and months are packed on the way. */
static void lend_for_a_hundred_days(const struct book *book, const struct member *members)
{
    for (int i = 0; i < 100; i++) {
        struct borrow one = lend(book, &members[i % 3]);
        struct borrow two = {0};
        if (i % 4 == 0)
            two = lend(book, &members[(i + 1) % 3]);
        pass_days(1);
        take_back(&one);
        if (i % 4 == 0)
            take_back(&two);
    }
}

static void test_privacy_service__rebuilding_gives_what_forgetting_left(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member members[] = {register_member("Amina"), register_member("Ben"), register_member("Chloé")};

    lend_for_a_hundred_days(&book, members);
    assert_library_true();
    for (int days = 80; days >= 20; days -= 30) {
        forget_after(days);
        assert_true(forget() > 20);
        assert_library_true();
        const char *before = derived();
        assert_int_equal(counters_rebuild(ctx), OK);
        assert_string_equal(derived(), before);
    }
}

static void assert_top(enum counted what, int64_t id, int64_t loans)
{
    int32_t today = clock_day_of(ctx->now);
    struct loan_rank ranks[10];
    size_t found = 0;
    int64_t of_id = 0;

    fixture_next(fixture);
    assert_int_equal(tallies_top(ctx, what, today - 3000, today, ranks, 10, &found), OK);
    for (size_t i = 0; i < found; i++) {
        assert_true(ranks[i].id > 0);
        of_id = ranks[i].id == id ? ranks[i].count : of_id;
    }
    assert_int_equal(of_id, loans);
}

static void test_privacy_service__favourites_leave_forgotten_loans_out_of_members_not_of_titles(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member members[] = {register_member("Amina"), register_member("Ben"), register_member("Chloé")};

    lend_for_a_hundred_days(&book, members);
    int64_t packed = count("SELECT count(*) FROM tally");
    int64_t readers = count("SELECT sum(members) FROM daily_stat");
    assert_top(COUNTED_BOOKS, book.id, 125);
    forget_after(50);
    assert_true(forget() > 20);
    int64_t left = count("SELECT count(*) FROM borrow WHERE member_id = 1");
    assert_true(left > 0 && left < 40);
    assert_top(COUNTED_MEMBERS, members[0].id, left);
    assert_top(COUNTED_BOOKS, book.id, 125);
    assert_true(count("SELECT count(*) FROM tally") >= packed);
    assert_int_equal(count("SELECT sum(members) FROM daily_stat"), readers);
    forget_after(1);
    pass_days(2);
    forget();
    assert_top(COUNTED_MEMBERS, members[0].id, 0);
    assert_top(COUNTED_BOOKS, book.id, 125);
    assert_library_true();
}

static void count_finding(void *argument, const char *finding)
{
    ++*(int *)argument;
    assert_non_null(strstr(finding, "3 forgotten members; 1 of its loans name nobody"));
}

static void test_privacy_service__more_forgotten_than_loans_without_a_name_is_found_and_mended(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member member = register_member("Amina Okafor");
    int findings = 0;
    bool keys_hold;

    old_loan(&book, &member);
    pass_days(20);
    forget_after(7);
    assert_int_equal(forget(), 1);
    run("UPDATE daily_stat SET forgotten = 3, members = 3 WHERE borrows > 0");
    assert_int_equal(counters_check(ctx, NULL, count_finding, &findings, &keys_hold), OK);
    assert_int_equal(findings, 1);
    assert_int_equal(counters_rebuild(ctx), OK);
    assert_library_true();
    assert_int_equal(count("SELECT members * 10 + forgotten FROM daily_stat WHERE borrows > 0"), 11);
}

/* ---- backups ------------------------------------------------------------------------------------------ */

/* How often the reader's internal id stands in a file: as SQLite writes a number of three bytes. */
#define READER_ID 0x5ACE77
static const uint8_t reader_bytes[] = {0x5A, 0xCE, 0x77};

/* … and as the first of a packed period (counters/tally.h): the id times two, seven bits a byte; or with a count. */
static const uint8_t reader_packed[] = {0xEE, 0xB9, 0xD6, 0x05};
static const uint8_t reader_counted[] = {0xEF, 0xB9, 0xD6, 0x05};

static size_t occurrences(const uint8_t *bytes, size_t length, const uint8_t *wanted, size_t wanted_length)
{
    size_t found = 0;

    for (size_t i = 0; i + wanted_length <= length; i++)
        found += memcmp(bytes + i, wanted, wanted_length) == 0;
    return found;
}

/* In an answer that is kept, long enough to lie on pages of its own, which go free as a whole. */
static const char answer[] = "Amina Okafor has Dune";

struct traces {
    size_t plain, packed, answers;
};

static struct traces traces_in_backup(const char *name)
{
    struct backup_report report;
    struct traces traces;

    fixture_next(fixture);
    fixture_commit(fixture);
    const char *path = arena_printf(ctx->arena, "%s/%s", fixture->directory, name);
    assert_int_equal(backup_make(ctx, fixture->path, path, &report), OK);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = malloc((size_t)report.bytes);
    assert_int_equal(fread(bytes, 1, (size_t)report.bytes, file), (size_t)report.bytes);
    fclose(file);
    traces.plain = occurrences(bytes, (size_t)report.bytes, reader_bytes, sizeof reader_bytes);
    traces.packed = occurrences(bytes, (size_t)report.bytes, reader_packed, sizeof reader_packed) +
                    occurrences(bytes, (size_t)report.bytes, reader_counted, sizeof reader_counted);
    traces.answers = occurrences(bytes, (size_t)report.bytes, (const uint8_t *)answer, strlen(answer));
    free(bytes);
    return traces;
}

/* The reader's own record stays, and with it their id: the backup has exactly as many as before they borrowed. */
static void test_privacy_service__the_next_backup_has_no_trace_of_who_had_the_book(void **state)
{
    (void)state;
    struct book books[] = {catalogue("Dune", 3), catalogue("Emma", 3), catalogue("Kim", 3)};
    run("INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at) VALUES (" /* READER_ID */
        "5951095, randomblob(16), '4711', 'Amina Okafor', 'amina okafor', 1, 1);"
        "UPDATE library_counter SET value = 1 WHERE name = 'members';"
        "INSERT INTO member_search (rowid, name, card, contact) VALUES (5951095, 'amina okafor', '4711', '')");
    assert_int_equal(READER_ID, 5951095);
    struct member reader = {0};
    bool found;
    assert_int_equal(members_find_by_card(ctx, "4711", &reader, &found), OK);
    assert_true(found);
    struct member others[] = {register_member("Ben Ito"), register_member("Chloé Roux")}; /* larger ids */
    const struct traces before = traces_in_backup("before.db");
    assert_true(before.plain > 0);
    assert_int_equal(before.packed, 0);

    for (int i = 0; i < 200; i++) { /* pages fill, split and are freed; periods are packed and packed anew */
        struct borrow loan = lend(&books[i % 3], &reader);
        struct borrow other = lend(&books[i % 3], &others[i % 2]);
        pass_days(i % 3);
        take_back(&loan);
        take_back(&other);
    }
    run("INSERT INTO idempotency_key (scope, route, key, body_hash, status, headers, reply, created_at, expires_at)"
        " VALUES ('local', 'POST /borrows', 'k', zeroblob(32), 201, '', CAST(replace(hex(zeroblob(500)), '00',"
        " 'Amina Okafor has Dune; ') AS BLOB), 1, 2)");
    const struct traces then = traces_in_backup("then.db");
    assert_true(then.answers >= 490);
    assert_true(then.plain > before.plain + 200);
    assert_true(then.packed > 5);

    forget_after(1);
    pass_days(3);
    for (int i = 0; i < 10; i++) /* a day that is not over is not packed */
        take_back(&(struct borrow){.copy_id = lend(&books[i % 3], &others[i % 2]).copy_id});
    assert_true(forget() >= 400);
    const struct traces after = traces_in_backup("after.db");
    assert_int_equal(after.plain, before.plain);
    assert_int_equal(after.packed, 0);
    assert_int_equal(after.answers, 0);
    assert_library_true();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_privacy_service__forgets_nothing_unless_it_is_told_to, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__forgets_so_many_days_after_the_return_and_not_a_day_before, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__an_open_charge_keeps_the_loan_until_it_is_settled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__waits_a_day_after_whatever_was_done_about_the_loan, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__waits_a_day_after_the_payment_that_settled_its_charge, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__waits_a_day_after_a_waiver_of_its_charge,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__nothing_leads_from_the_loan_to_its_reader,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__the_log_keeps_what_the_staff_did, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__a_run_says_how_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__goes_on_in_slices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__a_members_numbers_are_those_of_the_loans_that_are_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__a_day_keeps_the_number_of_its_readers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__rebuilding_gives_what_forgetting_left, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__favourites_leave_forgotten_loans_out_of_members_not_of_titles, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__more_forgotten_than_loans_without_a_name_is_found_and_mended, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_service__the_next_backup_has_no_trace_of_who_had_the_book, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
