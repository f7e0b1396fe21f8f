/*
 * test_bulk.c — the short road to a large library leads to the same place as the long one: what is written table
 * by table is, row by row, what the services make of the same plan; and it keeps every rule at every moment.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours is in base/error.h */

#include "filled.h"

/* ---- making --------------------------------------------------------------------------------------------- */

/* The same through the services. */
static struct fixture *stepped(const char *scenario, uint64_t random_seed)
{
    struct fixture *fixture = fixture_new();
    struct seeder *seeder;
    enum write_result result = WRITE_MORE;
    assert_int_equal(counters_follow_zone(&fixture->ctx), OK); /* as every start does */
    assert_int_equal(seeder_new(&fixture->ctx, scenario, random_seed, &seeder), OK);
    while (result == WRITE_MORE) {
        struct arena_mark mark = arena_mark(&fixture->arena);
        result = seeder_step(&fixture->ctx, seeder);
        fixture_commit(fixture);
        arena_reset_to(&fixture->arena, mark);
    }
    assert_int_equal(result, WRITE_DONE);
    return fixture;
}

static struct fixture *small, *worn; /* minimal; scaled_demo with 25,000 loans */
static struct seeder *small_seeder, *worn_seeder;

static int make_libraries(void **state)
{
    (void)state;
    small = filled("minimal", 42, BULK_PACKED, &small_seeder);
    worn = filled("scaled_demo", 7, BULK_PACKED, &worn_seeder);
    return 0;
}

static int remove_libraries(void **state)
{
    (void)state;
    fixture_free(small);
    fixture_free(worn);
    return 0;
}

/* ---- comparing ------------------------------------------------------------------------------------------ */

static void assert_same_value(sqlite3_stmt *a, sqlite3_stmt *b, int column, const char *table)
{
    const char *name = sqlite3_column_name(a, column);
    const char *left = (const char *)sqlite3_column_text(a, column);
    const char *right = (const char *)sqlite3_column_text(b, column);
    if (sqlite3_column_type(a, column) != sqlite3_column_type(b, column) ||
        strcmp(left ? left : "NULL", right ? right : "NULL") != 0)
        fail_msg("%s %lld: %s is %s by the services, %s at once", table,
                 (long long)sqlite3_column_int64(a, 0), name, left ? left : "NULL", right ? right : "NULL");
}

/* What no seeding fills, done this way or that. */
static bool is_filled_by_use(const char *table)
{
    static const char *const names[] = {"setting",
                                        "job_run",
                                        "idempotency_key",
                                        "account",
                                        "session",
                                        "api_key",
                                        "secret",
                                        "title_watch",
                                        "refresh_token",
                                        "stocktake",
                                        "roll_over",
                                        "one_time_code",
                                        "closure_move",
                                        "stocktake_scan",
                                        "roll_over_change",
                                        "stocktake_unseen",
                                        "backup_run",
                                        "cover",
                                        "journal",
                                        "book_marc",
                                        "import_profile",
                                        "import_batch",
                                        "import_row",
                                        "import_made",
                                        "import_changed",
                                        "lookup_target",
                                        "title_merge",
                                        "title_merge_move",
                                        "title_pair_apart",
                                        "reading_list",
                                        "reading_list_entry",
                                        "review",
                                        "search_term",
                                        "event_consumer",
                                        "notification",
                                        "notification_template",
                                        "notification_preference",
                                        "notification_reader",
                                        "webhook",
                                        "webhook_delivery",
                                        "saved_report",
                                        "visit_count",
                                        "alert"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(table, names[i]) == 0)
            return true;
    return false;
}

/* Every column of every row but the public ids, which are random. */
static void assert_same_table(struct fixture *a, struct fixture *b, const char *table)
{
    char sql[128];
    int rows = 0;
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2", table);
    sqlite3_stmt *left = prepared(a, sql), *right = prepared(b, sql);
    while (sqlite3_step(left) == SQLITE_ROW) {
        assert_int_equal(sqlite3_step(right), SQLITE_ROW);
        for (int i = 0; i < sqlite3_column_count(left); i++)
            if (strcmp(sqlite3_column_name(left, i), "uuid") != 0)
                assert_same_value(left, right, i, table);
        rows++;
    }
    assert_int_equal(sqlite3_step(right), SQLITE_DONE);
    sqlite3_finalize(left);
    sqlite3_finalize(right);
    assert_true(rows > 0 || is_filled_by_use(table));
}

