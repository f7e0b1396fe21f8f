/*
 * test_redirect.c — where http leads when TLS is on.
 */
#include "http_support.h"

#include "http/redirect.h"

static const char *place_of(struct http_test *t, const char *host, const char *target, int port)
{
    struct name_value *header = arena_alloc(&t->arena, sizeof *header);

    *header = (struct name_value){"Host", host};
    t->req.headers = header;
    t->req.header_count = 1;
    assert_int_equal(redirect_to_https(&t->req, &t->res, target, port), OK);
    assert_int_equal(t->res.status, 308);
    return response_header_value(&t->res, "Location");
}

static void test_redirect__keeps_name_and_target(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_string_equal(place_of(&t, "pi.local:8080", "/a%20b?q=1&x", 8000),
                        "https://pi.local:8000/a%20b?q=1&x");
    assert_string_equal(place_of(&t, "pi.local", "/", 443), "https://pi.local/");
    assert_string_equal(place_of(&t, "[fd00::1]:80", "/", 8443), "https://[fd00::1]:8443/");
    assert_string_equal(place_of(&t, "[fd00::1]", "/", 443), "https://[fd00::1]/");
    http_test_end(&t);
}

static void test_redirect__sends_on_nothing_that_changes(void **state)
{
    struct http_test t;
    struct name_value header = {"Host", "127.0.0.1"};

    (void)state;
    http_test_begin(&t);
    t.req.headers = &header;
    t.req.header_count = 1;
    t.req.method = POST;
    assert_int_not_equal(redirect_to_https(&t.req, &t.res, "/api/v1/auth/login", 8000), OK);
    assert_int_equal(t.ctx.error.code, ERR_FORBIDDEN);
    assert_non_null(strstr(t.ctx.error.detail, "https://127.0.0.1:8000"));
    assert_null(response_header_value(&t.res, "Location"));
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redirect__keeps_name_and_target),
        cmocka_unit_test(test_redirect__sends_on_nothing_that_changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
