/*
 * test_privacy_numbers.c — every number that is kept stays one that counting gives, whatever is forgotten.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "counters/counters_check_service.h"
#include "counters/tallies_service.h"
#include "unit/borrows/privacy_support.h"

/* ---- the numbers -------------------------------------------------------------------------------------- */

static void test_privacy_numbers__a_members_numbers_are_those_of_the_loans_that_are_left(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 1);
    struct member member = register_member("Amina Okafor");

    run("UPDATE loan_rule SET fine_per_day = 0");
    struct borrow late = lend(&book, &member);
    pass_days(40);
    take_back(&late);
    old_borrow(&book, &member);
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
static void test_privacy_numbers__a_day_keeps_the_number_of_its_readers(void **state)
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

static void test_privacy_numbers__rebuilding_gives_what_forgetting_left(void **state)
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

static void assert_top(enum counted what, int64_t id, int64_t borrows)
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
    assert_int_equal(of_id, borrows);
}

static void test_privacy_numbers__favourites_leave_forgotten_loans_out_of_members_not_of_titles(void **state)
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

static void test_privacy_numbers__more_forgotten_than_loans_without_a_name_is_found_and_mended(void **state)
{
    (void)state;
    struct book book = catalogue("Dune", 2);
    struct member member = register_member("Amina Okafor");
    int findings = 0;
    bool keys_hold;

    old_borrow(&book, &member);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_privacy_numbers__a_members_numbers_are_those_of_the_loans_that_are_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_numbers__a_day_keeps_the_number_of_its_readers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_privacy_numbers__rebuilding_gives_what_forgetting_left, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_numbers__favourites_leave_forgotten_loans_out_of_members_not_of_titles, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(
            test_privacy_numbers__more_forgotten_than_loans_without_a_name_is_found_and_mended, set_up,
            tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
