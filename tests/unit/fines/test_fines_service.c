/*
 * test_fines_service.c — what loans do to the ledger: charges, postings up and down, refunds, blocks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/money.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "fines/fines_service.h"
#include "fines/payments_repository.h"
#include "fines/waivers_service.h"
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
    assert_int_equal(
        db_exec(ctx,
                "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
                " VALUES (1, randomblob(16), 'Dune', 'Herbert', 'dune', 'herbert', 1, 1);"
                "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
                " VALUES (1, randomblob(16), 1, 'c1', 1, 1), (2, randomblob(16), 1, 'c2', 1, 1);"
                "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
                " VALUES (1, randomblob(16), 'm1', 'Jane Roe', 'jane roe', 1, 1),"
                " (2, randomblob(16), 'm2', 'John Doe', 'john doe', 1, 1);"
                "INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at,"
                " due_day, fine_per_day, grace_days, lent_by)"
                " VALUES (1, randomblob(16), 1, 1, 1, 1, 1, 2, 0, 100, 0, 1),"
                " (2, randomblob(16), 1, 2, 2, 1, 1, 2, 0, 100, 0, 1)"),
        OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

/* ---- helpers ------------------------------------------------------------------------------------------ */

static int64_t count(const char *sql)
{
    return fixture_int(fixture, sql);
}

static int64_t balance(void)
{
    return count("SELECT balance FROM member WHERE id = 1");
}

static int64_t open_sum(void)
{
    return count("SELECT coalesce(sum(amount - settled), 0) FROM charge WHERE member_id = 1");
}

static int64_t credit_sum(void)
{
    return count("SELECT (SELECT coalesce(sum(amount - allocated), 0) FROM payment WHERE member_id = 1)"
                 " + (SELECT coalesce(sum(amount - allocated), 0) FROM waiver WHERE member_id = 1"
                 " AND status = 'approved')");
}

static void assert_owes(int64_t owed, int64_t open, int64_t credit)
{
    assert_int_equal(balance(), owed);
    assert_int_equal(open_sum(), open);
    assert_int_equal(credit_sum(), credit);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'charges_open'"),
                     count("SELECT count(*) FROM charge WHERE settled < amount"));
}

static int64_t charge(enum charge_kind kind, int64_t amount, int64_t borrow_id)
{
    const struct new_charge facts = {
        .member_id = 1, .kind = kind, .amount = amount, .borrow_id = borrow_id, .copy_id = 1, .at = ctx->now};
    int64_t id = -1;

    fixture_next(fixture);
    assert_int_equal(fines_charge(ctx, &facts, &id), OK);
    return id;
}

static void post(int64_t amount)
{
    const struct overdue_borrow borrow = {.borrow_id = 1, .member_id = 1, .copy_id = 1, .amount = amount};

    fixture_next(fixture);
    assert_int_equal(fines_post_overdue(ctx, &borrow, ctx->now), OK);
}

static void waive(int64_t charge_id, int64_t amount)
{
    const struct waiver_request request = {.amount = amount, .reason = "a kindness"};
    struct stmt *s;
    struct uuid uuid;
    int64_t id;
    bool found;

    fixture_next(fixture);
    SQL(CHARGE_UUID, "SELECT uuid FROM charge WHERE id = :id");
    SQL(WAIVER_UUID, "SELECT uuid FROM waiver WHERE id = :id");
    s = db_statement(ctx, &CHARGE_UUID);
    bind_int(s, ":id", charge_id);
    assert_int_equal(db_row(s, &found), OK);
    uuid = column_uuid(s, 0);
    assert_int_equal(waivers_ask(ctx, &uuid, &request, &id), OK);
    s = db_statement(ctx, &WAIVER_UUID);
    bind_int(s, ":id", id);
    assert_int_equal(db_row(s, &found), OK);
    uuid = column_uuid(s, 0);
    assert_int_equal(waivers_approve(ctx, &uuid, &id), OK);
}

/* ---- charging ------------------------------------------------------------------------------------------ */

static void test_fines_service__a_charge_is_owed_with_its_audit_row_and_event(void **state)
{
    (void)state;
    int64_t id = charge(CHARGE_DAMAGE, 250, 1);

    assert_owes(250, 250, 0);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'charges'"), 1);
    assert_int_equal(count("SELECT day FROM charge"), clock_day_of(ctx->now));
    assert_int_equal(count("SELECT entity_id FROM audit_log WHERE action = 'charge.made'"), id);
    assert_int_equal(count("SELECT detail FROM event WHERE type = 'FineCalculated' AND member_id = 1"
                           " AND borrow_id = 1"),
                     250);
}

static void test_fines_service__nothing_is_no_charge(void **state)
{
    (void)state;
    assert_int_equal(charge(CHARGE_LOST, 0, 1), 0);
    assert_int_equal(count("SELECT count(*) FROM charge"), 0);
    assert_int_equal(count("SELECT count(*) FROM audit_log") + count("SELECT count(*) FROM event"), 0);
}

