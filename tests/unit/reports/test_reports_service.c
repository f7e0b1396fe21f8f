/*
 * test_reports_service.c — a library made by hand, and what every report says of it; against plain SQL where a history
 * is long; parameters; the time a report may take.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "base/clock.h"
#include "borrows/borrows_service.h"
#include "copies/copies_service.h"
#include "db/engine.h"
#include "members/members_service.h"
#include "reports/report_rows.h"
#include "reports/reports_service.h"
#include "reports/stock_repository.h"
#include "settings/settings_service.h"
#include "support/fixture.h"

static struct fixture *fixture;
static struct ctx *ctx;

/* ---- helpers -------------------------------------------------------------------------------------------- */

static struct uuid add_title(const char *title, const char *author, const char *item_type)
{
    struct book_facts facts = BOOK_FACTS_NONE;
    struct book book;

    facts.title = title;
    facts.author = author;
    facts.item_type = item_type;
    facts.total_copies = 3;
    assert_int_equal(copies_catalogue_title(ctx, &facts, &book), OK);
    return book.uuid;
}

static struct uuid add_member(const char *name, const char *type, const char *group)
{
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member;

    facts.name = name;
    facts.member_type = type;
    facts.group = group;
    assert_int_equal(members_create(ctx, &facts, &member), OK);
    return member.uuid;
}

static struct uuid lend(const struct uuid *book, const struct uuid *member)
{
    struct lend_request request = {.book_id = *book, .member_id = *member, .occurred_at = NO_NUMBER};
    struct borrow borrow;

    assert_int_equal(borrows_lend(ctx, &request, &borrow), OK);
    return borrow.uuid;
}

static void take_back(const struct uuid *loan)
{
    struct return_request request = {.occurred_at = NO_NUMBER};
    struct reception reception;

    assert_int_equal(borrows_receive(ctx, loan, &request, &reception), OK);
}

static void move_to(const char *instant)
{
    assert_true(clock_parse_instant(instant, &ctx->now));
}

static struct report_result *make(const char *name, const char *parameters)
{
    const struct report *report;
    struct report_query query;
    struct report_result *result = NULL;

    fixture_next(fixture);
    assert_int_equal(reports_find(ctx, name, &report), OK);
    assert_int_equal(reports_parse_query(ctx, report, parameters, &query), OK);
    enum error_kind kind = reports_make(ctx, report, &query, &result);
    if (kind != OK)
        print_error("%s?%s: %s\n", name, parameters, ctx->error.detail);
    assert_int_equal(kind, OK);
    return result;
}

static enum error_kind make_fails(const char *name, const char *parameters, int64_t time_cap_ms)
{
    const struct report *report;
    struct report_query query;
    struct report_result *result;

    fixture_next(fixture);
    assert_int_equal(reports_find(ctx, name, &report), OK);
    assert_int_equal(reports_parse_query(ctx, report, parameters, &query), OK);
    query.time_cap_ms = time_cap_ms;
    return reports_make(ctx, report, &query, &result);
}

/* The rows as one text: cells parted by spaces, rows by " | "; '-' for none. Ids are left out. */
struct rows_text {
    struct row_sink sink;
    char text[4096];
};

static void note_row(struct row_sink *sink, const struct column *columns, const struct column_value *values)
{
    struct rows_text *rows = (struct rows_text *)(void *)sink;
    char *to = rows->text + strlen(rows->text);
    char *end = rows->text + sizeof rows->text;

    if (to > rows->text)
        to += snprintf(to, (size_t)(end - to), " | ");
    for (size_t i = 0; columns[i].type != COLUMN_END; i++) {
        const char *gap = i ? " " : "";
        if (columns[i].type == COLUMN_UUID)
            continue;
        if (values[i].is_null)
            to += snprintf(to, (size_t)(end - to), "%s-", gap);
        else if (columns[i].type == COLUMN_TEXT)
            to += snprintf(to, (size_t)(end - to), "%s%s", gap, values[i].text);
        else if (columns[i].type == COLUMN_REAL)
            to += snprintf(to, (size_t)(end - to), "%s%.2f", gap, values[i].real);
        else
            to += snprintf(to, (size_t)(end - to), "%s%lld", gap, (long long)values[i].number);
    }
}

