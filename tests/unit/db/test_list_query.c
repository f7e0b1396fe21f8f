/*
 * test_list_query.c — what a list may be asked for: filters of every type, search, sorts, offsets; totals.
 */
#include "things.h"

/* ---- filters and search -------------------------------------------------------------------------------- */

static void assert_filter(struct list_test *t, const char *name, const char *value, const char *where)
{
    struct collected out;
    struct list_parameter parameter = {name, value};
    int64_t wanted[ROWS_MAX];
    int count = sorted(t, where, "name_key, id", wanted);

    run(t, &things_listing, (struct list_query){.limit = 100, .parameters = &parameter, .parameter_count = 1},
        &out);
    assert_ids(out.ids, out.count, wanted, count);
    assert_int_equal(out.meta.total, count);
}

static void test_list_query__filters_by_each_type(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    char uuid[UUID_TEXT_SIZE], where[128];

    scratch_exec(&t->scratch, "UPDATE thing SET gone = 1 WHERE id % 8 = 0; UPDATE library_counter SET value ="
                              " (SELECT count(*) FROM thing WHERE gone = 0) WHERE name = 'things'");
    assert_filter(t, "archived", "true", "gone = 1");
    assert_filter(t, "archived", "1", "gone = 1");
    assert_filter(t, "archived", "yes", "gone = 1");
    assert_filter(t, "archived", "false", "gone = 0");
    assert_filter(t, "note", "note 1", "gone = 0 AND note = 'note 1'");
    assert_filter(t, "note", "NOTE 1", "false");
    assert_filter(t, "name", "ÉCLAIR", "gone = 0 AND name = 'Éclair'");
    assert_filter(t, "rank", "2", "gone = 0 AND rank = 2");
    assert_filter(t, "rank", "-2", "false");
    assert_filter(t, "kind", "solid", "gone = 0 AND kind = 's'");
    assert_filter(t, "kind", "liquid", "gone = 0 AND kind = 'l'");
    assert_filter(t, "either", "1", "gone = 0 AND rank IN (1, 2)");
    assert_filter(t, "colour", "red",
                  "gone = 0"); /* unknown: http has refused it already, or it is not for us */
    assert_filter(t, "note", "", "gone = 0");

    run(t, &things_listing, (struct list_query){.limit = 1, .sort = "age"}, &out);
    sqlite3_stmt *handle = NULL;
    sqlite3_prepare_v2(t->scratch.ctx.db->handle, "SELECT uuid, id FROM thing WHERE gone = 0 ORDER BY id", -1,
                       &handle, NULL);
    assert_int_equal(sqlite3_step(handle), SQLITE_ROW);
    uuid_format(sqlite3_column_blob(handle, 0), uuid);
    snprintf(where, sizeof where, "id = %d", sqlite3_column_int(handle, 1));
    sqlite3_finalize(handle);
    assert_filter(t, "uuid", uuid, where);
    assert_filter(t, "uuid", "00000000-0000-7000-8000-000000000000", "false");
}

static void test_list_query__filters_by_days_from_their_first_to_their_last_moment(void **state)
{
    struct list_test *t = *state;
    char where[128];

    snprintf(where, sizeof where, "at >= %lld", SCRATCH_NOW - 10 * 3600000LL);
    assert_filter(t, "from", "2026-03-02", where); /* ids are six hours apart: 10:00, 16:00, 22:00, 04:00 */
    snprintf(where, sizeof where, "at <= %lld", SCRATCH_NOW + 14 * 3600000LL - 1);
    assert_filter(t, "to", "2026-03-02", where);
    snprintf(where, sizeof where, "at >= %lld", SCRATCH_NOW + 1LL);
    assert_filter(t, "from", "2026-03-02T11:00:00.001+01:00", where);
    snprintf(where, sizeof where, "at <= %lld", (long long)SCRATCH_NOW);
    assert_filter(t, "to", "2026-03-02T10:00:00Z", where);
}

static void test_list_query__joins_its_filters(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    int64_t wanted[ROWS_MAX];
    struct list_parameter given[] = {{"either", "1"}, {"note", "note 2"}, {".hidden", "2"}};
    int count = sorted(t, "rank IN (1, 2) AND note = 'note 2' AND rank >= 2", "name_key, id", wanted);

    run(t, &things_listing, (struct list_query){.limit = 100, .parameters = given, .parameter_count = 3},
        &out);
    assert_true(count > 1);
    assert_ids(out.ids, out.count, wanted, count);
    /* And page by page. */
    struct list_query query = {.limit = 1, .parameters = given, .parameter_count = 3};
    for (int i = 0; i < count; i++) {
        run(t, &things_listing, query, &out);
        assert_int_equal(out.ids[0], wanted[i]);
        assert_int_equal(out.meta.total, count);
        query.cursor = out.meta.next_cursor;
    }
    assert_null(query.cursor);
}

