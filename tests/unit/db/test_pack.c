/*
 * test_pack.c — a packed table is what SQLite would have made of the same rows: every kind of index, every width of
 * number, and what is not understood left to SQLite.
 */
#include "scratch.h"

#include <signal.h>
#include <sys/resource.h>

#include "db/pack.h"
#include "db/pack_column.h"
#include "db/pack_schema.h"
#include "db/pack_sort.h"

#define THING                                                                                               \
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, number INTEGER, other INTEGER," \
    " data BLOB, state TEXT NOT NULL DEFAULT 'new', rank INT NOT NULL DEFAULT -7, note TEXT,"               \
    " kind TEXT, spare INTEGER, at INTEGER) STRICT;"
#define INDEXES                                                                               \
    "CREATE INDEX i_number ON thing (number);"                                                \
    "CREATE INDEX i_number_id ON thing (number, id);"                                         \
    "CREATE INDEX i_two ON thing (other, number, id);"                                        \
    "CREATE INDEX i_after_id ON thing (other, id, rank, kind, code);"                         \
    "CREATE INDEX i_at ON thing (other, at, id);"                                             \
    "CREATE UNIQUE INDEX i_unique_at ON thing (other, at);"                                   \
    "CREATE INDEX i_id_first ON thing (id, other);"                                           \
    "CREATE INDEX i_coalesce ON thing (coalesce(number, -9999), id);"                         \
    "CREATE INDEX i_coalesce_text ON thing (other, coalesce(note, ''));"                      \
    "CREATE INDEX i_null ON thing (other, id) WHERE number IS NULL;"                          \
    "CREATE INDEX i_not_null ON thing (number) WHERE number IS NOT NULL AND rank = -7;"       \
    "CREATE UNIQUE INDEX i_unique ON thing (other, id) WHERE note IS NOT NULL;"               \
    "CREATE UNIQUE INDEX i_unique_null ON thing (other, spare);"                              \
    "CREATE UNIQUE INDEX i_unique_null_text ON thing (note, spare);"                          \
    "CREATE INDEX i_none ON thing (note) WHERE rank = 5;"                                     \
    "CREATE INDEX i_note ON thing (note, code);"                                              \
    "CREATE INDEX i_data ON thing (data);"                                                    \
    "CREATE INDEX i_state ON thing (state, other);"                                           \
    "CREATE INDEX i_kind ON thing (other, kind, id);"                                         \
    "CREATE INDEX i_kind_lost ON thing (kind, other) WHERE kind = 'lost';"                    \
    "CREATE INDEX i_other_than ON thing (note, id) WHERE note <> 'Ü 38' AND state <> 'old';" \
    "CREATE INDEX i_none_of ON thing (other, id) WHERE note NOT IN ('Ü 38', 'Ü 1','')"      \
    " AND other IS NOT NULL;"                                                                 \
    "CREATE INDEX i_equal ON thing (other, id) WHERE note = 'Ü 38';"                         \
    "CREATE INDEX i_less ON thing (id, rank) WHERE number < other AND state = 'new';"         \
    "CREATE INDEX i_not_five ON thing (rank, number) WHERE number <> 5;"
#define NOT_UNDERSTOOD                                                           \
    "CREATE INDEX i_down ON thing (number DESC);"                                \
    "CREATE INDEX i_nocase ON thing (note COLLATE NOCASE);"                      \
    "CREATE INDEX i_length ON thing (length(note), id);"                         \
    "CREATE INDEX i_upper ON thing (coalesce(note, '') || code);"                \
    "CREATE INDEX i_where ON thing (number) WHERE number > 5;"                   \
    "CREATE INDEX i_or ON thing (number) WHERE number IS NULL OR other IS NULL;" \
    "CREATE INDEX i_in ON thing (number) WHERE note IN ('a', 'b');"              \
    "CREATE INDEX i_quote ON thing (number) WHERE note <> 'it''s';"              \
    "CREATE INDEX i_quotes ON thing (number) WHERE note NOT IN ('a', 'it''s');"  \
    "CREATE INDEX i_text_null ON thing (number) WHERE note NOT IN ('a', NULL);"  \
    "CREATE INDEX i_less_text ON thing (number) WHERE note < code;"              \
    "CREATE INDEX i_at_most ON thing (number) WHERE number <= other;"            \
    "CREATE INDEX i_hidden ON thing (other /* , ( */, number) WHERE number IS NULL;"

