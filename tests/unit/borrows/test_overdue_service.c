/*
 * test_overdue_service.c — the price of being late, and what the night does about it.
 */
#include "borrows_support.h"

#include "borrows/fine_sql.h"
#include "borrows/overdue_service.h"
#include "borrows/renewals_service.h"
#include "db/engine.h"
#include "policies/calendar_service.h"
#include "policies/calendar_sql.h"

#define LATE_AFTER 15 /* days: due a fortnight on, one day late */

static int64_t balance(const struct member *member)
{
    struct member now = {0};

    assert_int_equal(members_find_by_id(ctx, member->id, &now), OK);
    return now.balance;
}

/* One night: all slices of so many loans. */
static struct accrual accrue(size_t slice)
{
    struct accrual accrual = {.escalate = true};
    bool more;

    fixture_next(fixture);
    do {
        assert_int_equal(borrows_accrue(ctx, &accrual, slice, &more), OK);
    } while (more);
    return accrual;
}

static uint32_t seed = 7;

static int64_t draw(int64_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (int64_t)(seed >> 8) % below;
}

/* ---- the amount -------------------------------------------------------------------------------------------- */

static void test_overdue_service__the_fine_in_c_is_the_fine_in_sql(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend("Dune", &member);
    struct opening_hours week = {.count = 2, .items = {{0, 540, 1020}, {3, 540, 1020}}};
    struct closure_facts snow = {
        .kind = CLOSURE_KIND_CLOSURE, .first_day = 20600, .last_day = 20611, .name = "Snow"};
    struct closure closure;
    int costly = 0;

    for (int round = 0; round < 3; round++) {
        if (round == 1)
            assert_int_equal(calendar_set_hours(ctx, &week), OK);
        if (round == 2)
            assert_int_equal(calendar_close(ctx, &snow, &closure), OK);
        for (int i = 0; i < 300; i++) {
            fixture_next(fixture);
            int back = 20500 + (int)draw(250);
            int64_t fine;
            borrow.due_day = 20500 + (int)draw(250);
            borrow.fine_per_day = draw(4) * 25;
            borrow.fine_cap = draw(2) ? NO_NUMBER : draw(2000);
            borrow.grace_days = draw(5);
            borrow.fine_before = draw(3) * 100;
            assert_int_equal(
                db_exec(ctx,
                        arena_printf(ctx->arena,
                                     "UPDATE borrow SET due_day = %d, fine_per_day = %lld, fine_cap = %s,"
                                     " grace_days = %lld, fine_before = %lld",
                                     borrow.due_day, (long long)borrow.fine_per_day,
                                     borrow.fine_cap == NO_NUMBER
                                         ? "NULL"
                                         : arena_printf(ctx->arena, "%lld", (long long)borrow.fine_cap),
                                     (long long)borrow.grace_days, (long long)borrow.fine_before)),
                OK);
            assert_int_equal(borrows_fine(ctx, &borrow, back, &fine), OK);
            assert_int_equal(
                fine,
                count(arena_printf(ctx->arena, "SELECT " BORROW_FINE("%d") " FROM borrow w", back, back)));
            costly += fine > 0;
        }
    }
    assert_true(costly > 200);
}

static void test_overdue_service__costs_what_the_days_cost_less_grace_up_to_the_cap(void **state)
{
    static const struct {
        int days;
        int64_t grace, cap, before, fine;
    } cases[] = {
        {0, 0, NO_NUMBER, 0, 0},      {-5, 0, NO_NUMBER, 0, 0},
        {1, 0, NO_NUMBER, 0, 100},    {7, 0, NO_NUMBER, 0, 700},
        {7, 7, NO_NUMBER, 0, 0},      {8, 7, NO_NUMBER, 0, 100},
        {7, 0, 500, 0, 500},          {7, 0, 0, 0, 0},
        {3, 0, NO_NUMBER, 450, 750},  {3, 0, 500, 450, 500},
        {-5, 0, NO_NUMBER, 450, 450},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct borrow borrow = {.due_day = 20600,
                                .fine_per_day = 100,
                                .fine_cap = cases[i].cap,
                                .grace_days = cases[i].grace,
                                .fine_before = cases[i].before};
        int64_t fine;
        assert_int_equal(borrows_fine(ctx, &borrow, 20600 + cases[i].days, &fine), OK);
        assert_int_equal(fine, cases[i].fine);
    }
}

/* ---- posting ----------------------------------------------------------------------------------------------- */

static void test_overdue_service__a_night_posts_what_has_come_to_it_and_no_more(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    int64_t accruing;

    lend("Dune", &member);
    pass_days(14);
    assert_int_equal(accrue(10).borrows, 0);
    pass_days(3);
    assert_int_equal(members_find_by_id(ctx, member.id, &member), OK);
    assert_int_equal(borrows_accruing(ctx, &member, &accruing), OK);
    assert_int_equal(accruing, 300);
    assert_int_equal(accrue(10).fines, 300);
    assert_int_equal(balance(&member), 300);
    assert_int_equal(borrows_accruing(ctx, &member, &accruing), OK);
    assert_int_equal(accruing, 0);
    accrue(10);
    assert_int_equal(balance(&member), 300);
    pass_days(1);
    assert_int_equal(borrows_accruing(ctx, &member, &accruing), OK);
    assert_int_equal(accruing, 100);
    accrue(10);
    assert_int_equal(balance(&member), 400);
    assert_int_equal(count("SELECT count(*) FROM charge WHERE kind = 'overdue'"), 2);
    assert_library_true();
}