static void test_list_query__refuses_malformed_filter_values(void **state)
{
    static const struct list_parameter wrong[] = {
        {"archived", "maybe"}, {"rank", "1.5"},
        {"rank", "one"},       {"rank", "99999999999999999999"},
        {"uuid", "123"},       {"from", "2026-02-30"},
        {"from", "yesterday"}, {"to", "2026-03-02T10:00"},
        {"kind", "gas"},       {"kind", "Solid"},
        {"either", " 1"},
    };
    struct list_test *t = *state;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_refused(t, &things_listing,
                       (struct list_query){.limit = 5, .parameters = &wrong[i], .parameter_count = 1},
                       "INVALID_PARAMETER");
}

static void test_list_query__lets_a_path_decide_a_filter(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    int64_t wanted[ROWS_MAX];
    struct list_parameter sent[] = {{"rank", "2"}, {"kind", "solid"}, {"rank", "3"}};
    struct list_query query = {.limit = 100, .parameters = sent, .parameter_count = 3};
    struct list_query decided = list_query_with(t->scratch.ctx.arena, &query, "rank", "1");
    int count = sorted(t, "rank = 1 AND kind = 's'", "name_key, id", wanted);

    run(t, &things_listing, decided, &out);
    assert_ids(out.ids, out.count, wanted, count);
}

static void assert_search(struct list_test *t, const char *term, const char *where)
{
    struct collected out;
    int64_t wanted[ROWS_MAX];
    int count = sorted(t, where, "name_key, id", wanted);

    run(t, &things_listing, (struct list_query){.limit = 100, .search = term}, &out);
    assert_ids(out.ids, out.count, wanted, count);
    assert_int_equal(out.meta.total, count);
}

static void test_list_query__searches_for_beginnings_of_words(void **state)
{
    struct list_test *t = *state;

    assert_search(t, "apple", "name LIKE 'apple%'");
    assert_search(t, "APP pi", "name = 'apple pie'");
    assert_search(t, "eclair", "name = 'Éclair'");
    assert_search(t, "日本", "name = '日本語'");
    assert_search(t, "pple", "false");
    assert_search(t, "apple eclair", "false");
}

static void test_list_query__takes_nothing_of_a_search_for_syntax(void **state)
{
    struct list_test *t = *state;

    assert_search(t, "apple OR eclair", "false");
    assert_search(t, "quoted OR", "name LIKE 'Ærø%'");
    assert_search(t, "\"apple\" *", "name LIKE 'apple%'");
    assert_search(t, "name:apple", "false");
    assert_search(t, "apple -pie", "name = 'apple pie'");
    assert_search(t, "NEAR(apple pie)", "false");
    assert_search(t, "^apple", "name LIKE 'apple%'");
    assert_search(t, "'; DROP TABLE thing", "false");
}

static void test_list_query__finds_nothing_for_a_search_without_words(void **state)
{
    struct list_test *t = *state;
    static const char *const empty[] = {"", " ", "!!!", "\"\"", "*", "()", "…"};
    struct collected out;

    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        run(t, &things_listing, (struct list_query){.limit = 10, .search = empty[i]}, &out);
        assert_int_equal(out.count, 0);
        assert_int_equal(out.meta.total, 0);
        assert_false(out.meta.has_more);
        assert_null(out.meta.next_cursor);
        assert_null(out.meta.previous_cursor);
    }
    /* A listing without a search of its own does not look at the term. */
    run(t, &bare_listing, (struct list_query){.limit = 10, .search = "!!!"}, &out);
    assert_int_equal(out.count, 10);
}

static void test_list_query__pages_through_a_search(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    struct list_query query = {.limit = 3, .search = "apple", .sort = "rank", .order = "asc"};
    int64_t wanted[ROWS_MAX];
    int count = sorted(t, "name LIKE 'apple%'", "coalesce(rank, -1), id", wanted);
    int at = 0;

    do {
        run(t, &things_listing, query, &out);
        assert_int_equal(out.meta.total, count);
        assert_ids(out.ids, out.count, wanted + at, out.count);
        at += out.count;
        query.cursor = out.meta.next_cursor;
    } while (query.cursor);
    assert_int_equal(at, count);
}

/* ---- sorts, offsets, totals ---------------------------------------------------------------------------- */

