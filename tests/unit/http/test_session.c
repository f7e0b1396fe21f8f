/*
 * test_session.c — what is a credential, what only looks like one, and the cookie's attributes.
 */
#include "http_support.h"

#include "http/session.h"

#define TOKEN "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static void ask(struct http_test *t, const struct name_value *headers, size_t count)
{
    static struct name_value kept[8];

    memcpy(kept, headers, count * sizeof *headers);
    t->req.headers = kept;
    t->req.header_count = count;
}

static void test_session__reads_the_cookie_of_a_session(void **state)
{
    static const struct {
        const char *cookie;
        bool secure;
        bool found;
    } cases[] = {
        {"carrel_session=" TOKEN, false, true},
        {"a=b; carrel_session=" TOKEN "; c=d", false, true},
        {"a=b;carrel_session=" TOKEN " ;c", false, true},
        {"; ;=;carrel_session=" TOKEN, false, true},
        {"__Host-carrel_session=" TOKEN, true, true},
        {"carrel_session=" TOKEN, true, false},
        {"__Host-carrel_session=" TOKEN, false, false},
        {"xcarrel_session=" TOKEN, false, false},
        {"carrel_sessions=" TOKEN, false, false},
        {"carrel_session", false, false},
        {"carrel_session=", false, false},
        {"carrel_session=\"" TOKEN "\"", false, false},
        {"carrel_session=a b", false, false},
        {"carrel_session=" TOKEN "; carrel_session=" TOKEN, false, false},
        {"", false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_test t;
        struct credential credential;
        struct name_value header = {"cookie", cases[i].cookie};

        http_test_begin(&t);
        ask(&t, &header, 1);
        t.req.secure = cases[i].secure;
        assert_int_equal(session_read(&t.req, &credential), OK);
        if ((credential.kind == CREDENTIAL_SESSION) != cases[i].found)
            FAIL_TEST("%s", cases[i].cookie);
        if (cases[i].found)
            assert_string_equal(credential.token, TOKEN);
        http_test_end(&t);
    }
}

static void test_session__two_cookie_headers_with_a_session_each_are_none(void **state)
{
    const struct name_value headers[] = {{"Cookie", "carrel_session=" TOKEN},
                                         {"Cookie", "carrel_session=AAAA"}};
    struct http_test t;
    struct credential credential;

    (void)state;
    http_test_begin(&t);
    ask(&t, headers, 2);
    assert_int_equal(session_read(&t.req, &credential), OK);
    assert_int_equal(credential.kind, CREDENTIAL_NONE);
    http_test_end(&t);
}

static void test_session__reads_bearer_tokens_and_lets_them_count_more(void **state)
{
    static const struct {
        const char *authorization;
        enum credential_kind kind; /* CREDENTIAL_NONE: refused */
        const char *token;
    } cases[] = {
        {"Bearer aaa.bbb.c-_", CREDENTIAL_JWT, "aaa.bbb.c-_"},
        {"bearer   aaa", CREDENTIAL_JWT, "aaa"},
        {"Bearer carrel_" TOKEN, CREDENTIAL_API_KEY, "carrel_" TOKEN},
        {"Bearer", CREDENTIAL_NONE, NULL},
        {"Bearer ", CREDENTIAL_NONE, NULL},
        {"Bearer a b", CREDENTIAL_NONE, NULL},
        {"Bearer a,b", CREDENTIAL_NONE, NULL},
        {"Bearera", CREDENTIAL_NONE, NULL},
        {"Basic YTpi", CREDENTIAL_NONE, NULL},
        {"", CREDENTIAL_NONE, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct name_value headers[] = {{"Cookie", "carrel_session=" TOKEN},
                                             {"authorization", cases[i].authorization}};
        struct http_test t;
        struct credential credential;

        http_test_begin(&t);
        ask(&t, headers, 2);
        enum error_kind kind = session_read(&t.req, &credential);
        if ((kind == OK) != (cases[i].kind != CREDENTIAL_NONE))
            FAIL_TEST("“%s”", cases[i].authorization);
        if (kind == OK) {
            assert_int_equal(credential.kind, cases[i].kind);
            assert_string_equal(credential.token, cases[i].token);
        } else {
            assert_int_equal(t.ctx.error.code, ERR_INVALID_TOKEN);
            assert_int_equal(credential.kind, CREDENTIAL_NONE);
        }
        http_test_end(&t);
    }
}

static void test_session__refuses_two_authorizations_and_endless_ones(void **state)
{
    const struct name_value twice[] = {{"Authorization", "Bearer a"}, {"Authorization", "Bearer a"}};
    struct http_test t;
    struct credential credential;

    (void)state;
    http_test_begin(&t);
    ask(&t, twice, 2);
    assert_int_equal(session_read(&t.req, &credential), ERROR_UNAUTHENTICATED);
    error_clear(&t.ctx);
    for (int over = 0; over <= 1; over++) {
        char *token = arena_alloc(&t.arena, HTTP_TOKEN_MAX + 2);
        memset(token, 'a', HTTP_TOKEN_MAX + (size_t)over);
        struct name_value header = {"Authorization", arena_printf(&t.arena, "Bearer %s", token)};
        ask(&t, &header, 1);
        assert_int_equal(session_read(&t.req, &credential), over ? ERROR_UNAUTHENTICATED : OK);
    }
    http_test_end(&t);
}

static const char *cookie_set(struct http_test *t)
{
    return response_header_value(&t->res, "Set-Cookie");
}

static void test_session__sets_cookies_that_scripts_and_other_sites_do_not_get(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    session_set_cookie(&t.req, &t.res, TOKEN, 3600);
    assert_string_equal(cookie_set(&t),
                        "carrel_session=" TOKEN "; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict");
    t.req.secure = true;
    session_set_cookie(&t.req, &t.res, TOKEN, 3600);
    assert_string_equal(cookie_set(&t), "__Host-carrel_session=" TOKEN
                                        "; Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure");
    session_clear_cookie(&t.req, &t.res);
    assert_string_equal(cookie_set(&t),
                        "__Host-carrel_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
    http_test_end(&t);
}

static void test_session__asks_for_the_header_where_a_browser_would_send_the_cookie_by_itself(void **state)
{
    static const struct {
        enum http_method method;
        enum credential_kind kind;
        const char *given; /* "": the right one; NULL: none */
        enum error_code code;
    } cases[] = {
        {POST, CREDENTIAL_SESSION, "", ERR_NONE},
        {DELETE, CREDENTIAL_SESSION, "", ERR_NONE},
        {POST, CREDENTIAL_SESSION, NULL, ERR_CSRF_TOKEN_MISSING},
        {PUT, CREDENTIAL_SESSION, NULL, ERR_CSRF_TOKEN_MISSING},
        {PATCH, CREDENTIAL_SESSION, NULL, ERR_CSRF_TOKEN_MISSING},
        {DELETE, CREDENTIAL_SESSION, NULL, ERR_CSRF_TOKEN_MISSING},
        {POST, CREDENTIAL_SESSION, "x", ERR_CSRF_TOKEN_WRONG},
        {POST, CREDENTIAL_SESSION, TOKEN, ERR_CSRF_TOKEN_WRONG},
        {GET, CREDENTIAL_SESSION, NULL, ERR_NONE},
        {POST, CREDENTIAL_JWT, NULL, ERR_NONE},
        {POST, CREDENTIAL_API_KEY, NULL, ERR_NONE},
        {POST, CREDENTIAL_NONE, NULL, ERR_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct credential credential = {.kind = cases[i].kind, .token = TOKEN};
        struct http_test t;

        http_test_begin(&t);
        const char *right = session_csrf_token(&t.arena, TOKEN);
        struct name_value header = {"X-CSRF-Token",
                                    cases[i].given && *cases[i].given ? cases[i].given : right};
        ask(&t, &header, cases[i].given ? 1 : 0);
        t.req.method = cases[i].method;
        enum error_kind kind = session_check_csrf(&t.req, &credential);
        assert_int_equal(t.ctx.error.code, cases[i].code);
        assert_int_equal(kind, cases[i].code == ERR_NONE ? OK : ERROR_FORBIDDEN);
        http_test_end(&t);
    }
}

/* Of SHA-256("csrf" TOKEN), computed elsewhere. */
static void test_session__the_header_does_not_give_the_session_away(void **state)
{
    struct http_test t;

    (void)state;
    http_test_begin(&t);
    assert_string_equal(session_csrf_token(&t.arena, TOKEN), "II0dY25qoXF2YcdD9cdkh0ZXeEPexxZFYhjK2DzIs3A");
    http_test_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_session__reads_the_cookie_of_a_session),
        cmocka_unit_test(test_session__two_cookie_headers_with_a_session_each_are_none),
        cmocka_unit_test(test_session__reads_bearer_tokens_and_lets_them_count_more),
        cmocka_unit_test(test_session__refuses_two_authorizations_and_endless_ones),
        cmocka_unit_test(test_session__sets_cookies_that_scripts_and_other_sites_do_not_get),
        cmocka_unit_test(test_session__asks_for_the_header_where_a_browser_would_send_the_cookie_by_itself),
        cmocka_unit_test(test_session__the_header_does_not_give_the_session_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
