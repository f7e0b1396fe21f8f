/*
 * test_constraints.c — every CHECK of a schema is found, and what SQLite would not let in is told.
 */
#include "scratch.h"

#include "db/constraints.h"

struct told {
    char tables[256];
    int count;
};

static void tell(void *argument, const char *table)
{
    struct told *told = argument;
    told->count++;
    snprintf(told->tables, sizeof told->tables, "%s", table);
}

static void test_constraints__reads_what_checks_say(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *conditions;
    } cases[] = {
        {"CREATE TABLE t (a INTEGER)", NULL},
        {"CREATE TABLE t (a INTEGER CHECK (a > 0), b TEXT, check(b <> 'it''s)') )",
         "(a > 0) AND (b <> 'it''s)')"},
        {"CREATE TABLE t (a CHECK -- why (not)\n /* nor ) this */ (length(a) = (3)) NOT NULL)",
         "(length(a) = (3))"},
        {"CREATE TABLE t (a CHECK (a > 0 -- )\n AND a < 9))", "(a > 0 -- )\n AND a < 9)"},
        {"CREATE TABLE t (a DEFAULT 'CHECK (1)', \"CHECK\" TEXT, [check (] INT, `check` INT, checks (a))",
         NULL},
        {"CREATE TABLE t (a, CONSTRAINT positive CHECK (a IN (1, 2)), CHECK ((a IS NULL) = (b IS NULL))) STRICT",
         "(a IN (1, 2)) AND ((a IS NULL) = (b IS NULL))"},
    };
    struct scratch scratch;
    scratch_init(&scratch);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *conditions = constraints_of(scratch.ctx.arena, cases[i].sql);
        if (cases[i].conditions)
            assert_string_equal(conditions, cases[i].conditions);
        else
            assert_null(conditions);
    }
    arena_reset(&scratch.arena);
    scratch_remove(&scratch);
}

static int wrong_rows(struct scratch *scratch, int max, struct told *told)
{
    struct constraints_work work;

    told->count = 0;
    constraints_begin(&work);
    scratch_must(scratch, constraints_check(&scratch->ctx, &work, max, tell, told));
    int count = told->count;
    scratch_must(scratch, constraints_check(&scratch->ctx, &work, max, tell, told));
    assert_int_equal(told->count, count); /* all of it was done */
    constraints_end(&work);
    return count;
}

/* As many rows break a CHECK as SQLite's own check says; NULL breaks none. */
static void test_constraints__tells_each_row(void **state)
{
    (void)state;
    struct scratch scratch;
    struct told told = {0};
    scratch_init(&scratch);
    scratch_open(&scratch);
    assert_int_equal(wrong_rows(&scratch, 20, &told), 0);
    scratch_must(&scratch, db_exec(&scratch.ctx,
                                   "CREATE TABLE \"odd \"\" one\" (a INTEGER CHECK (a IN (1, 2, 3, 4)),"
                                   " b INTEGER, CHECK (b > a)) STRICT;"
                                   "CREATE TABLE keyed (k TEXT PRIMARY KEY CHECK (k <> 'x')) WITHOUT ROWID;"
                                   "PRAGMA ignore_check_constraints = ON;"
                                   "INSERT INTO \"odd \"\" one\" VALUES (1, 2), (NULL, 0), (9, NULL),"
                                   " (2, 1), (7, 1), (3, NULL);"));
    assert_int_equal(wrong_rows(&scratch, 20, &told), 3);
    assert_string_equal(told.tables, "odd \" one");
    assert_int_equal(wrong_rows(&scratch, 2, &told), 2);
    scratch_must(&scratch, db_exec(&scratch.ctx, "INSERT INTO keyed VALUES ('x')"));
    assert_int_equal(wrong_rows(&scratch, 1, &told), 2); /* one of each */
    scratch_close(&scratch);
    scratch_remove(&scratch);
}

/* Each row stands in one piece, wherever the ids end. */
static void test_constraints__look_at_large_tables_in_pieces(void **state)
{
    (void)state;
    struct scratch scratch;
    struct told told = {0};
    scratch_init(&scratch);
    scratch_open(&scratch);
    scratch_must(&scratch,
                 db_exec(&scratch.ctx,
                         "CREATE TABLE wide (id INTEGER PRIMARY KEY, a INTEGER CHECK (a > 0));"
                         "PRAGMA ignore_check_constraints = ON;"
                         "INSERT INTO wide VALUES (-9223372036854775808, 0), (-1, 0), (0, 0), (1, 0),"
                         " (2, 1), (500000, 0), (500001, 0), (999999, 0), (1000000, 0)"));
    assert_int_equal(wrong_rows(&scratch, 20, &told), 8);
    scratch_must(&scratch, db_exec(&scratch.ctx, "INSERT INTO wide VALUES (1000001, 0), (1700000, 0)"));
    assert_int_equal(wrong_rows(&scratch, 20, &told), 10);
    scratch_must(&scratch, db_exec(&scratch.ctx, "INSERT INTO wide VALUES (9223372036854775807, 0)"));
    assert_int_equal(wrong_rows(&scratch, 20, &told), 11);
    scratch_must(&scratch, db_exec(&scratch.ctx, "DELETE FROM wide WHERE id > -9223372036854775808"));
    assert_int_equal(wrong_rows(&scratch, 20, &told), 1);
    scratch_close(&scratch);
    scratch_remove(&scratch);
}

/* None of the library's is missed: there are as many as the word stands in its schema outside of comments. */
static void test_constraints__finds_all_of_the_library(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);
    struct stmt *s = db_statement(
        &scratch.ctx, &(const struct sql){.text = "SELECT sql FROM sqlite_schema WHERE type = 'table'"
                                                  " AND rootpage > 0 AND sql LIKE '%CHECK (%'"});
    int found_in_all = 0;
    for (bool found = true; found;) {
        scratch_must(&scratch, db_row(s, &found));
        if (!found)
            break;
        const char *sql = column_text(s, 0);
        const char *conditions = constraints_of(scratch.ctx.arena, sql);
        assert_non_null(conditions);
        int words = 0, joined = 1;
        for (const char *at = sql; (at = strstr(at, "CHECK (")); at++)
            words++;
        for (const char *at = conditions; (at = strstr(at, ") AND (")); at++)
            joined++;
        assert_true(joined >= words);
        found_in_all += words;
    }
    assert_true(found_in_all > 60);
    scratch_close(&scratch);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_constraints__reads_what_checks_say),
        cmocka_unit_test(test_constraints__tells_each_row),
        cmocka_unit_test(test_constraints__look_at_large_tables_in_pieces),
        cmocka_unit_test(test_constraints__finds_all_of_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
