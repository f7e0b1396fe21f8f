/*
 * test_guard.c — every class of request that is refused before anything looks closer, and what is let through.
 */
#include <stdio.h>

#include "http_support.h"

#include "http/guard.h"

static const char *const own_names[] = {"library.example", NULL};

static enum error_kind guard(struct http_test *t, const char *method, const char *target,
                             struct name_value *headers, size_t count)
{
    struct raw_request raw = {.method = method, .target = target, .headers = headers, .header_count = count};

    return guard_request(&t->req, &raw, own_names);
}

/* A GET of `target` with a good Host. */
static enum error_kind guard_target(struct http_test *t, const char *target)
{
    static struct name_value headers[] = {{"Host", "127.0.0.1:8000"}};

    return guard(t, "GET", target, headers, 1);
}

/* A POST with a good Host and one or two further headers (NULL: none). */
static enum error_kind guard_post(struct http_test *t, const char *name, const char *value, const char *name2,
                                  const char *value2)
{
    struct name_value headers[] = {{"Host", "localhost:8000"}, {name, value}, {name2, value2}};

    return guard(t, "POST", "/", headers, 1U + (name != NULL) + (name2 != NULL));
}

static enum error_kind guard_host(struct http_test *t, const char *host)
{
    struct name_value headers[] = {{"host", host}};

    return guard(t, "GET", "/", headers, 1);
}

static void test_guard__lets_an_honest_request_through(void **state)
{
    struct http_test t;
    struct name_value headers[] = {{"Host", "192.168.1.5:8000"}, {"Accept", "*/*"}, {"X-Empty", ""}};

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard(&t, "PATCH", "/api/v1/books/5/?q=a%20b&x=1+2&y", headers, 3), OK);
    assert_int_equal(t.req.method, PATCH);
    assert_string_equal(t.req.path, "/api/v1/books/5");
    assert_string_equal(request_query(&t.req, "q"), "a b");
    assert_string_equal(request_query(&t.req, "x"), "1 2");
    assert_null(request_query(&t.req, "y"));
    assert_string_equal(request_header(&t.req, "ACCEPT"), "*/*");
    http_test_end(&t);
}

static void test_guard__knows_its_methods_and_no_others(void **state)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    static const char *const unknown[] = {"TRACE", "OPTIONS", "get", "CONNECT", ""};
    struct name_value headers[] = {{"Host", "localhost"}};

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(guard(&t, known[i], "/", headers, 1), OK);
        assert_int_equal(t.req.method, (int)i + 1);
        http_test_end(&t);
    }
    for (size_t i = 0; i < COUNT(unknown); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(guard(&t, unknown[i], "/", headers, 1), ERROR_METHOD);
        http_test_end(&t);
    }
}

static void test_guard__answers_head_as_get_without_the_body(void **state)
{
    struct http_test t;
    struct name_value headers[] = {{"Host", "localhost"}};

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard(&t, "HEAD", "/", headers, 1), OK);
    assert_int_equal(t.req.method, GET);
    assert_true(t.req.head_only);
    http_test_end(&t);
}

static void test_guard__refuses_malformed_paths(void **state)
{
    static const char *const bad[] = {
        "",       "books", "*",  "/a%00b", "/a%0d%0ab", "/a%2fb", "/a%2Fb", "/a%5cb",  "/a\x01",
        "/a\x7f", "/a%7f", "/%", "/%4",    "/%zz",      "/%ff",   "/\xc3(", "/%c0%af",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct http_test t;
        http_test_begin(&t);
        if (guard_target(&t, bad[i]) != ERROR_MALFORMED)
            FAIL_TEST("let through: %s", bad[i]);
        http_test_end(&t);
    }
}

static void test_guard__decodes_a_path_once(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard_target(&t, "/a%252fb/%C3%A9"), OK);
    assert_string_equal(t.req.path, "/a%2fb/\xc3\xa9");
    http_test_end(&t);
}

