/*
 * test_journal.c — what the writer commits, and nothing else, can be done again in a copy; where it cannot go on, another
 * series begins.
 */
#include "scratch.h"

#include <sys/stat.h>

#include "db/journal.h"
#include "db/journal_folder.h"
#include "db/journal_restore.h"
#include "db/writer.h"

struct journal_test {
    struct scratch scratch; /* its path is the library's */
    char stick[96], staged[128];
    struct journal *journal;
    struct writer *writer;
};

static void remove_tree(const char *directory)
{
    char path[160];

    snprintf(path, sizeof path, "%s/stick/journal", directory);
    remove_directory(path);
    snprintf(path, sizeof path, "%s/stick", directory);
    remove_directory(path);
}

static void start_at(struct journal_test *t, const char *folder)
{
    struct journal_place place = {.folder = folder};
    struct ctx *ctx = &t->scratch.ctx;

    scratch_open(&t->scratch);
    scratch_must(&t->scratch, journal_open(ctx, &place, &t->journal));
    struct db *db = ctx->db;
    ctx->db = NULL;
    scratch_must(&t->scratch, writer_start(ctx, db, &t->writer));
}

static void start(struct journal_test *t)
{
    start_at(t, t->stick);
}

static void stop(struct journal_test *t)
{
    writer_stop(t->writer);
    t->writer = NULL;
}