/* ---- overdue ------------------------------------------------------------------------------------------- */

static void test_fines_service__posts_the_difference_and_nothing_twice(void **state)
{
    (void)state;
    post(300);
    post(300);
    post(400);
    assert_owes(400, 400, 0);
    assert_int_equal(count("SELECT count(*) FROM charge WHERE kind = 'overdue'"), 2);
    post(0);
    assert_owes(0, 0, 0);
    assert_int_equal(count("SELECT amount FROM waiver WHERE kind = 'correction' AND status = 'approved'"),
                     400);
    post(0);
    assert_int_equal(count("SELECT count(*) FROM waiver"), 1);
    post(100);
    assert_owes(100, 100, 0);
}

static void test_fines_service__a_correction_settles_its_own_loan_first(void **state)
{
    (void)state;
    int64_t other = charge(CHARGE_FEE, 500, 0);

    post(300);
    post(100);
    assert_owes(600, 600, 0);
    assert_int_equal(count("SELECT settled FROM charge WHERE kind = 'overdue'"), 200);
    assert_int_equal(count("SELECT settled FROM charge WHERE kind = 'fee'"), 0);
    assert_true(other > 0);
}

static void test_fines_service__what_was_waived_is_not_given_back_twice(void **state)
{
    (void)state;
    post(500);
    waive(count("SELECT max(id) FROM charge"), 300);
    assert_owes(200, 200, 0);
    post(100); /* less than was waived: nothing is owed, and nothing is owed to the reader */
    assert_owes(0, 0, 0);
    post(500);
    assert_owes(200, 200, 0);
}

static void test_fines_service__loans_do_not_mix(void **state)
{
    (void)state;
    const struct overdue_borrow other = {.borrow_id = 2, .member_id = 2, .copy_id = 2, .amount = 700};

    post(300);
    assert_int_equal(fines_post_overdue(ctx, &other, ctx->now), OK);
    post(300);
    assert_owes(300, 300, 0);
    assert_int_equal(count("SELECT balance FROM member WHERE id = 2"), 700);
}

/* ---- lost and found ------------------------------------------------------------------------------------- */

static void test_fines_service__a_found_copy_takes_its_charge_back_once(void **state)
{
    (void)state;
    int64_t amount = -1;

    charge(CHARGE_LOST, 2000, 1);
    post(300);
    assert_int_equal(fines_refund_found(ctx, 1, &amount), OK);
    assert_int_equal(amount, 2000);
    assert_owes(300, 300, 0);
    assert_int_equal(fines_refund_found(ctx, 1, &amount), OK);
    assert_int_equal(amount, 0);
    assert_owes(300, 300, 0);
    assert_int_equal(fines_refund_found(ctx, 2, &amount), OK);
    assert_int_equal(amount, 0);
}

static void test_fines_service__what_was_paid_becomes_a_credit_that_settles_the_next_charge(void **state)
{
    (void)state;
    int64_t amount;

    charge(CHARGE_LOST, 2000, 1);
    waive(count("SELECT max(id) FROM charge"), 500);
    assert_int_equal(
        db_exec(ctx, "INSERT INTO payment (id, uuid, receipt, member_id, method, amount, allocated, at, day,"
                     " taken_by) VALUES (1, randomblob(16), 1, 1, 'cash', 1500, 1500, 1, 1, 'test');"
                     "INSERT INTO allocation (charge_id, payment_id, amount) VALUES (1, 1, 1500);"
                     "UPDATE charge SET settled = 2000;"
                     "UPDATE library_counter SET value = 0 WHERE name = 'charges_open'"),
        OK);
    assert_int_equal(counters_balance(ctx, 1, -1500), OK);
    assert_owes(0, 0, 0);
    assert_int_equal(fines_refund_found(ctx, 1, &amount), OK);
    assert_int_equal(amount, 1500);
    assert_owes(-1500, 0, 1500);
    charge(CHARGE_FEE, 400, 0);
    assert_owes(-1100, 0, 1100);
    charge(CHARGE_FEE, 1500, 0);
    assert_owes(400, 400, 0);
}

/* ---- the ceiling ---------------------------------------------------------------------------------------- */

static void test_fines_service__no_balance_passes_the_greatest_amount(void **state)
{
    (void)state;

    charge(CHARGE_FEE, MONEY_MAX - 100, 0);
    post(250);
    assert_owes(MONEY_MAX, MONEY_MAX, 0);
    assert_int_equal(charge(CHARGE_LOST, MONEY_MAX, 1), 0);
    assert_owes(MONEY_MAX, MONEY_MAX, 0);
    assert_int_equal(count("SELECT count(*) FROM charge"), 2);
    waive(1, 1000);
    post(250);
    assert_int_equal(count("SELECT sum(amount) FROM charge WHERE kind = 'overdue'"), 250);
    assert_int_equal(balance(), MONEY_MAX - 850);
}

