/*
 * test_opening_hours.c — other opening hours: what is due on a day that they close is due on the next open one, and
 * whoever has it is told.
 */
#include "borrows_support.h"

#include "borrows/closures_service.h"

static const struct opening_hours never_closed = {.count = 0};

/* Ten to six on every weekday but one. */
static struct opening_hours all_but(int64_t closed)
{
    struct opening_hours hours = {.count = 0};

    for (int64_t weekday = 0; weekday < WEEKDAYS; weekday++)
        if (weekday != closed)
            hours.items[hours.count++] = (struct opening){weekday, 600, 1080};
    return hours;
}

static size_t set_hours(const struct opening_hours *hours)
{
    size_t borrows, holds;

    fixture_next(fixture);
    assert_int_equal(closures_set_hours(ctx, hours, &borrows, &holds), OK);
    assert_int_equal(holds, 0);
    return borrows;
}

static void test_opening_hours__what_is_due_then_moves_and_its_reader_is_told(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow monday = lend("Dune", &member);
    int weekday = clock_weekday_of(monday.due_day);
    struct opening_hours hours = all_but(weekday);

    pass_days(1);
    struct borrow tuesday = lend("Emma", &member);
    assert_int_equal(set_hours(&hours), 1);
    fixture_next(fixture);
    int32_t due_day = monday.due_day;
    assert_int_equal(borrows_find(ctx, &monday.uuid, &monday), OK);
    assert_int_equal(monday.due_day, due_day + 1);
    assert_int_equal(monday.due_at, clock_day_end(due_day + 1));
    assert_int_equal(borrows_find(ctx, &tuesday.uuid, &tuesday), OK);
    assert_int_equal(tuesday.due_day, due_day + 1);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'DueDateMoved'"), 1);
    assert_int_equal(count("SELECT count(*) FROM audit_log WHERE action = 'opening_hours.changed'"), 1);
    assert_int_equal(count("SELECT count(*) FROM closure_move"), 0);
    assert_int_equal(set_hours(&hours), 0);
    assert_int_equal(set_hours(&never_closed), 0);
    assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'DueDateMoved'"), 1);
    assert_library_true();
}

/* It is late already: what it costs follows the calendar, the day it was due stays. */
static void test_opening_hours__what_was_due_before_today_stays(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend("Dune", &member);
    struct opening_hours hours = all_but(clock_weekday_of(borrow.due_day));
    int32_t due_day = borrow.due_day;

    set("fines_on_closed_days", "on");
    pass_days(14 + 1);
    assert_int_equal(set_hours(&hours), 0);
    fixture_next(fixture);
    assert_int_equal(borrows_find(ctx, &borrow.uuid, &borrow), OK);
    assert_int_equal(borrow.due_day, due_day);
    assert_library_true();
}

/* Today counts as a day on which it could still come back. */
static void test_opening_hours__what_is_due_today_moves(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend("Dune", &member);
    struct opening_hours hours = all_but(clock_weekday_of(borrow.due_day));

    pass_days(14);
    assert_int_equal(set_hours(&hours), 1);
    assert_int_equal(count("SELECT due_day FROM borrow"), borrow.due_day + 1);
    assert_library_true();
}

static void test_opening_hours__wrong_ones_change_nothing(void **state)
{
    (void)state;
    struct member member = register_member("Amina Okafor");
    struct borrow borrow = lend("Dune", &member);
    const struct opening_hours wrong = {.count = 1, .items = {{0, 1080, 600}}};
    size_t borrows, holds;

    assert_int_equal(closures_set_hours(ctx, &wrong, &borrows, &holds), ERROR_INVALID);
    assert_int_equal(count("SELECT due_day FROM borrow"), borrow.due_day);
    assert_int_equal(count("SELECT count(*) FROM opening_hours"), 0);
}

/* A machine without a clock battery begins in 1970, before the first day of the calendar. */
static void test_opening_hours__are_set_by_a_machine_whose_clock_has_never_been_set(void **state)
{
    (void)state;
    struct opening_hours hours = all_but(0);

    ctx->now = 0;
    assert_int_equal(set_hours(&hours), 0);
    assert_int_equal(count("SELECT count(*) FROM opening_hours"), WEEKDAYS - 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_opening_hours__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_due_then_moves_and_its_reader_is_told),
        TEST(what_was_due_before_today_stays),
        TEST(what_is_due_today_moves),
        TEST(wrong_ones_change_nothing),
        TEST(are_set_by_a_machine_whose_clock_has_never_been_set),
    };

    return cmocka_run_group_tests_name("opening_hours", tests, NULL, NULL);
}