static void test_guard__drops_trailing_slashes_but_keeps_the_root(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard_target(&t, "/books//"), OK);
    assert_string_equal(t.req.path, "/books");
    assert_int_equal(guard_target(&t, "/"), OK);
    assert_string_equal(t.req.path, "/");
    http_test_end(&t);
}

static void test_guard__bounds_path_and_query(void **state)
{
    struct http_test t;
    char long_path[HTTP_PATH_MAX + 2];
    char long_query[HTTP_QUERY_MAX + 4];

    (void)state;
    memset(long_path, 'a', sizeof long_path);
    long_path[0] = '/';
    long_path[sizeof long_path - 1] = '\0';
    memset(long_query, 'a', sizeof long_query);
    memcpy(long_query, "/?", 2);
    long_query[sizeof long_query - 1] = '\0';
    http_test_begin(&t);
    assert_int_equal(guard_target(&t, long_path), ERROR_MALFORMED);
    error_clear(&t.ctx);
    long_path[sizeof long_path - 2] = '\0';
    assert_int_equal(guard_target(&t, long_path), OK);
    assert_int_equal(guard_target(&t, long_query), ERROR_MALFORMED);
    http_test_end(&t);
}

static void test_guard__refuses_malformed_queries(void **state)
{
    static const char *const bad[] = {"/?a=%", "/?a=%f", "/?a=%00", "/?a=%ff", "/?%ff=a"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct http_test t;
        http_test_begin(&t);
        if (guard_target(&t, bad[i]) != ERROR_MALFORMED)
            FAIL_TEST("let through: %s", bad[i]);
        http_test_end(&t);
    }
}

static void test_guard__refuses_too_many_query_parameters(void **state)
{
    struct http_test t;
    struct text_buf target;

    (void)state;
    http_test_begin(&t);
    text_buf_init(&target, &t.arena);
    text_buf_append(&target, "/?a");
    for (int i = 1; i < HTTP_QUERY_PARAMS_MAX; i++)
        text_buf_append(&target, "&a");
    assert_int_equal(guard_target(&t, target.bytes), OK);
    text_buf_append(&target, "&a");
    assert_int_equal(guard_target(&t, target.bytes), ERROR_MALFORMED);
    http_test_end(&t);
}

static void test_guard__refuses_bad_headers(void **state)
{
    static const struct name_value bad[] = {
        {"X A", "b"}, {"", "b"}, {"X:", "b"}, {"X\x01", "b"}, {"X", "a\rb"}, {"X", "a\nb"}, {"X", "a\x7f"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(guard_post(&t, bad[i].name, bad[i].value, NULL, NULL), ERROR_MALFORMED);
        http_test_end(&t);
    }
}

static void test_guard__looks_at_every_byte_of_a_header(void **state)
{
    (void)state;
    for (int byte = 1; byte < 256; byte++) {
        bool fine = (byte >= ' ' && byte != 0x7f) || byte == '\t';
        for (size_t at = 1; at < 20; at++) {
            struct http_test t;
            char value[] = "a value that is long";
            value[at] = (char)byte;
            value[at - 1] = at % 2 ? (char)0x80 : '\t';
            http_test_begin(&t);
            assert_int_equal(guard_post(&t, "X-A", value, NULL, NULL), fine ? OK : ERROR_MALFORMED);
            http_test_end(&t);
        }
    }
}

static void test_guard__bounds_the_number_of_headers(void **state)
{
    struct http_test t;
    struct name_value headers[HTTP_HEADERS_MAX + 1];

    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++)
        headers[i] = (struct name_value){"X-A", "b"};
    headers[0] = (struct name_value){"Host", "localhost"};
    http_test_begin(&t);
    assert_int_equal(guard(&t, "GET", "/", headers, HTTP_HEADERS_MAX), OK);
    assert_int_equal(guard(&t, "GET", "/", headers, HTTP_HEADERS_MAX + 1), ERROR_MALFORMED);
    http_test_end(&t);
}

