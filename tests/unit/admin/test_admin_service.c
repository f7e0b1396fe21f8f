/*
 * test_admin_service.c — what --check has found is told in words, whichever slice found it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "admin/admin_service.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "books/books_service.h"
#include "borrows/borrows_service.h"
#include "copies/copies_service.h"
#include "counters/counters_check_service.h"
#include "db/engine.h"
#include "fines/fines_service.h"
#include "members/members_service.h"
#include "members/search_rows_service.h"
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
    assert_int_equal(admin_check(ctx, CHECK_QUICK, &report), OK);
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

/* ---- each kind of damage ------------------------------------------------------------------------------ */

static void test_admin_service__finds_a_row_that_breaks_a_rule_of_its_table(void **state)
{
    (void)state;
    (void)lend_a_book();
    assert_int_equal(db_exec(ctx, "PRAGMA ignore_check_constraints = ON"), OK);
    assert_int_equal(db_exec(ctx, "UPDATE copy SET price = -1 WHERE id = 1"), OK);
    struct check_report report = check();
    assert_int_equal(report.finding_count, 1);
    assert_true(is_found(&report, "The file is damaged: CHECK constraint failed in copy."));
}

static void test_admin_service__finds_full_text_rows_of_nobody(void **state)
{
    (void)state;
    (void)lend_a_book();
    assert_int_equal(
        db_exec(ctx, "INSERT INTO book_search (rowid, title, author, isbn) VALUES (-3, 'a', 'b', 'c'),"
                     " (900, 'a', 'b', 'c');"
                     "INSERT INTO member_search (rowid, name, card, contact) VALUES (901, 'a', 'b', 'c')"),
        OK);
    struct check_report report = check();
    assert_int_equal(report.finding_count, 2);
    assert_true(is_found(&report, "The full-text index has 2 entries of no book."));
    assert_true(is_found(&report, "The full-text index has 1 entry of no member."));
}

static void test_admin_service__finds_full_text_rows_that_are_not_as_due(void **state)
{
    static const char *const damage[] = {
        "UPDATE book_search SET title = 'duna'",   "UPDATE book_search SET author = ''",
        "UPDATE book_search SET isbn = '1'",       "UPDATE member_search SET name = 'ann'",
        "UPDATE member_search SET card = 'x'",     "UPDATE member_search SET contact = 'a@example.org'",
        "UPDATE book SET subtitle = 'The novel'",  "UPDATE member SET phone = '0301234'",
        "DELETE FROM member_search WHERE rowid=1", "UPDATE book_search SET isbn = NULL",
    };

    (void)state;
    (void)lend_a_book();
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        assert_int_equal(db_exec(ctx, damage[i]), OK);
        struct check_report report = check();
        assert_int_equal(report.finding_count, 1);
        assert_true(is_found(&report, "is not in the full-text index as it should be"));
        assert_int_equal(books_rebuild_search(ctx), OK);
        assert_int_equal(members_rebuild_search(ctx), OK);
        fixture_next(fixture);
        assert_int_equal(check().finding_count, 0);
    }
}

