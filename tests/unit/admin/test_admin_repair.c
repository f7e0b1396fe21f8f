/*
 * test_admin_repair.c — what is derived can be made anew from the records, and what is left after a loss agrees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "admin/admin_service.h"
#include "base/log.h"
#include "books/books_service.h"
#include "borrows/borrows_service.h"
#include "copies/copies_service.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

static int begin(void **state)
{
    char *problem = NULL;

    (void)state;
    log_set_level(LOG_OFF); /* damage is made on purpose here */
    fixture = fixture_new();
    ctx = &fixture->ctx;
    return settings_override(SETTING_DB, fixture->path, SOURCE_FLAG, &problem) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    settings_forget();
    fixture_free(fixture);
    return 0;
}

static void lend_a_book(void)
{
    struct book_facts book_facts = BOOK_FACTS_NONE;
    struct member_facts member_facts = MEMBER_FACTS_NONE;
    struct lend_request request = {.occurred_at = NO_NUMBER};
    struct book book;
    struct member member;
    struct borrow borrow;

    book_facts.title = "Dune";
    book_facts.author = "Frank Herbert";
    book_facts.total_copies = 2;
    member_facts.name = "Anna Reader";
    assert_int_equal(copies_catalogue_title(ctx, &book_facts, &book), OK);
    assert_int_equal(members_create(ctx, &member_facts, &member), OK);
    request.book_id = book.uuid;
    request.member_id = member.uuid;
    assert_int_equal(borrows_lend(ctx, &request, &borrow), OK);
}

/* What a program that is none of ours, or a bad disk, does behind the library's back. */
static void spoil(const char *sql)
{
    sqlite3 *handle = NULL;

    db_reset_statements(ctx->db);
    assert_int_equal(db_exec(ctx, "COMMIT"), OK);
    assert_int_equal(sqlite3_open(fixture->path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "PRAGMA writable_schema = ON", NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        print_error("%s: %s\n", sql, sqlite3_errmsg(handle));
    sqlite3_close(handle);
    assert_int_equal(db_exec(ctx, "BEGIN IMMEDIATE"), OK);
}

static struct check_report check(enum check_depth depth)
{
    struct check_report report = {0};
    struct db *db = ctx->db;

    fixture_commit(fixture);
    ctx->db = NULL;
    assert_int_equal(admin_check(ctx, depth, &report), OK);
    ctx->db = db;
    return report;
}

static bool is_found(const struct check_report *report, const char *words)
{
    const struct finding *finding = report->findings;

    while (finding && !strstr(finding->text, words))
        finding = finding->next;
    return finding != NULL;
}

static void assert_well(const struct check_report *report)
{
    for (const struct finding *finding = report->findings; finding; finding = finding->next)
        print_error("found: %s\n", finding->text);
    assert_int_equal(report->finding_count, 0);
}

static void test_admin_repair__makes_all_that_is_derived_anew_and_no_record(void **state)
{
    struct check_report words;

    (void)state;
    lend_a_book();
    int64_t borrowed_at = fixture_int(fixture, "SELECT borrowed_at FROM borrow");
    spoil("UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'copy_by_created'");
    spoil("UPDATE copy SET created_at = created_at + 1; UPDATE book SET borrow_count = 7;"
          "DELETE FROM book_search_data WHERE id > 10");
    spoil("UPDATE sqlite_schema SET sql = replace(sql, ' WHERE 0', '') WHERE name = 'copy_by_created'");
    struct check_report report = check(CHECK_QUICK);
    assert_false(is_found(&report, "copy_by_created"));
    report = check(CHECK_FULL);
    assert_true(is_found(&report, "copy_by_created"));
    assert_true(is_found(&report, "loans ever kept as 7"));
    assert_int_equal(admin_check_words(ctx, &words), OK);
    assert_true(is_found(&words, "The words by which titles are found"));
    assert_int_equal(admin_repair(ctx), OK);
    report = check(CHECK_FULL);
    assert_well(&report);
    assert_int_equal(admin_check_words(ctx, &words), OK);
    assert_well(&words);
    assert_int_equal(fixture_int(fixture, "SELECT borrowed_at FROM borrow"), borrowed_at);
}

static void test_admin_repair__says_when_an_index_cannot_be_made(void **state)
{
    (void)state;
    lend_a_book();
    spoil("UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX copy_by_created ON copy (book_id)'"
          " WHERE name = 'copy_by_created'");
    assert_int_equal(db_exec(ctx, "COMMIT"), OK);
    db_close(ctx->db);
    assert_int_equal(db_open(ctx, fixture->path, DB_WRITE, &ctx->db), OK);
    assert_int_equal(db_exec(ctx, "BEGIN IMMEDIATE"), OK);
    assert_int_equal(admin_repair(ctx), ERROR_CONFLICT);
    assert_int_equal(ctx->error.code, ERR_LIBRARY_DAMAGED);
    assert_non_null(strstr(ctx->error.detail, "--salvage"));
}

/* Records are lost: what is left agrees with itself again, and what is gone is not made up. */
static void test_admin_repair__settles_what_is_left_after_a_loss(void **state)
{
    static const char *const losses[] = {
        "DELETE FROM event",
        "DELETE FROM borrow",
        "DELETE FROM audit_log WHERE id = 2",
        "INSERT INTO payment (uuid, receipt, member_id, method, amount, at, day, taken_by)"
        " SELECT randomblob(16), 4, id, 'cash', 500, 1, 1, 'test' FROM member",
        "INSERT INTO charge (uuid, member_id, kind, amount, at, day, made_by)"
        " SELECT randomblob(16), id, 'fee', 300, 1, 1, 'test' FROM member",
    };

    (void)state;
    lend_a_book();
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        assert_int_equal(db_exec(ctx, losses[i]), OK);
    struct check_report report = check(CHECK_FULL);
    assert_true(is_found(&report, "The audit log lacks 1 of its rows"));
    assert_true(is_found(&report, "There are 1 receipts"));
    assert_int_equal(admin_settle(ctx), OK);
    report = check(CHECK_FULL);
    assert_well(&report);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM copy WHERE status = 'on_loan'"), 0);
    assert_int_equal(fixture_int(fixture, "SELECT settled FROM charge"), 300);
    assert_int_equal(fixture_int(fixture, "SELECT action = 'record.lost' FROM audit_log WHERE id = 2"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM sequence WHERE name = 'receipts_lost'"), 3);
    /* One that is lost later is told again. */
    assert_int_equal(db_exec(ctx, "UPDATE sequence SET value = 6 WHERE name = 'receipt'"), OK);
    report = check(CHECK_QUICK);
    assert_true(is_found(&report, "receipt"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_admin_repair__##name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(makes_all_that_is_derived_anew_and_no_record),
        TEST(says_when_an_index_cannot_be_made),
        TEST(settles_what_is_left_after_a_loss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
