/*
 * test_read_ahead.c — reading ahead is reading: from start to end, from end to start, and nothing older than the
 * snapshot, nor younger.
 */
#include "scratch.h"

#include "db/read_ahead.h"

#define ROWS 3000 /* as begin() makes them */

/* A table of hundreds of pages that each say which version they are. */
static void write_version(struct scratch *scratch, int version)
{
    char sql[256];
    snprintf(sql, sizeof sql, "UPDATE pages SET version = %d", version);
    scratch_must(scratch, db_exec(&scratch->ctx, sql));
}

static void begin(struct scratch *scratch)
{
    scratch_init(scratch);
    scratch_open(scratch);
    scratch_must(scratch, db_accept(&scratch->ctx));
    scratch_must(
        scratch,
        db_exec(&scratch->ctx, "CREATE TABLE pages (id INTEGER PRIMARY KEY, version INTEGER, filler TEXT)"));
    scratch_must(scratch,
                 db_exec(&scratch->ctx, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                                        " WHERE i < 3000) INSERT INTO pages"
                                        " SELECT i, 1, hex(zeroblob(700)) FROM n"));
}

static void copy_back(struct scratch *scratch, enum checkpoint_depth depth)
{
    bool whole;
    scratch_must(scratch, db_checkpoint(&scratch->ctx, depth, 0, &whole));
}

static sqlite3 *open_ahead(const struct scratch *scratch)
{
    sqlite3 *handle;
    assert_int_equal(sqlite3_open_v2(scratch->path, &handle, SQLITE_OPEN_READWRITE, read_ahead_vfs()),
                     SQLITE_OK);
    sqlite3_exec(handle, "PRAGMA cache_size = 5", NULL, NULL, NULL);
    return handle;
}

static int64_t ask(sqlite3 *handle, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void assert_version(sqlite3 *handle, int version)
{
    static const char *const orders[] = {"ASC", "DESC"};
    for (size_t i = 0; i < 2; i++) {
        char sql[256];
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM (SELECT version, length(filler) AS filled FROM pages ORDER BY id %s)"
                 " WHERE version = %d AND filled = 1400",
                 orders[i], version);
        assert_int_equal(ask(handle, sql), ROWS);
    }
    assert_int_equal(ask(handle, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
                     1);
}

static void test_read_ahead__sees_what_there_is_and_then_what_was_written(void **state)
{
    (void)state;
    struct scratch scratch;
    begin(&scratch);
    copy_back(&scratch, CHECKPOINT_TRUNCATE);
    sqlite3 *handle = open_ahead(&scratch);
    for (int version = 1; version < 5; version++) {
        assert_version(handle, version);
        write_version(&scratch, version + 1);
        copy_back(&scratch, version % 2 ? CHECKPOINT_TRUNCATE : CHECKPOINT_PASSIVE);
    }
    sqlite3_close(handle);
    scratch_close(&scratch);
    scratch_remove(&scratch);
}

static void test_read_ahead__keeps_to_its_snapshot(void **state)
{
    (void)state;
    struct scratch scratch;
    begin(&scratch);
    copy_back(&scratch, CHECKPOINT_TRUNCATE);
    sqlite3 *handle = open_ahead(&scratch);
    assert_int_equal(sqlite3_exec(handle, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    assert_version(handle, 1);
    for (int version = 2; version < 4; version++) {
        write_version(&scratch, version);
        copy_back(&scratch, CHECKPOINT_PASSIVE);
        assert_version(handle, 1);
    }
    assert_int_equal(sqlite3_exec(handle, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_version(handle, 3);
    sqlite3_close(handle);
    scratch_close(&scratch);
    scratch_remove(&scratch);
}

static void test_read_ahead__sees_what_it_writes_itself(void **state)
{
    (void)state;
    struct scratch scratch;
    begin(&scratch);
    scratch_close(&scratch);
    file_exec(scratch.path, "PRAGMA journal_mode = DELETE");
    sqlite3 *handle = open_ahead(&scratch);
    for (int version = 1; version < 4; version++) {
        assert_version(handle, version);
        char sql[64];
        snprintf(sql, sizeof sql, "UPDATE pages SET version = %d", version + 1);
        assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    }
    assert_int_equal(sqlite3_exec(handle, "DELETE FROM pages; VACUUM", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ask(handle, "SELECT count(*) FROM pages"), 0);
    sqlite3_close(handle);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_ahead__sees_what_there_is_and_then_what_was_written),
        cmocka_unit_test(test_read_ahead__keeps_to_its_snapshot),
        cmocka_unit_test(test_read_ahead__sees_what_it_writes_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
