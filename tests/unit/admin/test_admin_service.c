/*
 * test_admin_service.c — what --check has found is told in words, whichever slice found it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "admin/admin_service.h"
#include "base/clock.h"
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

static struct borrow lend_a_book(void)
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
    return borrow;
}

static struct check_report check(void)
{
    struct check_report report = {0};
    struct db *db = ctx->db;

    fixture_commit(fixture);
    ctx->db = NULL;
    assert_int_equal(admin_check(ctx, &report), OK);
    assert_null(ctx->db);
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

static void test_admin_service__finds_nothing_in_a_sound_library(void **state)
{
    (void)state;
    (void)lend_a_book();
    struct check_report report = check();
    assert_int_equal(report.finding_count, 0);
    assert_null(report.findings);
}

static void test_admin_service__tells_every_finding_in_words(void **state)
{
    static const char *const damage[] = {
        "UPDATE book SET borrow_count = 7",
        "UPDATE copy SET status = 'available'",
        "UPDATE borrow SET returned_at = borrowed_at + 10, returned_day = 1",
        "DELETE FROM book_search",
        "DELETE FROM member_search",
        "UPDATE library_counter SET value = 40 WHERE name = 'books'",
    };
    static const char *const words[] = {"“Dune”: loans ever kept as 7", "number of books is kept as 40",
                                        "“Dune” is not in the full-text index",
                                        "member “Anna Reader” is not in the full-text index"};

    (void)state;
    (void)lend_a_book();
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++)
        assert_int_equal(db_exec(ctx, damage[i]), OK);
    struct check_report report = check();
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_true(is_found(&report, words[i]));
    int64_t listed = 0;
    for (const struct finding *finding = report.findings; finding; finding = finding->next)
        listed += finding->text[0] != '\0';
    assert_int_equal(listed, report.finding_count);
}

static void test_admin_service__names_the_copies_that_circulation_disagrees_about(void **state)
{
    (void)state;
    (void)lend_a_book();
    assert_int_equal(db_exec(ctx, "UPDATE copy SET status = 'on_loan'"), OK);
    struct check_report report = check();
    assert_true(is_found(&report, "Copy 39000000000021 does not agree with its open loans"));
    assert_false(is_found(&report, "Copy 39000000000013"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_admin_service__##name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(finds_nothing_in_a_sound_library),
        TEST(tells_every_finding_in_words),
        TEST(names_the_copies_that_circulation_disagrees_about),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
