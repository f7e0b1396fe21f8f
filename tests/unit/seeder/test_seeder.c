/*
 * test_seeder.c — a seeded library is a library: every rule was asked, every check finds nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "books/books_service.h"
#include "borrows/borrows_check_service.h"
#include "db/engine.h"
#include "db/writer.h"
#include "members/members_service.h"
#include "members/search_rows_service.h"
#include "seeder/seeder.h"
#include "support/fixture.h"

static struct seeder *new_seeder(struct fixture *fixture, uint64_t random_seed)
{
    struct seeder *seeder;
    assert_int_equal(seeder_new(&fixture->ctx, "minimal", random_seed, &seeder), OK);
    return seeder;
}

/* One slice as the writer runs it: the arena set back before, a commit after. */
static enum write_result step(struct fixture *fixture, struct seeder *seeder)
{
    struct arena_mark mark = arena_mark(&fixture->arena);
    enum write_result result = seeder_step(&fixture->ctx, seeder);
    if (result == WRITE_FAILED)
        return result;
    fixture_commit(fixture);
    arena_reset_to(&fixture->arena, mark);
    return result;
}

static void run_to_the_end(struct fixture *fixture, struct seeder *seeder)
{
    enum write_result result;
    while ((result = step(fixture, seeder)) == WRITE_MORE)
        ;
    if (result != WRITE_DONE)
        print_error("seeding failed: %s\n", fixture->ctx.error.detail);
    assert_int_equal(result, WRITE_DONE);
}

static void report_finding(void *argument, const char *finding)
{
    (*(int *)argument)++;
    print_error("found: %s\n", finding);
}

static void assert_same(struct fixture *a, struct fixture *b, const char *sql)
{
    int64_t in_a = fixture_int(a, sql), in_b = fixture_int(b, sql);
    if (in_a != in_b)
        print_error("%s\n", sql);
    assert_int_equal(in_a, in_b);
}

/* Sums that change with any title, name, moment or pairing. */
static void assert_same_library(struct fixture *a, struct fixture *b)
{
    assert_same(a, b,
                "SELECT sum(id * (length(title) * 31 + unicode(title) + year + total_copies)) FROM book");
    assert_same(
        a, b,
        "SELECT sum(id * (unicode(author) + length(author) + coalesce(isbn13, 7) % 1000003)) FROM book");
    assert_same(a, b,
                "SELECT sum(id * (length(name) * 31 + unicode(name) + coalesce(expires_on, 5))) FROM member");
    assert_same(a, b, "SELECT sum(id * (book_id * 31 + copy_id * 17 + member_id)) FROM borrow");
    assert_same(
        a, b,
        "SELECT sum(id * (borrowed_at % 1000003 + due_day + coalesce(returned_at, 9) % 1000003)) FROM borrow");
    assert_same(a, b, "SELECT count(*) FROM audit_log");
    assert_same(a, b, "SELECT count(*) FROM event");
}

/* One library made by the book, for those who only look at it. */
static struct fixture *made;
static struct seeder *its_seeder;

static int make_library(void **state)
{
    (void)state;
    made = fixture_new();
    its_seeder = new_seeder(made, 42);
    run_to_the_end(made, its_seeder);
    return 0;
}

static int remove_library(void **state)
{
    (void)state;
    fixture_free(made);
    return 0;
}

static void test_seeder__makes_what_minimal_promises(void **state)
{
    (void)state;
    struct fixture *fixture = made;
    struct seeder_summary summary;
    seeder_summary(its_seeder, &summary);
    assert_int_equal(fixture->ctx.now, 1772445600000); /* the fixture's: seeding put it back */
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM book"), 5000);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member"), 1000);
    assert_in_range(fixture_int(fixture, "SELECT count(*) FROM borrow"), 2200, 2250);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM borrow"), summary.borrows);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM copy"), summary.copies);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM borrow WHERE returned_at IS NULL"),
                     summary.open);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM borrow WHERE due_at < 1772445600000 "
                                          "AND coalesce(returned_at, 1772445600000) > due_at"),
                     summary.late);
    assert_in_range(summary.late * 1000 / summary.due, 100, 140); /* 12 in 100 */
    assert_int_equal(summary.refused, 0);
    assert_true(summary.overdue > 0 && summary.overdue < summary.open);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM borrow WHERE borrowed_at > 1772445600000"),
                     0);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM borrow b JOIN member m ON m.id = b.member_id "
                                          "WHERE b.borrowed_at < m.created_at"),
                     0);
}