static const char *const tables[] = {"thing", NULL};
static const char *const columns[] = {"code", "number", "other", "data", "note", "kind", "at", NULL};

struct rows {
    int64_t next, count;
    int64_t long_every; /* a note of many pages; 0: never */
    int64_t repeat_at;  /* gives the code of the row before */
    bool wrong;         /* a text where a number belongs, at the fifth */
    char code[32], note[64];
};

static char long_note[30000];
static const char *const kinds[] = {"on_loan", "lost", NULL, "available", "on_hold_shelf"};

/* Around each width's edge, and many that are alike. */
static int64_t number_of(int64_t row)
{
    int64_t edge = INT64_C(1) << (row * 7 % 63);
    static const int offsets[] = {-1, 0, 1};

    return (row % 2 ? edge : -edge) + offsets[row % 3];
}

static bool next_thing(void *argument, struct load_value *row)
{
    struct rows *rows = argument;
    int64_t at = rows->next++;

    if (at == rows->count)
        return false;
    snprintf(rows->code, sizeof rows->code, "c%09lld", (long long)(at - (at == rows->repeat_at && at)));
    snprintf(rows->note, sizeof rows->note, "Ü %lld", (long long)(at * 7919 % 1009));
    bool is_long = rows->long_every && at % rows->long_every == 0;
    *row++ = load_text(rows->code);
    *row++ = at % 5 == 4 ? load_number(NO_NUMBER) : load_int(number_of(at));
    *row++ = rows->wrong && at == 4 ? load_text("four") : load_int(at * 31 % 101);
    *row++ = at % 11 == 3 ? load_bytes("", 0) : load_bytes(rows->note, (int)(at % 13));
    *row++ = is_long ? load_text(long_note) : at % 3 ? load_text(rows->note) : load_text(NULL);
    *row++ = load_text(kinds[at * 17 % 5]);
    *row = load_int(INT64_C(1700000000000) + at / 2 * 1000);
    return true;
}

/* A library's file, so that db_open() takes it, with our table in it. */
static void begin(struct scratch *scratch, const char *schema)
{
    memset(long_note, 'x', sizeof long_note - 1);
    scratch_init(scratch);
    scratch_open(scratch);
    scratch_close(scratch);
    file_exec(scratch->path, "PRAGMA journal_mode = DELETE");
    file_exec(scratch->path, schema);
    scratch_must(scratch, db_open(&scratch->ctx, scratch->path, DB_BUILD, &scratch->ctx.db));
}

static enum error_kind pack(struct scratch *scratch, struct rows *rows)
{
    struct packer *packer;
    TRY(pack_begin(&scratch->ctx, tables, &packer));
    assert_non_null(packer);
    TRY(pack_table(&scratch->ctx, packer, "thing", columns, next_thing, rows));
    TRY(pack_indexes(&scratch->ctx, packer));
    return pack_end(&scratch->ctx, packer);
}

