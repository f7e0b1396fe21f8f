/*
 * test_response.c — rows into JSON and CSV, headers, and the readers of struct request.
 */
#include "http_support.h"

#include "base/csv_write.h"

static const struct column columns[] = {
    {"id", COLUMN_UUID, false, NULL, NULL},
    {"title", COLUMN_TEXT, true, NULL, NULL},
    {"copies", COLUMN_INTEGER, false, NULL, NULL},
    {"book.name", COLUMN_TEXT, false, NULL, NULL},
    {"book.by.first", COLUMN_TEXT, false, NULL, NULL},
    {"book.by.last", COLUMN_TEXT, true, NULL, NULL},
    {"book.lent", COLUMN_BOOL, false, NULL, NULL},
    {"fine", COLUMN_MONEY, false, NULL, NULL},
    {"member.since", COLUMN_DAY, false, NULL, NULL},
    {"at", COLUMN_INSTANT, true, NULL, NULL},
    {"share", COLUMN_REAL, false, NULL, NULL},
    {"tags", COLUMN_TEXTS, false, NULL, NULL},
    {0},
};

static const struct uuid some_id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

static void fill(struct column_value *values)
{
    const struct column_value row[] = {
        {.blob = some_id.bytes}, {.text = "=1+1"},  {.number = -3}, {.text = "a,b"},
        {.text = "O\"H"},        {.is_null = true}, {.number = 1},  {.number = 1250},
        {.number = 20514},       {.is_null = true}, {.real = 12.5}, {.text = "[\"x\",\"y \\\"z\\\"\"]"},
    };

    memcpy(values, row, sizeof row);
}

static void test_response__nests_columns_that_belong_together(void **state)
{
    struct http_test t;
    struct column_value values[COUNT(columns)];

    (void)state;
    http_test_begin(&t);
    fill(values);
    struct row_sink *sink = response_row(&t.res);
    sink->row(sink, columns, values);
    assert_string_equal(
        http_test_body(&t),
        "{\"id\":\"01020304-0506-0708-090a-0b0c0d0e0f10\",\"title\":\"=1+1\",\"copies\":-3,"
        "\"book\":{\"name\":\"a,b\",\"by\":{\"first\":\"O\\\"H\",\"last\":null},\"lent\":true},"
        "\"fine\":12.50,\"member\":{\"since\":\"2026-03-02\"},\"at\":null,\"share\":12.5,"
        "\"tags\":[\"x\",\"y \\\"z\\\"\"]}");
    http_test_end(&t);
}

static void test_response__writes_a_page(void **state)
{
    static const struct column one[] = {{"n", COLUMN_INTEGER, false, NULL, NULL}, {0}};
    const struct page_meta meta = {
        .total = 7, .limit = 2, .offset = 4, .has_more = true, .next_cursor = "abc"};
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    struct row_sink *sink = response_page(&t.res);
    sink->row(sink, one, &(struct column_value){.number = 1});
    sink->row(sink, one, &(struct column_value){.number = 2});
    sink->page(sink, &meta);
    assert_string_equal(
        http_test_body(&t),
        "{\"data\":[{\"n\":1},{\"n\":2}],\"meta\":{\"total\":7,\"limit\":2,\"offset\":4,"
        "\"has_more\":true,\"next_cursor\":\"abc\",\"previous_cursor\":null,\"last_cursor\":null}}");
    assert_string_equal(t.res.next_cursor, "abc");
    http_test_end(&t);
}

static void test_response__writes_rows_inside_a_reply_by_hand(void **state)
{
    static const struct column one[] = {{"n", COLUMN_INTEGER, false, NULL, NULL}, {0}};
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    struct json_writer *w = response_json(&t.res);
    json_object_begin(w);
    json_key(w, "book");
    struct row_sink *row = response_row(&t.res);
    row->row(row, one, &(struct column_value){.number = 1});
    json_key(w, "list");
    struct row_sink *rows = response_array(&t.res);
    rows->row(rows, one, &(struct column_value){.number = 2});
    response_array_end(&t.res);
    json_object_end(w);
    assert_string_equal(http_test_body(&t), "{\"book\":{\"n\":1},\"list\":[{\"n\":2}]}");
    http_test_end(&t);
}

