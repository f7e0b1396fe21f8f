/*
 * test_list_walk.c — pages against a naive oracle while rows come, go and change; the last page; lists that take
 * too long, and what they are advised.
 */
#include "things.h"

#include "db/cursor.h"
#include "db/list_internal.h"

/* ---- an oracle that sorts everything ------------------------------------------------------------------- */

static const struct {
    const char *sort, *order, *key;
    bool text, descending;
} walks[] = {
    {"name", "asc", "name_key", true, false},
    {"name", "desc", "name_key", true, true},
    {"rank", "asc", "coalesce(rank, -1)", false, false},
    {"rank", "desc", "coalesce(rank, -1)", false, true},
    {"age", "asc", "id", false, false},
    {"age", "desc", "id", false, true},
};
#define WALKS (sizeof walks / sizeof walks[0])

/* A row's place in the list: kept by value, for the row may be gone or stand elsewhere when it is next asked. */
struct place {
    int64_t id, number;
    char text[40];
};

static int compare(const struct place *a, const struct place *b, size_t w)
{
    int order = walks[w].text ? strcmp(a->text, b->text) : (a->number > b->number) - (a->number < b->number);

    if (order == 0)
        order = (a->id > b->id) - (a->id < b->id);
    return walks[w].descending ? -order : order;
}

static int all_places(struct list_test *t, size_t w, struct place *out)
{
    sqlite3_stmt *handle = NULL;
    char sql[160];
    int count = 0;

    snprintf(sql, sizeof sql, "SELECT id, %s FROM thing WHERE gone = 0", walks[w].key);
    assert_int_equal(sqlite3_prepare_v2(t->scratch.ctx.db->handle, sql, -1, &handle, NULL), SQLITE_OK);
    while (sqlite3_step(handle) == SQLITE_ROW) {
        struct place place = {.id = sqlite3_column_int64(handle, 0)};
        if (walks[w].text)
            snprintf(place.text, sizeof place.text, "%s", (const char *)sqlite3_column_text(handle, 1));
        else
            place.number = sqlite3_column_int64(handle, 1);
        int at = count++;
        for (; at > 0 && compare(&out[at - 1], &place, w) > 0; at--)
            out[at] = out[at - 1];
        out[at] = place;
    }
    sqlite3_finalize(handle);
    return count;
}

/* ---- a client and a writer at the dice ----------------------------------------------------------------- */

struct game {
    struct list_test *t;
    uint32_t dice;
    int64_t next_id;
    size_t w;
    int64_t limit;
    struct place first, last; /* of the page that the client has */
    struct page_meta meta;
};

static uint32_t throw_dice(struct game *game, uint32_t sides)
{
    game->dice = game->dice * 1664525u + 1013904223u;
    return (game->dice >> 8) % sides;
}

static void change_something(struct game *game)
{
    static const char *const changes[] = {
        "DELETE FROM thing WHERE id =",
        "UPDATE thing SET gone = 1 - gone WHERE id =",
        "UPDATE thing SET rank = (rank + 1) % 5 WHERE id =",
        "UPDATE thing SET name_key = 'apple' WHERE id =",
    };
    char sql[128];
    uint32_t change = throw_dice(game, 5);
    /* Often the very row that the cursor names. */
    int64_t id = throw_dice(game, 3) ? 10 + throw_dice(game, (uint32_t)game->next_id) : game->last.id;

    if (change == 4) {
        insert_thing(game->t, game->next_id++);
        return;
    }
    snprintf(sql, sizeof sql, "%s %d", changes[change], (int)id);
    scratch_exec(&game->t->scratch, sql);
}

/* Forwards or backwards from `from`: the rows strictly beyond, as many as the page holds. NULL: from an end. */
static void expect_page(struct game *game, const char *cursor, const struct place *from, bool backward)
{
    struct place all[ROWS_MAX];
    struct collected page;
    int count = all_places(game->t, game->w, all);
    int begin = 0;
    int end = count;

    for (int i = 0; from && i < count; i++) {
        begin += !backward && compare(&all[i], from, game->w) <= 0;
        end -= backward && compare(&all[i], from, game->w) >= 0;
    }
    bool more = end - begin > game->limit;
    if (more && backward)
        begin = end - (int)game->limit;
    else if (more)
        end = begin + (int)game->limit;
    run(game->t, &things_listing,
        (struct list_query){.limit = game->limit,
                            .sort = walks[game->w].sort,
                            .order = walks[game->w].order,
                            .cursor = cursor},
        &page);
    assert_int_equal(page.count, end - begin);
    for (int i = 0; i < page.count; i++)
        assert_int_equal(page.ids[i], all[begin + i].id);
    assert_int_equal(page.meta.has_more, more);
    game->meta = page.meta;
    if (page.count > 0) {
        game->first = all[begin];
        game->last = all[end - 1];
    }
}

