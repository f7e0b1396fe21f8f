/*
 * test_fines_check.c — --check says what is wrong in the ledger, and --rebuild sets right what follows from its rows.
 */
#include "fines_support.h"

#include "counters/counters_check_service.h"
#include "fines/fines_check_service.h"
#include "fines/fines_service.h"
#include "fines/payments_service.h"

static char findings[8][256];
static int finding_count;

static void keep(void *argument, const char *finding)
{
    (void)argument;
    assert_true(finding_count < 8);
    snprintf(findings[finding_count++], sizeof findings[0], "%s", finding);
}

static int look(void)
{
    struct loan_index loans = loans_of_the_library();

    finding_count = 0;
    assert_int_equal(fines_check(ctx, &loans, keep, NULL), OK);
    loan_index_release(&loans);
    return finding_count;
}

static void assert_found(const char *part)
{
    assert_int_equal(look(), 1);
    if (!strstr(findings[0], part))
        print_error("%s\n", findings[0]);
    assert_non_null(strstr(findings[0], part));
}

/* A charge of 5.00 to member 1, of which 2.00 are paid. */
static void charge_and_pay(void)
{
    const struct new_charge charge = {
        .member_id = 1, .kind = CHARGE_FEE, .amount = 500, .borrow_id = 1, .copy_id = 1, .at = ctx->now};
    struct payment_request payment = {
        .member_id = uuid_by(&TEST_UUID_OF_MEMBER, 1), .amount = 200, .method = "cash"};
    int64_t id;

    assert_int_equal(fines_charge(ctx, &charge, &id), OK);
    assert_int_equal(payments_take(ctx, &payment, &id), OK);
    assert_int_equal(look(), 0);
}

static void test_fines_check__finds_a_sum_that_is_not_that_of_its_allocations(void **state)
{
    (void)state;
    charge_and_pay();
    run("UPDATE charge SET settled = 300");
    assert_found("A charge of 5.00, of “Member 1”: 3.00 kept as settled; its allocations give 2.00.");
    run("UPDATE charge SET settled = 200; UPDATE payment SET allocated = 100");
    assert_int_equal(look(), 2); /* what is left of it beside an open charge is the other */
    assert_non_null(strstr(findings[0], "The payment with receipt 1 of 2.00"));
}

/* The sanitizers watch: no sum of them has room. */
static void test_fines_check__finds_amounts_too_large_to_be_added_up(void **state)
{
    (void)state;
    charge_and_pay();
    run("UPDATE allocation SET amount = 9223372036854775807");
    run("INSERT INTO allocation (charge_id, payment_id, amount) SELECT charge_id, payment_id, amount FROM allocation");
    assert_int_equal(look(), 2);
    assert_non_null(strstr(findings[0], "A charge of 5.00, of “Member 1”: 2.00 kept as settled"));
    assert_non_null(strstr(findings[1], "The payment with receipt 1 of 2.00"));
}

static void test_fines_check__rebuilding_restores_the_sums_and_no_others(void **state)
{
    (void)state;
    charge_and_pay();
    run("UPDATE charge SET settled = 300; UPDATE payment SET allocated = 0");
    assert_int_equal(fines_rebuild(ctx), OK);
    assert_int_equal(look(), 0);
    assert_int_equal(count("SELECT settled FROM charge"), 200);
    assert_int_equal(count("SELECT allocated FROM payment"), 200);
    /* More than the charge is: no sum of it can be right. */
    run("UPDATE allocation SET amount = 900");
    assert_int_equal(fines_rebuild(ctx), OK);
    assert_int_equal(count("SELECT settled FROM charge"), 200);
    assert_int_equal(look(), 2);
}

static void test_fines_check__finds_an_allocation_between_two_members(void **state)
{
    (void)state;
    charge_and_pay();
    run("UPDATE payment SET member_id = 2");
    assert_found("1 allocation(s) lie between two members");
}