static void test_list_query__refuses_unknown_sorts_and_orders(void **state)
{
    struct list_test *t = *state;

    assert_refused(t, &things_listing, (struct list_query){.limit = 5, .sort = "colour"},
                   "INVALID_PARAMETER");
    assert_refused(t, &things_listing, (struct list_query){.limit = 5, .sort = ""}, "INVALID_PARAMETER");
    assert_refused(t, &things_listing, (struct list_query){.limit = 5, .sort = "t.id"}, "INVALID_PARAMETER");
    assert_refused(t, &things_listing, (struct list_query){.limit = 5, .order = "up"}, "INVALID_PARAMETER");
    assert_refused(t, &things_listing, (struct list_query){.limit = 5, .order = "ASC"}, "INVALID_PARAMETER");
}

static void test_list_query__takes_an_offset_up_to_its_limit(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    int64_t wanted[ROWS_MAX];
    int count = sorted(t, "gone = 0", "name_key, id", wanted);

    run(t, &things_listing, (struct list_query){.limit = 5, .offset = 12}, &out);
    assert_ids(out.ids, out.count, wanted + 12, 5);
    assert_int_equal(out.meta.offset, 12);
    run(t, &things_listing, (struct list_query){.limit = 5, .offset = count - 2}, &out);
    assert_ids(out.ids, out.count, wanted + count - 2, 2);
    assert_false(out.meta.has_more);
    run(t, &things_listing, (struct list_query){.limit = 5, .offset = LIST_OFFSET_MAX}, &out);
    assert_int_equal(out.count, 0);
    assert_refused(t, &things_listing, (struct list_query){.limit = 5, .offset = LIST_OFFSET_MAX + 1},
                   "INVALID_PARAMETER");
    assert_refused(t, &things_listing, (struct list_query){.limit = 5, .offset = INT64_MAX},
                   "INVALID_PARAMETER");

    /* From a page by number on by cursor, either way. */
    run(t, &things_listing, (struct list_query){.limit = 5, .offset = 12}, &out);
    struct list_query query = {.limit = 5, .cursor = out.meta.previous_cursor};
    struct list_query next = {.limit = 5, .cursor = out.meta.next_cursor};
    run(t, &things_listing, query, &out);
    assert_ids(out.ids, out.count, wanted + 7, 5);
    run(t, &things_listing, next, &out);
    assert_ids(out.ids, out.count, wanted + 17, 5);
}

static void test_list_query__takes_the_total_from_its_counter_or_counts(void **state)
{
    struct list_test *t = *state;
    struct collected out;
    struct list_parameter rank = {"rank", "1"}, live = {"archived", "false"};
    int64_t ids[ROWS_MAX];

    /* A wrong number on purpose: it shows where it comes from. */
    scratch_exec(&t->scratch, "UPDATE library_counter SET value = 4711 WHERE name = 'things'");
    run(t, &things_listing, (struct list_query){.limit = 5}, &out);
    assert_int_equal(out.meta.total, 4711);
    run(t, &things_listing, (struct list_query){.limit = 5, .sort = "rank", .offset = 10}, &out);
    assert_int_equal(out.meta.total, 4711);
    run(t, &things_listing, (struct list_query){.limit = 5, .parameters = &live, .parameter_count = 1}, &out);
    assert_int_equal(out.meta.total, 4711);
    run(t, &things_listing, (struct list_query){.limit = 5, .parameters = &rank, .parameter_count = 1}, &out);
    assert_int_equal(out.meta.total, sorted(t, "rank = 1", "id", ids));
    run(t, &things_listing, (struct list_query){.limit = 5, .search = "apple"}, &out);
    assert_int_equal(out.meta.total, sorted(t, "name LIKE 'apple%'", "id", ids));
    run(t, &bare_listing, (struct list_query){.limit = 5}, &out);
    assert_int_equal(out.meta.total, 60);
    run(t, &bare_listing, (struct list_query){.limit = 5, .without_total = true}, &out);
    assert_int_equal(out.meta.total, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        each(test_list_query__filters_by_each_type),
        each(test_list_query__filters_by_days_from_their_first_to_their_last_moment),
        each(test_list_query__joins_its_filters),
        each(test_list_query__refuses_malformed_filter_values),
        each(test_list_query__lets_a_path_decide_a_filter),
        each(test_list_query__searches_for_beginnings_of_words),
        each(test_list_query__takes_nothing_of_a_search_for_syntax),
        each(test_list_query__finds_nothing_for_a_search_without_words),
        each(test_list_query__pages_through_a_search),
        each(test_list_query__refuses_unknown_sorts_and_orders),
        each(test_list_query__takes_an_offset_up_to_its_limit),
        each(test_list_query__takes_the_total_from_its_counter_or_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
