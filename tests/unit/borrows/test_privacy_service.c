/*
 * test_privacy_service.c — which loans forget their reader and when, and what goes with that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "unit/borrows/privacy_support.h"

/* ---- when --------------------------------------------------------------------------------------------- */

static void test_privacy_service__forgets_nothing_unless_it_is_told_to(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");

    old_borrow(&book, &member);
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

    run("UPDATE loan_rule SET fine_per_day = 0"); /* else an open charge keeps it */
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

    old_borrow(&book, &member);
    old_borrow(&book, &other);
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
        " VALUES ('local', 'POST /borrows/return', 'k', zeroblob(32), 200, '',"
        " (SELECT max(at) FROM audit_log), (SELECT max(at) FROM audit_log) + 30 * 86400000)");
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

    old_borrow(&book, &member);
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
        int64_t id = old_borrow(&book, &member).id;
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

    old_borrow(&book, &member);
    add_acts_of_the_reader();
    pass_days(20);
    lend(&book, &other);
    forget_after(7);
    assert_int_equal(forget(), 1);
    assert_int_equal(count("SELECT count(*) FROM borrow WHERE id = 1 AND member_id IS NULL AND lent_by ="
                           " (SELECT id FROM actor WHERE name = 'test')"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM renewal WHERE renewed_by = 'a reader'"), 2);
    assert_int_equal(count("SELECT count(*) FROM renewal WHERE renewed_by = 'test'"), 1);
    assert_int_equal(count("SELECT count(*) FROM hold WHERE member_id IS NULL AND placed_by = 'a reader'"),
                     2); /* the cancelled one as well */
    assert_int_equal(count("SELECT count(*) FROM hold WHERE member_id = 1 AND placed_by = 'amina'"), 1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id = 1"), 2);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id = 1 AND member_id IS NOT NULL"), 0);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id = 2 AND member_id IS NOT NULL"), 1);
    assert_int_equal(
        count("SELECT sum(at) FROM event WHERE type IN ('BookReserved', 'HoldReady') AND member_id = 1"), 7);
}

static void test_privacy_service__the_log_keeps_what_the_staff_did(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member member = register_member("Amina Okafor");

    old_borrow(&book, &member);
    add_acts_of_the_reader();
    int64_t rows = count("SELECT count(*) FROM audit_log");
    pass_days(20);
    forget_after(7);
    assert_int_equal(forget(), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), rows + 2); /* of loans, of holds */
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'borrow' AND entity_id = 1"
                           " AND correlation_id IS NOT NULL"),
                     0);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'borrow' AND entity_id = 1"
                           " AND actor = 'a reader' AND address IS NULL"),
                     2);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'borrow' AND entity_id = 1"
                           " AND actor = 'test' AND address IS NOT NULL"),
                     3);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE actor = 'a reader' AND entity = 'hold'"), 2);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE actor = 'amina' AND correlation_id = 'c-1'"),
                     2);
}

/* ---- holds that ended without a loan -------------------------------------------------------------------- */

#define NAMED_HOLDS "SELECT count(*) FROM hold WHERE member_id IS NOT NULL"

