/*
 * things.h — a listing for tests of db/list: few names and ranks, so that most rows tie with others in the
 * sort column; a filter of each type; a full-text search. And a sink that collects what comes out.
 */
#ifndef CARREL_TESTS_THINGS_H
#define CARREL_TESTS_THINGS_H

#include "scratch.h"

#include "base/text.h"
#include "db/list.h"

#define ROWS_MAX 400

/* clang-format off */
static const struct column thing_columns[] = {
    {"id", COLUMN_UUID, false, "t.uuid", "Id"},
    {"number", COLUMN_INTEGER, false, "t.id", "Internal id, for the test"},
    {"name", COLUMN_TEXT, false, "t.name", "Name"},
    {"rank", COLUMN_INTEGER, true, "t.rank", "Rank"},
    {"note", COLUMN_TEXT, true, "t.note", "Note"},
    {"weight", COLUMN_REAL, false, "t.rank / 4.0", "Weight"},
    {"recent", COLUMN_BOOL, false, "t.at > :now", "After now"},
    {"today", COLUMN_DAY, false, ":today", "Today"},
    {0},
};

static const struct list_sort thing_sorts[] = {
    {"name", "t.name_key", true, false},
    {"rank", "coalesce(t.rank, -1)", false, true},
    {"age", "t.id", false, false},
    {0},
};

static const char *const kinds[] = {"solid", "liquid", NULL};
static const char *const kind_wheres[] = {"t.kind = 's'", "t.kind = 'l'"};

static const struct list_filter thing_filters[] = {
    {"archived", FILTER_BOOL, "t.gone = 1", "t.gone = 0", .meaning = "Archived ones instead"},
    {"note", FILTER_TEXT, "t.note = :note", .meaning = "Exactly"},
    {"name", FILTER_FOLDED, "t.name_key = :name", .meaning = "Folded"},
    {"rank", FILTER_INTEGER, "t.rank = :rank", .meaning = "Number"},
    {"uuid", FILTER_UUID, "t.uuid = :uuid", .meaning = "Public id"},
    {"from", FILTER_FROM_DAY, "t.at >= :from", .meaning = "First day"},
    {"to", FILTER_TO_DAY, "t.at <= :to", .meaning = "Last day"},
    {"kind", FILTER_CHOICE, .choices = kinds, .wheres = kind_wheres, .meaning = "Kind"},
    {"either", FILTER_INTEGER, "t.rank = :either OR t.rank = :either + 1", .meaning = "An OR inside"},
    {".hidden", FILTER_INTEGER, "t.rank >= :hidden"},
    {0},
};
/* clang-format on */

static const struct listing things_listing = {
    .name = "Thing",
    .columns = thing_columns,
    .from = "thing t",
    .id = "t.id",
    .uuid = "t.uuid",
    .search = "t.id IN (SELECT rowid FROM thing_search WHERE thing_search MATCH :q)",
    .sorts = thing_sorts,
    .filters = thing_filters,
    .total = "things",
};

/* The same rows without public ids, filters, search and counter. */
static const struct listing bare_listing = {
    .name = "Bare", .columns = thing_columns, .from = "thing t", .id = "t.id", .sorts = thing_sorts};

struct list_test {
    struct scratch scratch;
};

static const char schema[] =
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE, name TEXT NOT NULL,"
    " name_key TEXT NOT NULL, rank INTEGER, note TEXT, kind TEXT NOT NULL, at INTEGER NOT NULL,"
    " gone INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX thing_by_name ON thing (name_key, id) WHERE gone = 0;"
    "CREATE INDEX thing_by_rank ON thing (coalesce(rank, -1), id) WHERE gone = 0;"
    "CREATE VIRTUAL TABLE thing_search USING fts5 (name, tokenize = 'unicode61 remove_diacritics 0');"
    "INSERT INTO library_counter VALUES ('things', 0);";

SQL(INSERT_THING, "INSERT INTO thing (id, uuid, name, name_key, rank, note, kind, at) VALUES"
                  " (:id, :uuid, :name, :name_key, :rank, :note, :kind, :at)");
SQL(INSERT_WORDS, "INSERT INTO thing_search (rowid, name) VALUES (:id, :name_key)");

static const char *const names[] = {"Éclair",           "apple", "Zoë", "apple pie", "日本語", "apple",
                                    "Ærø \"quoted\" OR"};