static void test_response__puts_a_rows_members_beside_others(void **state)
{
    struct http_test t;
    struct column_value values[COUNT(columns)];

    (void)state;
    http_test_begin(&t);
    fill(values);
    struct json_writer *w = response_json(&t.res);
    json_object_begin(w);
    json_member_int(w, "before", 1);
    struct row_sink *members = response_members(&t.res);
    members->row(members, columns, values);
    json_member_int(w, "after", 2);
    json_object_end(w);
    assert_string_equal(
        http_test_body(&t),
        "{\"before\":1,\"id\":\"01020304-0506-0708-090a-0b0c0d0e0f10\",\"title\":\"=1+1\",\"copies\":-3,"
        "\"book\":{\"name\":\"a,b\",\"by\":{\"first\":\"O\\\"H\",\"last\":null},\"lent\":true},"
        "\"fine\":12.50,\"member\":{\"since\":\"2026-03-02\"},\"at\":null,\"share\":12.5,"
        "\"tags\":[\"x\",\"y \\\"z\\\"\"],\"after\":2}");
    http_test_end(&t);
}

static void test_response__writes_csv_that_is_safe_to_open(void **state)
{
    struct http_test t;
    struct column_value values[COUNT(columns)];

    (void)state;
    http_test_begin(&t);
    fill(values);
    csv_write_header(&t.res.body, columns);
    csv_write_row(&t.res.body, &t.ctx, columns, values);
    assert_string_equal(
        http_test_body(&t),
        "id,title,copies,book_name,book_by_first,book_by_last,book_lent,fine,member_since,at,share,tags\r\n"
        "01020304-0506-0708-090a-0b0c0d0e0f10,'=1+1,-3,\"a,b\",\"O\"\"H\",,true,12.50,2026-03-02,,12.50,"
        "\"x; y \"\"z\"\"\"\r\n");
    http_test_end(&t);
}

static void test_response__defuses_every_kind_of_formula(void **state)
{
    static const char *const cases[][2] = {
        {"=A1", "'=A1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@x", "'@x"},
        {"\tx", "'\tx"},
        {"\rx", "\"'\rx\""},
        {"a=b", "a=b"},
        {"", ""},
        {" =A1", "\" =A1\""},
        {"a\nb", "\"a\nb\""},
        /* Where a file begins it would be taken for a mark of the encoding, and dropped. */
        {"\xEF\xBB\xBF"
         "1",
         "\"\xEF\xBB\xBF"
         "1\""},
    };
    static const struct column one[] = {{"t", COLUMN_TEXT, false, NULL, NULL}, {0}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_test t;
        http_test_begin(&t);
        csv_write_row(&t.res.body, &t.ctx, one, &(struct column_value){.text = cases[i][0]});
        assert_string_equal(http_test_body(&t), arena_printf(&t.arena, "%s\r\n", cases[i][1]));
        http_test_end(&t);
    }
}

static void test_response__replaces_a_header_of_the_same_name(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    response_header(&t.res, "Cache-Control", "no-cache");
    response_header(&t.res, "cache-control", "private");
    assert_int_equal(t.res.header_count, 1);
    assert_string_equal(response_header_value(&t.res, "CACHE-CONTROL"), "private");
    assert_null(response_header_value(&t.res, "ETag"));
    http_test_end(&t);
}

static void test_request__reads_the_version_a_client_expects(void **state)
{
    static const struct {
        const char *header;
        int64_t version;
    } cases[] = {{"\"7\"", 7}, {"\"7-9f2c\"", 7}, {"*", NO_NUMBER}, {"7", -1}, {"W/\"7\"", -1},
                 {"\"\"", -1}, {"\"-1\"", -1},    {"\"x\"", -1},    {"\"", -1}};
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(request_expected_version(&t.req), NO_NUMBER);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct name_value header = {"If-Match", cases[i].header};
        t.req.headers = &header;
        t.req.header_count = 1;
        assert_int_equal(request_expected_version(&t.req), cases[i].version);
    }
    http_test_end(&t);
}

