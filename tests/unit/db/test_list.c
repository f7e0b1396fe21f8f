/*
 * test_list.c — walking a list: every row once, in order, both ways, while rows come and go; cursors; values.
 * (What a query may ask for: test_list_query.c.)
 */
#include "things.h"

#include "db/cursor.h"

/* ---- walking ------------------------------------------------------------------------------------------- */

static const struct {
    const char *sort, *order, *sql;
} walks[] = {
    {"name", "asc", "name_key, id"},
    {"name", "desc", "name_key DESC, id DESC"},
    {"rank", "asc", "coalesce(rank, -1), id"},
    {"rank", "desc", "coalesce(rank, -1) DESC, id DESC"},
    {"age", "asc", "id"},
    {"age", "desc", "id DESC"},
    {NULL, NULL, "name_key, id"},
    {"rank", NULL, "coalesce(rank, -1) DESC, id DESC"},
};

/* Follows next_cursor to the end, then previous_cursor back to the beginning. */
static void walk_both_ways(struct list_test *t, const struct listing *listing, size_t w, int64_t limit)
{
    struct collected page;
    struct list_query query = {.limit = limit, .sort = walks[w].sort, .order = walks[w].order};
    int64_t wanted[ROWS_MAX], seen[ROWS_MAX];
    int count = sorted(t, "gone = 0", walks[w].sql, wanted);
    int at = 0;

    run(t, listing, query, &page);
    assert_null(page.meta.previous_cursor);
    for (;;) {
        memcpy(seen + at, page.ids, (size_t)page.count * sizeof *seen);
        at += page.count;
        assert_int_equal(page.meta.has_more, page.meta.next_cursor != NULL);
        assert_true(page.count == limit || !page.meta.has_more);
        if (!page.meta.next_cursor)
            break;
        query.cursor = page.meta.next_cursor;
        run(t, listing, query, &page);
        assert_non_null(page.meta.previous_cursor);
    }
    assert_ids(seen, at, wanted, count);

    at = count - page.count;
    while (page.meta.previous_cursor) {
        query.cursor = page.meta.previous_cursor;
        run(t, listing, query, &page);
        assert_non_null(page.meta.next_cursor);
        at -= page.count;
        assert_true(at >= 0);
        memcpy(seen + at, page.ids, (size_t)page.count * sizeof *seen);
    }
    assert_int_equal(at, 0);
    assert_ids(seen, count, wanted, count);
}

static void test_list__walks_every_order_both_ways(void **state)
{
    static const int64_t limits[] = {1, 3, 7, 20, 59, 60, 61, 100};
    struct list_test *t = *state;

    for (size_t w = 0; w < sizeof walks / sizeof walks[0]; w++) {
        for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++) {
            walk_both_ways(t, &things_listing, w, limits[l]);
            walk_both_ways(t, &bare_listing, w, limits[l]);
            arena_reset(&t->scratch.arena);
        }
    }
}

static void test_list__goes_from_a_page_to_the_next_and_back_to_the_same(void **state)
{
    struct list_test *t = *state;
    struct collected first, second, again;
    struct list_query query = {.limit = 7};

    run(t, &things_listing, query, &first);
    query.cursor = first.meta.next_cursor;
    run(t, &things_listing, query, &second);
    query.cursor = second.meta.previous_cursor;
    run(t, &things_listing, query, &again);
    assert_ids(again.ids, again.count, first.ids, first.count);
    query.cursor = again.meta.next_cursor;
    run(t, &things_listing, query, &again);
    assert_ids(again.ids, again.count, second.ids, second.count);
}