static void test_bulk__makes_the_library_that_the_services_make(void **state)
{
    (void)state;
    struct fixture *services = stepped("minimal", 42);
    /* Every table of the schema, so that a new one is seen here; what tells of acts is told once instead. */
    sqlite3_stmt *tables =
        prepared(services, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                           "AND name NOT LIKE '%\\_search\\_%' ESCAPE '\\' "
                           "AND name NOT IN ('audit_log', 'event') ORDER BY name");
    int count = 0;
    for (; sqlite3_step(tables) == SQLITE_ROW; count++)
        assert_same_table(services, small, (const char *)sqlite3_column_text(tables, 0));
    sqlite3_finalize(tables);
    assert_true(count >= 15);
    fixture_free(services);
}

/* ---- the two roads -------------------------------------------------------------------------------------- */

/* Everything a file answers with, blobs too, and rows in the order of each index as they lie in it. */
static void assert_same_answers(struct fixture *a, struct fixture *b, const char *sql)
{
    int64_t rows = 0;
    sqlite3_stmt *left = prepared(a, sql), *right = prepared(b, sql);
    for (; sqlite3_step(left) == SQLITE_ROW; rows++) {
        assert_int_equal(sqlite3_step(right), SQLITE_ROW);
        for (int i = 0; i < sqlite3_column_count(left); i++) {
            int length = sqlite3_column_bytes(left, i);
            if (sqlite3_column_type(left, i) != sqlite3_column_type(right, i) ||
                length != sqlite3_column_bytes(right, i) ||
                (length &&
                 memcmp(sqlite3_column_blob(left, i), sqlite3_column_blob(right, i), (size_t)length) != 0))
                fail_msg("%s: row %lld, column %d differs", sql, (long long)rows, i);
        }
    }
    assert_int_equal(sqlite3_step(right), SQLITE_DONE);
    sqlite3_finalize(left);
    sqlite3_finalize(right);
}

static void assert_same_file(struct fixture *a, struct fixture *b)
{
    char sql[256];
    int count = 0;
    sqlite3_stmt *tables = prepared(
        a,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE "
        "'CREATE VIRTUAL%' AND name NOT IN ('event', 'closed_day') ORDER BY name"); /* their ids are of now */
    for (; sqlite3_step(tables) == SQLITE_ROW; count++) {
        snprintf(sql, sizeof sql, "SELECT * FROM %s", (const char *)sqlite3_column_text(tables, 0));
        assert_same_answers(a, b, sql);
    }
    sqlite3_finalize(tables);
    assert_true(count > 20);
}

static void test_bulk__makes_the_same_file_by_both_roads(void **state)
{
    (void)state;
    struct seeder *seeder;
    struct fixture *plain = filled("minimal", 42, BULK_SQL, &seeder);
    assert_same_file(plain, small);
    fixture_free(plain);
    plain = filled("scaled_demo", 7, BULK_SQL, &seeder); /* 78,000 rows of copies: trees of three levels */
    assert_same_file(plain, worn);
    fixture_free(plain);
}

/* By an index, as its rows lie there, and by the table. */
static void test_bulk__packs_indexes_that_lead_to_their_rows(void **state)
{
    (void)state;
    char by_index[512], by_table[512];
    int count = 0;
    sqlite3_stmt *indexes = prepared(
        worn, "SELECT s.tbl_name, s.name, group_concat(x.name, ', '), coalesce(nullif(substr(s.sql, "
              "instr(s.sql, ' WHERE ')), s.sql), '') FROM sqlite_schema s JOIN pragma_index_xinfo(s.name) x "
              "WHERE s.type = 'index' AND x.cid >= 0 AND s.tbl_name IN ('borrow', 'copy', 'book', 'member') "
              "AND s.sql NOT LIKE '%coalesce%' GROUP BY s.name");
    for (; sqlite3_step(indexes) == SQLITE_ROW; count++) {
        const char *table = (const char *)sqlite3_column_text(indexes, 0);
        const char *keys = (const char *)sqlite3_column_text(indexes, 2);
        const char *where = strstr((const char *)sqlite3_column_text(indexes, 3), " WHERE ");
        snprintf(by_index, sizeof by_index, "SELECT %s, rowid FROM %s INDEXED BY %s %s ORDER BY %s, rowid",
                 keys, table, (const char *)sqlite3_column_text(indexes, 1), where ? where : "", keys);
        snprintf(by_table, sizeof by_table, "SELECT %s, rowid FROM %s NOT INDEXED %s ORDER BY %s, rowid",
                 keys, table, where ? where : "", keys);
        struct fixture *fixture = worn;
        sqlite3_stmt *left = prepared(fixture, by_index), *right = prepared(fixture, by_table);
        while (sqlite3_step(left) == SQLITE_ROW) {
            assert_int_equal(sqlite3_step(right), SQLITE_ROW);
            for (int i = 0; i < sqlite3_column_count(left); i++)
                assert_same_value(left, right, i, table);
        }
        assert_int_equal(sqlite3_step(right), SQLITE_DONE);
        sqlite3_finalize(left);
        sqlite3_finalize(right);
    }
    sqlite3_finalize(indexes);
    assert_true(count >= 15);
}

