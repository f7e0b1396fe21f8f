/*
 * test_engine.c — what every connection promises: its settings, whose files it opens, how errors are told,
 * what becomes of the WAL.
 */
#include "scratch.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>

SQL(COUNT_SETTINGS, "SELECT count(*) FROM setting");
SQL(PUT_SETTING, "INSERT INTO setting (name, value, updated_at) VALUES (:name, :value, 0)");
SQL_SCANNING(ENDLESS, "it is to be interrupted",
             "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");

/* ---- settings ------------------------------------------------------------------------------------------ */

static int64_t pragma(struct db *db, const char *name)
{
    struct arena arena;
    struct ctx ctx = scratch_ctx(&arena);
    char sql[64];
    int64_t value = -1;

    ctx.db = db;
    snprintf(sql, sizeof sql, "PRAGMA %s", name);
    assert_int_equal(db_pragma_int(&ctx, sql, &value), OK);
    arena_release(&arena);
    return value;
}

static void assert_sound(struct db *db)
{
    sqlite3_stmt *handle = NULL;

    assert_int_equal(sqlite3_prepare_v2(db->handle, "PRAGMA quick_check", -1, &handle, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(handle), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(handle, 0), "ok");
    sqlite3_finalize(handle);
}

static void assert_journal_mode(struct db *db, const char *mode)
{
    sqlite3_stmt *handle = NULL;

    assert_int_equal(sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode", -1, &handle, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(handle), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(handle, 0), mode);
    sqlite3_finalize(handle);
}

static void assert_settings(struct db *db)
{
    int defensive = 0;

    assert_journal_mode(db, "wal");
    assert_int_equal(pragma(db, "synchronous"), 2);
    assert_int_equal(pragma(db, "foreign_keys"), 1);
    assert_int_equal(pragma(db, "cell_size_check"), 1);
    assert_int_equal(pragma(db, "trusted_schema"), 0);
    assert_int_equal(pragma(db, "temp_store"), 2);
    assert_int_equal(pragma(db, "cache_size"), -DB_CACHE_KIB);
    assert_int_equal(pragma(db, "wal_autocheckpoint"), 0);
    assert_int_equal(pragma(db, "page_size"), DB_PAGE_BYTES);
    assert_int_equal(pragma(db, "auto_vacuum"), 0);
    assert_int_equal(sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive), SQLITE_OK);
    assert_int_equal(defensive, 1);
}

static void test_engine__has_its_settings_on_both_kinds_of_connection(void **state)
{
    (void)state;
    struct scratch scratch;
    struct db *reader = NULL;
    scratch_init(&scratch);
    scratch_open(&scratch);

    assert_settings(scratch.ctx.db);
    assert_int_equal(pragma(scratch.ctx.db, "query_only"), 0);
    assert_int_equal(db_open(&scratch.ctx, scratch.path, DB_READ, &reader), OK);
    assert_settings(reader);
    assert_int_equal(pragma(reader, "query_only"), 1);
    db_close(reader);
    scratch_remove(&scratch);
}

static void test_engine__guards_what_sqlite_keeps_for_itself(void **state)
{
    (void)state;
    static const char *const attacks[] = {
        "INSERT INTO book_search_data (id, block) VALUES (77, x'00')",
        "DELETE FROM member_search_idx",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '' WHERE name = 'book'",
        "DROP TABLE book_search_content",
        "PRAGMA journal_mode = OFF; SELECT 1 FROM no_such_table",
    };
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);

    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        assert_int_equal(db_exec(&scratch.ctx, attacks[i]), ERROR_INTERNAL);
        error_clear(&scratch.ctx);
    }
    assert_journal_mode(scratch.ctx.db, "wal");
    assert_sound(scratch.ctx.db);
    scratch_remove(&scratch);
}

