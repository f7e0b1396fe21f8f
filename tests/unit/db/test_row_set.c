/*
 * test_row_set.c — a page of a list within a set of rows: the same rows in the same order, whether the order's
 * index is walked, the set is sorted, or what was narrowed down of it is.
 */
#include "things.h"

#include "db/list_internal.h"
#include "db/row_set.h"

#define IDS_END 790 /* as many things as `seen` holds, and more than are looked up for sure */

static int64_t ids_end = 130;
static struct row_set wanted; /* what the listing's finder gives */
static bool wants_none;
static int asked;

static enum error_kind find_wanted(struct ctx *ctx, const struct list_query *query,
                                   const struct list_given *given, const struct row_set **out_set)
{
    (void)ctx;
    (void)query;
    assert_string_equal(given[0].name, "archived");
    asked++;
    *out_set = wants_none ? NULL : &wanted;
    return OK;
}

static struct listing found_listing(void)
{
    struct listing listing = things_listing;

    listing.find = find_wanted;
    return listing;
}

static struct listing found; /* static: its address is the key of its statements */

/* Every `step`th thing; `of` tips the estimate: many rows make walking dear, few make it cheap. */
static void choose(struct list_test *t, int step, int64_t of)
{
    wanted = row_set_new(&t->scratch.arena, IDS_END);
    for (int64_t id = 10; id < ids_end; id += 2)
        if (id / 2 % step == 0)
            row_set_add(&wanted, id);
    wanted.of = of;
}

static const struct {
    const char *sort, *order, *sql;
} walks[] = {
    {"name", "asc", "name_key, id"},
    {"name", "desc", "name_key DESC, id DESC"},
    {"rank", "asc", "coalesce(rank, -1), id"},
    {"rank", "desc", "coalesce(rank, -1) DESC, id DESC"},
    {"age", "asc", "id"},
    {"age", "desc", "id DESC"},
};

static int walk(struct list_test *t, size_t w, int64_t limit, int64_t *seen)
{
    struct list_query query = {
        .limit = limit, .sort = walks[w].sort, .order = walks[w].order, .search = "any"};
    struct collected page;
    int count = 0;

    do {
        run(t, &found, query, &page);
        assert_int_equal(page.meta.total, wanted.count);
        memcpy(seen + count, page.ids, (size_t)page.count * sizeof *seen);
        count += page.count;
        query.cursor = page.meta.next_cursor;
    } while (query.cursor);
    int at = count - page.count;
    while (page.meta.previous_cursor) {
        query.cursor = page.meta.previous_cursor;
        run(t, &found, query, &page);
        at -= page.count;
        assert_true(at >= 0);
        assert_ids(page.ids, page.count, seen + at, page.count);
    }
    assert_int_equal(at, 0);
    return count;
}

static void assert_walks_agree(struct list_test *t, int64_t of)
{
    static const int64_t limits[] = {1, 3, 7, 30, 100};

    for (int step = 1; step <= 7; step += 2) {
        choose(t, step, of);
        for (size_t w = 0; w < sizeof walks / sizeof walks[0]; w++) {
            char where[64];
            int64_t expected[ROWS_MAX], seen[ROWS_MAX];
            snprintf(where, sizeof where, "gone = 0 AND id / 2 %% %d = 0", step);
            int count = sorted(t, where, walks[w].sql, expected);
            for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++)
                assert_ids(seen, walk(t, w, limits[l], seen), expected, count);
        }
    }
}

static void test_row_set__walks_the_index_past_other_rows(void **state)
{
    struct list_test *t = *state;

    for (; ids_end < IDS_END; ids_end += 2)
        insert_thing(t, ids_end);
    assert_walks_agree(t, 1);
    ids_end = 130;
}

static void test_row_set__sorts_its_own_rows(void **state)
{
    assert_walks_agree(*state, 1000000000);
}

/* What a finder that knows the ranks gives: those that come next, and all that tie with the last of them. */
static const struct row_set *narrow_by_rank(const struct row_set *set, struct arena *arena,
                                            const struct row_page *page, bool *out_all)
{
    struct row_set *kept = arena_alloc(arena, sizeof *kept);
    int64_t taken = 0;

    if (strcmp(page->sort, "rank") != 0)
        return NULL;
    *kept = row_set_new(arena, set->end);
    kept->of = set->of;
    for (int64_t step = 0; step < 5 && taken < page->rows; step++) {
        int64_t rank = page->descending ? 3 - step : step - 1;
        if (page->after && (page->descending ? rank > page->number : rank < page->number))
            continue;
        for (int64_t id = row_set_next(set, 0); id >= 0; id = row_set_next(set, id + 1)) {
            if ((id % 5 == 4 ? -1 : id % 5) != rank)
                continue;
            row_set_add(kept, id);
            taken += !page->after || rank != page->number;
        }
    }
    *out_all = taken < page->rows;
    return kept;
}

