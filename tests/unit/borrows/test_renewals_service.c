/*
 * test_renewals_service.c — terms that follow one another, and renewing by night.
 */
#include "borrows_support.h"

#include "borrows/renewals_service.h"
#include "holds/placing_service.h"

static struct borrow renew(const struct borrow *borrow)
{
    struct borrow renewed = {0};

    fixture_next(fixture);
    assert_int_equal(borrows_renew(ctx, &borrow->uuid, &(struct renew_request){0}, &renewed), OK);
    return renewed;
}

static int64_t renew_by_night(size_t slice)
{
    struct renewal_walk walk = {0};
    bool more;

    fixture_next(fixture);
    do {
        assert_int_equal(borrows_renew_due(ctx, &walk, slice, &more), OK);
    } while (more);
    return walk.renewed;
}

static void test_renewals_service__what_each_term_cost_adds_up(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend("Dune", &member);
    struct reception reception;

    pass_days(14 + 3);
    borrow = renew(&borrow);
    assert_int_equal(borrow.fine_before, 300);
    assert_int_equal(borrow.due_day, clock_day_of(ctx->now) + 14);
    assert_int_equal(borrow.due_at, clock_day_end(borrow.due_day));
    pass_days(14 + 2);
    borrow = renew(&borrow);
    assert_int_equal(borrow.fine_before, 500);
    pass_days(14 + 1);
    assert_int_equal(
        borrows_receive(ctx, &borrow.uuid, &(struct return_request){.occurred_at = NO_NUMBER}, &reception),
        OK);
    assert_int_equal(reception.fine, 600);
    assert_int_equal(reception.balance, 600);
    assert_int_equal(count("SELECT fine FROM borrow"), 600);
    assert_int_equal(count("SELECT sum(fine) FROM renewal"), 500);
    assert_int_equal(count("SELECT renewals FROM borrow"), 2);
    assert_library_true();
}

static void test_renewals_service__the_night_renews_what_is_due_today(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow first = lend("Dune", &member);

    pass_days(1);
    lend("Emma", &member);
    lend("Ulysses", &member);
    pass_days(14);
    assert_int_equal(renew_by_night(10), 0); /* the library does not */
    set("renew_automatically", "on");
    assert_int_equal(renew_by_night(1), 2);
    assert_int_equal(renew_by_night(1), 0);
    assert_int_equal(count("SELECT count(*) FROM renewal WHERE way = 'automatic'"), 2);
    fixture_next(fixture);
    assert_int_equal(borrows_find(ctx, &first.uuid, &first), OK);
    assert_int_equal(first.renewals, 0); /* overdue since yesterday: nobody renews that quietly */
    assert_library_true();
}

static void test_renewals_service__the_night_passes_over_what_may_not_be_renewed(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct member waiting = register_member("Tomás Herrera");
    struct borrow held, free_one;
    struct hold hold;

    set("renew_automatically", "on");
    held = lend("Dune", &member);
    free_one = lend("Emma", &member);
    struct book book = {0};
    assert_int_equal(books_find_by_id(ctx, held.book_id, &book), OK);
    struct hold_request request = {.book_id = book.uuid, .member_id = waiting.uuid};
    assert_int_equal(placing_add(ctx, &request, &hold), OK);
    pass_days(14);
    assert_int_equal(renew_by_night(1), 1);
    fixture_next(fixture);
    assert_int_equal(borrows_find(ctx, &held.uuid, &held), OK);
    assert_int_equal(borrows_find(ctx, &free_one.uuid, &free_one), OK);
    assert_int_equal(held.renewals, 0);
    assert_int_equal(free_one.renewals, 1);
    assert_library_true();
}

static void test_renewals_service__a_refused_renewal_leaves_nothing(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend("Dune", &member);
    struct borrow renewed;

    set("renew_overdue", "off");
    pass_days(14 + 3);
    int64_t rows = count("SELECT count(*) FROM audit_log");
    assert_int_equal(borrows_renew(ctx, &borrow.uuid, &(struct renew_request){0}, &renewed), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_RENEWAL_NOT_ALLOWED);
    assert_int_equal(count("SELECT count(*) FROM audit_log"), rows);
    assert_int_equal(count("SELECT count(*) FROM charge"), 0);
    assert_int_equal(count("SELECT count(*) FROM renewal"), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_renewals_service__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_each_term_cost_adds_up),
        TEST(the_night_renews_what_is_due_today),
        TEST(the_night_passes_over_what_may_not_be_renewed),
        TEST(a_refused_renewal_leaves_nothing),
    };

    return cmocka_run_group_tests_name("renewals_service", tests, NULL, NULL);
}
