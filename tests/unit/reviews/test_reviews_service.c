/*
 * test_reviews_service.c — a title's rating is that of the reviews that are shown, whatever becomes of them: merged with
 * another title and parted again, forgotten with a loan, kept wrongly and counted anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "counters/counters_check_service.h"
#include "counters/counters_service.h"
#include "db/engine.h"
#include "reviews/reviews_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

#define ONE 1 /* titles */
#define OTHER 2
#define JANE 1 /* members */
#define JOHN 2
#define NOBODY 0

static int set_up(void **state)
{
    (void)state;
    settings_forget();
    fixture = fixture_new();
    ctx = &fixture->ctx;
    assert_int_equal(
        db_exec(ctx,
                "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
                " VALUES (1, randomblob(16), 'One', 'A', 'one', 'a', 1, 1),"
                " (2, randomblob(16), 'Other', 'A', 'other', 'a', 1, 1);"
                "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
                " VALUES (1, randomblob(16), 'm1', 'Jane', 'jane', 1, 1),"
                " (2, randomblob(16), 'm2', 'John', 'john', 1, 1)"),
        OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

/* ---- helpers -------------------------------------------------------------------------------------------- */

static void review(int64_t id, int64_t book, int64_t member, int64_t stars, const char *status)
{
    const char *whose = member == NOBODY ? "NULL" : arena_printf(ctx->arena, "%d", (int)member);

    assert_int_equal(
        db_exec(ctx, arena_printf(ctx->arena,
                                  "INSERT INTO review (id, uuid, book_id, member_id, stars, status,"
                                  " created_at, updated_at) VALUES (%d, randomblob(16), %d, %s, %d,"
                                  " '%s', 1, 1)",
                                  (int)id, (int)book, whose, (int)stars, status)),
        OK);
    if (strcmp(status, "shown") == 0)
        assert_int_equal(counters_rating(ctx, book, 1, stars), OK);
}

/* All reviews as "id:book:member ". */
static const char *where(void)
{
    SQL(REVIEWS_TOLD, "SELECT group_concat(id || ':' || book_id || ':' || coalesce(member_id, 0), ' ')"
                      " FROM (SELECT * FROM review ORDER BY id)");
    struct stmt *s = db_statement(ctx, &REVIEWS_TOLD);
    bool found;

    assert_int_equal(db_row(s, &found), OK);
    return column_text(s, 0);
}

static void assert_ratings_are_counted(void)
{
    assert_int_equal(fixture_int(fixture,
                                 "SELECT count(*) FROM book b WHERE rating_count <> (SELECT count(*) FROM"
                                 " review WHERE book_id = b.id AND status = 'shown') OR rating_sum <>"
                                 " (SELECT coalesce(sum(stars), 0) FROM review WHERE book_id = b.id AND"
                                 " status = 'shown')"),
                     0);
}

static int64_t stars_of(int book)
{
    return fixture_int(fixture, arena_printf(ctx->arena, "SELECT rating_sum FROM book WHERE id = %d", book));
}

struct told {
    int64_t ids[8];
    size_t count;
};

static void tell(void *argument, int64_t id)
{
    struct told *told = argument;

    assert_true(told->count < 8);
    told->ids[told->count++] = id;
}

static struct told merge(void)
{
    struct told told = {0};

    assert_int_equal(reviews_move_title(ctx, OTHER, ONE, tell, &told), OK);
    assert_ratings_are_counted();
    return told;
}

static void part(const struct told *told)
{
    for (size_t i = 0; i < told->count; i++)
        assert_int_equal(reviews_move_back(ctx, told->ids[i], ONE, OTHER), OK);
    assert_ratings_are_counted();
}

/* ---- merging -------------------------------------------------------------------------------------------- */

static void test_reviews_service__reviews_go_over_with_their_stars_and_come_back(void **state)
{
    (void)state;
    review(1, ONE, JANE, 5, "shown");
    review(2, OTHER, JOHN, 2, "shown");
    review(3, OTHER, NOBODY, 3, "shown");
    review(4, OTHER, NOBODY, 1, "waiting");
    struct told told = merge();
    assert_string_equal(where(), "1:1:1 2:1:2 3:1:0 4:1:0");
    assert_int_equal(told.count, 3);
    assert_int_equal(stars_of(ONE), 10);
    assert_int_equal(stars_of(OTHER), 0);
    part(&told);
    assert_string_equal(where(), "1:1:1 2:2:2 3:2:0 4:2:0");
}

static void test_reviews_service__of_two_by_one_reader_the_newer_stays_with_the_kept_title(void **state)
{
    (void)state;
    review(1, ONE, JANE, 5, "shown");
    review(2, OTHER, JANE, 1, "shown");
    review(3, OTHER, JOHN, 4, "shown");
    review(4, ONE, JOHN, 2, "waiting");
    struct told told = merge();
    assert_string_equal(where(), "1:2:1 2:1:1 3:2:2 4:1:2");
    assert_int_equal(told.count, 1);
    assert_int_equal(stars_of(ONE), 1);
    part(&told);
    assert_string_equal(where(), "1:1:1 2:2:1 3:2:2 4:1:2");
}

static void test_reviews_service__what_is_gone_meanwhile_does_not_keep_a_merge_from_being_undone(void **state)
{
    (void)state;
    review(1, ONE, JANE, 5, "shown");
    review(2, OTHER, JANE, 1, "shown");
    review(3, OTHER, JOHN, 3, "shown");
    struct told told = merge();
    assert_int_equal(db_exec(ctx, "DELETE FROM review WHERE id = 3"), OK);
    assert_int_equal(counters_rating(ctx, ONE, -1, -3), OK);
    part(&told);
    assert_string_equal(where(), "1:1:1 2:2:1");
    part(&told);
    assert_string_equal(where(), "1:1:1 2:2:1");
}

static void leave_it(void *argument, int64_t id)
{
    (*(int64_t *)argument)++;
    assert_int_equal(reviews_move_back(ctx, id, ONE, OTHER), OK);
}

static void test_reviews_service__however_many_there_are_their_words_are_not_all_in_memory(void **state)
{
    int64_t count = 0;

    (void)state;
    for (int64_t id = 1; id <= 300; id++)
        review(id, OTHER, NOBODY, 3, "shown");
    assert_int_equal(db_exec(ctx, "UPDATE review SET text = hex(zeroblob(2000))"), OK);
    ctx->arena->max = ctx->arena->used + (size_t)256 * 1024;
    assert_int_equal(reviews_move_title(ctx, OTHER, ONE, leave_it, &count), OK);
    assert_int_equal(count, 300);
    assert_false(arena_exhausted(ctx->arena));
    assert_int_equal(stars_of(OTHER), 900);
}

/* ---- forgetting ----------------------------------------------------------------------------------------- */

static void test_reviews_service__a_review_forgets_its_reader_with_the_last_loan_of_the_title(void **state)
{
    const char *const names[] = {"jane"};

    (void)state;
    review(1, ONE, JANE, 5, "shown");
    review(2, OTHER, JANE, 4, "shown");
    assert_int_equal(
        db_exec(
            ctx,
            "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
            " VALUES (1, randomblob(16), 2, 'c', 1, 1);"
            "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
            " returned_at, returned_day, fine_per_day, grace_days, lent_by)"
            " VALUES (randomblob(16), 2, 1, 1, 1, 1, 1, 1, 2, 1, 0, 0, 1);"
            "INSERT INTO audit_log (at, actor, action, entity, entity_id, correlation_id)"
            " VALUES (1, 'jane', 'review.written', 'review', 1, 'r')"),
        OK);
    assert_int_equal(reviews_forget_loan(ctx, JANE, ONE, names, 1), OK);
    assert_int_equal(reviews_forget_loan(ctx, JANE, OTHER, names, 1), OK);
    assert_string_equal(where(), "1:1:0 2:2:1");
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE actor = 'jane' OR"
                                          " correlation_id IS NOT NULL"),
                     0);
    assert_ratings_are_counted();
}

