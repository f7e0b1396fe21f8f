/*
 * test_recommend_service.c — what is recommended, why, and what never is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "search/recommend_service.h"
#include "unit/borrows/privacy_support.h"

static struct recommendation found[RECOMMENDATIONS_MAX];
static size_t found_count;

static void recommend(const struct member *member)
{
    fixture_next(fixture);
    assert_int_equal(recommend_for_member(ctx, &member->uuid, RECOMMENDATIONS_MAX, found, &found_count), OK);
}

static void similar_to(const struct book *book)
{
    fixture_next(fixture);
    assert_int_equal(recommend_similar(ctx, &book->uuid, RECOMMENDATIONS_MAX, found, &found_count), OK);
}

static const struct recommendation *named(const struct book *book)
{
    for (size_t i = 0; i < found_count; i++)
        if (found[i].book_id == book->id)
            return &found[i];
    return NULL;
}

static void each_had(const struct book *book, const struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        old_borrow(book, &members[i]);
}

static void test_recommend_service__says_which_title_and_how_many_had_both(void **state)
{
    (void)state;
    struct book shared = catalogue("Shared", 5);
    struct book loved = catalogue("Loved", 5);
    struct book once = catalogue("Once", 5);
    struct member others[] = {register_member("One"), register_member("Two"), register_member("Three")};
    struct member reader = register_member("Reader");

    each_had(&shared, others, 3);
    each_had(&loved, others, 3);
    each_had(&once, others, 1);
    old_borrow(&shared, &reader);
    recommend(&reader);
    assert_non_null(named(&loved));
    assert_int_equal(named(&loved)->why, WHY_READERS_ALSO);
    assert_string_equal(named(&loved)->because, "Shared");
    assert_int_equal(named(&loved)->readers, 3);
    assert_null(named(&shared));
    assert_true(!named(&once) || named(&once)->why != WHY_READERS_ALSO);
}

static void test_recommend_service__a_reader_who_had_it_twice_is_one(void **state)
{
    (void)state;
    struct book shared = catalogue("Shared", 5);
    struct book twice = catalogue("Twice", 5);
    struct member other = register_member("Other");
    struct member reader = register_member("Reader");

    for (int i = 0; i < 4; i++) {
        old_borrow(&shared, &other);
        old_borrow(&twice, &other);
    }
    old_borrow(&shared, &reader);
    recommend(&reader);
    assert_true(!named(&twice) || named(&twice)->why != WHY_READERS_ALSO);
}

static void test_recommend_service__a_forgotten_loan_takes_no_part(void **state)
{
    (void)state;
    struct book shared = catalogue("Shared", 5);
    struct book loved = catalogue("Loved", 5);
    struct member others[] = {register_member("One"), register_member("Two")};

    run("UPDATE loan_rule SET fine_per_day = 0");
    each_had(&shared, others, 2);
    each_had(&loved, others, 2);
    similar_to(&shared);
    assert_int_equal(found_count, 1);
    assert_int_equal(found[0].readers, 2);
    forget_after(30);
    pass_days(60);
    assert_int_equal(forget(), 4);
    similar_to(&shared);
    assert_int_equal(found_count, 0);
    assert_library_true();
}

static void test_recommend_service__what_can_be_lent_comes_first_and_what_all_borrow_later(void **state)
{
    (void)state;
    struct book shared = catalogue("Shared", 5);
    struct book out = catalogue("Out", 1);
    struct book rare = catalogue("Rare", 5);
    struct book usual = catalogue("Usual", 5);
    struct member others[] = {register_member("One"), register_member("Two")};
    struct member reader = register_member("Reader");
    struct member stranger = register_member("Stranger");

    each_had(&shared, others, 2);
    each_had(&out, others, 2);
    each_had(&usual, others, 2);
    each_had(&rare, others, 2);
    for (int i = 0; i < 30; i++)
        old_borrow(&usual, &stranger);
    lend(&out, &stranger);
    old_borrow(&shared, &reader);
    recommend(&reader);
    assert_non_null(named(&rare));
    assert_true(named(&rare) < named(&usual));
    assert_true(named(&usual) < named(&out));
    assert_int_equal(named(&out)->why, WHY_READERS_ALSO);
}

static void test_recommend_service__archived_titles_are_not_named(void **state)
{
    (void)state;
    struct book shared = catalogue("Shared", 5);
    struct book gone = catalogue("Gone", 5);
    struct member others[] = {register_member("One"), register_member("Two")};
    struct book book = {0};

    each_had(&shared, others, 2);
    each_had(&gone, others, 2);
    fixture_next(fixture);
    assert_int_equal(books_find(ctx, &gone.uuid, &book), OK);
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), OK);
    similar_to(&shared);
    assert_int_equal(found_count, 0);
    fixture_next(fixture);
    assert_int_equal(recommend_similar(ctx, &gone.uuid, 5, found, &found_count), ERROR_NOT_FOUND);
}

static void test_recommend_service__who_has_read_nothing_gets_the_popular_and_the_new(void **state)
{
    (void)state;
    struct book popular = catalogue("Popular", 5);
    struct book lately = catalogue("Lately", 5);
    struct member others[] = {register_member("One"), register_member("Two")};
    struct member reader = register_member("Reader");

    for (int i = 0; i < 3; i++)
        old_borrow(&popular, &others[0]);
    each_had(&lately, others, 2);
    struct book newest = catalogue("Newest", 1);
    struct book out = catalogue("Out", 1);
    lend(&out, &others[0]);
    recommend(&reader);
    assert_int_equal(named(&lately)->why, WHY_KIND);
    assert_int_equal(named(&lately)->readers, 2);
    assert_string_equal(named(&lately)->member_type, "adult");
    assert_int_equal(named(&popular)->why, WHY_POPULAR);
    assert_int_equal(named(&newest)->why, WHY_NEW);
    assert_null(named(&out));
    assert_int_equal(found_count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_recommend_service__says_which_title_and_how_many_had_both,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recommend_service__a_reader_who_had_it_twice_is_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_recommend_service__a_forgotten_loan_takes_no_part, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_recommend_service__what_can_be_lent_comes_first_and_what_all_borrow_later, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(test_recommend_service__archived_titles_are_not_named, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            test_recommend_service__who_has_read_nothing_gets_the_popular_and_the_new, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