static void assert_rows(const char *name, const char *parameters, const char *expected)
{
    struct rows_text rows = {.sink = {.row = note_row}};
    const struct report_result *result = make(name, parameters);

    assert_int_equal(reports_rows(ctx, result, 0, REPORT_ROWS_MAX, &rows.sink), OK);
    assert_string_equal(rows.text, expected);
}

/*
 * 2 March 2026, a Monday, 10 o'clock: Dune to Ada, Emma to Ben. 16 March, 15 o'clock, in time: Dune back, and to Ben. 26 March:
 * Emma back, ten days late.
 */
static struct uuid dune, emma, ada, ben;

static void tell_a_story(void)
{
    struct uuid first, late;

    move_to("2026-03-02T10:00:00Z");
    dune = add_title("Dune", "Frank Herbert", "book");
    emma = add_title("Emma", "Jane Austen", "audio");
    ada = add_member("Ada", "adult", NULL);
    ben = add_member("Ben", "student", "5b");
    first = lend(&dune, &ada);
    late = lend(&emma, &ben);
    move_to("2026-03-16T15:00:00Z");
    take_back(&first);
    lend(&dune, &ben);
    move_to("2026-03-26T10:00:00Z");
    take_back(&late);
}

/* ---- figures -------------------------------------------------------------------------------------------- */

#define MARCH "from=2026-03-01&to=2026-03-31"

static void test_reports_service__circulation_counts_by_time(void **state)
{
    (void)state;
    tell_a_story();
    assert_rows("circulation", MARCH, "2026-03 3 2 0 3");
    assert_rows("circulation", "from=2026-02-27&to=2026-04-01",
                "2026-02 0 0 0 0 | 2026-03 3 2 0 3 | 2026-04 0 0 0 0");
    assert_rows("circulation", "from=2026-03-17&to=2026-03-31", "2026-03 0 1 0 0");
    assert_rows("circulation", "by=weekday&" MARCH,
                "monday 3 1 0 3 | tuesday 0 0 0 0 | wednesday 0 0 0 0 | thursday 0 1 0 0 | friday 0 0 0 0 |"
                " saturday 0 0 0 0 | sunday 0 0 0 0");
    const struct report_result *hours = make("circulation", "by=hour&" MARCH);
    assert_int_equal(hours->row_count, 24);
    assert_int_equal(hours->cells[10 * 2 + 1].number, 2);
    assert_int_equal(hours->cells[15 * 2 + 1].number, 1);
    assert_int_equal(hours->totals[1].number, 3);
}

static void test_reports_service__days_and_hours_are_the_library_s_own(void **state)
{
    (void)state;
    assert_true(clock_set_zone("Pacific/Auckland")); /* 13 hours ahead: 10 o'clock on Monday is 23 there */
    tell_a_story();
    const struct report_result *hours = make("circulation", "by=hour&" MARCH);
    assert_int_equal(hours->cells[23 * 2 + 1].number, 2);
    assert_int_equal(hours->cells[4 * 2 + 1].number, 1); /* 15 o'clock on the 16th: 4 on the 17th */
    assert_rows("circulation", "by=day&from=2026-03-16&to=2026-03-17", "20528 0 0 0 0 | 20529 1 1 0 1");
}

static void test_reports_service__circulation_counts_by_kind(void **state)
{
    (void)state;
    tell_a_story();
    assert_rows("circulation", "by=item_type&" MARCH, "audio 1 1 | book 2 1");
    assert_rows("circulation", "by=category&" MARCH, "- 3 2");
    assert_rows("circulation", "by=member_type&" MARCH, "adult 1 1 | student 2 1");
}

