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

/* As many rows break a CHECK as SQLite's own check says; NULL breaks none. */
static void test_constraints__tells_each_row(void **state)
{
    (void)state;
    struct scratch scratch;
    struct told told = {0};
    scratch_init(&scratch);
    scratch_open(&scratch);
    scratch_must(&scratch, constraints_check(&scratch.ctx, 20, tell, &told));
    assert_int_equal(told.count, 0);
    scratch_must(&scratch, db_exec(&scratch.ctx,
                                   "CREATE TABLE \"odd \"\" one\" (a INTEGER CHECK (a IN (1, 2, 3, 4)),"
                                   " b INTEGER, CHECK (b > a)) STRICT;"
                                   "CREATE TABLE keyed (k TEXT PRIMARY KEY CHECK (k <> 'x')) WITHOUT ROWID;"
                                   "PRAGMA ignore_check_constraints = ON;"
                                   "INSERT INTO \"odd \"\" one\" VALUES (1, 2), (NULL, 0), (9, NULL),"
                                   " (2, 1), (7, 1), (3, NULL);"));
    scratch_must(&scratch, constraints_check(&scratch.ctx, 20, tell, &told));
    assert_int_equal(told.count, 3);
    assert_string_equal(told.tables, "odd \" one");
    told.count = 0;
    scratch_must(&scratch, constraints_check(&scratch.ctx, 2, tell, &told));
    assert_int_equal(told.count, 2);
    scratch_must(&scratch, db_exec(&scratch.ctx, "INSERT INTO keyed VALUES ('x')"));
    told.count = 0;
    scratch_must(&scratch, constraints_check(&scratch.ctx, 1, tell, &told));
    assert_int_equal(told.count, 2); /* one of each */
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
        cmocka_unit_test(test_constraints__finds_all_of_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