static void test_seeder__leaves_a_library_that_every_check_passes(void **state)
{
    (void)state;
    struct fixture *fixture = made;
    int findings = 0;
    struct loan_index loans;
    bool keys_hold = false;
    assert_int_equal(borrows_check(&fixture->ctx, report_finding, &findings, &loans, &keys_hold), OK);
    loan_index_release(&loans);
    assert_true(keys_hold);
    assert_int_equal(books_check_search(&fixture->ctx, report_finding, &findings), OK);
    assert_int_equal(members_check_search(&fixture->ctx, report_finding, &findings), OK);
    assert_int_equal(findings, 0);
}

static void test_seeder__tells_every_act_and_the_batch(void **state)
{
    (void)state;
    struct fixture *fixture = made;
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'library.seeded' "
                                          "AND at = 1772445600000"),
                     1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'LibrarySeeded' "
                                          "AND detail = 'minimal'"),
                     1);
    assert_int_equal(fixture_int(fixture,
                                 "SELECT (SELECT count(*) FROM audit_log WHERE action = 'borrow.lent') - "
                                 "(SELECT count(*) FROM borrow)"),
                     0);
    assert_int_equal(fixture_int(fixture,
                                 "SELECT (SELECT count(*) FROM event WHERE type = 'BookReturned') - "
                                 "(SELECT count(*) FROM borrow WHERE returned_at IS NOT NULL AND lost = 0)"),
                     0);
}

static void test_seeder__makes_the_same_library_again(void **state)
{
    (void)state;
    struct fixture *same = fixture_new(), *other = fixture_new();
    run_to_the_end(same, new_seeder(same, 42));
    run_to_the_end(other, new_seeder(other, 43));
    assert_same_library(made, same);
    const char *sql = "SELECT sum(id * (book_id * 31 + member_id)) FROM borrow";
    assert_true(fixture_int(made, sql) != fixture_int(other, sql));
    fixture_free(same);
    fixture_free(other);
}

/* Every third slice is lost as by a full disk at COMMIT: the library ends up the same. */
static void test_seeder__makes_a_slice_again_that_was_rolled_back(void **state)
{
    (void)state;
    struct fixture *stumbling = fixture_new();
    struct seeder *seeder = new_seeder(stumbling, 42);
    enum write_result result = WRITE_MORE;
    int lost = 0;
    for (int i = 0; result == WRITE_MORE; i++) {
        if (i % 3 == 0) {
            assert_true(seeder_step(&stumbling->ctx, seeder) != WRITE_FAILED);
            fixture_next(stumbling);
            assert_int_equal(db_exec(&stumbling->ctx, "ROLLBACK"), OK);
            assert_int_equal(db_exec(&stumbling->ctx, "BEGIN IMMEDIATE"), OK);
            lost++;
        }
        result = step(stumbling, seeder);
    }
    assert_int_equal(result, WRITE_DONE);
    assert_true(lost > 5);
    assert_same_library(made, stumbling);
    fixture_free(stumbling);
}

static void test_seeder__refuses_a_library_in_use(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member;
    facts.name = "Ada Quinn";
    assert_int_equal(members_create(&fixture->ctx, &facts, &member), OK);
    assert_int_equal(step(fixture, new_seeder(fixture, 42)), WRITE_FAILED);
    assert_int_equal(fixture->ctx.error.code, ERR_LIBRARY_NOT_EMPTY);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM book"), 0);
    fixture_free(fixture);
}

static void test_seeder__stops_when_somebody_else_writes(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct seeder *seeder = new_seeder(fixture, 42);
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member;
    assert_int_equal(step(fixture, seeder), WRITE_MORE);
    facts.name = "Ada Quinn";
    assert_int_equal(members_create(&fixture->ctx, &facts, &member), OK);
    assert_int_equal(step(fixture, seeder), WRITE_FAILED);
    assert_int_equal(fixture->ctx.error.code, ERR_LIBRARY_NOT_EMPTY);
    fixture_free(fixture);
}

static void test_seeder__names_the_scenarios_it_knows(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct seeder *seeder = NULL;
    assert_int_equal(seeder_new(&fixture->ctx, "enormous", 42, &seeder), ERROR_INVALID);
    assert_int_equal(fixture->ctx.error.code, ERR_VALIDATION_ERROR);
    assert_non_null(strstr(fixture->ctx.error.detail, "“enormous”"));
    assert_non_null(strstr(fixture->ctx.error.detail, "minimal"));
    assert_null(seeder);
    assert_non_null(strstr(seeder_scenario_names(&fixture->arena), "minimal"));
    fixture_free(fixture);
}

