/*
 * test_multipart.c — a file out of a form, and forms that are none.
 */
#include "http_support.h"

#include "http/multipart.h"

#define HEAD \
    "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n"

#define SEVENTY \
    "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg" /* RFC 2046: the longest */

static enum error_kind take(struct http_test *t, const char *type, const char *body, size_t length)
{
    struct name_value headers[] = {{"Content-Type", type}};

    t->req.headers = headers;
    t->req.header_count = 1;
    t->req.body = body;
    t->req.body_length = length;
    return multipart_take_file(&t->req);
}

static enum error_kind take_text(struct http_test *t, const char *body)
{
    return take(t, "multipart/form-data; boundary=XX", body, strlen(body));
}

static void test_multipart__finds_the_file(void **state)
{
    static const char *const bodies[] = {
        "--XX\r\n" HEAD "a,b\r\n1,2\r\n\r\n--XX--\r\n",
        "--XX\r\n" HEAD "a,b\r\n1,2\r\n\r\n--XX--",
        "preamble\r\n--XX\r\n" HEAD "a,b\r\n1,2\r\n\r\n--XX--\r\nepilogue",
        "--XX  \r\n" HEAD "a,b\r\n1,2\r\n\r\n--XX--\r\n",
        "--XX\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nfile\r\n--XX\r\n" HEAD
        "a,b\r\n1,2\r\n\r\n--XX--\r\n",
        "--XX\r\nContent-Type: text/csv\r\ncontent-disposition:form-data; filename=\"; name=x\"; name=file\r\n\r\n"
        "a,b\r\n1,2\r\n\r\n--XX--\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_test t;
        http_test_begin(&t);
        if (take_text(&t, bodies[i]) != OK)
            FAIL_TEST("form %zu: %s", i, t.ctx.error.detail);
        assert_int_equal(t.req.body_length, 10);
        assert_memory_equal(t.req.body, "a,b\r\n1,2\r\n", 10);
        http_test_end(&t);
    }
}

static void test_multipart__keeps_every_byte(void **state)
{
    static const char body[] = "--XX\r\n" HEAD "\0--XX\r\n-\xff\r\n--X\r\n--XX--";
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_int_equal(take(&t, "multipart/form-data; boundary=\"XX\"", body, sizeof body - 1), OK);
    assert_int_equal(t.req.body_length, 14);
    assert_memory_equal(t.req.body, "\0--XX\r\n-\xff\r\n--X", 14);
    http_test_end(&t);
}

static void test_multipart__takes_an_empty_file_as_empty(void **state)
{
    static const char *const bodies[] = {"--XX\r\n" HEAD "\r\n--XX--",
                                         "--XX\r\nContent-Disposition: form-data; name=file\r\n\r\n--XX--"};

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_test t;
        http_test_begin(&t);
        assert_int_equal(take_text(&t, bodies[i]), OK);
        assert_int_equal(t.req.body_length, 0);
        http_test_end(&t);
    }
}

static void test_multipart__refuses_what_is_not_well_formed(void **state)
{
    static const char *const bodies[] = {
        "",
        "a,b\r\n1,2\r\n",
        "--XX",
        "--XX--",
        "--XX\r\n",
        "--XX\r\n" HEAD,
        "--XX\r\n" HEAD "a,b",
        "--XX\r\n" HEAD "a,b\r\n--YY--",
        "--XXjunk\r\n" HEAD "a,b\r\n--XX--",
        "x--XX\r\n" HEAD "a,b\r\n--XX--",
        "--XX\r\nContent-Type: text/csv\r\n\r\na,b\r\n--XX--",
        "--XX\r\nContent-Disposition: attachment; name=\"file\"\r\n\r\na,b\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"file\r\n\r\na,b\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\na,b\r\n--XX--",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct http_test t;
        http_test_begin(&t);
        if (take_text(&t, bodies[i]) != ERROR_MALFORMED)
            FAIL_TEST("let through: form %zu", i);
        http_test_end(&t);
    }
}

static void test_multipart__refuses_bad_boundaries(void **state)
{
    /* What stands between the parts is what the type names: nothing but the boundary can be what is wrong. */
    static const struct {
        const char *parameter, *boundary;
        enum error_kind kind;
    } cases[] = {
        {"; boundary=XX", "XX", OK},
        {"; boundary=\"X X\"", "X X", OK},
        {"; boundary=" SEVENTY, SEVENTY, OK},
        {"", "", ERROR_MALFORMED},
        {"; boundary=", "", ERROR_MALFORMED},
        {"; boundary=\"\"", "", ERROR_MALFORMED},
        {"; boundary=\"XX", "XX", ERROR_MALFORMED},
        {"; boundary=X\x01X", "X\x01X", ERROR_MALFORMED},
        {"; boundary=\"XX \"", "XX ", ERROR_MALFORMED},
        {"; boundary=" SEVENTY "h", SEVENTY "h", ERROR_MALFORMED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_test t;
        http_test_begin(&t);
        const char *type = arena_printf(&t.arena, "multipart/form-data%s", cases[i].parameter);
        const char *body =
            arena_printf(&t.arena, "--%s\r\n" HEAD "a\r\n--%s--", cases[i].boundary, cases[i].boundary);
        if (take(&t, type, body, strlen(body)) != cases[i].kind)
            FAIL_TEST("%s: %s", cases[i].kind == OK ? "refused" : "let through", type);
        if (cases[i].kind != OK)
            assert_non_null(strstr(t.ctx.error.detail, "boundary"));
        http_test_end(&t);
    }
}

static void test_multipart__looks_at_a_bounded_number_of_parts(void **state)
{
    struct http_test t;
    struct text_buf body;

    (void)state;
    http_test_begin(&t);
    text_buf_init(&body, &t.arena);
    for (int i = 0; i < 100; i++)
        text_buf_append(&body, "--XX\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\na\r\n");
    text_buf_append(&body, "--XX\r\n" HEAD "a\r\n--XX--");
    assert_int_equal(take_text(&t, body.bytes), ERROR_MALFORMED);
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multipart__finds_the_file),
        cmocka_unit_test(test_multipart__keeps_every_byte),
        cmocka_unit_test(test_multipart__takes_an_empty_file_as_empty),
        cmocka_unit_test(test_multipart__refuses_what_is_not_well_formed),
        cmocka_unit_test(test_multipart__refuses_bad_boundaries),
        cmocka_unit_test(test_multipart__looks_at_a_bounded_number_of_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
