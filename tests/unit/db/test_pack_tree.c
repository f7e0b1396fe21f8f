/*
 * test_pack_tree.c — trees laid down by hand are SQLite's trees: it finds each row and key, and its own check finds
 * nothing, whatever the sizes.
 */
#include "scratch.h"

#include "db/pack_tree.h"

struct file {
    struct scratch scratch;
    struct page_file *pages;
};

/* A file with `schema`, and no connection to it. */
static void begin(struct file *file, const char *schema)
{
    scratch_init(&file->scratch);
    file_exec(file->scratch.path, "PRAGMA page_size = 4096");
    file_exec(file->scratch.path, schema);
    scratch_must(&file->scratch, page_file_open(&file->scratch.ctx, file->scratch.path, &file->pages));
}

static uint32_t root_of(struct file *file, const char *name)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT rootpage FROM sqlite_schema WHERE name = '%s'", name);
    return (uint32_t)file_int(file->scratch.path, sql);
}

static void end(struct file *file)
{
    scratch_must(&file->scratch, page_file_close(&file->scratch.ctx, file->pages));
    assert_int_equal(file_int(file->scratch.path, "SELECT count(*) FROM pragma_integrity_check "
                                                  "WHERE integrity_check = 'ok'"),
                     1);
}

static int64_t ask(struct file *file, const char *sql)
{
    return file_int(file->scratch.path, sql);
}

/* ---- tables -------------------------------------------------------------------------------------------- */

#define NOTES "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)"

static uint8_t letters[200000];

static void add_note(struct tree *tree, struct record *record, int64_t id, int length)
{
    const struct load_value values[] = {{.type = LOAD_NULL}, {LOAD_TEXT, length, {.bytes = letters}}};
    record_make(record, values, 2);
    tree_add_row(tree, id, record->bytes, record->length);
}

/* `count` rows with ids from `first` and bodies of `length` letters. */
static void lay_notes(struct file *file, int64_t first, int count, int length)
{
    struct tree tree;
    struct record record = {0};
    begin(file, NOTES);
    tree_begin(&tree, file->pages, TREE_TABLE, root_of(file, "note"));
    for (int i = 0; i < count; i++)
        add_note(&tree, &record, first + i, length);
    tree_end(&tree);
    tree_release(&tree);
    record_release(&record);
    end(file);
}