static void test_seeder__follows_the_rule_in_force(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct seeder *seeder = new_seeder(fixture, 42);
    struct seeder_summary summary;
    assert_int_equal(db_exec(&fixture->ctx, "UPDATE loan_rule SET max_loans = 1, loan_days = 7"), OK);
    run_to_the_end(fixture, seeder);
    seeder_summary(seeder, &summary);
    assert_int_equal(summary.refused, 0);
    assert_true(summary.borrows > 2000);
    assert_int_equal(fixture_int(fixture, "SELECT max(open_borrows) FROM member"), 1);
    assert_in_range(summary.late * 1000 / summary.due, 100, 140);
    fixture_free(fixture);
}

/* The rule changed after all was planned: what it forbids did not happen, and the rest did. */
static void test_seeder__skips_what_the_library_refuses(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct seeder *seeder = new_seeder(fixture, 42);
    struct seeder_summary summary;
    int findings = 0;
    struct loan_index loans;
    bool keys_hold = false;
    assert_int_equal(step(fixture, seeder), WRITE_MORE);
    assert_int_equal(db_exec(&fixture->ctx, "UPDATE loan_rule SET max_loans = 1"), OK);
    run_to_the_end(fixture, seeder);
    seeder_summary(seeder, &summary);
    assert_true(summary.refused > 100);
    assert_int_equal(summary.borrows, fixture_int(fixture, "SELECT count(*) FROM borrow"));
    assert_int_equal(borrows_check(&fixture->ctx, report_finding, &findings, &loans, &keys_hold), OK);
    loan_index_release(&loans);
    assert_true(keys_hold);
    assert_int_equal(findings, 0);
    assert_non_null(strstr(seeder_report(&fixture->arena, seeder), "do not allow"));
    fixture_free(fixture);
}

static void test_seeder__shows_how_far_it_is(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct seeder *seeder = new_seeder(fixture, 42);
    struct seeder_progress progress;
    seeder_progress(seeder, &progress);
    assert_string_equal(progress.phase, "planning");
    assert_int_equal(progress.total, 0);
    assert_int_equal(step(fixture, seeder), WRITE_MORE);
    seeder_progress(seeder, &progress);
    assert_string_equal(progress.phase, "cataloguing and registering");
    assert_true(progress.done > 0 && progress.done < progress.total);
    run_to_the_end(fixture, seeder);
    seeder_progress(seeder, &progress);
    assert_string_equal(progress.phase, "done");
    assert_true(progress.done == progress.total && progress.total > 10000);
    const char *report = seeder_report(&fixture->arena, seeder);
    assert_non_null(strstr(report, "5,000 titles"));
    assert_non_null(strstr(report, "A 250 ("));
    assert_non_null(strstr(report, "D 1,000 (0.0 % of loans)"));
    fixture_free(fixture);
}

/* As the command line does it: through the writer's bulk queue. */
static void test_seeder__runs_on_the_writer(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct seeder *seeder = new_seeder(fixture, 42);
    struct writer *writer;
    struct ctx ctx = fixture->ctx;
    ctx.db = NULL;
    assert_int_equal(db_exec(&fixture->ctx, "COMMIT"), OK);
    assert_int_equal(writer_start(&ctx, fixture->ctx.db, &writer), OK);
    assert_int_equal(writer_run_bulk(writer, &ctx, seeder_step, seeder), OK);
    writer_stop(writer); /* closes the connection */
    assert_int_equal(db_open(&ctx, fixture->path, DB_WRITE, &fixture->ctx.db), OK);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM book"), 5000);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'library.seeded'"),
                     1);
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seeder__makes_what_minimal_promises),
        cmocka_unit_test(test_seeder__leaves_a_library_that_every_check_passes),
        cmocka_unit_test(test_seeder__tells_every_act_and_the_batch),
        cmocka_unit_test(test_seeder__makes_the_same_library_again),
        cmocka_unit_test(test_seeder__makes_a_slice_again_that_was_rolled_back),
        cmocka_unit_test(test_seeder__refuses_a_library_in_use),
        cmocka_unit_test(test_seeder__stops_when_somebody_else_writes),
        cmocka_unit_test(test_seeder__names_the_scenarios_it_knows),
        cmocka_unit_test(test_seeder__follows_the_rule_in_force),
        cmocka_unit_test(test_seeder__skips_what_the_library_refuses),
        cmocka_unit_test(test_seeder__shows_how_far_it_is),
        cmocka_unit_test(test_seeder__runs_on_the_writer),
    };
    return cmocka_run_group_tests(tests, make_library, remove_library);
}
