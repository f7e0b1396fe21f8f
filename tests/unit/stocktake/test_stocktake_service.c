/*
 * test_stocktake_service.c — what a scan finds, what is missing in the end, and that neither looks at all copies. It is
 * long because one small library serves all of that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "base/limits.h"
#include "counters/counters_check_service.h"
#include "db/engine_internal.h"
#include "stocktake/stocktake_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

/* ---- helpers -------------------------------------------------------------------------------------------- */

static struct copy add_copy(const char *barcode, const char *shelf, const char *status)
{
    struct book_facts book_facts = BOOK_FACTS_NONE;
    struct copy copy = {0};
    struct copy_facts facts;
    struct book book;
    bool found;

    book_facts.title = barcode;
    book_facts.author = "Anonymous";
    assert_int_equal(copies_catalogue_title(ctx, &book_facts, &book), OK);
    assert_int_equal(copies_pick_available(ctx, book.id, &copy, &found), OK);
    facts = copy.facts;
    facts.barcode = barcode;
    facts.shelf = shelf;
    assert_int_equal(copies_update(ctx, &copy, &facts, NO_NUMBER), OK);
    assert_int_equal(copies_find_by_id(ctx, copy.id, &copy), OK);
    enum copy_status wanted;
    assert_true(copy_status_parse(status, &wanted));
    if (wanted != COPY_AVAILABLE)
        assert_int_equal(copies_set_status(ctx, &copy, wanted), OK);
    assert_int_equal(copies_find_by_id(ctx, copy.id, &copy), OK);
    return copy;
}

static struct stocktake begin(const char *shelf)
{
    const struct stocktake_facts facts = {.name = "Summer", .shelf = shelf};
    struct stocktake_plan plan;
    struct stocktake take = {0};

    assert_int_equal(stocktake_plan(ctx, &facts, &plan), OK);
    assert_int_equal(stocktake_begin(ctx, &plan, &take), OK);
    return take;
}

static struct scan_result scan_at(const struct stocktake *take, const char *barcode, const char *shelf,
                                  bool restore)
{
    const struct scan_facts facts = {.barcode = barcode, .shelf = shelf, .restore = restore};
    struct scan_result result = {0};

    assert_int_equal(stocktake_scan(ctx, &take->uuid, &facts, &result), OK);
    return result;
}

static struct scan_result scan(const struct stocktake *take, const char *barcode)
{
    return scan_at(take, barcode, NULL, false);
}

static void assert_finding(struct scan_result result, enum scan_finding finding, const char *says)
{
    assert_string_equal(finding_name(result.finding), finding_name(finding));
    if (!strstr(result.message, says))
        print_error("%s\n", result.message);
    assert_non_null(strstr(result.message, says));
}

static struct finishing finish(const struct stocktake *take, bool mark, int *out_slices)
{
    struct finishing finishing = {.uuid = take->uuid, .facts = {.mark_missing_lost = mark}};
    bool more = true;

    for (*out_slices = 0; more; ++*out_slices)
        assert_int_equal(stocktake_finish_step(ctx, &finishing, 0, &more), OK);
    return finishing;
}

/* Barcodes of a page, joined; and the whole list's number. */
struct barcodes {
    struct row_sink sink;
    char text[1024];
    int64_t total;
    const char *next, *previous;
};

static void note_barcode(struct row_sink *sink, const struct column *columns,
                         const struct column_value *values)
{
    struct barcodes *seen = (struct barcodes *)sink;

    for (int i = 0; columns[i].type; i++)
        if (strcmp(columns[i].name, "barcode") == 0)
            snprintf(seen->text + strlen(seen->text), sizeof seen->text - strlen(seen->text), "%s ",
                     values[i].text);
}

static void note_page(struct row_sink *sink, const struct page_meta *meta)
{
    struct barcodes *seen = (struct barcodes *)sink;

    seen->total = meta->total;
    seen->next = meta->next_cursor;
    seen->previous = meta->previous_cursor;
}

static struct barcodes missing(const struct stocktake *take, const struct list_query *query)
{
    struct barcodes seen = {.sink = {.row = note_barcode, .page = note_page}};