static void test_reports_service__loans_of_readers_who_are_forgotten_have_a_row_of_their_own(void **state)
{
    (void)state;
    tell_a_story();
    assert_int_equal(db_exec(ctx, "UPDATE borrow SET member_id = NULL WHERE id = 2"), OK);
    assert_int_equal(db_exec(ctx, "DELETE FROM tally"), OK); /* as forgetting does */
    assert_rows("circulation", "by=member_type&" MARCH, "adult 1 1 | student 1 1 | - 1 0");
    assert_rows("overdue_patterns", "by=member_type&" MARCH, "adult 1 0 0.00 - 0 | - 1 1 100.00 10.00 10");
}

static void test_reports_service__a_loan_that_may_still_come_back_in_time_is_not_counted(void **state)
{
    (void)state;
    tell_a_story(); /* Dune is due on the 30th, and it is the 26th */
    assert_rows("overdue_patterns", MARCH, "2026-03 2 1 50.00 10.00 10");
    move_to("2026-03-30T23:00:00Z");
    assert_rows("overdue_patterns", MARCH, "2026-03 2 1 50.00 10.00 10");
    move_to("2026-04-02T10:00:00Z");
    assert_rows("overdue_patterns", MARCH, "2026-03 3 2 66.67 6.50 10");
    assert_int_equal(db_exec(ctx, "UPDATE borrow SET lost = 1 WHERE id = 2"), OK);
    assert_rows("overdue_patterns", MARCH, "2026-03 2 1 50.00 3.00 3");
}

/* Its instants lie on other days then. What is stored with a day is counted on that. */
static void test_reports_service__days_stay_when_the_library_moves_to_another_zone(void **state)
{
    (void)state;
    tell_a_story();
    move_to("2026-04-02T05:00:00Z");
    /* The end of the 30th is on the 31st there, the return of the 26th on the 27th. */
    assert_true(clock_set_zone("Pacific/Kiritimati"));
    assert_rows("overdue_patterns", "from=2026-03-01&to=2026-03-30", "2026-03 3 2 66.67 6.50 10");
    assert_rows("overdue_patterns", "from=2026-03-31&to=2026-04-01", "2026-03 0 0 - - 0 | 2026-04 0 0 - - 0");
    assert_rows("fines", "by=kind&from=2026-03-26&to=2026-03-26",
                "overdue 1 1000 0 1000 | lost 0 0 0 0 | damage 0 0 0 0 | fee 0 0 0 0");
    assert_rows("fines", "by=kind&from=2026-03-27&to=2026-03-27",
                "overdue 0 0 0 0 | lost 0 0 0 0 | damage 0 0 0 0 | fee 0 0 0 0");
}

static void test_reports_service__favourites_are_ranked_and_narrowed(void **state)
{
    (void)state;
    tell_a_story();
    assert_rows("popular", MARCH, "1 Dune Frank Herbert book 2 3 | 2 Emma Jane Austen audio 1 3");
    assert_rows("popular", "limit=1&" MARCH, "1 Dune Frank Herbert book 2 3");
    assert_rows("popular", "item_type=audio&" MARCH, "1 Emma Jane Austen audio 1 3");
    assert_rows("popular", "from=2026-03-03&to=2026-03-31", "1 Dune Frank Herbert book 1 3");
    add_title("Children of Dune", "Frank Herbert", "book");
    assert_rows("popular", "by=author&" MARCH, "1 Frank Herbert 2 1 | 2 Jane Austen 1 1");
}

static void test_reports_service__readers_are_active_new_lapsed_or_have_never_borrowed(void **state)
{
    (void)state;
    tell_a_story();
    move_to("2026-04-10T10:00:00Z");
    add_member("Eve", "adult", NULL);
    assert_rows("engagement", "by=member_type&" MARCH, "adult 1 1 1 0 0 1 1.00 | student 1 1 1 0 0 2 2.00");
    assert_rows("engagement", "by=group&from=2026-04-01&to=2026-04-30", "5b 1 0 0 1 0 0 - | - 2 0 1 1 1 0 -");
    assert_rows("engagement", "from=2026-03-01&to=2026-04-30",
                "0 1 0 | 1 1 1 | 2–4 1 2 | 5–9 0 0 | 10–24 0 0 | 25–49 0 0 | 50+ 0 0");
}