static void assert_notes(int64_t first, int count, int length)
{
    struct file file;
    lay_notes(&file, first, count, length);
    assert_int_equal(ask(&file, "SELECT count(*) FROM note"), count);
    assert_int_equal(ask(&file, "SELECT coalesce(sum(length(body)), 0) FROM note"), (int64_t)count * length);
    if (count) {
        assert_int_equal(ask(&file, "SELECT min(id) FROM note"), first);
        assert_int_equal(ask(&file, "SELECT max(id) FROM note"), first + count - 1);
    }
    /* SQLite goes on where we left off. */
    file_exec(file.scratch.path, "INSERT INTO note (body) SELECT body FROM note LIMIT 50;"
                                 "DELETE FROM note WHERE id % 3 = 0");
    assert_int_equal(ask(&file, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
                     1);
    scratch_remove(&file.scratch);
}

static void test_pack_tree__an_empty_table_and_one_row(void **state)
{
    (void)state;
    assert_notes(1, 0, 0);
    assert_notes(1, 1, 0);
    assert_notes(-5, 1, 10);
    assert_notes(INT64_C(1) << 60, 1, 4061);
}

/* 1000 letters and their 7 bytes are four to a leaf: every number of leaves up to three levels' first ones. */
static void test_pack_tree__leaves_that_are_exactly_full(void **state)
{
    (void)state;
    for (int count = 2; count <= 14; count++)
        assert_notes(1, count, 1009); /* (4096 - 8) / 4 - 2 for the pointer, 7 for lengths, id and types */
    assert_notes(1, 4, 1010);
    assert_notes(1, 5, 1008);
}

static void test_pack_tree__rows_with_negative_and_wide_ids(void **state)
{
    (void)state;
    assert_notes(-300, 600, 100);
    assert_notes(INT64_MIN, 300, 100);
    assert_notes(INT64_MAX - 400, 300, 100);
}

/* A leaf's number and key take 7 to 10 bytes above: 453 or more children a page. */
static void test_pack_tree__tables_of_three_levels(void **state)
{
    (void)state;
    static const int counts[] = {400, 450, 500, 510, 511, 512, 513, 514, 600, 1200, 1600};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        assert_notes(1, counts[i], 3000); /* a leaf each */
    for (int count = 450; count < 520; count++) {
        struct file file;
        lay_notes(&file, INT64_C(1) << 50, count, 3000);
        assert_int_equal(ask(&file, "SELECT count(*) FROM note"), count);
        scratch_remove(&file.scratch);
    }
}

static void test_pack_tree__records_that_overflow(void **state)
{
    (void)state;
    static const int lengths[] = {4055, 4056, 4057, 4058, 4059, 4060, 4061,  4062,  4100,
                                  4575, 4576, 4577, 4578, 8150, 8200, 12345, 199999};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_notes(1, 7, lengths[i]);
}

struct seen {
    int64_t next, bytes;
};

static bool see(void *argument, int64_t rowid, const uint8_t *record, size_t length)
{
    struct seen *seen = argument;
    struct load_value values[2];
    assert_int_equal(rowid, seen->next++);
    assert_true(record_read(record, length, values, 2, RECORD_ALL));
    assert_int_equal(values[0].type, LOAD_NULL);
    assert_int_equal(values[1].type, LOAD_TEXT);
    assert_memory_equal(values[1].as.bytes, letters, (size_t)values[1].length);
    seen->bytes += values[1].length;
    return seen->next <= 900;
}

static void test_pack_tree__a_scan_meets_every_row_again(void **state)
{
    (void)state;
    struct file file;
    struct tree tree;
    struct record record = {0};
    struct seen seen = {1, 0};
    begin(&file, NOTES);
    tree_begin(&tree, file.pages, TREE_TABLE, root_of(&file, "note"));
    for (int i = 1; i <= 1000; i++)
        add_note(&tree, &record, i, i % 50 ? i : i * 20);
    tree_end(&tree);
    assert_false(tree_scan(&tree, see, &seen)); /* stops when it is told to */
    assert_int_equal(seen.next, 901);
    assert_int_equal(seen.bytes, 900 * 901 / 2 + 19 * 50 * (18 * 19 / 2));
    tree_release(&tree);
    record_release(&record);
    end(&file);
    scratch_remove(&file.scratch);
}

/* ---- indexes ------------------------------------------------------------------------------------------- */

#define WORDS "CREATE TABLE word (text TEXT); CREATE INDEX word_text ON word (text)"

static int write_word(char *to, int number, int length)
{
    return snprintf(to, 20000, "%06d%.*s", number, length, (const char *)letters);
}

/* The table by SQL, its index by hand: SQLite's check holds one against the other. */
static void assert_words(int count, int length)
{
    static char word[20000];
    char sql[256];
    struct file file;
    struct tree tree;
    struct record record = {0};
    begin(&file, WORDS);
    uint32_t root = root_of(&file, "word_text");
    page_file_drop(file.pages);
    /* The table's rows without the index: that is hidden from SQLite meanwhile. */
    snprintf(sql, sizeof sql,
             "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'word_text';");
    file_exec(file.scratch.path, sql);
    sqlite3 *handle;
    sqlite3_stmt *insert;
    assert_int_equal(sqlite3_open(file.scratch.path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, "INSERT INTO word VALUES (?)", -1, &insert, NULL), SQLITE_OK);
    for (int i = 0; i < count; i++) {
        sqlite3_bind_text(insert, 1, word, write_word(word, i, length), SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    snprintf(sql, sizeof sql,
             "COMMIT; PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('index', 'word_text', "
             "'word', %u, 'CREATE INDEX word_text ON word (text)')",
             root);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
    scratch_must(&file.scratch, page_file_open(&file.scratch.ctx, file.scratch.path, &file.pages));
    tree_begin(&tree, file.pages, TREE_INDEX, root);
    for (int i = 0; i < count; i++) {
        int size = write_word(word, i, length);
        const struct load_value values[] = {{LOAD_TEXT, size, {.bytes = word}}, load_int(i + 1)};
        record_make(&record, values, 2);
        tree_add_key(&tree, record.bytes, record.length);
    }
    tree_end(&tree);
    tree_release(&tree);
    record_release(&record);
    end(&file);
    assert_int_equal(ask(&file, "SELECT count(*) FROM word INDEXED BY word_text WHERE text >= ''"), count);
    for (int i = 0; i < count; i += count / 7 + 1) {
        snprintf(sql, sizeof sql,
                 "SELECT rowid FROM word INDEXED BY word_text WHERE text >= '%06d' ORDER BY text LIMIT 1", i);
        assert_int_equal(ask(&file, sql), i + 1);
    }
    file_exec(file.scratch.path, "DELETE FROM word WHERE rowid % 2; INSERT INTO word VALUES ('new')");
    assert_int_equal(ask(&file, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
                     1);
    scratch_remove(&file.scratch);
}

static void test_pack_tree__indexes_of_every_small_size(void **state)
{
    (void)state;
    for (int count = 0; count <= 24; count++)
        assert_words(count, 980); /* four to a page, leaf or not: levels come quickly */
}

static void test_pack_tree__indexes_of_three_levels_and_more(void **state)
{
    (void)state;
    static const int counts[] = {83, 84, 85, 100, 333, 700};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        assert_words(counts[i], 980);
    assert_words(30000, 30);
}

static void test_pack_tree__keys_that_overflow(void **state)
{
    (void)state;
    static const int lengths[] = {985, 990, 991, 992, 993, 994, 995, 996, 1000, 1480, 4570, 9000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_words(37, lengths[i]);
}

/* ---- pages --------------------------------------------------------------------------------------------- */

static void test_pack_tree__an_undone_tree_leaves_its_pages_to_the_next(void **state)
{
    (void)state;
    struct file file;
    struct tree tree;
    struct record record = {0};
    begin(&file, NOTES);
    int64_t pages = 0;
    for (int round = 0; round < 2; round++) {
        tree_begin(&tree, file.pages, TREE_TABLE, root_of(&file, "note"));
        for (int i = 0; i < 5000; i++)
            add_note(&tree, &record, i, 1000);
        if (round == 0)
            tree_release(&tree);
    }
    tree_end(&tree);
    tree_release(&tree);
    /* One that is undone at the end leaves nothing but free pages. */
    tree_begin(&tree, file.pages, TREE_TABLE, root_of(&file, "note"));
    add_note(&tree, &record, 1, 100000);
    tree_release(&tree);
    record_release(&record);
    end(&file);
    pages = ask(&file, "PRAGMA page_count");
    assert_in_range(pages, 1252, 1252 + 300);
    assert_int_equal(ask(&file, "SELECT count(*) FROM note"), 5000);
    scratch_remove(&file.scratch);
}

static void test_pack_tree__no_tree_gets_the_page_of_the_locks(void **state)
{
    (void)state;
    struct file file;
    uint32_t next = 0, met = 0;
    begin(&file, NOTES);
    while (next < PAGE_LOCK_BYTE + 1000) {
        struct page_run run = page_file_take(file.pages, 256);
        assert_true(run.count >= 1 && run.count <= 256);
        assert_true(run.first > next);
        assert_false(run.first <= PAGE_LOCK_BYTE && PAGE_LOCK_BYTE < run.first + run.count);
        met += run.first + run.count == PAGE_LOCK_BYTE;
        next = run.first + run.count - 1;
    }
    assert_int_equal(met, 1);
    page_file_drop(file.pages);
    scratch_remove(&file.scratch);
}

/* All that was taken and not used: more than one trunk's worth. */
static void test_pack_tree__unused_pages_are_free(void **state)
{
    (void)state;
    struct file file;
    uint8_t page[PAGE_BYTES] = {0};
    begin(&file, NOTES);
    struct page_run unused = page_file_take(file.pages, 2500);
    struct tree tree;
    struct record record = {0};
    tree_begin(&tree, file.pages, TREE_TABLE, root_of(&file, "note"));
    for (int i = 0; i < 100; i++)
        add_note(&tree, &record, i, 1000);
    tree_end(&tree);
    tree_release(&tree);
    record_release(&record);
    page_file_write(file.pages, unused.first + unused.count - 1, page);
    page_file_give_back(file.pages, unused);
    end(&file);
    assert_int_equal(ask(&file, "PRAGMA freelist_count"), 2500);
    file_exec(file.scratch.path, "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900) "
                                 "INSERT INTO note (body) SELECT zeroblob(9000) FROM n");
    assert_int_equal(ask(&file, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
                     1);
    assert_true(ask(&file, "PRAGMA freelist_count") < 700);
    scratch_remove(&file.scratch);
}

static void test_pack_tree__refuses_a_file_that_is_not_one(void **state)
{
    (void)state;
    struct file file;
    uint8_t page[PAGE_BYTES] = {0};
    begin(&file, NOTES);
    page_file_drop(file.pages);
    file_write(file.scratch.path, page, sizeof page);
    assert_fails_with(&file.scratch, page_file_open(&file.scratch.ctx, file.scratch.path, &file.pages),
                      INTERNAL);
    scratch_remove(&file.scratch);
}

static int fill_letters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof letters; i++)
        letters[i] = (uint8_t)('a' + i % 26);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack_tree__an_empty_table_and_one_row),
        cmocka_unit_test(test_pack_tree__leaves_that_are_exactly_full),
        cmocka_unit_test(test_pack_tree__rows_with_negative_and_wide_ids),
        cmocka_unit_test(test_pack_tree__tables_of_three_levels),
        cmocka_unit_test(test_pack_tree__records_that_overflow),
        cmocka_unit_test(test_pack_tree__a_scan_meets_every_row_again),
        cmocka_unit_test(test_pack_tree__indexes_of_every_small_size),
        cmocka_unit_test(test_pack_tree__indexes_of_three_levels_and_more),
        cmocka_unit_test(test_pack_tree__keys_that_overflow),
        cmocka_unit_test(test_pack_tree__an_undone_tree_leaves_its_pages_to_the_next),
        cmocka_unit_test(test_pack_tree__no_tree_gets_the_page_of_the_locks),
        cmocka_unit_test(test_pack_tree__unused_pages_are_free),
        cmocka_unit_test(test_pack_tree__refuses_a_file_that_is_not_one),
    };
    return cmocka_run_group_tests(tests, fill_letters, NULL);
}