/* ---- the promises --------------------------------------------------------------------------------------- */

static void test_bulk__leaves_libraries_that_every_check_passes(void **state)
{
    (void)state;
    assert_sound(small);
    assert_sound(worn);
}

static void test_bulk__keeps_the_rules_at_every_moment(void **state)
{
    (void)state;
    struct fixture *fixture = worn;
    assert_none(fixture, "SELECT count(*) FROM borrow b JOIN member m ON m.id = b.member_id "
                         "WHERE b.borrowed_at <= m.created_at");
    assert_none(fixture, "SELECT count(*) FROM borrow b JOIN book k ON k.id = b.book_id "
                         "WHERE b.borrowed_at <= k.created_at");
    assert_none(fixture, "SELECT count(*) FROM borrow WHERE borrowed_at > " NOW " OR returned_at > " NOW);
    assert_none(fixture, "SELECT count(*) FROM borrow b JOIN copy c ON c.id = b.copy_id "
                         "WHERE c.book_id <> b.book_id");
    /* A copy is out once, … */
    assert_none(fixture, "SELECT count(*) FROM (SELECT borrowed_at, lag(coalesce(returned_at, 9e18)) OVER "
                         "(PARTITION BY copy_id ORDER BY borrowed_at, id) AS before FROM borrow) "
                         "WHERE before > borrowed_at");
    /* … a member has a title once, … */
    assert_none(fixture, "SELECT count(*) FROM (SELECT borrowed_at, lag(coalesce(returned_at, 9e18)) OVER "
                         "(PARTITION BY member_id, book_id ORDER BY borrowed_at, id) AS before FROM borrow) "
                         "WHERE before > borrowed_at");
    /* … and never more than the rule of their kind allows, counted at each act. */
    assert_none(fixture,
                "SELECT count(*) FROM borrow b JOIN member m ON m.id = b.member_id WHERE b.rule_id <> "
                "coalesce((SELECT id FROM loan_rule WHERE member_type_id = m.member_type_id), 1)");
    assert_none(
        fixture,
        "SELECT count(*) FROM (SELECT rule_id, sum(step) OVER (PARTITION BY member_id ORDER BY at, step "
        "ROWS UNBOUNDED PRECEDING) AS out FROM (SELECT member_id, rule_id, borrowed_at AS at, 1 AS step "
        "FROM borrow UNION ALL SELECT member_id, rule_id, returned_at, -1 FROM borrow "
        "WHERE returned_at IS NOT NULL)) JOIN loan_rule r ON r.id = rule_id "
        "WHERE out > r.max_loans OR out < 0");
    /* Due after the days of the rule and of each renewal, on the first open day from then on. */
    assert_none(fixture, "SELECT count(*) FROM borrow WHERE due_at <> (due_day + 1) * 86400000 - 1");
    assert_none(
        fixture,
        "SELECT count(*) FROM borrow b WHERE coalesce((SELECT due_day_before FROM renewal WHERE borrow_id = "
        "b.id ORDER BY id LIMIT 1), due_day) <> (SELECT min(day) FROM calendar WHERE open = 1 AND "
        "day >= b.borrowed_at / 86400000 + 14)");
    assert_none(fixture,
                "SELECT count(*) FROM renewal r WHERE due_day_after <> (SELECT min(day) FROM calendar "
                "WHERE open = 1 AND day >= r.due_day_before + 14)");
}