/* Her older review of the record that went, one of what was the same title, and one of another. */
static void test_reviews_service__reviews_of_titles_that_became_one_forget_their_reader_together(void **state)
{
    (void)state;
    review(1, OTHER, JANE, 5, "shown");
    review(2, ONE, JANE, 4, "shown");
    review(3, OTHER, JOHN, 3, "shown");
    assert_int_equal(
        db_exec(
            ctx,
            "INSERT INTO title_merge (uuid, kept_id, gone_id, at, made_by) VALUES (randomblob(16), 2, 1, 1, 't');"
            "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
            " VALUES (1, randomblob(16), 2, 'c', 1, 1);"
            "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
            " returned_at, returned_day, fine_per_day, grace_days, lent_by)"
            " VALUES (randomblob(16), 2, 1, 1, 1, 1, 1, 1, 2, 1, 0, 0, 1)"),
        OK);
    assert_int_equal(reviews_forget_loan(ctx, JANE, OTHER, NULL, 0), OK);
    assert_string_equal(where(), "1:2:1 2:1:1 3:2:2");
    assert_int_equal(db_exec(ctx, "UPDATE borrow SET member_id = NULL"), OK);
    assert_int_equal(reviews_forget_loan(ctx, JANE, OTHER, NULL, 0), OK);
    assert_string_equal(where(), "1:2:0 2:1:0 3:2:2");
    assert_ratings_are_counted();
}

/* ---- counting ------------------------------------------------------------------------------------------- */

static void count_findings(void *argument, const char *finding)
{
    *(int *)argument +=
        strstr(finding, "“One”") && (strstr(finding, "reviews shown") || strstr(finding, "stars"));
}

static void test_reviews_service__a_rating_that_is_kept_wrongly_is_found_and_counted_anew(void **state)
{
    int findings = 0;
    bool keys_hold;

    (void)state;
    review(1, ONE, JANE, 5, "shown");
    review(2, ONE, JOHN, 1, "refused");
    assert_int_equal(db_exec(ctx, "UPDATE book SET rating_count = 7, rating_sum = 9 WHERE id = 1"), OK);
    assert_int_equal(counters_check(ctx, NULL, count_findings, &findings, &keys_hold), OK);
    assert_int_equal(findings, 2);
    assert_int_equal(counters_rebuild(ctx), OK);
    assert_int_equal(stars_of(ONE), 5);
    assert_ratings_are_counted();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reviews_service__reviews_go_over_with_their_stars_and_come_back),
        TEST(test_reviews_service__of_two_by_one_reader_the_newer_stays_with_the_kept_title),
        TEST(test_reviews_service__what_is_gone_meanwhile_does_not_keep_a_merge_from_being_undone),
        TEST(test_reviews_service__however_many_there_are_their_words_are_not_all_in_memory),
        TEST(test_reviews_service__a_review_forgets_its_reader_with_the_last_loan_of_the_title),
        TEST(test_reviews_service__reviews_of_titles_that_became_one_forget_their_reader_together),
        TEST(test_reviews_service__a_rating_that_is_kept_wrongly_is_found_and_counted_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