static void test_engine__readers_cannot_write(void **state)
{
    (void)state;
    struct scratch scratch;
    struct db *reader = NULL;
    scratch_init(&scratch);
    scratch_open(&scratch);
    scratch_close(&scratch);
    scratch_must(&scratch, db_open(&scratch.ctx, scratch.path, DB_READ, &scratch.ctx.db));

    static const char *const writes[] = {
        "INSERT INTO setting VALUES ('a', 'b', 0)",
        "UPDATE sequence SET value = 9",
        "CREATE TABLE t (id INTEGER)",
        "PRAGMA query_only = OFF; DELETE FROM loan_rule",
        "PRAGMA user_version = 9",
        "VACUUM",
    };
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        assert_int_equal(db_exec(&scratch.ctx, writes[i]), ERROR_INTERNAL);
        error_clear(&scratch.ctx);
    }
    scratch_close(&scratch);
    assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM loan_rule"), 3);
    /* No reader makes a library out of nothing. */
    unlink(scratch.path);
    assert_fails_with(&scratch, db_open(&scratch.ctx, scratch.path, DB_READ, &reader), NOT_A_LIBRARY);
    assert_int_equal(access(scratch.path, F_OK), -1);
    scratch_remove(&scratch);
}

/* SQLite forgets the CHECKs of a schema that it reads through a connection that cannot write. */
static void test_engine__a_checking_connection_knows_the_checks_and_does_not_write(void **state)
{
    (void)state;
    struct scratch scratch;
    struct db *checker = NULL;
    scratch_init(&scratch);
    scratch_open(&scratch);
    scratch_must(&scratch, db_exec(&scratch.ctx, "PRAGMA ignore_check_constraints = ON;"
                                                 "UPDATE loan_rule SET max_loans = -1"));
    scratch_close(&scratch);
    scratch_must(&scratch, db_open(&scratch.ctx, scratch.path, DB_CHECK, &scratch.ctx.db));
    assert_settings(scratch.ctx.db);
    int64_t findings = 0;
    scratch_must(&scratch, db_pragma_int(&scratch.ctx,
                                         "SELECT count(*) FROM pragma_quick_check"
                                         " WHERE quick_check = 'CHECK constraint failed in loan_rule'",
                                         &findings));
    assert_int_equal(findings, 3);
    assert_int_equal(db_exec(&scratch.ctx, "DELETE FROM loan_rule"), ERROR_INTERNAL);
    error_clear(&scratch.ctx);
    scratch_close(&scratch);
    unlink(scratch.path);
    assert_fails_with(&scratch, db_open(&scratch.ctx, scratch.path, DB_CHECK, &checker), NOT_A_LIBRARY);
    assert_int_equal(access(scratch.path, F_OK), -1);
    scratch_remove(&scratch);
}

static void test_engine__foreign_keys_hold(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);

    assert_fails_with(&scratch, db_exec(&scratch.ctx, "INSERT INTO book_category VALUES (1, 1, 0)"),
                      INTERNAL);
    scratch_remove(&scratch);
}

/* ---- whose file it is ---------------------------------------------------------------------------------- */

static void assert_refused_and_unchanged(struct scratch *scratch)
{
    struct bytes before = file_bytes(scratch->path);
    struct db *db = NULL;

    for (enum db_mode mode = DB_READ; mode <= DB_WRITE; mode++) {
        assert_fails_with(scratch, db_open(&scratch->ctx, scratch->path, mode, &db), NOT_A_LIBRARY);
        assert_null(db);
        assert_file_is(scratch->path, before);
    }
    free(before.at);
}

static void test_engine__refuses_a_text_file_and_leaves_it(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);

    file_write(scratch.path, "hi",
               2); /* one byte is nothing: SQLite itself makes such files on some systems */
    assert_refused_and_unchanged(&scratch);
    char letter[5000];
    memset(letter, 'a', sizeof letter);
    file_write(scratch.path, letter, sizeof letter);
    assert_refused_and_unchanged(&scratch);
    scratch_remove(&scratch);
}

static void test_engine__refuses_a_foreign_database_and_leaves_it(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);

    file_exec(scratch.path, "CREATE TABLE recipe (id INTEGER PRIMARY KEY); INSERT INTO recipe VALUES (1);");
    assert_refused_and_unchanged(&scratch);
    /* No table yet, but somebody's number. */
    unlink(scratch.path);
    file_exec(scratch.path, "PRAGMA application_id = 12345; PRAGMA user_version = 1;");
    assert_refused_and_unchanged(&scratch);
    scratch_remove(&scratch);
}