    assert_int_equal(stocktake_list_missing(ctx, &take->uuid, query, &seen.sink), OK);
    return seen;
}

static const struct list_query all = {.limit = LIST_LIMIT_MAX};

/* ---- what is expected ----------------------------------------------------------------------------------- */

static void test_stocktake_service__expects_what_should_stand_on_the_shelf(void **state)
{
    (void)state;
    add_copy("a1", "A", "available");
    add_copy("a2", "A", "on_hold_shelf");
    add_copy("a3", "A", "on_loan");
    add_copy("a4", "A", "lost");
    add_copy("a5", "A", "in_repair");
    add_copy("a6", "A", "withdrawn");
    add_copy("b1", "B", "available");
    add_copy("c1", NULL, "available");
    struct copy archived = add_copy("a7", "A", "available");
    struct book book;
    assert_int_equal(books_find_by_id(ctx, archived.book_id, &book), OK);
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), OK);

    struct stocktake of_shelf = begin("A");
    struct stocktake of_all = begin(NULL);
    assert_int_equal(of_shelf.expected, 2);
    assert_int_equal(of_all.expected, 4);
    assert_string_equal(missing(&of_shelf, &all).text, "a1 a2 ");
    assert_string_equal(missing(&of_all, &all).text, "a1 a2 b1 c1 ");
    assert_int_equal(missing(&of_all, &all).total, 4);
}

static void test_stocktake_service__an_empty_shelf_may_be_counted(void **state)
{
    int slices;

    (void)state;
    struct stocktake take = begin("nothing here");
    assert_int_equal(take.expected, 0);
    assert_int_equal(missing(&take, &all).total, 0);
    assert_int_equal(finish(&take, true, &slices).missing, 0);
    assert_int_equal(slices, 1);
}

static void test_stocktake_service__a_strange_id_makes_no_set_that_nobody_can_hold(void **state)
{
    (void)state;
    struct copy copy = add_copy("a", "A", "available");
    add_copy("b", "A", "available");
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE copy SET id = 1000000000000 WHERE id = %lld", (long long)copy.id);
    assert_int_equal(db_exec(ctx, sql), OK);
    struct stocktake take = begin("A");
    assert_int_equal(take.expected, 1);
    assert_int_equal(begin(NULL).expected, 1);
    assert_int_equal(scan(&take, "a").finding, FINDING_IN_PLACE);
    assert_int_equal(db_exec(ctx, "UPDATE stocktake_unseen SET block = 1000000000000"), OK);
    assert_int_equal(missing(&take, &all).total, 0);
}

/* ---- findings ------------------------------------------------------------------------------------------- */

static void test_stocktake_service__a_scan_tells_what_a_copy_is(void **state)
{
    (void)state;
    add_copy("here", "A", "available");
    add_copy("other", "B 12", "available");
    add_copy("nowhere", NULL, "available");
    add_copy("lent", "A", "on_loan");
    add_copy("held", "A", "on_hold_shelf");
    add_copy("mended", "A", "in_repair");
    add_copy("lost", "A", "lost");
    add_copy("weeded", "A", "withdrawn");
    struct stocktake take = begin("A");

    assert_int_equal(take.expected, 2);
    assert_finding(scan(&take, "here"), FINDING_IN_PLACE, "“here” is in its place");
    assert_finding(scan(&take, "other"), FINDING_MISPLACED, "belongs on the shelf B 12");
    assert_finding(scan(&take, "nowhere"), FINDING_IN_PLACE, "in its place");
    assert_finding(scan(&take, "lent"), FINDING_ON_LOAN, "take it back at the desk");
    assert_finding(scan(&take, "held"), FINDING_ON_HOLD_SHELF, "hold shelf");
    assert_finding(scan(&take, "mended"), FINDING_IN_REPAIR, "in repair");
    assert_finding(scan(&take, "lost"), FINDING_WAS_LOST, "take it back at the desk");
    assert_finding(scan(&take, "weeded"), FINDING_WAS_WITHDRAWN, "withdrawn");
    struct scan_result unknown = scan(&take, "no such");
    assert_finding(unknown, FINDING_UNKNOWN, "No copy has the barcode no such");
    assert_int_equal(unknown.copy_id, 0);
    assert_int_equal(unknown.seen, 2); /* here and held: the others were not expected */
    assert_int_equal(unknown.expected, 2);
    /* Nothing but the desk changed any state. */
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM copy WHERE status = 'lost'"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM stocktake_scan"), 9);
}

