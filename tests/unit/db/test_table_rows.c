/*
 * test_table_rows.c — what is read of a table's pages is what SQLite reads, and no byte on them is believed.
 */
#include "scratch.h"

#include <fcntl.h>
#include <unistd.h>

#include "db/table_rows.h"

#define COLUMNS 5

static const char *const columns[COLUMNS] = {"id", "number", "text", "bytes", "later"};

SQL_SCANNING(TEST_ROWS, "a small table of this test",
             "SELECT id, number, text, bytes, later FROM thing ORDER BY id");

static struct scratch scratch;

static int set_up(void **state)
{
    (void)state;
    scratch_init(&scratch);
    scratch_open(&scratch);
    scratch_exec(&scratch,
                 "CREATE TABLE thing (id INTEGER PRIMARY KEY, number INTEGER, text TEXT, bytes BLOB)");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_remove(&scratch);
    return 0;
}

static void assert_value(struct stmt *s, int column, const struct row_value *value)
{
    size_t length;
    const void *bytes = column_bytes(s, column, &length);

    if (value->type == ROW_NULL) {
        assert_true(column_is_null(s, column));
    } else if (value->type == ROW_INT) {
        assert_int_equal(value->number, column_int(s, column));
    } else {
        assert_int_equal(value->number, 0);
        assert_int_equal(value->length, length);
        assert_true(length == 0 || memcmp(value->bytes, bytes, length) == 0);
    }
}

/* Row for row as a statement reads them; how many there are. */
static int64_t assert_as_by_statement(void)
{
    struct table_rows *rows;
    int64_t count = 0;
    bool found = true;

    scratch_must(&scratch, table_rows_begin(&scratch.ctx, "thing", columns, COLUMNS, &rows));
    assert_non_null(rows);
    struct stmt *s = db_statement(&scratch.ctx, &TEST_ROWS);
    for (;; count++) {
        bool expected;
        scratch_must(&scratch, db_row(s, &expected));
        scratch_must(&scratch, table_rows_next(rows, &found));
        assert_int_equal(found, expected);
        if (!found)
            return count;
        assert_int_equal(rows->rowid, column_int(s, 0));
        for (int i = 0; i < COLUMNS; i++)
            assert_value(s, i, &rows->values[i]);
    }
}

static void add_later_column(const char *definition)
{
    char sql[200];

    snprintf(sql, sizeof sql, "ALTER TABLE thing ADD COLUMN later %s", definition);
    scratch_exec(&scratch, sql);
}

/* Every length a number can have, at its ends. */
static void test_table_rows__numbers_of_all_lengths(void **state)
{
    (void)state;
    add_later_column("INTEGER");
    assert_int_equal(assert_as_by_statement(), 0);
    scratch_exec(&scratch,
                 "WITH RECURSIVE bit (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM bit WHERE n < 62)"
                 "INSERT INTO thing (number, text) SELECT (1 << n) + d, n FROM bit,"
                 " (SELECT -1 AS d UNION SELECT 0 UNION SELECT 1)"
                 "UNION ALL SELECT -(1 << n) + d, n FROM bit,"
                 " (SELECT -1 AS d UNION SELECT 0 UNION SELECT 1);"
                 "INSERT INTO thing (id, number) VALUES (-9223372036854775808, 9223372036854775807),"
                 " (-1, -9223372036854775808), (0, 1), (9223372036854775807, 0)");
    assert_int_equal(assert_as_by_statement(), 63 * 6 + 4);
}

static void test_table_rows__trees_of_three_levels_and_records_over_several_pages(void **state)
{
    (void)state;
    add_later_column("TEXT");
    scratch_exec(&scratch,
                 "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 30000)"
                 "INSERT INTO thing SELECT n * 3, n * n, hex(n), CASE WHEN n % 50 = 0 THEN"
                 " randomblob(4040 + n % 40) WHEN n % 777 = 0 THEN randomblob(n) ELSE zeroblob(n % 300) END,"
                 " 'x' || n FROM c");
    assert_int_equal(assert_as_by_statement(), 30000);
}

/* What an uncommitted transaction has written stands on its connection's pages alone. */
static void test_table_rows__are_those_of_the_transaction(void **state)
{
    (void)state;
    add_later_column("INTEGER");
    scratch_exec(&scratch, "INSERT INTO thing (number) VALUES (1), (2); BEGIN;"
                           "INSERT INTO thing (number) VALUES (3)");
    assert_int_equal(assert_as_by_statement(), 3);
    scratch_exec(&scratch, "ROLLBACK");
    assert_int_equal(assert_as_by_statement(), 2);
}