static void assert_sound(const char *path)
{
    assert_int_equal(
        file_int(path, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

/* The same rows by SQL, in another file; every index is asked in its order. */
static void assert_as_by_sql(const char *schema, struct rows rows)
{
    struct scratch packed, plain;
    struct rows again = rows;
    static const char *const questions[] = {
        "SELECT * FROM thing",
        "SELECT number, id FROM thing INDEXED BY i_number ORDER BY number",
        "SELECT other, number, id FROM thing INDEXED BY i_two ORDER BY other, number, id",
        "SELECT id FROM thing INDEXED BY i_coalesce ORDER BY coalesce(number, -9999), id",
        "SELECT other, id FROM thing INDEXED BY i_null WHERE number IS NULL ORDER BY other",
        "SELECT number FROM thing INDEXED BY i_not_null WHERE number IS NOT NULL AND rank = -7 ORDER BY 1",
        "SELECT note, code FROM thing INDEXED BY i_note ORDER BY note, code",
        "SELECT id FROM thing INDEXED BY i_data ORDER BY data",
        "SELECT state, other, id FROM thing INDEXED BY i_state WHERE state = 'new' ORDER BY other",
        "SELECT other, kind, id FROM thing INDEXED BY i_kind ORDER BY other, kind, id",
        "SELECT kind, other FROM thing INDEXED BY i_kind_lost WHERE kind = 'lost' ORDER BY kind, other",
        "SELECT note, id FROM thing INDEXED BY i_other_than WHERE note <> 'Ü 38' AND state <> 'old'"
        " ORDER BY note, id",
        "SELECT other, id FROM thing INDEXED BY i_none_of WHERE note NOT IN ('Ü 38', 'Ü 1','')"
        " AND other IS NOT NULL ORDER BY other, id",
        "SELECT other, id FROM thing INDEXED BY i_equal WHERE note = 'Ü 38' ORDER BY other, id",
        "SELECT id, rank FROM thing INDEXED BY i_less WHERE number < other AND state = 'new' ORDER BY id",
        "SELECT rank, number FROM thing INDEXED BY i_not_five WHERE number <> 5 ORDER BY rank, number",
    };
    begin(&packed, schema);
    begin(&plain, schema);
    scratch_must(&packed, pack(&packed, &rows));
    scratch_must(&plain, db_load(&plain.ctx, "thing", columns, next_thing, &again));
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        sqlite3_stmt *left, *right;
        assert_int_equal(sqlite3_prepare_v2(packed.ctx.db->handle, questions[i], -1, &left, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(plain.ctx.db->handle, questions[i], -1, &right, NULL), SQLITE_OK);
        while (sqlite3_step(left) == SQLITE_ROW) {
            assert_int_equal(sqlite3_step(right), SQLITE_ROW);
            for (int column = 0; column < sqlite3_column_count(left); column++) {
                int length = sqlite3_column_bytes(left, column);
                assert_int_equal(sqlite3_column_type(left, column), sqlite3_column_type(right, column));
                assert_int_equal(length, sqlite3_column_bytes(right, column));
                if (length)
                    assert_memory_equal(sqlite3_column_blob(left, column), sqlite3_column_blob(right, column),
                                        (size_t)length);
            }
        }
        assert_int_equal(sqlite3_step(right), SQLITE_DONE);
        sqlite3_finalize(left);
        sqlite3_finalize(right);
    }
    scratch_close(&packed);
    scratch_close(&plain);
    assert_sound(packed.path);
    assert_int_equal(file_int(packed.path, "SELECT count(*) FROM thing"), rows.count);
    scratch_remove(&packed);
    scratch_remove(&plain);
}

static int compare_numbers(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

/* Widths of every number of bits, mostly in one part, in order already, all alike. */
static uint64_t number_to_sort(int kind, size_t at, size_t count)
{
    uint64_t mixed = (at + 1) * UINT64_C(0x9e3779b97f4a7c15);

    switch (kind) {
    case 0: return 5;
    case 1: return at;
    case 2: return count - at;
    case 3: return at % 7 ? (UINT64_C(1) << 60) + (mixed >> 40) : mixed;
    default: return mixed >> kind;
    }
}

static void test_pack__sorts_numbers(void **state)
{
    (void)state;
    static const size_t counts[] = {0, 1, 2, 47, 48, 49, 1000, 100000};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
        for (int kind = 0; kind < 64; kind++) {
            size_t count = counts[c];
            uint64_t *numbers = calloc(count + 1, sizeof *numbers);
            uint64_t *sorted = calloc(count + 1, sizeof *sorted);
            assert_non_null(numbers);
            assert_non_null(sorted);
            for (size_t i = 0; i < count; i++)
                numbers[i] = sorted[i] = number_to_sort(kind, i, count);
            qsort(sorted, count, sizeof *sorted, compare_numbers);
            sort_numbers(numbers, count);
            assert_memory_equal(numbers, sorted, (count + 1) * sizeof *numbers);
            free(numbers);
            free(sorted);
        }
}

static void test_pack__makes_what_sql_makes(void **state)
{
    (void)state;
    static const int64_t counts[] = {0, 1, 2, 3, 60, 1000, 40000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        assert_as_by_sql(THING INDEXES, (struct rows){.count = counts[i]});
}

static void test_pack__takes_rows_and_keys_that_overflow(void **state)
{
    (void)state;
    assert_as_by_sql(THING INDEXES, (struct rows){.count = 300, .long_every = 7});
}

static void test_pack__leaves_what_it_does_not_understand_to_sqlite(void **state)
{
    (void)state;
    assert_as_by_sql(THING INDEXES NOT_UNDERSTOOD, (struct rows){.count = 2000});
}

static struct pack_index *index_named(struct pack_table *table, const char *name)
{
    struct pack_index *index = table->indexes;
    while (index && strcmp(index->name, name) != 0)
        index = index->next;
    assert_non_null(index);
    return index;
}

static void test_pack__knows_what_it_understands(void **state)
{
    (void)state;
    static const char *const strange[] = {"i_down",      "i_nocase",  "i_length", "i_upper",  "i_where",
                                          "i_or",        "i_in",      "i_quote",  "i_quotes", "i_text_null",
                                          "i_less_text", "i_at_most", "i_hidden"};
    struct scratch scratch;
    struct pack_table *table;
    int understood = 0;
    begin(&scratch, THING INDEXES NOT_UNDERSTOOD);
    scratch_must(&scratch, pack_schema_table(&scratch.ctx, "thing", &table));
    assert_non_null(table);
    assert_int_equal(table->rowid_column, 0);
    assert_int_equal(table->column_count, 11);
    assert_int_equal(table->columns[6].standard.as.number, -7);
    for (const struct pack_index *index = table->indexes; index; index = index->next)
        understood += index->understood;
    assert_int_equal(understood, 26);
    for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++)
        assert_false(index_named(table, strange[i])->understood);
    assert_true(index_named(table, "sqlite_autoindex_thing_1")->unique);
    assert_int_equal(index_named(table, "i_not_null")->condition_count, 2);
    scratch_remove(&scratch);
}

static void test_pack__hands_tables_back_that_it_does_not_understand(void **state)
{
    (void)state;
    static const char *const schemas[] = {
        "CREATE TABLE thing (id INTEGER PRIMARY KEY, code TEXT)",
        "CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT) STRICT",
        "CREATE TABLE thing (id INTEGER PRIMARY KEY, code TEXT) STRICT, WITHOUT ROWID",
        "CREATE TABLE thing (id INTEGER PRIMARY KEY, size REAL) STRICT",
        "CREATE TABLE thing (id INTEGER PRIMARY KEY, code TEXT COLLATE NOCASE) STRICT",
        "CREATE TABLE thing (id INTEGER PRIMARY KEY, a INT, b INT AS (a + 1) STORED) STRICT",
        "CREATE TABLE thing (id INTEGER PRIMARY KEY, a INT DEFAULT (1 + 1)) STRICT",
        "CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT;"
        "CREATE TRIGGER t AFTER INSERT ON thing BEGIN SELECT 1; END",
        "CREATE TABLE another (id INTEGER PRIMARY KEY) STRICT",
    };
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        struct scratch scratch;
        struct packer *packer;
        begin(&scratch, schemas[i]);
        scratch_must(&scratch, pack_begin(&scratch.ctx, tables, &packer));
        assert_null(packer);
        assert_non_null(scratch.ctx.db); /* as it was */
        scratch_remove(&scratch);
    }
}

/* The library's own large tables, with every index: else seeding would be slow and nobody would know why. */
static void test_pack__understands_the_whole_library(void **state)
{
    (void)state;
    static const char *const large[] = {"borrow", "copy",    "book",   "member",     "renewal",
                                        "charge", "payment", "waiver", "allocation", "hold"};
    struct scratch scratch;
    int indexes = 0;
    begin(&scratch, THING);
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        struct pack_table *table;
        scratch_must(&scratch, pack_schema_table(&scratch.ctx, large[i], &table));
        assert_non_null(table);
        for (const struct pack_index *index = table->indexes; index; index = index->next, indexes++)
            if (!index->understood)
                stop_test("%s is not understood: it is made by SQLite, ten times slower", index->name);
    }
    assert_true(indexes > 55);
    scratch_remove(&scratch);
}

static void test_pack__says_when_rows_cannot_be(void **state)
{
    (void)state;
    static const struct rows wrong[] = {
        {.count = 10, .wrong = true},       /* the type */
        {.count = 5000, .repeat_at = 3000}, /* UNIQUE, next to each other */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct scratch scratch;
        struct rows rows = wrong[i];
        begin(&scratch, THING INDEXES);
        assert_fails_with(&scratch, pack(&scratch, &rows), INTERNAL);
        scratch_remove(&scratch);
    }
}

/* Keys that are alike far from each other are found when they are sorted: as numbers and as texts. */
static void test_pack__finds_keys_that_repeat(void **state)
{
    (void)state;
    static const char *const unique[] = {"CREATE UNIQUE INDEX u ON thing (other)",
                                         "CREATE UNIQUE INDEX u ON thing (note)",
                                         "CREATE UNIQUE INDEX u ON thing (data, state)"};
    for (size_t i = 0; i < sizeof unique / sizeof unique[0]; i++) {
        struct scratch scratch;
        struct rows rows = {.count = 3000};
        char schema[1000];
        snprintf(schema, sizeof schema, "%s%s", THING, unique[i]);
        begin(&scratch, schema);
        assert_fails_with(&scratch, pack(&scratch, &rows), INTERNAL);
        scratch_remove(&scratch);
    }
}

/* Also when all indexes are sorted. */
static void test_pack__holds_columns_for_others(void **state)
{
    (void)state;
    struct scratch scratch;
    struct packer *packer;
    struct rows rows = {.count = 9000};
    begin(&scratch, THING INDEXES);
    scratch_must(&scratch, pack_begin(&scratch.ctx, tables, &packer));
    pack_hold(packer, "thing");
    scratch_must(&scratch, pack_table(&scratch.ctx, packer, "thing", columns, next_thing, &rows));
    scratch_must(&scratch, pack_indexes(&scratch.ctx, packer));
    const struct kept_column *other = pack_column(packer, "thing", "other");
    for (int64_t row = 0; row < rows.count; row++)
        assert_int_equal(kept_number(other, (size_t)row), row * 31 % 101);
    pack_let_go(packer, "thing");
    assert_false(other->is_kept);
    scratch_must(&scratch, pack_end(&scratch.ctx, packer));
    assert_sound(scratch.path);
    scratch_close(&scratch);
    scratch_remove(&scratch);
}

static void test_pack__does_not_touch_a_table_with_rows(void **state)
{
    (void)state;
    struct scratch scratch;
    struct rows rows = {.count = 10};
    begin(&scratch, THING "INSERT INTO thing (code) VALUES ('here first')");
    assert_fails_with(&scratch, pack(&scratch, &rows), INTERNAL);
    scratch_close(&scratch);
    assert_sound(scratch.path);
    assert_int_equal(file_int(scratch.path, "SELECT count(*) FROM thing"), 1);
    scratch_remove(&scratch);
}

static void test_pack__says_when_the_file_cannot_grow(void **state)
{
    (void)state;
    struct scratch scratch;
    struct rows rows = {.count = 60000};
    struct rlimit before, small;
    begin(&scratch, THING INDEXES);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 4 * 1024 * 1024;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    enum error_kind kind = pack(&scratch, &rows);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_fails_with(&scratch, kind, INTERNAL);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack__sorts_numbers),
        cmocka_unit_test(test_pack__makes_what_sql_makes),
        cmocka_unit_test(test_pack__takes_rows_and_keys_that_overflow),
        cmocka_unit_test(test_pack__leaves_what_it_does_not_understand_to_sqlite),
        cmocka_unit_test(test_pack__knows_what_it_understands),
        cmocka_unit_test(test_pack__hands_tables_back_that_it_does_not_understand),
        cmocka_unit_test(test_pack__understands_the_whole_library),
        cmocka_unit_test(test_pack__says_when_rows_cannot_be),
        cmocka_unit_test(test_pack__finds_keys_that_repeat),
        cmocka_unit_test(test_pack__holds_columns_for_others),
        cmocka_unit_test(test_pack__does_not_touch_a_table_with_rows),
        cmocka_unit_test(test_pack__says_when_the_file_cannot_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