static void test_stocktake_service__the_shelf_that_is_said_decides_what_is_misplaced(void **state)
{
    (void)state;
    add_copy("a", "A", "available");
    add_copy("b", "B", "available");
    struct stocktake take = begin(NULL);

    assert_finding(scan(&take, "a"), FINDING_IN_PLACE, "in its place"); /* no shelf is said */
    assert_finding(scan_at(&take, "b", "A", false), FINDING_MISPLACED, "shelf B");
    assert_int_equal(scan(&take, "b").seen, 2); /* misplaced, and seen */
    assert_int_equal(missing(&take, &all).total, 0);
}

static void test_stocktake_service__an_archived_titles_copy_does_not_belong(void **state)
{
    struct copy copy = add_copy("a", "A", "available");
    struct book book;

    (void)state;
    assert_int_equal(books_find_by_id(ctx, copy.book_id, &book), OK);
    assert_int_equal(books_archive(ctx, &book, NO_NUMBER), OK);
    struct stocktake take = begin(NULL);
    assert_finding(scan(&take, "a"), FINDING_WAS_WITHDRAWN, "withdrawn");
}

static void test_stocktake_service__scanning_twice_changes_nothing(void **state)
{
    (void)state;
    add_copy("a", "A", "available");
    struct stocktake take = begin(NULL);
    assert_false(scan_at(&take, "a", "B", false).repeated);
    assert_false(scan(&take, "x").repeated);
    for (int i = 0; i < 2; i++) {
        struct scan_result again = scan_at(&take, "a", "A", false);
        assert_true(again.repeated);
        assert_finding(again, FINDING_MISPLACED, "shelf A"); /* as it was found */
        assert_int_equal(again.seen, 1);
        assert_true(scan(&take, "x").repeated);
    }
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM stocktake_scan"), 2);
    assert_int_equal(fixture_int(fixture, "SELECT seen FROM stocktake"), 1);
    /* Another stock-take begins anew. */
    struct stocktake other = begin(NULL);
    assert_false(scan(&other, "a").repeated);
}

static void test_stocktake_service__a_lost_copy_is_restored_only_when_that_is_said(void **state)
{
    struct copy copy = add_copy("a", "A", "lost");
    struct stocktake take = begin(NULL);

    (void)state;
    assert_false(scan(&take, "a").restored);
    assert_int_equal(copies_find_by_id(ctx, copy.id, &copy), OK);
    assert_int_equal(copy.status, COPY_LOST);
    struct scan_result found = scan_at(&take, "a", NULL, true); /* also when it was scanned before */
    assert_true(found.repeated);
    assert_true(found.restored);
    assert_finding(found, FINDING_WAS_LOST, "available again");
    assert_int_equal(copies_find_by_id(ctx, copy.id, &copy), OK);
    assert_int_equal(copy.status, COPY_AVAILABLE);
    assert_false(scan_at(&take, "a", NULL, true).restored); /* it is back already */
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'CopyFound'"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT available_copies FROM book"), 1);
    /* What is not lost is not changed by it. */
    struct copy mended = add_copy("b", "A", "in_repair");
    assert_false(scan_at(&take, "b", NULL, true).restored);
    assert_int_equal(copies_find_by_id(ctx, mended.id, &mended), OK);
    assert_int_equal(mended.status, COPY_IN_REPAIR);
}

/* ---- the end -------------------------------------------------------------------------------------------- */

static void lend_and_return(const struct copy *copy, int64_t borrowed_at, int64_t returned_at)
{
    char sql[512];

    snprintf(
        sql, sizeof sql,
        "INSERT INTO borrow (uuid, book_id, copy_id, rule_id, borrowed_at, due_at, due_day, returned_at,"
        " returned_day, fine_per_day, grace_days, lent_by) VALUES (randomblob(16), %lld, %lld, 1, %lld, %lld, 1,"
        " %lld, 1, 0, 0, 1)",
        (long long)copy->book_id, (long long)copy->id, (long long)borrowed_at, (long long)borrowed_at,
        (long long)returned_at);
    assert_int_equal(db_exec(ctx, sql), OK);
}

