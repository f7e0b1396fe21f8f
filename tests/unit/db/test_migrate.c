/*
 * test_migrate.c — a library made by the first Carrel and brought forward is the same as a new one; what
 * cannot be brought forward stays as it is.
 */
#include "scratch.h"

#include "base/text.h"

/* ---- comparing ----------------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & 0x80);
}

/* SQL without comments and with a space only where two words would run together. */
static const char *normalised(struct arena *arena, const char *sql)
{
    struct text_buf out;
    bool space = false;

    text_buf_init(&out, arena);
    for (const char *c = sql; *c; c++) {
        if (c[0] == '-' && c[1] == '-') {
            c += strcspn(c, "\n");
            space = true;
            if (!*c)
                break;
            continue;
        }
        if (*c == ' ' || *c == '\n' || *c == '\t') {
            space = true;
            continue;
        }
        if (space && out.length > 0 && is_word(out.bytes[out.length - 1]) && is_word(*c))
            text_buf_append_char(&out, ' ');
        space = false;
        const char *end = *c == '\'' || *c == '"' ? strchr(c + 1, *c) : NULL;
        text_buf_append_bytes(&out, c, end ? (size_t)(end - c) + 1 : 1);
        c = end ? end : c;
    }
    return text_buf_string(&out);
}

/* The rows of a query, one text each. */
static void append_rows(struct scratch *scratch, struct text_buf *out, const char *head, const char *sql)
{
    sqlite3_stmt *handle = NULL;

    if (sqlite3_prepare_v2(scratch->ctx.db->handle, sql, -1, &handle, NULL) != SQLITE_OK)
        stop_test("%s: %s", sql, sqlite3_errmsg(scratch->ctx.db->handle));
    while (sqlite3_step(handle) == SQLITE_ROW) {
        text_buf_append(out, head);
        for (int i = 0; i < sqlite3_column_count(handle); i++) {
            const char *text = (const char *)sqlite3_column_text(handle, i);
            text_buf_printf(out, " %s", text ? normalised(scratch->ctx.arena, text) : "NULL");
        }
        text_buf_append_char(out, '\n');
    }
    sqlite3_finalize(handle);
}

/* Everything that a library consists of: its numbers, its schema, the rows it begins with. */
static char *described(struct scratch *scratch)
{
    struct ctx *ctx = &scratch->ctx;
    struct text_buf out;
    sqlite3_stmt *tables = NULL;

    text_buf_init(&out, ctx->arena);
    append_rows(scratch, &out, "application_id", "PRAGMA application_id");
    append_rows(scratch, &out, "user_version", "PRAGMA user_version");
    append_rows(scratch, &out, "page_size", "PRAGMA page_size");
    /* A table that was made anew under another name and then renamed has its name in quotes. */
    append_rows(
        scratch, &out, "schema:",
        "SELECT type, name, tbl_name, replace(sql, '\"' || name || '\"', ' ' || name) FROM sqlite_schema"
        " ORDER BY type, name");
    assert_int_equal(sqlite3_prepare_v2(ctx->db->handle,
                                        "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
                                        -1, &tables, NULL),
                     SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        struct text_buf columns;
        text_buf_init(&columns, ctx->arena);
        char *sql = arena_printf(
            ctx->arena, "SELECT group_concat('quote(\"' || name || '\")', ', ') FROM pragma_table_info('%s')",
            name);
        append_rows(scratch, &columns, "", sql);
        char *list = columns.bytes;
        list[strcspn(list, "\n")] = '\0';
        append_rows(scratch, &out, arena_printf(ctx->arena, "row of %s:", name),
                    arena_printf(ctx->arena, "SELECT %s FROM \"%s\" ORDER BY 1", list, name));
    }
    sqlite3_finalize(tables);
    return strdup(text_buf_string(&out));
}

/* What stands in one description and not in the other. */
static int print_missing(const char *lines, const char *other, const char *what)
{
    int missing = 0;

    for (const char *line = lines; *line;) {
        size_t length = strcspn(line, "\n") + 1;
        char *copy = strndup(line, length);
        const char *at = strstr(other, copy);
        while (at && at != other && at[-1] != '\n')
            at = strstr(at + 1, copy);
        if (!at) {
            print_error("%s: %s", what, copy);
            missing++;
        }
        free(copy);
        line += length;
    }
    return missing;
}