static void test_guard__refuses_two_opinions_about_the_length(void **state)
{
    static const struct name_value bad[][2] = {
        {{"Content-Length", "4"}, {"Transfer-Encoding", "chunked"}},
        {{"Content-Length", "4"}, {"content-length", "4"}},
        {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
        {{"Content-Length", "+4"}, {NULL, NULL}},
        {{"Content-Length", "-4"}, {NULL, NULL}},
        {{"Content-Length", "4x"}, {NULL, NULL}},
        {{"Content-Length", "0x4"}, {NULL, NULL}},
        {{"Content-Length", ""}, {NULL, NULL}},
        {{"Content-Length", "4, 4"}, {NULL, NULL}},
        {{"Transfer-Encoding", "gzip, chunked"}, {NULL, NULL}},
        {{"Transfer-Encoding", "identity"}, {NULL, NULL}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct http_test t;
        http_test_begin(&t);
        if (guard_post(&t, bad[i][0].name, bad[i][0].value, bad[i][1].name, bad[i][1].value) !=
            ERROR_MALFORMED)
            FAIL_TEST("let through: %s %s", bad[i][0].name, bad[i][0].value);
        http_test_end(&t);
    }
}

static void test_guard__takes_a_length_or_chunks(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard_post(&t, "Content-Length", "42", NULL, NULL), OK);
    assert_int_equal(guard_post(&t, "Transfer-Encoding", "Chunked", NULL, NULL), OK);
    assert_int_equal(guard_post(&t, "Content-Length", "99999999999999999999", NULL, NULL), ERROR_TOO_LARGE);
    http_test_end(&t);
}

static void test_guard__goes_by_addresses_localhost_and_configured_names(void **state)
{
    static const char *const good[] = {"127.0.0.1",      "10.0.0.7:8000",   "[::1]",
                                       "[fe80::1]:8000", "localhost",       "LOCALHOST:80",
                                       "localhost.",     "library.example", "Library.Example:443"};
    static const char *const foreign[] = {"evil.example", "library.example.evil", "127.0.0.1.evil.example",
                                          "127.1", "[]"};
    static const char *const malformed[] = {"",     ":8000", "localhost:", "localhost:x", "localhost:123456",
                                            "[::1", "a:1:2"};

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct http_test t;
        http_test_begin(&t);
        if (guard_host(&t, good[i]) != OK)
            FAIL_TEST("refused: %s", good[i]);
        http_test_end(&t);
    }
    for (size_t i = 0; i < COUNT(foreign); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(guard_host(&t, foreign[i]), ERROR_MALFORMED);
        assert_int_equal(t.ctx.error.code, ERR_HOST_NOT_ALLOWED);
        http_test_end(&t);
    }
    for (size_t i = 0; i < COUNT(malformed); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(guard_host(&t, malformed[i]), ERROR_MALFORMED);
        http_test_end(&t);
    }
}

static void test_guard__wants_exactly_one_host_except_on_the_local_socket(void **state)
{
    struct http_test t;
    struct name_value two[] = {{"Host", "localhost"}, {"Host", "localhost"}};

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard(&t, "GET", "/", two, 2), ERROR_MALFORMED);
    error_clear(&t.ctx);
    assert_int_equal(guard(&t, "GET", "/", two, 0), ERROR_MALFORMED);
    error_clear(&t.ctx);
    t.req.local_socket = true;
    assert_int_equal(guard(&t, "GET", "/", two, 0), OK);
    http_test_end(&t);
}

static void test_guard__refuses_changes_from_pages_of_other_sites(void **state)
{
    static const char *const foreign[] = {"http://evil.example",
                                          "null",
                                          "",
                                          "localhost:8000",
                                          "http://localhost:9000",
                                          "http://localhost:8000.evil.example",
                                          "ftp://localhost:8000"};

    (void)state;
    for (size_t i = 0; i < COUNT(foreign); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(guard_post(&t, "Origin", foreign[i], NULL, NULL), ERROR_FORBIDDEN);
        assert_int_equal(t.ctx.error.code, ERR_ORIGIN_NOT_ALLOWED);
        http_test_end(&t);
    }
}

