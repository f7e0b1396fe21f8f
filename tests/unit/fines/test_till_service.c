/*
 * test_till_service.c — days and months add up, and only those that were asked for.
 */
#include "fines_support.h"

#include "base/clock.h"
#include "fines/fines_service.h"
#include "fines/payments_service.h"
#include "fines/till_service.h"

static int32_t today;

static void charge_on(int64_t member, enum charge_kind kind, int64_t amount, int days_ago)
{
    const struct new_charge charge = {
        .member_id = member, .kind = kind, .amount = amount, .at = ctx->now - (int64_t)days_ago * MS_PER_DAY};
    int64_t id;

    assert_int_equal(fines_charge(ctx, &charge, &id), OK);
}

static void pay_on(int64_t member, const char *method, int64_t amount, int days_ago)
{
    struct payment_request request = {
        .member_id = uuid_by(&TEST_UUID_OF_MEMBER, member), .amount = amount, .method = method};
    int64_t now = ctx->now;
    int64_t id;

    ctx->now -= (int64_t)days_ago * MS_PER_DAY;
    assert_int_equal(payments_take(ctx, &request, &id), OK);
    ctx->now = now;
}

/* Today is 2 March; 5 days ago it was February. */
static void fill(void)
{
    today = clock_day_of(ctx->now);
    charge_on(1, CHARGE_FEE, 1000, 5);
    charge_on(1, CHARGE_DAMAGE, 300, 0);
    charge_on(2, CHARGE_LOST, 2000, 40);
    pay_on(1, "cash", 100, 5);
    pay_on(1, "cash", 200, 5);
    pay_on(1, "card", 400, 0);
    pay_on(2, "mobile_money", 50, 0);
    const struct overdue_borrow borrow = {.borrow_id = 3, .member_id = 3, .copy_id = 3, .amount = 600};
    assert_int_equal(fines_post_overdue(ctx, &borrow, ctx->now), OK);
    pay_on(3, "other", 600, 0);
    const struct overdue_borrow less = {.borrow_id = 3, .member_id = 3, .copy_id = 3, .amount = 150};
    assert_int_equal(fines_post_overdue(ctx, &less, ctx->now), OK);
}

static struct till till_of(struct till_query query)
{
    struct till till = {0};

    fixture_next(fixture);
    assert_int_equal(till_days(ctx, &query, &till), OK);
    return till;
}

static void assert_sum(const struct money_sum *sum, int64_t number, int64_t amount)
{
    assert_int_equal(sum->count, number);
    assert_int_equal(sum->amount, amount);
}

static void test_till_service__a_day_is_told_by_method(void **state)
{
    (void)state;
    fill();
    struct till till = till_of((struct till_query){NO_NUMBER, NO_NUMBER, NO_NUMBER});
    assert_int_equal(till.from, today);
    assert_int_equal(till.to, today);
    assert_sum(&till.total, 3, 1050);
    assert_sum(&till.methods[PAYMENT_CASH], 0, 0);
    assert_sum(&till.methods[PAYMENT_CARD], 1, 400);
    assert_sum(&till.methods[PAYMENT_MOBILE_MONEY], 1, 50);
    assert_sum(&till.methods[PAYMENT_OTHER], 1, 600);
    till = till_of((struct till_query){today - 5, NO_NUMBER, NO_NUMBER});
    assert_sum(&till.methods[PAYMENT_CASH], 2, 300);
    till = till_of((struct till_query){today - 1, NO_NUMBER, NO_NUMBER});
    assert_null(till.days);
    assert_sum(&till.total, 0, 0);
}

static void test_till_service__a_range_is_told_by_day(void **state)
{
    (void)state;
    fill();
    struct till till = till_of((struct till_query){NO_NUMBER, today - 5, NO_NUMBER});
    assert_sum(&till.total, 5, 1350);
    assert_int_equal(till.days->day, today - 5);
    assert_sum(&till.days->total, 2, 300);
    assert_int_equal(till.days->next->day, today);
    assert_sum(&till.days->next->total, 3, 1050);
    assert_null(till.days->next->next);
    till = till_of((struct till_query){NO_NUMBER, today - 4, today - 1});
    assert_sum(&till.total, 0, 0);
}