static void play(struct list_test *t, uint32_t seed)
{
    struct game game = {.t = t, .dice = seed, .next_id = 200, .w = seed % WALKS, .limit = 1 + seed % 7};

    expect_page(&game, NULL, NULL, false);
    for (int turn = 0; turn < 40 && game.next_id < 10 + ROWS_MAX - 70; turn++) {
        struct game before = game;
        for (uint32_t changes = throw_dice(&game, 4); changes > 0; changes--)
            change_something(&game);
        switch (throw_dice(&game, 8)) {
        case 0: expect_page(&game, NULL, NULL, false); break;
        case 1: expect_page(&game, before.meta.last_cursor, NULL, before.meta.last_cursor != NULL); break;
        case 2:
        case 3:
        case 4:
            if (before.meta.previous_cursor)
                expect_page(&game, before.meta.previous_cursor, &before.first, true);
            break;
        default:
            if (before.meta.next_cursor)
                expect_page(&game, before.meta.next_cursor, &before.last, false);
        }
    }
}

static void test_list_walk__every_page_is_what_a_full_sort_would_show(void **state)
{
    struct list_test *t = *state;

    scratch_exec(&t->scratch, "SAVEPOINT game");
    for (uint32_t seed = 1; seed <= 120; seed++) {
        play(t, seed);
        scratch_exec(&t->scratch, "ROLLBACK TO game");
        arena_reset(&t->scratch.arena);
    }
}

/* ---- the last page ------------------------------------------------------------------------------------- */

static void test_list_walk__the_last_page_is_one_step_away_and_leads_back(void **state)
{
    struct list_test *t = *state;
    struct collected page;
    struct place all[ROWS_MAX];

    for (size_t w = 0; w < WALKS; w++) {
        int count = all_places(t, w, all);
        struct list_query query = {.limit = 7, .sort = walks[w].sort, .order = walks[w].order};
        run(t, &things_listing, query, &page);
        query.cursor = page.meta.last_cursor;
        assert_non_null(query.cursor);
        int at = count;
        for (;;) {
            run(t, &things_listing, query, &page);
            assert_int_equal(page.meta.next_cursor != NULL, at < count);
            at -= page.count;
            for (int i = 0; i < page.count; i++)
                assert_int_equal(page.ids[i], all[at + i].id);
            assert_int_equal(page.meta.has_more, page.meta.previous_cursor != NULL);
            if (!page.meta.previous_cursor)
                break;
            query.cursor = page.meta.previous_cursor;
        }
        assert_int_equal(at, 0);
        arena_reset(&t->scratch.arena);
    }
}

static void test_list_walk__a_list_of_one_page_has_no_last_one(void **state)
{
    struct list_test *t = *state;
    struct collected page;

    run(t, &things_listing, (struct list_query){.limit = 100}, &page);
    assert_null(page.meta.last_cursor);
    run(t, &things_listing, (struct list_query){.limit = 59}, &page);
    struct list_query query = {.limit = 100, .cursor = page.meta.last_cursor};
    run(t, &things_listing, query, &page);
    assert_int_equal(page.count, 60);
    assert_null(page.meta.last_cursor);
    query.sort = "rank";
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
}

/* ---- what takes too long ------------------------------------------------------------------------------- */

/* For each row, more than the instructions after which SQLite looks at the clock. */
#define LONG_COUNT                                                                     \
    "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)" \
    " SELECT count(*) FROM n WHERE i <> t.id) > 0"

static const char *const common_notes[] = {"1", NULL};
static const char *const common_note_wheres[] = {"t.note = 'note ' || 1"};

static const struct list_filter slow_filters[] = {
    {"slow", FILTER_BOOL, LONG_COUNT, .meaning = "Takes long"},
    {"kind", FILTER_CHOICE, .choices = kinds, .wheres = kind_wheres, .meaning = "Kind"},
    {"note", FILTER_TEXT, "substr(t.note, 6) = :note AND t.note <> 'note 1'", .choices = common_notes,
     .wheres = common_note_wheres, .meaning = "Note"},
    {0},
};

static const struct list_served slow_served[] = {
    {""},
    {"kind=liquid", "name"},
    {"kind=liquid note?", "age", .total = "4711"},
    {"note=1", "", .total = "4712"},
    {0},
};

static const struct listing slow_listing = {
    .name = "Slow",
    .columns = thing_columns,
    .from = "thing t",
    .id = "t.id",
    .uuid = "t.uuid",
    .search = "t.id IN (SELECT rowid FROM thing_search WHERE thing_search MATCH :q)",
    .sorts = thing_sorts,
    .filters = slow_filters,
    .served = slow_served,
};

#define SLOW(...)                                                       \
    (struct list_query)                                                 \
    {                                                                   \
        .limit = 5, .time_cap_ms = -1, .parameters = asked, __VA_ARGS__ \
    }

static void assert_too_slow(struct list_test *t, struct list_query query, const char *advice)
{
    struct ctx *ctx = &t->scratch.ctx;
    struct collected out;

    assert_int_equal(list_run(ctx, &slow_listing, &query, &collector(&out)->sink), ERROR_BUSY);
    assert_string_equal(error_code_name(ctx->error.code), "LIST_TOO_SLOW");
    assert_string_equal(ctx->error.reasons->key, "sort");
    if (!strstr(ctx->error.detail, advice))
        stop_test("“%s” does not say “%s”", ctx->error.detail, advice);
    assert_int_equal(out.pages, 0);
    error_clear(ctx);
    db_reset_statements(ctx->db);
}