static int set_up(void **state)
{
    struct journal_test *t = calloc(1, sizeof *t);

    scratch_init(&t->scratch);
    snprintf(t->stick, sizeof t->stick, "%s/stick", t->scratch.directory);
    snprintf(t->staged, sizeof t->staged, "%s/staged.db", t->scratch.directory);
    assert_int_equal(mkdir(t->stick, 0700), 0);
    start(t);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct journal_test *t = *state;

    stop(t);
    remove_tree(t->scratch.directory);
    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

/* ---- acts ----------------------------------------------------------------------------------------------------- */

struct act {
    const char *sql;
    enum write_result result;
};

static enum write_result do_act(struct ctx *ctx, void *argument)
{
    const struct act *act = argument;

    if (db_exec(ctx, act->sql) != OK)
        return WRITE_FAILED;
    if (act->result == WRITE_FAILED)
        (void)fail(ctx, CONFLICT, "As agreed.");
    return act->result;
}

static void run(struct journal_test *t, const char *sql)
{
    struct act act = {sql, WRITE_DONE};

    scratch_must(&t->scratch, writer_run(t->writer, &t->scratch.ctx, do_act, &act));
}

static struct journal_status status(struct journal_test *t)
{
    struct journal_status now;

    journal_look(t->journal, &now);
    return now;
}

/* Series begin with a transaction, once the folder has been seen. */
static void begin_series(struct journal_test *t)
{
    for (int i = 0; i < 500 && status(t).series_from == 0; i++) {
        run(t, "SELECT 1");
        clock_sleep_ms(10);
    }
    assert_int_not_equal(status(t).series_from, 0);
}

static void begin_another(struct journal_test *t, int64_t than)
{
    for (int i = 0; i < 500 && status(t).series_from <= than; i++) {
        run(t, "SELECT 1");
        clock_sleep_ms(10);
    }
    assert_true(status(t).series_from > than);
}

/* A copy of the library as it is, closed: from here on the journal goes on. */
static void copy_library(struct journal_test *t)
{
    stop(t);
    struct bytes bytes = file_bytes(t->scratch.path);
    file_write(t->staged, bytes.at, bytes.length);
    free(bytes.at);
    start(t);
}

static enum error_kind bring_forward(struct journal_test *t, struct journal_reach *out_reach)
{
    struct journal_sources sources = {.folder = t->stick};

    return journal_bring_forward(&t->scratch.ctx, t->staged, &sources, JOURNAL_LATEST, out_reach);
}

#define BOOK                                                                                \
    "INSERT INTO book (uuid, title, author, title_key, author_key, created_at, updated_at)" \
    " VALUES (randomblob(16), 'A title', 'An author', 'a title', 'an author', 0, 0);"
#define SEARCHABLE \
    "INSERT INTO book_search (rowid, title, author, isbn) VALUES (last_insert_rowid(), 'a title', 'x', '');"

/* Every row of every table but `journal`, of both files, is the same. */
static void assert_same(struct journal_test *t)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *tables = NULL;
    char *sql = sqlite3_mprintf("ATTACH %Q AS other", t->staged);
    int count = 0;

    assert_int_equal(sqlite3_open(t->scratch.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_free(sql);
    assert_int_equal(sqlite3_prepare_v2(handle,
                                        "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
                                        " AND sql NOT LIKE 'CREATE VIRTUAL%' AND name <> 'journal'",
                                        -1, &tables, NULL),
                     SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        sqlite3_stmt *compare = NULL;
        sql = sqlite3_mprintf(
            "SELECT (SELECT count(*) FROM (SELECT * FROM main.%Q EXCEPT SELECT * FROM other.%Q))"
            " + (SELECT count(*) FROM (SELECT * FROM other.%Q EXCEPT SELECT * FROM main.%Q))",
            name, name, name, name);
        assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &compare, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(compare), SQLITE_ROW);
        if (sqlite3_column_int(compare, 0) != 0)
            stop_test("%s differs", name);
        sqlite3_finalize(compare);
        sqlite3_free(sql);
        count++;
    }
    assert_true(count > 40);
    sqlite3_finalize(tables);
    sqlite3_close(handle);
}

static void assert_brought_forward(struct journal_test *t)
{
    struct journal_reach reach;

    stop(t);
    scratch_must(&t->scratch, bring_forward(t, &reach));
    assert_same(t);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM journal"), 0);
    start(t);
}

/* ---- tests ---------------------------------------------------------------------------------------------------- */

/* The session extension passes over a table without one. */
static void test_journal__every_table_has_a_primary_key(void **state)
{
    struct journal_test *t = *state;

    assert_int_equal(file_int(t->scratch.path, "SELECT count(*) FROM sqlite_schema s WHERE type = 'table'"
                                               " AND sql NOT LIKE 'CREATE VIRTUAL%' AND NOT EXISTS"
                                               " (SELECT 1 FROM pragma_table_info(s.name) WHERE pk > 0)"),
                     0);
}

static void test_journal__does_again_what_was_committed(void **state)
{
    struct journal_test *t = *state;

    begin_series(t);
    run(t, BOOK);
    copy_library(t);
    run(t, BOOK SEARCHABLE);
    run(t, "UPDATE book SET title = 'Another', total_copies = 2 WHERE id = 2; DELETE FROM book WHERE id = 1;"
           "INSERT INTO setting (name, value, updated_at) VALUES ('language', 'fr', 5)");
    run(t, BOOK SEARCHABLE "UPDATE library_counter SET value = 3 WHERE name = 'books'");
    assert_brought_forward(t);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM book_search WHERE book_search MATCH 'title'"),
                     2);
}

static void test_journal__what_was_rolled_back_is_not_done_again(void **state)
{
    struct journal_test *t = *state;
    struct act act = {BOOK, WRITE_FAILED};

    begin_series(t);
    copy_library(t);
    run(t, BOOK);
    assert_int_not_equal(writer_run(t->writer, &t->scratch.ctx, do_act, &act), OK);
    error_clear(&t->scratch.ctx);
    assert_int_not_equal(writer_run_bulk(t->writer, &t->scratch.ctx, do_act, &act), OK);
    error_clear(&t->scratch.ctx);
    run(t, BOOK);
    stop(t);
    assert_int_equal(file_int(t->scratch.path, "SELECT number FROM journal"), 2);
    start(t);
    assert_brought_forward(t);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM book"), 2);
}

