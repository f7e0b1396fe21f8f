/*
 * test_list_query.c — the query parameters of every list.
 */
#include "http_support.h"

#include "http/list_query.h"

static enum error_kind read_query(struct http_test *t, const struct name_value *query, size_t count)
{
    for (size_t i = 0; i < count; i++)
        t->req.query[i] = query[i];
    t->req.query_count = count;
    error_clear(&t->ctx);
    return list_query_read(&t->req);
}

static enum error_kind read_one(struct http_test *t, const char *name, const char *value)
{
    return read_query(t, &(struct name_value){name, value}, 1);
}

static void test_list_query__has_defaults(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(read_query(&t, NULL, 0), OK);
    assert_int_equal(t.req.list.limit, LIST_LIMIT_DEFAULT);
    assert_int_equal(t.req.list.offset, 0);
    assert_null(t.req.list.cursor);
    assert_null(t.req.list.sort);
    assert_null(t.req.list.order);
    assert_null(t.req.list.search);
    assert_int_equal(t.req.list.parameter_count, 0);
    http_test_end(&t);
}

static void test_list_query__bounds_limit_and_offset(void **state)
{
    static const struct name_value bad[] = {{"limit", "0"},      {"limit", "101"}, {"limit", "x"},
                                            {"limit", "-1"},     {"offset", "-1"}, {"offset", "x"},
                                            {"offset", "10001"}, {"limit", "1.5"}};
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(read_one(&t, bad[i].name, bad[i].value), ERROR_MALFORMED);
    assert_int_equal(read_one(&t, "limit", "100"), OK);
    assert_int_equal(t.req.list.limit, 100);
    assert_int_equal(read_one(&t, "offset", "10000"), OK);
    assert_int_equal(t.req.list.offset, 10000);
    http_test_end(&t);
}

static void test_list_query__names_the_cursor_where_an_offset_is_too_far(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(read_one(&t, "offset", "10001"), ERROR_MALFORMED);
    assert_non_null(strstr(t.ctx.error.detail, "cursor"));
    http_test_end(&t);
}

static void test_list_query__reads_both_forms_of_sorting(void **state)
{
    static const struct {
        struct name_value query[2];
        const char *sort;
        const char *order;
    } cases[] = {
        {{{"sort_by", "title"}, {"order", "DESC"}}, "title", "desc"},
        {{{"sort_by", "title"}, {"x", "y"}}, "title", NULL},
        {{{"sort", "-created_at"}, {"x", "y"}}, "created_at", "desc"},
        {{{"sort", "created_at"}, {"x", "y"}}, "created_at", "asc"},
        {{{"sort", "created_at"}, {"order", "desc"}}, "created_at", "desc"},
        {{{"sort", "-title"}, {"sort_by", "author"}}, "author", NULL},
        {{{"order", "asc"}, {"x", "y"}}, NULL, "asc"},
    };
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(read_query(&t, cases[i].query, 2), OK);
        assert_string_equal(t.req.list.sort ? t.req.list.sort : "-", cases[i].sort ? cases[i].sort : "-");
        assert_string_equal(t.req.list.order ? t.req.list.order : "-", cases[i].order ? cases[i].order : "-");
    }
    assert_int_equal(read_one(&t, "order", "up"), ERROR_MALFORMED);
    http_test_end(&t);
}

static void test_list_query__bounds_search_and_cursor(void **state)
{
    struct http_test t;
    char long_text[LIST_CURSOR_MAX + 2];

    (void)state;
    memset(long_text, 'a', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    http_test_begin(&t);
    assert_int_equal(read_one(&t, "cursor", long_text), ERROR_MALFORMED);
    assert_int_equal(t.ctx.error.code, ERR_INVALID_CURSOR);
    assert_int_equal(read_one(&t, "q", long_text), ERROR_MALFORMED);
    assert_int_equal(read_one(&t, "search", "python"), OK);
    assert_string_equal(t.req.list.search, "python");
    http_test_end(&t);
}

static void test_list_query__passes_filters_on_but_none_that_are_internal(void **state)
{
    static const struct name_value query[] = {
        {"genre", "crime"}, {"limit", "5"}, {".entity_id", "7"}, {"empty", ""}, {"year", "1999"}};
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(read_query(&t, query, COUNT(query)), OK);
    assert_int_equal(t.req.list.parameter_count, 2);
    assert_string_equal(t.req.list.parameters[0].name, "genre");
    assert_string_equal(t.req.list.parameters[1].value, "1999");
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_query__has_defaults),
        cmocka_unit_test(test_list_query__bounds_limit_and_offset),
        cmocka_unit_test(test_list_query__names_the_cursor_where_an_offset_is_too_far),
        cmocka_unit_test(test_list_query__reads_both_forms_of_sorting),
        cmocka_unit_test(test_list_query__bounds_search_and_cursor),
        cmocka_unit_test(test_list_query__passes_filters_on_but_none_that_are_internal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