static void test_list_walk__what_takes_too_long_is_refused_with_advice(void **state)
{
    struct list_test *t = *state;
    static const struct list_parameter asked[] = {{"slow", "true"}, {"kind", "liquid"}, {"note", "2"}};

    assert_too_slow(t, SLOW(.parameter_count = 1), " Leave out slow.");
    assert_too_slow(t, SLOW(.parameter_count = 2), " Leave out slow.");
    assert_too_slow(t, SLOW(.parameter_count = 2, .sort = "rank"), " Leave out slow, and sort by name.");
    assert_too_slow(t, SLOW(.parameter_count = 3, .sort = "age"), " Leave out slow.");
    assert_too_slow(t, SLOW(.parameter_count = 3, .sort = "name"), " Leave out slow, and sort by age.");
    assert_too_slow(t, SLOW(.parameter_count = 1, .search = "apple"), " Leave out slow and q.");
}

static void test_list_walk__only_the_page_is_hurried(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    static const struct list_parameter asked[] = {{"slow", "true"}};
    struct db *db = t->scratch.ctx.db;

    /* An export has all the time it takes; what is quick does not notice; what ran before keeps its deadline. */
    run(t, &slow_listing, SLOW(.parameter_count = 1, .without_total = true), &out);
    assert_int_equal(out.count, 5);
    run(t, &slow_listing, SLOW(.parameter_count = 0), &out);
    assert_int_equal(out.meta.total, 60);
    db->deadline_ms = clock_monotonic_ms() + 60000;
    int64_t deadline = db->deadline_ms;
    assert_too_slow(t, SLOW(.parameter_count = 1), " Leave out slow.");
    assert_true(db->deadline_ms == deadline);
    db->deadline_ms = 0;
}

/* ---- entries ------------------------------------------------------------------------------------------- */

static void assert_total(struct list_test *t, const char *kind, const char *note, int64_t total, int rows)
{
    struct collected out;
    const struct list_parameter asked[] = {{"kind", kind}, {"note", note}};

    run(t, &slow_listing, (struct list_query){.limit = 100, .parameters = asked, .parameter_count = 2}, &out);
    assert_int_equal(out.meta.total, total);
    assert_int_equal(out.count, rows);
}

static void test_list_walk__an_entry_is_met_by_its_filters_and_no_others(void **state)
{
    struct list_test *t = *state;
    int64_t ids[ROWS_MAX];
    int liquid = sorted(t, "kind = 'l'", "id", ids);
    int two = sorted(t, "note = 'note 2'", "id", ids);
    int one = sorted(t, "note = 'note 1'", "id", ids);

    assert_int_equal(liquid, 60); /* all ids are even */
    assert_total(t, "", "", 60, 60);
    assert_total(t, "liquid", "", 60, 60); /* the first entry of these filters counts */
    assert_total(t, "solid", "", 0, 0);
    assert_total(t, "liquid", "2", 4711, two);
    assert_total(t, "solid", "2", 0, 0);
    assert_total(t, "liquid", "1", one, one); /* a choice is another filter than the rest of its text */
    assert_total(t, "", "1", 4712, one);
    assert_total(t, "", "2", two, two);
}

/* A walked search that finds less shows which of the two was asked. */
static void test_list_walk__many_matches_are_walked_and_few_are_sorted(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    int64_t ids[ROWS_MAX];
    struct list_served served[] = {{"q", "", .total = "5000"}, {0}};
    struct listing listing = slow_listing;
    struct list_query query = {.limit = 100, .search = "apple"};
    int sorted_count = sorted(t, "name LIKE 'apple%'", "id", ids);
    int walked_count = sorted(t, "name LIKE 'apple%' AND coalesce(rank, -1) = 1", "id", ids);

    listing.served = served;
    listing.search_walked =
        "+t.id IN (SELECT rowid FROM thing_search WHERE thing_search MATCH :q) AND t.rank = 1";
    assert_true(walked_count > 0 && walked_count < sorted_count);
    run(t, &listing, query, &out);
    assert_int_equal(out.count, sorted_count);
    struct listing larger = listing;
    struct list_served more[] = {{"q", "", .total = "5001"}, {0}};
    larger.served = more;
    run(t, &larger, query, &out);
    assert_int_equal(out.count, walked_count);
    query.without_total = true; /* an export goes through all of it */
    run(t, &listing, query, &out);
    assert_int_equal(out.count, walked_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_list_walk__every_page_is_what_a_full_sort_would_show),
        each(test_list_walk__the_last_page_is_one_step_away_and_leads_back),
        each(test_list_walk__a_list_of_one_page_has_no_last_one),
        each(test_list_walk__what_takes_too_long_is_refused_with_advice),
        each(test_list_walk__only_the_page_is_hurried),
        each(test_list_walk__an_entry_is_met_by_its_filters_and_no_others),
        each(test_list_walk__many_matches_are_walked_and_few_are_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