static void test_stocktake_service__missing_is_what_nobody_has_had_in_hand(void **state)
{
    struct copy old_loan = add_copy("old", "A", "available");
    struct copy lent_since = add_copy("since", "A", "available");
    struct copy told_late = add_copy("late", "A", "available");
    struct copy held = add_copy("held", "A", "on_hold_shelf");
    struct copy lost = add_copy("lost", "A", "available");
    struct copy weeded = add_copy("weeded", "A", "available");
    struct copy seen = add_copy("seen", "A", "available");
    struct copy out = add_copy("out", "A", "available");
    int slices;

    (void)state;
    lend_and_return(&old_loan, ctx->now - 9000, ctx->now - 5000);
    ctx->now += 1000;
    struct stocktake take = begin("A");
    assert_int_equal(take.expected, 8);
    lend_and_return(&lent_since, ctx->now, ctx->now + 10);
    lend_and_return(&told_late, ctx->now - MS_PER_DAY, ctx->now + 10);
    assert_int_equal(copies_set_status(ctx, &lost, COPY_LOST), OK);
    assert_int_equal(copies_set_status(ctx, &weeded, COPY_WITHDRAWN), OK);
    assert_int_equal(copies_set_status(ctx, &out, COPY_ON_LOAN), OK);
    scan(&take, "seen");
    struct finishing end = finish(&take, true, &slices);

    assert_int_equal(end.missing, 3); /* old, held, lost */
    assert_int_equal(end.marked_lost, 1);
    assert_int_equal(end.still_held, 1);
    assert_string_equal(missing(&take, &all).text, "old held lost ");
    assert_int_equal(copies_find_by_id(ctx, old_loan.id, &old_loan), OK);
    assert_int_equal(old_loan.status, COPY_LOST);
    assert_int_equal(copies_find_by_id(ctx, held.id, &held), OK);
    assert_int_equal(held.status, COPY_ON_HOLD_SHELF);
    assert_int_equal(copies_find_by_id(ctx, seen.id, &seen), OK);
    assert_int_equal(seen.status, COPY_AVAILABLE);
    assert_int_equal(fixture_int(fixture, "SELECT missing FROM stocktake"), 3);
    assert_int_equal(fixture_int(fixture, "SELECT expected - seen - missing FROM stocktake"), 4);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM event WHERE type = 'CopyLost'"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'copy.missing'"), 1);
    assert_int_equal(
        fixture_int(fixture, "SELECT count(*) FROM audit_log WHERE action = 'stocktake.finished'"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT value FROM library_counter WHERE name = 'copies'"), 5);
}

static void test_stocktake_service__without_marking_nothing_becomes_lost(void **state)
{
    struct copy copy = add_copy("a", "A", "available");
    struct stocktake take = begin("A");
    int slices;

    (void)state;
    assert_int_equal(finish(&take, false, &slices).missing, 1);
    assert_int_equal(copies_find_by_id(ctx, copy.id, &copy), OK);
    assert_int_equal(copy.status, COPY_AVAILABLE);
}

static void test_stocktake_service__a_finished_one_takes_no_scan_and_no_second_end(void **state)
{
    const struct scan_facts facts = {.barcode = "a"};
    struct stocktake take = begin(NULL);
    struct finishing again = {.uuid = take.uuid};
    struct scan_result result;
    int slices;
    bool more;

    (void)state;
    finish(&take, false, &slices);
    assert_int_equal(stocktake_scan(ctx, &take.uuid, &facts, &result), ERROR_CONFLICT);
    assert_string_equal(error_code_name(ctx->error.code), "STOCKTAKE_OVER");
    fixture_next(fixture);
    assert_int_equal(stocktake_finish_step(ctx, &again, 5, &more), ERROR_CONFLICT);
    assert_string_equal(error_code_name(ctx->error.code), "STOCKTAKE_OVER");
    fixture_next(fixture);
    const struct uuid unknown = {{1}};
    assert_int_equal(stocktake_scan(ctx, &unknown, &facts, &result), ERROR_NOT_FOUND);
    fixture_next(fixture);
}

static void test_stocktake_service__what_is_scanned_between_two_slices_is_not_missing(void **state)
{
    struct finishing finishing = {.facts = {.mark_missing_lost = true}};
    char barcode[16];
    bool more = false;

    (void)state;
    for (int i = 0; i < 3 * STOCKTAKE_MARKED_AT_ONCE; i++) {
        snprintf(barcode, sizeof barcode, "c%03d", i);
        add_copy(barcode, "A", "available");
    }
    struct stocktake take = begin("A");
    finishing.uuid = take.uuid;
    assert_int_equal(stocktake_finish_step(ctx, &finishing, 0, &more), OK);
    assert_true(more);
    assert_int_equal(finishing.missing, STOCKTAKE_MARKED_AT_ONCE);
    assert_int_equal(scan(&take, barcode).finding, FINDING_IN_PLACE);
    assert_int_equal(scan(&take, "c000").finding, FINDING_WAS_LOST); /* too late: it is lost by now */
    while (more)
        assert_int_equal(stocktake_finish_step(ctx, &finishing, 0, &more), OK);
    assert_int_equal(finishing.missing, 3 * STOCKTAKE_MARKED_AT_ONCE - 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM copy WHERE status = 'lost'"),
                     3 * STOCKTAKE_MARKED_AT_ONCE - 1);
}

/* ---- many copies ---------------------------------------------------------------------------------------- */

#define MANY 30000

static void add_many(void)
{
    assert_int_equal(
        db_exec(ctx,
                "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
                " VALUES (1, randomblob(16), 't', 'a', 't', 'a', 1, 1)"),
        OK);
    assert_int_equal(
        db_exec(ctx, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)"
                     " INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
                     " SELECT i, randomblob(16), 1, printf('m%05d', i), 1, 1 FROM n"),
        OK);
    assert_int_equal(counters_rebuild(ctx), OK);
}