static void assert_refused(struct till_query query, const char *words)
{
    struct till till;

    fixture_next(fixture);
    assert_int_equal(till_days(ctx, &query, &till), ERROR_MALFORMED);
    assert_int_equal(ctx->error.code, ERR_INVALID_PARAMETER);
    assert_non_null(strstr(ctx->error.detail, words));
}

static void test_till_service__refuses_what_cannot_be_meant(void **state)
{
    (void)state;
    assert_refused((struct till_query){5, 5, NO_NUMBER}, "not for both");
    assert_refused((struct till_query){NO_NUMBER, 6, 5}, "Start date cannot be after end date.");
    assert_refused((struct till_query){NO_NUMBER, 1000, 1000 + TILL_DAYS_MAX}, "366 days long at most");
    till_of((struct till_query){NO_NUMBER, 1001, 1000 + TILL_DAYS_MAX});
}

static struct fines_report report_of(struct till_query query)
{
    struct fines_report report = {0};

    fixture_next(fixture);
    assert_int_equal(till_report(ctx, &query, &report), OK);
    return report;
}

static void test_till_service__a_report_adds_up_by_kind_method_and_month(void **state)
{
    (void)state;
    fill();
    struct fines_report report = report_of((struct till_query){NO_NUMBER, NO_NUMBER, NO_NUMBER});
    assert_int_equal(report.from, today - 29);
    assert_sum(&report.totals[TILL_CHARGES], 3, 1900);
    assert_sum(&report.charged_as[CHARGE_FEE], 1, 1000);
    assert_sum(&report.charged_as[CHARGE_DAMAGE], 1, 300);
    assert_sum(&report.charged_as[CHARGE_OVERDUE], 1, 600);
    assert_sum(&report.charged_as[CHARGE_LOST], 0, 0); /* 40 days ago */
    assert_sum(&report.totals[TILL_PAYMENTS], 5, 1350);
    assert_sum(&report.paid_by[PAYMENT_CASH], 2, 300);
    assert_sum(&report.totals[TILL_WAIVERS], 1, 450);
    assert_sum(&report.waived_as[WAIVER_CORRECTION], 1, 450);
    assert_int_equal(report.month_count, 2); /* February from the 1st on, March */
    assert_int_equal(report.months[0].first_day, today - 29);
    assert_int_equal(report.months[0].amounts[TILL_CHARGES], 1000);
    assert_int_equal(report.months[0].amounts[TILL_PAYMENTS], 300);
    assert_int_equal(report.months[1].first_day, today - 1);
    assert_int_equal(report.months[1].amounts[TILL_CHARGES], 900);
    assert_int_equal(report.months[1].amounts[TILL_PAYMENTS], 1050);
    assert_int_equal(report.months[1].amounts[TILL_WAIVERS], 450);
}

static void test_till_service__a_report_says_what_is_owed_now(void **state)
{
    (void)state;
    fill();
    struct fines_report report = report_of((struct till_query){NO_NUMBER, today, today});
    assert_sum(&report.outstanding, 2, 600 + 1950);
    assert_sum(&report.credit, 1, 450);
    assert_int_equal(report.open_charges, 3);
    assert_int_equal(report.debtor_count, 2);
    assert_string_equal(report.debtors[0].name, "Member 2");
    assert_int_equal(report.debtors[0].balance, 1950);
    assert_string_equal(report.debtors[1].card, "m1");
    assert_int_equal(report.debtors[1].balance, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_LIBRARY(test_till_service__a_day_is_told_by_method),
        ON_A_LIBRARY(test_till_service__a_range_is_told_by_day),
        ON_A_LIBRARY(test_till_service__refuses_what_cannot_be_meant),
        ON_A_LIBRARY(test_till_service__a_report_adds_up_by_kind_method_and_month),
        ON_A_LIBRARY(test_till_service__a_report_says_what_is_owed_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