static void test_guard__lets_our_own_pages_change_and_any_page_read(void **state)
{
    struct http_test t;
    struct name_value read[] = {{"Host", "localhost:8000"}, {"Origin", "http://evil.example"}};

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard_post(&t, "Origin", "http://localhost:8000", NULL, NULL), OK);
    assert_int_equal(guard_post(&t, "Origin", "https://localhost:8000", NULL, NULL), OK);
    assert_int_equal(guard(&t, "GET", "/", read, 2), OK);
    http_test_end(&t);
}

static void test_guard__echoes_a_good_correlation_id(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(guard_post(&t, "X-Correlation-ID", "desk 7/abc", NULL, NULL), OK);
    assert_string_equal(t.req.correlation_id, "desk 7/abc");
    assert_string_equal(t.ctx.actor.correlation_id, "desk 7/abc");
    http_test_end(&t);
}

static void test_guard__makes_a_correlation_id_where_there_is_no_good_one(void **state)
{
    char longest[HTTP_CORRELATION_ID_MAX + 1], too_long[HTTP_CORRELATION_ID_MAX + 2];
    const char *const given[] = {NULL, "", "caf\xc3\xa9", too_long};
    char made[COUNT(given)][UUID_TEXT_SIZE];

    (void)state;
    memset(longest, 'a', sizeof longest);
    memset(too_long, 'a', sizeof too_long);
    longest[sizeof longest - 1] = too_long[sizeof too_long - 1] = '\0';
    for (size_t i = 0; i < COUNT(given); i++) {
        struct http_test t;
        struct uuid uuid;
        http_test_begin(&t);
        assert_int_equal(guard_post(&t, given[i] ? "X-Correlation-ID" : NULL, given[i], NULL, NULL), OK);
        assert_true(uuid_parse(t.req.correlation_id, &uuid));
        snprintf(made[i], sizeof made[i], "%s", t.req.correlation_id);
        http_test_end(&t);
        /* No two requests share one. */
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(made[k], made[i]);
    }
    struct http_test t;
    http_test_begin(&t);
    assert_int_equal(guard_post(&t, "X-Correlation-ID", longest, NULL, NULL), OK);
    assert_string_equal(t.req.correlation_id, longest);
    http_test_end(&t);
}

static void test_guard__what_is_refused_has_a_correlation_id_as_well(void **state)
{
    struct http_test t;
    struct uuid uuid;

    (void)state;
    http_test_begin(&t);
    assert_int_not_equal(guard_host(&t, "evil.example"), OK);
    assert_true(uuid_parse(t.req.correlation_id, &uuid));
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_guard__lets_an_honest_request_through),
        cmocka_unit_test(test_guard__knows_its_methods_and_no_others),
        cmocka_unit_test(test_guard__answers_head_as_get_without_the_body),
        cmocka_unit_test(test_guard__refuses_malformed_paths),
        cmocka_unit_test(test_guard__decodes_a_path_once),
        cmocka_unit_test(test_guard__drops_trailing_slashes_but_keeps_the_root),
        cmocka_unit_test(test_guard__bounds_path_and_query),
        cmocka_unit_test(test_guard__refuses_malformed_queries),
        cmocka_unit_test(test_guard__refuses_too_many_query_parameters),
        cmocka_unit_test(test_guard__refuses_bad_headers),
        cmocka_unit_test(test_guard__looks_at_every_byte_of_a_header),
        cmocka_unit_test(test_guard__bounds_the_number_of_headers),
        cmocka_unit_test(test_guard__refuses_two_opinions_about_the_length),
        cmocka_unit_test(test_guard__takes_a_length_or_chunks),
        cmocka_unit_test(test_guard__goes_by_addresses_localhost_and_configured_names),
        cmocka_unit_test(test_guard__wants_exactly_one_host_except_on_the_local_socket),
        cmocka_unit_test(test_guard__refuses_changes_from_pages_of_other_sites),
        cmocka_unit_test(test_guard__lets_our_own_pages_change_and_any_page_read),
        cmocka_unit_test(test_guard__echoes_a_good_correlation_id),
        cmocka_unit_test(test_guard__makes_a_correlation_id_where_there_is_no_good_one),
        cmocka_unit_test(test_guard__what_is_refused_has_a_correlation_id_as_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