/* Of Amina's four holds of a title two end now, one waits, and one was fulfilled by a loan that is out. */
static void add_holds(void)
{
    const long long since = (long long)ctx->now - 100000;

    run("INSERT INTO hold (id, uuid, book_id, member_id, status, place, copy_id, borrow_id, ready_at,"
        " pickup_day, ended_at, placed_at, placed_by) VALUES"
        " (1, randomblob(16), 1, 1, 'cancelled', 1, NULL, NULL, NULL, NULL, 100000, 95000, 'amina'),"
        " (2, randomblob(16), 1, 1, 'expired', 1, 1, NULL, 97000, 1, 100000, 96000, 'desk'),"
        " (3, randomblob(16), 1, 1, 'waiting', 1, NULL, NULL, NULL, NULL, NULL, 100001, 'amina'),"
        " (4, randomblob(16), 2, 1, 'fulfilled', 1, 2, 1, NULL, NULL, 100000, 95000, 'amina');"
        "INSERT INTO event (uuid, at, type, book_id, member_id) VALUES"
        " (randomblob(16), 95000, 'BookReserved', 1, 1), (randomblob(16), 96500, 'HoldReady', 1, 1),"
        " (randomblob(16), 96800, 'HoldWaitsAgain', 1, 1), (randomblob(16), 100000, 'HoldCancelled', 1, 1),"
        " (randomblob(16), 100000, 'HoldExpired', 1, 1), (randomblob(16), 99900, 'DueDateMoved', 1, 1),"
        " (randomblob(16), 100001, 'BookReserved', 1, 1), (randomblob(16), 100000, 'TitleAvailable', 1, 1),"
        " (randomblob(16), 95000, 'BookReserved', 2, 1);"
        "INSERT INTO account (uuid, name, name_key, role, member_id, created_at, updated_at)"
        " VALUES (randomblob(16), 'amina', 'amina', 'member', 1, 1, 1);"
        "INSERT INTO audit_log (at, actor, action, entity, entity_id, address, correlation_id) VALUES"
        " (100000, 'amina', 'hold.cancelled', 'hold', 1, '10.0.0.9', 'c-1'),"
        " (100000, 'desk', 'hold.placed', 'hold', 2, '10.0.0.1', 'c-2'),"
        " (100000, 'amina', 'hold.placed', 'hold', 3, '10.0.0.9', 'c-3');");
    run(arena_printf(ctx->arena,
                     "UPDATE event SET at = at + %lld WHERE at < 200000;"
                     "UPDATE hold SET placed_at = placed_at + %lld, ended_at = ended_at + %lld,"
                     " ready_at = ready_at + %lld",
                     since, since, since, since));
}

static void test_privacy_service__a_hold_forgets_so_many_days_after_its_end_and_not_a_day_before(void **state)
{
    (void)state;
    struct book dune = catalogue("Dune", 1);
    struct book solaris = catalogue("Solaris", 1);
    struct member member = register_member("Amina Okafor");

    assert_int_equal(dune.id, 1);
    lend(&solaris, &member);
    add_holds();
    pass_days(1000);
    assert_int_equal(forget(), 0);
    assert_int_equal(count(NAMED_HOLDS), 4); /* the setting is 0 */
    forget_after(1030);
    pass_days(29);
    ctx->now = clock_day_end(clock_day_of(ctx->now));
    assert_int_equal(forget(), 0);
    assert_int_equal(count(NAMED_HOLDS), 4);
    ctx->now++;
    assert_int_equal(forget(), 0); /* no loan */
    assert_int_equal(count("SELECT sum(id) FROM hold WHERE member_id IS NULL"), 1 + 2);
    assert_int_equal(count("SELECT count(*) FROM hold WHERE id = 1 AND placed_by = 'a reader'"), 1);
    assert_int_equal(count("SELECT count(*) FROM hold WHERE id = 2 AND placed_by = 'desk'"), 1);
    assert_int_equal(count("SELECT count(*) FROM hold WHERE id > 2 AND placed_by = 'amina'"), 2);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE after = '{\"holds\":\"2\"}'"
                           " AND action = 'holds.forgotten'"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'HoldsForgotten' AND detail = '2'"), 1);
}