/* What another program has not yet copied back from its WAL stays there: closing would do it. */
static void test_engine__refuses_a_foreign_database_in_wal_mode_and_leaves_it(void **state)
{
    (void)state;
    struct scratch scratch;
    sqlite3 *other = NULL;
    char wal[128];
    scratch_init(&scratch);
    snprintf(wal, sizeof wal, "%s-wal", scratch.path);

    assert_int_equal(sqlite3_open(scratch.path, &other), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(other,
                     "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (7)", NULL,
                     NULL, NULL),
        SQLITE_OK);
    struct bytes database = file_bytes(scratch.path);
    struct bytes log = file_bytes(wal);
    assert_true(log.length > 0);
    sqlite3_close(other);
    /* As it is after its program was killed. */
    file_write(scratch.path, database.at, database.length);
    file_write(wal, log.at, log.length);

    assert_refused_and_unchanged(&scratch);
    assert_file_is(wal, log);
    assert_int_equal(file_int(scratch.path, "SELECT id FROM t"), 7);
    free(database.at);
    free(log.at);
    scratch_remove(&scratch);
}

static void test_engine__takes_what_the_first_moment_of_a_library_leaves(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);

    /* The power went after the file was made: empty, or with a header and no table in it. */
    file_write(scratch.path, "", 0);
    scratch_open(&scratch);
    scratch_close(&scratch);
    unlink(scratch.path);
    file_exec(scratch.path, "PRAGMA journal_mode = WAL");
    struct stat status;
    assert_int_equal(stat(scratch.path, &status), 0);
    assert_true(status.st_size > 0);
    scratch_open(&scratch);
    assert_int_equal(pragma(scratch.ctx.db, "application_id"), DB_APPLICATION_ID);
    scratch_remove(&scratch);
}

static void test_engine__says_why_a_file_cannot_be_opened(void **state)
{
    (void)state;
    struct scratch scratch;
    struct db *db = NULL;
    scratch_init(&scratch);

    assert_int_equal(db_open(&scratch.ctx, scratch.directory, DB_WRITE, &db), ERROR_CONFLICT);
    assert_non_null(strstr(scratch.ctx.error.detail, scratch.directory));
    assert_non_null(strstr(scratch.ctx.error.detail, strerror(EISDIR)));
    error_clear(&scratch.ctx);
    assert_fails_with(&scratch, db_open(&scratch.ctx, "/nowhere/library.db", DB_WRITE, &db), NOT_A_LIBRARY);
    assert_null(db);
    scratch_remove(&scratch);
}

static void test_engine__says_at_once_that_it_may_not_write(void **state)
{
    (void)state;
    struct scratch scratch;
    struct db *db = NULL;
    scratch_init(&scratch);
    scratch_open(&scratch);
    scratch_close(&scratch);

    if (geteuid() == 0) /* whom permissions do not stop, but who can become someone they do */
        assert_int_equal(chmod(scratch.directory, 0777), 0);
    assert_int_equal(chmod(scratch.path, 0444), 0);
    uid_t me = geteuid();
    assert_int_equal(me == 0 ? seteuid(65534) : 0, 0);
    enum error_kind kind = db_open(&scratch.ctx, scratch.path, DB_WRITE, &db);
    assert_int_equal(me == 0 ? seteuid(me) : 0, 0);
    assert_fails_with(&scratch, kind, NOT_A_LIBRARY);
    scratch_remove(&scratch);
}

/* ---- errors -------------------------------------------------------------------------------------------- */

static void test_engine__maps_what_sqlite_says_to_what_a_person_can_do(void **state)
{
    (void)state;
    static const struct {
        int result;
        const char *code;
    } cases[] = {
        {SQLITE_FULL, "DISK_FULL"},
        {SQLITE_NOMEM, "OUT_OF_MEMORY"},
        {SQLITE_BUSY, "BUSY"},
        {SQLITE_BUSY_SNAPSHOT, "BUSY"},
        {SQLITE_LOCKED, "BUSY"},
        {SQLITE_INTERRUPT, "BUSY"},
        {SQLITE_IOERR_FSYNC, "INTERNAL"},
        {SQLITE_CORRUPT, "INTERNAL"},
        {SQLITE_CONSTRAINT_CHECK, "INTERNAL"},
        {SQLITE_READONLY, "INTERNAL"},
        {SQLITE_ERROR, "INTERNAL"},
        {SQLITE_MISUSE, "INTERNAL"},
    };
    struct scratch scratch;
    scratch_init(&scratch);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_not_equal(db_fail(&scratch.ctx, NULL, cases[i].result, "a test"), OK);
        assert_string_equal(error_code_name(scratch.ctx.error.code), cases[i].code);
        error_clear(&scratch.ctx);
    }
    scratch_remove(&scratch);
}