/* Backups that are sealed later lie beside it: their key must not. */
static void test_journal__a_key_is_not_written_in_the_clear(void **state)
{
    struct journal_test *t = *state;

    begin_series(t);
    run(t, BOOK
        "INSERT INTO secret (name, value) VALUES ('backup_key', CAST('a key of thirty-two bytes in all' AS BLOB))");
    stop(t);
    struct segment_name *segment = journal_folder_list(&t->scratch.ctx, t->stick);
    struct bytes bytes = file_bytes(segment->path);
    assert_non_null(memmem(bytes.at, bytes.length, "A title", 7));
    assert_null(memmem(bytes.at, bytes.length, "thirty-two", 10));
    free(bytes.at);
    start(t);
}

/* One after the other, neither can be first. */
static void test_journal__values_that_two_rows_exchange_are_exchanged(void **state)
{
    struct journal_test *t = *state;

    begin_series(t);
    run(t,
        "INSERT INTO setting (name, value, updated_at) VALUES ('a', '1', 0);"
        "INSERT INTO member (uuid, card, name, name_key, created_at, updated_at)"
        " SELECT randomblob(16), 'card ' || value, 'M', 'm', 0, 0 FROM (SELECT 1 AS value UNION SELECT 2)");
    copy_library(t);
    run(t, "UPDATE member SET card = 'x' WHERE id = 1; UPDATE member SET card = 'card 1' WHERE id = 2;"
           "UPDATE member SET card = 'card 2' WHERE id = 1");
    assert_brought_forward(t);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM member WHERE card = 'card ' || (3 - id)"), 2);
}

/* Prepared while nobody recorded, it would empty the table without telling. */
SQL(EMPTY, "DELETE FROM tally");

static enum write_result empty_tally(struct ctx *ctx, void *argument)
{
    (void)argument;
    return db_run(db_statement(ctx, &EMPTY)) == OK ? WRITE_DONE : WRITE_FAILED;
}

static void test_journal__a_table_that_is_emptied_at_once_is_recorded_row_by_row(void **state)
{
    struct journal_test *t = *state;

    scratch_must(&t->scratch, writer_run(t->writer, &t->scratch.ctx, empty_tally, NULL));
    begin_series(t);
    run(t, "INSERT INTO tally VALUES ('day', 1, 1, x'00', x'00'), ('day', 2, 2, x'00', x'00')");
    copy_library(t);
    scratch_must(&t->scratch, writer_run(t->writer, &t->scratch.ctx, empty_tally, NULL));
    assert_brought_forward(t);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM tally"), 0);
}

static void test_journal__the_same_with_a_series_that_begins_later(void **state)
{
    struct journal_test *t = *state;
    struct journal_place nowhere = {0}, stick = {.folder = t->stick};

    begin_series(t);
    journal_move(t->journal, &nowhere);
    scratch_must(&t->scratch, writer_run(t->writer, &t->scratch.ctx, empty_tally, NULL));
    journal_move(t->journal, &stick);
    begin_series(t);
    run(t, "INSERT INTO tally VALUES ('day', 1, 1, x'00', x'00')");
    /* Copied while it runs: a start would prepare everything anew. */
    char *sql = sqlite3_mprintf("VACUUM INTO %Q", t->staged);
    file_exec(t->scratch.path, sql);
    sqlite3_free(sql);
    scratch_must(&t->scratch, writer_run(t->writer, &t->scratch.ctx, empty_tally, NULL));
    assert_brought_forward(t);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM tally"), 0);
}

static void test_journal__goes_on_over_a_stop_and_over_days(void **state)
{
    struct journal_test *t = *state;

    begin_series(t);
    int64_t from = status(t).series_from;
    copy_library(t);
    for (int i = 0; i < 4; i++) {
        run(t, BOOK);
        stop(t);
        start(t);
        run(t, BOOK);
        assert_int_equal(status(t).series_from, from);
    }
    assert_brought_forward(t);
}