/* What the statements of the connection have done since last asked, in steps of SQLite's machine. */
static int64_t steps(void)
{
    int64_t count = 0;

    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        for (struct stmt *s = ctx->db->buckets[i]; s; s = s->next_in_bucket)
            count += sqlite3_stmt_status(s->handle, SQLITE_STMTSTATUS_VM_STEP, 1);
    return count;
}

static void test_stocktake_service__a_scan_looks_at_a_handful_of_rows(void **state)
{
    char barcode[16];

    (void)state;
    add_many();
    struct stocktake take = begin(NULL);
    assert_int_equal(take.expected, MANY);
    steps();
    for (int i = 1; i < MANY; i += 1000) {
        snprintf(barcode, sizeof barcode, "m%05d", i);
        scan(&take, barcode);
        assert_true(steps() < 1000);
    }
    assert_int_equal(fixture_int(fixture, "SELECT seen FROM stocktake"), 30);
}

static void test_stocktake_service__the_last_missing_ones_are_found_at_once(void **state)
{
    static const int left[] = {1, 2, 8191, 8192, 8193, 16384, 20001, 29999, 30000};
    char barcode[16];

    (void)state;
    add_many();
    struct stocktake take = begin(NULL);
    static bool is_left[MANY + 1];
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        is_left[left[i]] = true;
    struct arena_mark mark = arena_mark(&fixture->arena);
    for (int i = 1; i <= MANY; i++) {
        if (is_left[i])
            continue;
        snprintf(barcode, sizeof barcode, "m%05d", i);
        scan(&take, barcode);
        arena_reset_to(&fixture->arena, mark);
    }
    steps();
    struct list_query query = {.limit = 4};
    struct barcodes page = missing(&take, &query);
    assert_string_equal(page.text, "m00001 m00002 m08191 m08192 ");
    assert_int_equal(page.total, 9);
    query.cursor = page.next;
    page = missing(&take, &query);
    assert_string_equal(page.text, "m08193 m16384 m20001 m29999 ");
    const char *back = page.previous;
    query.cursor = page.next;
    page = missing(&take, &query);
    assert_string_equal(page.text, "m30000 ");
    assert_null(page.next);
    query.cursor = back;
    assert_string_equal(missing(&take, &query).text, "m00001 m00002 m08191 m08192 ");
    query.cursor = NULL;
    query.order = "desc";
    assert_string_equal(missing(&take, &query).text, "m30000 m29999 m20001 m16384 ");
    assert_true(steps() < 10000); /* five pages; a look at each copy would be 30,000 */
}