static void test_reports_service__stock_is_counted_by_status_without_archived_titles(void **state)
{
    (void)state;
    tell_a_story();
    assert_int_equal(db_exec(ctx, "UPDATE copy SET price = 250, shelf = 'A' WHERE id = 1"), OK);
    assert_int_equal(db_exec(ctx, "UPDATE copy SET price = 100, status = 'withdrawn' WHERE id = 2"), OK);
    assert_rows("inventory", "", "audio 1 3 3 0 0 0 0 0 0 | book 1 2 1 1 0 0 0 1 250");
    assert_rows("inventory", "by=shelf", "A 1 0 1 0 0 0 0 250 | - 4 4 0 0 0 0 1 0");
    assert_int_equal(db_exec(ctx, "UPDATE book SET deleted_at = 1 WHERE id = 2"), OK);
    assert_rows("inventory", "", "book 1 2 1 1 0 0 0 1 250");
    assert_rows("acquisitions", MARCH, "2026-03 1 6 2 350");
    assert_int_equal(db_exec(ctx, "UPDATE copy SET acquired_on = 20000 WHERE id = 2"), OK);
    assert_rows("acquisitions", "by=source&" MARCH, "- 5 1 250");
}

static int64_t gone_in(int64_t from, int64_t to)
{
    int64_t count = 0;

    assert_int_equal(stock_repo_gone(ctx, from, to, &count), OK);
    return count;
}

static void
test_reports_service__a_copy_is_withdrawn_when_it_was_and_not_when_a_word_of_it_changed(void **state)
{
    (void)state;
    tell_a_story();
    assert_int_equal(
        db_exec(ctx, "UPDATE copy SET status = 'withdrawn', updated_at = 9000 WHERE id IN (1, 2);"
                     "INSERT INTO audit_log (at, actor, action, entity, entity_id, after) VALUES"
                     " (8999999999999, 'x', 'copy.updated', 'copy', 1, '{\"status\":\"withdrawn\"}')"),
        OK);
    assert_int_equal(gone_in(8999999999999, 8999999999999), 1);
    assert_int_equal(gone_in(9000, 9000), 1); /* the other: nothing says when */

    /* Lost and found once, and then lost by a reader, which the log says of the loan. */
    assert_int_equal(db_exec(ctx, "UPDATE copy SET status = 'lost', updated_at = 9000 WHERE id = 1;"
                                  "INSERT INTO audit_log (at, actor, action, entity, entity_id, after) VALUES"
                                  " (8999999999999, 'x', 'copy.updated', 'copy', 1, '{\"status\":\"lost\"}'),"
                                  " (8999999999999, 'x', 'copy.found', 'copy', 1, NULL)"),
                     OK);
    assert_int_equal(gone_in(8999999999999, 8999999999999), 0);
    assert_int_equal(gone_in(9000, 9000), 2);
}

static void test_reports_service__dead_stock_asks_for_years_since_the_last_loan(void **state)
{
    struct rows_text rows = {.sink = {.row = note_row}};

    (void)state;
    tell_a_story();
    add_title("The Unread", "Nobody", "book");
    move_to(
        "2029-03-25T10:00:00Z"); /* Emma was lent on 2 March 2026, the unread one catalogued on the 26th */
    const struct report_result *result = make("dead_stock", "years=3");
    assert_int_equal(result->row_count, 1);
    assert_int_equal(result->totals[report_column(result, "copies")].number, 3);
    assert_int_equal(reports_rows(ctx, result, 0, 10, &rows.sink), OK);
    assert_non_null(strstr(rows.text, "Emma"));
    assert_int_equal(make("dead_stock", "years=3&never=true")->row_count, 0);
    move_to("2029-03-28T10:00:00Z");
    assert_int_equal(make("dead_stock", "years=3")->row_count, 2);
    assert_int_equal(make("dead_stock", "years=3&never=true")->row_count, 1);
    assert_int_equal(make("dead_stock", "years=4")->row_count, 0);
}

/* ---- what is asked -------------------------------------------------------------------------------------- */

