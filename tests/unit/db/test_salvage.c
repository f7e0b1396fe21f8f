/*
 * test_salvage.c — what stands on an undamaged page comes back, whatever is destroyed beside it; and nothing that is
 * thrown at it makes it crash, or write to the damaged file.
 */
#include "scratch.h"

#include "db/salvage.h"

/* Rows that fill several pages of their tables; some do not fit on one page. No pointers that may be empty. */
static const char content[] =
    "BEGIN;"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
    " INSERT INTO book (id, uuid, title, author, description, title_key, author_key, created_at, updated_at)"
    " SELECT i, randomblob(16), 'Title ' || i, 'Author ' || i, CASE WHEN i % 25 = 0 THEN hex(randomblob(4000)) END,"
    "  'title ' || i, 'author ' || i, 1000 + i, 1000 + i FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
    " INSERT INTO category (id, name, name_key) SELECT i, 'Category ' || i, 'category ' || i FROM n;"
    "INSERT INTO book_category (book_id, category_id, position)"
    " SELECT b.id, c.id, 0 FROM book b JOIN category c ON c.id % 40 = b.id % 40;"
    "INSERT INTO copy (id, uuid, book_id, barcode, created_at, updated_at)"
    " SELECT id, randomblob(16), id, printf('%06d', id), 5000 + id, 5000 + id FROM book;"
    "INSERT INTO member (id, uuid, card, name, name_key, created_at, updated_at)"
    " SELECT id, randomblob(16), 'C' || id, 'Reader ' || id, 'reader ' || id, 7000 + id, 7000 + id FROM book"
    " WHERE id <= 250;"
    "INSERT INTO borrow (uuid, book_id, copy_id, member_id, rule_id, borrowed_at, due_at, due_day, returned_at,"
    " returned_day, fine_per_day, grace_days, lent_by) SELECT randomblob(16), id, id, id, 1, 9000 + id, 20000, 1,"
    " CASE WHEN id % 3 > 0 THEN 12000 END, CASE WHEN id % 3 > 0 THEN 1 END, 100, 0, 1 FROM book WHERE id <= 250;"
    "INSERT INTO setting (name, value, updated_at) VALUES ('library_name', 'Salvaged', 1);"
    "UPDATE library_counter SET value = 300 WHERE name = 'books';"
    "COMMIT;";

static const char *const tables[] = {"book",   "category", "book_category", "copy",
                                     "member", "borrow",   "setting",       "item_type"};
#define TABLES (sizeof tables / sizeof tables[0])

struct work {
    struct scratch scratch;
    char damaged[128], saved[128];
    struct bytes whole; /* the library, undamaged */
    FILE *report;
};

static void begin_at(struct work *work, const char *sql)
{
    *work = (struct work){0};
    scratch_init(&work->scratch);
    scratch_open(&work->scratch);
    scratch_exec(&work->scratch, sql);
    scratch_close(&work->scratch);
    work->whole = file_bytes(work->scratch.path);
    snprintf(work->damaged, sizeof work->damaged, "%s/damaged.db", work->scratch.directory);
    snprintf(work->saved, sizeof work->saved, "%s/saved.db", work->scratch.directory);
    work->report = fopen("/dev/null", "we");
    assert_non_null(work->report);
}

static void end(struct work *work)
{
    fclose(work->report);
    free(work->whole.at);
    scratch_remove(&work->scratch);
}

static void remove_saved(const struct work *work)
{
    char beside[160];

    unlink(work->saved);
    snprintf(beside, sizeof beside, "%s-wal", work->saved);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", work->saved);
    unlink(beside);
}

static enum error_kind salvage(struct work *work, struct salvage_summary *summary)
{
    remove_saved(work);
    error_clear(&work->scratch.ctx);
    arena_reset(&work->scratch.arena);
    return salvage_library(&work->scratch.ctx, work->damaged, work->saved, work->report, summary);
}