/* Seven names, five ranks (one of them NULL): everything ties. */
static inline void insert_thing(struct list_test *t, int64_t id)
{
    struct ctx *ctx = &t->scratch.ctx;
    struct uuid uuid = uuid_new(SCRATCH_NOW);
    const char *name = names[(id * 5) % 7];
    struct stmt *s = db_statement(ctx, &INSERT_THING);

    bind_int(s, ":id", id);
    bind_uuid(s, ":uuid", &uuid);
    bind_text(s, ":name", name);
    bind_text(s, ":name_key", text_fold(ctx->arena, name));
    bind_number(s, ":rank", id % 5 == 4 ? NO_NUMBER : id % 5);
    bind_text(s, ":note", id % 3 ? arena_printf(ctx->arena, "note %d", (int)(id % 3)) : NULL);
    bind_text(s, ":kind", id % 2 ? "s" : "l");
    bind_int(s, ":at", SCRATCH_NOW + (id - 30) * MS_PER_DAY / 4);
    scratch_must(&t->scratch, db_run(s));
    s = db_statement(ctx, &INSERT_WORDS);
    bind_int(s, ":id", id);
    bind_text(s, ":name_key", text_fold(ctx->arena, name));
    scratch_must(&t->scratch, db_run(s));
}

static inline int set_up(void **state)
{
    struct list_test *t = calloc(1, sizeof *t);

    scratch_init(&t->scratch);
    scratch_open(&t->scratch);
    scratch_exec(&t->scratch, "BEGIN IMMEDIATE");
    scratch_exec(&t->scratch, schema);
    for (int64_t id = 10; id < 10 + 60 * 2; id += 2)
        insert_thing(t, id);
    *state = t;
    return 0;
}

static inline int tear_down(void **state)
{
    struct list_test *t = *state;

    scratch_remove(&t->scratch);
    free(t);
    return 0;
}

/* ---- what comes out ------------------------------------------------------------------------------------ */

struct collected {
    struct row_sink sink;
    int64_t ids[ROWS_MAX];
    int count;
    int pages;
    struct page_meta meta;
};

static inline void collect_row(struct row_sink *sink, const struct column *columns,
                               const struct column_value *values)
{
    struct collected *out = (struct collected *)sink;

    assert_ptr_equal(columns, thing_columns);
    assert_true(out->count < ROWS_MAX);
    out->ids[out->count++] = values[1].number;
}

static inline void collect_page(struct row_sink *sink, const struct page_meta *meta)
{
    struct collected *out = (struct collected *)sink;

    out->meta = *meta;
    out->pages++;
}

static inline struct collected *collector(struct collected *out)
{
    *out = (struct collected){.sink = {collect_row, collect_page}};
    return out;
}

static inline void run(struct list_test *t, const struct listing *listing, struct list_query query,
                       struct collected *out)
{
    scratch_must(&t->scratch, list_run(&t->scratch.ctx, listing, &query, &collector(out)->sink));
    assert_int_equal(out->pages, 1);
    assert_int_equal(out->meta.limit, query.limit);
    db_reset_statements(t->scratch.ctx.db);
}

static inline void assert_refused(struct list_test *t, const struct listing *listing, struct list_query query,
                                  const char *code)
{
    struct collected out;

    assert_int_equal(list_run(&t->scratch.ctx, listing, &query, &collector(&out)->sink), ERROR_MALFORMED);
    assert_string_equal(error_code_name(t->scratch.ctx.error.code), code);
    assert_int_equal(out.count + out.pages, 0);
    error_clear(&t->scratch.ctx);
    db_reset_statements(t->scratch.ctx.db);
}

/* The ids in the order of a full sort, by SQL of the test's own. */
static inline int sorted(struct list_test *t, const char *where, const char *order, int64_t *ids)
{
    sqlite3_stmt *handle = NULL;
    char sql[256];
    int count = 0;

    snprintf(sql, sizeof sql, "SELECT id FROM thing WHERE %s ORDER BY %s", where, order);
    assert_int_equal(sqlite3_prepare_v2(t->scratch.ctx.db->handle, sql, -1, &handle, NULL), SQLITE_OK);
    while (sqlite3_step(handle) == SQLITE_ROW)
        ids[count++] = sqlite3_column_int64(handle, 0);
    sqlite3_finalize(handle);
    return count;
}

static inline void assert_ids(const int64_t *ids, int count, const int64_t *wanted, int wanted_count)
{
    assert_int_equal(count, wanted_count);
    for (int i = 0; i < count; i++)
        assert_int_equal(ids[i], wanted[i]);
}

#define each(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