static void test_migrate__brings_the_first_library_to_what_a_new_one_is(void **state)
{
    (void)state;
    struct scratch fresh, migrated;

    scratch_init(&fresh);
    scratch_open(&fresh);
    char *wanted = described(&fresh);
    scratch_init(&migrated);
    scratch_must(&migrated, db_open(&migrated.ctx, migrated.path, DB_WRITE, &migrated.ctx.db));
    assert_true(migration_count > 0);
    assert_int_equal(migrations[0].version, 1);
    scratch_must(&migrated, migrate_with(&migrated.ctx, migrations[0].sql, migrations, 1));
    scratch_must(&migrated, migrate_library(&migrated.ctx));
    char *got = described(&migrated);

    int differences = print_missing(wanted, got, "schema.sql has, src/db/migrations do not bring");
    differences += print_missing(got, wanted, "src/db/migrations bring, schema.sql does not have");
    assert_int_equal(differences, 0);
    assert_string_equal(got, wanted);
    free(wanted);
    free(got);
    scratch_remove(&fresh);
    scratch_remove(&migrated);
}

static void test_migrate__numbers_the_schema_as_the_last_script(void **state)
{
    (void)state;
    struct scratch scratch;
    sqlite3 *handle = NULL;
    scratch_init(&scratch);

    /* schema.sql run by itself, as a reader with a shell would. */
    assert_int_equal(sqlite3_open(scratch.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, schema_sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
    assert_int_equal(file_int(scratch.path, "PRAGMA user_version"), migrations[migration_count - 1].version);
    assert_int_equal(file_int(scratch.path, "PRAGMA application_id"), DB_APPLICATION_ID);
    for (size_t i = 0; i < migration_count; i++)
        assert_int_equal(migrations[i].version, i + 1);
    scratch_remove(&scratch);
}

static size_t times_in_file(const char *path, const char *text)
{
    struct bytes bytes = file_bytes(path);
    size_t times = 0;

    for (size_t i = 0; i + strlen(text) <= bytes.length; i++)
        times += memcmp(bytes.at + i, text, strlen(text)) == 0;
    free(bytes.at);
    return times;
}

/* Versions before 3 did not wipe what they deleted (borrows/privacy_service.h says why that matters). */
static void test_migrate__what_was_deleted_long_ago_is_wiped_on_the_way(void **state)
{
    (void)state;
    struct scratch scratch;
    sqlite3 *handle = NULL;

    scratch_init(&scratch);
    assert_int_equal(sqlite3_open(scratch.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, migrations[0].sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(
            handle,
            "PRAGMA user_version = 1; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
            " INSERT INTO event (uuid, at, type, detail) SELECT randomblob(16), i, 't', 'Amina had Dune'"
            " FROM n; UPDATE event SET detail = NULL; DELETE FROM event WHERE id % 3 = 0 OR id > 600;"
            "INSERT INTO tally SELECT 'day', id, id, zeroblob(3), CAST('Amina had Dune' AS BLOB) FROM event;"
            "UPDATE tally SET members = x'00'; DELETE FROM tally WHERE first_day > 9",
            NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(handle);
    assert_true(times_in_file(scratch.path, "Amina had Dune") > 50);
    scratch_open(&scratch);
    scratch_close(&scratch);
    assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM event"), 400);
    assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM tally"), 6);
    assert_int_equal(times_in_file(scratch.path, "Amina had Dune"), 0);
    scratch_remove(&scratch);
}

/* ---- what single scripts carry over --------------------------------------------------------------------- */

/* A library as the program of that version left it, with three titles and readers, each of whom had one; closed. */
static void make_library_of(struct scratch *scratch, size_t version, const char *rows)
{
    scratch_init(scratch);
    scratch_must(scratch, db_open(&scratch->ctx, scratch->path, DB_WRITE, &scratch->ctx.db));
    scratch_must(scratch, migrate_with(&scratch->ctx, migrations[0].sql, migrations, 1));
    scratch_must(scratch, migrate_with(&scratch->ctx, NULL, migrations, version));
    scratch_exec(scratch,
                 "INSERT INTO book (id, uuid, title, author, title_key, author_key, created_at, updated_at)"
                 " SELECT value, randomblob(16), 't', 'a', 't', 'a', 1, 1 FROM json_each('[1,2,3]');"
                 "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
                 " SELECT id, randomblob(16), id, id, 1, 1 FROM book;"
                 "INSERT INTO member (id, uuid, card, name, name_key, member_type_id, created_at, updated_at)"
                 " SELECT id, randomblob(16), id, 'n', 'n', iif(id = 3, 2, 1), 1, 1 FROM book;");
    scratch_exec(scratch, rows);
    scratch_close(scratch);
}

static void test_migrate__counts_what_is_kept_from_version_9_on(void **state)
{
    (void)state;
    struct scratch scratch;

    make_library_of(
        &scratch, 8,
        "UPDATE member SET deleted_at = 5 WHERE id = 2;"
        "INSERT INTO hold (uuid, book_id, member_id, status, place, ended_at, placed_at, placed_by)"
        " SELECT randomblob(16), 1, 1, column1, 1, 2, 1, 'x' FROM (VALUES ('fulfilled'), ('cancelled'),"
        " ('cancelled'), ('expired'), ('expired'), ('expired'))");
    scratch_open(&scratch);
    scratch_close(&scratch);
    assert_int_equal(file_int(scratch.path, "SELECT sum(member_count * (CASE id WHEN 1 THEN 1 WHEN 2 THEN 10"
                                            " ELSE 100 END)) FROM member_type"),
                     11);
    assert_int_equal(file_int(scratch.path, "SELECT sum(value * CASE name WHEN 'holds_fulfilled' THEN 1"
                                            " WHEN 'holds_cancelled' THEN 10 WHEN 'holds_expired' THEN 100"
                                            " ELSE 0 END) FROM library_counter"),
                     321);
    scratch_remove(&scratch);
}

#define SUM_OF_LOANS                                                           \
    "SELECT sum(id * (borrowed_at + due_at * 3 + coalesce(returned_at, 1) * 5" \
    " + length(uuid) + renewals + fine + fine_before * 7 + lost * 11"          \
    " + coalesce(fine_cap, 13) * 17 + overdue_step * 19)) FROM borrow"

/* Loans: by the desk and given back to it; by Amina's own login, given back to the desk; still out; forgotten. */
static void test_migrate__numbers_who_lends_from_version_10_on(void **state)
{
    (void)state;
    struct scratch scratch;

    make_library_of(
        &scratch, 9,
        "INSERT INTO account (uuid, name, name_key, role, member_id, created_at, updated_at)"
        " VALUES (randomblob(16), 'amina', 'amina', 'librarian', 2, 1, 1),"
        " (randomblob(16), 'ben', 'ben', 'librarian', 3, 1, 1);"
        "INSERT INTO borrow (id, uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day,"
        " returned_at, returned_day, renewals, fine_per_day, fine_cap, grace_days, lent_by, taken_by, fine,"
        " fine_before, overdue_step, lost) VALUES"
        " (1, randomblob(16), 1, 1, 1, 1, 10, 20, 1, 30, 3, 4, 5, 6, 7, 'desk', 'amina', 8, 9, 2, 1),"
        " (2, randomblob(16), 2, 2, 2, 1, 11, 21, 1, 31, 3, 0, 5, NULL, 7, 'amina', 'desk', 0, 0, 0, 0),"
        " (3, randomblob(16), 3, 3, 3, 1, 12, 22, 1, NULL, NULL, 0, 5, NULL, 7, 'ben', NULL, 0, 0, 0, 0),"
        " (4, randomblob(16), 3, 3, NULL, 1, 1, 2, 1, 3, 1, 0, 5, NULL, 7, 'a reader', 'desk', 0, 0, 0, 0)");
    int64_t before = file_int(scratch.path, SUM_OF_LOANS);
    scratch_open(&scratch);
    scratch_close(&scratch);
    assert_int_equal(file_int(scratch.path,
                              "SELECT group_concat(l.name || '/' || coalesce(t.name, ''), ' ')"
                              " = 'desk/amina a reader/desk a reader/ a reader/desk'"
                              " FROM (SELECT * FROM borrow ORDER BY id) w JOIN actor l ON l.id = w.lent_by"
                              " LEFT JOIN actor t ON t.id = w.taken_by"),
                     1);
    assert_int_equal(file_int(scratch.path, SUM_OF_LOANS), before);
    assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM actor WHERE name = 'ben'"), 0);
    scratch_remove(&scratch);
}

/* ---- scripts of the test's own ------------------------------------------------------------------------- */

#define MARK "PRAGMA application_id = 0x4372726c;"
#define OLD_TABLES                                                   \
    "CREATE TABLE shelf (id INTEGER PRIMARY KEY, name TEXT) STRICT;" \
    "CREATE TABLE box (id INTEGER PRIMARY KEY, shelf INTEGER REFERENCES shelf (id)) STRICT;"
#define SOME_ROWS "INSERT INTO shelf VALUES (1, 'A'), (2, 'B'); INSERT INTO box VALUES (10, 1), (11, 2);"
/* A table that others point at is rebuilt, as SQLite's own recipe says. */
#define REBUILD_SHELF                                                                                        \
    "CREATE TABLE new_shelf (id INTEGER PRIMARY KEY, name TEXT NOT NULL, floor INTEGER NOT NULL DEFAULT 0);" \
    "INSERT INTO new_shelf (id, name) SELECT id, name FROM shelf; DROP TABLE shelf;"                         \
    "ALTER TABLE new_shelf RENAME TO shelf;"

static const struct migration two_steps[] = {
    {1, "base", MARK OLD_TABLES},
    {2, "floors", REBUILD_SHELF},
    {3, "labels", "ALTER TABLE box ADD COLUMN label TEXT; UPDATE box SET label = 'box ' || id;"},
};

/* A library of version 1 with rows, closed. */
static void make_old_library(struct scratch *scratch)
{
    scratch_init(scratch);
    scratch_must(scratch, db_open(&scratch->ctx, scratch->path, DB_WRITE, &scratch->ctx.db));
    scratch_must(scratch, migrate_with(&scratch->ctx, two_steps[0].sql, two_steps, 1));
    scratch_exec(scratch, SOME_ROWS);
    scratch_close(scratch);
}

static enum error_kind bring(struct scratch *scratch, const struct migration *scripts, size_t count)
{
    scratch_must(scratch, db_open(&scratch->ctx, scratch->path, DB_WRITE, &scratch->ctx.db));
    return migrate_with(&scratch->ctx, "this schema is not for it", scripts, count);
}

static void test_migrate__runs_each_script_once_and_in_order(void **state)
{
    (void)state;
    struct scratch scratch;
    int64_t on = 0;
    make_old_library(&scratch);

    for (int i = 0; i < 2; i++) {
        scratch_must(&scratch, bring(&scratch, two_steps, 3));
        scratch_must(&scratch, db_pragma_int(&scratch.ctx, "PRAGMA foreign_keys", &on));
        assert_int_equal(on, 1);
        scratch_close(&scratch);
        assert_int_equal(file_int(scratch.path, "PRAGMA user_version"), 3);
        assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM box JOIN shelf ON shelf.id = box.shelf"
                                                " WHERE label = 'box ' || box.id AND floor = 0"),
                         2);
    }
    scratch_remove(&scratch);
}

static void test_migrate__makes_a_new_library_from_the_schema_alone(void **state)
{
    (void)state;
    static const struct migration never[] = {{1, "base", "no SQL"}, {2, "more", "at all"}};
    struct scratch scratch;
    scratch_init(&scratch);

    scratch_must(&scratch, db_open(&scratch.ctx, scratch.path, DB_WRITE, &scratch.ctx.db));
    scratch_must(&scratch, migrate_with(&scratch.ctx, MARK OLD_TABLES, never, 2));
    scratch_close(&scratch);
    assert_int_equal(file_int(scratch.path, "PRAGMA user_version"), 2);
    assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM sqlite_schema"), 2);
    scratch_remove(&scratch);
}

/* ---- failing ------------------------------------------------------------------------------------------- */

static void assert_still_at(struct scratch *scratch, int version, const char *box_columns)
{
    char sql[128];

    assert_int_equal(file_int(scratch->path, "PRAGMA user_version"), version);
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM (SELECT group_concat(name) AS names FROM pragma_table_info('box'))"
             " WHERE names = '%s'",
             box_columns);
    assert_int_equal(file_int(scratch->path, sql), 1);
    assert_int_equal(file_int(scratch->path, "SELECT count(*) FROM box JOIN shelf ON shelf.id = box.shelf"),
                     2);
    assert_int_equal(file_int(scratch->path, "SELECT quick_check = 'ok' FROM pragma_quick_check"), 1);
}

static void test_migrate__a_failing_script_leaves_the_old_version(void **state)
{
    (void)state;
    static const char *const failures[] = {
        REBUILD_SHELF "SELECT misspelt FROM shelf;",
        REBUILD_SHELF "INSERT INTO shelf VALUES (1, 'twice', 0);",
        "ALTER TABLE box ADD COLUMN label TEXT; ROLLBACK;",
        "DELETE FROM shelf WHERE id = 2;", /* foreign keys are off meanwhile, but looked at after it */
        REBUILD_SHELF "UPDATE shelf SET id = id + 100;",
    };

    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        struct scratch scratch;
        struct migration scripts[] = {two_steps[0], {2, "failing", failures[i]}};
        int64_t on = 0;
        make_old_library(&scratch);
        assert_fails_with(&scratch, bring(&scratch, scripts, 2), INTERNAL);
        assert_false(db_in_transaction(scratch.ctx.db));
        scratch_must(&scratch, db_pragma_int(&scratch.ctx, "PRAGMA foreign_keys", &on));
        assert_int_equal(on, 1);
        scratch_close(&scratch);
        assert_still_at(&scratch, 1, "id,shelf");
        /* The right script comes with the next program. */
        scratch_must(&scratch, bring(&scratch, two_steps, 3));
        scratch_close(&scratch);
        assert_still_at(&scratch, 3, "id,shelf,label");
        scratch_remove(&scratch);
    }
}

static void test_migrate__keeps_the_steps_before_the_one_that_failed(void **state)
{
    (void)state;
    struct scratch scratch;
    struct migration scripts[] = {two_steps[0], two_steps[2], {3, "failing", REBUILD_SHELF "no SQL;"}};
    scripts[1].version = 2;
    make_old_library(&scratch);

    assert_fails_with(&scratch, bring(&scratch, scripts, 3), INTERNAL);
    scratch_close(&scratch);
    assert_still_at(&scratch, 2, "id,shelf,label");
    scratch_remove(&scratch);
}

static void test_migrate__a_schema_that_fails_leaves_no_table(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_init(&scratch);

    scratch_must(&scratch, db_open(&scratch.ctx, scratch.path, DB_WRITE, &scratch.ctx.db));
    assert_fails_with(&scratch, migrate_with(&scratch.ctx, MARK OLD_TABLES "no SQL;", two_steps, 1),
                      INTERNAL);
    scratch_close(&scratch);
    assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM sqlite_schema"), 0);
    scratch_open(&scratch); /* and can be made into a library after all */
    scratch_remove(&scratch);
}

/* ---- refusing ------------------------------------------------------------------------------------------ */

static void assert_refused_and_unchanged(struct scratch *scratch, const struct migration *scripts,
                                         size_t count, const char *code)
{
    struct bytes before = file_bytes(scratch->path);
    enum error_kind kind = db_open(&scratch->ctx, scratch->path, DB_WRITE, &scratch->ctx.db);

    if (kind == OK)
        kind = migrate_with(&scratch->ctx, "this schema is not for it", scripts, count);
    assert_int_equal(kind, ERROR_CONFLICT);
    assert_string_equal(error_code_name(scratch->ctx.error.code), code);
    scratch_close(scratch);
    assert_file_is(scratch->path, before);
    free(before.at);
}

static void test_migrate__refuses_a_newer_library_and_leaves_it(void **state)
{
    (void)state;
    struct scratch scratch;
    make_old_library(&scratch);
    scratch_must(&scratch, bring(&scratch, two_steps, 3));
    scratch_close(&scratch);

    assert_refused_and_unchanged(&scratch, two_steps, 2, "LIBRARY_TOO_NEW");
    /* A backup is no WAL file: it is not made one before it is known to be ours to work with. */
    file_exec(scratch.path, "PRAGMA journal_mode = DELETE");
    assert_refused_and_unchanged(&scratch, two_steps, 1, "LIBRARY_TOO_NEW");
    scratch_remove(&scratch);
}

static void test_migrate__works_with_a_restored_backup(void **state)
{
    (void)state;
    struct scratch scratch;
    make_old_library(&scratch);
    file_exec(scratch.path, "PRAGMA journal_mode = DELETE");

    scratch_must(&scratch, bring(&scratch, two_steps, 3));
    scratch_exec(&scratch, "BEGIN; DELETE FROM box;");
    assert_int_equal(files_in(scratch.directory), 3); /* -wal and -shm: readers go on while somebody writes */
    scratch_close(&scratch);
    assert_still_at(&scratch, 3, "id,shelf,label");
    scratch_remove(&scratch);
}

/*
 * Every page of the file in turn is overwritten: either nothing needs it, or the library is refused as it is.
 */
static void test_migrate__refuses_a_damaged_library_and_leaves_it(void **state)
{
    (void)state;
    struct scratch scratch;
    int refused = 0;
    make_old_library(&scratch);
    file_exec(scratch.path,
              "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
              " INSERT INTO shelf SELECT i, hex(randomblob(20)) FROM n");
    struct bytes whole = file_bytes(scratch.path);
    int pages = (int)(whole.length / DB_PAGE_BYTES);
    assert_true(pages > 20);

    for (int page = 1; page < pages; page++) {
        unsigned char *damaged = malloc(whole.length);
        memcpy(damaged, whole.at, whole.length);
        memset(damaged + page * DB_PAGE_BYTES, 0x5a, DB_PAGE_BYTES);
        file_write(scratch.path, damaged, whole.length);
        free(damaged);
        assert_refused_and_unchanged(&scratch, two_steps, 3, "LIBRARY_DAMAGED");
        refused++;
    }
    assert_int_equal(refused, pages - 1);
    /* Half a file, as a copy that was cut short. */
    file_write(scratch.path, whole.at, whole.length / 2);
    assert_refused_and_unchanged(&scratch, two_steps, 3, "LIBRARY_DAMAGED");
    file_write(scratch.path, whole.at, whole.length);
    scratch_must(&scratch, bring(&scratch, two_steps, 3));
    free(whole.at);
    scratch_remove(&scratch);
}

/* What stands behind the header on the first page is the schema itself. */
static void test_migrate__refuses_a_damaged_schema_and_leaves_it(void **state)
{
    (void)state;
    struct scratch scratch;
    make_old_library(&scratch);
    struct bytes whole = file_bytes(scratch.path);

    memset(whole.at + 100, 0x5a, DB_PAGE_BYTES - 100);
    file_write(scratch.path, whole.at, whole.length);
    assert_refused_and_unchanged(&scratch, two_steps, 3, "LIBRARY_DAMAGED");
    free(whole.at);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_migrate__brings_the_first_library_to_what_a_new_one_is),
        cmocka_unit_test(test_migrate__what_was_deleted_long_ago_is_wiped_on_the_way),
        cmocka_unit_test(test_migrate__numbers_the_schema_as_the_last_script),
        cmocka_unit_test(test_migrate__counts_what_is_kept_from_version_9_on),
        cmocka_unit_test(test_migrate__numbers_who_lends_from_version_10_on),
        cmocka_unit_test(test_migrate__runs_each_script_once_and_in_order),
        cmocka_unit_test(test_migrate__makes_a_new_library_from_the_schema_alone),
        cmocka_unit_test(test_migrate__a_failing_script_leaves_the_old_version),
        cmocka_unit_test(test_migrate__keeps_the_steps_before_the_one_that_failed),
        cmocka_unit_test(test_migrate__a_schema_that_fails_leaves_no_table),
        cmocka_unit_test(test_migrate__refuses_a_newer_library_and_leaves_it),
        cmocka_unit_test(test_migrate__works_with_a_restored_backup),
        cmocka_unit_test(test_migrate__refuses_a_damaged_library_and_leaves_it),
        cmocka_unit_test(test_migrate__refuses_a_damaged_schema_and_leaves_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