static void test_journal__a_library_that_is_older_than_its_files_begins_another_series(void **state)
{
    struct journal_test *t = *state;

    begin_series(t);
    int64_t from = status(t).series_from;
    run(t, BOOK);
    copy_library(t);
    run(t, BOOK);
    stop(t);
    /* Somebody puts an old copy in the library's place by hand. */
    struct bytes old = file_bytes(t->staged);
    file_write(t->scratch.path, old.at, old.length);
    free(old.at);
    start(t);
    begin_another(t, from);
    /* What was written from the one that is gone can still be had from the copy. */
    struct journal_reach reach;
    scratch_must(&t->scratch, bring_forward(t, &reach));
    assert_int_equal(reach.entries, 1);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM book"), 2);
}

static void test_journal__another_version_of_the_schema_begins_another_series(void **state)
{
    struct journal_test *t = *state;
    char path[200], folder[128];
    DIR *stream;
    struct dirent *entry;

    begin_series(t);
    int64_t from = status(t).series_from;
    run(t, BOOK);
    stop(t);
    /* As if an older program had written them: the version stands at byte 40. */
    snprintf(folder, sizeof folder, "%s/journal", t->stick);
    stream = opendir(folder);
    while ((entry = readdir(stream))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%.60s", folder, entry->d_name);
        struct bytes bytes = file_bytes(path);
        bytes.at[43]--;
        file_write(path, bytes.at, bytes.length);
        free(bytes.at);
    }
    closedir(stream);
    start(t);
    begin_another(t, from);
}

static void test_journal__a_transaction_that_is_too_large_ends_the_series_and_is_committed(void **state)
{
    struct journal_test *t = *state;

    begin_series(t);
    int64_t from = status(t).series_from;
    run(t, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)"
           " INSERT INTO setting (name, value, updated_at) SELECT 'setting number ' || i, 'x', 0 FROM n;");
    begin_another(t, from);
    assert_int_equal(status(t).gap_since, 0);
    stop(t);
    assert_int_equal(file_int(t->scratch.path, "SELECT count(*) FROM setting"), 200000);
    start(t);
}

static void test_journal__a_missing_file_is_a_gap_with_the_moment_before_it(void **state)
{
    struct journal_test *t = *state;
    struct journal_reach reach;

    begin_series(t);
    copy_library(t);
    for (int i = 0; i < 3; i++) {
        run(t, BOOK);
        stop(t);
        start(t);
    }
    stop(t);
    struct segment_name *second = journal_folder_list(&t->scratch.ctx, t->stick)->next;
    assert_int_equal(unlink(second->path), 0);
    assert_fails_with(&t->scratch, bring_forward(t, &reach), JOURNAL_GAP);
    struct journal_sources sources = {.folder = t->stick};
    scratch_must(&t->scratch, journal_reach(&t->scratch.ctx, t->staged, &sources, &reach));
    assert_true(reach.is_there && reach.ends_early);
    assert_int_equal(reach.entries, 1);
    scratch_must(&t->scratch,
                 journal_bring_forward(&t->scratch.ctx, t->staged, &sources, reach.last_at, &reach));
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM book"), 1);
    start(t);
}

/* The name was there, and then no byte more: a stick that is full, or is pulled. */
static void test_journal__goes_on_over_a_file_that_was_only_begun(void **state)
{
    struct journal_test *t = *state;

    begin_series(t);
    int64_t from = status(t).series_from;
    copy_library(t);
    run(t, BOOK);
    stop(t);
    struct segment_name *first = journal_folder_list(&t->scratch.ctx, t->stick);
    file_write(journal_folder_segment(&t->scratch.ctx, t->stick, &first->series, 2), "CARREL", 6);
    start(t);
    run(t, BOOK);
    stop(t);
    start(t);
    run(t, BOOK);
    assert_int_equal(status(t).series_from, from);
    assert_brought_forward(t);
}

