/*
 * test_terms_service.c — which of the words that are typed are kept, how long, and when they are shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "search/terms.h"
#include "search/terms_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;
static struct popular_query queries[POPULAR_QUERIES_MAX];

static int set_up(void **state)
{
    (void)state;
    settings_forget();
    terms_forget();
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

static void say(const char *typed)
{
    fixture_next(fixture);
    assert_int_equal(terms_said(ctx, typed), OK);
}

static int64_t write_all(void)
{
    int64_t all = 0;
    int64_t rows;

    do {
        fixture_next(fixture);
        assert_int_equal(terms_write(ctx, &rows), OK);
        all += rows;
    } while (rows > 0);
    return all;
}

static size_t shown(void)
{
    size_t count;

    fixture_next(fixture);
    assert_int_equal(terms_popular(ctx, POPULAR_QUERIES_MAX, queries, &count), OK);
    return count;
}

static void test_terms_service__keeps_words_and_no_numbers_or_addresses(void **state)
{
    (void)state;
    assert_true(terms_are_fit("otter"));
    assert_true(terms_are_fit("1984 orwell"));
    assert_true(terms_are_fit("война"));
    assert_true(terms_are_fit("日本"));
    assert_false(terms_are_fit(""));
    assert_false(terms_are_fit("o"));
    assert_false(terms_are_fit("1984"));
    assert_false(terms_are_fit("9780306406157"));
    assert_false(terms_are_fit("978-0-306-40615-x"));
    assert_false(terms_are_fit("card 29001234"));
    assert_false(terms_are_fit("jane@example.org"));
}

static void test_terms_service__spellings_of_one_question_are_one(void **state)
{
    (void)state;
    say("Éléphant  rose");
    assert_int_equal(write_all(), 1);
    say("elephant rose");
    assert_int_equal(write_all(), 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM search_term"), 1);
    assert_int_equal(shown(), 0);
    say(" ELEPHANT ROSE ");
    assert_int_equal(write_all(), 1);
    assert_int_equal(shown(), 1);
    assert_string_equal(queries[0].term, "ELEPHANT ROSE");
    assert_int_equal(queries[0].asked, SEARCH_TERM_SHOWN_MIN);
}

static void test_terms_service__what_is_said_between_two_writes_counts_once(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        say("otter");
    assert_int_equal(write_all(), 1);
    assert_int_equal(fixture_int(fixture, "SELECT asked FROM search_term"), 1);
}

static void test_terms_service__the_queue_is_bounded_and_lossy(void **state)
{
    char term[32];

    (void)state;
    for (int i = 0; i < SEARCH_TERM_QUEUE_MAX + 50; i++) {
        snprintf(term, sizeof term, "term %c%c%c", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
        say(term);
    }
    assert_int_equal(write_all(), SEARCH_TERM_QUEUE_MAX);
}

static void test_terms_service__old_ones_go(void **state)
{
    int64_t removed;

    (void)state;
    say("old");
    assert_int_equal(write_all(), 1);
    ctx->now += (int64_t)SEARCH_TERM_KEEP_DAYS * MS_PER_DAY;
    say("young");
    assert_int_equal(write_all(), 1);
    fixture_next(fixture);
    assert_int_equal(terms_prune(ctx, 100, &removed), OK);
    assert_int_equal(removed, 0);
    ctx->now += MS_PER_DAY;
    assert_int_equal(terms_prune(ctx, 100, &removed), OK);
    assert_int_equal(removed, 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM search_term WHERE term_key = 'young'"), 1);
}

static void test_terms_service__past_so_many_those_asked_least_and_longest_ago_go(void **state)
{
    int64_t removed;

    (void)state;
    say("often");
    write_all();
    say("often");
    write_all();
    say("longest ago");
    write_all();
    ctx->now += MS_PER_DAY;
    say("today");
    write_all();
    fixture_next(fixture);
    assert_int_equal(terms_repo_remove_past(ctx, 2, 100, &removed), OK);
    assert_int_equal(removed, 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM search_term WHERE term = 'longest ago'"), 0);
}

static void test_terms_service__switched_off_all_of_it_goes(void **state)
{
    int64_t removed;

    (void)state;
    for (int i = 0; i < SEARCH_TERM_SHOWN_MIN; i++) {
        say("otter");
        write_all();
    }
    assert_int_equal(shown(), 1);
    say("noted before");
    fixture_next(fixture);
    assert_int_equal(settings_set(ctx, "popular_searches", "off"), OK);
    assert_int_equal(shown(), 0);
    say("noted after");
    assert_int_equal(write_all(), 0);
    fixture_next(fixture);
    assert_int_equal(terms_prune(ctx, 100, &removed), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM search_term"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_terms_service__keeps_words_and_no_numbers_or_addresses, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_terms_service__spellings_of_one_question_are_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_terms_service__what_is_said_between_two_writes_counts_once,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_terms_service__the_queue_is_bounded_and_lossy, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_terms_service__old_ones_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_terms_service__past_so_many_those_asked_least_and_longest_ago_go,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_terms_service__switched_off_all_of_it_goes, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