/* ---- --check -------------------------------------------------------------------------------------------- */

struct findings {
    int count;
    char last[256];
};

static void note_finding(void *argument, const char *finding)
{
    struct findings *findings = argument;

    findings->count++;
    snprintf(findings->last, sizeof findings->last, "%s", finding);
}

static void assert_check(const char *says)
{
    struct findings findings = {0};

    assert_int_equal(stocktake_check(ctx, note_finding, &findings), OK);
    assert_int_equal(findings.count, says ? 1 : 0);
    if (says)
        assert_non_null(strstr(findings.last, says));
}

/* An import that is undone takes its copies away wholly, also those that a stock-take is looking for. */
static void test_stocktake_service__a_copy_that_has_gone_keeps_none_from_its_end(void **state)
{
    (void)state;
    struct copy gone = add_copy("G-1", "A", "available");
    struct finishing end;
    int slices;

    add_copy("G-2", "A", "available");
    const struct stocktake take = begin("A");
    assert_int_equal(copies_remove(ctx, &gone), OK);
    end = finish(&take, true, &slices);
    assert_int_equal(end.missing, 1);
    assert_int_equal(end.marked_lost, 1);
    assert_check(NULL);
}

static void test_stocktake_service__the_check_sees_numbers_that_do_not_go_together(void **state)
{
    int slices;

    (void)state;
    for (int i = 0; i < 4; i++) {
        char barcode[16];
        snprintf(barcode, sizeof barcode, "c%d", i);
        add_copy(barcode, "A", "available");
    }
    struct stocktake take = begin("A");
    scan(&take, "c0");
    begin(NULL);
    assert_check(NULL);
    assert_int_equal(db_exec(ctx, "UPDATE stocktake SET seen = 2 WHERE id = 1"), OK);
    assert_check("“Summer”: 2 copies are seen and 3 are not, of 4");
    assert_int_equal(db_exec(ctx, "UPDATE stocktake SET seen = 1 WHERE id = 1"), OK);
    assert_int_equal(
        db_exec(ctx, "INSERT INTO stocktake_scan (stocktake_id, copy_id, barcode, finding, at, scanned_by)"
                     " VALUES (1, 3, 'c2', 'in_place', 1, 't')"),
        OK);
    assert_check("1 copies that were scanned count as unseen");
    assert_int_equal(db_exec(ctx, "DELETE FROM stocktake_scan WHERE copy_id = 3"), OK);
    finish(&take, true, &slices);
    assert_check(NULL);
    assert_int_equal(db_exec(ctx, "UPDATE stocktake SET missing = 2 WHERE id = 1"), OK);
    assert_check("2 copies are missing, and 3 are listed");
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(test_stocktake_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(expects_what_should_stand_on_the_shelf),
        TEST(an_empty_shelf_may_be_counted),
        TEST(a_strange_id_makes_no_set_that_nobody_can_hold),
        TEST(a_scan_tells_what_a_copy_is),
        TEST(the_shelf_that_is_said_decides_what_is_misplaced),
        TEST(an_archived_titles_copy_does_not_belong),
        TEST(scanning_twice_changes_nothing),
        TEST(a_lost_copy_is_restored_only_when_that_is_said),
        TEST(missing_is_what_nobody_has_had_in_hand),
        TEST(without_marking_nothing_becomes_lost),
        TEST(a_finished_one_takes_no_scan_and_no_second_end),
        TEST(what_is_scanned_between_two_slices_is_not_missing),
        TEST(a_scan_looks_at_a_handful_of_rows),
        TEST(the_last_missing_ones_are_found_at_once),
        TEST(a_copy_that_has_gone_keeps_none_from_its_end),
        TEST(the_check_sees_numbers_that_do_not_go_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