static void test_engine__says_that_the_disk_is_full(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);
    scratch_exec(&scratch, "CREATE TABLE filler (text TEXT)");
    /* As small as the file is now: the next page is one too many. */
    scratch_exec(&scratch, "PRAGMA max_page_count = 1");

    assert_fails_with(&scratch, db_exec(&scratch.ctx, "INSERT INTO filler VALUES (hex(zeroblob(100000)))"),
                      DISK_FULL);
    assert_sound(scratch.ctx.db);
    scratch_remove(&scratch);
}

static void test_engine__says_that_another_writer_is_at_it(void **state)
{
    (void)state;
    struct scratch scratch;
    sqlite3 *other = NULL;
    scratch_init(&scratch);
    scratch_open(&scratch);
    assert_int_equal(sqlite3_open(scratch.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);

    assert_fails_with(&scratch, db_exec(&scratch.ctx, "BEGIN IMMEDIATE"), BUSY);
    sqlite3_close(other);
    scratch_exec(&scratch, "BEGIN IMMEDIATE");
    scratch_remove(&scratch);
}

static void test_engine__stops_a_statement_at_its_deadline(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);

    scratch.ctx.db->deadline_ms = clock_monotonic_ms() + 50;
    int64_t began = clock_monotonic_ms();
    assert_fails_with(&scratch, db_run(db_statement(&scratch.ctx, &ENDLESS)), BUSY);
    assert_true(clock_monotonic_ms() - began < 5000);
    scratch.ctx.db->deadline_ms = 0;
    scratch_must(&scratch, db_run(db_statement(&scratch.ctx, &COUNT_SETTINGS)));
    scratch_remove(&scratch);
}

static void *interrupt_soon(void *argument)
{
    clock_sleep_ms(50);
    sqlite3_interrupt(((struct db *)argument)->handle);
    return NULL;
}

static void test_engine__can_be_interrupted_by_another_thread(void **state)
{
    (void)state;
    struct scratch scratch;
    pthread_t thread;
    scratch_init(&scratch);
    scratch_open(&scratch);

    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, scratch.ctx.db), 0);
    assert_fails_with(&scratch, db_run(db_statement(&scratch.ctx, &ENDLESS)), BUSY);
    pthread_join(thread, NULL);
    scratch_remove(&scratch);
}

/* A full disk makes SQLite roll back everything; what came after it would be a transaction of its own. */
static void test_engine__runs_nothing_outside_a_transaction_that_was_to_be_kept(void **state)
{
    (void)state;
    struct scratch scratch;
    int64_t count = -1;
    scratch_init(&scratch);
    scratch_open(&scratch);

    scratch_exec(&scratch, "BEGIN IMMEDIATE");
    scratch.ctx.db->keeps_transaction = true;
    struct stmt *s = db_statement(&scratch.ctx, &PUT_SETTING);
    bind_text(s, ":name", "a");
    bind_text(s, ":value", "b");
    scratch_must(&scratch, db_run(s));
    scratch_exec(&scratch, "ROLLBACK");
    s = db_statement(&scratch.ctx, &PUT_SETTING);
    bind_text(s, ":name", "c");
    bind_text(s, ":value", "d");
    assert_fails_with(&scratch, db_run(s), INTERNAL);
    assert_fails_with(&scratch, db_exec(&scratch.ctx, "DELETE FROM sequence"), INTERNAL);
    scratch.ctx.db->keeps_transaction = false;
    scratch_must(&scratch, db_pragma_int(&scratch.ctx, "SELECT count(*) FROM setting", &count));
    assert_int_equal(count, 0);
    scratch_remove(&scratch);
}

/* ---- the WAL ------------------------------------------------------------------------------------------- */