/* A sound file of this version whose pointers all lead somewhere. */
static void assert_sound(const struct work *work)
{
    char sql[64];

    snprintf(sql, sizeof sql, "SELECT user_version = %d FROM pragma_user_version",
             migrations[migration_count - 1].version);
    assert_int_equal(file_int(work->saved, sql), 1);
    assert_int_equal(file_int(work->saved, "SELECT integrity_check = 'ok' FROM pragma_integrity_check(1)"),
                     1);
    assert_int_equal(file_int(work->saved, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* Rows of the undamaged library that the saved one has not, as they were. */
static int64_t lost_rows(const struct work *work)
{
    sqlite3 *handle = NULL;
    int64_t lost = 0;

    assert_int_equal(sqlite3_open(work->saved, &handle), SQLITE_OK);
    char *attach = sqlite3_mprintf("ATTACH %Q AS whole", work->scratch.path);
    assert_int_equal(sqlite3_exec(handle, attach, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_free(attach);
    for (size_t i = 0; i < TABLES; i++) {
        sqlite3_stmt *query = NULL;
        /* What a title belongs to goes with the category itself. */
        bool is_pair = strcmp(tables[i], "book_category") == 0;
        char *sql = sqlite3_mprintf(
            "SELECT count(*) FROM (SELECT * FROM whole.%s %s EXCEPT SELECT * FROM main.%s)", tables[i],
            is_pair ? "WHERE category_id IN (SELECT id FROM main.category)" : "", tables[i]);
        assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &query, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(query), SQLITE_ROW);
        lost += sqlite3_column_int64(query, 0);
        sqlite3_finalize(query);
        sqlite3_free(sql);
    }
    sqlite3_close(handle);
    return lost;
}

/* How many rows of ours stand on the page: more than one when it is of their table, one when it carries on a row. */
static int64_t rows_on(const struct work *work, size_t page)
{
    char sql[300];

    snprintf(
        sql, sizeof sql,
        "SELECT coalesce((SELECT CASE WHEN pagetype = 'overflow' THEN 1 WHEN pagetype = 'internal' AND name <>"
        " 'book_category' THEN 0 ELSE ncell END FROM dbstat WHERE pageno = %zu AND name IN ('book', 'category',"
        " 'book_category', 'copy', 'member', 'borrow', 'setting', 'item_type')), 0)",
        page);
    return file_int(work->scratch.path, sql);
}

static void test_salvage__brings_a_whole_library_back_whole(void **state)
{
    struct salvage_summary summary;
    struct work work;

    (void)state;
    begin_at(&work, content);
    file_write(work.damaged, work.whole.at, work.whole.length);
    assert_int_equal(salvage(&work, &summary), OK);
    assert_sound(&work);
    assert_int_equal(lost_rows(&work), 0);
    assert_int_equal(summary.left_out + summary.torn + summary.emptied + summary.stand_ins, 0);
    assert_false(summary.header_was_damaged || summary.ended_short);
    assert_int_equal(file_int(work.saved, "SELECT count(*) FROM loan_rule"), 3);
    assert_file_is(work.damaged, work.whole);
    end(&work);
}

static void test_salvage__loses_only_what_stood_on_a_destroyed_page(void **state)
{
    struct salvage_summary summary;
    struct work work;
    int64_t destroyed = 0;

    (void)state;
    begin_at(&work, content);
    unsigned char *bytes = malloc(work.whole.length);
    for (size_t page = 1; page <= work.whole.length / DB_PAGE_BYTES; page += 3) {
        memcpy(bytes, work.whole.at, work.whole.length);
        memset(bytes + (page - 1) * DB_PAGE_BYTES, page % 2 ? 0 : 0xa5, DB_PAGE_BYTES);
        file_write(work.damaged, bytes, work.whole.length);
        assert_int_equal(salvage(&work, &summary), OK);
        assert_sound(&work);
        int64_t lost = lost_rows(&work);
        int64_t stood = rows_on(&work, page);
        if (lost > stood)
            stop_test("page %zu: %lld rows lost, %lld stood there", page, (long long)lost, (long long)stood);
        destroyed += stood;
        assert_true(page != 1 || summary.header_was_damaged);
    }
    assert_true(destroyed > 400); /* or nothing was tried */
    free(bytes);
    end(&work);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

/* Either a sound library comes of it, or a sentence. */
static void test_salvage__outlives_flipped_bits(void **state)
{
    struct salvage_summary summary;
    struct work work;
    uint32_t seed = 7;
    int saved = 0;

    (void)state;
    begin_at(&work, content);
    unsigned char *bytes = malloc(work.whole.length);
    for (int round = 0; round < 30; round++) {
        memcpy(bytes, work.whole.at, work.whole.length);
        for (int flips = 1 << (round % 10); flips > 0; flips--)
            bytes[next_random(&seed) % work.whole.length] ^= (unsigned char)(1U << next_random(&seed) % 8);
        file_write(work.damaged, bytes, work.whole.length);
        enum error_kind kind = salvage(&work, &summary);
        if (kind == OK) {
            saved++;
            assert_sound(&work);
        } else {
            assert_non_null(work.scratch.ctx.error.detail);
        }
    }
    assert_true(saved > 25);
    free(bytes);
    end(&work);
}

static void test_salvage__reads_a_file_that_was_cut_off(void **state)
{
    struct salvage_summary summary;
    struct work work;

    (void)state;
    begin_at(&work, content);
    size_t pages = work.whole.length / DB_PAGE_BYTES;
    for (size_t page = pages; page > 20; page -= 9) {
        file_write(work.damaged, work.whole.at, (page - 1) * DB_PAGE_BYTES + 1000);
        assert_int_equal(salvage(&work, &summary), OK);
        assert_true(summary.ended_short);
        assert_sound(&work);
    }
    end(&work);
}

/* A loan is not lost with the record of its title, copy or member. */
static void test_salvage__lets_stand_ins_take_the_place_of_lost_records(void **state)
{
    struct salvage_summary summary;
    struct work work;

    (void)state;
    begin_at(&work, "SELECT 1");
    file_exec(work.scratch.path, content);
    file_exec(work.scratch.path,
              "PRAGMA foreign_keys = OFF; DELETE FROM book WHERE id = 17; DELETE FROM copy WHERE id = 18;"
              "DELETE FROM member WHERE id = 19; DELETE FROM loan_rule WHERE id = 2;"
              "UPDATE borrow SET rule_id = 2 WHERE id = 20; UPDATE borrow SET lent_by = 77 WHERE id = 21;"
              "DELETE FROM actor");
    struct bytes bytes = file_bytes(work.scratch.path);
    file_write(work.damaged, bytes.at, bytes.length);
    free(bytes.at);
    assert_int_equal(salvage(&work, &summary), OK);
    assert_sound(&work);
    assert_int_equal(summary.stand_ins, 4);
    assert_int_equal(file_int(work.saved, "SELECT count(*) FROM borrow"), 250);
    assert_int_equal(file_int(work.saved, "SELECT title = 'Lost record 17' FROM book WHERE id = 17"), 1);
    assert_int_equal(
        file_int(work.saved, "SELECT barcode = 'LOST-18' AND book_id = 18 FROM copy WHERE id = 18"), 1);
    assert_int_equal(file_int(work.saved, "SELECT card = 'LOST-19' FROM member WHERE id = 19"), 1);
    assert_int_equal(
        file_int(work.saved,
                 "SELECT count(*) FROM actor WHERE (id, name) IN ((1, 'a reader'), (77, 'Lost record 77'))"),
        2);
    end(&work);
}

/* Its last transactions are in the WAL alone. */
static void begin_with_wal(struct work *work, struct bytes *wal)
{
    char path[128];

    begin_at(work, content);
    scratch_open(&work->scratch);
    scratch_exec(&work->scratch, "INSERT INTO category (id, name, name_key) VALUES (900, 'First', 'first')");
    scratch_exec(&work->scratch,
                 "INSERT INTO category (id, name, name_key) VALUES (901, 'Second', 'second')");
    snprintf(path, sizeof path, "%s-wal", work->scratch.path);
    *wal = file_bytes(path);
    assert_true(wal->length > 2 * DB_PAGE_BYTES);
    scratch_close(&work->scratch);
    file_write(work->damaged, work->whole.at, work->whole.length);
}

static void test_salvage__takes_the_newest_changes_from_the_wal(void **state)
{
    struct salvage_summary summary;
    struct work work;
    struct bytes wal;
    char path[160];

    (void)state;
    begin_with_wal(&work, &wal);
    snprintf(path, sizeof path, "%s-wal", work.damaged);
    file_write(path, wal.at, wal.length);
    assert_int_equal(salvage(&work, &summary), OK);
    assert_true(summary.wal_frames > 0);
    assert_int_equal(file_int(work.saved, "SELECT count(*) FROM category WHERE id >= 900"), 2);
    wal.at[wal.length - 100] ^= 1; /* in the last page of the last transaction */
    file_write(path, wal.at, wal.length);
    assert_int_equal(salvage(&work, &summary), OK);
    assert_int_equal(file_int(work.saved, "SELECT count(*) FROM category WHERE id >= 900"), 1);
    wal.at[9] ^= 1; /* another size of pages: not ours */
    file_write(path, wal.at, wal.length);
    assert_int_equal(salvage(&work, &summary), OK);
    assert_int_equal(summary.wal_frames, 0);
    assert_int_equal(file_int(work.saved, "SELECT count(*) FROM category WHERE id >= 900"), 0);
    free(wal.at);
    end(&work);
}

static void test_salvage__brings_an_older_library_forward(void **state)
{
    struct salvage_summary summary;
    struct work work = {0};

    (void)state;
    begin_at(&work, "SELECT 1");
    unlink(work.scratch.path);
    scratch_must(&work.scratch, db_open(&work.scratch.ctx, work.damaged, DB_WRITE, &work.scratch.ctx.db));
    scratch_must(&work.scratch, migrate_with(&work.scratch.ctx, migrations[0].sql, migrations, 1));
    scratch_exec(&work.scratch, "INSERT INTO item_type (id, code, name) VALUES (40, 'map', 'Map');"
                                "INSERT INTO library_counter (name, value) VALUES ('of_old', 4)");
    scratch_close(&work.scratch);
    assert_int_equal(salvage(&work, &summary), OK);
    assert_sound(&work);
    assert_int_equal(file_int(work.saved, "SELECT count(*) FROM item_type WHERE code = 'map'"), 1);
    assert_int_equal(file_int(work.saved, "SELECT count(*) FROM sequence WHERE name = 'receipt'"), 1);
    end(&work);
}

static void test_salvage__refuses_what_is_no_library(void **state)
{
    static const char text[] = "A list of books, in a file of its own.";
    struct salvage_summary summary;
    struct work work;

    (void)state;
    begin_at(&work, content);
    assert_int_equal(salvage(&work, &summary), ERROR_NOT_FOUND);
    file_write(work.damaged, text, sizeof text);
    assert_int_equal(salvage(&work, &summary), ERROR_CONFLICT);
    assert_int_equal(work.scratch.ctx.error.code, ERR_NOT_A_LIBRARY);
    work.whole.at[68] ^= 1; /* application_id */
    file_write(work.damaged, work.whole.at, work.whole.length);
    assert_int_equal(salvage(&work, &summary), ERROR_CONFLICT);
    assert_int_equal(work.scratch.ctx.error.code, ERR_NOT_A_LIBRARY);
    work.whole.at[68] ^= 1;
    work.whole.at[63] = 200; /* user_version */
    file_write(work.damaged, work.whole.at, work.whole.length);
    assert_int_equal(salvage(&work, &summary), ERROR_CONFLICT);
    assert_int_equal(work.scratch.ctx.error.code, ERR_LIBRARY_TOO_NEW);
    end(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_salvage__brings_a_whole_library_back_whole),
        cmocka_unit_test(test_salvage__loses_only_what_stood_on_a_destroyed_page),
        cmocka_unit_test(test_salvage__outlives_flipped_bits),
        cmocka_unit_test(test_salvage__reads_a_file_that_was_cut_off),
        cmocka_unit_test(test_salvage__lets_stand_ins_take_the_place_of_lost_records),
        cmocka_unit_test(test_salvage__takes_the_newest_changes_from_the_wal),
        cmocka_unit_test(test_salvage__brings_an_older_library_forward),
        cmocka_unit_test(test_salvage__refuses_what_is_no_library),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