static void assert_default(const char *definition)
{
    scratch_exec(&scratch, "ALTER TABLE thing DROP COLUMN later");
    add_later_column(definition);
    assert_int_equal(assert_as_by_statement(), 1);
}

static void test_table_rows__a_column_added_later_has_its_default(void **state)
{
    (void)state;
    add_later_column("INTEGER");
    scratch_exec(&scratch, "INSERT INTO thing (number) VALUES (1)");
    assert_default("INTEGER");
    assert_default("INTEGER NOT NULL DEFAULT 7");
    assert_default("INTEGER NOT NULL DEFAULT -7");
    assert_default("TEXT NOT NULL DEFAULT 'none'");
    assert_default("TEXT NOT NULL DEFAULT ''");
    assert_default("TEXT DEFAULT NULL");
}

static void assert_left_to_statements(const char *table, const char *sql)
{
    static const char *const a[] = {"a"};
    struct table_rows *rows = (void *)&rows;

    scratch_exec(&scratch, sql);
    scratch_must(&scratch, table_rows_try(&scratch.ctx, table, a, 1, &rows));
    assert_null(rows);
    assert_int_equal(table_rows_begin(&scratch.ctx, table, a, 1, &rows), ERROR_CONFLICT);
    assert_int_equal(scratch.ctx.error.code, ERR_LIBRARY_DAMAGED);
    error_clear(&scratch.ctx);
}

static void test_table_rows__leave_what_they_do_not_understand_to_statements(void **state)
{
    (void)state;
    static const char *const nothing[] = {"nothing"};
    struct table_rows *rows;
    assert_left_to_statements("keyed", "CREATE TABLE keyed (a TEXT PRIMARY KEY) WITHOUT ROWID");
    assert_left_to_statements("words", "CREATE VIRTUAL TABLE words USING fts5 (a)");
    assert_left_to_statements("sum", "CREATE TABLE sum (b INTEGER, a INTEGER AS (b + 1))");
    assert_left_to_statements("kept", "CREATE TABLE kept (b INTEGER, a INTEGER AS (b + 1) STORED)");
    assert_left_to_statements("odd", "CREATE TABLE odd (a TEXT DEFAULT (hex(3)))");
    assert_int_equal(table_rows_begin(&scratch.ctx, "thing", nothing, 1, &rows), ERROR_INTERNAL);
    error_clear(&scratch.ctx);
    assert_int_equal(table_rows_begin(&scratch.ctx, "nothing", nothing, 1, &rows), ERROR_INTERNAL);
    error_clear(&scratch.ctx);
}

/* A key that is not the row's number, however much it looks like it. */
static void test_table_rows__keys_that_are_not_the_rowid_have_their_own_value(void **state)
{
    (void)state;
    static const char *const a[] = {"A"}; /* names are the same in any case */
    static const char *const sql[] = {
        "CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (a, b)); INSERT INTO pair VALUES (7, 8)",
        "DROP TABLE pair; CREATE TABLE pair (a INTEGER PRIMARY KEY DESC); INSERT INTO pair VALUES (7)"};
    for (int i = 0; i < 2; i++) {
        struct table_rows *rows;
        bool found;
        scratch_exec(&scratch, sql[i]);
        scratch_must(&scratch, table_rows_begin(&scratch.ctx, "Pair", a, 1, &rows));
        scratch_must(&scratch, table_rows_next(rows, &found));
        assert_int_equal(row_int(rows, 0), 7);
        assert_int_equal(rows->rowid, 1);
    }
}

/* A picture of megabytes is not read for the id that stands before it. */
static void test_table_rows__read_no_further_than_they_are_asked(void **state)
{
    (void)state;
    static const char *const before[] = {"number"};
    static const char *const behind[] = {"later"};
    struct table_rows *rows;
    bool found;
    add_later_column("INTEGER");
    scratch_exec(&scratch, "INSERT INTO thing (number, bytes, later) VALUES (1, zeroblob(20000000), 2)");
    scratch_must(&scratch, table_rows_begin(&scratch.ctx, "thing", before, 1, &rows));
    scratch_must(&scratch, table_rows_next(rows, &found));
    assert_int_equal(row_int(rows, 0), 1);
    scratch_must(&scratch, table_rows_next(rows, &found));
    assert_false(found);
    scratch_must(&scratch, table_rows_begin(&scratch.ctx, "thing", behind, 1, &rows));
    assert_int_equal(table_rows_next(rows, &found), ERROR_CONFLICT); /* more than is believed of a row */
    assert_int_equal(scratch.ctx.error.code, ERR_LIBRARY_DAMAGED);
    error_clear(&scratch.ctx);
    scratch_exec(&scratch, "UPDATE thing SET bytes = zeroblob(2000000)");
    assert_int_equal(assert_as_by_statement(), 1);
}