static void test_fines_check__finds_an_allocation_of_a_waiver_nobody_approved(void **state)
{
    (void)state;
    charge_and_pay();
    run("INSERT INTO waiver (id, uuid, member_id, charge_id, kind, status, amount, allocated, reason, asked_by, asked_at)"
        " VALUES (1, randomblob(16), 1, 1, 'waiver', 'asked', 100, 100, 'r', 'test', 1);"
        "INSERT INTO allocation (charge_id, waiver_id, amount) VALUES (1, 1, 100);"
        "UPDATE charge SET settled = 300");
    assert_found("or are of a waiver that nobody approved");
}

static void test_fines_check__finds_a_charge_for_the_loan_of_another(void **state)
{
    (void)state;
    charge_and_pay();
    run("UPDATE charge SET borrow_id = 2");
    assert_found("1 charge(s) are for a loan that is not their member's.");
}

static void test_fines_check__finds_a_credit_that_lies_idle(void **state)
{
    (void)state;
    charge_and_pay();
    run("INSERT INTO waiver (uuid, member_id, charge_id, kind, status, amount, reason, asked_by, asked_at, decided_by,"
        " decided_at, decided_day) VALUES (randomblob(16), 1, 1, 'correction', 'approved', 100, 'r', 'test', 1,"
        " 'test', 1, 1)");
    assert_found("1 member(s) have an open charge and something to their credit.");
}

static void test_fines_check__finds_gaps_among_receipts(void **state)
{
    (void)state;
    charge_and_pay();
    run("UPDATE payment SET receipt = 3; UPDATE sequence SET value = 3 WHERE name = 'receipt'");
    assert_found("There are 1 receipts; their numbers go from 3 to 3.");
    run("UPDATE payment SET receipt = 1");
    assert_found("The last receipt is number 1, yet 3 is kept as the last one given.");
    run("UPDATE sequence SET value = 1 WHERE name = 'receipt'");
    assert_int_equal(look(), 0);
}

static void test_fines_check__counters_compare_and_restore_balances(void **state)
{
    (void)state;
    bool keys_hold;

    charge_and_pay();
    assert_int_equal(counters_rebuild(ctx), OK);
    finding_count = 0;
    run("UPDATE member SET balance = 1250 WHERE id = 1;"
        "UPDATE library_counter SET value = 9 WHERE name = 'charges_open'");
    assert_int_equal(counters_check(ctx, NULL, keep, NULL, &keys_hold), OK);
    assert_int_equal(finding_count, 2);
    assert_string_equal(findings[0], "The library's number of charges_open is kept as 9; counting gives 1.");
    assert_string_equal(findings[1], "The member “Member 1”: balance kept as 12.50; counting gives 3.00.");
    assert_int_equal(counters_rebuild(ctx), OK);
    assert_int_equal(count("SELECT balance FROM member WHERE id = 1"), 300);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'charges_open'"), 1);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'charges'"), 1);
    assert_int_equal(count("SELECT value FROM library_counter WHERE name = 'payments'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_LIBRARY(test_fines_check__finds_a_sum_that_is_not_that_of_its_allocations),
        ON_A_LIBRARY(test_fines_check__finds_amounts_too_large_to_be_added_up),
        ON_A_LIBRARY(test_fines_check__rebuilding_restores_the_sums_and_no_others),
        ON_A_LIBRARY(test_fines_check__finds_an_allocation_between_two_members),
        ON_A_LIBRARY(test_fines_check__finds_an_allocation_of_a_waiver_nobody_approved),
        ON_A_LIBRARY(test_fines_check__finds_a_charge_for_the_loan_of_another),
        ON_A_LIBRARY(test_fines_check__finds_a_credit_that_lies_idle),
        ON_A_LIBRARY(test_fines_check__finds_gaps_among_receipts),
        ON_A_LIBRARY(test_fines_check__counters_compare_and_restore_balances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