/* Over, and not due just before Christmas, when no delay is short. */
#define ENDED "due_at < " NOW " - 31 * 86400000 AND due_day NOT BETWEEN 20439 AND 20455"

/* Counted from the file; the tiers from the plan, which the file does not know. */
static void test_bulk__spreads_loans_as_promised(void **state)
{
    (void)state;
    struct seeder_summary summary;
    const char *ended = "SELECT count(*) FROM borrow WHERE " ENDED;
    const char *late = "SELECT count(*) FROM borrow WHERE " ENDED " AND "
                       "returned_day > due_day";
    seeder_summary(worn_seeder, &summary);
    assert_int_equal(fixture_int(worn, "SELECT count(*) FROM borrow"), summary.borrows);
    assert_in_range(summary.borrows, 24900, 25000);
    assert_in_range(summary.borrows_in_tier[0] * 1000 / summary.borrows, 425, 485);
    assert_in_range(summary.borrows_in_tier[1] * 1000 / summary.borrows, 425, 485);
    assert_in_range(summary.borrows_in_tier[2] * 1000 / summary.borrows, 75, 107);
    assert_int_equal(summary.borrows_in_tier[3], 0);
    assert_int_equal(summary.borrows_in_segment[3], 0);
    assert_true(summary.borrows_in_segment[0] * 10 > summary.borrows_in_segment[1] * 25 / 10);
    assert_per_mille(worn, late, ended, 120, 15);
    assert_per_mille(worn,
                     "SELECT count(*) FROM borrow WHERE " ENDED " AND "
                     "returned_day - due_day BETWEEN 1 AND 3",
                     late, 550, 50);
    assert_per_mille(worn,
                     "SELECT count(*) FROM borrow WHERE " ENDED " AND "
                     "returned_day - due_day BETWEEN 8 AND 30",
                     late, 150, 40);
}

static void test_bulk__tells_of_the_batch_once(void **state)
{
    (void)state;
    /* Besides its calendar, entered on the day it was founded. */
    assert_int_equal(fixture_int(worn, "SELECT count(*) FROM audit_log WHERE action NOT IN "
                                       "('opening_hours.changed', 'closure.added')"),
                     1);
    assert_int_equal(fixture_int(worn, "SELECT count(*) FROM audit_log WHERE action = 'closure.added'"),
                     fixture_int(worn, "SELECT count(*) FROM closed_day"));
    assert_int_equal(fixture_int(worn, "SELECT count(*) FROM audit_log WHERE action = 'library.seeded' "
                                       "AND at = " NOW),
                     1);
    assert_int_equal(fixture_int(worn, "SELECT count(*) FROM event WHERE type <> 'CalendarChanged'"), 1);
    assert_int_equal(fixture_int(worn, "SELECT count(*) FROM event WHERE type = 'LibrarySeeded' "
                                       "AND detail = 'scaled_demo'"),
                     1);
}

/* Versions, times and order: each table's ids name the row's own moment and increase. */
static void test_bulk__gives_public_ids_that_increase(void **state)
{
    (void)state;
    static const char *const tables[] = {"book", "copy", "member", "borrow"};
    char sql[256];
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM (SELECT uuid, lag(uuid) OVER (ORDER BY id) AS before FROM %s) "
                 "WHERE before >= uuid",
                 tables[i]);
        assert_none(worn, sql);
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM %s WHERE substr(hex(uuid), 13, 1) <> '7' "
                 "OR substr(hex(uuid), 17, 1) NOT IN ('8', '9', 'A', 'B')",
                 tables[i]);
        assert_none(worn, sql);
    }
    assert_none(worn, "SELECT count(*) FROM borrow WHERE substr(hex(uuid), 1, 12) <> "
                      "format('%012X', borrowed_at) AND id NOT IN (SELECT b.id + 1 FROM borrow b)");
}

/* The indexes of the schema, all of them and as they are written there. */
static void test_bulk__has_every_index_of_the_schema(void **state)
{
    (void)state;
    struct fixture *fresh = fixture_new();
    const char *sql = "SELECT sum(length(sql) * 31 + unicode(name)) FROM sqlite_schema WHERE type = 'index'";
    const char *count = "SELECT count(*) FROM sqlite_schema";
    assert_int_equal(fixture_int(worn, sql), fixture_int(fresh, sql));
    assert_int_equal(fixture_int(worn, count), fixture_int(fresh, count));
    assert_int_equal(fixture_int(worn, "PRAGMA application_id"), DB_APPLICATION_ID);
    fixture_free(fresh);
}