static void test_fines_service__the_desk_is_told_of_the_ceiling(void **state)
{
    (void)state;
    struct member member = {0};

    charge(CHARGE_FEE, MONEY_MAX - 100, 0);
    assert_int_equal(members_find_by_id(ctx, 1, &member), OK);
    assert_int_equal(fines_check_room(ctx, &member, 100), OK);
    assert_int_equal(fines_check_room(ctx, &member, 101), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_CONFLICT);
    assert_string_equal(ctx->error.reasons->text, "9999999999.00");
    assert_string_equal(ctx->error.reasons->next->text, "10000000000.00");
}

/* ---- receipts ------------------------------------------------------------------------------------------- */

static void assert_line(const struct receipt_line *line, const char *kind, int64_t amount, int64_t at,
                        int64_t until, const char *title)
{
    assert_non_null(line);
    assert_string_equal(line->kind, kind);
    assert_int_equal(line->amount, amount);
    assert_int_equal(line->at, at);
    assert_int_equal(line->until, until);
    if (title)
        assert_string_equal(line->title, title);
    else
        assert_null(line->title);
}

static void test_fines_service__a_receipt_has_one_line_for_a_loan_and_kind(void **state)
{
    (void)state;
    struct receipt_line *line;
    const int64_t first = ctx->now;

    post(100);
    ctx->now += MS_PER_DAY;
    charge(CHARGE_DAMAGE, 500, 1);
    charge(CHARGE_FEE, 30, 0);
    charge(CHARGE_FEE, 40, 0);
    ctx->now += MS_PER_DAY;
    post(250);
    assert_int_equal(
        db_exec(ctx, "INSERT INTO payment (id, uuid, receipt, member_id, method, amount, allocated, at, day,"
                     " taken_by) VALUES (1, randomblob(16), 1, 1, 'cash', 815, 815, 1, 1, 'test');"
                     "INSERT INTO allocation (charge_id, payment_id, amount)"
                     " SELECT id, 1, amount - iif(amount = 150, 5, 0) FROM charge"),
        OK);
    assert_int_equal(payments_repo_lines(ctx, 1, &line), OK);
    assert_line(line, "overdue", 245, first, ctx->now, "Dune");
    assert_line(line = line->next, "damage", 500, first + MS_PER_DAY, first + MS_PER_DAY, "Dune");
    assert_line(line = line->next, "fee", 30, first + MS_PER_DAY, first + MS_PER_DAY, "Dune");
    assert_line(line = line->next, "fee", 40, first + MS_PER_DAY, first + MS_PER_DAY, "Dune");
    assert_null(line->next);
    assert_int_equal(fines_forget_borrow(ctx, 1), OK);
    assert_int_equal(payments_repo_lines(ctx, 1, &line), OK);
    assert_line(line, "overdue", 245, first, ctx->now, NULL);
    assert_line(line->next, "damage", 500, first + MS_PER_DAY, first + MS_PER_DAY, NULL);
}

/* ---- questions ------------------------------------------------------------------------------------------ */

static void test_fines_service__blocks_past_the_limit_and_says_how_much(void **state)
{
    (void)state;
    struct member member = {0};
    char *problem = NULL;

    charge(CHARGE_FEE, 1000, 0);
    assert_int_equal(members_find_by_id(ctx, 1, &member), OK);
    assert_int_equal(fines_check_block(ctx, &member, 1000000), OK); /* the setting is 0 */
    assert_true(settings_override(SETTING_BLOCK_BALANCE, "10.00", SOURCE_FLAG, &problem));
    assert_int_equal(fines_check_block(ctx, &member, 0), OK);
    assert_int_equal(fines_check_block(ctx, &member, 1), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_MEMBER_BLOCKED);
    assert_string_equal(ctx->error.reasons->key, "balance");
    assert_string_equal(ctx->error.reasons->text, "10.01");
    assert_string_equal(ctx->error.reasons->next->text, "10.00");
    assert_non_null(strstr(ctx->error.detail, "Jane Roe owes 10.01"));
}

static void test_fines_service__a_forgotten_loan_leaves_the_money(void **state)
{
    (void)state;

    post(300);
    waive(1, 300);
    assert_int_equal(fines_forget_borrow(ctx, 1), OK);
    assert_int_equal(count("SELECT count(*) FROM charge WHERE borrow_id IS NULL AND copy_id IS NULL"), 1);
    assert_owes(0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fines_service__a_charge_is_owed_with_its_audit_row_and_event,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__nothing_is_no_charge, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__no_balance_passes_the_greatest_amount, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__the_desk_is_told_of_the_ceiling, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__a_receipt_has_one_line_for_a_loan_and_kind,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__posts_the_difference_and_nothing_twice, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__a_correction_settles_its_own_loan_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__what_was_waived_is_not_given_back_twice, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__loans_do_not_mix, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__a_found_copy_takes_its_charge_back_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_fines_service__what_was_paid_becomes_a_credit_that_settles_the_next_charge, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__blocks_past_the_limit_and_says_how_much, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_fines_service__a_forgotten_loan_leaves_the_money, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