static void test_engine__counts_the_wal_and_empties_it(void **state)
{
    (void)state;
    struct scratch scratch;
    struct db *reader = NULL;
    bool whole = true;
    scratch_init(&scratch);
    scratch_open(&scratch);
    struct db *writer = scratch.ctx.db;
    assert_true(db_wal_pages(writer) > 0);

    /* Somebody reads: copied back, but the file stays. That is no error. */
    scratch_must(&scratch, db_open(&scratch.ctx, scratch.path, DB_READ, &reader));
    scratch.ctx.db = reader;
    scratch_exec(&scratch, "BEGIN; SELECT count(*) FROM setting");
    scratch.ctx.db = writer;
    scratch_exec(&scratch, "INSERT INTO setting VALUES ('a', 'b', 0)");
    for (int depth = CHECKPOINT_PASSIVE; depth <= CHECKPOINT_TRUNCATE; depth++) {
        scratch_must(&scratch, db_checkpoint(&scratch.ctx, (enum checkpoint_depth)depth, 1, &whole));
        assert_false(whole);
        assert_true(db_wal_pages(writer) > 0);
    }
    db_close(reader);

    scratch_must(&scratch, db_checkpoint(&scratch.ctx, CHECKPOINT_PASSIVE, 0, &whole));
    assert_true(whole);
    assert_true(db_wal_pages(writer) > 0); /* it is begun anew by who writes next */
    scratch_exec(&scratch, "INSERT INTO setting VALUES ('b', 'c', 0)");
    int64_t pages = db_wal_pages(writer);
    scratch_must(&scratch, db_checkpoint(&scratch.ctx, CHECKPOINT_RESTART, 0, &whole));
    assert_true(whole);
    assert_int_equal(db_wal_pages(writer), 0);
    scratch_exec(&scratch, "UPDATE setting SET value = 'd' WHERE name = 'b'");
    assert_in_range(db_wal_pages(writer), 1, pages);
    scratch_must(&scratch, db_checkpoint(&scratch.ctx, CHECKPOINT_TRUNCATE, 0, &whole));
    assert_true(whole);
    assert_int_equal(db_wal_pages(writer), 0);
    scratch_exec(&scratch, "INSERT INTO setting VALUES ('c', 'd', 0)");
    assert_true(db_wal_pages(writer) > 0);
    scratch_remove(&scratch);
}

static void test_engine__leaves_one_file_when_the_writer_closes(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);
    scratch_open(&scratch);
    assert_int_equal(files_in(scratch.directory), 3);
    scratch_close(&scratch);
    assert_int_equal(files_in(scratch.directory), 1);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engine__has_its_settings_on_both_kinds_of_connection),
        cmocka_unit_test(test_engine__guards_what_sqlite_keeps_for_itself),
        cmocka_unit_test(test_engine__readers_cannot_write),
        cmocka_unit_test(test_engine__a_checking_connection_knows_the_checks_and_does_not_write),
        cmocka_unit_test(test_engine__foreign_keys_hold),
        cmocka_unit_test(test_engine__refuses_a_text_file_and_leaves_it),
        cmocka_unit_test(test_engine__refuses_a_foreign_database_and_leaves_it),
        cmocka_unit_test(test_engine__refuses_a_foreign_database_in_wal_mode_and_leaves_it),
        cmocka_unit_test(test_engine__takes_what_the_first_moment_of_a_library_leaves),
        cmocka_unit_test(test_engine__says_why_a_file_cannot_be_opened),
        cmocka_unit_test(test_engine__says_at_once_that_it_may_not_write),
        cmocka_unit_test(test_engine__maps_what_sqlite_says_to_what_a_person_can_do),
        cmocka_unit_test(test_engine__says_that_the_disk_is_full),
        cmocka_unit_test(test_engine__says_that_another_writer_is_at_it),
        cmocka_unit_test(test_engine__stops_a_statement_at_its_deadline),
        cmocka_unit_test(test_engine__can_be_interrupted_by_another_thread),
        cmocka_unit_test(test_engine__runs_nothing_outside_a_transaction_that_was_to_be_kept),
        cmocka_unit_test(test_engine__counts_the_wal_and_empties_it),
        cmocka_unit_test(test_engine__leaves_one_file_when_the_writer_closes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