/* The loan is renewed, was held before, cost a fee and was paid for. */
static void fill_what_circulation_adds(void)
{
    assert_int_equal(
        db_exec(
            ctx,
            "INSERT INTO renewal (borrow_id, at, due_day_before, due_day_after, way, renewed_by)"
            " SELECT id, borrowed_at + 1, due_day, due_day + 14, 'desk', 'desk' FROM borrow;"
            "UPDATE borrow SET renewals = 1;"
            "INSERT INTO hold (uuid, book_id, member_id, status, place, copy_id, borrow_id, ended_at, placed_at,"
            " placed_by) SELECT zeroblob(16), book_id, member_id, 'fulfilled', 1, copy_id, id, borrowed_at,"
            " borrowed_at, 'desk' FROM borrow;"
            "INSERT INTO title_watch (book_id, member_id, created_at) VALUES (1, 1, 0);"
            "INSERT INTO closed_day (id, uuid, kind, first_day, last_day, name, created_at, created_by)"
            " VALUES (1, zeroblob(16), 'opening', 1, 1, 'Feast', 0, 'desk');"
            "INSERT INTO closure_move (closed_day_id, borrow_id, day_before, day_after)"
            " SELECT 1, id, 1, 2 FROM borrow;"
            "INSERT INTO closure_move (closed_day_id, hold_id, day_before, day_after)"
            " SELECT 1, id, 1, 2 FROM hold;"
            "INSERT INTO charge (uuid, member_id, kind, amount, settled, borrow_id, copy_id, at, day, made_by)"
            " SELECT zeroblob(16), member_id, 'overdue', 300, 300, id, copy_id, borrowed_at, 1, 'desk'"
            " FROM borrow;"
            "INSERT INTO payment (uuid, receipt, member_id, method, amount, allocated, at, day, taken_by)"
            " VALUES (zeroblob(16), 1, 1, 'cash', 200, 200, 1, 1, 'desk');"
            "INSERT INTO waiver (uuid, member_id, charge_id, kind, status, amount, allocated, reason, asked_by,"
            " asked_at, decided_by, decided_at, decided_day)"
            " VALUES (zeroblob(16), 1, 1, 'waiver', 'approved', 100, 100, 'ill', 'desk', 1, 'head', 1, 1);"
            "INSERT INTO allocation (charge_id, payment_id, amount) VALUES (1, 1, 200);"
            "INSERT INTO allocation (charge_id, waiver_id, amount) VALUES (1, 1, 100);"
            "UPDATE sequence SET value = 1 WHERE name = 'receipt'"),
        OK);
    assert_int_equal(
        db_exec(ctx, "INSERT INTO stocktake (id, uuid, name, expected, started_at, started_by)"
                     " VALUES (1, zeroblob(16), 'Spring', 2, 0, 'desk');"
                     "INSERT INTO stocktake_scan (stocktake_id, copy_id, barcode, finding, at, scanned_by)"
                     " SELECT 1, id, barcode, 'in_place', 0, 'desk' FROM copy WHERE id = 1;"
                     "INSERT INTO stocktake_unseen (stocktake_id, block, bits) VALUES (1, 0, zeroblob(1024));"
                     "INSERT INTO roll_over (id, uuid, name, members, at, made_by)"
                     " VALUES (1, zeroblob(16), 'Autumn', 1, 0, 'desk');"
                     "INSERT INTO roll_over_change (roll_over_id, member_id) VALUES (1, 1);"
                     "INSERT INTO reading_list (id, uuid, name, name_key, member_id, entries, created_at,"
                     " created_by, updated_at) VALUES (1, zeroblob(16), 'Sand', 'sand', 1, 1, 0, 'Mo', 0);"
                     "INSERT INTO reading_list_entry (reading_list_id, book_id, position, added_at)"
                     " VALUES (1, 1, 1, 0);"
                     "INSERT INTO review (uuid, book_id, member_id, stars, status, created_at, updated_at)"
                     " VALUES (zeroblob(16), 1, 1, 5, 'shown', 0, 0)"),
        OK);
    assert_int_equal(
        db_exec(ctx,
                "INSERT INTO notification_preference (member_id, kind, channel, wanted)"
                " VALUES (1, 'due_soon', 'email', 1);"
                "INSERT INTO notification_reader (member_id, language) VALUES (1, 'de');"
                "INSERT INTO notification (id, uuid, member_id, kind, channel, state, book_id, borrow_id,"
                " hold_id, payment_id, message_id, created_at, created_by, send_at)"
                " SELECT 1, zeroblob(16), 1, 'message', 'app', 'sent', 1, b.id, h.id, p.id, 1, 0, 'desk', 0"
                " FROM borrow b, hold h, payment p LIMIT 1;"
                "INSERT INTO webhook (id, uuid, name, name_key, url, events, secret, created_at, updated_at)"
                " VALUES (1, zeroblob(16), 'Board', 'board', 'http://board/', '*', zeroblob(32), 0, 0);"
                "INSERT INTO webhook_delivery (uuid, webhook_id, type, member_id, body, state, next_try_at,"
                " created_at) VALUES (zeroblob(16), 1, 'BookIssued', 1, '{}', 'sent', 0, 0)"),
        OK);
    assert_int_equal(
        db_exec(
            ctx,
            "INSERT INTO import_batch (id, uuid, kind, name, status, duplicates, bytes, created_at,"
            " created_by) VALUES (1, zeroblob(16), 'titles', 'a.csv', 'done', 'skip', 0, 0, 'desk');"
            "INSERT INTO import_row (batch_id, row, outcome, reasons) VALUES (1, 2, 'refused', 'x');"
            "INSERT INTO import_made (batch_id, entity, first_id, last_id) VALUES (1, 'book', 1, 1);"
            "INSERT INTO import_changed (batch_id, entity, entity_id, field) VALUES (1, 'book', 1, 'year');"
            "INSERT INTO title_merge (id, uuid, kept_id, gone_id, at, made_by)"
            " VALUES (1, zeroblob(16), 1, 1, 0, 'desk');"
            "INSERT INTO title_merge_move (title_merge_id, entity, entity_id) VALUES (1, 'copy', 1);"
            "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at,"
            " deleted_at) VALUES (4711471, randomblob(16), 'x', 'x', 'x', 'x', 0, 0, 0);"
            "INSERT INTO book_search (rowid, title, author, isbn) VALUES (4711471, 'x', 'x', '');"
            "INSERT INTO title_pair_apart (first_id, second_id, said_at, said_by)"
            " VALUES (1, 4711471, 0, 'desk')"),
        OK);
    assert_int_equal(counters_rebuild(ctx), OK);
}

