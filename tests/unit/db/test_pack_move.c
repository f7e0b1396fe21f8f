/*
 * test_pack_move.c — trees of another file are the same trees in this one: SQLite reads the same rows, and its own check finds
 * no page that two have or none.
 */
#include "scratch.h"

#include "db/pack_move.h"

#define NAMES_MAX 4

/* Rows that overflow, keys that do in leaves and in the pages above them, and enough of both for three levels. */
#define SCHEMA                                                             \
    "PRAGMA page_size = 4096;"                                             \
    "CREATE TABLE text (id INTEGER PRIMARY KEY, body BLOB);"               \
    "CREATE TABLE word (word TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID;" \
    "CREATE INDEX text_by_body ON text (body);"

struct files {
    struct scratch scratch; /* the library, and its arena and ctx */
    char beside[512];
    struct page_file *from, *to;
    struct moved_tree trees[NAMES_MAX];
    size_t count;
};

static uint32_t root_of(const char *path, const char *name)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", name);
    return (uint32_t)file_int(path, sql);
}

static void begin(struct files *files, const char *fill_library, const char *fill_beside)
{
    static const char *const names[] = {"text", "word", "text_by_body"};
    *files = (struct files){0};
    scratch_init(&files->scratch);
    snprintf(files->beside, sizeof files->beside, "%s-beside", files->scratch.path);
    file_exec(files->scratch.path, SCHEMA);
    file_exec(files->scratch.path, fill_library);
    file_exec(files->beside,
              "PRAGMA page_size = 4096; CREATE TABLE other (body TEXT)"); /* other roots than there */
    file_exec(files->beside, SCHEMA);
    file_exec(files->beside, fill_beside);
    for (size_t i = 0; i < 3; i++)
        files->trees[files->count++] =
            (struct moved_tree){root_of(files->beside, names[i]), root_of(files->scratch.path, names[i])};
    scratch_must(&files->scratch, page_file_open(&files->scratch.ctx, files->scratch.path, &files->to));
    scratch_must(&files->scratch, page_file_open(&files->scratch.ctx, files->beside, &files->from));
}

static enum error_kind move(struct files *files)
{
    enum error_kind kind =
        pack_move_trees(&files->scratch.ctx, files->from, files->to, files->trees, files->count);
    page_file_drop(files->from);
    return kind;
}

static void end(struct files *files)
{
    remove(files->beside);
    scratch_remove(&files->scratch);
}

static void assert_same(struct files *files, const char *sql)
{
    assert_int_equal(file_int(files->scratch.path, sql), file_int(files->beside, sql));
}

static void assert_moved(const char *fill_library, const char *fill_beside)
{
    struct files files;
    begin(&files, fill_library, fill_beside);
    scratch_must(&files.scratch, move(&files));
    scratch_must(&files.scratch, page_file_close(&files.scratch.ctx, files.to));
    assert_same(&files, "SELECT count(*) FROM text NOT INDEXED");
    assert_same(&files, "SELECT total(id * 31 + length(body) + unicode(hex(body))) FROM text NOT INDEXED");
    assert_same(&files, "SELECT total(at * length(word)) FROM word");
    assert_same(&files, "SELECT count(*) FROM text INDEXED BY text_by_body WHERE body > x'40'");
    assert_int_equal(file_int(files.scratch.path, "SELECT count(*) FROM pragma_integrity_check"
                                                  " WHERE integrity_check = 'ok'"),
                     1);
    end(&files);
}

static void test_pack_move__trees_of_three_levels(void **state)
{
    (void)state;
    assert_moved(
        "", "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
            " INSERT INTO text SELECT i, CAST (i * 7919 % 60013 AS TEXT) || hex(zeroblob(20)) FROM n;"
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
            " INSERT INTO word SELECT printf('%08d-%s', i * 7919 % 60013, hex(zeroblob(30))), i FROM n;");
}

static void test_pack_move__records_that_overflow(void **state)
{
    (void)state;
    assert_moved(
        "",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
        " INSERT INTO text SELECT i, hex(i * 7919 % 401) || hex(zeroblob(i * 37 % 9000)) FROM n;"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
        " INSERT INTO word SELECT printf('%04d-%s', i * 7919 % 401, hex(zeroblob(i * 53 % 5000))), i FROM n;");
}

static void test_pack_move__nothing_and_a_row_replace_what_was_there(void **state)
{
    (void)state;
    const char *before = "INSERT INTO text VALUES (7, x'41'); INSERT INTO word VALUES ('before', 1);";
    assert_moved(before, "");
    assert_moved(before, "INSERT INTO text VALUES (1, x'42');");
}

static void test_pack_move__refuses_to_replace_more_than_a_page(void **state)
{
    (void)state;
    struct files files;
    begin(&files,
          "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
          " INSERT INTO text SELECT i, hex(i) FROM n;",
          "");
    assert_int_equal(move(&files), ERROR_INTERNAL);
    page_file_drop(files.to);
    end(&files);
}

static void test_pack_move__refuses_what_is_no_tree(void **state)
{
    (void)state;
    struct files files;
    begin(&files, "", "INSERT INTO text VALUES (1, zeroblob(20000));");
    files.trees[0].from = files.trees[0].from + 3; /* an overflow page */
    assert_int_equal(move(&files), ERROR_INTERNAL);
    page_file_drop(files.to);
    end(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack_move__trees_of_three_levels),
        cmocka_unit_test(test_pack_move__records_that_overflow),
        cmocka_unit_test(test_pack_move__nothing_and_a_row_replace_what_was_there),
        cmocka_unit_test(test_pack_move__refuses_to_replace_more_than_a_page),
        cmocka_unit_test(test_pack_move__refuses_what_is_no_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