static bool is_among(int64_t id, const int64_t *ids, int count)
{
    for (int i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/*
 * Rows come and go between pages, before and behind; those that were there all the time are seen once each.
 */
static void walk_while_rows_change(struct list_test *t, size_t w, bool archive)
{
    struct collected page;
    struct list_query query = {.limit = 4, .sort = walks[w].sort, .order = walks[w].order};
    int64_t before[ROWS_MAX], after[ROWS_MAX], seen[ROWS_MAX];
    int before_count = sorted(t, "gone = 0", walks[w].sql, before);
    int count = 0;
    int64_t inserted = 200; /* ids grow, as they do in a table; their names and ranks lie all over the list */

    for (;;) {
        run(t, &things_listing, query, &page);
        for (int i = 0; i < page.count; i++) {
            assert_false(is_among(page.ids[i], seen, count));
            seen[count++] = page.ids[i];
        }
        if (!page.meta.next_cursor)
            break;
        query.cursor = page.meta.next_cursor;
        char sql[160];
        /* The neighbour that the cursor names goes too. */
        snprintf(sql, sizeof sql,
                 archive ? "UPDATE thing SET gone = 1 WHERE id IN (%d, %d)"
                         : "DELETE FROM thing WHERE id IN (%d, %d)",
                 (int)page.ids[page.count - 1], (int)before[(count * 7) % before_count]);
        scratch_exec(&t->scratch, sql);
        insert_thing(t, inserted++);
        insert_thing(t, inserted++);
    }
    int after_count = sorted(t, "gone = 0", walks[w].sql, after);
    for (int i = 0; i < before_count; i++)
        if (is_among(before[i], after, after_count))
            assert_true(is_among(before[i], seen, count));
    assert_true(after_count < before_count + (inserted - 200));
}

static void test_list__neither_skips_nor_repeats_while_rows_come_and_go(void **state)
{
    struct list_test *t = *state;

    scratch_exec(&t->scratch, "SAVEPOINT walk");
    for (size_t w = 0; w < sizeof walks / sizeof walks[0]; w++) {
        for (int archive = 0; archive < 2; archive++) {
            walk_while_rows_change(t, w, archive);
            scratch_exec(&t->scratch, "ROLLBACK TO walk");
            arena_reset(&t->scratch.arena);
        }
    }
}

/* Every row of a tie is deleted right behind the cursor, which then stands nowhere. */
static void test_list__goes_on_where_a_deleted_neighbour_was(void **state)
{
    struct list_test *t = *state;
    struct collected page, rest;
    int64_t wanted[ROWS_MAX];

    scratch_exec(&t->scratch, "SAVEPOINT walk");
    for (size_t w = 0; w < sizeof walks / sizeof walks[0]; w++) {
        int count = sorted(t, "gone = 0", walks[w].sql, wanted);
        for (int limit = 1; limit < count; limit += 3) {
            struct list_query query = {.limit = limit, .sort = walks[w].sort, .order = walks[w].order};
            char sql[64];
            run(t, &things_listing, query, &page);
            snprintf(sql, sizeof sql, "DELETE FROM thing WHERE id = %d", (int)wanted[limit - 1]);
            scratch_exec(&t->scratch, sql);
            query.cursor = page.meta.next_cursor;
            query.limit = 100;
            run(t, &things_listing, query, &rest);
            assert_ids(rest.ids, rest.count, wanted + limit, count - limit);
            query.cursor = rest.meta.previous_cursor;
            run(t, &things_listing, query, &rest);
            assert_ids(rest.ids, rest.count, wanted, limit - 1);
            scratch_exec(&t->scratch, "ROLLBACK TO walk");
        }
        arena_reset(&t->scratch.arena);
    }
}

/* SQLite gives the highest id again when its row is deleted: who has it now is another, and not yet seen. */
static void test_list__shows_a_new_row_that_took_the_id_of_a_deleted_neighbour(void **state)
{
    struct list_test *t = *state;
    struct collected page;
    int64_t wanted[ROWS_MAX];
    int at = 0;

    insert_thing(t, 129);
    int count = sorted(t, "gone = 0", "name_key, id", wanted);
    while (wanted[at] != 129)
        at++;
    run(t, &things_listing, (struct list_query){.limit = at + 1}, &page);
    scratch_exec(&t->scratch, "DELETE FROM thing WHERE id = 129; DELETE FROM thing_search WHERE rowid = 129");
    insert_thing(t, 129);
    run(t, &things_listing, (struct list_query){.limit = 100, .cursor = page.meta.next_cursor}, &page);
    assert_ids(page.ids, page.count, wanted + at, count - at);
}

static void test_list__is_not_lost_when_the_list_ends_meanwhile(void **state)
{
    struct list_test *t = *state;
    struct collected page;
    struct list_query query = {.limit = 10};

    run(t, &things_listing, query, &page);
    query.cursor = page.meta.next_cursor;
    scratch_exec(&t->scratch, "UPDATE thing SET gone = 1");
    run(t, &things_listing, query, &page);
    assert_int_equal(page.count, 0);
    assert_null(page.meta.next_cursor);
    assert_false(page.meta.has_more);
}

/* ---- cursors ------------------------------------------------------------------------------------------- */

static void test_list__binds_a_cursor_to_its_question(void **state)
{
    struct list_test *t = *state;
    struct collected page;
    struct list_parameter rank = {"rank", "1"}, other_rank = {"rank", "2"}, unknown = {"colour", "red"};
    struct list_query asked = {
        .limit = 2, .sort = "rank", .search = "apple", .parameters = &rank, .parameter_count = 1};

    run(t, &things_listing, asked, &page);
    assert_non_null(page.meta.next_cursor);
    asked.cursor = page.meta.next_cursor;

    struct list_query query = asked;
    query.sort = "age";
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    query = asked;
    query.sort = "name";
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    query = asked;
    query.order = "asc";
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    query = asked;
    query.search = "pie";
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    query = asked;
    query.search = NULL;
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    query = asked;
    query.parameters = &other_rank;
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    query = asked;
    query.parameter_count = 0;
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    query = asked;
    assert_refused(t, &bare_listing, query, "INVALID_CURSOR");
    struct listing other = things_listing;
    other.name = "Other";
    assert_refused(t, &other, query, "INVALID_CURSOR");
    db_reset_statements(t->scratch.ctx.db);

    /* The same question in other words is the same; so is another limit, and what no filter reads. */
    query = asked;
    query.order = "desc";
    query.search = "  APPLE ";
    query.limit = 5;
    struct list_parameter both[] = {unknown, rank};
    query.parameters = both;
    query.parameter_count = 2;
    run(t, &things_listing, query, &page);
}

static void test_list__refuses_a_broken_cursor(void **state)
{
    struct list_test *t = *state;
    struct collected page;
    struct list_query query = {.limit = 2};
    struct cursor cursor;
    struct arena *arena = t->scratch.ctx.arena;

    run(t, &things_listing, query, &page);
    const char *good = page.meta.next_cursor;
    const char *const broken[] = {"", "x", "bm9uc2Vuc2U", arena_strndup(arena, good, strlen(good) - 12),
                                  arena_printf(arena, "%sA", good)};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        query.cursor = broken[i];
        assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    }
    assert_true(cursor_parse(arena, good, &cursor));
    cursor.row = "not-a-uuid";
    query.cursor = cursor_format(arena, &cursor);
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
    cursor.text = false;
    query.cursor = cursor_format(arena, &cursor);
    assert_refused(t, &things_listing, query, "INVALID_CURSOR");
}

/* ---- values -------------------------------------------------------------------------------------------- */

struct checked {
    struct row_sink sink;
    int count;
};

static void check_values(struct row_sink *sink, const struct column *columns,
                         const struct column_value *values)
{
    struct checked *out = (struct checked *)sink;
    int64_t id = values[1].number;

    (void)columns;
    assert_false(values[0].is_null);
    assert_int_equal(values[0].blob[6] >> 4, 7);
    assert_string_equal(values[2].text, names[(id * 5) % 7]);
    assert_int_equal(values[3].is_null, id % 5 == 4);
    if (!values[3].is_null)
        assert_int_equal(values[3].number, id % 5);
    assert_int_equal(values[4].is_null, id % 3 == 0);
    assert_int_equal(values[4].text != NULL, id % 3 != 0);
    if (!values[5].is_null)
        assert_true(values[5].real == (double)(id % 5) / 4.0);
    assert_int_equal(values[6].number, id > 30);
    assert_int_equal(values[7].number, SCRATCH_NOW / MS_PER_DAY);
    out->count++;
}

static void test_list__hands_out_values_as_they_are_both_ways(void **state)
{
    struct list_test *t = *state;
    struct collected page;
    struct checked out = {.sink = {check_values, NULL}};
    struct list_query query = {.limit = 20};

    scratch_must(&t->scratch, list_run(&t->scratch.ctx, &things_listing, &query, &out.sink));
    query.offset = 30;
    run(t, &things_listing, query, &page);
    query.offset = 0;
    query.cursor = page.meta.previous_cursor;
    scratch_must(&t->scratch, list_run(&t->scratch.ctx, &things_listing, &query, &out.sink));
    assert_int_equal(out.count, 40);
}

static void test_list__shows_one_row_whatever_the_filters_say(void **state)
{
    struct list_test *t = *state;
    struct checked out = {.sink = {check_values, NULL}};

    scratch_exec(&t->scratch, "UPDATE thing SET gone = 1");
    scratch_must(&t->scratch, list_one(&t->scratch.ctx, &things_listing, 12, &out.sink));
    assert_int_equal(out.count, 1);
    assert_fails_with(&t->scratch, list_one(&t->scratch.ctx, &things_listing, 13, &out.sink), NOT_FOUND);
    assert_int_equal(out.count, 1);
}

static void test_list__prepares_each_shape_once(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    struct list_parameter rank = {"rank", "1"};
    int count = 0;

    for (int i = 0; i < 3; i++) {
        rank.value = i == 0 ? "1" : "2";
        struct list_query query = {.limit = 1 + i, .offset = i, .parameters = &rank, .parameter_count = 1};
        run(t, &things_listing, query, &out);
        query.offset = 0;
        query.cursor = out.meta.next_cursor;
        run(t, &things_listing, query, &out);
        if (i == 0)
            count = t->scratch.ctx.db->statement_count;
    }
    assert_int_equal(t->scratch.ctx.db->statement_count, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_list__walks_every_order_both_ways),
        each(test_list__goes_from_a_page_to_the_next_and_back_to_the_same),
        each(test_list__neither_skips_nor_repeats_while_rows_come_and_go),
        each(test_list__goes_on_where_a_deleted_neighbour_was),
        each(test_list__shows_a_new_row_that_took_the_id_of_a_deleted_neighbour),
        each(test_list__is_not_lost_when_the_list_ends_meanwhile),
        each(test_list__binds_a_cursor_to_its_question),
        each(test_list__refuses_a_broken_cursor),
        each(test_list__hands_out_values_as_they_are_both_ways),
        each(test_list__shows_one_row_whatever_the_filters_say),
        each(test_list__prepares_each_shape_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