static void test_privacy_service__nothing_leads_from_an_ended_hold_to_its_reader(void **state)
{
    (void)state;
    catalogue("Dune", 1);
    struct book solaris = catalogue("Solaris", 1);
    struct member member = register_member("Amina Okafor");

    lend(&solaris, &member);
    add_holds();
    forget_after(7);
    pass_days(8);
    forget();
    assert_int_equal(count("SELECT count(*) FROM event WHERE book_id = 1 AND member_id IS NULL AND type IN"
                           " ('BookReserved', 'HoldReady', 'HoldWaitsAgain', 'HoldCancelled', 'HoldExpired',"
                           " 'DueDateMoved')"),
                     6);
    /* What waits, what a loan fulfilled that is out, and what is of no hold keep the name. */
    assert_int_equal(count("SELECT count(*) FROM event WHERE member_id = 1 AND borrow_id IS NULL AND type IN"
                           " ('BookReserved', 'TitleAvailable')"),
                     3);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'hold' AND entity_id = 1"
                           " AND actor = 'a reader' AND address IS NULL AND correlation_id IS NULL"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'hold' AND entity_id = 2"
                           " AND actor = 'desk' AND address = '10.0.0.1' AND correlation_id IS NULL"),
                     1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE entity = 'hold' AND entity_id = 3"
                           " AND actor = 'amina' AND correlation_id = 'c-3'"),
                     1);
}

/* Yesterday's answer to the cancelling may still be kept. */
static void test_privacy_service__a_hold_waits_a_day_after_its_end(void **state)
{
    (void)state;
    catalogue("Dune", 1);
    register_member("Amina Okafor");
    ctx->now = clock_day_end(clock_day_of(ctx->now));
    run(arena_printf(
        ctx->arena,
        "INSERT INTO hold (uuid, book_id, member_id, status, place, ended_at, placed_at, placed_by)"
        " VALUES (randomblob(16), 1, 1, 'cancelled', 1, %lld, 1, 'test')",
        (long long)ctx->now));
    forget_after(1);
    ctx->now += IDEMPOTENCY_KEEP_MS - 1;
    forget();
    assert_int_equal(count(NAMED_HOLDS), 1);
    ctx->now++;
    forget();
    assert_int_equal(count(NAMED_HOLDS), 0);
}

static void test_privacy_service__holds_go_in_slices(void **state)
{
    (void)state;
    catalogue("Dune", 1);
    register_member("Amina Okafor");
    register_member("Ben Ito");
    run(arena_printf(
        ctx->arena,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO hold (uuid, book_id, member_id, status, place, ended_at, placed_at, placed_by)"
        " SELECT randomblob(16), 1, 1 + i %% 2, 'cancelled', 1, i + 1, i, 'test' FROM n",
        2 * FORGET_HOLDS_A_SLICE + 7));
    forget_after(7);
    assert_int_equal(forget(), 0);
    assert_int_equal(count(NAMED_HOLDS), 0);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'holds.forgotten'"), 3);
    forget();
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'holds.forgotten'"), 3);
}

/* ---- runs ------------------------------------------------------------------------------------------------ */

static void test_privacy_service__a_run_says_how_many(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");

    for (int i = 0; i < 3; i++)
        old_borrow(&book, &member);
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
        old_borrow(&book, i % 8 == 3 ? &other : &member);
    run("INSERT INTO charge (uuid, member_id, kind, amount, borrow_id, at, day, made_by)"
        " SELECT randomblob(16), 1, 'damage', 300, id, 0, 0, 'test' FROM borrow WHERE id < 3;"
        "UPDATE member SET balance = 600 WHERE id = 1;"
        "UPDATE library_counter SET value = 2 WHERE name IN ('charges', 'charges_open');"
        "INSERT INTO daily_stat (day, charges) VALUES (0, 2)");
    pass_days(20);
    forget_after(7);
    assert_int_equal(forget(), FORGET_LOANS_A_SLICE + 5);
    assert_true(slices >= 6);
    assert_int_equal(count(LINKED), 2);
    assert_int_equal(count("SELECT count(*) FROM event WHERE borrow_id > 2 AND member_id IS NOT NULL"), 0);
    assert_library_true();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_privacy_service__a_hold_forgets_so_many_days_after_its_end_and_not_a_day_before, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__nothing_leads_from_an_ended_hold_to_its_reader,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__a_hold_waits_a_day_after_its_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_service__holds_go_in_slices, set_up, tear_down),
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
