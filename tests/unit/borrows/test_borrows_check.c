/*
 * test_borrows_check.c — whatever is untrue about loans is found and named, and what is only unusual is not.
 *
 * Counters are not in question here: where rows are written by hand, they are made anew before checking.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/limits.h"
#include "borrows/borrows_check_service.h"
#include "counters/counters_check_service.h"
#include "db/engine.h"
#include "support/fixture.h"

#define FAR "1000000000000000" /* an id that no library comes to */

static struct fixture *fixture;
static struct ctx *ctx;
static int findings;
static char said[8000]; /* all findings of the last check */

static int set_up(void **state)
{
    (void)state;
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

static void run(const char *sql)
{
    assert_int_equal(db_exec(ctx, sql), OK);
}

static void keep_finding(void *argument, const char *finding)
{
    (void)argument;
    findings++;
    strncat(said, finding, sizeof said - strlen(said) - 1);
    strncat(said, "\n", sizeof said - strlen(said) - 1);
}

/* Whether keys hold. */
static bool check(void)
{
    struct loan_index loans;
    bool keys_hold = false;

    fixture_next(fixture);
    findings = 0;
    said[0] = '\0';
    assert_int_equal(borrows_check(ctx, keep_finding, NULL, &loans, &keys_hold), OK);
    loan_index_release(&loans);
    return keys_hold;
}

static void check_circulation(void)
{
    fixture_next(fixture);
    assert_int_equal(counters_rebuild(ctx), OK);
    assert_true(check());
}

static void assert_found(const char *finding)
{
    if (findings != 1 || !strstr(said, finding))
        print_error("looked for: %s\n%d findings:\n%s", finding, findings, said);
    assert_int_equal(findings, 1);
    assert_non_null(strstr(said, finding));
}

static void assert_nothing_found(void)
{
    if (findings > 0)
        print_error("%s", said);
    assert_int_equal(findings, 0);
}

/* Two titles, copies c1 and c2 of the first and c3 of the second, two members. */
static void add_library(void)
{
    run("INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
        " VALUES (1, randomblob(16), 'Dune', 'h', 'dune', 'h', 1, 1), (2, randomblob(16), 'Emma', 'a', 'e', 'a', 1, 1);"
        "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at) VALUES (1, randomblob(16), 1, 'c1', 1, 1),"
        " (2, randomblob(16), 1, 'c2', 1, 1), (3, randomblob(16), 2, 'c3', 1, 1);"
        "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
        " VALUES (1, randomblob(16), 'm1', 'Jane Roe', 'j', 1, 1), (2, randomblob(16), 'm2', 'John Doe', 'j', 1, 1)");
}

/* A loan of days in 2026, counted from the fixture's now; `back` -1: still out. */
static void add_loan(long long id, long long book, long long copy, long long member, int day, int back)
{
    const int64_t out_at = ctx->now + day * (int64_t)86400000;
    const char *back_at = "NULL, NULL";

    if (back >= 0)
        back_at = arena_printf(ctx->arena, "%lld, %d", (long long)(ctx->now + back * (int64_t)86400000),
                               20514 + back);
    run(arena_printf(
        ctx->arena,
        "INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by, returned_at, returned_day)"
        " VALUES (%lld, randomblob(16), %lld, %lld, %lld, 1, %lld, %lld, 21000, 0, 0, 1, %s)",
        id, book, copy, member, (long long)out_at, (long long)(out_at + 86400000), back_at));
}

/* ---- the status of copies -------------------------------------------------------------------------------- */

static void test_borrows_check__a_copy_is_out_when_its_status_says_so(void **state)
{
    (void)state;
    add_library();
    add_loan(1, 1, 1, 1, 0, -1);
    run("UPDATE copy SET status = 'on_loan' WHERE id = 1");
    check_circulation();
    assert_nothing_found();
    run("UPDATE copy SET status = 'available'");
    check_circulation();
    assert_found("Copy c1 does not agree with its open loans about being on loan (1).");
    run("UPDATE copy SET status = 'on_loan' WHERE id < 3");
    check_circulation();
    assert_found("Copy c2 does not agree with its open loans about being on loan (0).");
}

static void test_borrows_check__a_copy_is_out_once(void **state)
{
    (void)state;
    add_library();
    run("DROP INDEX borrow_open_copy");
    run("UPDATE copy SET status = 'on_loan' WHERE id = 1");
    add_loan(1, 1, 1, 1, 0, -1);
    add_loan(2, 1, 1, 2, 0, -1);
    check_circulation();
    assert_int_equal(findings, 2);
    assert_non_null(strstr(said, "Copy c1 does not agree with its open loans about being on loan (2)."));
    assert_non_null(strstr(said, "Copy c1 was lent again before it came back (1)."));
}

static void test_borrows_check__nobody_has_a_title_twice(void **state)
{
    (void)state;
    add_library();
    run("UPDATE copy SET status = 'on_loan' WHERE id IN (1, 2)");
    add_loan(1, 1, 1, 1, 0, -1);
    run("DROP INDEX borrow_open_pair");
    add_loan(2, 1, 2, 1, 0, -1);
    check_circulation();
    assert_found("The member “Jane Roe” has “Dune” 2 times at once.");
}

/* ---- the order of loans ---------------------------------------------------------------------------------- */

static void test_borrows_check__loans_of_a_copy_do_not_overlap(void **state)
{
    (void)state;
    add_library();
    add_loan(1, 1, 1, 1, 0, 5);
    add_loan(2, 1, 2, 1, 0, 5);
    add_loan(3, 1, 1, 2, 5, 7); /* at the very instant at which it came back */
    check_circulation();
    assert_nothing_found();
    add_loan(4, 1, 1, 1, 6, 8);
    add_loan(5, 1, 1, 2, 7, 9);
    check_circulation();
    assert_found("Copy c1 was lent again before it came back (2).");
}

static void test_borrows_check__a_loan_may_be_reported_late(void **state)
{
    (void)state;
    add_library();
    add_loan(1, 1, 1, 1, 10, 12);
    add_loan(2, 1, 1, 2, 3, 9); /* recorded later, happened before */
    add_loan(3, 1, 1, 1, 1, 3);
    add_loan(4, 1, 1, 2, 20, 22);
    check_circulation();
    assert_nothing_found();
    add_loan(5, 1, 1, 1, 2, 10);
    check_circulation();
    assert_found("Copy c1 was lent again before it came back (2).");
}

static void test_borrows_check__nothing_comes_back_before_it_was_lent(void **state)
{
    (void)state;
    add_library();
    run("PRAGMA ignore_check_constraints = ON");
    add_loan(1, 1, 1, 1, 5, 4);
    check_circulation();
    assert_found("Copy c1 came back before it was lent (1).");
}

static void test_borrows_check__a_loan_is_of_its_copys_title(void **state)
{
    (void)state;
    add_library();
    add_loan(1, 1, 3, 1, 0, 1);
    add_loan(2, 2, 3, 1, 1, 2);
    check_circulation();
    assert_found("Copy c3 has loans of another title (1).");
}

/* More suspects than are looked at together: none is forgotten. */
static void test_borrows_check__looks_at_as_many_copies_as_there_are(void **state)
{
    (void)state;
    add_library();
    run(arena_printf(
        ctx->arena,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " fine_per_day, grace_days, lent_by, returned_at, returned_day)"
        " SELECT randomblob(16), 1 + (i %% 3 = 2), 1 + i %% 3, 1, 1, 5000000 - i, 9000000, 0, 0, 0, 1,"
        " 5000000 - i, 0 FROM n",
        CHECK_LOANS_AT_ONCE * 3 / 2));
    check_circulation();
    assert_nothing_found();
    run("UPDATE borrow SET returned_at = returned_at + 4 WHERE id IN (299, 300, 301)");
    check_circulation();
    assert_int_equal(findings, 3);
    for (const char *const *name = (const char *const[]){"c1", "c2", "c3", NULL}; *name; name++)
        assert_non_null(
            strstr(said, arena_printf(ctx->arena, "Copy %s was lent again before it came back (1).", *name)));
}

/* ---- ids ------------------------------------------------------------------------------------------------- */

static void test_borrows_check__strange_ids_are_like_any_other(void **state)
{
    (void)state;
    add_library();
    run("INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
        " VALUES (" FAR
        ", randomblob(16), 'Far', 'h', 'far', 'h', 1, 1), (-5, randomblob(16), 'Low', 'h', 'l', 'h', 1, 1);"
        "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
        " VALUES (" FAR ", randomblob(16), " FAR ", 'far', 1, 1), (-5, randomblob(16), -5, 'low', 1, 1);"
        "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
        " VALUES (" FAR ", randomblob(16), 'm3', 'Far Away', 'f', 1, 1)");
    /* Packing counts by id, so nothing may be packed here: loans of one day only. */
    assert_int_equal(counters_check(ctx, NULL, keep_finding, NULL, &(bool){false}), OK);
    add_loan(1, 1000000000000000, 1000000000000000, 1000000000000000, 0, 0);
    add_loan(2, 1000000000000000, 1000000000000000, 1, 0, 0);
    add_loan(3, -5, -5, 1, 0, 0);
    add_loan(1000000000000000, 1, 1, 1, 0, 0);
    assert_true(check());
    assert_null(strstr(said, "Copy"));
    assert_non_null(strstr(said, "The book “Far”: loans ever kept as 0; counting gives 2."));
    assert_non_null(strstr(said, "The book “Low”: loans ever kept as 0; counting gives 1."));
    assert_non_null(strstr(said, "The member “Far Away”: loans ever kept as 0; counting gives 1."));
    assert_non_null(
        strstr(said, "2026-03-02: kept as 0 loans by 0 members and 0 returns; counting gives 4, 2 and 4."));
    add_loan(4, 1, 1000000000000000, 1000000000000000, -1, 1);
    assert_true(check());
    assert_non_null(strstr(said, "Copy far has loans of another title (1)."));
    assert_non_null(strstr(said, "Copy far was lent again before it came back (1)."));
}

static void test_borrows_check__says_when_a_loan_points_nowhere(void **state)
{
    static const char *const columns[] = {"book_id", "copy_id", "member_id", "rule_id"};

    (void)state;
    add_library();
    add_loan(1, 1, 1, 1, 0, 1);
    add_loan(2, 1, 1, 1, 2, 3);
    assert_true(check());
    run("COMMIT; PRAGMA foreign_keys = OFF; BEGIN");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        for (const char *const *id = (const char *const[]){"77", FAR, "0", "-1", NULL}; *id; id++) {
            run("SAVEPOINT damage");
            run(arena_printf(ctx->arena, "UPDATE borrow SET %s = %s WHERE id = 2", columns[i], *id));
            assert_false(check());
            run("ROLLBACK TO damage; RELEASE damage");
        }
    }
    assert_true(check());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_borrows_check__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_out_when_its_status_says_so),
        TEST(a_copy_is_out_once),
        TEST(nobody_has_a_title_twice),
        TEST(loans_of_a_copy_do_not_overlap),
        TEST(a_loan_may_be_reported_late),
        TEST(nothing_comes_back_before_it_was_lent),
        TEST(a_loan_is_of_its_copys_title),
        TEST(looks_at_as_many_copies_as_there_are),
        TEST(strange_ids_are_like_any_other),
        TEST(says_when_a_loan_points_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