static void test_bulk__makes_the_same_library_again(void **state)
{
    (void)state;
    struct seeder *seeder, *other_seeder;
    struct fixture *same = filled("minimal", 42, BULK_PACKED, &seeder);
    struct fixture *other = filled("minimal", 43, BULK_PACKED, &other_seeder);
    const char *ids = "SELECT sum(id * (unicode(substr(hex(uuid), 30)) * 31 + member_id)) FROM borrow";
    assert_same_table(small, same, "borrow");
    assert_same_table(small, same, "book");
    assert_same_table(small, same, "member");
    assert_int_equal(fixture_int(small, ids), fixture_int(same, ids)); /* here the ids too */
    assert_true(fixture_int(small, ids) != fixture_int(other, ids));
    fixture_free(same);
    fixture_free(other);
}

static void test_bulk__refuses_a_library_in_use(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct member_facts facts = MEMBER_FACTS_NONE;
    struct member member;
    struct seeder *seeder;
    facts.name = "Ada Quinn";
    assert_int_equal(members_create(&fixture->ctx, &facts, &member), OK);
    fixture_commit(fixture);
    assert_int_equal(seeder_new(&fixture->ctx, "minimal", 42, &seeder), OK);
    assert_int_equal(fill(fixture, seeder, BULK_PACKED), ERROR_CONFLICT);
    assert_int_equal(fixture->ctx.error.code, ERR_LIBRARY_NOT_EMPTY);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM member"), 1);
    assert_int_equal(fixture_int(fixture, "SELECT count(*) FROM book"), 0);
    fixture_free(fixture);
}

static int count_threads(void)
{
    DIR *folder = opendir("/proc/self/task");
    int count = -2; /* "." and ".." */
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* Its progress and its plan are on the caller's stack. */
static void test_bulk__leaves_no_thread_behind_when_it_fails(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    struct seeder *seeder;
    int before = count_threads();
    assert_int_equal(db_exec(&fixture->ctx, "CREATE UNIQUE INDEX lent_once ON borrow (book_id)"), OK);
    assert_int_equal(seeder_new(&fixture->ctx, "scaled_demo", 7, &seeder), OK);
    assert_int_equal(fill(fixture, seeder, BULK_PACKED), ERROR_INTERNAL);
    assert_int_equal(count_threads(), before);
    fixture_free(fixture);
}

static void test_bulk__is_for_the_large_scenarios(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool large;
    } scenarios[] = {{"minimal", false},  {"load_test", false}, {"scaled_demo", true},
                     {"mid_scale", true}, {"high_scale", true}, {"county_scale", true}};
    struct fixture *fixture = fixture_new();
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        struct seeder *seeder;
        assert_int_equal(seeder_new(&fixture->ctx, scenarios[i].name, 1, &seeder), OK);
        assert_int_equal(seeder_is_large(seeder), scenarios[i].large);
        assert_non_null(strstr(seeder_scenario_names(&fixture->arena), scenarios[i].name));
    }
    fixture_free(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bulk__makes_the_library_that_the_services_make),
        cmocka_unit_test(test_bulk__makes_the_same_file_by_both_roads),
        cmocka_unit_test(test_bulk__packs_indexes_that_lead_to_their_rows),
        cmocka_unit_test(test_bulk__leaves_libraries_that_every_check_passes),
        cmocka_unit_test(test_bulk__keeps_the_rules_at_every_moment),
        cmocka_unit_test(test_bulk__spreads_loans_as_promised),
        cmocka_unit_test(test_bulk__tells_of_the_batch_once),
        cmocka_unit_test(test_bulk__gives_public_ids_that_increase),
        cmocka_unit_test(test_bulk__has_every_index_of_the_schema),
        cmocka_unit_test(test_bulk__makes_the_same_library_again),
        cmocka_unit_test(test_bulk__refuses_a_library_in_use),
        cmocka_unit_test(test_bulk__leaves_no_thread_behind_when_it_fails),
        cmocka_unit_test(test_bulk__is_for_the_large_scenarios),
    };
    return cmocka_run_group_tests(tests, make_libraries, remove_libraries);
}