static void test_table_rows__a_text_is_the_same_only_whole(void **state)
{
    (void)state;
    static const char *const text[] = {"text"};
    struct table_rows *rows;
    bool found;
    scratch_exec(&scratch,
                 "INSERT INTO thing (text) VALUES ('lost'), ('lost!'), ('los'), (x'6c6f7374'), (NULL)");
    scratch_must(&scratch, table_rows_begin(&scratch.ctx, "thing", text, 1, &rows));
    for (int i = 0; i < 5; i++) {
        scratch_must(&scratch, table_rows_next(rows, &found));
        assert_true(found);
        assert_int_equal(row_is(rows, 0, "lost"), i == 0);
        assert_int_equal(row_is_null(rows, 0), i == 4);
        assert_int_equal(row_number(rows, 0), i == 4 ? NO_NUMBER : 0);
    }
}

/* ---- damage ------------------------------------------------------------------------------------------------ */

static void overwrite(off_t at, const void *bytes, size_t length)
{
    int descriptor = open(scratch.path, O_WRONLY);

    assert_true(descriptor >= 0);
    assert_int_equal(pwrite(descriptor, bytes, length, at), length);
    close(descriptor);
}

/* Reads to the end or to what cannot be. */
static enum error_kind read_all(int64_t *out_count)
{
    struct table_rows *rows;
    bool found = true;
    enum error_kind kind = table_rows_begin(&scratch.ctx, "thing", columns, COLUMNS, &rows);

    for (*out_count = 0; kind == OK && found; *out_count += kind == OK && found)
        kind = table_rows_next(rows, &found);
    if (kind != OK)
        assert_int_equal(scratch.ctx.error.code, ERR_LIBRARY_DAMAGED);
    error_clear(&scratch.ctx);
    arena_reset(&scratch.arena);
    return kind;
}

/* Any bytes anywhere on the table's pages: it is read, or refused, and never more rows than there could be. */
static void test_table_rows__no_byte_is_believed(void **state)
{
    (void)state;
    uint64_t dice = 88172645463325252u;
    int refused = 0;
    add_later_column("TEXT");
    scratch_exec(&scratch, "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)"
                           "INSERT INTO thing SELECT n, n * 1000003, 'word ' || n,"
                           " CASE WHEN n % 100 = 0 THEN zeroblob(9000) END, n FROM c;"
                           "PRAGMA wal_checkpoint(TRUNCATE)");
    int64_t first = file_int(scratch.path, "SELECT min(pageno) FROM dbstat WHERE name = 'thing'");
    int64_t pages = file_int(scratch.path, "SELECT max(pageno) FROM dbstat WHERE name = 'thing'") - first + 1;
    scratch_close(&scratch);
    for (int round = 0; round < 400; round++) {
        uint8_t before[4], after[4];
        dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
        off_t page = (off_t)(dice % (uint64_t)pages) + first;
        off_t at = (page - 1) * DB_PAGE_BYTES + (off_t)(round % 2 ? dice >> 20 & 63 : dice >> 20 & 4091);
        int descriptor = open(scratch.path, O_RDONLY);
        assert_int_equal(pread(descriptor, before, sizeof before, at), sizeof before);
        close(descriptor);
        for (size_t i = 0; i < sizeof after; i++)
            after[i] = round % 3 ? (uint8_t)(dice >> (32 + 8 * i)) : 0xff;
        overwrite(at, after, sizeof after);
        int64_t count;
        if (db_open(&scratch.ctx, scratch.path, DB_LOOK, &scratch.ctx.db) == OK) {
            refused += read_all(&count) != OK;
            assert_true(count <= pages * DB_PAGE_BYTES / 4);
            db_close(scratch.ctx.db);
            scratch.ctx.db = NULL;
        }
        error_clear(&scratch.ctx);
        overwrite(at, before, sizeof before);
    }
    assert_true(refused > 60);
    scratch_open(&scratch);
    assert_int_equal(assert_as_by_statement(), 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_table_rows__numbers_of_all_lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__trees_of_three_levels_and_records_over_several_pages,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__are_those_of_the_transaction, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__a_column_added_later_has_its_default, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__leave_what_they_do_not_understand_to_statements,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__read_no_further_than_they_are_asked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__keys_that_are_not_the_rowid_have_their_own_value,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__a_text_is_the_same_only_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_table_rows__no_byte_is_believed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