static void test_reports_service__parameters_are_read_as_in_an_address(void **state)
{
    const struct report *report;
    struct report_query query;

    (void)state;
    assert_int_equal(reports_find(ctx, "popular", &report), OK);
    assert_int_equal(reports_parse_query(ctx, report, "category=Na%C3%AFve+art&&limit=7&by=", &query), OK);
    assert_string_equal(query.category, "Naïve art");
    assert_int_equal(query.limit, 7);
    assert_null(query.by);
    assert_int_equal(reports_parse_query(ctx, report, "category=50%&limit=", &query), OK);
    assert_string_equal(query.category, "50%");
    assert_int_equal(query.limit, 50);
    static const char *const wrong[] = {"limit=0",      "limit=1001", "limit=seven",     "years=3", "limit",
                                        "category=%FF", "by=shelf",   "from=2026-02-30", "=7"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fixture_next(fixture);
        assert_int_equal(reports_parse_query(ctx, report, wrong[i], &query), ERROR_MALFORMED);
        assert_int_equal(ctx->error.code, ERR_INVALID_PARAMETER);
    }
    fixture_next(fixture);
    assert_int_equal(reports_find(ctx, "weather", &report), ERROR_NOT_FOUND);
}

static void test_reports_service__a_report_that_takes_too_long_gives_advice(void **state)
{
    (void)state;
    tell_a_story();
    static const char *const slow[][2] = {{"circulation", "by=hour&" MARCH},
                                          {"overdue_patterns", MARCH},
                                          {"inventory", ""},
                                          {"acquisitions", MARCH}};
    for (size_t i = 0; i < sizeof slow / sizeof slow[0]; i++) {
        assert_int_equal(make_fails(slow[i][0], slow[i][1], -1), ERROR_BUSY);
        assert_int_equal(ctx->error.code, ERR_LIST_TOO_SLOW);
    }
    assert_int_equal(make_fails("circulation", "from=2090-01-01", 0), ERROR_MALFORMED);
    assert_string_equal(ctx->error.detail, "Start date cannot be after end date.");
    make("circulation", MARCH); /* none of those that failed counts as being made */
}

static void test_reports_service__a_table_has_no_more_groups_than_somebody_reads(void **state)
{
    struct report_groups *groups;
    uint32_t group = 0;
    char name[16];

    (void)state;
    groups = report_groups_new(ctx);
    for (int i = 0; i < REPORT_GROUPS_MAX; i++) {
        int length = snprintf(name, sizeof name, "g%d", i);
        assert_int_equal(report_group(ctx, groups, name, (size_t)length, &group), OK);
        assert_int_equal(group, i);
    }
    assert_int_equal(report_group(ctx, groups, "g17", 3, &group), OK);
    assert_int_equal(group, 17);
    assert_int_equal(report_group(ctx, groups, "one more", 8, &group), ERROR_MALFORMED);
}

/* ---- all of it ------------------------------------------------------------------------------------------ */

static int set_up(void **state)
{
    (void)state;
    settings_forget();
    clock_set_zone("UTC");
    fixture = fixture_new();
    ctx = &fixture->ctx;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clock_set_zone("UTC");
    fixture_free(fixture);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_reports_service__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(circulation_counts_by_time),
        TEST(days_and_hours_are_the_library_s_own),
        TEST(circulation_counts_by_kind),
        TEST(loans_of_readers_who_are_forgotten_have_a_row_of_their_own),
        TEST(a_loan_that_may_still_come_back_in_time_is_not_counted),
        TEST(days_stay_when_the_library_moves_to_another_zone),
        TEST(favourites_are_ranked_and_narrowed),
        TEST(readers_are_active_new_lapsed_or_have_never_borrowed),
        TEST(stock_is_counted_by_status_without_archived_titles),
        TEST(a_copy_is_withdrawn_when_it_was_and_not_when_a_word_of_it_changed),
        TEST(dead_stock_asks_for_years_since_the_last_loan),
        TEST(parameters_are_read_as_in_an_address),
        TEST(a_report_that_takes_too_long_gives_advice),
        TEST(a_table_has_no_more_groups_than_somebody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