static void test_request__reads_query_parameters_by_type(void **state)
{
    struct http_test t;
    bool flag = false;

    (void)state;
    http_test_begin(&t);
    t.req.query[0] = (struct name_value){"yes", "TRUE"};
    t.req.query[1] = (struct name_value){"no", "0"};
    t.req.query[2] = (struct name_value){"odd", "maybe"};
    t.req.query_count = 3;
    assert_int_equal(request_query_bool(&t.req, "yes", false, &flag), OK);
    assert_true(flag);
    assert_int_equal(request_query_bool(&t.req, "no", true, &flag), OK);
    assert_false(flag);
    assert_int_equal(request_query_bool(&t.req, "absent", true, &flag), OK);
    assert_true(flag);
    assert_int_equal(request_query_bool(&t.req, "odd", false, &flag), ERROR_MALFORMED);
    assert_true(flag);
    http_test_end(&t);
}

static void test_request__reads_a_table_of_query_parameters(void **state)
{
    struct range {
        int64_t from;
        int64_t size;
    };
    static const struct field fields[] = {
        {"from", FIELD_DAY, OPTIONAL, 0, 0, AT(struct range, from), "From"},
        {"size", FIELD_INTEGER, REQUIRED, 1, 5, AT(struct range, size), "Size"},
        {0},
    };
    static const struct route route = {.query = fields};
    struct http_test t;
    struct range range = {.from = NO_NUMBER};

    (void)state;
    http_test_begin(&t);
    t.req.route = &route;
    assert_int_equal(request_query_fields(&t.req, &range), ERROR_MALFORMED);
    error_clear(&t.ctx);
    t.req.query[0] = (struct name_value){"size", "5"};
    t.req.query_count = 1;
    assert_int_equal(request_query_fields(&t.req, &range), OK);
    assert_int_equal(range.size, 5);
    assert_int_equal(range.from, NO_NUMBER);
    t.req.query[1] = (struct name_value){"from", "yesterday"};
    t.req.query_count = 2;
    assert_int_equal(request_query_fields(&t.req, &range), ERROR_MALFORMED);
    http_test_end(&t);
}

static void test_request__names_a_malformed_id(void **state)
{
    struct http_test t;
    struct uuid uuid;

    (void)state;
    http_test_begin(&t);
    t.req.path_parameters[0] = (struct name_value){"id", "5"};
    t.req.path_parameters[1] = (struct name_value){"memberId", "01020304-0506-0708-090A-0b0c0d0e0f10"};
    t.req.path_parameter_count = 2;
    assert_int_equal(request_uuid(&t.req, "memberId", &uuid), OK);
    assert_memory_equal(uuid.bytes, some_id.bytes, UUID_BYTES);
    assert_int_equal(request_uuid(&t.req, "id", &uuid), ERROR_INVALID);
    assert_string_equal(t.ctx.error.fields->where, "path");
    assert_string_equal(t.ctx.error.fields->field, "id");
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_response__nests_columns_that_belong_together),
        cmocka_unit_test(test_response__writes_a_page),
        cmocka_unit_test(test_response__writes_rows_inside_a_reply_by_hand),
        cmocka_unit_test(test_response__puts_a_rows_members_beside_others),
        cmocka_unit_test(test_response__writes_csv_that_is_safe_to_open),
        cmocka_unit_test(test_response__defuses_every_kind_of_formula),
        cmocka_unit_test(test_response__replaces_a_header_of_the_same_name),
        cmocka_unit_test(test_request__reads_the_version_a_client_expects),
        cmocka_unit_test(test_request__reads_query_parameters_by_type),
        cmocka_unit_test(test_request__reads_a_table_of_query_parameters),
        cmocka_unit_test(test_request__names_a_malformed_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