/* What is open is counted of sums that are restored first. */
static void test_admin_service__rebuilds_the_sums_of_the_ledger_before_what_counts_them(void **state)
{
    struct borrow borrow = lend_a_book();
    const struct new_charge charge = {
        .member_id = borrow.member_id, .kind = CHARGE_FEE, .amount = 300, .at = ctx->now};
    int64_t id;

    (void)state;
    assert_int_equal(fines_charge(ctx, &charge, &id), OK);
    assert_int_equal(db_exec(ctx, "UPDATE charge SET settled = 300; UPDATE member SET balance = 7"), OK);
    struct check_report report = check();
    assert_true(
        is_found(&report, "A charge of 3.00, of “Anna Reader”: 3.00 kept as settled; its allocations"));
    assert_true(is_found(&report, "balance kept as 0.07; counting gives 3.00."));
    assert_int_equal(admin_rebuild(ctx), OK);
    assert_int_equal(check().finding_count, 0);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'charges_open'"),
                     1);
}

/* A row for every table that refers to another one, so that each of its keys can be broken. */
static void fill_every_table(void)
{
    (void)lend_a_book();
    assert_int_equal(
        db_exec(ctx, "INSERT INTO category (id, name, name_key) VALUES (1, 'Sand', 'sand');"
                     "INSERT INTO book_category (book_id, category_id, position) VALUES (1, 1, 0);"
                     "INSERT INTO book_marc (book_id, format, record) VALUES (1, 'iso2709', x'1d');"
                     "INSERT INTO cover (book_id, media_type, width, height, sha256, picture, updated_at)"
                     " VALUES (1, 'image/png', 1, 1, zeroblob(32), x'00', 0);"
                     "INSERT INTO account (id, uuid, name, name_key, role, member_id, created_at, updated_at)"
                     " VALUES (1, zeroblob(16), 'Mo', 'mo', 'member', 1, 0, 0);"
                     "INSERT INTO session (account_id, token_hash, created_at, seen_at, expires_at)"
                     " VALUES (1, zeroblob(32), 0, 0, 0);"
                     "INSERT INTO refresh_token (account_id, family, token_hash, created_at, expires_at)"
                     " VALUES (1, zeroblob(16), zeroblob(32), 0, 0);"
                     "INSERT INTO one_time_code (account_id, purpose, code_hash, created_at, expires_at)"
                     " VALUES (1, 'password_reset', zeroblob(32), 0, 0)"),
        OK);
    fill_what_circulation_adds();
}

struct key {
    const char *table, *column, *parent;
};

/* All there are in the schema; those that come later are not forgotten. */
static size_t list_keys(struct key *out_keys, size_t max)
{
    SQL(KEYS, "SELECT s.name, k.\"from\", k.\"table\" FROM sqlite_schema s, pragma_foreign_key_list(s.name) k"
              " WHERE s.type = 'table' ORDER BY s.name, k.\"from\"");
    struct stmt *s = db_statement(ctx, &KEYS);
    size_t count = 0;
    bool found;

    for (;;) {
        assert_int_equal(db_row(s, &found), OK);
        if (!found)
            return count;
        assert_true(count < max);
        out_keys[count++] = (struct key){column_text(s, 0), column_text(s, 1), column_text(s, 2)};
    }
}