static void test_row_set__sorts_what_was_narrowed_down(void **state)
{
    struct list_test *t = *state;
    int64_t expected[ROWS_MAX], seen[ROWS_MAX];

    for (size_t w = 0; w < sizeof walks / sizeof walks[0]; w++) {
        choose(t, 1, 1000000000);
        wanted.narrow = narrow_by_rank;
        int count = sorted(t, "gone = 0", walks[w].sql, expected);
        assert_ids(seen, walk(t, w, 7, seen), expected, count);
    }
}

static void test_row_set__takes_an_offset(void **state)
{
    struct list_test *t = *state;
    int64_t expected[ROWS_MAX];
    int count = sorted(t, "gone = 0 AND id / 2 % 3 = 0", "name_key, id", expected);

    for (int64_t of = 1; of < 100000000000; of *= 100000) {
        struct collected page;
        choose(t, 3, of);
        run(t, &found, (struct list_query){.limit = 4, .offset = 5, .sort = "name", .search = "any"}, &page);
        assert_ids(page.ids, page.count, expected + 5, 4);
        assert_true(count > 9 && page.meta.has_more);
        assert_int_equal(page.meta.total, count);
    }
}

static void test_row_set__of_nothing_is_an_empty_list(void **state)
{
    struct list_test *t = *state;
    struct collected page;

    wanted = (struct row_set){0};
    run(t, &found, (struct list_query){.limit = 4, .search = "any"}, &page);
    assert_int_equal(page.count + page.meta.total + page.meta.has_more, 0);
}

static void test_row_set__is_asked_for_when_there_is_a_question_only(void **state)
{
    struct list_test *t = *state;
    struct collected page;
    struct list_parameter note = {"note", "note 1"};

    choose(t, 3, 60);
    asked = 0;
    run(t, &found, (struct list_query){.limit = 100}, &page);
    assert_int_equal(asked, 0);
    assert_int_equal(page.count, 60);
    run(t, &found, (struct list_query){.limit = 100, .parameters = &note, .parameter_count = 1}, &page);
    assert_int_equal(asked, 1);
    assert_int_equal(page.count, wanted.count);
    /* A finder that cannot tell leaves it to SQL. */
    wants_none = true;
    run(t, &found, (struct list_query){.limit = 100, .parameters = &note, .parameter_count = 1}, &page);
    wants_none = false;
    assert_int_equal(page.count, sorted(t, "note = 'note 1'", "id", (int64_t[ROWS_MAX]){0}));
}

/* The estimate is what the tests above turn; that it has two sides is to be seen. */
static void test_row_set__has_two_ways_to_a_page(void **state)
{
    struct list_test *t = *state;
    const char *walked = list_sql(&t->scratch.ctx, &found, SHAPE_WALK_SET);
    const char *sorted_set = list_sql(&t->scratch.ctx, &found, SHAPE_SORT_SET);

    assert_non_null(strstr(walked, "row_set_has(:set, t.id)"));
    assert_non_null(strstr(sorted_set, "json_each(:set)"));
}

static void test_row_set__knows_its_members(void **state)
{
    struct list_test *t = *state;
    struct row_set set = row_set_new(&t->scratch.arena, 200);

    assert_int_equal(row_set_next(&set, 0), -1);
    row_set_add(&set, 0);
    row_set_add(&set, 63);
    row_set_add(&set, 64);
    row_set_add(&set, 199);
    assert_int_equal(set.count, 4);
    assert_int_equal(row_set_next(&set, 1), 63);
    assert_int_equal(row_set_next(&set, 64), 64);
    assert_int_equal(row_set_next(&set, 65), 199);
    assert_int_equal(row_set_next(&set, 200), -1);
    assert_int_equal(row_set_before(&set, 1000), 199);
    assert_int_equal(row_set_before(&set, 199), 64);
    assert_int_equal(row_set_before(&set, 64), 63);
    assert_int_equal(row_set_before(&set, 63), 0);
    assert_int_equal(row_set_before(&set, 0), -1);
    assert_false(row_set_has(&set, 200) || row_set_has(&set, -1) || row_set_has(&set, 1));
    assert_true(row_set_has(&set, 199));
    assert_string_equal(row_set_json(&t->scratch.arena, &set), "[0,63,64,199]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_row_set__walks_the_index_past_other_rows),
        each(test_row_set__sorts_its_own_rows),
        each(test_row_set__sorts_what_was_narrowed_down),
        each(test_row_set__takes_an_offset),
        each(test_row_set__of_nothing_is_an_empty_list),
        each(test_row_set__is_asked_for_when_there_is_a_question_only),
        each(test_row_set__has_two_ways_to_a_page),
        each(test_row_set__knows_its_members),
    };
    found = found_listing();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