static void test_overdue_service__the_walk_meets_every_late_loan_once(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");

    for (int i = 0; i < 5; i++)
        lend(arena_printf(ctx->arena, "Book %d", i), &member);
    pass_days(LATE_AFTER);
    for (size_t slice = 1; slice <= 6; slice++) {
        struct accrual accrual = accrue(slice);
        assert_int_equal(accrual.borrows, 5);
        assert_int_equal(accrual.fines, 500);
    }
    assert_int_equal(balance(&member), 500);
    set("lost_after_days", "1");
    assert_int_equal(accrue(2).lost, 5); /* those that end on the way included */
    assert_int_equal(count("SELECT count(*) FROM borrow WHERE lost = 1"), 5);
    assert_library_true();
}

/* ---- urging, giving up ---------------------------------------------------------------------------------------- */

static void test_overdue_service__urges_on_the_days_that_the_library_says(void **state)
{
    static const int urged[] = {1, 0, 0, 1, 0, 0, 0, 1, 0}; /* days late from 1 */

    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend("Dune", &member);

    set("overdue_steps", "1, 4,,x,8");
    pass_days(14);
    for (size_t day = 0; day < sizeof urged / sizeof urged[0]; day++) {
        pass_days(1);
        assert_int_equal(accrue(10).urged, urged[day]);
        assert_int_equal(accrue(10).urged, 0);
    }
    assert_int_equal(count("SELECT overdue_step FROM borrow"), 3);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'BookOverdue'"), 3);
    assert_int_equal(count("SELECT max(detail) FROM event WHERE type = 'BookOverdue'"), 3);
    assert_int_equal(borrows_renew(ctx, &borrow.uuid, &(struct renew_request){0}, &borrow), OK);
    assert_int_equal(borrow.overdue_step, 0);
    assert_library_true();
}

static void test_overdue_service__missed_nights_are_urged_for_once(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");

    lend("Dune", &member);
    pass_days(14 + 30);
    assert_int_equal(accrue(10).urged, 1);
    assert_int_equal(count("SELECT overdue_step FROM borrow"), 3);
    set("overdue_steps", "");
    pass_days(1);
    assert_int_equal(accrue(10).urged, 0);
}

static void test_overdue_service__gives_up_what_stays_away(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");

    lend("Dune", &member);
    set("lost_after_days", "30");
    set("lost_price", "20.00");
    pass_days(14 + 29);
    assert_int_equal(accrue(10).lost, 0);
    pass_days(1);
    assert_int_equal(accrue(10).lost, 1);
    assert_int_equal(balance(&member), 3000 + 2000);
    assert_int_equal(count("SELECT count(*) FROM copy WHERE status = 'lost'"), 1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'CopyLost'"), 1);
    assert_int_equal(count("SELECT fine FROM borrow WHERE lost = 1 AND returned_at IS NOT NULL"), 3000);
    assert_int_equal(accrue(10).borrows, 0);
    assert_library_true();
}

/* ---- by hand ------------------------------------------------------------------------------------------------------ */

static void test_overdue_service__by_hand_it_is_money_alone_and_of_one_member(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct member other = register_member("Tomás Herrera");
    struct calculate_request request = {.member_id = member.uuid};
    struct accrual accrual;
    bool more;

    lend("Dune", &member);
    lend("Emma", &member);
    lend("Ulysses", &other);
    set("lost_after_days", "1");
    pass_days(LATE_AFTER);
    assert_int_equal(borrows_plan_accrual(ctx, &request, &accrual), OK);
    do {
        assert_int_equal(borrows_accrue(ctx, &accrual, 1, &more), OK);
    } while (more);
    assert_int_equal(accrual.borrows, 2);
    assert_int_equal(accrual.fines, 200);
    assert_int_equal(accrual.urged + accrual.lost, 0);
    assert_int_equal(balance(&member), 200);
    assert_int_equal(balance(&other), 0);
    assert_library_true();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_overdue_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_fine_in_c_is_the_fine_in_sql),
        TEST(costs_what_the_days_cost_less_grace_up_to_the_cap),
        TEST(a_night_posts_what_has_come_to_it_and_no_more),
        TEST(the_walk_meets_every_late_loan_once),
        TEST(urges_on_the_days_that_the_library_says),
        TEST(missed_nights_are_urged_for_once),
        TEST(gives_up_what_stays_away),
        TEST(by_hand_it_is_money_alone_and_of_one_member),
    };

    return cmocka_run_group_tests_name("overdue_service", tests, NULL, NULL);
}