static void test_admin_service__finds_every_broken_foreign_key(void **state)
{
    struct key keys[128];

    (void)state;
    fill_every_table();
    size_t count = list_keys(keys, sizeof keys / sizeof keys[0]);
    assert_true(count >= 18);
    struct check_report sound = check();
    for (const struct finding *finding = sound.findings; finding; finding = finding->next)
        print_error("found: %s\n", finding->text);
    assert_int_equal(sound.finding_count, 0);
    assert_int_equal(db_exec(ctx, "COMMIT; PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE"), OK);
    for (size_t i = 0; i < count; i++) {
        const struct key *key = &keys[i];
        assert_true(fixture_int(fixture, arena_printf(ctx->arena, "SELECT count(*) FROM %s", key->table)) >
                    0);
        assert_int_equal(db_exec(ctx, arena_printf(ctx->arena,
                                                   "CREATE TABLE kept AS SELECT * FROM %s;"
                                                   "UPDATE %s SET %s = 4711 WHERE %s IS"
                                                   " (SELECT max(%s) FROM %s)",
                                                   key->table, key->table, key->column, key->column,
                                                   key->column, key->table)),
                         OK);
        struct check_report report = check();
        const char *words = arena_printf(ctx->arena, "of table %s points at a row of %s that is not there.",
                                         key->table, key->parent);
        if (!is_found(&report, words))
            print_error("%s.%s: not found\n", key->table, key->column);
        assert_true(is_found(&report, words));
        assert_int_equal(db_exec(ctx, arena_printf(ctx->arena,
                                                   "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept;"
                                                   "DROP TABLE kept",
                                                   key->table, key->table)),
                         OK);
    }
    assert_int_equal(check().finding_count, 0);
}

/* What can still be read is told, however damaged the rest is. */
static void test_admin_service__tells_of_damage_that_ends_the_check(void **state)
{
    struct check_report report = {0};
    struct db *db = ctx->db;

    (void)state;
    (void)lend_a_book();
    const int64_t page = fixture_int(fixture, "SELECT rootpage FROM sqlite_schema WHERE name = 'borrow'");
    fixture_commit(fixture);
    assert_int_equal(db_exec(ctx, "COMMIT"), OK);
    bool whole;
    assert_int_equal(db_checkpoint(ctx, CHECKPOINT_TRUNCATE, 0, &whole), OK);
    assert_true(whole);
    FILE *file = fopen(fixture->path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (page - 1) * DB_PAGE_BYTES, SEEK_SET), 0);
    assert_true(fputs("no page of a table", file) >= 0);
    assert_int_equal(fclose(file), 0);
    ctx->db = NULL;
    log_set_level(LOG_OFF);
    assert_int_equal(admin_check(ctx, CHECK_QUICK, &report), OK);
    ctx->db = db;
    assert_true(report.finding_count >= 2);
    assert_true(is_found(&report, "The file is damaged: "));
    assert_true(is_found(&report, "Not everything could be looked at. The library's file is damaged."));
    assert_int_equal(db_exec(ctx, "BEGIN"), OK);
}

static void test_admin_service__lists_no_more_than_people_read(void **state)
{
    (void)state;
    assert_int_equal(
        db_exec(ctx, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                     " INSERT INTO book (uuid, title, author, title_key, author_key, created_at, updated_at,"
                     " borrow_count) SELECT randomblob(16), 'b', 'a', 'b', 'a', 1, 1, 3 FROM n"),
        OK);
    struct check_report report = check();
    int64_t listed = 0;
    for (const struct finding *finding = report.findings; finding; finding = finding->next)
        listed++;
    assert_true(report.finding_count >= 2000); /* its loans, its full-text row */
    assert_true(listed > 100 && listed <= CHECK_FINDINGS_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(test_admin_service__##name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(finds_nothing_in_a_sound_library),
        TEST(tells_every_finding_in_words),
        TEST(names_the_copies_that_circulation_disagrees_about),
        TEST(finds_a_row_that_breaks_a_rule_of_its_table),
        TEST(finds_full_text_rows_of_nobody),
        TEST(finds_full_text_rows_that_are_not_as_due),
        TEST(rebuilds_the_sums_of_the_ledger_before_what_counts_them),
        TEST(finds_every_broken_foreign_key),
        TEST(tells_of_damage_that_ends_the_check),
        TEST(lists_no_more_than_people_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