static void test_journal__a_change_that_does_not_fit_changes_nothing(void **state)
{
    struct journal_test *t = *state;
    struct journal_reach reach;

    begin_series(t);
    run(t, BOOK);
    copy_library(t);
    run(t, BOOK);
    run(t, "UPDATE book SET title = 'Another' WHERE id = 1");
    stop(t);
    file_exec(t->staged, "UPDATE book SET title = 'Meddled with' WHERE id = 1");
    assert_fails_with(&t->scratch, bring_forward(t, &reach), LIBRARY_DAMAGED);
    assert_int_equal(file_int(t->staged, "SELECT count(*) FROM book"), 1);
    start(t);
}

static void test_journal__a_backup_without_a_journal_says_so(void **state)
{
    struct journal_test *t = *state;
    struct journal_reach reach;
    struct journal_sources sources = {.folder = t->stick};

    stop(t);
    struct bytes bytes = file_bytes(t->scratch.path);
    file_write(t->staged, bytes.at, bytes.length);
    free(bytes.at);
    file_exec(t->staged, "DELETE FROM journal");
    scratch_must(&t->scratch, journal_reach(&t->scratch.ctx, t->staged, &sources, &reach));
    assert_false(reach.is_there);
    assert_fails_with(&t->scratch, bring_forward(t, &reach), JOURNAL_GAP);
    start(t);
}

static void test_journal__is_off_without_a_place(void **state)
{
    struct journal_test *t = *state;
    struct journal_place nowhere = {0};

    begin_series(t);
    journal_move(t->journal, &nowhere);
    run(t, BOOK);
    assert_false(status(t).on);
    assert_int_equal(status(t).lag_ms, 0);
    stop(t);
    assert_int_equal(file_int(t->scratch.path, "SELECT count(*) FROM journal"), 0);
    start_at(t, NULL);
    run(t, BOOK);
    assert_int_equal(status(t).series_from, 0);
}

static void test_journal__moments_are_read_as_people_write_them(void **state)
{
    int64_t instant;

    (void)state;
    assert_true(journal_parse_until("latest", &instant) && instant == JOURNAL_LATEST);
    assert_true(journal_parse_until("2026-03-02T10:00:00Z", &instant) && instant == SCRATCH_NOW);
    assert_true(journal_parse_until("2026-03-02 10:00", &instant) && instant == SCRATCH_NOW);
    assert_true(journal_parse_until("2026-03-02 10:00:05", &instant) && instant == SCRATCH_NOW + 5000);
    assert_false(journal_parse_until("2026-03-02", &instant));
    assert_false(journal_parse_until("2026-03-02 24:00", &instant));
    assert_false(journal_parse_until("2026-02-30 10:00", &instant));
    assert_false(journal_parse_until("2026-03-02 10:00 ", &instant));
    assert_false(journal_parse_until("", &instant));
}

#define JOURNAL(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNAL(test_journal__every_table_has_a_primary_key),
        JOURNAL(test_journal__does_again_what_was_committed),
        JOURNAL(test_journal__what_was_rolled_back_is_not_done_again),
        JOURNAL(test_journal__a_key_is_not_written_in_the_clear),
        JOURNAL(test_journal__values_that_two_rows_exchange_are_exchanged),
        JOURNAL(test_journal__a_table_that_is_emptied_at_once_is_recorded_row_by_row),
        JOURNAL(test_journal__the_same_with_a_series_that_begins_later),
        JOURNAL(test_journal__goes_on_over_a_stop_and_over_days),
        JOURNAL(test_journal__a_library_that_is_older_than_its_files_begins_another_series),
        JOURNAL(test_journal__another_version_of_the_schema_begins_another_series),
        JOURNAL(test_journal__a_transaction_that_is_too_large_ends_the_series_and_is_committed),
        JOURNAL(test_journal__a_missing_file_is_a_gap_with_the_moment_before_it),
        JOURNAL(test_journal__goes_on_over_a_file_that_was_only_begun),
        JOURNAL(test_journal__a_change_that_does_not_fit_changes_nothing),
        JOURNAL(test_journal__a_backup_without_a_journal_says_so),
        JOURNAL(test_journal__is_off_without_a_place),
        cmocka_unit_test(test_journal__moments_are_read_as_people_write_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
